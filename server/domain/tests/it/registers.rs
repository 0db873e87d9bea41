//! Long lists: every order walked page by page, one thing done to many, views of every list.

use crate::support::{assign, code, field, filed, wrong};
use domain::{Actor, Ctx, people, property, staff, views};
use model::{
    BuildingId, Code, ContactId, Lang, Money, Role, UnitId, UserId,
    bulk::Outcome,
    people::{Channel, PeopleAction, PeopleBulk},
    property::{
        BuildingAction, BuildingBulk, BuildingFacts, BuildingFilter, BuildingRow, BuildingSort, ChartPlan,
        ComplexFacts, Ground, OpenAccount, RegisterFilter, RegisterRow, UnitAction, UnitBulk, UnitFacts, UnitKind,
        UnitSort,
    },
    search::{CreateView, List},
    staff::{Skill, StaffAction, StaffBulk, StaffFilter, StaffSort},
};
use platform::ids::new_id;
use testkit::{TestCtx, World};

fn told(outcomes: &[Outcome]) -> Vec<Option<Code>> {
    outcomes.iter().map(|one| one.failure.as_ref().map(|failure| failure.code)).collect()
}

/// All pages of a list, two rows each.
async fn walk_houses(ctx: &Ctx, actor: &Actor, sort: BuildingSort, reverse: bool) -> Vec<BuildingRow> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let filter = BuildingFilter { sort: Some(sort), reverse, cursor, limit: Some(2), ..BuildingFilter::default() };
        let page = property::buildings(ctx, actor, &filter).await.unwrap();
        assert!(page.items.len() <= 2);
        rows.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return rows;
        }
    }
}

#[tokio::test]
async fn houses_in_every_order_come_once_each() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let complex = async |name: &str| {
        property::create_complex(&ctx, &admin, &ComplexFacts { name: name.to_owned() }).await.unwrap().id
    };
    let (early, late) = (complex("Боғ").await, complex("Яшил").await);
    // Ties everywhere: the same storeys, the same complex, no open requests.
    for (address, storeys, complex_id) in
        [("Навои 2", 5, Some(late)), ("Навои 10", 5, Some(early)), ("Навои 3", 9, Some(early)), ("Бобур 1", 5, None)]
    {
        let facts = BuildingFacts { address: address.to_owned(), storeys, complex_id, ..BuildingFacts::default() };
        property::create_building(&ctx, &admin, &facts).await.unwrap();
    }
    for _ in 0..2 {
        filed(&ctx, &world).await;
    }
    let addresses = |rows: &[BuildingRow]| rows.iter().map(|b| b.address.clone()).collect::<Vec<_>>();
    for sort in BuildingSort::ALL {
        let rows = walk_houses(&ctx, &desk, *sort, false).await;
        let mut once: Vec<BuildingId> = rows.iter().map(|b| b.id).collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!((rows.len(), once.len()), (6, 6), "{sort}");
        let mut back = walk_houses(&ctx, &desk, *sort, true).await;
        back.reverse();
        assert_eq!(addresses(&back), addresses(&rows), "{sort} the other way round");
    }
    let by = async |sort| walk_houses(&ctx, &desk, sort, false).await;
    assert_eq!(
        addresses(&by(BuildingSort::Address).await),
        ["Бобур 1", "Навои 2", "Навои 3", "Навои 10", "Навои 12", "Юнусабад 4, дом 7"],
        "as people count"
    );
    assert_eq!(
        addresses(&by(BuildingSort::Complex).await),
        ["Навои 3", "Навои 10", "Навои 2", "Бобур 1", "Навои 12", "Юнусабад 4, дом 7"],
        "houses without a complex last"
    );
    let open = by(BuildingSort::Open).await;
    assert_eq!((open[0].address.as_str(), open[0].open_requests), ("Навои 12", 2));
    assert!(by(BuildingSort::Storeys).await.is_sorted_by(|a, b| a.storeys >= b.storeys));
    let strange = BuildingFilter { cursor: Some("x".to_owned()), ..BuildingFilter::default() };
    assert_eq!(field(property::buildings(&ctx, &desk, &strange).await), wrong("/cursor", "unknown"));
    assert_eq!(walk_houses(&ctx, &world.b.dispatcher().await, BuildingSort::Address, false).await.len(), 2);
    assert_eq!(
        code(property::buildings(&ctx, &world.a.resident().await, &BuildingFilter::default()).await),
        Code::Forbidden
    );
}

