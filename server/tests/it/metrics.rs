//! `/metrics` on its own listener.

use crate::app::{Pass, TestApp, send};
use std::{collections::HashMap, net::SocketAddr};
use tokio::net::TcpListener;

/// The second listener of an app.
async fn metrics(app: &TestApp) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let limits = server::http::server::Limits::from(&app.ctx.config.server);
    let routes = server::metrics::routes(app.ctx.ctx.clone(), app.meters.clone());
    tokio::spawn(server::http::server::serve(listener, routes, limits, app.stop.clone()));
    addr
}

/// Every line of the format, by its name and labels.
fn read(text: &str) -> HashMap<String, f64> {
    assert!(text.ends_with("# EOF\n"), "{text}");
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_are_those_of_the_product() {
    let app = TestApp::new().await;
    let at = metrics(&app).await;
    for _ in 0..3 {
        send(app.get("/healthz", &Pass::Nobody)).await.expect(200);
    }
    send(app.get("/api/v1/requests", &Pass::Nobody)).await.expect(401);
    for _ in 0..2 {
        testkit::queue(&app.ctx, "tell_bills").await;
    }
    let answer = app.http.get(format!("http://{at}/metrics")).send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let numbers = read(&answer.text().await.unwrap());
    let number = |name: &str| *numbers.get(name).unwrap_or_else(|| panic!("{name} is missing: {numbers:#?}"));
    assert_eq!(number(r#"ukcrm_http_requests_total{class="probe",status="200"}"#), 3.0);
    assert_eq!(number(r#"ukcrm_http_requests_total{class="api",status="401"}"#), 1.0);
    assert_eq!(number(r#"ukcrm_http_request_duration_seconds_count{class="probe"}"#), 3.0);
    assert_eq!(number(r#"ukcrm_jobs{task="tell_bills",state="ready"}"#), 2.0);
    assert_eq!(number(r#"ukcrm_db_connections{state="max"}"#), 8.0);
    assert!(number("ukcrm_process_resident_memory_bytes") > 1_000_000.0);
    assert_eq!(number("ukcrm_websocket_connections"), 0.0);
    for part in ["jobs", "deliveries", "outbox", "memory"] {
        assert_eq!(number(&format!(r#"ukcrm_collected{{part="{part}"}}"#)), 1.0);
    }
    // Not a door of the product.
    assert_ne!(send(app.get("/metrics", &Pass::Nobody)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_only_who_shows_it_is_answered() {
    let app = TestApp::with(&[("UK_METRICS__TOKEN", "0123456789abcdef")]).await;
    let at = metrics(&app).await;
    let ask = |token: Option<&'static str>| {
        let request = app.http.get(format!("http://{at}/metrics"));
        token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token)).send()
    };
    assert_eq!(ask(None).await.unwrap().status(), 401);
    assert_eq!(ask(Some("0123456789abcdeF")).await.unwrap().status(), 401);
    assert_eq!(ask(Some("0123456789abcdef")).await.unwrap().status(), 200);
}
