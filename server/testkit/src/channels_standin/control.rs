//! The control API: what was sent, and what providers and people do besides. JSON in, JSON out.

use super::{
    push,
    state::{Shared, Waiting},
};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/control/state", get(state))
        .route("/control/faults", post(faults))
        .route("/control/eskiz", post(eskiz))
        .route("/control/eskiz/report", post(report))
        .route("/control/push/subscribe", post(subscribe))
        .route("/control/push/adopt", post(adopt))
        .route("/control/push/end", post(end))
        .route("/control/fcm/account", get(account))
        .route("/control/fcm/device", post(device))
}

async fn state(State(standin): State<Shared>) -> Json<Value> {
    let inner = standin.lock();
    Json(json!({
        "calls": inner.calls, "texts": inner.texts, "logins": inner.logins, "refreshes": inner.refreshes,
        "pushes": inner.pushes, "notifications": inner.notifications, "templates": inner.templates,
    }))
}

/// `{path, count, kind: status | slow | drop, status, retry_after, millis}`: trouble for calls whose path holds `path`.
async fn faults(State(standin): State<Shared>, Json(waiting): Json<Waiting>) -> StatusCode {
    standin.lock().play(waiting);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    /// All tokens are worn from now on; the value says how that is answered.
    expire: Option<u16>,
    moderated: Option<bool>,
    approve: Option<String>,
    broke: Option<bool>,
    /// `[id, status]`: how a message stands, without a report.
    stands: Option<(String, String)>,
}

async fn eskiz(State(standin): State<Shared>, Json(told): Json<Account>) -> StatusCode {
    let mut inner = standin.lock();
    if let Some(status) = told.expire {
        inner.tokens.clear();
        inner.worn_is_500 = status == 500;
    }
    inner.moderated = told.moderated.unwrap_or(inner.moderated);
    inner.broke = told.broke.unwrap_or(inner.broke);
    if let Some(text) = told.approve {
        inner.templates.retain(|(known, _)| *known != text);
        inner.templates.push((text, "service".to_owned()));
    }
    if let Some((id, status)) = told.stands {
        inner.texts.iter_mut().filter(|text| text.id == id).for_each(|text| text.status.clone_from(&status));
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Reported {
    id: String,
    status: String,
    #[serde(default)]
    form: bool,
}

/// Calls the address that came with a message, as Eskiz does; answers with what was answered.
async fn report(State(standin): State<Shared>, Json(told): Json<Reported>) -> Json<Value> {
    let text = standin.lock().texts.iter_mut().find(|text| text.id == told.id).map(|text| {
        text.status.clone_from(&told.status);
        text.clone()
    });
    let Some((text, url)) = text.and_then(|text| text.callback_url.clone().map(|url| (text, url))) else {
        return Json(json!({ "error": "no such message, or no address" }));
    };
    let fields = [
        ("request_id", told.id.as_str()),
        ("message_id", "4385062"),
        ("user_sms_id", text.user_sms_id.as_str()),
        ("country", "UZ"),
        ("phone_number", text.phone.as_str()),
        ("sms_count", "1"),
        ("status", told.status.as_str()),
    ];
    let request = standin.client.post(url);
    let request = if told.form {
        request.form(&fields)
    } else {
        request.json(&fields.into_iter().collect::<std::collections::BTreeMap<_, _>>())
    };
    match request.send().await {
        Ok(answer) => Json(json!({ "status": answer.status().as_u16() })),
        Err(error) => Json(json!({ "error": error.to_string() })),
    }
}

/// A browser subscribes: `{endpoint, p256dh, auth}`.
async fn subscribe(State(standin): State<Shared>) -> Json<Value> {
    Json(push::subscribe(&standin))
}

/// A browser that keeps its keys to itself subscribes: `{endpoint}`. What it is sent is in the list of pushes as `body`.
async fn adopt(State(standin): State<Shared>) -> Json<Value> {
    Json(push::adopt(&standin))
}

#[derive(Deserialize)]
struct Ended {
    endpoint: String,
}

/// A browser is gone: its address answers 410 from now on.
async fn end(State(standin): State<Shared>, Json(told): Json<Ended>) -> StatusCode {
    let mut inner = standin.lock();
    match told.endpoint.rsplit('/').next().and_then(|id| inner.browsers.get_mut(id)) {
        Some(browser) => {
            browser.gone = true;
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

/// The JSON of a service account that is known here.
async fn account(State(standin): State<Shared>) -> Json<Value> {
    Json(standin.firebase.account(&standin.origin))
}

#[derive(Deserialize)]
struct Device {
    token: String,
    /// An error code of Firebase's.
    answer: String,
}

async fn device(State(standin): State<Shared>, Json(told): Json<Device>) -> StatusCode {
    standin.lock().devices.insert(told.token, told.answer);
    StatusCode::NO_CONTENT
}
