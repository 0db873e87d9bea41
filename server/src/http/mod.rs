//! The HTTP doors: pages and server functions, REST, forms, files, live updates, webhooks.

pub mod access_forms;
pub mod assets;
mod away;
pub mod cookies;
pub mod dev;
pub mod exports;
pub mod forms;
pub mod identity;
pub mod limits;
pub mod look;
pub mod notices;
pub mod pages;
pub mod pay;
pub mod personal;
pub mod print;
pub mod receipts;
pub mod request_forms;
pub mod security;
pub mod server;
mod silence;
pub mod sms_reports;
pub mod telegram;
pub mod trace;
pub mod unsubscribe;
pub mod v1;
pub mod webhooks;
pub mod ws;

use crate::{
    bot_link::BotLink,
    metrics::{self, Meters},
};
use anyhow::Result;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    handler::Handler,
    http::{StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use domain::Ctx;
use model::Code;
use platform::config::Config;
use std::time::Duration;
use tower_http::compression::{CompressionLayer, CompressionLevel, Predicate, predicate::SizeAbove};

/// A plain route. Pages, server functions, REST and the webhook list theirs in their own modules.
pub struct Door {
    pub method: &'static str,
    pub path: &'static str,
    route: MethodRouter<Ctx>,
}

impl Door {
    fn get<H: Handler<T, Ctx>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self { method: "GET", path, route: get(handler) }
    }

    fn post<H: Handler<T, Ctx>, T: 'static>(path: &'static str, handler: H) -> Self {
        Self { method: "POST", path, route: post(handler) }
    }

    /// Takes a body of up to this many bytes.
    fn with_body(self, limit: usize) -> Self {
        Self { route: self.route.layer(DefaultBodyLimit::max(limit)), ..self }
    }

    /// Takes up to ten photos at once; each part is read against its own limit.
    fn with_photos(self, config: &Config) -> Self {
        let limit = config.server.upload_limit_bytes.saturating_mul(10).saturating_add(config.server.body_limit_bytes);
        Self { route: self.route.layer(DefaultBodyLimit::max(limit)), ..self }
    }

    /// Takes one document, which is read against its own limit.
    fn with_document(self, config: &Config) -> Self {
        let limit = model::property::DOCUMENT_LIMIT.saturating_add(config.server.body_limit_bytes);
        Self { route: self.route.layer(DefaultBodyLimit::max(limit)), ..self }
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
        Door::post("/look-as", look::begin),
        Door::post("/look-as/return", look::back),
        Door::post("/join/staff", forms::join_staff),
        Door::post("/join/code", access_forms::code),
        Door::post("/join/verify", access_forms::verify),
        Door::post("/join/apply", access_forms::apply),
        Door::post("/join/accept", access_forms::accept),
        Door::post("/join/invite", access_forms::invite),
        Door::post("/join/enter", access_forms::enter),
        Door::post("/join/cancel", access_forms::cancel),
        Door::post("/join/leave", access_forms::leave),
        Door::post("/my/homes/attach", access_forms::attach),
        Door::post("/my/homes/leave", access_forms::leave_home),
        Door::post("/my/homes/withdraw", access_forms::withdraw),
        Door::post("/my/homes/revoke", access_forms::revoke),
        Door::post("/pay", pay::go),
        Door::post("/my/forget", access_forms::forget),
        Door::get("/my/data.json", personal::own_json),
        Door::get("/my/data.html", personal::own_page),
        Door::get("/desk/people/{id}/data.json", personal::json),
        Door::get("/desk/people/{id}/data.html", personal::page),
        Door::post("/my/requests", request_forms::resident).with_photos(config),
        Door::post("/desk/requests", request_forms::desk).with_photos(config),
        Door::get("/desk/requests.xlsx", exports::requests),
        Door::get("/desk/exports/{file}", exports::list),
        Door::get("/desk/print/{kind}", print::print),
        Door::post("/desk/receipts", receipts::print),
        Door::post("/desk/letters", receipts::print_letters),
        Door::get("/accounts/{id}/letter", receipts::letter),
        Door::get("/accounts/{id}/bill.pdf", v1::receipts::bill_pdf),
        Door::get("/accounts/{id}/statement.pdf", v1::receipts::statement_pdf),
        Door::get("/accounts/{id}/statement.xlsx", v1::receipts::statement_xlsx),
        Door::post("/imports", v1::imports::upload).with_body(model::imports::MAX_BYTES + 64 * 1024),
        Door::post("/statements", v1::bank::upload).with_body(model::payments::STATEMENT_LIMIT + 64 * 1024),
        Door::post("/registries", v1::reconciliations::upload).with_body(model::payments::STATEMENT_LIMIT + 64 * 1024),
        Door::get("/imports/{id}/errors.xlsx", v1::imports::errors),
        Door::get("/imports/templates/{file}", v1::imports::template),
        Door::get("/tasks/{id}/file", v1::tasks::file),
        Door::post("/files", v1::files::upload).with_photos(config),
        Door::get("/files/{id}", v1::files::picture),
        Door::get("/files/{id}/thumb", v1::files::thumb),
        Door::post("/documents", v1::property::documents::create).with_document(config),
        Door::post("/documents/{id}/file", v1::property::documents::replace).with_document(config),
        Door::get("/documents/{id}", v1::property::documents::download),
        Door::get("/api/v1/ws", ws::upgrade),
        Door::get("/sw.js", assets::service_worker),
        Door::get("/pkg/{file}", assets::hashed),
        Door::get("/notices/{id}", notices::open),
        Door::get("/u/{token}", unsubscribe::page),
        Door::post("/u/{token}", unsubscribe::stop),
        Door::get("/healthz", async || "ok"),
        Door::get("/readyz", ready),
    ];
    if config.is_dev() {
        doors.push(Door::get("/dev/outbox", dev::outbox));
    }
    doors
}

