//! The door of `/metrics`: loopback, or a token.

use super::{Meters, gathered::Gathered};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Ctx;
use prometheus_client::{encoding::text, registry::Registry};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Before every name.
const PREFIX: &str = "ukcrm";

/// The only route of the second listener.
pub fn routes(ctx: Ctx, meters: Meters) -> Router {
    Router::new().route("/metrics", get(answer)).with_state((ctx, meters))
}

async fn answer(State((ctx, meters)): State<(Ctx, Meters)>, headers: HeaderMap) -> Response {
    if let Some(token) = &ctx.config.metrics.token {
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let known = shown.is_some_and(|shown| bool::from(shown.ct_eq(token.expose_secret().as_bytes())));
        if !known {
            return StatusCode::UNAUTHORIZED.into_response();
        }
    }
    let mut registry = Registry::with_prefix(PREFIX);
    meters.register(&mut registry);
    Gathered::now(&ctx).await.register(&mut registry);
    let mut body = String::new();
    match text::encode(&mut body, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, FORMAT)], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics do not encode");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
