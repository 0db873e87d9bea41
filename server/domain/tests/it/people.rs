//! The register of people: edits, homes and shares, what is covered and who may uncover it.

use crate::support::{code, failure, field, wrong};
use domain::{Actor, Ctx, exports, idempotency::Key, people, property, requests, search};
use model::{
    Code, ContactId, Lang, Phone,
    audit::{AuditRow, ObjectType},
    exports::{ExportCommand, ExportFormat, ExportList},
    people::{
        AddHome, Channel, ContactCard, ContactFilter, CreateContact, PeopleSort, PhoneEntry, PrivacyRules, Relation,
        Reveal, Secret, Share, UpdateContact, UpdateHome,
    },
    property::RegisterFilter,
    requests::{CreateRequest, RequestFilter},
    search::SearchQuery,
};
use sqlx::PgConnection;
use testkit::{TestCtx, World};

const PASSPORT: &str = "AA1234567";
const PINFL: &str = "30101199000010";
const EMAIL: &str = "Aziza.Karimova@mail.uz";
const KEY_ONE: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const KEY_TWO: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

async fn stage() -> (TestCtx, World) {
    let ctx = TestCtx::with(&[("UK_AUTH__FIELD_KEY", KEY_ONE), ("UK_AUTH__INDEX_KEY", KEY_ONE)]).await;
    let world = World::new(&ctx).await;
    (ctx, world)
}

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

fn share(text: &str) -> Option<Share> {
    Some(Share::parse(text).unwrap())
}

fn aziza() -> CreateContact {
    CreateContact {
        name: "Азиза Каримова".to_owned(),
        phones: vec![phone("90 777-00-01"), phone("71 200-00-00")],
        email: Some(EMAIL.to_owned()),
        passport: Some("aa 1234567".to_owned()),
        pinfl: Some(PINFL.to_owned()),
        lang: Some(Lang::Uz),
        channel: Some(Channel::Telegram),
        note: Some(" Старшая по дому ".to_owned()),
        home: None,
    }
}

fn home(unit: model::UnitId, relation: Relation, part: Option<Share>) -> AddHome {
    AddHome { unit_id: unit, relation, share: part, since: None }
}

async fn named(ctx: &Ctx, actor: &Actor, name: &str) -> ContactCard {
    let command = CreateContact { name: name.to_owned(), ..CreateContact::default() };
    people::create_contact(ctx, actor, &command, None).await.unwrap()
}

async fn history(ctx: &Ctx, actor: &Actor, id: ContactId) -> Vec<AuditRow> {
    domain::audit::of_object(ctx, actor, ObjectType::Contact, id.0).await.unwrap()
}

async fn found(ctx: &Ctx, actor: &Actor, filter: &ContactFilter) -> Vec<String> {
    people::contacts(ctx, actor, filter).await.unwrap().items.into_iter().map(|row| row.name).collect()
}

async fn by_text(ctx: &Ctx, actor: &Actor, text: &str) -> Vec<String> {
    found(ctx, actor, &ContactFilter { text: Some(text.to_owned()), ..ContactFilter::default() }).await
}

