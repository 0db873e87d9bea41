//! Papers of a request: what is recorded stands on them, lines are left for the rest.

use crate::app::{TestApp, send};
use serde_json::{Value, json};

const LINES: &str = "<div class=\"lines\">";

#[tokio::test]
async fn the_act_says_what_was_done_and_leaves_lines_for_what_nobody_knows() {
    let app = TestApp::new().await;
    let (desk, browser) = (app.bearer("dispatcher-a").await, app.browser("dispatcher-a").await);
    let id = app.file(&desk, "Течёт").await.json()["id"].as_str().unwrap().to_owned();
    let paper = async |kind: &str| {
        let page = send(app.get(&format!("/desk/print/{kind}?ids={id}&lang=en"), &browser)).await;
        page.expect(200).text()
    };
    let fresh = paper("act").await;
    assert!(fresh.contains(LINES) && !fresh.contains("Work began<") && !fresh.contains("<table>"));

    let post = async |path: &str, body: Value| {
        let status = send(app.post(&format!("/api/v1/requests/{id}/{path}"), &desk).json(&body)).await.status;
        assert_eq!(status, 200, "{path} {body}");
    };
    post("assign", json!({ "assignee_id": app.world.a.plumber_id })).await;
    post("transitions", json!({ "action": "start" })).await;
    post("work", json!({ "do": "add_check", "text": "Close <the> valve" })).await;
    let sheet = paper("sheet").await;
    assert!(sheet.contains("☐ Close &lt;the&gt; valve") && sheet.contains(LINES));
    post("work", json!({ "do": "add_time", "minutes": 40, "note": "Two trips" })).await;
    post("work", json!({ "do": "add_cost", "amount": 1_000_000, "reason": "Taxi" })).await;
    post("complete", json!({ "result": "Seat replaced" })).await;
    let act = paper("act").await;
    for said in
        ["Seat replaced", "Close &lt;the&gt; valve", "Two trips", "40 min", "Taxi", "Work began<", "Work finished<"]
    {
        assert!(act.contains(said), "{said}: {act}");
    }
    assert!(!act.contains(LINES), "nothing is unknown: {act}");
}
