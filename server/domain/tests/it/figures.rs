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

fn told(what: &str, mut times: Vec<Duration>, rows: usize) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    eprintln!("{what:<44} p50 {:7.1} ms   p95 {:7.1} ms   max {:7.1} ms   {rows} rows", at(50), at(95), at(100));
}

async fn list(ctx: &Ctx, desk: &Actor, what: &str, filter: RequestFilter) {
    let (mut times, mut rows) = (Vec::new(), 0);
    for _ in 0..5 {
        let began = Instant::now();
        rows = requests::list(ctx, desk, &filter).await.unwrap().items.len();
        times.push(began.elapsed());
    }
    told(what, times, rows);
}

#[tokio::test]
#[ignore = "needs a seeded database: scripts/explain.sh"]
async fn figures() {
    let url = std::env::var("UK_FIGURES_URL").expect("UK_FIGURES_URL names a database with demo data");
    let (ctx, _dir) = TestCtx::elsewhere(url).await;
    let desk = signed_in(&ctx, "dispatcher").await;

    let texts: Vec<&str> = crate::search::WANTED.iter().map(|(text, ..)| *text).collect();
    let (mut times, mut hits, mut slow) = (Vec::new(), 0, Vec::new());
    for round in 0..3 {
        for text in &texts {
            let began = Instant::now();
            let query = SearchQuery { q: (*text).to_owned(), limit: Some(5) };
            let found = search::search(&ctx, &desk, &query).await.unwrap();
            let took = began.elapsed();
            hits += found.hits().count();
            // The first round warms the caches.
            if round > 0 {
                times.push(took);
                slow.push((took, *text));
            }
        }
    }
    told(&format!("search, {} texts", texts.len()), times, hits / 3);
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
    told("requests, counters", vec![began.elapsed()], 1);
    let began = Instant::now();
    let rows = property::buildings(&ctx, &desk, &Default::default()).await.unwrap().items.len();
    told("buildings", vec![began.elapsed()], rows);
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
            told(&format!("units, {what}, {page} page"), vec![began.elapsed()], found.items.len());
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
        told(&format!("people, {}", words.unwrap_or("newest")), vec![began.elapsed()], rows);
    }
    let began = Instant::now();
    let rows = staff::list(&ctx, &desk, &Default::default()).await.unwrap().len();
    told("staff", vec![began.elapsed()], rows);
    records(&ctx, &signed_in(&ctx, "admin").await).await;
}

/// One page of a list that is read by its filter: time and rows.
macro_rules! page {
    ($what:expr, $list:expr) => {
        let began = Instant::now();
        let rows = $list.await.unwrap().items.len();
        told($what, vec![began.elapsed()], rows);
    };
}

/// The records of the company: what was done, called, turned off, asked for, paid and owed.
async fn records(ctx: &Ctx, admin: &Actor) {
    let audit = AuditFilter::default;
    page!("audit, newest", audit::list(ctx, admin, &audit()));
    let staff = AuditFilter { object_type: Some("user".to_owned()), ..audit() };
    page!("audit, of staff", audit::list(ctx, admin, &staff));
    let words = AuditFilter { text: Some("Каримов".to_owned()), ..audit() };
    page!("audit, words", audit::list(ctx, admin, &words));
    page!("calls, newest", calls::list(ctx, admin, &Default::default()));
    for tab in [OutageTab::Now, OutageTab::Planned, OutageTab::Ended] {
        let filter = OutageFilter { tab: Some(tab), ..Default::default() };
        page!(&format!("outages, {tab}"), outages::list(ctx, admin, &filter));
    }
    page!("applications", access::applications(ctx, admin, &Default::default()));
    let paid = PaymentFilter::default;
    page!("payments, newest", payments::list(ctx, admin, &paid()));
    let refunded = PaymentFilter { state: Some(PaymentState::Refunded), ..paid() };
    page!("payments, refunded", payments::list(ctx, admin, &refunded));
    let cash = PaymentFilter { source: Some(PaymentSource::Cash), ..paid() };
    page!("payments, cash", payments::list(ctx, admin, &cash));
    let words = PaymentFilter { text: Some("Навои 12".to_owned()), ..paid() };
    page!("payments, an address", payments::list(ctx, admin, &words));
    page!("debts", billing::debts(ctx, admin, &Default::default()));
    page!("debts, over 90 days", billing::debts(ctx, admin, &DebtFilter { older: Some(90), ..Default::default() }));
}