/// Everything the database holds of people and of what happened, as text.
async fn everything(db: &mut PgConnection) -> String {
    sqlx::query_scalar(
        "select concat((select string_agg(c::text, ' ') from contacts c), (select string_agg(p::text, ' ') from contact_phones p),
           (select string_agg(a::text, ' ') from audit_log a))",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_person_is_taken_in_changed_and_never_overwritten() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let key = Key { key: "k".to_owned(), request_hash: vec![1] };
    let card = people::create_contact(&ctx, &admin, &aziza(), Some(&key)).await.unwrap();
    let again = people::create_contact(&ctx, &admin, &aziza(), Some(&key)).await.unwrap();
    assert_eq!(card.id, again.id, "the same call makes one person");
    assert_eq!((card.version, card.lang, card.channel), (1, Lang::Uz, Some(Channel::Telegram)));
    assert_eq!(card.note.as_deref(), Some("Старшая по дому"));
    let shown: Vec<&str> = card.phones.iter().map(|p| p.shown.as_str()).collect();
    assert_eq!(shown, ["+998 90 777-00-01", "+998 71 200-00-00"]);
    assert!(card.phones[1].number.as_ref().unwrap().is_landline());

    let rename = UpdateContact { name: Some("Азиза Юлдашева".to_owned()), ..UpdateContact::default() };
    let changed = people::update_contact(&ctx, &admin, card.id, 1, &rename).await.unwrap();
    assert_eq!((changed.version, changed.name.as_str()), (2, "Азиза Юлдашева"));
    assert_eq!(changed.email, card.email, "what was not said stays");
    assert_eq!(code(people::update_contact(&ctx, &admin, card.id, 1, &rename).await), Code::Conflict);
    // Saying what is there already changes nothing.
    let same = people::update_contact(&ctx, &admin, card.id, 2, &rename).await.unwrap();
    assert_eq!(same.version, 2);

    // The landline moves to the front, a new number comes behind it, the mobile goes.
    let kept = changed.phones[1].id;
    let phones = Some(vec![PhoneEntry::Kept { id: kept }, PhoneEntry::Number(phone("93 111-22-33"))]);
    let command = UpdateContact { phones, email: Some(None), ..UpdateContact::default() };
    let changed = people::update_contact(&ctx, &admin, card.id, 2, &command).await.unwrap();
    let shown: Vec<&str> = changed.phones.iter().map(|p| p.shown.as_str()).collect();
    assert_eq!((shown, changed.phones[0].id), (vec!["+998 71 200-00-00", "+998 93 111-22-33"], kept));
    assert_eq!(changed.email, None);

    let entries = |list: &[&str]| list.iter().map(|p| PhoneEntry::Number(phone(p))).collect::<Vec<_>>();
    let phones = |list| UpdateContact { phones: Some(list), ..UpdateContact::default() };
    let twice = phones(entries(&["901112233", "901112233"]));
    assert_eq!(field(people::update_contact(&ctx, &admin, card.id, 3, &twice).await), wrong("/phones/1", "twice"));
    let foreign = named(&ctx, &admin, "Другой").await;
    let stolen = phones(vec![PhoneEntry::Kept { id: kept }]);
    assert_eq!(
        field(people::update_contact(&ctx, &admin, foreign.id, 1, &stolen).await),
        wrong("/phones/0", "unknown")
    );

    // Field by field, and nothing that is covered stands in it.
    let rows = history(&ctx, &admin, card.id).await;
    let of = |action: &str| rows.iter().find(|r| r.action == action).unwrap();
    let (made, last) = (of("contact.create"), of("contact.update"));
    let change = |row: &AuditRow, field: &str| {
        row.changes.iter().find(|c| c.field == field).map(|c| (c.old.clone(), c.new.clone())).unwrap()
    };
    assert_eq!(change(made, "name"), (None, Some("Азиза Каримова".to_owned())));
    assert_eq!(change(made, "passport"), (None, Some("AA•••••67".to_owned())));
    let (old, new) = change(last, "phones");
    assert_eq!(old.as_deref(), Some("+998 90 •••-••-01, +998 71 •••-••-00"));
    assert_eq!(new.as_deref(), Some("+998 71 •••-••-00, +998 93 •••-••-33"));
    assert_eq!(change(last, "email"), (Some("A•••@mail.uz".to_owned()), None));
    assert!(last.changes.iter().all(|c| c.field != "name"), "only what changed");
}

#[tokio::test]
async fn wrong_fields_are_told() {
    let (ctx, world) = stage().await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    for (bad, pointer, expected) in [
        (CreateContact { name: "  ".to_owned(), ..aziza() }, "/name", "required"),
        (CreateContact { passport: Some("12345".to_owned()), ..aziza() }, "/passport", "bad_passport"),
        (CreateContact { pinfl: Some("123".to_owned()), ..aziza() }, "/pinfl", "bad_pinfl"),
        (CreateContact { email: Some("x".to_owned()), ..aziza() }, "/email", "bad_email"),
        (
            CreateContact { home: Some(home(world.b.house.units[0], Relation::Owner, None)), ..aziza() },
            "/home/unit_id",
            "unknown",
        ),
        (
            CreateContact { home: Some(home(world.a.house.units[2], Relation::Tenant, share("1/2"))), ..aziza() },
            "/home/share",
            "only_owners",
        ),
    ] {
        assert_eq!(field(people::create_contact(&ctx, &admin, &bad, None).await), wrong(pointer, expected));
    }
    assert!(by_text(&ctx, &admin, "Азиза").await.is_empty(), "a refused person leaves nothing");
    // Whoever answers the telephone takes somebody in, without a home.
    people::create_contact(&ctx, &desk, &aziza(), None).await.unwrap();
    let settled = CreateContact { home: Some(home(world.a.house.units[2], Relation::Tenant, None)), ..aziza() };
    assert_eq!(code(people::create_contact(&ctx, &desk, &settled, None).await), Code::Forbidden);
}

