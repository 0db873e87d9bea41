//! Houses: their facts, chart, units, accounts and documents.

use crate::support::{code, failure, field, filed, step, wrong};
use domain::{
    Actor, Ctx, companies,
    property::{self, NewFile},
    requests,
};
use model::{
    BuildingId, Code, Lang, UnitId,
    people::Share,
    property::{
        AccountFacts, AccountFilter, AccountRuleFacts, BuildingCard, BuildingFacts, BuildingFilter, ChartPlan,
        CompanyFacts, ComplexFacts, DocumentFacts, DocumentFilter, Ground, Network, OpenAccount, Renumber, UnitFacts,
        UnitFilter, UnitKind, Visibility,
    },
    requests::{Action, RequestFilter},
};
use serde_json::{Value, json};
use testkit::{TestCtx, World};

fn facts(address: &str) -> BuildingFacts {
    BuildingFacts {
        address: address.to_owned(),
        storeys: 9,
        networks: vec![Network::Gas, Network::ColdWater, Network::Gas],
        hint: Some("  ".to_owned()),
        ..BuildingFacts::default()
    }
}

fn plan(entrances: i16, floors: i16, per_floor: i16) -> ChartPlan {
    ChartPlan {
        kind: UnitKind::Flat,
        entrances,
        floors,
        per_floor,
        first_number: 1,
        skip_floors: Vec::new(),
        ground: Ground::Homes,
        shops: 0,
        storages: 0,
        parking: 0,
    }
}

fn flat(number: &str) -> UnitFacts {
    UnitFacts {
        kind: UnitKind::Flat,
        number: number.to_owned(),
        entrance: Some(1),
        floor: Some(2),
        rooms: Some(2),
        area_cm2: Some(452_300),
        cadastral: None,
    }
}

async fn house(ctx: &Ctx, admin: &Actor, address: &str, plan: &ChartPlan) -> BuildingCard {
    let made = property::create_building(ctx, admin, &facts(address)).await.unwrap();
    property::generate(ctx, admin, made.id, plan).await.unwrap()
}

fn numbers(card: &BuildingCard) -> Vec<&str> {
    card.units.iter().map(|u| u.number.as_str()).collect()
}

fn unit_of(card: &BuildingCard, number: &str) -> UnitId {
    card.units.iter().find(|u| u.number == number).unwrap().id
}

/// What the audit says of an object, the oldest first.
async fn audited(ctx: &TestCtx, id: uuid::Uuid) -> Vec<(String, Value)> {
    let mut admin = ctx.database.superuser().await;
    sqlx::query_as("select action, changes from audit_log where object_id = $1 order by at, id")
        .bind(id)
        .fetch_all(&mut admin)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_house_is_made_changed_and_audited_field_by_field() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let complex =
        property::create_complex(&ctx, &admin, &ComplexFacts { name: "ЖК «Бахор»".to_owned() }).await.unwrap();
    let again = property::create_complex(&ctx, &admin, &ComplexFacts { name: "жк «бахор»".to_owned() }).await;
    assert_eq!(field(again), wrong("/name", "taken"));
    let made = property::create_building(&ctx, &admin, &facts("  Мукими   5 ")).await.unwrap();
    assert_eq!(made.facts.address, "Мукими 5");
    assert_eq!(made.facts.networks, [Network::ColdWater, Network::Gas]);
    assert_eq!(made.facts.hint, None);
    assert_eq!(field(property::create_building(&ctx, &admin, &facts("Мукими 5")).await), wrong("/address", "taken"));

    let next = BuildingFacts { year: Some(1984), complex_id: Some(complex.id), ..made.facts.clone() };
    let changed = property::update_building(&ctx, &admin, made.id, made.version, &next).await.unwrap();
    assert_eq!((changed.version, changed.complex.as_deref()), (2, Some("ЖК «Бахор»")));
    let stale = property::update_building(&ctx, &admin, made.id, made.version, &made.facts).await;
    assert_eq!(code(stale), Code::Conflict);
    let same = property::update_building(&ctx, &admin, made.id, 2, &next).await.unwrap();
    assert_eq!(same.version, 2, "nothing changed, so nothing is written");
    let log = audited(&ctx, made.id.0).await;
    assert_eq!(
        log.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(),
        ["building.create", "building.update"]
    );
    assert_eq!(log[1].1, json!({ "year": [null, 1984], "complex_id": [null, complex.id] }));
}

