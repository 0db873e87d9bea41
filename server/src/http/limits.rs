//! Request rates by class of path; login attempts are counted by account in `domain::auth`.

use super::{identity::ClientIp, v1::problem::Problem};
use api::context::Caller;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Ctx;
use model::{Code, Failure};
use platform::limits::{Decision, Quota};

/// One screen of ours makes several calls where an integration makes one.
const PAGES_FACTOR: u32 = 6;

pub async fn apply(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let limits = &ctx.config.limits;
    let path = request.uri().path();
    let (class, quota) = if path.starts_with("/api/v1/") {
        ("api", limits.api_per_minute)
    } else if path.starts_with("/rpc/") || path.starts_with("/files") || path.starts_with("/documents") {
        ("rpc", limits.api_per_minute.saturating_mul(PAGES_FACTOR))
    } else if path.starts_with("/telegram/") {
        ("webhook", limits.webhook_per_minute)
    } else {
        return next.run(request).await;
    };
    let user = request.extensions().get::<Caller>().and_then(|c| c.0.as_ref()).and_then(domain::Actor::user_id);
    let who = match (user, request.extensions().get::<ClientIp>()) {
        (Some(user), _) => user.to_string(),
        (None, Some(ip)) => ip.0.to_string(),
        (None, None) => String::new(),
    };
    let decision = ctx.limits.check(&format!("{class}:{who}"), Quota::per_minute(quota)).await;
    if !decision.allowed {
        let retry_after = u32::try_from(decision.retry_after_s).ok();
        let failure = Failure { retry_after, ..Failure::new(Code::TooManyRequests) };
        let mut response = Problem::from(failure).into_response();
        tell(response.headers_mut(), &decision);
        return response;
    }
    let mut response = next.run(request).await;
    tell(response.headers_mut(), &decision);
    response
}

fn tell(headers: &mut HeaderMap, decision: &Decision) {
    let numbers = [
        ("ratelimit-limit", u64::from(decision.limit)),
        ("ratelimit-remaining", u64::from(decision.remaining)),
        ("ratelimit-reset", decision.reset_s),
    ];
    for (name, value) in numbers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}
