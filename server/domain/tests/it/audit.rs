//! The audit: what is in it, who reads it, and that tampering shows.

use crate::support::{assign, code, field, filed, wrong};
use domain::{
    audit::{self, Broken},
    auth::{self, Device},
    requests, settings, staff,
};
use model::{
    Code, Lang, Phone,
    audit::{AuditFilter, AuditRow, DoorName, ObjectType},
    auth::{ChangePassword, StaffLogin},
    settings::SaveProfile,
};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeSet;
use testkit::{PASSWORD, TestCtx, World};

async fn busy() -> (TestCtx, World) {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let desk = world.a.dispatcher().await;
    for _ in 0..3 {
        let id = filed(&ctx, &world).await;
        assign(&ctx, &desk, id, world.a.plumber_id).await.unwrap();
        ctx.clock.advance(chrono::TimeDelta::seconds(1));
    }
    (ctx, world)
}

/// As somebody with the whole database in their hands: triggers and rights do not stop them.
async fn tamper(admin: &mut PgConnection, sql: &str) {
    let all = format!("begin; set local session_replication_role = replica; {sql}; commit");
    sqlx::raw_sql(AssertSqlSafe(all)).execute(admin).await.unwrap();
}

async fn broken(ctx: &TestCtx, world: &World) -> Option<(i64, String)> {
    let chains = audit::verify(ctx).await.unwrap();
    let other = chains.iter().find(|c| c.company == world.b.id).unwrap();
    assert!(other.is_whole(), "the other company's chain holds");
    let own = chains.into_iter().find(|c| c.company == world.a.id).unwrap();
    own.broken.map(|Broken { seq, how, .. }| (seq, how))
}

#[tokio::test]
async fn every_row_is_sealed_once_and_a_whole_chain_holds() {
    let (ctx, world) = busy().await;
    let mut admin = ctx.database.superuser().await;
    let rows: i64 = sqlx::query_scalar("select count(*) from audit_log").fetch_one(&mut admin).await.unwrap();
    assert!(rows > 8);
    // Sealers at once do not disturb each other.
    let (one, two) = tokio::join!(audit::seal(&ctx), audit::seal(&ctx));
    assert_eq!(one.unwrap() + two.unwrap(), u64::try_from(rows).unwrap());
    assert_eq!(audit::seal(&ctx).await.unwrap(), 0);
    let chains = audit::verify(&ctx).await.unwrap();
    assert!(chains.iter().all(|c| c.is_whole() && c.sealed > 0 && c.head.len() == 64), "{chains:?}");
    let head = chains[0].head.clone();
    filed(&ctx, &world).await;
    assert_eq!(audit::seal(&ctx).await.unwrap(), 1);
    let chains = audit::verify(&ctx).await.unwrap();
    assert!(chains.iter().all(audit::Checked::is_whole));
    assert_ne!(chains[0].head, head);
}

#[tokio::test]
async fn tampering_shows_where_it_was_done() {
    let (ctx, world) = busy().await;
    audit::seal(&ctx).await.unwrap();
    let mut admin = ctx.database.superuser().await;
    assert_eq!(broken(&ctx, &world).await, None);
    let third = format!("(select audit_id from audit_seals where company_id = '{}' and seq = 3)", world.a.id);
    let own = format!("company_id = '{}'", world.a.id);
    let change = |column: &str, value: &str| format!("update audit_log set {column} = {value} where id = {third}");
    for (sql, undo, how) in [
        (change("actor_name", "'другой'"), "actor_name", "altered"),
        (change("changes", "'{}'"), "changes", "altered"),
        (change("at", "at - interval '1 day'"), "at", "altered"),
        (change("action", "'nothing'"), "action", "altered"),
        (change("actor_id", "gen_random_uuid()"), "actor_id", "altered"),
    ] {
        let kept = format!("create temp table kept as select * from audit_log where id = {third}");
        sqlx::query(AssertSqlSafe(kept)).execute(&mut admin).await.unwrap();
        tamper(&mut admin, &sql).await;
        assert_eq!(broken(&ctx, &world).await, Some((3, how.to_owned())), "{sql}");
        let back = format!("update audit_log a set {undo} = k.{undo} from kept k where a.id = k.id; drop table kept");
        tamper(&mut admin, &back).await;
        assert_eq!(broken(&ctx, &world).await, None, "{undo} is as it was");
    }
    tamper(&mut admin, &format!("update audit_seals set hash = sha256('x') where {own} and seq = 5")).await;
    assert_eq!(broken(&ctx, &world).await, Some((5, "altered".to_owned())));
    tamper(&mut admin, &format!("delete from audit_seals where {own} and seq = 4")).await;
    assert_eq!(broken(&ctx, &world).await, Some((5, "gap".to_owned())));
    tamper(&mut admin, &format!("delete from audit_log where id = {third}")).await;
    assert_eq!(broken(&ctx, &world).await, Some((3, "missing".to_owned())));
}