#[tokio::test]
async fn many_houses_at_once_and_each_for_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let complex = property::create_complex(&ctx, &admin, &ComplexFacts { name: "Боғ".to_owned() }).await.unwrap().id;
    let (busy, free, strange) = (world.a.house.id, world.a.far_house.id, world.b.house.id);
    filed(&ctx, &world).await;
    let run = async |actor: &Actor, ids: &[BuildingId], action: BuildingAction| {
        property::bulk_buildings(&ctx, actor, &BuildingBulk { ids: ids.to_vec(), action }).await
    };
    let set = BuildingAction::Complex { complex_id: Some(complex) };
    let joined = run(&admin, &[busy, strange, free, busy], set.clone()).await.unwrap();
    assert_eq!(joined.iter().map(|one| one.id).collect::<Vec<_>>(), [busy.0, strange.0, free.0], "each once, in order");
    assert_eq!(told(&joined), [None, Some(Code::NotFound), None]);
    let card = property::building(&ctx, &desk, free).await.unwrap();
    assert_eq!((card.complex.as_deref(), card.version), (Some("Боғ"), 2));
    let unknown = BuildingAction::Complex { complex_id: Some(new_id().into()) };
    assert_eq!(told(&run(&admin, &[free], unknown).await.unwrap()), [Some(Code::Invalid)]);

    let archived = run(&admin, &[busy, free], BuildingAction::Archive).await.unwrap();
    assert_eq!(told(&archived), [Some(Code::InUse), None], "open requests keep a house");
    let left = walk_houses(&ctx, &desk, BuildingSort::Address, false).await;
    assert_eq!(left.iter().map(|b| b.id).collect::<Vec<_>>(), [busy]);
    assert_eq!(told(&run(&admin, &[free], BuildingAction::Restore).await.unwrap()), [None]);
    assert_eq!(walk_houses(&ctx, &desk, BuildingSort::Address, false).await.len(), 2);

    assert_eq!(code(run(&desk, &[free], set.clone()).await), Code::Forbidden);
    assert_eq!(field(run(&admin, &[], set.clone()).await), wrong("/ids", "out_of_range"));
    let many: Vec<BuildingId> = (0..101).map(|_| new_id().into()).collect();
    assert_eq!(field(run(&admin, &many, set).await), wrong("/ids", "out_of_range"));
}

#[tokio::test]
async fn staff_are_found_and_ordered() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    for _ in 0..2 {
        let id = filed(&ctx, &world).await;
        assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
    }
    let names = async |filter: StaffFilter| {
        let rows = staff::list(&ctx, &desk, &filter).await.unwrap();
        rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    let sorted = |sort, reverse| StaffFilter { sort: Some(sort), reverse, ..StaffFilter::default() };
    assert_eq!(names(StaffFilter::default()).await, ["electrician-a", "plumber-a", "admin-a", "dispatcher-a"]);
    assert_eq!(names(sorted(StaffSort::Name, false)).await, ["admin-a", "dispatcher-a", "electrician-a", "plumber-a"]);
    assert_eq!(names(sorted(StaffSort::Name, true)).await, ["plumber-a", "electrician-a", "dispatcher-a", "admin-a"]);
    assert_eq!(names(sorted(StaffSort::Load, false)).await[0], "plumber-a");
    assert_eq!(names(sorted(StaffSort::Load, true)).await[3], "plumber-a");
    assert_eq!(names(sorted(StaffSort::Role, false)).await, ["admin-a", "dispatcher-a", "electrician-a", "plumber-a"]);
    for (filter, wanted) in [
        (StaffFilter { text: Some("пламбер".to_owned()), ..StaffFilter::default() }, vec![]),
        (StaffFilter { text: Some("Електричиан".to_owned()), ..StaffFilter::default() }, vec![]),
        (StaffFilter { text: Some("PLUMB".to_owned()), ..StaffFilter::default() }, vec!["plumber-a"]),
        (
            StaffFilter { text: Some("%".to_owned()), role: Some(Role::Admin), ..StaffFilter::default() },
            vec!["admin-a"],
        ),
        (StaffFilter { skill: Some(Skill::Electrician), ..StaffFilter::default() }, vec!["electrician-a"]),
        (StaffFilter { building_id: Some(world.a.house.id), ..StaffFilter::default() }, vec!["plumber-a"]),
        (StaffFilter { building_id: Some(world.b.house.id), ..StaffFilter::default() }, vec![]),
    ] {
        assert_eq!(names(filter.clone()).await, wanted, "{filter:?}");
    }
}

