//! The worker's steps on their way: the bridge to `public/js/queue.js`, which writes each down on the phone and sends them
//! in order. Browser only: call it from event handlers and effects.

use crate::ApiResult;
use chrono::{DateTime, Utc};
use js_sys::{Array, Function, Promise, Reflect};
use model::{
    Code, Failure, RequestId, UserId,
    requests::{FieldStep, RequestCard, Status},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

/// The event of the window when the queue has changed.
pub const CHANGED: &str = "uk:queue";

/// The event of the window when the script is there and the queue can be opened.
pub const READY: &str = "uk:queue-ready";

/// What a step will have changed, to be shown before the server knows of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ahead {
    /// Where the request stands then.
    pub status: Option<Status>,
    /// A point of the checklist, and whether it is ticked then.
    pub check: Option<(Uuid, bool)>,
}

/// A step that waits to be sent, or that the server refused.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Waiting {
    pub key: String,
    pub request: RequestId,
    /// The request in a few words: it may not be the worker's to see any more.
    pub about: String,
    /// The step in the worker's language.
    pub note: String,
    pub at: DateTime<Utc>,
    pub refused: Option<Failure>,
    pub ahead: Ahead,
    pub photos: usize,
}

/// Takes a step: the newer request when it went through at once, nothing when it waits for a connection.
///
/// # Errors
/// What the server refused it for; nothing is kept then, what was typed is still before the person.
pub async fn send(
    request: RequestId,
    about: String,
    step: &FieldStep,
    note: String,
    ahead: Ahead,
    photos: Vec<File>,
) -> ApiResult<Option<RequestCard>> {
    let away = || Code::Unavailable;
    let step = serde_json::to_string(step).map_err(|_| Code::Internal)?;
    let ahead = serde_json::to_string(&ahead).map_err(|_| Code::Internal)?;
    let photos: Array = photos.into_iter().collect();
    let texts = [request.to_string(), about, step, note, ahead].map(JsValue::from);
    let args = texts.into_iter().chain([JsValue::from(photos)]);
    let answer = wait_for("put", args.collect()).await.ok_or_else(away)?;
    let text = |name: &str| Reflect::get(&answer, &name.into()).ok().and_then(|value| value.as_string());
    let body = text("body").unwrap_or_default();
    match text("state").as_deref() {
        Some("sent") if body.is_empty() => Ok(None),
        Some("sent") => Ok(Some(serde_json::from_str(&body).map_err(|_| away())?)),
        Some("refused") => Err(serde_json::from_str::<Failure>(&body).unwrap_or_else(|_| away().into()).into()),
        Some(_) => Ok(None),
        None => Err(away().into()),
    }
}

/// Says whose phone this is now, and lets go what waits.
pub async fn open(user: UserId) {
    wait_for("open", Array::of1(&user.to_string().into())).await;
}

/// Everything that waits or was refused, in order.
pub async fn list() -> Vec<Waiting> {
    let text = wait_for("list", Array::new()).await.and_then(|answer| answer.as_string());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// Tries a refused step once more, if need be as one that is taken now.
pub async fn again(key: String, now: bool) {
    wait_for("again", [JsValue::from(key), JsValue::from(now)].into_iter().collect()).await;
}

/// Forgets a step.
pub async fn discard(key: String) {
    wait_for("drop", Array::of1(&key.into())).await;
}

/// Keeps a page as the server draws it now, for when there is no connection.
pub fn keep(path: &str) {
    call("keep", &Array::of1(&path.into()));
}

/// Whether a page was kept.
pub async fn kept(path: &str) -> bool {
    wait_for("kept", Array::of1(&path.into())).await.is_some_and(|answer| answer.is_truthy())
}

fn call(name: &str, args: &Array) -> Option<JsValue> {
    let queue = Reflect::get(&js_sys::global(), &"ukQueue".into()).ok()?;
    let method: Function = Reflect::get(&queue, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(&queue, args).ok()
}

async fn wait_for(name: &str, args: Array) -> Option<JsValue> {
    let promise: Promise = call(name, &args)?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_reads_what_the_script_writes() {
        let text = r#"[{"key":"a","request":"00000000-0000-0000-0000-000000000001","about":"Navoiy 12","note":"Started",
            "at":"2026-05-12T10:00:00.000Z","refused":{"code":"illegal_transition","fields":[]},
            "ahead":{"status":"in_progress","check":null},"photos":2},
            {"key":"b","request":"00000000-0000-0000-0000-000000000001","about":"","note":"Ticked",
            "at":"2026-05-12T10:01:00.000Z","refused":null,
            "ahead":{"check":["00000000-0000-0000-0000-000000000002",true]},"photos":0}]"#;
        let all: Vec<Waiting> = serde_json::from_str(text).unwrap();
        assert_eq!(all[0].refused.as_ref().map(|failure| failure.code), Some(Code::IllegalTransition));
        assert_eq!(all[0].ahead.status, Some(Status::InProgress));
        assert_eq!(all[1].ahead.check.map(|(_, done)| done), Some(true));
    }
}