#[tokio::test]
async fn rows_that_slip_past_the_sealer_are_noticed() {
    let (ctx, world) = busy().await;
    let mut admin = ctx.database.superuser().await;
    tamper(&mut admin, "delete from audit_unsealed").await;
    audit::seal(&ctx).await.unwrap();
    assert!(audit::verify(&ctx).await.unwrap().iter().all(|c| c.waiting == 0), "they may still be on their way");
    ctx.clock.advance(chrono::TimeDelta::hours(2));
    let chains = audit::verify(&ctx).await.unwrap();
    assert!(chains.iter().any(|c| c.company == world.a.id && c.waiting > 0 && !c.is_whole()));
}

#[tokio::test]
async fn the_app_cannot_touch_what_is_sealed() {
    let (ctx, world) = busy().await;
    audit::seal(&ctx).await.unwrap();
    for sql in [
        "update audit_seals set hash = 'x'",
        "delete from audit_seals",
        "delete from audit_unsealed",
        "update audit_unsealed set audit_id = gen_random_uuid()",
    ] {
        let mut tx = ctx.db.begin_tenant(world.a.id.0).await.unwrap();
        let error = sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await.unwrap_err();
        assert!(error.to_string().contains("permission denied"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn filters_narrow_and_pages_join() {
    let (ctx, world) = busy().await;
    let admin = world.a.admin().await;
    let list = async |filter: AuditFilter| audit::list(&ctx, &admin, &filter).await.unwrap();
    let all = list(AuditFilter { limit: Some(100), ..Default::default() }).await;
    assert!(all.next.is_none() && all.items.iter().map(|r| r.at).is_sorted_by(|a, b| a >= b));
    let paged = async |limit, text: Option<&str>| {
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let text = text.map(str::to_owned);
            let page = list(AuditFilter { limit: Some(limit), cursor, text, ..Default::default() }).await;
            rows.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                return rows;
            }
        }
    };
    assert_eq!(paged(3, None).await, all.items);
    let words = paged(2, Some("Plumber-A")).await;
    let said = |row: &&AuditRow| format!("{row:?}").to_lowercase().contains("plumber-a");
    assert!(words.len() >= 3 && words.iter().all(|row| said(&row)), "{words:?}");
    assert_eq!(words, paged(100, Some("plumber-a")).await);
    let desk = world.a.dispatcher().await.user_id();
    let assigned =
        list(AuditFilter { actor_id: desk, action: Some("request.assign".to_owned()), ..Default::default() }).await;
    assert_eq!(assigned.items.len(), 3);
    let row = &assigned.items[0];
    assert_eq!(
        (row.door, row.object_type.as_str(), row.object_name.as_deref()),
        (DoorName::Web, "request", Some("№3"))
    );
    assert_eq!((row.changes[0].old.as_deref(), row.changes[0].new.as_deref()), (None, Some("plumber-a")));
    let count = async |filter| list(filter).await.items.len();
    assert_eq!(count(AuditFilter { object_type: Some("request".to_owned()), ..Default::default() }).await, 6);
    assert_eq!(count(AuditFilter { object_id: row.object_id, ..Default::default() }).await, 2);
    assert_eq!(
        count(AuditFilter {
            text: Some("Plumber-a".to_owned()),
            object_type: Some("request".to_owned()),
            ..Default::default()
        })
        .await,
        3
    );
    assert_eq!(count(AuditFilter { door: Some(DoorName::Bot), ..Default::default() }).await, 0);
    assert_eq!(count(AuditFilter { to: Some(all.items.last().unwrap().at), ..Default::default() }).await, 0);
    let bad = async |filter| field(audit::list(&ctx, &admin, &filter).await);
    assert_eq!(
        bad(AuditFilter { text: Some("ab".to_owned()), ..Default::default() }).await,
        wrong("/text", "too_short")
    );
    assert_eq!(bad(AuditFilter { limit: Some(0), ..Default::default() }).await, wrong("/limit", "out_of_range"));
    assert_eq!(
        bad(AuditFilter { cursor: Some("x".to_owned()), ..Default::default() }).await,
        wrong("/cursor", "unknown")
    );
}

#[tokio::test]
async fn the_audit_is_for_those_who_may_read_it() {
    let (ctx, world) = busy().await;
    let id = requests::list(&ctx, &world.a.admin().await, &Default::default()).await.unwrap().items[0].id.0;
    for actor in [world.a.dispatcher().await, world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(audit::list(&ctx, &actor, &AuditFilter::default()).await), Code::Forbidden);
        let of_user = audit::of_object(&ctx, &actor, ObjectType::User, world.a.plumber_id.0).await;
        assert_eq!(code(of_user), Code::Forbidden);
        let of_company = audit::of_object(&ctx, &actor, ObjectType::Setting, world.a.id.0).await;
        assert_eq!(code(of_company), Code::Forbidden);
    }
    // A card's history goes with the card, at the desk.
    assert_eq!(audit::of_object(&ctx, &world.a.dispatcher().await, ObjectType::Request, id).await.unwrap().len(), 2);
    for actor in [world.a.plumber().await, world.a.resident().await] {
        assert_eq!(code(audit::of_object(&ctx, &actor, ObjectType::Request, id).await), Code::Forbidden);
        let house = audit::of_object(&ctx, &actor, ObjectType::Building, world.a.house.id.0).await;
        assert_eq!(code(house), Code::Forbidden);
    }
    // Another company's books are empty here.
    let foreign = world.b.admin().await;
    assert_eq!(code(audit::of_object(&ctx, &foreign, ObjectType::Request, id).await), Code::NotFound);
    assert!(audit::of_object(&ctx, &foreign, ObjectType::User, world.a.plumber_id.0).await.unwrap().is_empty());
    let seen = audit::list(&ctx, &foreign, &AuditFilter { limit: Some(100), ..Default::default() }).await.unwrap();
    assert!(seen.items.iter().all(|row| row.object_id != Some(id) && !row.actor_name.ends_with("-a")));
}

#[tokio::test]
async fn signing_in_and_what_follows_is_in_the_books() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let device = Device { ip: "192.0.2.7".to_owned(), ..Device::default() };
    let login =
        |password: &str| StaffLogin { login: "plumber-a".to_owned(), password: password.to_owned(), totp: None };
    auth::login(&ctx, &login("wrong-password"), &device).await.unwrap_err();
    let plumber = world.a.plumber().await;
    let change = ChangePassword { current: PASSWORD.to_owned(), new: "another-password".to_owned() };
    auth::change_password(&ctx, &plumber, &change).await.unwrap();
    auth::set_lang(&ctx, &plumber, Lang::Uz).await.unwrap();
    auth::logout(&ctx, &plumber).await.unwrap();
    staff::block(&ctx, &admin, world.a.plumber_id).await.unwrap();
    auth::login(&ctx, &login("another-password"), &device).await.unwrap_err();
    auth::switch_company(&ctx, &world.super_admin().await, world.b.id).await.unwrap();
    // Refusals are written beside the answer.
    let history = loop {
        let rows = audit::of_object(&ctx, &admin, ObjectType::User, world.a.plumber_id.0).await.unwrap();
        if rows.iter().filter(|row| row.action == "user.login_failed").count() == 2 {
            break rows;
        }
        tokio::task::yield_now().await;
    };
    let actions: BTreeSet<&str> = history.iter().map(|row| row.action.as_str()).collect();
    let wanted = ["user.block", "user.login", "user.login_failed", "user.logout", "user.password", "user.update"];
    assert_eq!(actions, BTreeSet::from(wanted));
    let refused: Vec<_> = history.iter().filter(|row| row.action == "user.login_failed").collect();
    assert!(refused.iter().all(|row| row.actor_id.is_none()), "who was refused has proven nothing");
    let told: BTreeSet<_> =
        refused.iter().flat_map(|row| row.changes.iter().filter_map(|c| c.new.as_deref())).collect();
    assert_eq!(told, BTreeSet::from(["192.0.2.7", "blocked", "password"]));
    let filter = AuditFilter { action: Some("company.enter".to_owned()), ..Default::default() };
    let entered = audit::list(&ctx, &world.b.admin().await, &filter).await.unwrap();
    assert_eq!(entered.items[0].actor_name, "root");
}

#[tokio::test]
async fn settings_and_profile_are_in_the_books() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let admin = world.a.admin().await;
    let command = SaveProfile {
        name: "Company a".to_owned(),
        phone: Phone::parse("71 200-40-50"),
        emergency_phone: None,
        short_number: Some("1184".to_owned()),
        address: Some(" Ташкент ".to_owned()),
        ..SaveProfile::default()
    };
    settings::save_profile(&ctx, &admin, 1, &command).await.unwrap();
    let history = audit::of_object(&ctx, &admin, ObjectType::Company, world.a.id.0).await.unwrap();
    let fields: Vec<_> = history[0].changes.iter().map(|c| (c.field.as_str(), c.new.as_deref().unwrap())).collect();
    assert_eq!(fields, [("address", "Ташкент"), ("phone", "+998712004050")]);
}
