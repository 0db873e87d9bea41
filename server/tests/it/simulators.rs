//! The checklists of both providers, played by the simulators we ship, over HTTP and in both account modes.

use crate::{
    app::TestApp,
    webhooks::{CLICK, PAYME, account, kassa},
};
use domain::payments;
use model::{
    AccountId, Money,
    payments::{CreatePayment, KassaMode, Provider},
};
use testkit::payments_standin::{Kassa, Play, SCENARIOS};

/// Something that can be paid: the account, or a fresh bill of another sum each time.
async fn payee(app: &TestApp, id: AccountId, number: &str, mode: KassaMode, n: usize) -> Play {
    let tiyin = 15_075_000 + i64::try_from(n).unwrap() * 100;
    if mode == KassaMode::Accumulating {
        return Play::new(number, tiyin);
    }
    let ask = CreatePayment { account_id: id, amount: Some(Money::from_tiyin(tiyin)) };
    let links = payments::create(&app.ctx, &app.world.a.admin().await, &ask, None).await.unwrap();
    Play::new(&testkit::bill_number(&app.ctx, links.bill_id.unwrap()).await, tiyin)
}

async fn play_all(provider: Provider, mode: KassaMode, rough: fn(Play) -> Play) {
    // The simulators have a real clock, and so has a real server.
    let app = TestApp::new().await;
    app.ctx.clock.advance(now() - app.ctx.clock.now());
    let till = kassa(&app, provider, mode).await;
    let (id, number) = account(&app).await;
    let base = if provider == Provider::Payme { PAYME } else { CLICK };
    let kassa = Kassa {
        provider,
        id: till.service.to_string(),
        key: till.key.clone(),
        field: "account".to_owned(),
        mode,
        endpoint: format!("{}{base}/{}", app.base, till.id),
    };
    let mut played = 0;
    for (n, scenario) in SCENARIOS.iter().filter(|scenario| scenario.provider == provider).enumerate() {
        let play = rough(payee(&app, id, &number, mode, n).await);
        let report = (scenario.run)(&kassa, &play).await.unwrap();
        assert!(!report.lines.is_empty());
        let wrong: Vec<_> = report.lines.iter().filter(|line| !line.good).collect();
        assert!(report.good(), "{} in {mode}: {wrong:#?}", scenario.title);
        played += 1;
    }
    assert!(played >= 4, "{played} scenarios");
}

#[allow(clippy::disallowed_methods, reason = "the simulators have the clock of the machine")]
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from(std::time::SystemTime::now())
}

fn plain(play: Play) -> Play {
    play
}

/// Every call five times at once, after one whose answer nobody reads.
fn roughly(play: Play) -> Play {
    Play { repeat: 5, drop_answers: true, ..play }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_15_every_scenario_on_an_account() {
    play_all(Provider::Payme, KassaMode::Accumulating, plain).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_15_every_scenario_on_bills() {
    play_all(Provider::Payme, KassaMode::OneTime, plain).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payme_10_every_scenario_with_repeats_and_lost_answers() {
    play_all(Provider::Payme, KassaMode::Accumulating, roughly).await;
    play_all(Provider::Payme, KassaMode::OneTime, roughly).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn click_13_every_scenario_on_an_account() {
    play_all(Provider::Click, KassaMode::Accumulating, plain).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn click_13_every_scenario_on_bills() {
    play_all(Provider::Click, KassaMode::OneTime, plain).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn click_10_every_scenario_with_repeats_and_lost_answers() {
    play_all(Provider::Click, KassaMode::Accumulating, roughly).await;
    play_all(Provider::Click, KassaMode::OneTime, roughly).await;
}
