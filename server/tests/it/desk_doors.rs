//! What the desk does beside single requests, by a program: many at once and back again, the board, duties, how a list is
//! kept, what a comment said before, the rules of proof, people chosen in their list.

use crate::app::{Pass, TestApp, send};
use http::Method;
use serde_json::{Value, json};
use testkit::lodge;

/// The columns of the board that hold something.
async fn lanes(app: &TestApp, pass: &Pass) -> Vec<(String, usize)> {
    let board = send(app.get("/api/v1/requests/board", pass)).await.expect(200).json();
    let columns = board.as_array().unwrap().iter();
    let columns = columns.map(|column| (text(&column["status"]), column["rows"].as_array().unwrap().len()));
    columns.filter(|(_, rows)| *rows > 0).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn lane(status: &str, rows: usize) -> Vec<(String, usize)> {
    vec![(status.to_owned(), rows)]
}

#[tokio::test]
async fn what_was_done_to_many_is_taken_back_once() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let mut ids = Vec::new();
    for n in 0..2 {
        ids.push(app.file(&desk, &format!("№ {n}")).await.json()["id"].clone());
    }
    assert_eq!(lanes(&app, &desk).await, lane("new", 2));
    let worker = app.world.a.plumber_id;
    let assign = json!({ "ids": ids, "action": { "do": "assign", "assignee_id": worker } });
    let told = send(app.post("/api/v1/requests/bulk", &desk).json(&assign)).await.expect(200).json();
    assert_eq!(lanes(&app, &desk).await, lane("assigned", 2));
    let rows = told.as_array().unwrap();
    assert!(rows.iter().all(|row| row["done"] == true && row["undo"]["back"]["to"] == "new"), "{told}");

    let steps: Vec<Value> = rows.iter().map(|row| json!({ "id": row["id"], "undo": row["undo"] })).collect();
    let undo = async |key: &str, steps: &[Value]| {
        let body = json!({ "steps": steps });
        send(app.post("/api/v1/requests/bulk/undo", &desk).header("idempotency-key", key).json(&body)).await
    };
    let first = undo("u1", &steps).await.expect(200).json();
    assert_eq!(first, json!([{ "id": ids[0], "done": true }, { "id": ids[1], "done": true }]));
    assert_eq!(lanes(&app, &desk).await, lane("new", 2));
    // The same call again does nothing; another one finds nothing to take back any more.
    assert_eq!(undo("u1", &steps).await.expect(200).json(), first);
    undo("u1", &steps[..1]).await.problem(422, "idempotency_mismatch");
    assert_eq!(undo("u2", &steps[..1]).await.expect(200).json()[0]["done"], false);
    let refused = undo("u3", &[]).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["pointer"], "/steps");
}

/// Day and beginning of each duty of a week.
fn slots(week: &Value) -> Vec<String> {
    let slots = week["slots"].as_array().unwrap().iter();
    slots.map(|slot| format!("{} {}", text(&slot["day"]), text(&slot["starts"]))).collect()
}

#[tokio::test]
async fn duties_are_planned_moved_and_copied() {
    let app = TestApp::new().await;
    let (admin, desk) = (app.bearer("admin-a").await, app.bearer("dispatcher-a").await);
    let worker = app.world.a.plumber_id;
    let weekly = json!({
        "user_id": worker, "duty": "field", "day": "2026-11-30", "starts": "08:00:00", "ends": "20:00:00", "weekdays": [1, 3],
    });
    send(app.post("/api/v1/shifts", &desk).json(&weekly)).await.problem(403, "forbidden");
    let week = send(app.post("/api/v1/shifts", &admin).json(&weekly)).await.expect(201).json();
    assert_eq!(slots(&week), ["2026-11-30 08:00:00", "2026-12-02 08:00:00"]);
    let twice = send(app.post("/api/v1/shifts", &admin).json(&weekly)).await.problem(422, "invalid");
    assert_eq!((&twice["errors"][0]["pointer"], &twice["errors"][0]["code"]), (&json!("/user_id"), &json!("on_duty")));

    // One Wednesday only; then all that follow are taken away.
    let wednesday = format!("/api/v1/shifts/{}", text(&week["slots"][1]["shift_id"]));
    let later = json!({
        "day": "2026-12-02", "to": { "user_id": worker, "duty": "field", "starts": "10:00:00", "ends": "18:00:00" },
    });
    let week = send(app.request(Method::PUT, &wednesday, &admin).json(&later)).await.expect(200).json();
    assert_eq!(slots(&week), ["2026-11-30 08:00:00", "2026-12-02 10:00:00"]);
    let next = send(app.get("/api/v1/shifts?day=2026-12-09", &desk)).await.expect(200).json();
    assert_eq!(slots(&next), ["2026-12-07 08:00:00", "2026-12-09 08:00:00"]);
    let gone = format!("{wednesday}?day=2026-12-09&following=true");
    let next = send(app.request(Method::DELETE, &gone, &admin)).await.expect(200).json();
    assert_eq!(slots(&next), ["2026-12-07 08:00:00"]);
    send(app.request(Method::DELETE, &gone, &admin)).await.problem(404, "not_found");

    let copy = json!({ "from": "2026-11-30", "to": "2026-12-14" });
    for _ in 0..2 {
        let copied = send(app.post("/api/v1/shifts/copy", &admin).json(&copy)).await.expect(200).json();
        assert_eq!(slots(&copied), ["2026-12-14 08:00:00", "2026-12-16 10:00:00"]);
    }
}

