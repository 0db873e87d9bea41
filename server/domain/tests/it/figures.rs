//! Times and plans on a large database, by hand (`scripts/explain.sh`): never part of the ordinary tests.

use domain::{
    Actor, Ctx, Door, access, audit,
    auth::{self, Device},
    billing, calls, outages, payments, people, property, requests, search, seed, staff,
};
use model::{
    audit::AuditFilter,
    auth::StaffLogin,
    billing::DebtFilter,
    outages::{OutageFilter, OutageTab},
    payments::{PaymentFilter, PaymentSource, PaymentState},
    people::ContactFilter,
    property::{RegisterFilter, UnitKind, UnitSort},
    requests::{Kind, RequestFilter, Sort, Status},
    search::SearchQuery,
};
use std::time::{Duration, Instant};
use testkit::TestCtx;

async fn signed_in(ctx: &Ctx, login: &str) -> Actor {
    let command = StaffLogin { login: login.to_owned(), password: seed::PASSWORD.to_owned(), totp: None };
    let grant = auth::login(ctx, &command, &Device::default()).await.unwrap();
    auth::authenticate(ctx, &grant.tokens.access_token, Door::Web).await.unwrap()
}

async fn told(ctx: &Ctx, what: &str, mut times: Vec<Duration>, rows: usize) {
    mark(ctx, what, rows).await;
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    eprintln!("{what:<44} p50 {:7.1} ms   p95 {:7.1} ms   max {:7.1} ms   {rows} rows", at(50), at(95), at(100));
}

/// Says in the server's log whose statements the ones before were; `scripts/explain.mjs` reads it.
async fn mark(ctx: &Ctx, what: &str, rows: usize) {
    let mut tx = ctx.db.begin_system("figures").await.unwrap();
    let mark = format!("select 'listed', '{}', {rows}", what.replace('\'', "’"));
    sqlx::query(sqlx::AssertSqlSafe(mark)).execute(&mut *tx).await.unwrap();
}

async fn list(ctx: &Ctx, desk: &Actor, what: &str, filter: RequestFilter) {
    let (mut times, mut rows) = (Vec::new(), 0);
    for _ in 0..5 {
        let began = Instant::now();
        rows = requests::list(ctx, desk, &filter).await.unwrap().items.len();
        times.push(began.elapsed());
        mark(ctx, what, rows).await;
    }
    told(ctx, what, times, rows).await;
}

#[tokio::test]
#[ignore = "needs a seeded database: scripts/explain.sh"]
async fn figures() {
    let url = std::env::var("UK_FIGURES_URL").expect("UK_FIGURES_URL names a database with demo data");
    let (ctx, _dir) = TestCtx::elsewhere(url).await;
    let desk = signed_in(&ctx, "dispatcher").await;
    mark(&ctx, "signing in", 1).await;

    let texts: Vec<&str> = crate::search::WANTED.iter().map(|(text, ..)| *text).collect();
    let (mut times, mut hits, mut slow) = (Vec::new(), 0, Vec::new());
    for round in 0..3 {
        for text in &texts {
            let began = Instant::now();
            let query = SearchQuery { q: (*text).to_owned(), limit: Some(5) };
            let found = search::search(&ctx, &desk, &query).await.unwrap();
            let took = began.elapsed();
            hits += found.hits().count();
            mark(&ctx, &format!("search: {text}"), found.hits().count()).await;
            // The first round warms the caches.
            if round > 0 {
                times.push(took);
                slow.push((took, *text));
            }
        }
    }
    told(&ctx, &format!("search, {} texts", texts.len()), times, hits / 3).await;
    slow.sort_unstable();
    for (took, text) in slow.iter().rev().take(8) {
        eprintln!("    {:6.1} ms  {text}", took.as_secs_f64() * 1000.0);
    }

    let all = RequestFilter::default;
    let text = |text: &str| RequestFilter { text: Some(text.to_owned()), ..all() };
    let open: Vec<Status> = Status::ALL.iter().copied().filter(|s| s.is_open()).collect();
    list(&ctx, &desk, "requests, newest", all()).await;
    list(&ctx, &desk, "requests, open", RequestFilter { status: open.clone(), ..all() }).await;
    list(&ctx, &desk, "requests, new", RequestFilter { status: vec![Status::New], ..all() }).await;
    list(&ctx, &desk, "requests, closed", RequestFilter { status: vec![Status::Closed], ..all() }).await;
    list(&ctx, &desk, "requests, overdue", RequestFilter { overdue: true, ..all() }).await;
    list(&ctx, &desk, "requests, due soon", RequestFilter { soon: true, ..all() }).await;
    list(&ctx, &desk, "requests, sent back", RequestFilter { reopened: true, ..all() }).await;
    list(&ctx, &desk, "requests, done late", RequestFilter { late: true, ..all() }).await;
    list(&ctx, &desk, "requests, unassigned", RequestFilter { unassigned: true, ..all() }).await;
    list(&ctx, &desk, "requests, mine", RequestFilter { assignee_id: desk.user_id(), ..all() }).await;
    list(&ctx, &desk, "requests, emergencies", RequestFilter { kind: vec![Kind::Emergency], ..all() }).await;
    list(&ctx, &desk, "requests, by deadline", RequestFilter { status: open, sort: Some(Sort::Due), ..all() }).await;
    list(&ctx, &desk, "requests, a frequent word", text("кран")).await;
    list(&ctx, &desk, "requests, a rare pair", text("Навои 12 лифт")).await;
    list(&ctx, &desk, "requests, another script", text("lift ishlamayapti")).await;
    list(&ctx, &desk, "requests, no such word", text("абракадабра")).await;
    list(&ctx, &desk, "requests, piece of a phone", text("123-45")).await;
    list(&ctx, &desk, "requests, a number", text("№70000")).await;
    let began = Instant::now();
    requests::counts(&ctx, &desk).await.unwrap();
    told(&ctx, "requests, counters", vec![began.elapsed()], 1).await;
    let began = Instant::now();
    let rows = property::buildings(&ctx, &desk, &Default::default()).await.unwrap().items.len();
    told(&ctx, "buildings", vec![began.elapsed()], rows).await;
    let units = RegisterFilter::default;
    for (what, filter) in [
        ("by place", units()),
        ("by area", RegisterFilter { sort: Some(UnitSort::Area), ..units() }),
        ("by account", RegisterFilter { sort: Some(UnitSort::Account), ..units() }),
        ("parking", RegisterFilter { kind: Some(UnitKind::Parking), ..units() }),
        ("nobody there", RegisterFilter { people: Some(false), ..units() }),
        ("no account", RegisterFilter { account: Some(false), ..units() }),
        ("area missing", RegisterFilter { no_area: true, ..units() }),
        ("address and number", RegisterFilter { text: Some("Навои 12 4".to_owned()), ..units() }),
        ("a number", RegisterFilter { text: Some("45".to_owned()), ..units() }),
    ] {
        let mut cursor = None;
        for page in ["first", "second"] {
            let began = Instant::now();
            let found = property::register(&ctx, &desk, &RegisterFilter { cursor, ..filter.clone() }).await.unwrap();
            told(&ctx, &format!("units, {what}, {page} page"), vec![began.elapsed()], found.items.len()).await;
            cursor = found.next;
        }
    }
    for words in [None, Some("Каримов"), Some("2345")] {
        let began = Instant::now();
        let rows =
            people::contacts(&ctx, &desk, &ContactFilter { text: words.map(str::to_owned), ..Default::default() })
                .await
                .unwrap()
                .items
                .len();
        told(&ctx, &format!("people, {}", words.unwrap_or("newest")), vec![began.elapsed()], rows).await;
    }
    let began = Instant::now();
    let rows = staff::list(&ctx, &desk, &Default::default()).await.unwrap().len();
    told(&ctx, "staff", vec![began.elapsed()], rows).await;
    let admin = signed_in(&ctx, "admin").await;
    mark(&ctx, "signing in", 1).await;
    records(&ctx, &admin).await;
}

