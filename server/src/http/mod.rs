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
    handler::Handler,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, get, post},
};
use domain::Ctx;
use platform::config::Config;
use std::time::Duration;
use tower_http::{
    compression::{CompressionLayer, CompressionLevel, Predicate, predicate::SizeAbove},
    timeout::TimeoutLayer,
};

/// A plain route. Pages, server functions, REST and the webhook list theirs in their own modules.
pub struct Door {
    pub method: &'static str,
    pub path: &'static str,
    route: MethodRouter<Ctx>,
    lasting: bool,
}

impl Door {
    fn get<H: Handler<T, Ctx>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self { method: "GET", path, route: get(handler), lasting: false }
    }

    fn post<H: Handler<T, Ctx>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self { method: "POST", path, route: post(handler), lasting: false }
    }

    /// Outside the time-out of requests.
    fn lasting(self) -> Self {
        Self { lasting: true, ..self }
    }
}

/// Every plain route; the test of access goes through the same list.
pub fn doors(config: &Config) -> Vec<Door> {
    let mut doors = vec![
        Door::post("/login", forms::login),
        Door::post("/login/code", forms::code),
        Door::post("/login/verify", forms::verify),
        Door::post("/login/forgot", forms::forgot),
        Door::post("/login/reset", forms::reset),
        Door::post("/logout", forms::logout),
        Door::post("/prefs", forms::prefs),
        Door::post("/my/requests", request_forms::resident),
        Door::post("/desk/requests", request_forms::desk),
        Door::get("/desk/requests.xlsx", exports::requests),
        Door::post("/files", files::upload),
        Door::get("/files/{id}", files::full),
        Door::get("/files/{id}/thumb", files::thumb),
        Door::get("/api/v1/ws", ws::upgrade).lasting(),
        Door::get("/sw.js", assets::service_worker).lasting(),
        Door::get("/pkg/{file}", assets::hashed).lasting(),
        Door::get("/healthz", async || "ok").lasting(),
        Door::get("/readyz", ready).lasting(),
    ];
    if config.is_dev() {
        doors.push(Door::get("/dev/outbox", dev::outbox));
    }
    doors
}

/// The whole application. Layers run from the bottom of the list to its top.
pub fn router(ctx: Ctx, bot: Option<BotLink>) -> Result<Router> {
    let names = assets::Names::load(&ctx.config.server.site_dir)?;
    let timeout = Duration::from_secs(ctx.config.server.request_timeout_s);
    let (rest, _) = v1::router();
    let (lasting, short): (Vec<Door>, Vec<Door>) = doors(&ctx.config).into_iter().partition(|door| door.lasting);
    let open = |app: Router<Ctx>, door: Door| app.route(door.path, door.route);
    let app = short.into_iter().fold(Router::new().nest(v1::BASE, rest), open);
    let app = app.layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout));
    let app = lasting.into_iter().fold(app, open);
    let mut app = pages::mount(app, &ctx, &names);
    if let Some(bot) = bot {
        app = app.merge(telegram::routes(ctx.clone(), bot));
    }
    let body_limit = ctx.config.server.body_limit_bytes;
    Ok(app
        .layer(from_fn_with_state(ctx.clone(), limits::apply))
        .layer(from_fn_with_state(ctx.clone(), security::same_site))
        .layer(from_fn(v1::problem::speak))
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
