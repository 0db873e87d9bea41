//! Text messages: who carries one when, that nothing goes out twice, and what providers say later.

use crate::standin::Standin;
use chrono::TimeDelta;
use domain::{
    Ctx,
    messages::{self, Outcome},
    sms::{self, Sent},
};
use platform::{
    ids::new_id,
    sms::{Moderation, Report},
};
use serde_json::{Value, json};
use uuid::Uuid;

const PHONE: &str = "+998901234567";
const TEXT: &str = "UK CRM kirish kodi: 123456. Uni hech kimga aytmang, oʻzingizda saqlang.";
const SEND: &str = "/eskiz/api/message/sms/send";

/// A message that waits.
async fn message(ctx: &Ctx) -> Uuid {
    let id = new_id();
    let mut tx = ctx.db.begin_system("a message of a test").await.unwrap();
    sqlx::query(
        "insert into deliveries (id, channel, address, template, lang, params, created_at)
         values ($1, 'sms', $2, 'login_code', 'uz', '{}', $3)",
    )
    .bind(id)
    .bind(PHONE)
    .bind(ctx.clock.now())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn send(ctx: &Ctx, id: Uuid) -> Sent {
    sms::send(ctx, id, PHONE, TEXT).await.unwrap()
}

fn by(sent: &Sent) -> &'static str {
    match sent {
        Sent::Accepted { provider, .. } => provider,
        other => panic!("not taken: {other:?}"),
    }
}

fn number(sent: &Sent) -> String {
    match sent {
        Sent::Accepted { provider_id, .. } => provider_id.clone(),
        other => panic!("not taken: {other:?}"),
    }
}

async fn attempts(ctx: &Ctx, id: Uuid) -> Vec<(String, String)> {
    let mut tx = ctx.db.begin_system("look at attempts").await.unwrap();
    sqlx::query_as("select provider, state from sms_attempts where delivery_id = $1 order by started_at, provider")
        .bind(id)
        .fetch_all(&mut *tx)
        .await
        .unwrap()
}

async fn state(ctx: &Ctx, id: Uuid) -> String {
    messages::outbox(ctx).await.unwrap().into_iter().find(|d| d.id == id).unwrap().state
}

fn texts(seen: &[Value], provider: &str) -> usize {
    seen.iter().filter(|text| text["provider"] == provider).count()
}

#[tokio::test]
async fn a_text_arrives_as_written_and_costs_what_it_takes() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[]).await;
    let id = message(&ctx).await;
    let sent = send(&ctx, id).await;
    let Sent::Accepted { provider: "eskiz", parts: 1, cost_tiyin: 11_500, .. } = sent else { panic!("{sent:?}") };
    let seen = standin.list("texts").await;
    let [text] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(text["phone"], "998901234567");
    assert_eq!(text["text"], TEXT.replace('ʻ', "'"));
    assert_eq!(text["from"], "4546");
    assert_eq!(text["user_sms_id"], id.to_string());
    let address = "https://crm.example.uz/api/v1/notifications/webhook/eskiz/a_secret_for_the_tests";
    assert_eq!(text["callback_url"], address);
    // Once more, as after a crash between sending and writing it down: nothing happens.
    assert_eq!(send(&ctx, id).await, sent);
    assert_eq!(standin.list("texts").await.len(), 1);
    assert!(matches!(sms::send(&ctx, message(&ctx).await, "+79001234567", TEXT).await.unwrap(), Sent::Refused(_)));
}

#[tokio::test]
async fn worn_tokens_are_renewed_however_they_are_refused() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[("UK_SMS__ORDER", "eskiz")]).await;
    for round in 0..2 {
        assert_eq!(by(&send(&ctx, message(&ctx).await).await), "eskiz", "{round}");
    }
    assert_eq!(standin.get("state").await["logins"], 1);
    for status in [401, 500] {
        standin.tell("eskiz", json!({ "expire": status })).await;
        assert_eq!(by(&send(&ctx, message(&ctx).await).await), "eskiz", "{status}");
    }
    let seen = standin.get("state").await;
    assert_eq!((&seen["logins"], &seen["refreshes"]), (&json!(3), &json!(2)));
    assert_eq!(seen["texts"].as_array().unwrap().len(), 4);
    // Many at once make one login together.
    standin.tell("eskiz", json!({ "expire": 401 })).await;
    let (a, b, c) = (message(&ctx).await, message(&ctx).await, message(&ctx).await);
    let all = tokio::join!(send(&ctx, a), send(&ctx, b), send(&ctx, c));
    assert_eq!([by(&all.0), by(&all.1), by(&all.2)], ["eskiz"; 3]);
    assert_eq!(standin.get("state").await["logins"], 4);
}