#[tokio::test]
async fn many_staff_at_once_and_each_for_themselves() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let (plumber, electrician, me) = (world.a.plumber_id, world.a.electrician_id, admin.user_id().unwrap());
    let run = async |actor: &Actor, ids: &[UserId], action: StaffAction| {
        staff::bulk(&ctx, actor, &StaffBulk { ids: ids.to_vec(), action }).await
    };
    let lift = StaffAction::AddSkill { skill: Skill::Lift };
    let strange = world.b.plumber_id;
    let told_lift = run(&admin, &[plumber, strange, electrician, me], lift.clone()).await.unwrap();
    assert_eq!(told(&told_lift), [None, Some(Code::NotFound), None, Some(Code::OwnAccess)]);
    let card = staff::get(&ctx, &desk, plumber).await.unwrap();
    assert_eq!((&card.skills[..], card.version), (&[Skill::Lift, Skill::Plumber][..], 2));
    assert_eq!(told(&run(&admin, &[plumber], lift.clone()).await.unwrap()), [None], "twice is once");
    assert_eq!(staff::get(&ctx, &desk, plumber).await.unwrap().version, 2);

    let far = StaffAction::AddBuilding { building_id: world.a.far_house.id };
    assert_eq!(told(&run(&admin, &[plumber, electrician], far).await.unwrap()), [None, None]);
    assert_eq!(staff::get(&ctx, &desk, plumber).await.unwrap().buildings.len(), 2, "the old zone stays");
    let foreign = StaffAction::AddBuilding { building_id: world.b.house.id };
    assert_eq!(told(&run(&admin, &[plumber], foreign).await.unwrap()), [Some(Code::Invalid)]);
    let complex = property::create_complex(&ctx, &admin, &ComplexFacts { name: "Боғ".to_owned() }).await.unwrap().id;
    let whole = StaffAction::AddComplex { complex_id: complex };
    assert_eq!(told(&run(&admin, &[electrician], whole).await.unwrap()), [None]);
    assert_eq!(staff::get(&ctx, &desk, electrician).await.unwrap().complexes[0].id, complex);

    let blocked = run(&admin, &[electrician, me], StaffAction::Block).await.unwrap();
    assert_eq!(told(&blocked), [None, Some(Code::OwnAccess)]);
    assert!(staff::get(&ctx, &desk, electrician).await.unwrap().blocked_at.is_some());
    assert_eq!(code(run(&desk, &[plumber], lift).await), Code::Forbidden);
}

#[tokio::test]
async fn many_people_get_their_language_and_their_channel() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let (one, two, strange) = (world.a.resident.contact, world.a.caller, world.b.resident.contact);
    let run = async |actor: &Actor, ids: &[ContactId], action: PeopleAction| {
        people::bulk(&ctx, actor, &PeopleBulk { ids: ids.to_vec(), action }).await
    };
    let uzbek = PeopleAction::Lang { lang: Lang::Uz };
    assert_eq!(told(&run(&admin, &[one, strange, two], uzbek).await.unwrap()), [None, Some(Code::NotFound), None]);
    let sms = PeopleAction::Channel { channel: Some(Channel::Sms) };
    assert_eq!(told(&run(&admin, &[two], sms).await.unwrap()), [None]);
    let card = people::contact(&ctx, &desk, two).await.unwrap();
    assert_eq!((card.lang, card.channel, card.name.as_str()), (Lang::Uz, Some(Channel::Sms), "Пётр Петров"));
    assert_eq!(people::contact(&ctx, &desk, one).await.unwrap().channel, None);
    assert_eq!(code(run(&desk, &[one], uzbek).await), Code::Forbidden);
    assert_eq!(code(run(&admin, &[], uzbek).await), Code::Invalid);
}

