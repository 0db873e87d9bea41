//! The Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`.

use super::{
    body::Params,
    markup,
    state::{Chat, FaultKind, File, Inner, Message, Shared, Standin, Webhook},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::{Value, json};
use std::{io, time::Duration};

/// What bots may download.
const DOWNLOAD_LIMIT: usize = 20 * 1024 * 1024;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/bot{token}/{method}", any(call))
        .route("/file/bot{token}/{*path}", get(file))
        .layer(axum::extract::DefaultBodyLimit::max(50 * 1024 * 1024))
}

/// A refusal: code and Telegram's description.
struct Refusal(u16, String);

type Answer = Result<Value, Refusal>;

fn bad(text: &str) -> Refusal {
    Refusal(400, format!("Bad Request: {text}"))
}

async fn call(
    State(standin): State<Shared>,
    Path((token, method)): Path<(String, String)>,
    request: Request,
) -> Response {
    if token != standin.token {
        return answer(Err(Refusal(401, "Unauthorized".to_owned())));
    }
    // Method names are not case-sensitive.
    let method = method.to_lowercase();
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(problem) => return answer(Err(bad(&problem))),
    };
    let fault = standin.lock().fault(&method);
    let early = match fault {
        Some(FaultKind::Throttle(seconds)) => Some(throttled(seconds)),
        Some(FaultKind::Error) => Some(answer(Err(Refusal(500, "Internal Server Error".to_owned())))),
        Some(FaultKind::Slow(milliseconds)) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            None
        }
        Some(FaultKind::Drop) | None => None,
    };
    if let Some(early) = early {
        record(&standin, &method, &params, early.status());
        return early;
    }
    let answer = answer(run(&standin, &method, &params));
    record(&standin, &method, &params, answer.status());
    if matches!(fault, Some(FaultKind::Drop)) { broken() } else { answer }
}

fn record(standin: &Standin, method: &str, params: &Params, status: StatusCode) {
    standin.lock().record(json!({ "method": method, "params": params.values, "status": status.as_u16() }));
}

fn answer(result: Answer) -> Response {
    match result {
        Ok(result) => axum::Json(json!({ "ok": true, "result": result })).into_response(),
        Err(Refusal(code, description)) => {
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
            (status, axum::Json(json!({ "ok": false, "error_code": code, "description": description }))).into_response()
        }
    }
}