#[tokio::test]
async fn a_wrong_login_is_said_and_the_next_provider_asked() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[("UK_ESKIZ__PASSWORD", "wrong")]).await;
    let id = message(&ctx).await;
    assert_eq!(by(&send(&ctx, id).await), "playmobile");
    let url = format!("{}/eskiz", standin.base);
    let alone =
        [("UK_ESKIZ__URL", url.as_str()), ("UK_ESKIZ__EMAIL", "office@example.uz"), ("UK_ESKIZ__PASSWORD", "wrong")];
    let alone = ctx.sibling(&alone).await;
    let Sent::Refused(why) = send(&alone, message(&ctx).await).await else { panic!("sent with a wrong login") };
    assert!(why.contains("Invalid credentials"), "{why}");
}

#[tokio::test]
async fn the_next_provider_is_asked_only_after_a_sure_refusal() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[]).await;
    standin.tell("eskiz", json!({ "broke": true })).await;
    let id = message(&ctx).await;
    assert_eq!(by(&send(&ctx, id).await), "playmobile");
    let both = [("eskiz".to_owned(), "refused".to_owned()), ("playmobile".to_owned(), "sent".to_owned())];
    assert_eq!(attempts(&ctx, id).await, both);
    standin.tell("eskiz", json!({ "broke": false })).await;
    standin.trouble(SEND, json!({ "kind": "status", "status": 429 })).await;
    assert_eq!(by(&send(&ctx, message(&ctx).await).await), "playmobile");
    // Nobody takes it now: it waits, and goes when somebody does.
    standin.trouble(SEND, json!({ "kind": "status", "status": 429 })).await;
    standin.trouble("/playmobile", json!({ "kind": "status", "status": 429 })).await;
    let id = message(&ctx).await;
    assert!(matches!(send(&ctx, id).await, Sent::Later(_)));
    assert_eq!(by(&send(&ctx, id).await), "eskiz");
    // Slow is not away.
    standin.trouble(SEND, json!({ "kind": "slow", "millis": 1500 })).await;
    assert_eq!(by(&send(&ctx, message(&ctx).await).await), "eskiz");
}

#[tokio::test]
async fn a_lost_answer_never_makes_a_second_message() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[]).await;
    // Taken, and the answer is lost: not even the other provider may be asked.
    standin.trouble(SEND, json!({ "kind": "drop" })).await;
    let id = message(&ctx).await;
    assert!(matches!(send(&ctx, id).await, Sent::Later(_)));
    assert_eq!(attempts(&ctx, id).await, [("eskiz".to_owned(), "unknown".to_owned())]);
    // While the provider cannot say, it waits.
    standin.trouble("get-user-messages", json!({ "kind": "status", "status": 503 })).await;
    assert!(matches!(send(&ctx, id).await, Sent::Later(_)));
    assert_eq!(by(&send(&ctx, id).await), "eskiz");
    let seen = standin.list("texts").await;
    assert_eq!((texts(&seen, "eskiz"), texts(&seen, "playmobile")), (1, 0));
    // Not taken, which only looking shows.
    standin.trouble(SEND, json!({ "kind": "status", "status": 502 })).await;
    let id = message(&ctx).await;
    assert!(matches!(send(&ctx, id).await, Sent::Later(_)));
    assert_eq!(by(&send(&ctx, id).await), "eskiz");
    assert_eq!(texts(&standin.list("texts").await, "eskiz"), 2);
}

#[tokio::test]
async fn the_second_provider_knows_a_repeat() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[("UK_SMS__ORDER", "playmobile, eskiz")]).await;
    standin.trouble("/playmobile", json!({ "kind": "drop" })).await;
    let id = message(&ctx).await;
    assert!(matches!(send(&ctx, id).await, Sent::Later(_)));
    assert_eq!(by(&send(&ctx, id).await), "playmobile");
    let seen = standin.list("texts").await;
    assert_eq!((texts(&seen, "eskiz"), texts(&seen, "playmobile")), (0, 1));
}