#[tokio::test]
async fn shares_are_exact_and_never_more_than_the_whole() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let unit = world.a.house.units[2];
    let mut homes = Vec::new();
    for (name, part) in [("Первый", "1/3"), ("Второй", "1/3"), ("Третий", "33.333")] {
        let person = named(&ctx, &admin, name).await;
        homes.push((
            person.id,
            people::add_home(&ctx, &admin, person.id, &home(unit, Relation::Owner, share(part))).await.unwrap(),
        ));
    }
    let stored: Vec<(i32, i32)> = {
        let mut db = ctx.database.superuser().await;
        sqlx::query_as("select share_num, share_den from residencies where unit_id = $1 order by share_den")
            .bind(unit.0)
            .fetch_all(&mut db)
            .await
            .unwrap()
    };
    assert_eq!(stored, [(1, 3), (1, 3), (33_333, 100_000)], "as it was written, not rounded");
    assert_eq!(homes[2].1.share.unwrap().to_string(), "33333/100000");
    // What is left is exactly 1 - 2/3 - 33333/100000 = 1/300000.
    let fourth = named(&ctx, &admin, "Четвёртый").await;
    let too_much = home(unit, Relation::Owner, share("1/299999"));
    assert_eq!(field(people::add_home(&ctx, &admin, fourth.id, &too_much).await), wrong("/share", "shares_over"));
    people::add_home(&ctx, &admin, fourth.id, &home(unit, Relation::Owner, share("1/300000"))).await.unwrap();

    let (third, kept) = &homes[2];
    let more = UpdateHome { share: Some(share("34 %")), ..UpdateHome::default() };
    assert_eq!(field(people::update_home(&ctx, &admin, kept.id, 1, &more).await), wrong("/share", "shares_over"));
    // Who leaves makes room; who becomes a tenant owns nothing.
    let today = ctx.clock.now().date_naive();
    let gone = people::update_home(
        &ctx,
        &admin,
        kept.id,
        1,
        &UpdateHome { until: Some(Some(today)), ..UpdateHome::default() },
    )
    .await
    .unwrap();
    assert_eq!((gone.version, gone.until), (2, Some(today)));
    let (_, first) = &homes[0];
    assert_eq!(code(people::update_home(&ctx, &admin, first.id, 7, &more).await), Code::Conflict);
    let tenant = UpdateHome { relation: Some(Relation::Tenant), ..UpdateHome::default() };
    let changed = people::update_home(&ctx, &admin, first.id, 1, &tenant).await.unwrap();
    assert_eq!((changed.relation, changed.share), (Relation::Tenant, None));
    // It is all in the history of the person.
    let rows = history(&ctx, &admin, *third).await;
    let actions: Vec<&str> = rows.iter().map(|r| r.action.as_str()).collect();
    assert_eq!(actions, ["residency.end", "residency.create", "contact.create"]);
    assert!(rows[1].changes.iter().any(|c| c.field == "share" && c.new.as_deref() == Some("33333/100000")));
}

#[tokio::test]
async fn two_editors_cannot_give_away_more_than_the_whole() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let unit = world.a.house.units[2];
    let mut heirs = Vec::new();
    for n in 0..4 {
        heirs.push(named(&ctx, &admin, &format!("Наследник {n}")).await.id);
    }
    let command = home(unit, Relation::Owner, share("1/2"));
    let add = |n: usize| people::add_home(&ctx, &admin, heirs[n], &command);
    let done = tokio::join!(add(0), add(1), add(2), add(3));
    let kept = [done.0.is_ok(), done.1.is_ok(), done.2.is_ok(), done.3.is_ok()];
    assert_eq!(kept.iter().filter(|ok| **ok).count(), 2);
}

#[tokio::test]
async fn homes_begin_and_end_on_days_that_were() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let (unit, person) = (world.a.house.units[2], named(&ctx, &admin, "Жилец").await.id);
    let today = ctx.clock.now().date_naive();
    let tomorrow = today.succ_opt().unwrap();
    let add = |since| AddHome { since: Some(since), ..home(unit, Relation::Tenant, None) };
    assert_eq!(field(people::add_home(&ctx, &admin, person, &add(tomorrow)).await), wrong("/since", "in_future"));
    let made = people::add_home(&ctx, &admin, person, &add(today)).await.unwrap();
    assert_eq!(field(people::add_home(&ctx, &admin, person, &add(today)).await), wrong("/unit_id", "lives_there"));
    let until = |day| UpdateHome { until: Some(Some(day)), ..UpdateHome::default() };
    assert_eq!(
        field(people::update_home(&ctx, &admin, made.id, 1, &until(tomorrow)).await),
        wrong("/until", "in_future")
    );
    let before = today.pred_opt().unwrap();
    assert_eq!(
        field(people::update_home(&ctx, &admin, made.id, 1, &until(before)).await),
        wrong("/until", "before_since")
    );
    people::update_home(&ctx, &admin, made.id, 1, &until(today)).await.unwrap();
    // Somebody who comes back has a second time there; the first stays as it was.
    people::add_home(&ctx, &admin, person, &add(today)).await.unwrap();
    let card = people::contact(&ctx, &admin, person).await.unwrap();
    assert_eq!(card.homes.iter().map(|h| h.until.is_some()).collect::<Vec<_>>(), [false, true]);
    let back = UpdateHome { until: Some(None), ..UpdateHome::default() };
    assert_eq!(field(people::update_home(&ctx, &admin, made.id, 2, &back).await), wrong("/unit_id", "lives_there"));

    // The end of the only home ends the resident's access at once.
    let resident = world.a.resident().await;
    let own = people::contact(&ctx, &admin, world.a.resident.contact).await.unwrap().homes[0].clone();
    people::update_home(&ctx, &admin, own.id, own.version, &until(today)).await.unwrap();
    assert!(property::homes(&ctx, &resident).await.unwrap().is_empty());
}

