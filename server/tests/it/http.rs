//! Failures, headers and files, as a client of any kind meets them.

use crate::app::{Pass, TestApp, in_time, send};
use http::{Method, header};
use reqwest::RequestBuilder;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn raw(request: RequestBuilder, kind: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    request.header(header::CONTENT_TYPE, kind).body(body)
}

#[tokio::test]
async fn every_failure_is_a_problem() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let create = || app.post("/api/v1/requests", &desk);
    send(raw(create(), "application/json", "{\"category\":")).await.problem(400, "bad_request");
    send(raw(create(), "application/json", "")).await.problem(400, "bad_request");
    send(raw(create(), "text/plain", "{}")).await.problem(415, "unsupported_media");
    send(create().form(&[("category", "yard")])).await.problem(415, "unsupported_media");
    send(create()).await.problem(415, "unsupported_media");
    send(raw(create(), "application/json", vec![b' '; 2 << 20])).await.problem(413, "too_large");
    send(app.get("/api/v1/nothing", &desk)).await.problem(404, "not_found");
    send(app.get("/api/v1/requests/not-an-id", &desk)).await.problem(404, "not_found");
    let comment = format!("/api/v1/requests/{}/comments/not-an-id", uuid::Uuid::nil());
    send(app.request(Method::DELETE, &comment, &desk)).await.problem(404, "not_found");
    let wrong = send(app.request(Method::DELETE, "/api/v1/requests", &desk)).await;
    wrong.problem(405, "method_not_allowed");
    assert!(wrong.header("allow").contains("GET"), "{:?}", wrong.headers);
    let nobody = send(app.get("/api/v1/requests", &Pass::Nobody)).await;
    nobody.problem(401, "unauthenticated");
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    send(app.get("/api/v1/requests?colour=red", &desk)).await.problem(400, "bad_request");
    send(app.get("/api/v1/requests?cursor=x", &desk)).await.problem(422, "invalid");
    send(app.get("/api/v1/requests?limit=101", &desk)).await.problem(422, "invalid");
    // Outside REST too.
    send(app.get("/files/018f0000-0000-7000-8000-000000000000", &Pass::Nobody)).await.problem(401, "unauthenticated");
    send(app.get("/files/nonsense", &desk)).await.problem(404, "not_found");
    send(app.get("/nothing", &desk)).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_no_column_can_hold_is_refused() {
    let app = TestApp::new().await;
    let desk = app.bearer("dispatcher-a").await;
    let unit = app.world.a.house.units[0];
    let body = json!({ "unit_id": unit, "category": "yard", "description": "a\0b" });
    let problem = send(app.post("/api/v1/requests", &desk).json(&body)).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/description");
    let problem = send(app.get("/api/v1/requests?text=a%00b", &desk)).await;
    assert!(matches!(problem.status, 400 | 422), "{}", problem.text());
    let web = app.browser("dispatcher-a").await;
    let rpc = |name: &str, body: serde_json::Value| send(app.post(&format!("/rpc/{name}"), &web).json(&body));
    for (name, body) in [
        ("requests/create", json!({ "command": { "unit_id": unit, "category": "yard", "description": "a\0b" } })),
        ("property/find_places", json!({ "text": "a\0b" })),
    ] {
        let answer = rpc(name, body).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some("invalid")), "{name} {}", answer.text());
    }
    // A search for people reads it as a space, as the search box does.
    let answer = rpc("people/contacts", json!({ "filter": { "text": "a\0b" } })).await;
    assert_eq!((answer.status, answer.json()["items"].as_array().map(Vec::len)), (200, Some(0)), "{}", answer.text());
    for form in [[("login", "a\0b"), ("password", "x")], [("login", "x"), ("password", "a\0b")]] {
        let answer = send(app.post("/login", &Pass::Nobody).form(&form)).await;
        answer.expect(303);
        assert!(!answer.header("location").contains("internal"), "{}", answer.header("location"));
    }
}

#[tokio::test]
async fn problems_speak_the_language_of_the_caller() {
    let app = TestApp::new().await;
    let title = async |lang: &str| {
        let answer = send(app.get("/api/v1/requests", &Pass::Nobody).header("accept-language", lang)).await;
        assert_eq!(answer.header("content-language"), lang);
        answer.json()["title"].as_str().unwrap().to_owned()
    };
    let all = [title("ru").await, title("uz").await, title("en").await];
    assert!(all[0] != all[1] && all[1] != all[2] && all[0] != all[2], "{all:?}");
}

#[tokio::test]
async fn server_functions_fail_with_their_code() {
    let app = TestApp::new().await;
    let answer = send(app.post("/rpc/desk/counts", &Pass::Nobody).json(&json!({}))).await;
    assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("unauthenticated")));
    let web = app.browser("dispatcher-a").await;
    let answer = send(raw(app.post("/rpc/requests/get", &web), "application/json", "{")).await;
    assert_eq!(answer.json()["code"], "bad_request", "{}", answer.text());
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let answer = send(app.post("/rpc/requests/nothing", &web).json(&json!({}))).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn pages_carry_their_protection() {
    let app = TestApp::new().await;
    let desk = app.browser("dispatcher-a").await;
    for (path, pass) in
        [("/login", &Pass::Nobody), ("/login/forgot", &Pass::Nobody), ("/desk", &desk), ("/profile", &desk)]
    {
        let page = send(app.get(path, pass).header("accept", "text/html")).await;
        page.expect(200);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-cache, private"),
        ] {
            assert_eq!(page.header(name), value, "{path} {name}");
        }
        assert_eq!(page.header("x-request-id").len(), 32);
        let policy = page.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap_or_else(|| panic!("{path}: {policy}"));
        assert!(
            nonce.len() >= 16 && !policy.contains("unsafe-inline") && policy.contains("object-src 'none'"),
            "{policy}"
        );
        let html = page.text();
        for script in html.split("<script").skip(1) {
            let (tag, code) = script.split_once('>').unwrap();
            let own = tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/");
            assert!(own || code.starts_with("</script>"), "{path}: <script{tag}>");
        }
        let handlers = [" onclick=", " onload=", " onerror=", " onsubmit=", "javascript:"];
        assert!(handlers.iter().all(|bad| !html.contains(bad)), "{path} runs inline code");
        let again = send(app.get(path, pass).header("accept", "text/html")).await;
        assert!(!again.header("content-security-policy").contains(nonce), "a nonce is used once");
    }
}

