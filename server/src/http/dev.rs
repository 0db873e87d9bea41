//! Development only: the messages that would have been sent.

use super::v1::problem::Problem;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Ctx, messages};

/// `GET /dev/outbox`: the newest messages with their full text, one-time codes included.
pub async fn outbox(State(ctx): State<Ctx>) -> Response {
    let deliveries = match messages::outbox(&ctx).await {
        Ok(deliveries) => deliveries,
        Err(error) => return Problem::from(error.into_failure(None)).into_response(),
    };
    let rows: String = deliveries
        .iter()
        .map(|d| {
            let rendered = worker::messages::render(&ctx, d);
            let (subject, text) = match &rendered {
                Ok(r) => (r.subject.as_deref().unwrap_or_default(), r.text.as_str()),
                Err(error) => ("", *error),
            };
            format!(
                "<article><p><b>{}</b> → {} <small>{} · {}</small></p><p>{}</p><pre>{}</pre></article>",
                d.channel,
                escape(&d.address),
                d.created_at.format("%H:%M:%S"),
                escape(&d.state),
                escape(subject),
                escape(text)
            )
        })
        .collect();
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Outbox</title>\
         <link rel=stylesheet href=/outbox.css><h1>Outbox</h1><p>Messages of this development server. Reload for new ones.</p>{rows}"
    );
    let csp = [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'")];
    (StatusCode::OK, csp, Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