/// One page of a list that is read by its filter: time and rows.
macro_rules! page {
    ($ctx:expr, $what:expr, $list:expr) => {
        let began = Instant::now();
        let rows = $list.await.unwrap().items.len();
        told($ctx, $what, vec![began.elapsed()], rows).await;
    };
}

/// The records of the company: what was done, called, turned off, asked for, paid and owed.
async fn records(ctx: &Ctx, admin: &Actor) {
    let audit = AuditFilter::default;
    page!(ctx, "audit, newest", audit::list(ctx, admin, &audit()));
    let staff = AuditFilter { object_type: Some("user".to_owned()), ..audit() };
    page!(ctx, "audit, of staff", audit::list(ctx, admin, &staff));
    let words = AuditFilter { text: Some("Каримов".to_owned()), ..audit() };
    page!(ctx, "audit, words", audit::list(ctx, admin, &words));
    page!(ctx, "calls, newest", calls::list(ctx, admin, &Default::default()));
    for tab in [OutageTab::Now, OutageTab::Planned, OutageTab::Ended] {
        let filter = OutageFilter { tab: Some(tab), ..Default::default() };
        page!(ctx, &format!("outages, {tab}"), outages::list(ctx, admin, &filter));
    }
    page!(ctx, "applications", access::applications(ctx, admin, &Default::default()));
    let paid = PaymentFilter::default;
    page!(ctx, "payments, newest", payments::list(ctx, admin, &paid()));
    let refunded = PaymentFilter { state: Some(PaymentState::Refunded), ..paid() };
    page!(ctx, "payments, refunded", payments::list(ctx, admin, &refunded));
    let cash = PaymentFilter { source: Some(PaymentSource::Cash), ..paid() };
    page!(ctx, "payments, cash", payments::list(ctx, admin, &cash));
    let words = PaymentFilter { text: Some("Навои 12".to_owned()), ..paid() };
    page!(ctx, "payments, an address", payments::list(ctx, admin, &words));
    let houses = property::buildings(ctx, admin, &Default::default()).await.unwrap().items;
    mark(ctx, "buildings", houses.len()).await;
    let of_house = PaymentFilter { building_id: Some(houses[0].id), ..paid() };
    page!(ctx, "payments, a house", payments::list(ctx, admin, &of_house));
    page!(ctx, "debts", billing::debts(ctx, admin, &Default::default()));
    page!(
        ctx,
        "debts, over 90 days",
        billing::debts(ctx, admin, &DebtFilter { older: Some(90), ..Default::default() })
    );
}
