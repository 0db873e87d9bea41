//! A copy of what is known about a person, and forgetting them.

use crate::support::{assign, code, field, wrong};
use chrono::TimeDelta;
use domain::{
    Actor, access,
    audit::{self, Broken},
    auth::{self, Device},
    billing, calls, files, payments, privacy, requests, telegram,
};
use model::{
    Code, ContactId, Lang, Money,
    access::{ApplicationFilter, ApproveApplication, EndResidency},
    billing::TariffRule,
    payments::{PaymentSource, RecordPayment},
    privacy::{ErasePerson, Erased},
    requests::{AddComment, CallDirection, CallResult, CreateRequest, RateRequest, RecordCall},
};
use sqlx::{AssertSqlSafe, PgConnection};
use testkit::{TestCtx, World, photo, resident_actor};

const NAME: &str = "Азиз Каримов";
const INTERNAL: &str = "Между нами";

/// A resident who did everything a resident does; the audit is sealed.
async fn lived(ctx: &TestCtx, world: &World) -> Actor {
    let a = &world.a;
    let (resident, desk) = (resident_actor(ctx, &a.resident.phone).await, a.dispatcher().await);
    let file = files::upload(ctx, &resident, photo()).await.unwrap().id;
    let command = CreateRequest { file_ids: vec![file], ..a.draft() };
    let id = requests::create(ctx, &resident, &command, None).await.unwrap().id;
    for (who, internal) in [(&resident, false), (&desk, false), (&desk, true)] {
        let body = if internal { INTERNAL } else { "Когда?" };
        requests::comment(ctx, who, id, &AddComment { body: body.to_owned(), internal, ..Default::default() })
            .await
            .unwrap();
    }
    assign(ctx, &desk, id, a.plumber_id).await.unwrap();
    let call = RecordCall {
        direction: CallDirection::Out,
        at: None,
        phone: Some(a.resident.phone.clone()),
        contact_id: Some(a.resident.contact),
        contact_name: None,
        request_id: Some(id),
        result: CallResult::Answered,
        note: String::new(),
    };
    calls::record(ctx, &desk, &call).await.unwrap();
    telegram::chat(ctx, 1, 77).await.unwrap();
    assert!(telegram::link(ctx, 1, 77, &a.resident.phone).await.unwrap());
    auth::set_lang(ctx, &resident, Lang::Uz).await.unwrap();
    access::request_code(ctx, &a.resident.phone, Lang::Ru, &Device::default()).await.unwrap();
    access::ask_to_be_forgotten(ctx, &resident).await.unwrap();
    // A second sight of the same person in another's entry: the desk changes nothing but is the actor.
    let _ = requests::rate(ctx, &resident, id, &RateRequest { stars: 5, reasons: Vec::new(), comment: None }).await;
    audit::seal(ctx).await.unwrap();
    resident
}

async fn erase(ctx: &TestCtx, actor: &Actor, id: ContactId, confirm: &str) -> domain::Result<Erased> {
    privacy::erase(ctx, actor, id, &ErasePerson { confirm: confirm.to_owned() }).await
}

/// Every table in which a text is still found.
async fn found_in(admin: &mut PgConnection, text: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1",
    )
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("select exists(select from {table} t where t::text ilike $1)"));
        if sqlx::query_scalar::<_, bool>(sql).bind(format!("%{text}%")).fetch_one(&mut *admin).await.unwrap() {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn a_copy_holds_everything_but_what_the_staff_say_among_themselves() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = lived(&ctx, &world).await;
    let own = privacy::export_own(&ctx, &resident).await.unwrap();
    let told = serde_json::to_string(&own).unwrap();
    assert!(!told.contains(INTERNAL), "{told}");
    assert_eq!((own.contact.name.as_str(), own.contact.telegram_chats), (NAME, 1));
    assert_eq!((own.homes.len(), own.requests.len(), own.applications.len()), (1, 1, 1));
    assert_eq!((own.requests[0].comments.len(), own.requests[0].files.len()), (2, 1));
    assert!(own.requests[0].comments[0].own && !own.requests[0].comments[1].own);
    assert!(!own.sign_ins.is_empty() && !own.messages.is_empty() && !own.notices.is_empty());
    assert_eq!((own.calls.len(), own.calls[0].result), (1, CallResult::Answered));
    let id = world.a.resident.contact;
    let desk = privacy::export(&ctx, &world.a.admin().await, id).await.unwrap();
    assert_eq!(desk.requests, own.requests);
    assert_eq!(code(privacy::export(&ctx, &world.a.dispatcher().await, id).await), Code::Forbidden);
    assert_eq!(code(privacy::export(&ctx, &resident, id).await), Code::Forbidden);
    assert_eq!(code(privacy::export(&ctx, &world.b.admin().await, id).await), Code::NotFound);
    assert_eq!(code(privacy::export_own(&ctx, &world.a.admin().await).await), Code::Forbidden);
}