#[tokio::test]
async fn secrets_are_sealed_covered_everywhere_and_found_whole() {
    let (ctx, world) = stage().await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let id = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap().id;
    let card = people::contact(&ctx, &desk, id).await.unwrap();
    assert_eq!(card.email.as_deref(), Some("A•••@mail.uz"));
    assert_eq!(card.passport.as_deref(), Some("AA•••••67"));
    assert_eq!(card.pinfl.as_deref(), Some("••••••••••0010"));
    // Not in the database, and in no door.
    let mut db = ctx.database.superuser().await;
    let page =
        serde_json::to_string(&people::contacts(&ctx, &admin, &ContactFilter::default()).await.unwrap()).unwrap();
    let hits = search::search(&ctx, &admin, &SearchQuery { q: "Азиза".to_owned(), limit: None }).await.unwrap();
    assert_eq!(hits.hits().count(), 1);
    let hits = serde_json::to_string(&hits).unwrap();
    let card = serde_json::to_string(&card).unwrap();
    for (place, text) in [("database", everything(&mut db).await), ("list", page), ("search", hits), ("card", card)] {
        for secret in [PASSPORT, PINFL, "Karimova@mail", "karimova@mail"] {
            assert!(!text.contains(secret), "{secret} stands in the {place}");
        }
    }
    // Who knows the whole value finds the person, whatever the capitals and spaces.
    for text in ["aziza.karimova@MAIL.uz", "AA 1234567", "aa1234567", PINFL, "777-00-01", "Karimova", "Каримова 0001"]
    {
        assert_eq!(by_text(&ctx, &desk, text).await, ["Азиза Каримова"], "{text}");
    }
    for text in ["aziza@mail.uz", "AA1234568", "1234567", "30101199000011"] {
        assert!(by_text(&ctx, &desk, text).await.is_empty(), "{text}");
    }
    assert!(by_text(&ctx, &world.b.admin().await, PINFL).await.is_empty());
}

#[tokio::test]
async fn uncovering_is_a_right_of_its_own_and_remembered() {
    let (ctx, world) = stage().await;
    let (admin, desk, worker) = (world.a.admin().await, world.a.dispatcher().await, world.a.plumber().await);
    let card = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap();
    let ask = |field| Reveal { field, phone_id: None };
    for (secret, value) in [(Secret::Email, EMAIL), (Secret::Passport, PASSPORT), (Secret::Pinfl, PINFL)] {
        assert_eq!(people::reveal(&ctx, &admin, card.id, ask(secret)).await.unwrap().value, value);
        assert_eq!(code(people::reveal(&ctx, &desk, card.id, ask(secret)).await), Code::Forbidden);
        assert_eq!(code(people::reveal(&ctx, &worker, card.id, ask(secret)).await), Code::Forbidden);
        assert_eq!(code(people::reveal(&ctx, &world.b.admin().await, card.id, ask(secret)).await), Code::NotFound);
    }
    let looked: Vec<(String, Option<String>)> = history(&ctx, &admin, card.id)
        .await
        .into_iter()
        .filter(|r| r.action == "contact.reveal")
        .map(|r| (r.actor_name, r.changes[0].new.clone()))
        .collect();
    let who = admin.name().to_owned();
    let field = |name: &str| (who.clone(), Some(name.to_owned()));
    assert_eq!(looked, [field("pinfl"), field("passport"), field("email")], "who and which field, the newest first");

    assert!(!people::contact(&ctx, &desk, card.id).await.unwrap().may_reveal);
    assert_eq!(code(people::save_privacy(&ctx, &desk, 1, &PrivacyRules::default()).await), Code::Forbidden);
    let rules = PrivacyRules { hide_phones: false, dispatchers_reveal: true };
    people::save_privacy(&ctx, &admin, 1, &rules).await.unwrap();
    assert_eq!(code(people::save_privacy(&ctx, &admin, 1, &rules).await), Code::Conflict);
    assert!(people::contact(&ctx, &desk, card.id).await.unwrap().may_reveal);
    assert_eq!(people::reveal(&ctx, &desk, card.id, ask(Secret::Pinfl)).await.unwrap().value, PINFL);
    assert_eq!(code(people::reveal(&ctx, &worker, card.id, ask(Secret::Pinfl)).await), Code::Forbidden);
    // Nothing is behind a cover that is not there.
    let bare = named(&ctx, &admin, "Без документов").await;
    assert_eq!(code(people::reveal(&ctx, &admin, bare.id, ask(Secret::Passport)).await), Code::NotFound);
}

