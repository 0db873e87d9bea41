//! Parts of photos that are hidden for good: the photo as it was is gone behind every door.

use crate::app::{Answer, Pass, TestApp, send};
use http::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::{Store, photo};

async fn upload(app: &TestApp, pass: &Pass) -> String {
    let form = Form::new().part("photos", Part::bytes(photo()).file_name("p.jpg"));
    let answer = send(app.post("/api/v1/files", pass).multipart(form)).await;
    answer.expect(201).json()[0]["id"].as_str().unwrap().to_owned()
}

/// Files a request with a photo; answers with its id.
async fn file(app: &TestApp, pass: &Pass, photo: &str) -> String {
    let body = json!({ "unit_id": app.world.a.house.units[0], "category": "yard", "file_ids": [photo] });
    let answer = send(app.post("/api/v1/requests", pass).json(&body)).await;
    answer.expect(201).json()["id"].as_str().unwrap().to_owned()
}

async fn redact(app: &TestApp, pass: &Pass, photo: &str, body: &Value) -> Answer {
    send(app.post(&format!("/api/v1/files/{photo}/redact"), pass).json(body)).await
}

fn quarter() -> Value {
    json!({ "rectangles": [{ "x": 0, "y": 0, "w": 500, "h": 500 }] })
}

fn doors(photo: &str) -> [String; 4] {
    [
        format!("/files/{photo}"),
        format!("/files/{photo}/thumb"),
        format!("/api/v1/files/{photo}"),
        format!("/api/v1/files/{photo}/thumb"),
    ]
}

#[tokio::test]
async fn the_photo_as_it_was_is_gone_behind_every_door() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let (desk, browser) = (app.bearer("dispatcher-a").await, app.browser("dispatcher-a").await);
    let old = upload(&app, &author).await;
    let request = file(&app, &author, &old).await;
    let was = send(app.get(&doors(&old)[0], &author)).await.expect(200).clone();

    let view = redact(&app, &desk, &old, &quarter()).await.expect(200).json();
    let new = view["id"].as_str().unwrap().to_owned();
    assert_ne!(new, old);
    assert_eq!((&view["width"], &view["height"], &view["moment"]), (&json!(64), &json!(48), &json!("before")));
    for pass in [&author, &desk, &browser] {
        for door in doors(&old) {
            // Nor is anybody told that what they have kept is still good.
            let again = app.get(&door, pass).header("if-none-match", was.header("etag"));
            assert_eq!(send(again).await.status, 404, "{door}");
        }
        for door in doors(&new) {
            let got = send(app.get(&door, pass)).await;
            assert_ne!(got.expect(200).bytes, was.bytes, "{door}");
            assert_ne!(got.header("etag"), was.header("etag"));
        }
        let card = send(app.get(&format!("/api/v1/requests/{request}"), pass)).await;
        let card = card.expect(200).json();
        assert_eq!((card["files"].as_array().unwrap().len(), &card["files"][0]["id"]), (1, &json!(new)));
    }
    let folder = format!("{}/", app.world.a.id);
    let keys: Vec<String> = app.ctx.blobs.list(&folder, "").await.unwrap().into_iter().map(|f| f.key).collect();
    assert_eq!(keys, [format!("{folder}{new}.jpg"), format!("{folder}{new}.thumb.jpg")]);

    // The page's own door.
    let call = json!({ "file": new, "command": quarter() });
    send(app.post("/rpc/requests/redact", &browser).json(&call)).await.expect(200);
    redact(&app, &desk, &new, &quarter()).await.problem(404, "not_found");
}

