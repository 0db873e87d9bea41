//! Photos that clients send by themselves: to an address of ours and to an S3 store.

use crate::app::{Answer, Pass, TestApp, send};
use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use std::fs;
use testkit::{Store, photo};

async fn announce(app: &TestApp, pass: &Pass, bytes: usize) -> Value {
    let body = json!({ "content_type": "image/jpeg", "bytes": bytes });
    send(app.post("/api/v1/files/uploads", pass).json(&body)).await.expect(201).json()
}

/// The path of our own address: where the tests listen is not where the product is configured to.
fn path(ticket: &Value) -> String {
    let (_, rest) = ticket["url"].as_str().unwrap().split_once("/api/v1/").unwrap();
    format!("/api/v1/{rest}")
}

async fn put(app: &TestApp, path: &str, kind: &str, bytes: Vec<u8>) -> Answer {
    send(app.request(Method::PUT, path, &Pass::Nobody).header("content-type", kind).body(bytes)).await
}

async fn confirm(app: &TestApp, pass: &Pass, ticket: &Value) -> Answer {
    let id = ticket["id"].as_str().unwrap();
    send(app.post(&format!("/api/v1/files/uploads/{id}/confirm"), pass)).await
}

/// Raw files of company A that wait for their confirmation, and drafts of them.
fn raw(app: &TestApp) -> usize {
    let folder = app.ctx.dir.path().join(format!("blobs/files/{}/uploads", app.world.a.id));
    fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
}

#[tokio::test]
async fn a_photo_is_sent_to_our_own_address_and_confirmed() {
    let app = TestApp::new().await;
    let (author, neighbour) = (app.resident(&app.world.a.resident).await, app.resident(&app.world.a.neighbour).await);
    let foreign = app.bearer("dispatcher-b").await;
    let ticket = announce(&app, &author, photo().len()).await;
    assert_eq!(ticket["method"], "PUT");
    let headers = json!({ "content-length": photo().len().to_string(), "content-type": "image/jpeg" });
    assert_eq!(ticket["headers"], headers);
    confirm(&app, &author, &ticket).await.problem(409, "upload_missing");

    let path = path(&ticket);
    let longer = [photo(), vec![0]].concat();
    put(&app, &path, "image/jpeg", longer).await.problem(422, "upload_differs");
    put(&app, &path, "image/png", photo()).await.problem(422, "upload_differs");
    put(&app, &format!("{path}x"), "image/jpeg", photo()).await.problem(404, "not_found");
    let other = announce(&app, &author, photo().len()).await;
    let swapped = path.replace(ticket["id"].as_str().unwrap(), other["id"].as_str().unwrap());
    put(&app, &swapped, "image/jpeg", photo()).await.problem(404, "not_found");
    assert_eq!(raw(&app), 0);
    put(&app, &path, "image/jpeg", photo()).await.expect(204);
    assert_eq!(raw(&app), 1);

    for stranger in [&neighbour, &foreign] {
        confirm(&app, stranger, &ticket).await.problem(404, "not_found");
    }
    confirm(&app, &Pass::Nobody, &ticket).await.problem(401, "unauthenticated");
    let first = confirm(&app, &author, &ticket).await.expect(200).json();
    assert_eq!((&first["width"], &first["height"]), (&json!(64), &json!(48)));
    assert_eq!(confirm(&app, &author, &ticket).await.expect(200).json(), first);
    assert_eq!(raw(&app), 0, "the photo as it came is not kept");
    put(&app, &path, "image/jpeg", photo()).await.problem(410, "upload_expired");
    let id = first["id"].as_str().unwrap();
    for picture in [format!("/api/v1/files/{id}"), format!("/api/v1/files/{id}/thumb")] {
        let got = send(app.get(&picture, &author)).await;
        assert_eq!(got.expect(200).header("content-type"), "image/jpeg");
    }
    let filed = json!({ "unit_id": app.world.a.house.units[0], "category": "yard", "file_ids": [id] });
    send(app.post("/api/v1/requests", &author).json(&filed)).await.expect(201);
}