fn throttled(seconds: u32) -> Response {
    let body = json!({
        "ok": false, "error_code": 429, "description": format!("Too Many Requests: retry after {seconds}"),
        "parameters": { "retry_after": seconds },
    });
    (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response()
}

/// An answer whose body breaks off.
fn broken() -> Response {
    let failure = futures::stream::once(async { Err::<Bytes, _>(io::Error::other("dropped")) });
    Response::new(Body::from_stream(failure))
}

fn run(standin: &Shared, method: &str, params: &Params) -> Answer {
    let mut inner = standin.lock();
    match method {
        "getme" => {
            let mut me = standin.bot_user();
            for (name, value) in [
                ("can_join_groups", false),
                ("can_read_all_group_messages", false),
                ("supports_inline_queries", false),
                ("can_connect_to_business", false),
                ("has_main_web_app", false),
            ] {
                me[name] = value.into();
            }
            Ok(me)
        }
        "setwebhook" => set_webhook(&mut inner, params),
        "deletewebhook" => {
            inner.webhook = Webhook { pending: inner.webhook.pending, ..Webhook::default() };
            Ok(true.into())
        }
        "getwebhookinfo" => Ok(webhook_info(&inner.webhook)),
        "setmycommands" => {
            let lang = params.text("language_code").unwrap_or_default().to_owned();
            inner.commands.insert(lang, params.json("commands").ok_or_else(|| bad("commands are missing"))?);
            Ok(true.into())
        }
        "sendchataction" => chat(&mut inner, params).map(|_| true.into()),
        "sendmessage" => send(standin, &mut inner, params, None),
        "sendphoto" => {
            let photo = received_photo(&mut inner, params)?;
            send(standin, &mut inner, params, Some(photo))
        }
        "editmessagetext" => edit(standin, &mut inner, params, true),
        "editmessagereplymarkup" => edit(standin, &mut inner, params, false),
        "answercallbackquery" => answer_press(&mut inner, params),
        "getfile" => {
            let id = params.text("file_id").unwrap_or_default();
            let file = inner.files.get(id).ok_or_else(|| bad("invalid file_id"))?;
            if file.bytes.len() > DOWNLOAD_LIMIT {
                return Err(bad("file is too big"));
            }
            Ok(json!({ "file_id": id, "file_unique_id": id, "file_size": file.bytes.len(), "file_path": file.path }))
        }
        _ => Err(Refusal(404, "Not Found".to_owned())),
    }
}

fn set_webhook(inner: &mut Inner, params: &Params) -> Answer {
    let url = params.text("url").unwrap_or_default();
    let secret = params.text("secret_token").map(str::to_owned);
    let good =
        |s: &String| (1..=256).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if secret.as_ref().is_some_and(|s| !good(s)) {
        return Err(bad("secret token contains unallowed characters"));
    }
    inner.webhook.url = Some(url.to_owned()).filter(|url| !url.is_empty());
    inner.webhook.secret = secret;
    Ok(true.into())
}

fn webhook_info(webhook: &Webhook) -> Value {
    let mut info = json!({
        "url": webhook.url.as_deref().unwrap_or_default(), "has_custom_certificate": false,
        "pending_update_count": webhook.pending,
    });
    if let Some((at, problem)) = &webhook.last_error {
        info["last_error_date"] = (*at).into();
        info["last_error_message"] = problem.clone().into();
    }
    info
}

fn chat<'a>(inner: &'a mut Inner, params: &Params) -> Result<&'a mut Chat, Refusal> {
    let chat = params.number("chat_id").and_then(|id| inner.chats.get_mut(&id)).ok_or_else(|| bad("chat not found"))?;
    if chat.blocked {
        return Err(Refusal(403, "Forbidden: bot was blocked by the user".to_owned()));
    }
    Ok(chat)
}

/// Text or caption, checked as Telegram checks it.
fn words(params: &Params, name: &str, limit: usize) -> Result<markup::Parsed, Refusal> {
    let text = params.text(name).unwrap_or_default();
    let html = params.text("parse_mode").is_some_and(|mode| mode.eq_ignore_ascii_case("html"));
    let parsed = if html { markup::html(text).map_err(|text| Refusal(400, text))? } else { markup::plain(text) };
    if markup::utf16(&parsed.text) > limit {
        return Err(bad("message is too long"));
    }
    Ok(parsed)
}

/// The keyboard of a call: inline ones belong to the message, others to the chat.
fn keyboard(params: &Params) -> Result<Option<Value>, Refusal> {
    let Some(markup) = params.json("reply_markup") else { return Ok(None) };
    for button in markup["inline_keyboard"].as_array().into_iter().flatten().filter_map(Value::as_array).flatten() {
        let data = button["callback_data"].as_str().map(str::len);
        if button["text"].as_str().is_none_or(str::is_empty) || data.is_some_and(|n| !(1..=64).contains(&n)) {
            return Err(bad("BUTTON_DATA_INVALID"));
        }
    }
    Ok(Some(markup))
}

fn inline(markup: Option<Value>) -> Option<Value> {
    markup.filter(|m| m["inline_keyboard"].as_array().is_some_and(|rows| !rows.is_empty()))
}

