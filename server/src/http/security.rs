//! Security headers, and the check that an unsafe call of a browser comes from our own pages.

use super::{identity::Proof, v1::problem::Problem};
use api::context::Caller;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Ctx;
use model::Code;

/// For answers that are not pages; pages carry their own with a nonce (see `pages`).
const CSP: &str = "default-src 'none'; frame-ancestors 'none'; img-src 'self'; base-uri 'none'; form-action 'none'";

pub async fn headers(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, CSP);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=(), payment=()");
    // Answers are personal unless they say otherwise.
    put(header::CACHE_CONTROL, "no-store");
    if ctx.config.server.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// What may be sent while looking as another person: going back, and how pages look. Server functions read, too, and each
/// is refused where it would change something (see `domain::Actor::looking`).
const WHILE_LOOKING: [&str; 5] =
    ["/look-as/return", "/logout", "/prefs", "/api/v1/auth/logout", "/api/v1/auth/refresh"];

/// Refuses unsafe calls of somebody who only looks as another person.
pub async fn only_looks(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().and_then(|caller| caller.0.as_ref());
    let path = request.uri().path();
    let looks = caller.is_some_and(|actor| actor.looking().is_some());
    let refused = looks && !is_safe(request.method()) && !path.starts_with("/rpc/") && !WHILE_LOOKING.contains(&path);
    if refused {
        return Problem::from(Code::LookingAs).into_response();
    }
    domain::answering(looks, next.run(request)).await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses unsafe calls that another site makes with our visitor's cookies (OWASP CSRF, "Fetch Metadata").
pub async fn same_site(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let unsafe_method = !is_safe(request.method());
    let proof = request.extensions().get::<Proof>().copied().unwrap_or(Proof::Nothing);
    if unsafe_method && proof != Proof::Bearer {
        let origin = verdict(request.headers(), ctx.config.server.public_url.as_deref());
        // Without cookies there is nothing to abuse, except signing a visitor in as somebody else.
        if origin == Origin::Foreign || (origin == Origin::Unknown && proof == Proof::Cookie) {
            return Problem::from(Code::CrossSite).into_response();
        }
    }
    next.run(request).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Own,
    Foreign,
    /// Neither header came: not a browser of the last years.
    Unknown,
}

/// Where a call comes from, by the headers a page's script cannot forge.
pub fn verdict(headers: &HeaderMap, public_url: Option<&str>) -> Origin {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), _) => Origin::Own,
        (Some(_), _) => Origin::Foreign,
        (None, Some(origin)) => {
            let host = text("host").unwrap_or_default();
            let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
            if public_url == Some(origin) || (!host.is_empty() && authority == host) {
                Origin::Own
            } else {
                Origin::Foreign
            }
        }
        (None, None) => Origin::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> Origin {
        let headers =
            pairs.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_str(v).unwrap())).collect();
        verdict(&headers, Some("https://crm.uz"))
    }

    #[test]
    fn only_our_own_pages_pass() {
        assert_eq!(of(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.uz")]), Origin::Own);
        assert_eq!(of(&[("sec-fetch-site", "same-site")]), Origin::Foreign);
        assert_eq!(of(&[("sec-fetch-site", "cross-site"), ("origin", "https://crm.uz")]), Origin::Foreign);
        assert_eq!(of(&[("origin", "https://crm.uz")]), Origin::Own);
        assert_eq!(of(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]), Origin::Own);
        assert_eq!(of(&[("origin", "null"), ("host", "crm.uz")]), Origin::Foreign);
        assert_eq!(of(&[]), Origin::Unknown);
    }
}
