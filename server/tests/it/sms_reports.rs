//! Reports on text messages: the secret in the address, odd bodies, and what becomes of the message.

use crate::app::{Pass, TestApp, send};
use domain::{
    messages::{self, Outcome},
    sms::{self, Sent},
};
use model::{Phone, auth::RequestCode};
use serde_json::json;
use tokio::net::TcpListener;

const PATH: &str = "/api/v1/notifications/webhook/eskiz";
const SECRET: &str = "a_secret_for_the_tests";

#[tokio::test]
async fn a_report_is_believed_with_the_secret_only() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/eskiz", listener.local_addr().unwrap());
    tokio::spawn(testkit::channels_standin::serve(listener));
    let app = TestApp::with(&[
        ("UK_ESKIZ__URL", &url),
        ("UK_ESKIZ__EMAIL", "office@example.uz"),
        ("UK_ESKIZ__PASSWORD", "eskiz-password"),
        ("UK_ESKIZ__CALLBACK_SECRET", SECRET),
    ])
    .await;
    let ctx = &app.ctx;
    domain::auth::request_code(ctx, &RequestCode { phone: Phone::parse("901000001").unwrap() }).await.unwrap();
    let delivery = messages::outbox(ctx).await.unwrap().remove(0);
    let sent = sms::send(ctx, delivery.id, &delivery.address, "UK CRM: 123456").await.unwrap();
    let Sent::Accepted { provider_id, .. } = sent else { panic!("{sent:?}") };
    messages::finish(ctx, delivery.id, Outcome::Sent).await.unwrap();
    let state = async || messages::outbox(ctx).await.unwrap().remove(0).state;

    let body = json!({ "request_id": provider_id, "status": "DELIVERED" });
    for wrong in ["wrong", "", "a_secret_for_the_test", "A_SECRET_FOR_THE_TESTS"] {
        let answer = send(app.post(&format!("{PATH}/{wrong}"), &Pass::Nobody).json(&body)).await;
        assert_eq!(answer.status, 404, "{wrong}");
    }
    assert_eq!(state().await, "sent");
    let path = format!("{PATH}/{SECRET}");
    // Whatever comes, it is no fault of ours.
    for odd in ["", "{}", "[1]", "request_id=&status=", "\u{0}\u{1}", "request_id=unknown&status=DELIVERED"] {
        assert_eq!(send(app.post(&path, &Pass::Nobody).body(odd)).await.status, 200, "{odd:?}");
    }
    assert_eq!(send(app.get(&path, &Pass::Nobody)).await.status, 405);
    assert_eq!(state().await, "sent");
    let form = [("request_id", provider_id.as_str()), ("status", "DELIVERED"), ("sms_count", "1")];
    assert_eq!(send(app.post(&path, &Pass::Nobody).form(&form)).await.status, 200);
    assert_eq!(state().await, "delivered");
    // Twice, and late.
    assert_eq!(send(app.post(&path, &Pass::Nobody).json(&body)).await.status, 200);
    let late = json!({ "request_id": provider_id, "status": "REJECTED" });
    assert_eq!(send(app.post(&path, &Pass::Nobody).json(&late)).await.status, 200);
    assert_eq!(state().await, "delivered");
}