#[tokio::test]
async fn wrong_facts_are_pointed_at() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    for (change, pointer, code) in [
        (BuildingFacts { address: " ".to_owned(), ..facts("") }, "/address", "required"),
        (BuildingFacts { year: Some(1492), ..facts("А 1") }, "/year", "out_of_range"),
        (BuildingFacts { storeys: 0, ..facts("А 1") }, "/storeys", "out_of_range"),
        (BuildingFacts { latitude: Some(41.0), ..facts("А 1") }, "/longitude", "required"),
        (BuildingFacts { complex_id: Some(world.b.house.id.0.into()), ..facts("А 1") }, "/complex_id", "unknown"),
    ] {
        assert_eq!(field(property::create_building(&ctx, &admin, &change).await), wrong(pointer, code));
    }
    let desk = world.a.dispatcher().await;
    assert_eq!(code(property::create_building(&ctx, &desk, &facts("А 1")).await), Code::Forbidden);
}

#[tokio::test]
async fn old_requests_keep_their_address_and_open_ones_hold_the_house() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let id = filed(&ctx, &world).await;
    let card = property::building(&ctx, &admin, world.a.house.id).await.unwrap();
    let renamed = BuildingFacts { address: "Алишера Навои 12".to_owned(), ..card.facts };
    let card = property::update_building(&ctx, &admin, card.id, card.version, &renamed).await.unwrap();
    let unit = property::unit(&ctx, &admin, world.a.resident.unit).await.unwrap();
    let other = UnitFacts { number: "77".to_owned(), ..unit.facts };
    property::update_unit(&ctx, &admin, unit.id, unit.version, &other).await.unwrap();
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().address, "Навои 12, №1");

    let refused = failure(property::set_building_archived(&ctx, &admin, card.id, card.version, true).await);
    assert_eq!(refused.code, Code::InUse);
    assert_eq!((refused.fields[0].code.as_str(), refused.fields[0].limit), ("open_requests", Some(1)));
    step(&ctx, &desk, id, Action::Cancel).await.unwrap();
    let card = property::set_building_archived(&ctx, &admin, card.id, card.version, true).await.unwrap();
    assert!(card.archived);
    assert_eq!(requests::get(&ctx, &desk, id).await.unwrap().address, "Навои 12, №1");

    // In the archive it is nobody's home and in no list.
    let resident = world.a.resident().await;
    assert!(property::homes(&ctx, &resident).await.unwrap().is_empty());
    assert_eq!(field(requests::create(&ctx, &resident, &world.a.draft(), None).await), wrong("/unit_id", "unknown"));
    assert_eq!(field(requests::create(&ctx, &desk, &world.a.draft(), None).await), wrong("/unit_id", "unknown"));
    assert!(property::find_places(&ctx, &desk, "Навои").await.unwrap().is_empty());
    let list = |archived| BuildingFilter { archived, ..BuildingFilter::default() };
    let names = async |archived| {
        let page = property::buildings(&ctx, &desk, &list(archived)).await.unwrap();
        page.items.into_iter().map(|b| b.address).collect::<Vec<_>>()
    };
    assert_eq!(
        (names(false).await, names(true).await),
        (vec!["Юнусабад 4, дом 7".to_owned()], vec!["Алишера Навои 12".to_owned()])
    );
    let refused = property::create_unit(&ctx, &admin, card.id, &flat("9")).await;
    assert_eq!(field(refused), wrong("/building_id", "archived"));
    property::set_building_archived(&ctx, &admin, card.id, card.version, false).await.unwrap();
    assert_eq!(property::homes(&ctx, &resident).await.unwrap().len(), 1);
}