#[tokio::test]
async fn views_are_kept_of_each_list_for_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk, worker) = (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await);
    for list in List::ALL {
        let command =
            CreateView { list: *list, name: "Мой".to_owned(), query: "sort=open".to_owned(), shared: true };
        views::create(&ctx, &admin, &command).await.unwrap();
        let setup = views::setup(&ctx, &admin, *list).await.unwrap();
        assert_eq!(setup.views.iter().map(|view| view.list).collect::<Vec<_>>(), [*list]);
    }
    assert_eq!(views::setup(&ctx, &desk, List::Units).await.unwrap().views.len(), 1);
    assert_eq!(code(views::setup(&ctx, &desk, List::Audit).await), Code::Forbidden);
    assert_eq!(code(views::setup(&ctx, &worker, List::Staff).await), Code::Forbidden);
}

/// All pages of the register, three rows each.
async fn walk_units(ctx: &Ctx, actor: &Actor, filter: &RegisterFilter) -> Vec<RegisterRow> {
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let filter = RegisterFilter { cursor, limit: Some(3), ..filter.clone() };
        let page = property::register(ctx, actor, &filter).await.unwrap();
        assert!(page.items.len() <= 3 && (page.next.is_none() || page.items.len() == 3), "pages are full");
        rows.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return rows;
        }
    }
}

fn places(rows: &[RegisterRow]) -> Vec<String> {
    rows.iter().map(|u| format!("{} №{}", u.address, u.number)).collect()
}

/// Company `a` with two more houses: twelve flats from 7 on, and an empty one.
async fn houses(ctx: &Ctx, world: &World) -> BuildingId {
    let admin = world.a.admin().await;
    let mut made = Vec::new();
    for address in ["Бобур 1", "Навои 2"] {
        let facts = BuildingFacts { address: address.to_owned(), storeys: 3, ..BuildingFacts::default() };
        made.push(property::create_building(ctx, &admin, &facts).await.unwrap().id);
    }
    let plan = ChartPlan {
        kind: UnitKind::Flat,
        entrances: 2,
        floors: 3,
        per_floor: 2,
        first_number: 7,
        skip_floors: Vec::new(),
        ground: Ground::Homes,
        shops: 0,
        storages: 0,
        parking: 0,
    };
    property::generate(ctx, &admin, made[1], &plan).await.unwrap();
    made[1]
}