#[tokio::test]
async fn what_is_announced_wrongly_or_is_no_photo_stays_out() {
    let app = TestApp::with(&[("UK_SERVER__UPLOAD_LIMIT_BYTES", "200000")]).await;
    let pass = app.bearer("dispatcher-a").await;
    let ask = async |body: Value| send(app.post("/api/v1/files/uploads", &pass).json(&body)).await;
    ask(json!({ "content_type": "image/jpeg", "bytes": 200_001 })).await.problem(413, "too_large");
    for (body, pointer) in [
        (json!({ "content_type": "image/jpeg", "bytes": 0 }), "/bytes"),
        (json!({ "content_type": "application/pdf", "bytes": 9 }), "/content_type"),
    ] {
        assert_eq!(ask(body).await.problem(422, "invalid")["errors"][0]["pointer"], pointer);
    }
    let text = b"not a photo at all".to_vec();
    let ticket = announce(&app, &pass, text.len()).await;
    put(&app, &path(&ticket), "image/jpeg", text).await.expect(204);
    confirm(&app, &pass, &ticket).await.problem(422, "not_an_image");
    // The address still works: another try may bring a photo of that length, and it is forgotten after a day.
    assert_eq!(raw(&app), 1);
}

#[tokio::test]
async fn a_repeated_announcement_has_the_same_address() {
    let app = TestApp::new().await;
    let pass = app.bearer("dispatcher-a").await;
    let ask = async |bytes: i32| {
        let body = json!({ "content_type": "image/png", "bytes": bytes });
        send(app.post("/api/v1/files/uploads", &pass).header("idempotency-key", "k1").json(&body)).await
    };
    let first = ask(10).await.expect(201).json();
    assert_eq!(ask(10).await.expect(201).json(), first);
    ask(11).await.problem(422, "idempotency_mismatch");
}

#[tokio::test]
async fn an_address_ends_and_what_was_never_confirmed_is_swept() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let (sent, late) = (announce(&app, &author, photo().len()).await, announce(&app, &author, photo().len()).await);
    put(&app, &path(&sent), "image/jpeg", photo()).await.expect(204);
    app.ctx.clock.advance(TimeDelta::minutes(15));
    put(&app, &path(&late), "image/jpeg", photo()).await.problem(410, "upload_expired");
    assert!(domain::uploads::sweep(&app.ctx).await.unwrap().is_empty());
    app.ctx.clock.advance(TimeDelta::days(1));
    let mut keys = domain::uploads::sweep(&app.ctx).await.unwrap();
    keys.sort();
    let mut all = [&sent, &late].map(|t| format!("{}/uploads/{}", app.world.a.id, t["id"].as_str().unwrap()));
    all.sort();
    assert_eq!(keys, all);
    put(&app, &path(&late), "image/jpeg", photo()).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_photo_is_sent_straight_to_the_store() {
    let store = Store::started().await;
    let settings = store.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = TestApp::with(&settings).await;
    app.ctx.blobs.check().await.unwrap();
    let pass = app.bearer("dispatcher-a").await;
    let ticket = announce(&app, &pass, photo().len()).await;
    assert_eq!(ticket["headers"]["content-type"], "image/jpeg");
    let to_store = async |kind: &str, bytes: Vec<u8>| {
        let request = app.http.put(ticket["url"].as_str().unwrap()).header("content-type", kind);
        send(request.body(bytes)).await.status
    };
    assert_eq!(to_store("image/png", photo()).await, 403);
    assert_eq!(to_store("image/jpeg", [photo(), vec![0]].concat()).await, 403);
    confirm(&app, &pass, &ticket).await.problem(409, "upload_missing");
    assert_eq!(to_store("image/jpeg", photo()).await, 200);
    confirm(&app, &app.bearer("dispatcher-b").await, &ticket).await.problem(404, "not_found");
    let first = confirm(&app, &pass, &ticket).await.expect(200).json();
    assert_eq!(confirm(&app, &pass, &ticket).await.expect(200).json(), first);
    let folder = format!("{}/", app.world.a.id);
    let keys: Vec<String> =
        app.ctx.blobs.list(&folder, "").await.unwrap().into_iter().map(|listed| listed.key).collect();
    let id = first["id"].as_str().unwrap();
    assert_eq!(keys, [format!("{folder}{id}.jpg"), format!("{folder}{id}.thumb.jpg")]);
    // Our own address is for the disk only, and no signature fits it here.
    let id = ticket["id"].as_str().unwrap();
    let own = format!("/api/v1/files/uploads/{id}?token=guessed");
    put(&app, &own, "image/jpeg", photo()).await.problem(404, "not_found");
}

/// Two confirmations at once make one photo.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_confirmations_at_once_make_one_photo() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let ticket = announce(&app, &author, photo().len()).await;
    put(&app, &path(&ticket), "image/jpeg", photo()).await.expect(204);
    let (one, two) = tokio::join!(confirm(&app, &author, &ticket), confirm(&app, &author, &ticket));
    assert_eq!(one.expect(200).json(), two.expect(200).json());
    let found = domain::stored::compare(&app.ctx).await.unwrap();
    assert_eq!((found.files, found.missing), (2, Vec::new()));
}