#[tokio::test]
async fn lists_count_like_people_and_come_in_pages() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    for n in [10, 2, 1, 12] {
        property::create_building(&ctx, &admin, &facts(&format!("Бабура {n}"))).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut filter =
        BuildingFilter { text: Some("бабура".to_owned()), limit: Some(3), ..BuildingFilter::default() };
    loop {
        let page = property::buildings(&ctx, &admin, &filter).await.unwrap();
        assert!(page.items.len() <= 3);
        seen.extend(page.items.into_iter().map(|b| b.address));
        let Some(next) = page.next else { break };
        filter.cursor = Some(next);
    }
    assert_eq!(seen, ["Бабура 1", "Бабура 2", "Бабура 10", "Бабура 12"]);
    filter.cursor = Some("x".to_owned());
    assert_eq!(field(property::buildings(&ctx, &admin, &filter).await), wrong("/cursor", "unknown"));
    let chosen = property::choices(&ctx, &admin, "бабура 12", Some(world.a.house.id)).await.unwrap();
    assert_eq!(chosen.iter().map(|c| c.address.as_str()).collect::<Vec<_>>(), ["Навои 12", "Бабура 12"]);

    let id = seen_id(&ctx, &admin, "Бабура 1").await;
    for number in ["12а", "2", "12б", "10", "12", "М2", "М10", "1"] {
        property::create_unit(&ctx, &admin, id, &flat(number)).await.unwrap();
    }
    let filter = UnitFilter { building_id: id, archived: false, cursor: None, limit: Some(5) };
    let first = property::units(&ctx, &admin, &filter).await.unwrap();
    let rest = property::units(&ctx, &admin, &UnitFilter { cursor: first.next.clone(), ..filter }).await.unwrap();
    let all: Vec<String> = first.items.into_iter().chain(rest.items).map(|u| u.number).collect();
    assert_eq!(all, ["1", "2", "10", "12", "12а", "12б", "М2", "М10"]);
    assert!(rest.next.is_none());
}

async fn seen_id(ctx: &Ctx, admin: &Actor, address: &str) -> BuildingId {
    let all = property::choices(ctx, admin, address, None).await.unwrap();
    all.into_iter().find(|b| b.address == address).unwrap().id
}

#[tokio::test]
async fn one_door_has_one_number() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let made = property::create_building(&ctx, &admin, &facts("Ойбека 1")).await.unwrap();
    let unit = property::create_unit(&ctx, &admin, made.id, &flat(" 12A ")).await.unwrap();
    assert_eq!(unit.facts.number, "12а", "a Latin letter that looks Russian is Russian");
    for kind in [UnitKind::Flat, UnitKind::Apartment] {
        let twin = UnitFacts { kind, ..flat("12а") };
        assert_eq!(field(property::create_unit(&ctx, &admin, made.id, &twin).await), wrong("/number", "taken"));
    }
    let shop = UnitFacts { kind: UnitKind::Shop, entrance: None, ..flat("12а") };
    property::create_unit(&ctx, &admin, made.id, &shop).await.unwrap();
    let found = property::find_places(&ctx, &admin, "ойбека 12a").await.unwrap();
    assert_eq!(found[0].unit_id, Some(unit.id));
    let card = property::building(&ctx, &admin, made.id).await.unwrap();
    assert_eq!(card.entrances.len(), 1, "the entrance came with the flat");
    let moved = UnitFacts { entrance: Some(3), floor: Some(-1), ..unit.facts.clone() };
    let moved = property::update_unit(&ctx, &admin, unit.id, 1, &moved).await.unwrap();
    assert_eq!((moved.version, moved.facts.entrance), (2, Some(3)));
    assert_eq!(code(property::update_unit(&ctx, &admin, unit.id, 1, &unit.facts).await), Code::Conflict);
}

#[tokio::test]
async fn a_unit_in_use_is_not_put_away() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let away = async |unit: UnitId| {
        let version = property::unit(&ctx, &admin, unit).await.unwrap().version;
        property::set_unit_archived(&ctx, &admin, unit, version, true).await
    };
    let refused = failure(away(world.a.resident.unit).await);
    assert_eq!((refused.code, refused.fields[0].code.as_str()), (Code::InUse, "has_people"));
    let empty = world.a.house.units[2];
    let account = property::open_account(&ctx, &admin, empty, &OpenAccount::default()).await.unwrap();
    assert_eq!(failure(away(empty).await).fields[0].code, "account_open");
    let closed = AccountFacts {
        number: account.number.clone(),
        opened_on: account.opened_on,
        closed_on: Some(account.opened_on),
    };
    property::correct_account(&ctx, &admin, account.id, account.version, &closed).await.unwrap();
    assert!(away(empty).await.unwrap().archived);
    let card = property::building(&ctx, &admin, world.a.house.id).await.unwrap();
    assert_eq!(numbers(&card), ["1", "2"]);
    let opened = property::open_account(&ctx, &admin, empty, &OpenAccount::default()).await;
    assert_eq!(field(opened), wrong("/unit_id", "archived"));
    let version = property::unit(&ctx, &admin, empty).await.unwrap().version;
    property::set_unit_archived(&ctx, &admin, empty, version, false).await.unwrap();
}

