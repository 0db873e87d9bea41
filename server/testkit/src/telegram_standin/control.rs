//! The control API: people's actions, faults, and looking at what happened. JSON in, JSON out.

use super::{
    body::Params,
    deliver, people,
    state::{Fault, FaultKind, Shared},
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Multipart, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/control/info", get(info))
        .route("/control/chats", get(chats))
        .route("/control/chat", post(open_chat))
        .route("/control/chat/{id}", get(chat))
        .route("/control/calls", get(calls))
        .route("/control/file/{id}", get(file))
        .route("/control/send_text", post(send_text))
        .route("/control/send_contact", post(send_contact))
        .route("/control/send_photo", post(send_photo))
        .route("/control/press", post(press))
        .route("/control/block", post(block))
        .route("/control/raw", post(raw))
        .route("/control/repeat", post(repeat))
        .route("/control/faults", post(faults))
        .route("/control/reset", post(reset))
        .layer(DefaultBodyLimit::max(60 * 1024 * 1024))
}

/// An answer, or 400 with what is wrong.
struct Reply(Result<Value, &'static str>);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self.0 {
            Ok(value) => Json(value).into_response(),
            Err(problem) => (StatusCode::BAD_REQUEST, Json(json!({ "error": problem }))).into_response(),
        }
    }
}

impl From<people::Done> for Reply {
    fn from(done: people::Done) -> Self {
        Self(done.map(|update_id| json!({ "update_id": update_id })))
    }
}

async fn read(request: Request) -> Params {
    Params::read(request).await.unwrap_or_default()
}

fn chat_id(params: &Params) -> i64 {
    params.number("chat_id").unwrap_or_default()
}

async fn info(State(standin): State<Shared>) -> Json<Value> {
    let inner = standin.lock();
    let error = inner.webhook.last_error.as_ref().map(|(_, text)| text);
    Json(json!({
        "bot": standin.bot_user(), "phones": standin.phones, "webhook": inner.webhook.url, "pending": inner.webhook.pending,
        "last_error": error, "commands": inner.commands, "faults": inner.faults.len(),
    }))
}

async fn chats(State(standin): State<Shared>) -> Json<Value> {
    let inner = standin.lock();
    let list = inner.chats.values().map(|chat| {
        let last = chat.messages.last().map(|m| m.text.chars().take(60).collect::<String>());
        json!({ "chat_id": chat.id, "first_name": chat.name, "phone": chat.phone, "blocked": chat.blocked, "last": last })
    });
    Json(list.collect())
}

async fn open_chat(State(standin): State<Shared>, request: Request) -> Json<Value> {
    let params = read(request).await;
    let text = |name, default| params.text(name).filter(|t| !t.trim().is_empty()).unwrap_or(default).trim().to_owned();
    let id = standin.open_chat(&text("first_name", "Guest"), &text("phone", ""), &text("lang", "ru"));
    Json(json!({ "chat_id": id }))
}

async fn chat(State(standin): State<Shared>, Path(id): Path<i64>) -> Reply {
    Reply(standin.lock().chats.get(&id).map(super::state::Chat::view).ok_or("there is no such chat"))
}

async fn calls(State(standin): State<Shared>) -> Json<Value> {
    Json(standin.lock().calls.iter().cloned().collect())
}

async fn file(State(standin): State<Shared>, Path(id): Path<String>) -> Response {
    match standin.lock().files.get(&id) {
        Some(file) => ([(header::CONTENT_TYPE, "image/jpeg")], file.bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn send_text(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    people::text(&standin, chat_id(&params), params.text("text").unwrap_or_default()).into()
}

async fn send_contact(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    people::contact(&standin, chat_id(&params), params.text("phone")).into()
}

/// Multipart: `chat_id`, `caption`, any number of `photo`.
async fn send_photo(State(standin): State<Shared>, mut parts: Multipart) -> Reply {
    let (mut chat, mut caption, mut photos) = (0, String::new(), Vec::new());
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        let Ok(bytes) = part.bytes().await else { return Reply(Err("the photo did not arrive")) };
        match name.as_str() {
            "chat_id" => chat = String::from_utf8_lossy(&bytes).trim().parse().unwrap_or_default(),
            "caption" => caption = String::from_utf8_lossy(&bytes).into_owned(),
            _ => photos.push(bytes),
        }
    }
    people::photos(&standin, chat, &caption, photos).into()
}

async fn press(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    let message = params.number("message_id").unwrap_or_default();
    people::press(&standin, chat_id(&params), message, params.text("data").unwrap_or_default()).into()
}

async fn block(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    let blocked = params.values.get("blocked").and_then(Value::as_bool).unwrap_or(true);
    people::block(&standin, chat_id(&params), blocked).into()
}

/// Delivers any update in a chat: `{chat_id, update}`.
async fn raw(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    let Some(update) = params.json("update").filter(Value::is_object) else { return Reply(Err("there is no update")) };
    Ok(standin.lock().push(chat_id(&params), update)).into()
}

/// Delivers an earlier update once more: `{update_id}`.
async fn repeat(State(standin): State<Shared>, request: Request) -> Reply {
    let id = read(request).await.number("update_id").unwrap_or_default();
    let update = standin.lock().updates.get(&id).cloned();
    match update {
        Some(update) => Reply(Ok(json!({ "taken": deliver::once(&standin, &update).await }))),
        None => Reply(Err("there is no such update")),
    }
}

/// `{kind: throttle | error | slow | drop, count, method, retry_after, delay_ms}`.
async fn faults(State(standin): State<Shared>, request: Request) -> Reply {
    let params = read(request).await;
    let number = |name, default| params.number(name).unwrap_or(default);
    let kind = match params.text("kind").unwrap_or_default() {
        "throttle" => FaultKind::Throttle(u32::try_from(number("retry_after", 1)).unwrap_or(1)),
        "error" => FaultKind::Error,
        "slow" => FaultKind::Slow(u64::try_from(number("delay_ms", 1000)).unwrap_or(1000)),
        "drop" => FaultKind::Drop,
        _ => return Reply(Err("kind is throttle, error, slow or drop")),
    };
    let left = u32::try_from(number("count", 1)).unwrap_or(1);
    let method = params.text("method").map(str::to_lowercase);
    standin.lock().faults.push_back(Fault { kind, left, method });
    Reply(Ok(json!({ "ok": true })))
}

async fn reset(State(standin): State<Shared>) -> Json<Value> {
    standin.lock().reset();
    Json(json!({ "ok": true }))
}
