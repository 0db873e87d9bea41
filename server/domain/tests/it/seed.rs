//! The demo city: the same each time, and believable.

use crate::support::code;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Ctx, Door,
    auth::{self, Device},
    property, requests,
    seed::{self, DemoLogin, SeedOptions},
};
use model::{
    Code, Lang, Phone, Role,
    auth::{ResidentLogin, StaffLogin},
    requests::{RequestFilter, Status},
};
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::BTreeMap;
use testkit::TestCtx;

fn options(apartments: u32) -> SeedOptions {
    let now = "2026-11-23T09:30:00Z".parse::<DateTime<Utc>>().unwrap();
    SeedOptions { apartments, seed: 42, now, company_name: "УК «Комфорт»".to_owned() }
}

async fn city(apartments: u32) -> (TestCtx, seed::DemoLogins) {
    // Sealed values are the same bytes under the same keys.
    let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let ctx = TestCtx::with(&[("UK_DEMO", "true"), ("UK_AUTH__FIELD_KEY", key), ("UK_AUTH__INDEX_KEY", key)]).await;
    ctx.clock.advance(options(1).now - ctx.clock.now());
    let logins = seed::run(&ctx, &options(apartments), |_| {}).await.unwrap();
    (ctx, logins)
}

async fn count(admin: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(admin).await.unwrap()
}

/// Every table as one hash of its rows.
async fn dump(ctx: &TestCtx) -> BTreeMap<String, String> {
    let mut admin = ctx.database.superuser().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> '_sqlx_migrations'",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    let mut dump = BTreeMap::new();
    for table in tables {
        let sql = format!("select coalesce(md5(string_agg(t::text, e'\\n' order by t::text)), '') from {table} t");
        let hash: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut admin).await.unwrap();
        dump.insert(table, hash);
    }
    dump
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_bytes() {
    let ((one, logins), (two, again)) = (city(30).await, city(30).await);
    assert_eq!(logins, again);
    assert_eq!(dump(&one).await, dump(&two).await);
    let mut admin = one.database.superuser().await;
    let keys: Vec<String> = sqlx::query_scalar(
        "select distinct unnest(array[blob_key, thumb_key]) from files union select blob_key from documents",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        let (here, there) = (one.blobs.get(&key).await.unwrap(), two.blobs.get(&key).await.unwrap());
        assert!(here.is_some() && here == there, "{key}");
    }
}

/// One city for all that is asked of it: drawing its photographs takes longest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_city_is_believable_lived_in_and_not_built_twice() {
    let (ctx, logins) = city(200).await;
    refuses_a_second(&ctx).await;
    is_believable(&ctx).await;
    everybody_signs_in(&ctx, &logins).await;
}

async fn refuses_a_second(ctx: &TestCtx) {
    let before = dump(ctx).await;
    assert_eq!(code(seed::run(ctx, &options(200), |_| {}).await), Code::Conflict);
    assert_eq!(code(seed::run(ctx, &SeedOptions { seed: 43, ..options(200) }, |_| {}).await), Code::Conflict);
    assert_eq!(dump(ctx).await, before);
    assert_eq!(code(seed::run(ctx, &options(3), |_| {}).await), Code::Invalid);
}

