//! A browser that looks as another person, and comes back.

use crate::{
    app::{ACCESS, Answer, Pass, REFRESH, TestApp, cookie, send},
    socket::Socket,
};
use chrono::TimeDelta;
use serde_json::json;

const OWN: &str = "__Host-uk_own";

async fn begin(app: &TestApp, pass: &Pass) -> Answer {
    let contact = app.world.a.resident.contact.to_string();
    send(app.post("/look-as", pass).form(&[("contact_id", contact.as_str()), ("reason", "не видит счёт")])).await
}

#[tokio::test]
async fn only_who_may_gets_in_and_every_page_leads_back() {
    let app = TestApp::new().await;
    begin(&app, &app.browser("dispatcher-a").await).await.problem(403, "forbidden");
    assert_eq!(begin(&app, &Pass::Nobody).await.expect(303).header("location"), "/login");
    let admin = app.browser("admin-a").await;
    let answer = begin(&app, &admin).await;
    assert_eq!(answer.expect(303).header("location"), "/my");
    let looking = Pass::Cookies(answer.cookies());
    assert_eq!(cookie(&looking, OWN), cookie(&admin, REFRESH));
    let page = send(app.get("/my", &looking)).await;
    assert!(page.expect(200).text().contains("/look-as/return"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(send(app.get("/desk", &looking)).await.expect(303).header("location"), "/my");
    let me = send(app.post("/rpc/auth/me", &looking).json(&json!({}))).await;
    assert_eq!(me.expect(200).json()["looking"]["name"], "admin-a");
    // A way back for the browser: the look is over, the own session goes on.
    let back = send(app.post("/look-as/return", &looking)).await;
    assert_eq!(back.expect(303).header("location"), "/desk");
    assert!(back.set_cookies().iter().any(|c| c.starts_with(&format!("{OWN}=;")) && c.contains("Max-Age=0")));
    let own = Pass::Cookies(format!("{ACCESS}={}", cookie(&Pass::Cookies(back.cookies()), ACCESS)));
    let desk = send(app.get("/desk", &own)).await;
    assert!(!desk.expect(200).text().contains("/look-as/return"));
    let gone = Pass::Bearer(cookie(&looking, ACCESS));
    send(app.get("/api/v1/auth/me", &gone)).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_refused_form_is_a_page_for_a_browser() {
    let app = TestApp::new().await;
    let contact = app.world.a.resident.contact.to_string();
    let sent = async |pass: &Pass, reason: &str| {
        let form = app.post("/look-as", pass).form(&[("contact_id", contact.as_str()), ("reason", reason)]);
        let page = format!("{}/desk/people/{contact}", app.base);
        send(form.header("accept", "text/html,*/*;q=0.8").header("referer", page)).await
    };
    let refused = sent(&app.browser("dispatcher-a").await, "не видит счёт").await;
    assert_eq!(refused.expect(403).header("content-type"), "text/html; charset=utf-8");
    let page = refused.text();
    assert!(
        page.contains("Попросите администратора") && page.contains(&format!("href=\"/desk/people/{contact}\"")),
        "{page}"
    );
    let admin = app.browser("admin-a").await;
    assert!(sent(&admin, " ").await.expect(422).text().contains("Заполните"));
    // So is what is refused before its own door.
    let looking = Pass::Cookies(sent(&admin, "не видит счёт").await.expect(303).cookies());
    let forget = send(app.post("/my/forget", &looking).header("accept", "text/html")).await;
    assert!(forget.expect(403).text().contains("Вы смотрите как другой человек"), "{}", forget.text());
}

#[tokio::test]
async fn nothing_is_changed_at_any_door_and_events_are_heard() {
    let app = TestApp::new().await;
    let looking = Pass::Cookies(begin(&app, &app.browser("admin-a").await).await.cookies());
    let draft = json!({ "unit_id": app.world.a.resident.unit, "category": "plumbing", "description": "Течёт" });
    send(app.post("/api/v1/requests", &looking).json(&draft)).await.problem(403, "looking_as");
    send(app.post("/my/forget", &looking)).await.problem(403, "looking_as");
    let called = send(app.post("/rpc/requests/create", &looking).json(&json!({ "command": draft }))).await;
    assert_eq!((called.status, &called.json()["code"]), (403, &json!("looking_as")));
    let list = send(app.post("/rpc/requests/list", &looking).json(&json!({ "filter": {} }))).await;
    assert_eq!(list.expect(200).json()["items"], json!([]));
    let Pass::Cookies(cookies) = &looking else { panic!("no cookies") };
    let headers = [("cookie", cookies.as_str()), ("origin", app.base.as_str())];
    let Ok(mut socket) = Socket::open(&app, "", &headers).await else { panic!("refused") };
    assert_eq!(socket.next().await["type"], "hello");
    // A program: its look ends by signing out, its own token goes on.
    let own = app.bearer("admin-a").await;
    let body = json!({ "contact_id": app.world.a.resident.contact, "reason": "не видит счёт" });
    let tokens = send(app.post("/api/v1/auth/look-as", &own).json(&body)).await;
    let look = Pass::Bearer(tokens.expect(200).json()["access_token"].as_str().unwrap().to_owned());
    send(app.post("/api/v1/requests", &look).json(&draft)).await.problem(403, "looking_as");
    send(app.get("/api/v1/requests", &look)).await.expect(200);
    send(app.post("/api/v1/auth/logout", &look)).await.expect(204);
    send(app.get("/api/v1/auth/me", &look)).await.problem(401, "unauthenticated");
    send(app.get("/api/v1/auth/me", &own)).await.expect(200);
}

#[tokio::test]
async fn when_the_half_hour_is_over_the_next_page_is_ones_own() {
    let app = TestApp::new().await;
    let looking = Pass::Cookies(begin(&app, &app.browser("admin-a").await).await.cookies());
    app.ctx.clock.advance(TimeDelta::minutes(31));
    // What the old page still calls was meant for the other person.
    let called = send(app.post("/rpc/auth/sessions", &looking).json(&json!({}))).await;
    assert_eq!(called.status, 401);
    let page = send(app.get("/my", &looking)).await;
    assert_eq!(page.expect(303).header("location"), "/desk");
    let own = Pass::Cookies(format!("{ACCESS}={}", cookie(&Pass::Cookies(page.cookies()), ACCESS)));
    send(app.get("/desk", &own)).await.expect(200);
    // Whoever signs in at this browser next does not find that session beside their own.
    let stale = Pass::Cookies(format!("{OWN}={}", cookie(&looking, OWN)));
    let form = [("login", "dispatcher-a"), ("password", testkit::PASSWORD)];
    let entered = send(app.post("/login", &stale).form(&form)).await;
    assert!(entered.expect(303).set_cookies().iter().any(|c| c.starts_with(&format!("{OWN}=;"))));
}