#[tokio::test]
async fn units_in_every_order_come_once_each() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let house = houses(&ctx, &world).await;
    let all = walk_units(&ctx, &desk, &RegisterFilter::default()).await;
    let own = walk_units(&ctx, &desk, &RegisterFilter { building_id: Some(house), ..RegisterFilter::default() }).await;
    assert_eq!(
        own.iter().map(|u| u.number.as_str()).collect::<Vec<_>>(),
        ["7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18"]
    );
    // Two with the same area, two with another, the rest unknown; accounts for half of them.
    for (n, unit) in own.iter().enumerate().take(8) {
        let card = property::unit(&ctx, &admin, unit.id).await.unwrap();
        let area_cm2 = [Some(500_000), Some(500_000), Some(300_000), Some(900_000)].get(n).copied().flatten();
        property::update_unit(&ctx, &admin, unit.id, card.version, &UnitFacts { area_cm2, ..card.facts })
            .await
            .unwrap();
        if n % 2 == 0 {
            property::open_account(&ctx, &admin, unit.id, &OpenAccount::default()).await.unwrap();
        }
    }
    for sort in UnitSort::ALL {
        let of = |reverse| RegisterFilter { sort: Some(*sort), reverse, ..RegisterFilter::default() };
        let rows = walk_units(&ctx, &desk, &of(false)).await;
        let mut once: Vec<UnitId> = rows.iter().map(|u| u.id).collect();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), rows.len(), "{sort}");
        let mut back = walk_units(&ctx, &desk, &of(true)).await;
        back.reverse();
        assert_eq!(places(&back), places(&rows), "{sort} the other way round");
        match sort {
            UnitSort::Place => {
                assert_eq!(places(&rows), places(&all));
                let houses: Vec<&str> = rows.iter().map(|u| u.address.as_str()).collect();
                assert!(
                    houses.is_sorted_by_key(|address| ["Навои 2", "Навои 12", "Юнусабад 4, дом 7"]
                        .iter()
                        .position(|a| a == address)),
                    "{houses:?}"
                );
            }
            UnitSort::Area => {
                assert_eq!(rows.len(), all.len());
                assert!(rows.is_sorted_by(|a, b| a.area_cm2.unwrap_or(0) >= b.area_cm2.unwrap_or(0)));
                assert_eq!(rows[0].area_cm2, Some(900_000));
            }
            UnitSort::Account => {
                let accounts: Vec<&String> = rows.iter().filter_map(|u| u.account.as_ref()).collect();
                assert_eq!(accounts.len(), rows.len(), "only those that have one");
                assert!(accounts.is_sorted() && accounts.len() >= 4);
            }
        }
    }
    let count = async |filter: RegisterFilter| walk_units(&ctx, &desk, &filter).await.len();
    let usual = RegisterFilter::default;
    let with = count(RegisterFilter { account: Some(true), ..usual() }).await;
    assert_eq!(with + count(RegisterFilter { account: Some(false), ..usual() }).await, all.len());
    let lived = count(RegisterFilter { people: Some(true), ..usual() }).await;
    assert_eq!((lived, count(RegisterFilter { people: Some(false), ..usual() }).await), (2, all.len() - 2));
    assert_eq!(count(RegisterFilter { no_area: true, building_id: Some(house), ..usual() }).await, 8);
    assert_eq!(count(RegisterFilter { entrance: Some(2), building_id: Some(house), ..usual() }).await, 6);
    assert_eq!(count(RegisterFilter { kind: Some(UnitKind::Shop), ..usual() }).await, 0);
    for bad in ["x", "00000000000000000000000000000000.x"] {
        for sort in [UnitSort::Place, UnitSort::Area] {
            let strange = RegisterFilter { cursor: Some(bad.to_owned()), sort: Some(sort), ..usual() };
            assert_eq!(field(property::register(&ctx, &desk, &strange).await), wrong("/cursor", "unknown"), "{bad}");
        }
    }
    assert_eq!(code(property::register(&ctx, &world.a.resident().await, &usual()).await), Code::Forbidden);
    let foreign = walk_units(&ctx, &world.b.dispatcher().await, &usual()).await;
    assert!(!foreign.is_empty() && foreign.iter().all(|u| all.iter().all(|own| own.id != u.id)));
}

#[tokio::test]
async fn units_are_found_by_address_number_and_account() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let house = houses(&ctx, &world).await;
    let of_house = RegisterFilter { building_id: Some(house), ..RegisterFilter::default() };
    let seven = walk_units(&ctx, &desk, &of_house).await[0].id;
    let account = OpenAccount { number: Some("UK-778899".to_owned()), ..OpenAccount::default() };
    property::open_account(&ctx, &admin, seven, &account).await.unwrap();
    let found = async |text: &str| {
        places(
            &walk_units(&ctx, &desk, &RegisterFilter { text: Some(text.to_owned()), ..RegisterFilter::default() })
                .await,
        )
    };
    assert_eq!(found("navoi 2 7").await, ["Навои 2 №7"]);
    assert_eq!(found("Навоий 2").await.len(), 0, "another name");
    // A number before the flat's is that of the house; the last word may not be typed to its end yet.
    let facts = BuildingFacts { address: "Навои 20".to_owned(), storeys: 3, ..BuildingFacts::default() };
    let other = property::create_building(&ctx, &admin, &facts).await.unwrap().id;
    let (kind, number) = (UnitKind::Flat, "7".to_owned());
    let (entrance, floor, rooms, area_cm2, cadastral) = (None, None, None, None, None);
    let flat = UnitFacts { kind, number, entrance, floor, rooms, area_cm2, cadastral };
    property::create_unit(&ctx, &admin, other, &flat).await.unwrap();
    assert_eq!(found("Навои 2 7").await, ["Навои 2 №7"]);
    assert_eq!(found("Навои 2").await.len(), 12 + 1 + 1, "two houses, and flat 2 of the third");
    assert_eq!(found("НАВОИ 2 18").await, ["Навои 2 №18"]);
    assert_eq!(found("778899").await, ["Навои 2 №7"]);
    assert_eq!(found("18").await, ["Навои 2 №18"]);
    // A number alone is a flat of any house, and any flat of a house with that number; page after page.
    assert_eq!(found("1").await, ["Навои 12 №1", "Навои 12 №2", "Навои 12 №3", "Юнусабад 4, дом 7 №1"]);
    assert_eq!(found("дом 7 1").await, ["Юнусабад 4, дом 7 №1"]);
    assert_eq!(found("кв 2, Навои 12").await, ["Навои 12 №2"]);
    // The complex is a part of the address, on either side of it.
    let complex = ComplexFacts { name: "Чинор Парк".to_owned() };
    let complex = property::create_complex(&ctx, &admin, &complex).await.unwrap().id;
    let action = BuildingAction::Complex { complex_id: Some(complex) };
    property::bulk_buildings(&ctx, &admin, &BuildingBulk { ids: vec![house], action }).await.unwrap();
    for text in ["chinor 7", "Navoi Чинор 2 7", "чинор парк навои 7"] {
        assert_eq!(found(text).await, ["Навои 2 №7"], "{text}");
    }
    assert_eq!(found("Чинор 12").await, ["Навои 2 №12"]);
    assert_eq!(found("Навои").await.len(), 12 + 1 + world.a.house.units.len());
    for nothing in ["%", "!!!", "нет такого 7"] {
        assert_eq!(found(nothing).await, [""; 0], "{nothing}");
    }
}

