//! Eskiz's API as its published clients know it.

use super::state::{Shared, Text};
use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use serde_json::{Value, json};
use std::collections::HashMap;

pub(super) const EMAIL: &str = "office@example.uz";
pub(super) const PASSWORD: &str = "eskiz-password";

type Fields = HashMap<String, String>;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/auth/login", post(login))
        .route("/api/auth/refresh", patch(refresh))
        .route("/api/auth/user", get(user))
        .route("/api/user/get-limit", get(limit))
        .route("/api/user/templates", get(templates))
        .route("/api/user/template", post(template))
        .route("/api/message/sms/send", post(send))
        .route("/api/message/sms/get-user-messages", post(messages))
        .route("/api/message/sms/status_by_id/{id}", get(status))
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}

fn granted(standin: &Shared) -> Response {
    let mut inner = standin.lock();
    let token = format!("eskiz-token-{}", inner.next());
    inner.tokens.insert(token.clone());
    answer(200, json!({ "message": "token_generated", "data": { "token": token }, "token_type": "bearer" }))
}

async fn login(State(standin): State<Shared>, Form(fields): Form<Fields>) -> Response {
    standin.lock().logins += 1;
    let says = |name: &str, value: &str| fields.get(name).is_some_and(|said| said == value);
    if says("email", EMAIL) && says("password", PASSWORD) {
        granted(&standin)
    } else {
        answer(401, json!({ "message": "Invalid credentials", "status": "error" }))
    }
}

/// The refusal of a call without a live token.
fn worn(standin: &Shared, headers: &HeaderMap) -> Option<Response> {
    let inner = standin.lock();
    let token = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    if token.is_some_and(|token| inner.tokens.contains(token)) {
        return None;
    }
    Some(if inner.worn_is_500 {
        answer(500, json!({ "message": "Server Error" }))
    } else {
        answer(401, json!({ "message": "Token has expired", "status": "token_expired" }))
    })
}

async fn refresh(State(standin): State<Shared>, headers: HeaderMap) -> Response {
    standin.lock().refreshes += 1;
    match worn(&standin, &headers) {
        Some(refusal) => refusal,
        None => granted(&standin),
    }
}

async fn user(State(standin): State<Shared>, headers: HeaderMap) -> Response {
    worn(&standin, &headers)
        .unwrap_or_else(|| answer(200, json!({ "status": "success", "data": { "id": 1, "email": EMAIL } })))
}

async fn limit(State(standin): State<Shared>, headers: HeaderMap) -> Response {
    worn(&standin, &headers)
        .unwrap_or_else(|| answer(200, json!({ "data": { "balance": 250_000 }, "status": "success" })))
}

async fn templates(State(standin): State<Shared>, headers: HeaderMap) -> Response {
    if let Some(refusal) = worn(&standin, &headers) {
        return refusal;
    }
    let list = standin.lock().templates.clone();
    let rows = list.into_iter().enumerate();
    let rows: Vec<Value> =
        rows.map(|(id, (text, status))| json!({ "id": id, "template": text, "status": status })).collect();
    answer(200, json!({ "success": true, "result": rows }))
}

async fn template(State(standin): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    if let Some(refusal) = worn(&standin, &headers) {
        return refusal;
    }
    let Some(text) = fields.get("template") else { return answer(422, json!({ "message": "template is required" })) };
    standin.lock().templates.push((text.clone(), "moderation".to_owned()));
    answer(200, json!({ "success": true }))
}

async fn send(State(standin): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    if let Some(refusal) = worn(&standin, &headers) {
        return refusal;
    }
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let phone = field("mobile_phone");
    if phone.len() != 12 || !phone.starts_with("998") || !phone.bytes().all(|b| b.is_ascii_digit()) {
        return answer(400, json!({ "status": "error", "message": "mobile_phone is wrong" }));
    }
    let mut inner = standin.lock();
    if inner.broke {
        return answer(400, json!({ "status": "error", "message": "Недостаточно средств" }));
    }
    // Digits of a code may differ.
    let shape = |text: &str| -> String { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() };
    let text = field("message");
    let approved = |(known, status): &(String, String)| status == "service" && shape(known) == shape(&text);
    if inner.moderated && !inner.templates.iter().any(approved) {
        return answer(400, json!({ "status": "error", "message": "Этот смс текст не прошёл модерацию" }));
    }
    let id = format!("a9b1c2d3-0000-4000-8000-{:012}", inner.next());
    inner.texts.push(Text {
        provider: "eskiz",
        id: id.clone(),
        user_sms_id: field("user_sms_id"),
        phone,
        text,
        from: field("from"),
        callback_url: fields.get("callback_url").cloned(),
        status: "waiting".to_owned(),
    });
    answer(200, json!({ "id": id, "message": "Waiting for SMS provider", "status": "waiting" }))
}

async fn messages(State(standin): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    if let Some(refusal) = worn(&standin, &headers) {
        return refusal;
    }
    let number = |name: &str, default: usize| fields.get(name).and_then(|n| n.parse().ok()).unwrap_or(default);
    // `YYYY-MM-DD HH:MM`.
    if ["start_date", "to_date"].iter().any(|name| fields.get(*name).is_none_or(|at| at.len() != 16)) {
        return answer(422, json!({ "message": "dates are wrong" }));
    }
    let (size, page) = (number("page_size", 20), number("page", 1).max(1));
    let inner = standin.lock();
    let all = inner.texts.iter().filter(|text| text.provider == "eskiz");
    let rows: Vec<Value> = all
        .skip(size * (page - 1))
        .take(size)
        .map(|text| json!({ "id": text.id, "user_sms_id": text.user_sms_id, "to": text.phone, "status": text.status }))
        .collect();
    answer(200, json!({ "data": { "result": rows, "current_page": page }, "status": "success" }))
}

async fn status(State(standin): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refusal) = worn(&standin, &headers) {
        return refusal;
    }
    let inner = standin.lock();
    match inner.texts.iter().find(|text| text.id == id) {
        Some(text) => answer(200, json!({ "data": { "id": id, "status": text.status }, "status": "success" })),
        None => answer(404, json!({ "message": "Not found" })),
    }
}