#[tokio::test]
async fn a_shift_is_handed_over_and_taken_over_once() {
    let app = TestApp::new().await;
    let (admin, desk) = (app.bearer("admin-a").await, app.bearer("dispatcher-a").await);
    let word = json!({ "note": "Лифт ждёт деталь" });
    let state = send(app.post("/api/v1/shifts/handovers", &desk).json(&word)).await.expect(201).json();
    assert_eq!(state["handovers"][0]["note"], "Лифт ждёт деталь");
    let take = format!("/api/v1/shifts/handovers/{}/acknowledge", text(&state["handovers"][0]["id"]));
    send(app.post(&take, &desk)).await.problem(409, "own_access");
    let taken = send(app.post(&take, &admin)).await.expect(200).json();
    assert!(taken["handovers"][0]["acknowledged_at"].is_string(), "{taken}");
    send(app.post(&take, &admin)).await.problem(409, "conflict");
}

#[tokio::test]
async fn a_list_is_kept_and_a_mended_comment_tells_what_it_said() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let keep = json!({ "list": "requests", "hidden": ["age"], "default_view": null });
    send(app.request(Method::PUT, "/api/v1/views", &desk).json(&keep)).await.expect(204);
    let setup = send(app.get("/api/v1/views?list=requests", &desk)).await.expect(200).json();
    assert_eq!(setup["hidden"], json!(["age"]));

    let id = text(&app.file(&desk, "одно").await.json()["id"]);
    let comments = format!("/api/v1/requests/{id}/comments");
    let card = send(app.post(&comments, &desk).json(&json!({ "body": "Едим" }))).await.expect(201).json();
    let comment = format!("{comments}/{}", text(&card["comments"][0]["id"]));
    let mended = app.request(Method::PATCH, &comment, &desk).json(&json!({ "body": "Едем" }));
    send(mended).await.expect(200);
    let said = send(app.get(&format!("{comment}/versions"), &desk)).await.expect(200).json();
    let said: Vec<&Value> = said.as_array().unwrap().iter().map(|version| &version["body"]).collect();
    assert_eq!(said, ["Едим"]);
}

#[tokio::test]
async fn the_rules_of_proof_are_replaced_by_who_saw_them() {
    let app = TestApp::new().await;
    let admin = app.bearer("admin-a").await;
    let rules = send(app.get("/api/v1/settings/work", &admin)).await.expect(200).json();
    let waits = !rules["paid_waits"].as_bool().unwrap();
    let save = async |tag: Option<String>| {
        let request = app.request(Method::PUT, "/api/v1/settings/work", &admin);
        let request = request.json(&json!({ "rules": [], "paid_waits": waits }));
        send(match tag {
            Some(tag) => request.header("if-match", tag),
            None => request,
        })
        .await
    };
    save(None).await.problem(428, "precondition_required");
    let tag = format!("\"{}\"", rules["version"]);
    assert_eq!(save(Some(tag.clone())).await.expect(200).json()["paid_waits"], waits);
    save(Some(tag)).await.problem(409, "conflict");
}

#[tokio::test]
async fn people_are_chosen_taken_away_and_invited() {
    let app = TestApp::new().await;
    let (admin, desk, browser) =
        (app.bearer("admin-a").await, app.bearer("dispatcher-a").await, app.browser("admin-a").await);
    let a = &app.world.a;
    let (known, homeless, strange) = (a.resident.contact, a.caller, app.world.b.resident.contact);
    let file = async |ids: &str| {
        send(app.get(&format!("/desk/exports/people.csv?{ids}&sort=name&reverse=false&columns=name"), &browser)).await
    };
    let csv = file(&format!("ids={homeless}&ids={strange}")).await.expect(200).text();
    assert!(csv.lines().count() == 2 && csv.contains("Пётр Петров"), "{csv}");
    assert_eq!(file(&format!("ids={strange}")).await.expect(200).text().lines().count(), 1);
    // No id is a broken choice, never everybody.
    file("ids=").await.problem(400, "bad_request");
    let crowd = vec![format!("ids={known}"); 501].join("&");
    file(&crowd).await.problem(422, "invalid");
    let listed = send(app.get(&format!("/api/v1/residents?ids={known}&ids={strange}"), &desk)).await;
    assert_eq!(listed.expect(200).json()["items"].as_array().unwrap().len(), 1);

    let lodger = lodge(&app.ctx, a.id, "Ольга Ким", a.house.units[2]).await;
    let chosen = json!({ "ids": [known, lodger, homeless] });
    let invite = async |pass: &Pass| send(app.post("/api/v1/resident-invitations/bulk", pass).json(&chosen)).await;
    invite(&desk).await.problem(403, "forbidden");
    let told = invite(&admin).await.expect(200).json();
    let reasons = |told: &Value| {
        let rows = told.as_array().unwrap().iter();
        rows.map(|row| row["errors"][0]["code"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&told), ["has_login", "", "no_home"]);
    assert_eq!((&told[1]["done"], &told[1]["handout"]["name"]), (&json!(true), &json!("Ольга Ким")));
    assert!(text(&told[1]["handout"]["invitation"]["link"]).contains("/join/home/"), "{told}");
    assert_eq!(reasons(&invite(&admin).await.expect(200).json()), ["has_login", "invited", "no_home"]);
}
