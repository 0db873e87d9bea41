//! How often is too often, and who is counted.

use crate::app::{Answer, Pass, TestApp, send};
use chrono::TimeDelta;
use serde_json::json;

async fn login(app: &TestApp, login: &str, from: Option<&str>) -> Answer {
    let mut request =
        app.post("/api/v1/auth/login", &Pass::Nobody).json(&json!({ "login": login, "password": "wrong-password" }));
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    send(request).await
}

fn of(app: &TestApp, answer: &Answer, name: &str) -> u64 {
    assert!(app.addr.port() > 0);
    answer.header(name).parse().unwrap_or_else(|_| panic!("{name} in {:?}", answer.headers))
}

#[tokio::test]
async fn the_sixth_guess_in_a_minute_waits() {
    let app = TestApp::with(&[("UK_LIMITS__AUTH_PER_MINUTE", "5")]).await;
    for _ in 0..5 {
        login(&app, "dispatcher-a", None).await.problem(401, "wrong_credentials");
    }
    let refused = login(&app, "dispatcher-a", None).await;
    refused.problem(429, "too_many_requests");
    let wait = of(&app, &refused, "retry-after");
    assert!((1..=12).contains(&wait), "{wait}");
    // Not even with the right password, in capitals, or through the form.
    login(&app, " Dispatcher-A ", None).await.problem(429, "too_many_requests");
    let form = [("login", "dispatcher-a"), ("password", testkit::PASSWORD)];
    let page = send(app.post("/login", &Pass::Nobody).form(&form)).await;
    assert!(
        page.expect(303).header("location").contains("error=too_many_requests&wait="),
        "{}",
        page.header("location")
    );
    // Others are not held up.
    app.bearer("admin-a").await;
    app.ctx.clock.advance(TimeDelta::minutes(1));
    app.bearer("dispatcher-a").await;
}

#[tokio::test]
async fn codes_are_sent_twice_a_minute() {
    let app = TestApp::new().await;
    let ask =
        || send(app.post("/api/v1/auth/code", &Pass::Nobody).json(&json!({ "phone": app.world.a.resident.phone })));
    ask().await.expect(202);
    ask().await.expect(202);
    let refused = ask().await;
    refused.problem(429, "too_many_requests");
    assert!(of(&app, &refused, "retry-after") > 0);
}

#[tokio::test]
async fn api_calls_are_counted_by_user() {
    let app = TestApp::with(&[("UK_LIMITS__API_PER_MINUTE", "3")]).await;
    let (admin, desk) = (app.bearer("admin-a").await, app.bearer("admin-b").await);
    for left in [2, 1, 0] {
        let answer = send(app.get("/api/v1/requests", &admin)).await;
        answer.expect(200);
        assert_eq!((of(&app, &answer, "ratelimit-limit"), of(&app, &answer, "ratelimit-remaining")), (3, left));
        assert!(of(&app, &answer, "ratelimit-reset") > 0);
    }
    let refused = send(app.get("/api/v1/requests", &admin)).await;
    refused.problem(429, "too_many_requests");
    assert!(of(&app, &refused, "retry-after") > 0);
    assert_eq!(of(&app, &refused, "ratelimit-remaining"), 0);
    send(app.get("/api/v1/requests", &desk)).await.expect(200);
    // A page of ours makes several calls where an integration makes one.
    let Pass::Bearer(token) = admin else { panic!() };
    let web = Pass::Cookies(format!("{}={token}", crate::app::ACCESS));
    let mut allowed = 0;
    while send(app.post("/rpc/desk/counts", &web).json(&json!({}))).await.status == 200 {
        allowed += 1;
    }
    assert_eq!(allowed, 18);
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_our_proxies_only() {
    let strict = [("UK_LIMITS__AUTH_PER_MINUTE", "5"), ("UK_LIMITS__TRUSTED_PROXIES", "[\"127.0.0.1\"]")];
    for (settings, believed) in [(&strict[..1], false), (&strict[..], true)] {
        let app = TestApp::with(settings).await;
        for n in 0..5 {
            login(&app, "admin-a", Some(&format!("203.0.113.{n}"))).await.problem(401, "wrong_credentials");
        }
        let sixth = login(&app, "admin-a", Some("203.0.113.9")).await;
        assert_eq!(sixth.status, if believed { 401 } else { 429 }, "trusted: {believed}");
        if believed {
            // What the client itself put in front of our proxy's word does not count.
            for _ in 0..5 {
                login(&app, "dispatcher-a", Some("198.51.100.7, 203.0.113.50")).await.problem(401, "wrong_credentials");
            }
            login(&app, "dispatcher-a", Some("198.51.100.8, 203.0.113.50")).await.problem(429, "too_many_requests");
        }
    }
}

#[tokio::test]
async fn huge_limits_are_no_fault() {
    let app =
        TestApp::with(&[("UK_LIMITS__API_PER_MINUTE", "4000000000"), ("UK_LIMITS__AUTH_PER_MINUTE", "4000000000")])
            .await;
    let desk = app.bearer("dispatcher-a").await;
    send(app.get("/api/v1/requests", &desk)).await.expect(200);
}