#[tokio::test]
async fn a_company_may_hide_telephones_and_change_its_mind() {
    let (ctx, world) = stage().await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let id = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap().id;
    let hide = PrivacyRules { hide_phones: true, dispatchers_reveal: false };
    people::save_privacy(&ctx, &admin, 1, &hide).await.unwrap();
    // Before the job came round, old and new numbers are found alike.
    let fresh = people::create_contact(
        &ctx,
        &admin,
        &CreateContact {
            name: "Новый".to_owned(), phones: vec![phone("95 555-66-77")], ..CreateContact::default()
        },
        None,
    )
    .await
    .unwrap();
    assert_eq!((by_text(&ctx, &desk, "907770001").await.len(), by_text(&ctx, &desk, "955556677").await.len()), (1, 1));
    assert_eq!(people::apply_privacy(&ctx, world.a.id).await.unwrap(), 5, "two of Aziza's, three of the world's");

    let card = people::contact(&ctx, &admin, id).await.unwrap();
    let shown: Vec<(&str, bool)> = card.phones.iter().map(|p| (p.shown.as_str(), p.number.is_none())).collect();
    assert_eq!(shown, [("+998 •• •••-00-01", true), ("+998 •• •••-00-00", true)]);
    let mut db = ctx.database.superuser().await;
    let all: String = sqlx::query_scalar("select string_agg(p::text, ' ') from contact_phones p where company_id = $1")
        .bind(world.a.id.0)
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert!(!all.contains("7770001") && !all.contains("712000000") && !all.contains("5556677"), "{all}");
    // Whole, or by the end; a piece from the middle finds nothing.
    for text in ["90 777-00-01", "+998907770001", "0001"] {
        assert!(by_text(&ctx, &desk, text).await.contains(&"Азиза Каримова".to_owned()), "{text}");
        let hits = search::search(&ctx, &desk, &SearchQuery { q: text.to_owned(), limit: None }).await.unwrap();
        assert!(hits.hits().any(|h| h.id == id.0 && !h.subtitle.contains("777")), "{text} {hits:?}");
    }
    assert!(by_text(&ctx, &desk, "77700").await.is_empty());
    let call = people::call(&ctx, &desk, &phone("907770001")).await.unwrap();
    assert_eq!(call.people[0].contact.id, id);
    assert!(call.people[0].contact.phones.iter().all(|p| p.number.is_none()));
    // A request takes the number it was given, never the hidden one.
    let draft = CreateRequest { contact_id: Some(id), ..world.a.draft() };
    assert_eq!(requests::create(&ctx, &desk, &draft, None).await.unwrap().contact_phone, None);

    let which = Reveal { field: Secret::Phone, phone_id: Some(card.phones[0].id) };
    assert_eq!(code(people::reveal(&ctx, &desk, id, which).await), Code::Forbidden);
    assert_eq!(people::reveal(&ctx, &admin, id, which).await.unwrap().value, "+998907770001");
    let foreign = Reveal { field: Secret::Phone, phone_id: Some(fresh.phones[0].id) };
    assert_eq!(code(people::reveal(&ctx, &admin, id, foreign).await), Code::NotFound);
    // The same number again is the same number, sealed or not.
    let same = UpdateContact {
        phones: Some(vec![PhoneEntry::Number(phone("907770001")), PhoneEntry::Kept { id: card.phones[1].id }]),
        ..UpdateContact::default()
    };
    assert_eq!(people::update_contact(&ctx, &admin, id, 1, &same).await.unwrap().version, 1);
    let command = ExportCommand {
        list: ExportList::People,
        format: ExportFormat::Csv,
        lang: Lang::Ru,
        columns: Vec::new(),
        requests: RequestFilter::default(),
        text: None,
        relation: None,
        has_login: None,
        building_id: None,
        people_sort: Some(PeopleSort::Name),
        people_reverse: true,
        people_ids: Vec::new(),
        units: RegisterFilter::default(),
        payments: Default::default(),
        debts: Default::default(),
        buildings: Default::default(),
        staff: Default::default(),
        audit: Default::default(),
    };
    let (send, mut receive) = tokio::sync::mpsc::channel(10);
    exports::read(&ctx, &admin, &command, None, send).await.unwrap();
    let Some(exports::Rows::People(rows)) = receive.recv().await else { panic!("no people") };
    assert!(rows.iter().flat_map(|r| &r.phones).all(|p| p.number.is_none() && p.shown.contains('•')));
    assert!(rows.len() > 1 && rows.is_sorted_by(|a, b| a.name >= b.name), "the file keeps the order of the list");

    people::save_privacy(&ctx, &admin, 2, &PrivacyRules::default()).await.unwrap();
    assert_eq!(people::apply_privacy(&ctx, world.a.id).await.unwrap(), 6);
    let open = people::contact(&ctx, &desk, id).await.unwrap();
    assert_eq!(
        open.phones.iter().map(|p| p.shown.as_str()).collect::<Vec<_>>(),
        ["+998 90 777-00-01", "+998 71 200-00-00"]
    );
    assert_eq!(open.phones[0].id, card.phones[0].id);
    assert_eq!(by_text(&ctx, &desk, "77700").await, ["Азиза Каримова"]);
}

