//! The job worker on a real database: deliveries and schedules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod carrier;
mod deliveries;
mod imports;
mod jobs;

use chrono::TimeDelta;
use domain::{
    auth, cleanup, files,
    messages::{self, Delivery},
};
use model::{
    Lang, Phone,
    auth::{RequestCode, RequestReset},
    notices::NoticeChannel as Channel,
};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::{TestCtx, World, photo};
use tokio::sync::oneshot;

fn delivery(channel: Channel, template: &str, lang: Lang, params: serde_json::Value) -> Delivery {
    Delivery {
        id: uuid::Uuid::nil(),
        channel,
        address: "+998901234567".to_owned(),
        template: template.to_owned(),
        lang,
        params,
        state: "queued".to_owned(),
        created_at: "2026-11-23T07:00:00Z".parse().unwrap(),
        notice: None,
    }
}

#[tokio::test]
async fn messages_have_words_in_every_language() {
    let ctx = TestCtx::with(&[("UK_SERVER__PUBLIC_URL", "https://crm.example.uz")]).await;
    for lang in Lang::ALL {
        let code = delivery(Channel::Sms, "login_code", lang, json!({ "code": "123456" }));
        let text = worker::messages::render(&ctx, &code).unwrap().text;
        assert!(text.contains("123456") && !text.contains(['ʻ', 'ʼ']), "{text}");
        // One part of an SMS: 70 letters in Cyrillic, 160 in Latin.
        assert!(text.chars().count() <= if lang == Lang::Ru { 70 } else { 160 }, "{text}");
        let reset = delivery(Channel::Email, "password_reset", lang, json!({ "name": "Anna", "token": "abc" }));
        let mail = worker::messages::render(&ctx, &reset).unwrap();
        assert!(mail.subject.is_some() && mail.text.contains("https://crm.example.uz/login/reset?token=abc"));
    }
    let odd = delivery(Channel::Email, "no_such", Lang::Ru, json!({}));
    assert!(worker::messages::render(&ctx, &odd).is_err());
}

/// Runs jobs until `ready` says so.
pub(crate) async fn run_until(ctx: &domain::Ctx, mut ready: impl AsyncFnMut() -> bool) {
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn(worker::run(ctx.clone(), None, async move { drop(stopped.await) }));
    let began = Instant::now();
    while !ready().await {
        assert!(began.elapsed() < Duration::from_secs(30), "the jobs did not finish");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
}

pub(crate) async fn states(ctx: &domain::Ctx) -> Vec<String> {
    messages::outbox(ctx).await.unwrap().into_iter().map(|d| d.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_providers_development_captures_and_production_says_so() {
    for (dev, state) in [("true", "captured"), ("false", "failed")] {
        let ctx = TestCtx::with(&[("UK_DEV", dev)]).await;
        World::new(&ctx).await;
        auth::request_code(&ctx, &RequestCode { phone: Phone::parse("901000001").unwrap() }).await.unwrap();
        auth::request_reset(&ctx, &RequestReset { email: "admin-a@example.uz".to_owned() }).await.unwrap();
        assert_eq!(states(&ctx).await, ["queued", "queued"]);
        run_until(&ctx, async || states(&ctx).await == [state, state]).await;
    }
}

#[tokio::test]
async fn sweeping_forgets_what_is_old_and_nothing_else() {
    let ctx = TestCtx::new().await;
    let world = World::new(&ctx).await;
    let resident = world.a.resident().await;
    files::upload(&ctx, &resident, photo()).await.unwrap();
    auth::request_code(&ctx, &RequestCode { phone: Phone::parse("901000002").unwrap() }).await.unwrap();
    let fresh = cleanup::run(&ctx).await.unwrap();
    assert_eq!((fresh.sessions, fresh.codes, fresh.resets), (0, 0, 0));
    assert!(files::sweep_orphans(&ctx).await.unwrap().is_empty());
    ctx.clock.advance(TimeDelta::days(90));
    assert_eq!(files::sweep_orphans(&ctx).await.unwrap().len(), 2);
    let old = cleanup::run(&ctx).await.unwrap();
    assert!(old.sessions >= 1 && old.codes == 1, "{old:?}");
}