#[tokio::test]
async fn many_units_at_once_and_each_for_itself() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let house = houses(&ctx, &world).await;
    let of_house = RegisterFilter { building_id: Some(house), ..RegisterFilter::default() };
    let ids: Vec<UnitId> = walk_units(&ctx, &desk, &of_house).await.iter().map(|u| u.id).collect();
    let (free, lived, strange) = (ids[0], world.a.resident.unit, world.b.house.units[0]);
    let run = async |actor: &Actor, ids: &[UnitId], action: UnitAction| {
        property::bulk_units(&ctx, actor, &UnitBulk { ids: ids.to_vec(), action }).await
    };
    let shops = UnitAction::Kind { kind: UnitKind::Shop };
    assert_eq!(
        told(&run(&admin, &[free, strange, ids[1]], shops.clone()).await.unwrap()),
        [None, Some(Code::NotFound), None]
    );
    let shop = RegisterFilter { kind: Some(UnitKind::Shop), ..RegisterFilter::default() };
    assert_eq!(places(&walk_units(&ctx, &desk, &shop).await), ["Навои 2 №7", "Навои 2 №8"]);
    let away = run(&admin, &[lived, free], UnitAction::Archive).await.unwrap();
    assert_eq!(told(&away), [Some(Code::InUse), None], "where somebody lives");
    let archive = RegisterFilter { archived: true, ..RegisterFilter::default() };
    assert_eq!(places(&walk_units(&ctx, &desk, &archive).await), ["Навои 2 №7"]);
    assert_eq!(told(&run(&admin, &[free], UnitAction::Restore).await.unwrap()), [None]);
    assert!(walk_units(&ctx, &desk, &archive).await.is_empty());
    assert_eq!(code(run(&desk, &[free], shops).await), Code::Forbidden);
}

#[tokio::test]
async fn a_chart_tells_who_can_be_called_and_who_owes() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let unit = world.a.resident.unit;
    let account = property::open_account(&ctx, &admin, unit, &OpenAccount { replace: true, ..OpenAccount::default() })
        .await
        .unwrap();
    let mut tx = ctx.begin(&admin).await.unwrap();
    sqlx::query("insert into opening_balances (id, company_id, account_id, amount_tiyin, as_of, created_at) values ($1, $2, $3, 12345678, '2026-01-01', now())")
        .bind(new_id())
        .bind(world.a.id.0)
        .bind(account.id.0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let row = async |actor: &Actor, id: UnitId| {
        let card = property::building(&ctx, actor, world.a.house.id).await.unwrap();
        card.units.into_iter().find(|u| u.id == id).unwrap()
    };
    let seen = row(&admin, unit).await;
    assert_eq!((seen.phone, seen.debt), (true, Some(Money::from_tiyin(12_345_678))));
    let empty = row(&admin, world.a.house.units[2]).await;
    assert_eq!((empty.people, empty.phone, empty.debt), (0, false, None));
    for actor in [desk, world.a.plumber().await] {
        assert_eq!(row(&actor, unit).await.debt, None, "money is for those who may see payments");
    }
}
