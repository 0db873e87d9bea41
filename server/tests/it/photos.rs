//! Photos: in through every door, out to whoever may see them.

use crate::app::{Answer, Pass, TestApp, send};
use reqwest::multipart::{Form, Part};
use serde_json::json;
use testkit::photo;

/// Where the photo was taken and with what: none of anybody's business.
const SECRET: &[u8] = b"GPS 41.311 69.279 SuperPhone";

/// A JPEG with an EXIF block as cameras write it.
fn with_exif() -> Vec<u8> {
    let plain = photo();
    assert_eq!(plain[..2], [0xff, 0xd8]);
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    block.extend_from_slice(SECRET);
    let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &block, &plain[2..]].concat()
}

fn form(photos: Vec<Vec<u8>>) -> Form {
    photos.into_iter().fold(Form::new(), |form, bytes| form.part("photos", Part::bytes(bytes).file_name("p.jpg")))
}

async fn upload(app: &TestApp, path: &str, pass: &Pass, photos: Vec<Vec<u8>>) -> Answer {
    send(app.post(path, pass).multipart(form(photos))).await
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[tokio::test]
async fn photos_lose_what_they_tell_of_the_photographer() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let bearer = app.bearer("dispatcher-a").await;
    assert!(holds(&with_exif(), SECRET));
    for (path, pass) in [("/files", &author), ("/api/v1/files", &bearer)] {
        let answer = upload(&app, path, pass, vec![with_exif(), photo()]).await;
        let views = answer.expect(201).json();
        assert_eq!(views.as_array().unwrap().len(), 2);
        assert_eq!((&views[0]["width"], &views[0]["height"]), (&json!(64), &json!(48)));
        let id = views[0]["id"].as_str().unwrap();
        for picture in [format!("{path}/{id}"), format!("{path}/{id}/thumb")] {
            let got = send(app.get(&picture, pass)).await;
            assert_eq!(got.expect(200).header("content-type"), "image/jpeg");
            assert_eq!(got.bytes[..2], [0xff, 0xd8]);
            assert!(!holds(&got.bytes, SECRET) && !holds(&got.bytes, b"Exif"), "{picture}");
            assert_eq!(got.header("cache-control"), "private, max-age=600");
            assert_eq!(got.header("x-content-type-options"), "nosniff");
            let tag = got.header("etag").to_owned();
            let same = send(app.get(&picture, pass).header("if-none-match", tag)).await;
            assert_eq!(same.expect(304).bytes.len(), 0);
        }
    }
}

#[tokio::test]
async fn what_is_no_photo_stays_out() {
    let app = TestApp::with(&[("UK_SERVER__UPLOAD_LIMIT_BYTES", "200000")]).await;
    let pass = app.bearer("dispatcher-a").await;
    for path in ["/files", "/api/v1/files"] {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        for bad in [b"plain text".to_vec(), svg, photo()[..40].to_vec(), b"\x89PNG\r\n\x1a\n".to_vec()] {
            upload(&app, path, &pass, vec![bad]).await.problem(422, "not_an_image");
        }
        upload(&app, path, &pass, vec![vec![0; 200_001]]).await.problem(413, "too_large");
        upload(&app, path, &Pass::Nobody, vec![photo()]).await.problem(401, "unauthenticated");
        upload(&app, path, &pass, vec![photo(); 11]).await.problem(422, "invalid");
        upload(&app, path, &pass, Vec::new()).await.problem(400, "bad_request");
    }
    let other = Form::new().part("document", Part::bytes(photo()).file_name("p.jpg"));
    send(app.post("/api/v1/files", &pass).multipart(other)).await.problem(422, "invalid");
}

/// A photo may be as large as the limit of files says, whatever the limit of other bodies.
#[tokio::test]
async fn a_photo_may_be_larger_than_other_bodies() {
    let app = TestApp::with(&[("UK_SERVER__BODY_LIMIT_BYTES", "2000")]).await;
    let author = app.resident(&app.world.a.resident).await;
    let large = with_padding(5000);
    upload(&app, "/files", &author, vec![large.clone()]).await.expect(201);
    upload(&app, "/api/v1/files", &author, vec![large.clone(), large.clone()]).await.expect(201);
    let unit = app.world.a.house.units[0].to_string();
    let filled = form(vec![large]).text("unit_id", unit).text("category", "yard");
    let answer = send(app.post("/my/requests", &author).multipart(filled)).await;
    assert!(answer.expect(303).header("location").starts_with("/my/requests/"), "{}", answer.header("location"));
}

/// A photo with a comment block of some size.
fn with_padding(size: usize) -> Vec<u8> {
    let plain = photo();
    let length = u16::try_from(size + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xfe], &length, &vec![b'x'; size], &plain[2..]].concat()
}

#[tokio::test]
async fn photos_are_seen_by_whoever_sees_the_request() {
    let app = TestApp::new().await;
    let author = app.resident(&app.world.a.resident).await;
    let neighbour = app.resident(&app.world.a.neighbour).await;
    let (desk, foreign) = (app.browser("dispatcher-a").await, app.browser("admin-b").await);
    let id = upload(&app, "/files", &author, vec![photo()]).await.json()[0]["id"].as_str().unwrap().to_owned();
    let status = async |pass: &Pass| send(app.get(&format!("/files/{id}"), pass)).await.status;
    // Not attached yet: nobody's but the author's.
    assert_eq!([status(&author).await, status(&desk).await, status(&neighbour).await], [200, 404, 404]);
    let command = json!({ "command": { "unit_id": app.world.a.house.units[0], "category": "yard", "file_ids": [id] } });
    send(app.post("/rpc/requests/create", &author).json(&command)).await.expect(200);
    let now = [status(&author).await, status(&desk).await, status(&neighbour).await, status(&foreign).await];
    assert_eq!(now, [200, 200, 404, 404]);
    assert_eq!(status(&Pass::Nobody).await, 401);
    // A photo belongs to one request.
    let again = send(app.post("/rpc/requests/create", &author).json(&command)).await;
    assert_eq!((again.status, &again.json()["code"]), (422, &json!("invalid")));
}