#[tokio::test]
async fn a_thousand_units_are_made_at_once_or_not_at_all() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let made = property::create_building(&ctx, &admin, &facts("Сергели 7")).await.unwrap();
    let big = ChartPlan { ground: Ground::Shops, shops: 10, parking: 30, skip_floors: vec![2], ..plan(10, 12, 10) };
    let card = property::generate(&ctx, &admin, made.id, &big).await.unwrap();
    assert_eq!((card.units.len(), card.entrances.len()), (1040, 10));
    let mut db = ctx.database.superuser().await;
    let audited: i64 = sqlx::query_scalar("select count(*) from audit_log where action = 'unit.create'")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(audited, 1040);
    // One number is there already: nothing is made.
    let more = property::generate(&ctx, &admin, made.id, &ChartPlan { first_number: 1000, ..plan(1, 2, 2) }).await;
    assert_eq!(field(more), wrong("/first_number", "taken"));
    let card = property::building(&ctx, &admin, made.id).await.unwrap();
    assert_eq!(card.units.len(), 1040);
    let more = property::generate(&ctx, &admin, made.id, &ChartPlan { first_number: 1001, ..plan(1, 2, 2) }).await;
    assert_eq!(more.unwrap().units.len(), 1044);
}

#[tokio::test]
async fn following_units_are_renumbered() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let card = house(&ctx, &admin, "Лутфи 3", &plan(2, 2, 2)).await;
    let extra = UnitFacts { entrance: Some(1), floor: Some(2), ..flat("3а") };
    property::create_unit(&ctx, &admin, card.id, &extra).await.unwrap();
    let third = unit_of(&card, "3");
    let renumber = |number: &str, following| Renumber { number: number.to_owned(), following };
    let taken = property::renumber(&ctx, &admin, third, 1, &renumber("8", false)).await;
    assert_eq!(field(taken), wrong("/number", "taken"));
    let taken = property::renumber(&ctx, &admin, third, 1, &renumber("1", true)).await;
    assert_eq!(field(taken), wrong("/number", "taken"), "numbers 1 and 2 stay as they are");
    let card = property::renumber(&ctx, &admin, third, 1, &renumber("4", true)).await.unwrap();
    assert_eq!(numbers(&card), ["1", "2", "4", "4а", "5", "6", "7", "8", "9"]);
    assert_eq!(unit_of(&card, "4"), third);
    assert_eq!(code(property::renumber(&ctx, &admin, third, 1, &renumber("3", true)).await), Code::Conflict);
    let card = property::renumber(&ctx, &admin, third, 2, &renumber("3", true)).await.unwrap();
    assert_eq!(numbers(&card), ["1", "2", "3", "3а", "4", "5", "6", "7", "8"]);
    let words = property::renumber(&ctx, &admin, third, 3, &renumber("подвал", true)).await;
    assert_eq!(field(words), wrong("/number", "no_digits"));
    let log = audited(&ctx, third.0).await;
    assert_eq!(log.last().unwrap(), &("unit.renumber".to_owned(), json!({ "number": ["4", "3"] })));
}