#[tokio::test]
async fn a_day_has_so_many_parts_and_no_more() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[("UK_SMS__DAILY_PARTS", "3")]).await;
    let ids = [message(&ctx).await, message(&ctx).await, message(&ctx).await, message(&ctx).await, message(&ctx).await];
    let tries = ids.map(|id| {
        let ctx = ctx.ctx.clone();
        tokio::spawn(async move { send(&ctx, id).await })
    });
    let mut taken = 0;
    for one in tries {
        match one.await.unwrap() {
            Sent::Accepted { .. } => taken += 1,
            Sent::Refused(why) => assert!(why.contains("daily"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((taken, standin.list("texts").await.len()), (3, 3));
    ctx.clock.advance(TimeDelta::days(1));
    assert_eq!(by(&send(&ctx, message(&ctx).await).await), "eskiz");
}

#[tokio::test]
async fn words_of_providers_only_move_forward() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[]).await;
    let say = async |number: &str, word: &str| {
        let report = Report { provider_id: number.to_owned(), word: word.to_owned() };
        sms::reported(&ctx, "eskiz", &report).await.unwrap()
    };
    let id = message(&ctx).await;
    let at_eskiz = number(&send(&ctx, id).await);
    // Faster than our own note.
    assert!(say(&at_eskiz, "DELIVERED").await);
    messages::finish(&ctx, id, Outcome::Sent).await.unwrap();
    sms::settle(&ctx, id).await.unwrap();
    assert_eq!(state(&ctx, id).await, "delivered");
    assert!(say(&at_eskiz, "REJECTED").await);
    assert_eq!(state(&ctx, id).await, "delivered");
    // In the usual order, with words in between.
    let id = message(&ctx).await;
    let at_eskiz = number(&send(&ctx, id).await);
    messages::finish(&ctx, id, Outcome::Sent).await.unwrap();
    for (word, then) in [("ACCEPTED", "sent"), ("SOMETHING_NEW", "sent"), ("UNDELIV", "failed"), ("DELIVRD", "failed")]
    {
        assert!(say(&at_eskiz, word).await);
        assert_eq!(state(&ctx, id).await, then, "{word}");
    }
    assert!(!say("nobody-sent-this", "DELIVERED").await);
}

#[tokio::test]
async fn what_nobody_reported_is_asked_for() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[]).await;
    let id = message(&ctx).await;
    let at_eskiz = number(&send(&ctx, id).await);
    messages::finish(&ctx, id, Outcome::Sent).await.unwrap();
    assert_eq!(sms::look(&ctx).await.unwrap(), 0);
    ctx.clock.advance(TimeDelta::minutes(11));
    assert_eq!(sms::look(&ctx).await.unwrap(), 0);
    assert_eq!(state(&ctx, id).await, "sent");
    standin.tell("eskiz", json!({ "stands": [at_eskiz, "DELIVERED"] })).await;
    // Asked a moment ago: the next time is in an hour.
    assert_eq!(sms::look(&ctx).await.unwrap(), 0);
    ctx.clock.advance(TimeDelta::hours(1));
    assert_eq!(sms::look(&ctx).await.unwrap(), 1);
    assert_eq!(state(&ctx, id).await, "delivered");
}

#[tokio::test]
async fn texts_must_be_approved_and_the_product_says_which_are_not() {
    let standin = Standin::start().await;
    let ctx = standin.product(&[("UK_SMS__ORDER", "eskiz")]).await;
    standin.tell("eskiz", json!({ "moderated": true })).await;
    let carrier = &ctx.sms.as_ref().unwrap().carriers()[0];
    let texts = worker::templates::standing(carrier).await.unwrap().unwrap();
    assert!(texts.iter().all(|(_, word)| word.is_none()));
    let id = message(&ctx).await;
    let sample = texts[0].0.text.replace("123456", "987654");
    let Sent::Refused(why) = sms::send(&ctx, id, PHONE, &sample).await.unwrap() else { panic!("not refused") };
    assert!(why.contains("модерацию"), "{why}");
    carrier.submit_template(&texts[0].0.text).await.unwrap();
    let texts = worker::templates::standing(carrier).await.unwrap().unwrap();
    assert_eq!(texts[0].1, Some(Moderation::Waiting));
    standin.tell("eskiz", json!({ "approve": texts[0].0.text })).await;
    let texts = worker::templates::standing(carrier).await.unwrap().unwrap();
    assert_eq!(texts[0].1, Some(Moderation::Approved));
    assert_eq!(by(&sms::send(&ctx, id, PHONE, &sample).await.unwrap()), "eskiz");
    assert_eq!(carrier.check().await.unwrap().as_deref(), Some("250000"));
}