fn send(standin: &Standin, inner: &mut Inner, params: &Params, photo: Option<Value>) -> Answer {
    let parsed = match photo {
        Some(_) => words(params, "caption", 1024)?,
        None => words(params, "text", 4096)?,
    };
    if photo.is_none() && parsed.text.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    let markup = keyboard(params)?;
    let id = inner.next();
    let chat = chat(inner, params)?;
    match &markup {
        Some(m) if m.get("keyboard").is_some() => chat.keyboard = markup.clone(),
        Some(m) if m.get("remove_keyboard").is_some() => chat.keyboard = None,
        _ => {}
    }
    let message = Message {
        id,
        date: standin.now(),
        from_bot: true,
        text: parsed.text,
        html: parsed.html,
        entities: parsed.entities,
        photo,
        markup: inline(markup),
        ..Message::default()
    };
    let shown = standin.message_json(chat, &message);
    chat.messages.push(message);
    Ok(shown)
}

fn edit(standin: &Standin, inner: &mut Inner, params: &Params, with_text: bool) -> Answer {
    let parsed = if with_text { Some(words(params, "text", 4096)?) } else { None };
    if parsed.as_ref().is_some_and(|p| p.text.trim().is_empty()) {
        return Err(bad("message text is empty"));
    }
    let markup = inline(keyboard(params)?);
    let id = params.number("message_id").unwrap_or_default();
    let chat = chat(inner, params)?;
    let message = chat.bots_message(id).ok_or_else(|| bad("message to edit not found"))?;
    let old = message.clone();
    if let Some(parsed) = parsed {
        (message.text, message.html, message.entities) = (parsed.text, parsed.html, parsed.entities);
    }
    message.markup = markup;
    if message.html == old.html && message.markup == old.markup {
        return Err(bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current \
             content and reply markup of the message",
        ));
    }
    message.edited = with_text;
    let message = message.clone();
    Ok(standin.message_json(chat, &message))
}

fn answer_press(inner: &mut Inner, params: &Params) -> Answer {
    let known = params.text("callback_query_id").and_then(|id| inner.presses.remove(id));
    let Some(chat) = known.and_then(|chat| inner.chats.get_mut(&chat)) else {
        return Err(bad("query is too old and response timeout expired or query id is invalid"));
    };
    let text = params.text("text").unwrap_or_default();
    if text.chars().count() > 200 {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    if !text.is_empty() {
        chat.notes.push(text.to_owned());
    }
    Ok(true.into())
}

/// A photo that the bot sends: uploaded now, or known by its id.
fn received_photo(inner: &mut Inner, params: &Params) -> Result<Value, Refusal> {
    let named = params.text("photo").unwrap_or_default();
    if inner.files.contains_key(named) {
        return Ok(photo_sizes(inner, named));
    }
    let part = named.strip_prefix("attach://").unwrap_or("photo");
    let bytes = params.files.get(part).ok_or_else(|| bad("there is no photo in the request"))?.clone();
    let id = keep_file(inner, bytes);
    Ok(photo_sizes(inner, &id))
}

/// Stores a file; gives back its id.
pub(super) fn keep_file(inner: &mut Inner, bytes: Bytes) -> String {
    let number = inner.next();
    let id = format!("file{number}");
    inner.files.insert(id.clone(), File { path: format!("photos/file_{number}.jpg"), bytes });
    id
}

/// A photo's sizes: a small one first, as Telegram lists them.
pub(super) fn photo_sizes(inner: &Inner, id: &str) -> Value {
    let bytes = inner.files.get(id).map(|file| file.bytes.clone()).unwrap_or_default();
    let reader = image::ImageReader::new(io::Cursor::new(&bytes)).with_guessed_format();
    let (width, height) = reader.ok().and_then(|r| r.into_dimensions().ok()).unwrap_or((1280, 960));
    let size = |id: &str, by: u32| json!({ "file_id": id, "file_unique_id": id, "width": (width / by).max(1), "height": (height / by).max(1), "file_size": bytes.len() });
    json!([size(&format!("{id}-small"), 4), size(id, 1)])
}

async fn file(State(standin): State<Shared>, Path((token, path)): Path<(String, String)>) -> Response {
    let inner = standin.lock();
    match inner.files.values().find(|file| file.path == path).filter(|_| token == standin.token) {
        Some(file) => file.bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