#[tokio::test]
async fn a_copy_holds_the_money_of_a_home_while_they_lived_there() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let (admin, resident) = (world.a.admin().await, world.a.resident().await);
    let account = crate::ledger::accounts(&ctx, &world.a).await[0];
    let lift = crate::billing::service(&ctx, &admin, "Лифт").await;
    let price = crate::billing::price(lift, TariffRule::Unit, 800_000, "2026-01-01");
    billing::create_tariff(&ctx, &admin, &price).await.unwrap();
    crate::billing::posted(&ctx, &admin, "2026-10-01").await;
    let number = billing::account(&ctx, &admin, account).await.unwrap().number;
    let pay = async |reference: &str| {
        let command = RecordPayment {
            account: number.clone(),
            source: PaymentSource::Cash,
            amount: Money::from_tiyin(300_000),
            reference: reference.to_owned(),
            paid_on: None,
            payer: Some("Сосед".to_owned()),
            note: None,
        };
        payments::record(&ctx, &admin, &command, None).await.unwrap();
    };
    pay("1").await;
    let own = privacy::export_own(&ctx, &resident).await.unwrap();
    assert_eq!((own.accounts.len(), own.charges.len(), own.payments.len()), (1, 1, 1), "{own:?}");
    assert_eq!((own.accounts[0].number.as_str(), own.accounts[0].balance.tiyin()), (number.as_str(), 500_000));
    assert_eq!((own.charges[0].service.ru.as_str(), own.charges[0].amount.tiyin()), ("Лифт", 800_000));
    assert_eq!((own.payments[0].reference.as_str(), own.payments[0].amount.tiyin()), ("1", 300_000));
    assert!(!serde_json::to_string(&own).unwrap().contains("Сосед"), "who paid is somebody else's business");
    // Of what comes after they have left, nothing.
    let left = EndResidency { contact_id: world.a.resident.contact, unit_id: world.a.resident.unit };
    access::end_residency(&ctx, &admin, &left).await.unwrap();
    ctx.clock.advance(TimeDelta::days(2));
    pay("2").await;
    let copy = privacy::export(&ctx, &admin, world.a.resident.contact).await.unwrap();
    assert_eq!((copy.accounts.len(), copy.charges.len(), copy.payments.len()), (0, 1, 1), "{copy:?}");
    // A neighbour's copy says nothing of it.
    let other = privacy::export_own(&ctx, &world.a.neighbour().await).await.unwrap();
    assert!(other.payments.is_empty(), "{other:?}");
    assert!(other.accounts.iter().all(|a| a.number != number));
}

