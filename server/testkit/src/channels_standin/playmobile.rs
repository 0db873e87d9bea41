//! Play Mobile's broker: takes a message, or says a numbered error. A repeat of a message's id is taken and ignored.

use super::state::{Shared, Text};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

pub(super) const LOGIN: &str = "ukcrm";
pub(super) const PASSWORD: &str = "playmobile-password";

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/broker-api/send", post(send))
}

fn refused(code: u16, words: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error-code": code, "error-description": words }))).into_response()
}

async fn send(State(standin): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{LOGIN}:{PASSWORD}")));
    if headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()) != Some(wanted.as_str()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(json) = serde_json::from_str::<Value>(&body) else { return refused(101, "Syntax error") };
    let Some([message]) = json["messages"].as_array().map(Vec::as_slice) else { return refused(202, "No recipient") };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let Some(phone) = text(&message["recipient"]) else { return refused(202, "No recipient") };
    let Some(id) = text(&message["message-id"]) else { return refused(205, "No message id") };
    let Some(from) = text(&message["sms"]["originator"]) else { return refused(401, "No originator") };
    let Some(content) = text(&message["sms"]["content"]["text"]) else { return refused(404, "No content") };
    let mut inner = standin.lock();
    if !inner.texts.iter().any(|text| text.provider == "playmobile" && text.id == id) {
        inner.texts.push(Text {
            provider: "playmobile",
            user_sms_id: id.clone(),
            id,
            phone,
            text: content,
            from,
            callback_url: None,
            status: "accepted".to_owned(),
        });
    }
    "Request is received".into_response()
}
