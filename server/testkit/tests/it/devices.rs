//! Notifications to browsers and apps: sealed for one device, and forgotten with it.

use crate::standin::Standin;
use domain::{
    Actor, Ctx, auth,
    push::{self, Pushed},
};
use model::{PushDeviceId, push::SaveDevice};
use platform::push::{Handling, Notification, Urgency};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{TestCtx, World};

const HIGH: Handling<'_> =
    Handling { ttl: Duration::from_secs(3600), urgency: Urgency::High, about: Some("request:0198") };

fn note(body: &str) -> Notification<'_> {
    Notification { title: "Заявка №12", body, url: "/my/requests/12", tag: "request:0198" }
}

async fn push(ctx: &Ctx, who: &Actor, device: PushDeviceId) -> Pushed {
    let user = who.user_id().map(|user| user.0);
    push::send(ctx, device, user, &note("Мастер придёт сегодня"), &HIGH).await.unwrap()
}

/// A browser of the stand-in's.
async fn browser(standin: &Standin) -> (SaveDevice, String) {
    let made = standin.tell("push/subscribe", Value::Null).await;
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (SaveDevice::Web { endpoint: text("endpoint"), p256dh: text("p256dh"), auth: text("auth") }, text("endpoint"))
}

async fn devices(ctx: &Ctx, actor: &Actor) -> usize {
    push::devices(ctx, actor).await.unwrap().devices.len()
}

async fn start(more: &[(&str, &str)]) -> (Standin, TestCtx, World) {
    let standin = Standin::start().await;
    let ctx = standin.product(more).await;
    let world = World::new(&ctx).await;
    (standin, ctx, world)
}

#[tokio::test]
async fn a_browser_reads_what_was_sealed_for_it() {
    let (standin, ctx, world) = start(&[]).await;
    let resident = world.a.resident().await;
    let (command, _) = browser(&standin).await;
    let id = push::subscribe(&ctx, &resident, &command).await.unwrap();
    // Told again with the next visit: the same device.
    assert_eq!(push::subscribe(&ctx, &resident, &command).await.unwrap(), id);
    let mine = push::devices(&ctx, &resident).await.unwrap();
    assert_eq!((mine.devices.len(), mine.devices[0].current, mine.devices[0].last_sent_at), (1, true, None));
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Sent);
    let seen = standin.list("pushes").await;
    let [one] = &seen[..] else { panic!("{seen:?}") };
    let read = &one["note"];
    assert_eq!(
        (&read["title"], &read["body"], &read["url"], &read["tag"]),
        (&json!("Заявка №12"), &json!("Мастер придёт сегодня"), &json!("/my/requests/12"), &json!("request:0198"))
    );
    assert_eq!(
        (&one["ttl"], &one["urgency"], &one["contact"]),
        (&json!(3600), &json!("high"), &json!("mailto:office@example.uz"))
    );
    assert!(!one["topic"].as_str().unwrap().contains("request"));
    assert!(push::devices(&ctx, &resident).await.unwrap().devices[0].last_sent_at.is_some());
    // One word for the push service serves many messages.
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Sent);
    let long = "Ж".repeat(3000);
    let refused = push::send(&ctx, id, resident.user_id().map(|user| user.0), &note(&long), &HIGH).await.unwrap();
    assert!(matches!(refused, Pushed::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_one_in_trouble_is_not() {
    let (standin, ctx, world) = start(&[]).await;
    let resident = world.a.resident().await;
    let (command, endpoint) = browser(&standin).await;
    let id = push::subscribe(&ctx, &resident, &command).await.unwrap();
    for (fault, later) in [
        (json!({ "kind": "status", "status": 429, "retry_after": 30 }), true),
        (json!({ "kind": "status", "status": 503 }), true),
        (json!({ "kind": "drop" }), true),
        (json!({ "kind": "status", "status": 413 }), false),
        (json!({ "kind": "status", "status": 403 }), false),
    ] {
        standin.trouble("/push/send", fault.clone()).await;
        let said = push(&ctx, &resident, id).await;
        assert_eq!(matches!(said, Pushed::Later(_)), later, "{fault}: {said:?}");
        assert_eq!(devices(&ctx, &resident).await, 1, "{fault}");
    }
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Sent);
    standin.tell("push/end", json!({ "endpoint": endpoint })).await;
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Gone);
    assert_eq!(devices(&ctx, &resident).await, 0);
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Gone);
}