#[tokio::test]
async fn a_person_is_forgotten_and_the_books_hold() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = lived(&ctx, &world).await;
    let (admin, id) = (world.a.admin().await, world.a.resident.contact);
    let mut superuser = ctx.database.superuser().await;
    let phone = &world.a.resident.phone.as_str()[4..];
    assert!(found_in(&mut superuser, phone).await.len() > 3);
    assert_eq!(field(erase(&ctx, &admin, id, "Азиз").await), wrong("/confirm", "not_the_name"));
    assert_eq!(code(erase(&ctx, &world.a.dispatcher().await, id, NAME).await), Code::Forbidden);
    assert_eq!(code(erase(&ctx, &world.b.admin().await, id, NAME).await), Code::NotFound);
    let done = erase(&ctx, &admin, id, NAME).await.unwrap();
    assert_eq!((done.requests, done.comments), (1, 1));
    assert!(done.audit_entries > 3, "{done:?}");
    assert_eq!(code(erase(&ctx, &admin, id, "—").await), Code::NotFound, "once is for ever");
    // The other company has somebody of the same name, and keeps him.
    sqlx::query("update contacts set name = 'B' where company_id = $1")
        .bind(world.b.id.0)
        .execute(&mut superuser)
        .await
        .unwrap();
    sqlx::query("update users set name = 'B' where company_id = $1")
        .bind(world.b.id.0)
        .execute(&mut superuser)
        .await
        .unwrap();
    for text in [phone, "Каримов", "90 100-00-01"] {
        assert_eq!(found_in(&mut superuser, text).await, Vec::<String>::new(), "{text}");
    }
    assert!(!auth::is_alive(&ctx, &resident).await.unwrap());
    assert!(telegram::actor(&ctx, 1, 77).await.unwrap().is_none());
    // Work stays: the request with its photo and talk, without the name.
    let desk = world.a.dispatcher().await;
    let kept = requests::list(&ctx, &desk, &model::requests::RequestFilter::default()).await.unwrap().items;
    assert_eq!((kept.len(), kept[0].contact_name.as_deref(), kept[0].photos), (1, None, 1));
    // The chain holds, before and after what was written since is sealed.
    for _ in 0..2 {
        let checked = audit::verify(&ctx).await.unwrap();
        assert!(checked.iter().all(|c| c.broken.is_none()), "{checked:?}");
        audit::seal(&ctx).await.unwrap();
    }
}

#[tokio::test]
async fn covering_is_no_way_to_falsify_the_books() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    lived(&ctx, &world).await;
    erase(&ctx, &world.a.admin().await, world.a.resident.contact, NAME).await.unwrap();
    audit::seal(&ctx).await.unwrap();
    let broken = async || -> Option<Broken> {
        audit::verify(&ctx).await.unwrap().into_iter().find(|c| c.company == world.a.id).unwrap().broken
    };
    assert_eq!(broken().await, None);
    // Nobody can put words into an entry, not even into a covered one.
    let mut owner = ctx.database.superuser().await;
    for sql in [
        "update audit_log set changes = '{\"status\": [null, \"closed\"]}'",
        "update audit_log set actor_name = 'другой'",
        "update audit_log set action = 'request.rate'",
        "update audit_log set actor_name = '—' where id not in (select audit_id from audit_bridges)",
        "delete from audit_bridges",
        "update audit_bridges set bridge = ''",
    ] {
        let error = sqlx::query(sql).execute(&mut owner).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{sql}: {error}");
        let mut tx = ctx.db.begin_system("test").await.unwrap();
        sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
    }
    // Who has the whole database and switches the guards off is seen: at the covered entry, at its bridge, and before.
    for sql in [
        "update audit_log set door = 'api' where id = (select audit_id from audit_bridges order by audit_id limit 1)",
        "update audit_bridges set bridge = sha256(bridge) where audit_id = (select max(audit_id::text)::uuid from audit_bridges)",
        "delete from audit_bridges",
    ] {
        let mut tx = sqlx::Connection::begin(&mut owner).await.unwrap();
        sqlx::raw_sql("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
        let touched = sqlx::query(sql).execute(&mut *tx).await.unwrap().rows_affected();
        assert!(touched > 0, "{sql}");
        tx.commit().await.unwrap();
        assert!(broken().await.is_some(), "{sql}");
    }
}

#[tokio::test]
async fn the_wish_to_be_forgotten_waits_at_the_desk() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = lived(&ctx, &world).await;
    let admin = world.a.admin().await;
    assert_eq!(code(access::ask_to_be_forgotten(&ctx, &resident).await), Code::TooManyRequests, "asked already");
    let wish = access::applications(&ctx, &admin, &ApplicationFilter::default()).await.unwrap().items.remove(0);
    let none = ApproveApplication::default();
    assert_eq!(field(access::approve(&ctx, &admin, wish.id, &none).await), wrong("/confirm", "not_the_name"));
    let typed = ApproveApplication { confirm: Some(NAME.to_owned()), ..none };
    access::approve(&ctx, &admin, wish.id, &typed).await.unwrap();
    assert!(!auth::is_alive(&ctx, &resident).await.unwrap());
    let all = ApplicationFilter { all: true, cursor: None };
    let decided = access::applications(&ctx, &admin, &all).await.unwrap().items.remove(0);
    assert_eq!((decided.name.as_str(), decided.phone), ("—", None));
}