#[tokio::test]
async fn accounts_follow_the_rule_and_change_with_the_owner() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let card = house(&ctx, &admin, "Беруни 3", &plan(1, 2, 2)).await;
    property::create_unit(&ctx, &admin, card.id, &flat("2а")).await.unwrap();
    let made = property::generate_accounts(&ctx, &admin, card.id).await.unwrap();
    assert_eq!(made.count, 5);
    assert_eq!(property::generate_accounts(&ctx, &admin, card.id).await.unwrap().count, 0);
    let all = async || {
        let filter = AccountFilter { building_id: Some(card.id), open: true, ..AccountFilter::default() };
        let page = property::accounts(&ctx, &admin, &filter).await.unwrap();
        page.items.into_iter().map(|a| a.number).collect::<Vec<_>>()
    };
    assert_eq!(all().await, ["00001001", "00001002", "00001002-2", "00001003", "00001004"]);

    let first = unit_of(&card, "1");
    let plain = property::open_account(&ctx, &admin, first, &OpenAccount::default()).await;
    assert_eq!(field(plain), wrong("/replace", "account_open"));
    ctx.clock.advance(chrono::TimeDelta::days(10));
    let next = OpenAccount { replace: true, ..OpenAccount::default() };
    let next = property::open_account(&ctx, &admin, first, &next).await.unwrap();
    assert_eq!(next.number, "00001001-2");
    let accounts = property::unit(&ctx, &admin, first).await.unwrap().accounts;
    assert_eq!(accounts[1].closed_on, Some(accounts[0].opened_on), "the old one ends the day the new one begins");
    let old = &accounts[1];
    let reopened = AccountFacts { number: old.number.clone(), opened_on: old.opened_on, closed_on: None };
    let two = property::correct_account(&ctx, &admin, old.id, old.version, &reopened).await;
    assert_eq!(field(two), wrong("/closed_on", "account_open"));
    let backwards = OpenAccount { replace: true, opened_on: "2026-11-24".parse().ok(), ..OpenAccount::default() };
    let backwards = property::open_account(&ctx, &admin, first, &backwards).await;
    assert_eq!(field(backwards), wrong("/opened_on", "before_opening"));

    let manual =
        |number: &str| OpenAccount { number: Some(number.to_owned()), replace: true, ..OpenAccount::default() };
    let second = unit_of(&card, "3");
    assert_eq!(property::open_account(&ctx, &admin, second, &manual(" A-17/3 ")).await.unwrap().number, "A-17/3");
    let fourth = unit_of(&card, "4");
    let twice = property::open_account(&ctx, &admin, fourth, &manual("A-17/3")).await;
    assert_eq!(field(twice), wrong("/number", "taken"));
    let odd = property::open_account(&ctx, &admin, fourth, &manual("12 34")).await;
    assert_eq!(field(odd), wrong("/number", "bad_account"));
    // The other company may use the same number.
    let there = world.b.admin().await;
    property::open_account(&ctx, &there, world.b.house.units[0], &manual("A-17/3")).await.unwrap();
    let foreign = property::open_account(&ctx, &there, fourth, &manual("1")).await;
    assert_eq!(code(foreign), Code::NotFound);

    let rule = property::account_rule(&ctx, &admin).await.unwrap();
    let template = |text: &str| AccountRuleFacts { template: text.to_owned() };
    let bad = property::set_account_rule(&ctx, &admin, rule.version, &template("{unit:4}")).await;
    assert_eq!(field(bad), wrong("/template", "bad_template"));
    let set = property::set_account_rule(&ctx, &admin, rule.version, &template("UK-{seq:4}")).await.unwrap();
    assert_eq!(
        code(property::set_account_rule(&ctx, &admin, rule.version, &template("{seq:4}")).await),
        Code::Conflict
    );
    assert_eq!(set.version, rule.version + 1);
    let replace = OpenAccount { replace: true, ..OpenAccount::default() };
    assert_eq!(property::open_account(&ctx, &admin, fourth, &replace).await.unwrap().number, "UK-0001");
    property::create_unit(&ctx, &admin, card.id, &flat("5")).await.unwrap();
    property::generate_accounts(&ctx, &admin, card.id).await.unwrap();
    assert!(all().await.contains(&"UK-0002".to_owned()));
}

#[tokio::test]
async fn a_complex_in_use_stays() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let complex = property::create_complex(&ctx, &admin, &ComplexFacts { name: "Чинор".to_owned() }).await.unwrap();
    let made = BuildingFacts { complex_id: Some(complex.id), ..facts("Фархадская 1") };
    let made = property::create_building(&ctx, &admin, &made).await.unwrap();
    assert_eq!(failure(property::archive_complex(&ctx, &admin, complex.id, 1).await).fields[0].code, "has_buildings");
    let renamed = ComplexFacts { name: "Чинор-2".to_owned() };
    let renamed = property::update_complex(&ctx, &admin, complex.id, 1, &renamed).await.unwrap();
    assert_eq!((renamed.version, renamed.buildings), (2, 1));
    let alone = BuildingFacts { complex_id: None, ..made.facts };
    property::update_building(&ctx, &admin, made.id, 1, &alone).await.unwrap();
    property::archive_complex(&ctx, &admin, complex.id, 2).await.unwrap();
    assert!(property::complexes(&ctx, &admin).await.unwrap().is_empty());
}