/// The whole application. Layers run from the bottom of the list to its top.
pub fn router(ctx: Ctx, bot: Option<BotLink>, meters: Meters) -> Result<Router> {
    let names = assets::Names::load(&ctx.config.server.site_dir)?;
    let app = doors(&ctx.config)
        .into_iter()
        .fold(Router::new().nest(v1::BASE, v1::router()), |app, door| app.route(door.path, door.route));
    let mut app = pages::mount(app, &ctx, &names);
    if let Some(bot) = bot {
        app = app.merge(telegram::routes(ctx.clone(), bot));
    }
    let body_limit = ctx.config.server.body_limit_bytes;
    let app = app
        .layer(from_fn_with_state(ctx.clone(), limits::apply))
        .layer(from_fn(security::only_looks))
        .layer(from_fn_with_state(ctx.clone(), security::same_site))
        .layer(from_fn(v1::problem::speak))
        .layer(from_fn_with_state(ctx.clone(), identity::resolve))
        .layer(from_fn_with_state(ctx.clone(), deadline))
        // Once more: who calls cannot be known while the database is away, and a call may take too long.
        .layer(from_fn(v1::problem::speak))
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(compression())
        .layer(from_fn_with_state(ctx.clone(), security::headers))
        .layer(from_fn(trace::log))
        .layer(axum::Extension(names))
        .with_state(ctx.clone());
    let app = app.merge(webhooks::routes(ctx.clone())).merge(sms_reports::routes(ctx));
    Ok(app.layer(from_fn_with_state(meters, metrics::measure)))
}

/// HTML and JSON only: files are compressed once when built, photos do not shrink.
fn compression() -> CompressionLayer<impl Predicate> {
    let texts = |_: StatusCode, _: axum::http::Version, headers: &axum::http::HeaderMap, _: &axum::http::Extensions| {
        headers.get(axum::http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|t| {
            t.starts_with("text/html") || t.starts_with("application/json") || t.starts_with("application/problem+json")
        })
    };
    CompressionLayer::new().quality(CompressionLevel::Precise(5)).compress_when(SizeAbove::new(1024).and(texts))
}

/// A request has its time; photos on a slow line have more.
async fn deadline(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let factor = if kind.starts_with("multipart/") || kind.starts_with("image/") { 10 } else { 1 };
    let budget = Duration::from_secs(ctx.config.server.request_timeout_s) * factor;
    match tokio::time::timeout(budget, next.run(request)).await {
        Ok(response) => response,
        Err(_) => v1::problem::Problem::from(Code::Unavailable).into_response(),
    }
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