#[tokio::test]
async fn the_login_page_needs_no_wasm() {
    let app = TestApp::new().await;
    for path in ["/login", "/login?as=resident", "/login/forgot", "/login/reset?token=x"] {
        let page = send(app.get(path, &Pass::Nobody).header("accept", "text/html")).await;
        page.expect(200);
        let html = page.text();
        assert!(html.contains("<form method=\"post\" action=\"/login"), "{path}: {html}");
        assert!(!html.contains(".wasm") && !html.contains("app.0a1b2c3d4e5f.js"), "{path} loads WASM");
    }
    let desk = send(app.get("/desk", &app.browser("dispatcher-a").await)).await.text();
    assert!(desk.contains("/pkg/app.0a1b2c3d4e5f.wasm"));
}

#[tokio::test]
async fn built_files_are_kept_for_ever_and_nothing_else_is() {
    let app = TestApp::new().await;
    let get = async |path: &str| send(app.get(path, &Pass::Nobody).header("accept", "text/html")).await;
    let built = get("/pkg/app.0a1b2c3d4e5f.js").await;
    assert_eq!(built.expect(200).header("cache-control"), "public, max-age=31536000, immutable");
    let worker = get("/sw.js").await;
    assert_eq!(worker.expect(200).header("cache-control"), "no-cache");
    assert!(worker.header("content-type").starts_with("text/javascript"));
    // Its own policy, or it may not even fetch what it keeps.
    assert!(worker.header("content-security-policy").contains("connect-src 'self'"));
    let script = worker.text();
    assert!(
        script.contains("/pkg/app.0a1b2c3d4e5f.wasm")
            && !script.contains("__FACES__")
            && !script.contains("__STYLE__")
            && !script.contains("__VERSION__"),
        "{script}"
    );
    assert_eq!(get("/favicon.svg").await.expect(200).header("cache-control"), "public, max-age=3600");
    for missing in ["/pkg/app.ffff.js", "/pkg/manifest.json", "/pkg/..%2Fsw.js", "/missing.png", "/%2e%2e/Cargo.toml"] {
        let answer = get(missing).await;
        answer.expect(404);
        assert!(!answer.header("content-type").starts_with("text/html"), "{missing} is a page");
        assert_eq!(answer.header("cache-control"), "no-store", "{missing}");
    }
    let lost = get("/no/such/page").await;
    assert!(lost.expect(404).header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn development_doors_are_closed_in_production() {
    let app = TestApp::new().await;
    send(app.get("/dev/outbox", &app.bearer("admin-a").await)).await.expect(404);
    send(app.get("/dev/ui", &app.bearer("admin-a").await)).await.problem(404, "not_found");
    let app = TestApp::with(&[("UK_DEV", "true")]).await;
    send(app.get("/dev/ui", &Pass::Nobody)).await.expect(200);
    let person = &app.world.a.resident;
    send(app.post("/login/code", &Pass::Nobody).form(&[("phone", person.phone.as_str())])).await.expect(303);
    let page = send(app.get("/dev/outbox", &Pass::Nobody)).await;
    let code = testkit::last_code(&app.ctx, &person.phone).await;
    assert!(page.expect(200).text().contains(&code));
}

#[tokio::test]
async fn health_is_told_to_anybody() {
    let app = TestApp::new().await;
    assert_eq!(send(app.get("/healthz", &Pass::Nobody)).await.expect(200).text(), "ok");
    send(app.get("/readyz", &Pass::Nobody)).await.expect(200);
    app.ctx.db.close().await;
    send(app.get("/healthz", &Pass::Nobody)).await.expect(200);
    send(app.get("/readyz", &Pass::Nobody)).await.expect(503);
    send(app.get("/api/v1/requests", &Pass::Bearer("x.y.z".to_owned()))).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn who_connects_and_says_nothing_is_hung_up_on() {
    let app = TestApp::with(&[("UK_SERVER__HEADER_TIMEOUT_S", "1")]).await;
    let mut silent = TcpStream::connect(app.addr).await.unwrap();
    let mut heard = Vec::new();
    in_time("the end of a silent connection", silent.read_to_end(&mut heard)).await.unwrap();
    assert!(heard.is_empty());
}

#[tokio::test]
async fn a_request_that_runs_is_finished_before_the_server_ends() {
    let app = TestApp::new().await;
    let Pass::Bearer(token) = app.bearer("dispatcher-a").await else { panic!("no token") };
    let body = json!({ "unit_id": app.world.a.house.units[0], "category": "plumbing", "description": "x" }).to_string();
    let head = format!(
        "POST /api/v1/requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut running = TcpStream::connect(app.addr).await.unwrap();
    running.write_all(head.as_bytes()).await.unwrap();
    let mut goes_on = [0; 25];
    in_time("the server to read", running.read_exact(&mut goes_on)).await.unwrap();
    assert!(goes_on.starts_with(b"HTTP/1.1 100"));
    app.stop.cancel();
    in_time("the end of new connections", async { while TcpStream::connect(app.addr).await.is_ok() {} }).await;
    running.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time("the answer", running.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}
