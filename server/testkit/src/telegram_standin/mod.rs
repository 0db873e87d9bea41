//! A server that speaks the Bot API, for tests and for trying the bot without Telegram. It runs in a process of its
//! own, keeps everything in memory, delivers updates to a webhook as Telegram does, and has a control API
//! (`/control/…`) and a chat page (`/`) in place of people with phones.

mod api;
mod body;
mod control;
mod deliver;
mod markup;
mod people;
mod state;

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};
use state::Standin;
use std::{io, os::unix::process::parent_id, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// How to start it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The bot's token; its id is the number before the colon.
    pub token: String,
    /// Where updates go; `setWebhook` changes it.
    pub webhook_url: Option<String>,
    /// Repeated in each delivery.
    pub secret: Option<String>,
    /// Phones offered on the chat page.
    pub phones: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { token: "7000001:standin".to_owned(), webhook_url: None, secret: None, phones: Vec::new() }
    }
}

/// Serves until the listener fails.
///
/// # Errors
/// When the socket does.
pub async fn serve(options: Options, listener: TcpListener) -> io::Result<()> {
    let standin = Arc::new(Standin::new(options));
    let router = Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/page.js", get(async || asset("text/javascript; charset=utf-8", include_str!("page.js"))))
        .route("/page.css", get(async || asset("text/css; charset=utf-8", include_str!("page.css"))))
        .merge(api::routes())
        .merge(control::routes())
        .with_state(standin);
    axum::serve(listener, router).await
}

/// Waits until the process that started us is gone, so that a killed one leaves no stand-in behind.
pub async fn orphaned() {
    let parent = parent_id();
    while parent_id() == parent {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}
