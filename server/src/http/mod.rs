//! The HTTP doors: pages and server functions, REST, forms, files, live updates, webhooks.

pub mod assets;
pub mod cookies;
pub mod dev;
pub mod exports;
pub mod files;
pub mod forms;
pub mod identity;
pub mod limits;
pub mod pages;
pub mod request_forms;
pub mod security;
pub mod server;
pub mod telegram;
pub mod trace;
pub mod v1;
pub mod ws;

use crate::bot_link::BotLink;
use anyhow::Result;
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use domain::Ctx;
use std::time::Duration;
use tower_http::{
    compression::{CompressionLayer, CompressionLevel, Predicate, predicate::SizeAbove},
    timeout::TimeoutLayer,
};

/// The whole application. Layers run from the bottom of the list to its top.
pub fn router(ctx: Ctx, bot: Option<BotLink>) -> Result<Router> {
    let names = assets::Names::load(&ctx.config.server.site_dir)?;
    let timeout = Duration::from_secs(ctx.config.server.request_timeout_s);
    let (rest, _) = v1::router();
    let mut app = Router::new()
        .nest("/api/v1", rest)
        .route("/login", post(forms::login))
        .route("/login/code", post(forms::code))
        .route("/login/verify", post(forms::verify))
        .route("/login/forgot", post(forms::forgot))
        .route("/login/reset", post(forms::reset))
        .route("/logout", post(forms::logout))
        .route("/prefs", post(forms::prefs))
        .route("/my/requests", post(request_forms::resident))
        .route("/desk/requests", post(request_forms::desk))
        .route("/desk/requests.xlsx", get(exports::requests))
        .route("/files", post(files::upload))
        .route("/files/{id}", get(files::full))
        .route("/files/{id}/thumb", get(files::thumb))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        // Long-lived, so outside the time-out.
        .route("/api/v1/ws", get(ws::upgrade))
        .route("/sw.js", get(assets::service_worker))
        .route("/pkg/{file}", get(assets::hashed))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready));
    if ctx.config.is_dev() {
        app = app.route("/dev/outbox", get(dev::outbox));
    }
    let mut app = pages::mount(app, &ctx, &names);
    if let Some(bot) = bot {
        app = app.merge(telegram::routes(ctx.clone(), bot));
    }
    let body_limit = ctx.config.server.body_limit_bytes;
    Ok(app
        .layer(from_fn_with_state(ctx.clone(), limits::apply))
        .layer(from_fn_with_state(ctx.clone(), security::same_site))
        .layer(from_fn_with_state(ctx.clone(), identity::resolve))
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(compression())
        .layer(from_fn_with_state(ctx.clone(), security::headers))
        .layer(from_fn(trace::log))
        .layer(axum::Extension(names))
        .with_state(ctx))
}

/// HTML and JSON only: files are compressed once when built, photos do not shrink.
fn compression() -> CompressionLayer<impl Predicate> {
    let texts = |_: StatusCode, _: axum::http::Version, headers: &axum::http::HeaderMap, _: &axum::http::Extensions| {
        headers
            .get(axum::http::header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|t| t.starts_with("text/html") || t.starts_with("application/json") || t.starts_with("application/problem+json"))
    };
    CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(SizeAbove::new(1024).and(texts))
}

/// Ready to serve: the database answers.
async fn ready(State(ctx): State<Ctx>) -> (StatusCode, &'static str) {
    match ctx.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