#[tokio::test]
async fn wrong_rectangles_are_refused_where_they_are_wrong() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let desk = app.bearer("dispatcher-a").await;
    let photo = upload(&app, &author).await;
    file(&app, &author, &photo).await;
    let good = json!({ "x": 0, "y": 0, "w": 1, "h": 1 });
    let with = |wrong: Value| json!({ "rectangles": [good, wrong] });
    for (body, pointer, code) in [
        (json!({}), "/rectangles", "required"),
        (json!({ "rectangles": [] }), "/rectangles", "required"),
        (json!({ "rectangles": vec![good.clone(); 21] }), "/rectangles", "too_long"),
        (with(json!({ "x": 0, "y": 0, "w": 0, "h": 1 })), "/rectangles/1/w", "out_of_range"),
        (with(json!({ "x": 0, "y": 0, "w": 1, "h": 1001 })), "/rectangles/1/h", "out_of_range"),
        (with(json!({ "x": -1, "y": 0, "w": 1, "h": 1 })), "/rectangles/1/x", "out_of_range"),
        (with(json!({ "x": 600, "y": 0, "w": 401, "h": 1 })), "/rectangles/1/w", "out_of_range"),
        (with(json!({ "x": 0, "y": 1000, "w": 1, "h": 1 })), "/rectangles/1/h", "out_of_range"),
        (with(json!({ "x": 0, "y": 0.5, "w": 1, "h": 1 })), "/rectangles/1/y", "unknown"),
        (with(json!({ "x": 0, "y": 0, "w": 1 })), "/rectangles/1/h", "required"),
    ] {
        let problem = redact(&app, &desk, &photo, &body).await.problem(422, "invalid");
        let told = &problem["errors"][0];
        assert_eq!((&told["pointer"], &told["code"]), (&json!(pointer), &json!(code)), "{body}");
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{problem}");
    }
    send(app.get(&doors(&photo)[0], &author)).await.expect(200);
}

#[tokio::test]
async fn who_may_not_change_the_request_hides_nothing() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let photo = upload(&app, &author).await;
    file(&app, &author, &photo).await;
    let worker = app.bearer("plumber-a").await;
    for pass in [&author, &worker] {
        redact(&app, pass, &photo, &quarter()).await.problem(403, "forbidden");
    }
    redact(&app, &Pass::Nobody, &photo, &quarter()).await.problem(401, "unauthenticated");
    let foreign = app.bearer("dispatcher-b").await;
    redact(&app, &foreign, &photo, &quarter()).await.problem(404, "not_found");
    let loose = upload(&app, &author).await;
    redact(&app, &app.bearer("admin-a").await, &loose, &quarter()).await.problem(404, "not_found");
    for door in doors(&photo) {
        send(app.get(&door, &author)).await.expect(200);
    }
}

/// A photo that was sent straight to us keeps its upload, which names what took its place.
#[tokio::test]
async fn an_upload_that_is_confirmed_again_answers_with_what_took_its_place() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let announced = json!({ "content_type": "image/jpeg", "bytes": photo().len() });
    let ticket = send(app.post("/api/v1/files/uploads", &author).json(&announced)).await.expect(201).json();
    let (_, address) = ticket["url"].as_str().unwrap().split_once("/api/v1/").unwrap();
    let to = app.request(Method::PUT, &format!("/api/v1/{address}"), &Pass::Nobody);
    send(to.header("content-type", "image/jpeg").body(photo())).await.expect(204);
    let confirm = async || {
        let path = format!("/api/v1/files/uploads/{}/confirm", ticket["id"].as_str().unwrap());
        send(app.post(&path, &author)).await.expect(200).json()["id"].as_str().unwrap().to_owned()
    };
    let old = confirm().await;
    file(&app, &author, &old).await;
    let desk = app.bearer("dispatcher-a").await;
    let new = redact(&app, &desk, &old, &quarter()).await.expect(200).json();
    assert_eq!(new["id"], confirm().await);
}

/// A signed address of the store is no way around.
#[tokio::test]
async fn an_address_that_was_given_out_before_leads_to_nothing() {
    let store = Store::started().await;
    let settings = store.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = TestApp::with(&settings).await;
    app.ctx.blobs.check().await.unwrap();
    let desk = app.bearer("dispatcher-a").await;
    let old = upload(&app, &desk).await;
    file(&app, &desk, &old).await;
    let mut addresses = Vec::new();
    for door in &doors(&old)[..2] {
        let answer = send(app.get(door, &desk)).await;
        addresses.push(answer.expect(302).header("location").to_owned());
    }
    for address in &addresses {
        assert_eq!(send(app.http.get(address)).await.status, 200);
    }
    redact(&app, &desk, &old, &quarter()).await.expect(200);
    for address in &addresses {
        assert_eq!(send(app.http.get(address)).await.status, 404);
    }
}
