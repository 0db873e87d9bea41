//! Calls that another site makes with our visitor's cookies.

use crate::app::{Pass, TestApp, send};
use http::Method;
use serde_json::json;

/// Unsafe doors of every kind; none of these calls changes anything that matters here.
const DOORS: [(&str, &str); 8] = [
    ("POST", "/rpc/auth/sessions"),
    ("POST", "/api/v1/requests"),
    ("PATCH", "/api/v1/requests/018f0000-0000-7000-8000-000000000000"),
    ("DELETE", "/api/v1/auth/sessions/others"),
    ("POST", "/prefs"),
    ("POST", "/files"),
    ("POST", "/my/requests"),
    ("POST", "/logout"),
];

async fn knock(app: &TestApp, door: (&str, &str), cookies: Option<&str>, headers: &[(&str, &str)]) -> (u16, String) {
    let method = Method::from_bytes(door.0.as_bytes()).unwrap();
    let mut request = app.request(method, door.1, &Pass::Nobody).json(&json!({}));
    if let Some(cookies) = cookies {
        request = request.header("cookie", cookies);
    }
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = send(request).await;
    let code = serde_json::from_slice::<serde_json::Value>(&answer.bytes)
        .ok()
        .and_then(|b| b["code"].as_str().map(str::to_owned));
    (answer.status, code.unwrap_or_default())
}

#[tokio::test]
async fn cookies_count_only_on_our_own_pages() {
    let app = TestApp::new().await;
    let Pass::Cookies(cookies) = app.browser("dispatcher-a").await else { panic!() };
    let foreign: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", app.base.as_str())],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ];
    for door in DOORS {
        for headers in foreign {
            let (status, code) = knock(&app, door, Some(&cookies), headers).await;
            assert_eq!((status, code.as_str()), (403, "cross_site"), "{door:?} {headers:?}");
        }
    }
    for door in DOORS {
        for own in [("sec-fetch-site", "same-origin"), ("origin", app.base.as_str())] {
            let (_, code) = knock(&app, door, Some(&cookies), &[own]).await;
            assert_ne!(code, "cross_site", "{door:?} {own:?}");
        }
    }
}

/// Without cookies there is nothing to abuse but signing somebody in as somebody else.
#[tokio::test]
async fn a_foreign_page_cannot_sign_a_visitor_in() {
    let app = TestApp::new().await;
    for path in ["/login", "/login/verify", "/login/code", "/api/v1/auth/login"] {
        let (status, code) = knock(&app, ("POST", path), None, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!((status, code.as_str()), (403, "cross_site"), "{path}");
        let (_, code) = knock(&app, ("POST", path), None, &[]).await;
        assert_ne!(code, "cross_site", "{path}");
    }
}

#[tokio::test]
async fn a_token_in_the_header_is_no_cookie() {
    let app = TestApp::new().await;
    let Pass::Bearer(token) = app.bearer("dispatcher-a").await else { panic!() };
    let bearer = format!("Bearer {token}");
    let headers =
        [("authorization", bearer.as_str()), ("sec-fetch-site", "cross-site"), ("origin", "https://partner.example")];
    let (status, code) = knock(&app, ("POST", "/api/v1/requests"), None, &headers).await;
    assert_eq!((status, code.as_str()), (422, "invalid"));
}

/// Reading is free: a link from anywhere opens a page.
#[tokio::test]
async fn links_from_elsewhere_work() {
    let app = TestApp::new().await;
    let Pass::Cookies(cookies) = app.browser("dispatcher-a").await else { panic!() };
    let page = app.get("/desk", &Pass::Nobody).header("cookie", cookies).header("sec-fetch-site", "cross-site");
    send(page).await.expect(200);
}