async fn is_believable(ctx: &TestCtx) {
    let mut admin = ctx.database.superuser().await;
    let db = &mut admin;
    assert_eq!(count(db, "select count(*) from units where kind = 'flat'").await, 200);
    assert_eq!(count(db, "select count(*) from companies where demo").await, 1);
    let requests = count(db, "select count(*) from requests").await;
    assert!((280..=300).contains(&requests), "{requests}");
    let contacts = count(db, "select count(*) from contacts").await;
    let residents = count(db, "select count(*) from users where role = 'resident'").await;
    assert!((25..=55).contains(&(residents * 100 / contacts)), "{residents} of {contacts} have a login");
    for (what, sql) in [
        ("numbers follow time without gap", "select count(*) from (select number, row_number() over (order by created_at, number) as n from requests) r where number <> n"),
        ("counters are right", "select count(*) from requests r where photos <> (select count(*) from files f where f.request_id = r.id)
           or comments <> (select count(*) from request_comments c where c.request_id = r.id)"),
        ("the last step is the state", "select count(*) from requests r where status <> (select new from request_history h
           where h.request_id = r.id and change in ('status', 'created') order by at desc, id desc limit 1)"),
        ("every life begins with its filing", "select count(*) from requests r where created_at <> (select min(at) from request_history h where h.request_id = r.id)"),
        ("nothing comes from the future", "select count(*) from requests where greatest(created_at, updated_at, completed_at, closed_at) > '2026-11-23T09:30:00Z'"),
        ("steps join", "select count(*) from (select old, lag(new) over (partition by request_id order by at, id) as before from request_history
           where change in ('status', 'created')) h where old is not null and old is distinct from before"),
        ("steps are legal", "select count(*) from request_history where change = 'status' and (old, new) not in (('new', 'assigned'), ('new', 'rejected'),
           ('new', 'cancelled'), ('assigned', 'cancelled'), ('assigned', 'in_progress'), ('assigned', 'deferred'), ('deferred', 'in_progress'),
           ('in_progress', 'done'), ('done', 'returned'), ('returned', 'in_progress'), ('done', 'closed'))"),
        ("finished work was finished", "select count(*) from requests where status in ('done', 'closed') and completed_at is null"),
        ("marks have stars in the history", "select count(*) from requests r where (rating is not null) <> exists(select from request_history h
           where h.request_id = r.id and change = 'rating' and new = r.rating::text)"),
        ("workers have the skill", "select count(*) from requests r where category = 'elevator' and assignee_id is not null
           and not exists(select from staff_skills s where s.user_id = r.assignee_id and skill = 'lift')"),
        ("lifts break where there are lifts", "select count(*) from requests r join buildings b on b.id = r.building_id where category = 'elevator' and not has_lift"),
        ("authors live there", "select count(*) from requests r where contact_id is not null and unit_id is not null and not exists(
           select from residencies s where s.unit_id = r.unit_id and s.contact_id = r.contact_id)"),
        ("shares make a whole", "select count(*) from (select sum(share_num::numeric / share_den) as whole from residencies r
           join units u on u.id = r.unit_id where relation = 'owner' and until_on is null group by unit_id) s where whole <> 1"),
        ("phones are used once", "select count(*) - count(distinct phone) from contact_phones"),
        ("houses have their facts", "select count(*) from buildings b where area_cm2 is null or networks = '{}' or code is null
           or area_cm2 < (select sum(area_cm2) from units u where u.building_id = b.id and u.kind = 'flat')"),
        ("every flat is in the cadastre once", "select count(*) - count(distinct cadastral) from units where kind in ('flat', 'shop')"),
        ("every request is promised something", "select count(*) from requests where respond_by is null or due_at is null or respond_by > due_at"),
        ("late is late", "select count(*) from requests where late <> coalesce(completed_at > due_at, false)"),
        ("answers come from the company", "select count(*) from requests r where responded_at is distinct from (select min(at) from request_history h
           where h.request_id = r.id and change = 'status' and actor_role <> 'resident')"),
        ("returns are counted", "select count(*) from requests r where returns <> (select count(*) from request_history h
           where h.request_id = r.id and change = 'status' and new = 'returned')"),
        ("what is near comes before its end", "select count(*) from requests where soon_at >= pressing_at"),
        ("what is put off stands still", "select count(*) from requests where (status = 'deferred') <> (paused_since is not null)"),
        ("pauses lie in a life", "select count(*) from request_pauses p join requests r on r.id = p.request_id where p.from_at < r.created_at or p.to_at > r.updated_at"),
        ("two documents", "select count(*) - 2 from documents"),
        ("outbox and audit are empty", "select (select count(*) from outbox_events) + (select count(*) from audit_log)"),
    ] {
        assert_eq!(count(db, sql).await, 0, "{what}");
    }
    // What an accountant sees: every page has something on it, and the books agree.
    assert_eq!(domain::ledger::check(ctx).await.unwrap(), []);
    for (what, sql) in [
        ("statements", "select count(*) - 2 from bank_statements"),
        ("money that waits for a person", "select count(*) from bank_lines where state = 'waiting'"),
        ("money given by itself", "select count(*) from bank_allocations where automatic"),
        ("penalties", "select count(*) from penalty_charges"),
        ("reminders", "select count(*) from reminders"),
        ("reminders of letters", "select count(*) from reminders where kind = 'letter'"),
    ] {
        assert!(count(db, sql).await > 0, "{what}");
    }
    assert_eq!(
        count(db, "select (select sum(left_tiyin) from bank_lines)::bigint + (select sum(amount_tiyin) from postings where book = 'unallocated')::bigint").await,
        0
    );
    for status in Status::ALL {
        let sql = format!("select count(*) from requests where status = '{status}'");
        let n: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *db).await.unwrap();
        assert!(n > 0 || matches!(status, Status::Cancelled | Status::Rejected), "{status}");
    }
    let open = count(
        db,
        "select count(*) from requests where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')",
    )
    .await;
    assert!((5..=40).contains(&open), "{open} open");
    assert!(count(db, "select count(*) from request_pauses").await > 0);
    let late = count(db, "select count(*) from requests where late").await;
    assert!((1..=requests / 3).contains(&late), "{late} late");
    assert!(count(db, "select count(*) from requests where status in ('new', 'assigned', 'in_progress') and due_at < '2026-11-23T09:30:00Z'").await > 0);
    assert!(
        count(db, "select count(*) from requests where status in ('new', 'in_progress') and kind = 'emergency'").await
            >= 2
    );
    let winter = count(
        db,
        "select count(*) from requests where category = 'heating' and extract(month from created_at) in (11, 12, 1)",
    )
    .await;
    let summer = count(
        db,
        "select count(*) from requests where category = 'heating' and extract(month from created_at) in (5, 6, 7)",
    )
    .await;
    assert!(winter > 3 * summer, "{winter} in winter, {summer} in summer");
}

async fn everybody_signs_in(ctx: &TestCtx, logins: &seed::DemoLogins) {
    assert!(logins.len() >= 13, "{logins:?}");
    let (mut homes, mut languages) = (Vec::new(), Vec::new());
    for login in logins {
        let grant = match login {
            DemoLogin::Staff { login, password, .. } => {
                let command = StaffLogin { login: login.clone(), password: (*password).to_owned(), totp: None };
                auth::login(ctx, &command, &Device::default()).await
            }
            DemoLogin::Resident { phone, code, .. } => {
                let command = ResidentLogin { phone: Phone::parse(phone).unwrap(), code: (*code).to_owned() };
                auth::verify_code(ctx, &command, &Device::default()).await
            }
        };
        let grant = grant.unwrap_or_else(|error| panic!("{login:?}: {error}"));
        let actor = auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap();
        let (DemoLogin::Staff { role, .. } | DemoLogin::Resident { role, .. }) = login;
        assert_eq!(actor.role(), *role);
        let seen = requests::list(ctx, &actor, &RequestFilter::default()).await.unwrap();
        assert!(!seen.items.is_empty() || *role == Role::Staff, "{login:?}");
        if *role == Role::Resident {
            homes.push(property::homes(ctx, &actor).await.unwrap().len());
            languages.push(actor.lang());
            let has = |open: bool| {
                seen.items.iter().any(|r| if open { r.status.is_open() } else { r.status == Status::Done })
            };
            assert!(has(true) && has(false), "{login:?} has nothing to look at");
            let card = requests::get(ctx, &actor, seen.items[0].id).await.unwrap();
            assert!(!card.description.is_empty() && !card.history.is_empty());
        }
    }
    assert_eq!((homes, languages), (vec![1, 2, 1], vec![Lang::Ru, Lang::Ru, Lang::Uz]));
    assert_eq!(
        next_number(ctx, logins).await,
        count(&mut ctx.database.superuser().await, "select count(*) from requests").await
    );
    let json = serde_json::to_value(logins).unwrap();
    assert_eq!(json[0], serde_json::json!({ "role": "super_admin", "login": "owner", "password": seed::PASSWORD }));
    assert_eq!(json[logins.len() - 1]["code"], "000000");
}

/// Files one more request, after the seeded ones.
async fn next_number(ctx: &Ctx, logins: &seed::DemoLogins) -> i64 {
    let Some(DemoLogin::Resident { phone, code, .. }) = logins.last() else { panic!("no resident") };
    let command = ResidentLogin { phone: Phone::parse(phone).unwrap(), code: (*code).to_owned() };
    let grant = auth::verify_code(ctx, &command, &Device::default()).await.unwrap();
    let actor = auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap();
    let home = property::homes(ctx, &actor).await.unwrap()[0].unit_id;
    ctx.clock.advance(TimeDelta::seconds(1));
    requests::create(ctx, &actor, &testkit::draft(home), None).await.unwrap().number
}