#[tokio::test]
async fn a_device_belongs_to_who_is_signed_in_on_it() {
    let (standin, ctx, world) = start(&[]).await;
    let (resident, other) = (world.a.resident().await, world.b.resident().await);
    let (command, _) = browser(&standin).await;
    let id = push::subscribe(&ctx, &resident, &command).await.unwrap();
    assert!(push::unsubscribe(&ctx, &other, id).await.is_err());
    // Somebody of another company signs in on the same browser.
    assert_eq!(push::subscribe(&ctx, &other, &command).await.unwrap(), id);
    assert_eq!((devices(&ctx, &resident).await, devices(&ctx, &other).await), (0, 1));
    assert!(push::unsubscribe(&ctx, &resident, id).await.is_err());
    // What was written to the one before reaches nobody.
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Gone);
    assert_eq!(push(&ctx, &other, id).await, Pushed::Sent);
    // Signing out ends it at once.
    auth::logout(&ctx, &other).await.unwrap();
    assert_eq!(push(&ctx, &other, id).await, Pushed::Gone);
    assert_eq!(push::sweep(&ctx).await.unwrap(), 1);
    let (command, _) = browser(&standin).await;
    let id = push::subscribe(&ctx, &resident, &command).await.unwrap();
    push::unsubscribe(&ctx, &resident, id).await.unwrap();
    assert_eq!(devices(&ctx, &resident).await, 0);
}

#[tokio::test]
async fn only_push_services_we_know_and_keys_that_read() {
    let (standin, ctx, world) = start(&[]).await;
    let resident = world.a.resident().await;
    let (command, endpoint) = browser(&standin).await;
    let SaveDevice::Web { p256dh, auth, .. } = command else { unreachable!() };
    let with = |endpoint: &str, p256dh: &str, auth: &str| SaveDevice::Web {
        endpoint: endpoint.to_owned(),
        p256dh: p256dh.to_owned(),
        auth: auth.to_owned(),
    };
    for (what, pointer) in [
        (with("http://127.0.0.1:1/x", &p256dh, &auth), "/endpoint"),
        (with("https://169.254.169.254/latest", &p256dh, &auth), "/endpoint"),
        (with("", &p256dh, &auth), "/endpoint"),
        (with(&endpoint, &auth, &auth), "/p256dh"),
        (with(&endpoint, &p256dh, "short"), "/p256dh"),
    ] {
        let error = push::subscribe(&ctx, &resident, &what).await.unwrap_err().into_failure(None);
        assert_eq!(error.fields[0].pointer, pointer);
    }
    // With another key of ours the push service would refuse us: the device is forgotten.
    let id = push::subscribe(&ctx, &resident, &with(&endpoint, &p256dh, &auth)).await.unwrap();
    let hosts = [
        ("UK_PUSH__HOSTS", standin.base.as_str()),
        ("UK_PUSH__VAPID_KEY", "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
    ];
    let renewed = ctx.sibling(&hosts).await;
    assert_eq!(push(&renewed, &resident, id).await, Pushed::Gone);
    assert_eq!(devices(&ctx, &resident).await, 0);
}

#[tokio::test]
async fn apps_are_reached_through_firebase() {
    let (standin, ctx, world) = start(&[]).await;
    let resident = world.a.resident().await;
    let app = |token: &str| SaveDevice::Fcm { token: token.to_owned() };
    let id = push::subscribe(&ctx, &resident, &app("phone-1")).await.unwrap();
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Sent);
    let seen = standin.list("notifications").await;
    let [one] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!(one["notification"]["title"], "Заявка №12");
    assert_eq!(
        (&one["data"]["url"], &one["android"]["priority"], &one["android"]["ttl"]),
        (&json!("/my/requests/12"), &json!("HIGH"), &json!("3600s"))
    );
    // A token that was withdrawn is renewed once, unseen.
    standin.tell("fcm/device", json!({ "token": "phone-1", "answer": "EXPIRE" })).await;
    assert_eq!(push(&ctx, &resident, id).await, Pushed::Sent);
    let asked =
        standin.list("calls").await.iter().filter(|call| call.as_str().unwrap().ends_with("/fcm/token")).count();
    assert_eq!(asked, 2);
    for (answer, stays) in [
        ("QUOTA_EXCEEDED", true),
        ("UNAVAILABLE", true),
        ("INTERNAL", true),
        ("THIRD_PARTY_AUTH_ERROR", true),
        ("UNREGISTERED", false),
        ("SENDER_ID_MISMATCH", false),
    ] {
        let id = push::subscribe(&ctx, &resident, &app(answer)).await.unwrap();
        standin.tell("fcm/device", json!({ "token": answer, "answer": answer })).await;
        let said = push(&ctx, &resident, id).await;
        match answer {
            "THIRD_PARTY_AUTH_ERROR" => assert!(matches!(said, Pushed::Refused(_)), "{answer}: {said:?}"),
            _ if stays => assert!(matches!(said, Pushed::Later(_)), "{answer}: {said:?}"),
            _ => assert_eq!(said, Pushed::Gone, "{answer}"),
        }
        let left = push::devices(&ctx, &resident).await.unwrap().devices;
        assert_eq!(left.iter().any(|device| device.id == id), stays, "{answer}");
    }
}
