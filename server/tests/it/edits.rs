//! Edits that do not overwrite each other, calls that may be repeated, pages that miss nothing.

use crate::app::{Answer, Pass, TestApp, send};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::HashSet;

async fn edit(app: &TestApp, desk: &Pass, id: &str, tag: Option<&str>, text: &str) -> Answer {
    let request =
        app.request(http::Method::PATCH, &format!("/api/v1/requests/{id}"), desk).json(&json!({ "description": text }));
    send(match tag {
        Some(tag) => request.header("if-match", tag),
        None => request,
    })
    .await
}

#[tokio::test]
async fn an_edit_names_the_version_it_saw() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let filed = app.file(&desk, "одно").await;
    let (id, tag) = (filed.json()["id"].as_str().unwrap().to_owned(), filed.header("etag").to_owned());
    assert_eq!(filed.header("location"), format!("/api/v1/requests/{id}"));
    edit(&app, &desk, &id, None, "другое").await.problem(428, "precondition_required");
    let edited = edit(&app, &desk, &id, Some(&tag), "другое").await;
    edited.expect(200);
    assert_ne!(edited.header("etag"), tag);
    edit(&app, &desk, &id, Some(&tag), "третье").await.problem(409, "conflict");
    edit(&app, &desk, &id, Some("\"nonsense\""), "третье").await.problem(409, "conflict");
    assert_eq!(send(app.get(&format!("/api/v1/requests/{id}"), &desk)).await.json()["description"], "другое");
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let id = app.file(&desk, "одно").await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/requests/{id}");
    let get = async |tag: &str| send(app.get(&path, &desk).header("if-none-match", tag)).await;
    let tag = get("\"old\"").await.expect(200).header("etag").to_owned();
    let same = get(&tag).await;
    assert_eq!((same.expect(304).header("etag"), same.bytes.len()), (tag.as_str(), 0));
    get(&format!("\"x\", W/{tag}")).await.expect(304);
    // A comment is no edit of the facts, but the page shows it.
    send(app.post(&format!("{path}/comments"), &desk).json(&json!({ "body": "Когда?" }))).await.expect(201);
    get(&tag).await.expect(200);
}

#[tokio::test]
async fn a_repeated_call_files_once() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let unit = app.world.a.house.units[0];
    let create = async |pass: &Pass, key: &str, text: &str| {
        let body = json!({ "unit_id": unit, "category": "yard", "description": text });
        send(app.post("/api/v1/requests", pass).header("idempotency-key", key).json(&body)).await
    };
    let first = create(&desk, "k1", "Яма").await;
    first.expect(201);
    let again = create(&desk, "k1", "Яма").await;
    again.expect(201);
    assert_eq!((first.json(), first.header("location")), (again.json(), again.header("location")));
    create(&desk, "k1", "Другая яма").await.problem(422, "idempotency_mismatch");
    assert_ne!(create(&desk, "k2", "Яма").await.json()["id"], first.json()["id"]);
    // Keys are each user's own.
    assert_ne!(create(&app.bearer("admin-a").await, "k1", "Яма").await.json()["id"], first.json()["id"]);
    for bad in ["", &"k".repeat(201)] {
        create(&desk, bad, "Яма").await.problem(400, "bad_request");
    }
    // All at once: one request, and nobody is told anything else.
    let calls = (0..8).map(|_| create(&desk, "k3", "Дыра"));
    let ids: HashSet<String> = futures::future::join_all(calls)
        .await
        .into_iter()
        .map(|answer| answer.expect(201).json()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn many_at_once_are_answered_one_by_one_and_a_repeat_does_nothing() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let id = app.file(&desk, "одно").await.json()["id"].as_str().unwrap().to_owned();
    let ids = json!([id, platform::ids::new_id()]);
    let run = async |key: &str, ids: &Value, action: Value| {
        let body = json!({ "ids": ids, "action": action });
        send(app.post("/api/v1/requests/bulk", &desk).header("idempotency-key", key).json(&body)).await
    };
    let words = json!({ "do": "comment", "body": "Едем", "internal": true });
    let first = run("b1", &ids, words.clone()).await.expect(200).json();
    assert_eq!((&first[0]["id"], &first[0]["done"]), (&json!(id), &json!(true)));
    assert!(first[0]["undo"]["comment"]["comment_id"].is_string(), "it says how it is taken back: {first}");
    assert_eq!((&first[1]["done"], &first[1]["code"]), (&json!(false), &json!("not_found")));
    assert_eq!(run("b1", &ids, words.clone()).await.expect(200).json(), first);
    let said = send(app.get(&format!("/api/v1/requests/{id}/comments"), &desk)).await;
    assert_eq!(said.json().as_array().unwrap().len(), 1, "said once");
    run("b1", &ids, json!({ "do": "start" })).await.problem(422, "idempotency_mismatch");
    // A refused call leaves its key free.
    run("b2", &ids, json!({ "do": "cancel", "reason": " " })).await.problem(422, "invalid");
    let refused = run("b2", &ids, json!({ "do": "start" })).await.expect(200).json();
    assert_eq!(refused[0]["code"], "illegal_transition", "nobody has it");
    let crowd: Vec<_> = (0..201).map(|_| platform::ids::new_id()).collect();
    run("b3", &json!(crowd), words).await.problem(422, "invalid");
    run("b3", &ids, json!({ "do": "paint" })).await.problem(422, "invalid");
}

#[tokio::test]
async fn pages_lead_past_every_row_once() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let mut filed = Vec::new();
    for n in 0..7 {
        // Two and two in the same moment: the order must not depend on it.
        if n % 2 == 0 {
            app.ctx.clock.advance(TimeDelta::seconds(1));
        }
        filed.push(app.file(&desk, &format!("№ {n}")).await.json()["id"].clone());
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = send(app.get(&format!("/api/v1/requests?limit=2{cursor}"), &desk)).await;
        let page: Value = page.expect(200).json();
        let rows = page["items"].as_array().unwrap();
        assert!(rows.len() <= 2);
        seen.extend(rows.iter().map(|row| row["id"].clone()));
        // A request filed meanwhile does not shift the rest.
        if seen.len() == 2 {
            app.ctx.clock.advance(TimeDelta::seconds(1));
            app.file(&desk, "новая").await;
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let sorted = |mut ids: Vec<Value>| {
        ids.sort_by_key(ToString::to_string);
        ids
    };
    assert_eq!(seen.len(), 7);
    assert_eq!(sorted(seen), sorted(filed));
}
