//! Cookies of a browser: made, renewed and taken away.

use crate::app::{ACCESS, Pass, REFRESH, TestApp, cookie, send};
use chrono::TimeDelta;
use http::header;
use serde_json::json;
use testkit::PASSWORD;

fn only(name: &str, value: &str) -> Pass {
    Pass::Cookies(format!("{name}={value}"))
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::new().await;
    let form = [("login", "dispatcher-a"), ("password", PASSWORD)];
    let answer = send(app.post("/login", &Pass::Nobody).form(&form)).await;
    assert_eq!(answer.expect(303).header("location"), "/desk");
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    for (cookie, name) in cookies.iter().zip([ACCESS, REFRESH]) {
        assert!(cookie.starts_with(&format!("{name}=")), "{cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age="] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.to_lowercase().contains("domain="), "{cookie}");
    }
    // In a house network without HTTPS browsers take no `__Host-` cookie.
    let plain = send(app.post("/login", &Pass::Nobody).header(header::HOST, "192.168.1.5:8080").form(&form)).await;
    let cookies = plain.set_cookies();
    assert!(
        cookies.iter().all(|c| c.starts_with("uk_") && c.contains("HttpOnly") && !c.contains("Secure")),
        "{cookies:?}"
    );
}

#[tokio::test]
async fn a_browser_stays_signed_in_without_noticing() {
    let app = TestApp::new().await;
    let pass = app.browser("dispatcher-a").await;
    let refresh = cookie(&pass, REFRESH);
    app.ctx.clock.advance(TimeDelta::minutes(20));
    // The access cookie has gone with its age; the browser sends what it has.
    let page = send(app.get("/desk", &only(REFRESH, &refresh))).await;
    page.expect(200);
    let renewed = Pass::Cookies(page.cookies());
    assert_ne!(cookie(&renewed, REFRESH), refresh);
    // Server functions renew as pages do, and an old access token is no obstacle.
    app.ctx.clock.advance(TimeDelta::minutes(20));
    let counts = send(app.post("/rpc/desk/counts", &renewed).json(&json!({}))).await;
    counts.expect(200);
    let last = Pass::Cookies(counts.cookies());
    send(app.get("/desk", &last)).await.expect(200);
    // The first token is used up: whoever shows it now has stolen it, and the session ends for both.
    app.ctx.clock.advance(TimeDelta::minutes(1));
    let thief = send(app.get("/desk", &only(REFRESH, &refresh))).await;
    assert!(thief.expect(303).header("location").starts_with("/login"));
    let victim = send(app.get("/desk", &last)).await;
    assert!(victim.expect(303).header("location").starts_with("/login"));
}

#[tokio::test]
async fn signing_out_works_at_once_everywhere() {
    let app = TestApp::new().await;
    let pass = app.browser("dispatcher-a").await;
    let (access, refresh) = (cookie(&pass, ACCESS), cookie(&pass, REFRESH));
    send(app.get("/api/v1/auth/me", &Pass::Bearer(access.clone()))).await.expect(200);
    let out = send(app.post("/logout", &pass)).await;
    assert_eq!(out.expect(303).header("location"), "/login");
    let cookies = out.set_cookies();
    assert!(cookies.len() == 2 && cookies.iter().all(|c| c.contains("=; ") && c.contains("Max-Age=0")), "{cookies:?}");
    send(app.get("/api/v1/auth/me", &Pass::Bearer(access))).await.problem(401, "unauthenticated");
    let body = json!({ "refresh_token": refresh });
    send(app.post("/api/v1/auth/refresh", &Pass::Nobody).json(&body)).await.problem(401, "unauthenticated");
    let page = send(app.get("/desk", &pass)).await;
    assert_eq!(page.expect(303).header("location"), "/login?next=%2Fdesk");
}

#[tokio::test]
async fn an_access_token_dies_of_age() {
    let app = TestApp::new().await;
    let bearer = app.bearer("dispatcher-a").await;
    app.ctx.clock.advance(TimeDelta::minutes(16));
    send(app.get("/api/v1/auth/me", &bearer)).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let app = TestApp::new().await;
    let (here, there) = (app.browser("dispatcher-a").await, app.bearer("dispatcher-a").await);
    let change = |current: &str| json!({ "command": { "current": current, "new": "another-password-2" } });
    let wrong = send(app.post("/rpc/auth/change_password", &here).json(&change("wrong"))).await;
    assert_eq!((wrong.status, &wrong.json()["fields"][0]["pointer"]), (422, &json!("/current")));
    send(app.post("/rpc/auth/change_password", &here).json(&change(PASSWORD))).await.expect(200);
    send(app.get("/desk", &here)).await.expect(200);
    send(app.get("/api/v1/auth/me", &there)).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_is_dangerous_goes_through_after_a_proof() {
    let app = TestApp::new().await;
    let (admin, browser) = (app.bearer("admin-a").await, app.browser("admin-a").await);
    app.ctx.clock.advance(TimeDelta::minutes(11));
    let block = format!("/api/v1/staff/{}/block", app.world.a.electrician_id);
    let data = format!("/api/v1/residents/{}/data", app.world.a.resident.contact);
    let chosen = format!("/desk/exports/people.csv?ids={}", app.world.a.resident.contact);
    send(app.post(&block, &admin)).await.problem(403, "confirm_needed");
    send(app.get(&data, &admin)).await.problem(403, "confirm_needed");
    send(app.get("/desk/exports/people.csv", &browser)).await.problem(403, "confirm_needed");
    send(app.get(&chosen, &browser)).await.problem(403, "confirm_needed");
    send(app.get("/desk/exports/buildings.csv", &browser)).await.expect(200);
    let confirm = |word: &str| json!({ "password": word });
    let wrong = send(app.post("/api/v1/auth/confirm", &admin).json(&confirm("wrong"))).await;
    assert_eq!(wrong.problem(422, "invalid")["errors"][0]["code"], "wrong_secret");
    send(app.post("/api/v1/auth/confirm", &admin).json(&confirm(PASSWORD))).await.expect(204);
    send(app.post(&block, &admin)).await.expect(200);
    send(app.get(&data, &admin)).await.expect(200);
    // Another session of the same person has proven nothing; there the page asks.
    let ask = json!({ "danger": "export_people" });
    let asked = send(app.post("/rpc/auth/proven", &browser).json(&ask)).await;
    assert_eq!((asked.status, &asked.json()["code"]), (403, &json!("confirm_needed")));
    let command = json!({ "command": confirm(PASSWORD) });
    send(app.post("/rpc/auth/confirm", &browser).json(&command)).await.expect(200);
    send(app.get("/desk/exports/people.csv", &browser)).await.expect(200);
    send(app.get(&chosen, &browser)).await.expect(200);
}