#[tokio::test]
async fn keys_are_changed_while_old_ones_still_open() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let id = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap().id;
    people::save_privacy(&ctx, &admin, 1, &PrivacyRules { hide_phones: true, dispatchers_reveal: false })
        .await
        .unwrap();
    people::apply_privacy(&ctx, world.a.id).await.unwrap();
    let both = format!("{KEY_TWO},{KEY_ONE}");
    let turning = ctx.sibling(&[("UK_AUTH__FIELD_KEY", &both), ("UK_AUTH__INDEX_KEY", KEY_ONE)]).await;
    let ask = |field| Reveal { field, phone_id: None };
    // Before the command, and for what is written meanwhile.
    assert_eq!(people::reveal(&turning, &admin, id, ask(Secret::Passport)).await.unwrap().value, PASSPORT);
    let meanwhile = people::create_contact(
        &turning,
        &admin,
        &CreateContact { name: "Второй".to_owned(), pinfl: Some(PINFL.to_owned()), ..CreateContact::default() },
        None,
    )
    .await
    .unwrap();
    let first = people::rotate(&turning, |_| {}).await.unwrap();
    // E-mail, passport, PINFL and five telephones; the second person's PINFL is new already.
    assert_eq!((first.sealed, first.current), (8, 1));
    let second = people::rotate(&turning, |_| {}).await.unwrap();
    assert_eq!((second.sealed, second.current), (0, 9), "run again, it finds nothing to do");
    // The old key may go: everything opens, and is found as before.
    let new = ctx.sibling(&[("UK_AUTH__FIELD_KEY", KEY_TWO), ("UK_AUTH__INDEX_KEY", KEY_ONE)]).await;
    let card = people::contact(&new, &admin, id).await.unwrap();
    for (secret, value) in [(Secret::Email, EMAIL), (Secret::Passport, PASSPORT), (Secret::Pinfl, PINFL)] {
        assert_eq!(people::reveal(&new, &admin, id, ask(secret)).await.unwrap().value, value);
    }
    let which = Reveal { field: Secret::Phone, phone_id: Some(card.phones[1].id) };
    assert_eq!(people::reveal(&new, &admin, id, which).await.unwrap().value, "+998712000000");
    assert_eq!(people::reveal(&new, &admin, meanwhile.id, ask(Secret::Pinfl)).await.unwrap().value, PINFL);
    assert_eq!(by_text(&new, &admin, PINFL).await.len(), 2);
    // Who has only the old key is told, not given garbage.
    assert_eq!(code(people::reveal(&ctx, &admin, id, ask(Secret::Passport)).await), Code::Internal);
    assert!(people::rotate(&ctx, |_| {}).await.is_err());
}

/// A column of sealed bytes that rotation does not know would be lost with its key.
#[tokio::test]
async fn rotation_knows_every_sealed_column() {
    let ctx = TestCtx::new().await;
    let mut db = ctx.database.superuser().await;
    let columns: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || column_name from information_schema.columns
         where table_schema = 'public' and data_type = 'bytea' and (column_name like '%sealed' or column_name like '%secret') order by 1",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(
        columns,
        [
            "contact_phones.sealed",
            "contacts.email_sealed",
            "contacts.passport_sealed",
            "contacts.pinfl_sealed",
            "kassas.secret_sealed",
            "users.totp_secret"
        ]
    );
}