fn pdf(text: &str) -> NewFile {
    NewFile { file_name: "C:\\Смета.exe".to_owned(), bytes: format!("%PDF-1.4 {text}").into_bytes() }
}

#[tokio::test]
async fn documents_are_seen_by_those_they_are_for() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let (resident, there) = (world.a.resident().await, world.b.resident().await);
    let mut made = Vec::new();
    for (title, building, visibility) in [
        ("internal", Some(world.a.house.id), Visibility::Internal),
        ("mine", Some(world.a.house.id), Visibility::Residents),
        ("far", Some(world.a.far_house.id), Visibility::Residents),
        ("all", None, Visibility::Residents),
        ("public", None, Visibility::Public),
    ] {
        let facts = DocumentFacts { title: title.to_owned(), visibility };
        made.push(property::create_document(&ctx, &admin, building, &facts, pdf(title)).await.unwrap());
    }
    assert_eq!((made[0].file_name.as_str(), made[0].content_type.as_str()), ("Смета.pdf", "application/pdf"));
    let mut mine: Vec<String> =
        property::my_documents(&ctx, &resident).await.unwrap().into_iter().map(|d| d.title).collect();
    mine.sort();
    assert_eq!(mine, ["all", "mine", "public"]);
    assert!(property::my_documents(&ctx, &there).await.unwrap().is_empty());
    let opens = async |actor: Option<&Actor>| {
        let mut seen = Vec::new();
        for document in &made {
            match property::document_file(&ctx, actor, document.id).await {
                Ok(file) => {
                    assert_eq!(file.bytes, format!("%PDF-1.4 {}", document.title));
                    seen.push(document.title.clone());
                }
                Err(error) => assert_eq!(error.code(), Code::NotFound),
            }
        }
        seen
    };
    assert_eq!(opens(None).await, ["public"]);
    assert_eq!(opens(Some(&there)).await, ["public"]);
    assert_eq!(opens(Some(&world.b.admin().await)).await, ["public"]);
    assert_eq!(opens(Some(&resident)).await, ["mine", "all", "public"]);
    assert_eq!(opens(Some(&world.a.dispatcher().await)).await.len(), 5);
    // Who moved out reads only what everybody may.
    let mut db = ctx.database.superuser().await;
    sqlx::query("update residencies set until_on = '2026-11-22' where contact_id = $1")
        .bind(world.a.resident.contact.0)
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(opens(Some(&resident)).await, ["public"]);
    let filter = DocumentFilter { building_id: Some(world.a.house.id) };
    assert_eq!(property::documents(&ctx, &admin, &filter).await.unwrap().len(), 2);
    assert!(property::documents(&ctx, &world.b.admin().await, &filter).await.unwrap().is_empty());
}

#[tokio::test]
async fn documents_are_checked_replaced_and_deleted() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let facts = DocumentFacts { title: "Договор".to_owned(), visibility: Visibility::Internal };
    let page = NewFile { file_name: "a.pdf".to_owned(), bytes: b"<html><script>alert(1)</script>".to_vec() };
    let refused = property::create_document(&ctx, &admin, None, &facts, page).await;
    assert_eq!(field(refused), wrong("/file", "bad_file"));
    let mut huge = b"%PDF-".to_vec();
    huge.resize(model::property::DOCUMENT_LIMIT + 1, b' ');
    let huge = NewFile { file_name: "a.pdf".to_owned(), bytes: huge };
    assert_eq!(code(property::create_document(&ctx, &admin, None, &facts, huge).await), Code::TooLarge);
    let foreign = property::create_document(&ctx, &admin, Some(world.b.house.id), &facts, pdf("x")).await;
    assert_eq!(field(foreign), wrong("/building_id", "unknown"));

    let made = property::create_document(&ctx, &admin, None, &facts, pdf("one")).await.unwrap();
    let renamed = DocumentFacts { title: "Договор 2".to_owned(), visibility: Visibility::Residents };
    let made = property::update_document(&ctx, &admin, made.id, made.version, &renamed).await.unwrap();
    let made = property::replace_document(&ctx, &admin, made.id, made.version, pdf("two")).await.unwrap();
    assert_eq!(property::document_file(&ctx, Some(&admin), made.id).await.unwrap().bytes, "%PDF-1.4 two");
    assert_eq!(code(property::delete_document(&ctx, &admin, made.id, 1).await), Code::Conflict);
    property::delete_document(&ctx, &admin, made.id, made.version).await.unwrap();
    assert_eq!(failure(property::document_file(&ctx, Some(&admin), made.id).await).code, Code::NotFound);
    let blobs = std::fs::read_dir(ctx.dir.path().join("blobs").join(world.a.id.to_string()).join("documents"));
    assert_eq!(blobs.map(Iterator::count).unwrap_or(0), 0, "no bytes are left behind");
    let log = audited(&ctx, made.id.0).await;
    let actions: Vec<&str> = log.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["document.create", "document.update", "document.replace", "document.delete"]);
    let desk = world.a.dispatcher().await;
    assert_eq!(code(property::create_document(&ctx, &desk, None, &facts, pdf("x")).await), Code::Forbidden);
}

