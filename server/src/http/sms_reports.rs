//! Eskiz tells here how a text message went. Its calls are not signed: the secret is in the address. A wrong one is
//! answered as any address that is not there; whatever the body says, nothing of ours fails on it.
//!
//! As with the payment systems, this route stands outside the layers of the product: no session, no cookie.

use super::{identity, trace};
use axum::{
    Router,
    body::to_bytes,
    extract::{Path, Request, State},
    http::StatusCode,
    middleware::from_fn,
    routing::post,
};
use domain::{Ctx, sms};
use platform::{limits::Quota, sms::Report};
use std::time::Duration;

pub const PATH: &str = "/api/v1/notifications/webhook/eskiz/{secret}";
/// Reports are small.
const BODY_LIMIT: usize = 64 * 1024;
/// For the body to come.
const PATIENCE: Duration = Duration::from_secs(10);

pub fn routes(ctx: Ctx) -> Router {
    Router::new().route(PATH, post(report)).layer(from_fn(trace::log)).with_state(ctx)
}

async fn report(State(ctx): State<Ctx>, Path(secret): Path<String>, request: Request) -> StatusCode {
    let ip = identity::client_ip(&ctx, &request);
    let quota = Quota::per_minute(ctx.config.limits.webhook_per_minute);
    if !ctx.limits.check(&format!("webhook:{ip}"), quota).await.allowed {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    if !sms::may_report(&ctx, &secret) {
        return StatusCode::NOT_FOUND;
    }
    let Ok(Ok(body)) = tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), BODY_LIMIT)).await else {
        return StatusCode::BAD_REQUEST;
    };
    let Some(report) = Report::eskiz(&body) else {
        tracing::warn!(bytes = body.len(), "a report on a text message does not read");
        return StatusCode::OK;
    };
    match sms::reported(&ctx, "eskiz", &report).await {
        Ok(true) => {}
        // Ours will be asked for later in any case (`sms::look`); the others are nobody's.
        Ok(false) => tracing::warn!(id = report.provider_id, word = report.word, "a report on a message nobody sent"),
        Err(error) => tracing::error!(%error, "a report on a text message could not be kept"),
    }
    StatusCode::OK
}