#[tokio::test]
async fn what_an_older_version_left_in_the_open_is_sealed() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let mut db = ctx.database.superuser().await;
    sqlx::query("update contacts set email = 'old@mail.uz' where id = $1")
        .bind(world.a.caller.0)
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(people::seal_waiting(&ctx).await.unwrap(), 1);
    assert!(!everything(&mut db).await.contains("old@mail.uz"));
    let ask = Reveal { field: Secret::Email, phone_id: None };
    assert_eq!(people::reveal(&ctx, &admin, world.a.caller, ask).await.unwrap().value, "old@mail.uz");
    assert_eq!(by_text(&ctx, &admin, "OLD@mail.uz").await, ["Пётр Петров"]);
    assert_eq!(people::seal_waiting(&ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn the_call_card_tells_who_and_where() {
    let (ctx, world) = stage().await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let number = world.a.resident.phone.clone();
    // His wife has the same telephone and another flat, too.
    let wife = CreateContact {
        name: "Малика Каримова".to_owned(),
        phones: vec![number.clone()],
        home: Some(home(world.a.house.units[0], Relation::Relative, None)),
        ..CreateContact::default()
    };
    let wife = people::create_contact(&ctx, &admin, &wife, None).await.unwrap();
    people::add_home(&ctx, &admin, wife.id, &home(world.a.house.units[2], Relation::Owner, share("1/2")))
        .await
        .unwrap();
    let mine = requests::create(&ctx, &world.a.resident().await, &world.a.draft(), None).await.unwrap();
    let draft =
        CreateRequest { unit_id: Some(world.a.neighbour.unit), contact_phone: Some(number.clone()), ..world.a.draft() };
    let nobody = requests::create(&ctx, &desk, &draft, None).await.unwrap();

    let card = people::call(&ctx, &desk, &number).await.unwrap();
    let names: Vec<&str> = card.people.iter().map(|p| p.contact.name.as_str()).collect();
    assert_eq!(names, ["Азиз Каримов", "Малика Каримова"]);
    assert_eq!(card.people[0].requests.iter().map(|r| r.id).collect::<Vec<_>>(), [mine.id]);
    assert_eq!(card.unknown_requests.iter().map(|r| r.id).collect::<Vec<_>>(), [nobody.id]);
    assert_eq!(card.homes.iter().map(|h| h.address.as_str()).collect::<Vec<_>>(), ["Навои 12, №1", "Навои 12, №3"]);
    let first = &card.homes[0];
    assert_eq!(first.entrance, Some(1));
    assert_eq!(
        first.people.iter().map(|p| (p.name.as_str(), p.calls)).collect::<Vec<_>>(),
        [("Азиз Каримов", true), ("Малика Каримова", true)]
    );
    assert_eq!(first.requests.iter().map(|r| r.id).collect::<Vec<_>>(), [mine.id]);
    assert_eq!(card.homes[1].people[0].share, share("1/2"));

    let unknown = people::call(&ctx, &desk, &phone("33 333-33-33")).await.unwrap();
    assert!(unknown.people.is_empty() && unknown.homes.is_empty() && unknown.unknown_requests.is_empty());
    let office = people::call(&ctx, &desk, &phone("712000000")).await.unwrap();
    assert!(office.landline && office.staff.is_some());
    // Another company's people are nobody here.
    let theirs = people::call(&ctx, &desk, &world.b.resident.phone).await.unwrap();
    assert!(theirs.people.is_empty() && theirs.homes.is_empty());
    for nobody in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(people::call(&ctx, &nobody, &number).await), Code::Forbidden);
    }
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let (ctx, world) = stage().await;
    let (admin, desk) = (world.a.admin().await, world.a.dispatcher().await);
    let tenant = named(&ctx, &admin, "Арендатор").await.id;
    people::add_home(
        &ctx,
        &admin,
        tenant,
        &home(world.a.far_house.units.first().copied().unwrap_or(world.a.house.units[2]), Relation::Tenant, None),
    )
    .await
    .unwrap();
    let all = ContactFilter::default;
    assert_eq!(found(&ctx, &desk, &ContactFilter { relation: Some(Relation::Tenant), ..all() }).await, ["Арендатор"]);
    let owners = found(
        &ctx,
        &desk,
        &ContactFilter { relation: Some(Relation::Owner), building_id: Some(world.a.house.id), ..all() },
    )
    .await;
    assert_eq!(owners.len(), 2);
    let without = found(&ctx, &desk, &ContactFilter { has_login: Some(false), ..all() }).await;
    assert_eq!(without, ["Арендатор", "Пётр Петров"]);
    assert_eq!(found(&ctx, &desk, &ContactFilter { has_login: Some(true), ..all() }).await.len(), 2);
    let number = world.a.neighbour.phone.clone();
    assert_eq!(found(&ctx, &desk, &ContactFilter { phone: Some(number), ..all() }).await, ["Елена Иванова"]);
    for n in 0..60 {
        named(&ctx, &admin, &format!("Человек {n}")).await;
    }
    let page = people::contacts(&ctx, &desk, &all()).await.unwrap();
    let rest = people::contacts(&ctx, &desk, &ContactFilter { cursor: page.next.clone(), ..all() }).await.unwrap();
    let ids: std::collections::HashSet<_> = page.items.iter().chain(&rest.items).map(|r| r.id).collect();
    assert_eq!((page.items.len(), rest.items.len(), ids.len(), rest.next), (50, 14, 64, None));
    for (sort, reverse) in
        [(PeopleSort::Newest, false), (PeopleSort::Newest, true), (PeopleSort::Name, false), (PeopleSort::Name, true)]
    {
        let filter = ContactFilter { sort: Some(sort), reverse, ..all() };
        let first = people::contacts(&ctx, &desk, &filter).await.unwrap();
        let rest = people::contacts(&ctx, &desk, &ContactFilter { cursor: first.next, ..filter }).await.unwrap();
        let names: Vec<_> = first.items.iter().chain(&rest.items).map(|row| row.name.clone()).collect();
        assert_eq!((names.len(), rest.next), (64, None), "{sort} {reverse}");
        if sort == PeopleSort::Name {
            let mut wanted = names.clone();
            wanted.sort();
            if reverse {
                wanted.reverse();
            }
            assert_eq!(names, wanted);
        } else {
            let newest = names.iter().position(|name| name == "Человек 59");
            assert_eq!(newest, Some(if reverse { 63 } else { 0 }));
        }
    }
    // A place in one order is none in another.
    let foreign = ContactFilter {
        cursor: people::contacts(&ctx, &desk, &ContactFilter { sort: Some(PeopleSort::Name), ..all() })
            .await
            .unwrap()
            .next,
        ..all()
    };
    assert!(people::contacts(&ctx, &desk, &foreign).await.is_err());
    let bad = ContactFilter { cursor: Some("x".to_owned()), ..all() };
    assert_eq!(field(people::contacts(&ctx, &desk, &bad).await), wrong("/cursor", "unknown"));
}