#[tokio::test]
async fn a_unit_shows_people_to_the_desk_only_and_its_requests_are_found() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let id = filed(&ctx, &world).await;
    let card = property::unit(&ctx, &world.a.dispatcher().await, world.a.resident.unit).await.unwrap();
    assert_eq!((card.people[0].name.as_str(), card.people[0].share), ("Азиз Каримов", Some(Share::WHOLE)));
    assert!(property::unit(&ctx, &world.a.plumber().await, world.a.resident.unit).await.unwrap().people.is_empty());
    assert_eq!(code(property::unit(&ctx, &world.b.admin().await, world.a.resident.unit).await), Code::NotFound);
    let desk = world.a.dispatcher().await;
    let of = async |unit| {
        let filter = RequestFilter { unit_id: Some(unit), ..RequestFilter::default() };
        requests::list(&ctx, &desk, &filter).await.unwrap().items.into_iter().map(|r| r.id).collect::<Vec<_>>()
    };
    assert_eq!(of(world.a.resident.unit).await, [id]);
    assert!(of(world.a.neighbour.unit).await.is_empty());
    let chart = property::building(&ctx, &desk, world.a.house.id).await.unwrap();
    assert_eq!((chart.open_requests, chart.units[0].open_requests, chart.units[0].overdue), (1, 1, 0));
    ctx.clock.advance(chrono::TimeDelta::days(60));
    let chart = property::building(&ctx, &desk, world.a.house.id).await.unwrap();
    assert_eq!(chart.units[0].overdue, 1);
}

#[tokio::test]
async fn companies_belong_to_the_owner_of_the_system() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (root, admin) = (world.super_admin().await, world.a.admin().await);
    let facts = |name: &str| CompanyFacts { name: name.to_owned(), phone: None, lang: Lang::Uz };
    assert_eq!(code(companies::list(&ctx, &admin).await), Code::Forbidden);
    assert_eq!(code(companies::add(&ctx, &admin, &facts("Чужая")).await), Code::Forbidden);
    assert_eq!(code(companies::update(&ctx, &admin, world.a.id, &facts("Моя")).await), Code::Forbidden);
    let made = companies::add(&ctx, &root, &facts(" Yangi uy ")).await.unwrap();
    assert_eq!((made.name.as_str(), made.buildings, made.current), ("Yangi uy", 0, false));
    let renamed = companies::update(&ctx, &root, made.id, &facts("Yangi uy servis")).await.unwrap();
    assert_eq!(renamed.name, "Yangi uy servis");
    assert_eq!(companies::list(&ctx, &root).await.unwrap().len(), 3);
    assert_eq!(field(companies::add(&ctx, &root, &facts(" ")).await), wrong("/name", "required"));
    assert_eq!(code(companies::update(&ctx, &root, world.a.house.id.0.into(), &facts("?")).await), Code::NotFound);
    let mut db = ctx.database.superuser().await;
    let companies: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select company_id from audit_log where object_type = 'company' and company_id = $1 order by at, id",
    )
    .bind(made.id.0)
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(companies, [made.id.0, made.id.0], "audited in the company itself");
}
