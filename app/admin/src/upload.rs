//! Photos go through the plain door `POST /files`, so that they survive a form that is refused.

use api::{ApiError, ApiResult};
use leptos::prelude::{SetValue, StoredValue, WithValue, window};
use model::{Code, Failure, requests::FileView};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, RequestInit, Response};

fn lost(_: JsValue) -> ApiError {
    Code::Unavailable.into()
}

/// Files chosen on the page. A plain local value would panic when the server drops it on another thread.
#[derive(Clone, Copy)]
pub(crate) struct Chosen(StoredValue<Vec<SendWrapper<File>>>);

impl Chosen {
    pub(crate) fn new() -> Self {
        Self(StoredValue::new(Vec::new()))
    }

    pub(crate) fn set(self, files: Vec<File>) {
        self.0.set_value(files.into_iter().map(SendWrapper::new).collect());
    }

    pub(crate) fn get(self) -> Vec<File> {
        self.0.with_value(|files| files.iter().map(|file| File::clone(file)).collect())
    }
}

/// Uploads photos and returns them in their order.
pub(crate) async fn upload(files: Vec<File>) -> ApiResult<Vec<FileView>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let form = FormData::new().map_err(lost)?;
    for file in &files {
        form.append_with_blob_and_filename("photos", file, &file.name()).map_err(lost)?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(form.as_ref());
    let answer = JsFuture::from(window().fetch_with_str_and_init("/files", &init)).await.map_err(lost)?;
    let response: Response = answer.dyn_into().map_err(lost)?;
    let text = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?.as_string().unwrap_or_default();
    if response.ok() {
        return serde_json::from_str(&text).map_err(|_| Code::Unavailable.into());
    }
    // problem+json carries our code; a proxy's page carries only a status.
    Err(serde_json::from_str::<Failure>(&text).map_or_else(|_| by_status(response.status()).into(), ApiError::from))
}

fn by_status(status: u16) -> Code {
    match status {
        401 => Code::Unauthenticated,
        403 => Code::Forbidden,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMedia,
        422 => Code::NotAnImage,
        429 => Code::TooManyRequests,
        _ => Code::Unavailable,
    }
}