#[tokio::test]
async fn nobody_reaches_into_another_company() {
    let (ctx, world) = stage().await;
    let (admin, foreign) = (world.a.admin().await, world.b.admin().await);
    let id = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap().id;
    let made = people::add_home(&ctx, &admin, id, &home(world.a.house.units[2], Relation::Owner, None)).await.unwrap();
    let rename = UpdateContact { name: Some("Чужой".to_owned()), ..UpdateContact::default() };
    let end = UpdateHome { until: Some(Some(ctx.clock.now().date_naive())), ..UpdateHome::default() };
    let there = home(world.b.house.units[0], Relation::Tenant, None);
    assert_eq!(code(people::contact(&ctx, &foreign, id).await), Code::NotFound);
    assert_eq!(code(people::update_contact(&ctx, &foreign, id, 1, &rename).await), Code::NotFound);
    assert_eq!(code(people::add_home(&ctx, &foreign, id, &there).await), Code::NotFound);
    assert_eq!(code(people::update_home(&ctx, &foreign, made.id, 1, &end).await), Code::NotFound);
    assert_eq!(code(people::homes_of(&ctx, &foreign, id).await), Code::NotFound);
    assert!(history(&ctx, &foreign, id).await.is_empty());
    // Nor may a dispatcher or a worker change anything.
    for (actor, read) in
        [(world.a.dispatcher().await, true), (world.a.plumber().await, false), (world.a.resident().await, false)]
    {
        assert_eq!(people::contact(&ctx, &actor, id).await.is_ok(), read);
        for refused in [
            failure(people::update_contact(&ctx, &actor, id, 1, &rename).await),
            failure(people::add_home(&ctx, &actor, id, &home(world.a.house.units[1], Relation::Tenant, None)).await),
            failure(people::update_home(&ctx, &actor, made.id, 1, &end).await),
        ] {
            assert_eq!(refused.code, Code::Forbidden);
        }
    }
}

#[tokio::test]
async fn a_forgotten_person_leaves_no_secret_and_was_told_them_before() {
    let (ctx, world) = stage().await;
    let admin = world.a.admin().await;
    let id = people::create_contact(&ctx, &admin, &aziza(), None).await.unwrap().id;
    people::save_privacy(&ctx, &admin, 1, &PrivacyRules { hide_phones: true, dispatchers_reveal: false })
        .await
        .unwrap();
    people::apply_privacy(&ctx, world.a.id).await.unwrap();
    let told = domain::privacy::export(&ctx, &admin, id).await.unwrap().contact;
    assert_eq!(told.phones, [phone("90 777-00-01"), phone("71 200-00-00")]);
    let secrets = (told.email.as_deref(), told.passport.as_deref(), told.pinfl.as_deref());
    assert_eq!(secrets, (Some(EMAIL), Some(PASSPORT), Some(PINFL)));
    let command = model::privacy::ErasePerson { confirm: "Азиза Каримова".to_owned() };
    domain::privacy::erase(&ctx, &admin, id, &command).await.unwrap();
    let mut db = ctx.database.superuser().await;
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from contacts where id = $1 and num_nonnulls(email, email_sealed, email_key, email_shown,
           passport_sealed, passport_key, passport_shown, pinfl_sealed, pinfl_key, pinfl_shown, channel, note) > 0)
         + (select count(*) from contact_phones where contact_id = $1)",
    )
    .bind(id.0)
    .fetch_one(&mut db)
    .await
    .unwrap();
    assert_eq!(left, 0);
    let all = found(&ctx, &admin, &ContactFilter::default()).await;
    assert!(all.len() == 3 && !all.contains(&"—".to_owned()), "{all:?}");
    let rename = UpdateContact { name: Some("Снова".to_owned()), ..UpdateContact::default() };
    assert_eq!(code(people::update_contact(&ctx, &admin, id, 2, &rename).await), Code::NotFound);
}
