//! Files go through plain doors: photos through `POST /files`, so that they survive a form that is refused, and
//! spreadsheets through `POST /imports`.

use api::{ApiError, ApiResult};
use leptos::prelude::{SetValue, StoredValue, WithValue, window};
use model::{Code, Failure, imports::ImportCard, requests::FileView};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
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
    post("/files", &form, Code::NotAnImage).await
}

/// Sends a spreadsheet of a kind.
pub(crate) async fn send_table(kind: &str, file: &File) -> ApiResult<ImportCard> {
    let form = FormData::new().map_err(lost)?;
    form.append_with_str("kind", kind).map_err(lost)?;
    form.append_with_blob_and_filename("file", file, &file.name()).map_err(lost)?;
    post("/imports", &form, Code::NotASpreadsheet).await
}

/// Sends one file with some words to a door that takes both; empty words are left out.
pub(crate) async fn send_file<T: DeserializeOwned>(
    path: &str,
    fields: Vec<(&'static str, String)>,
    file: &File,
    unreadable: Code,
) -> ApiResult<T> {
    let form = FormData::new().map_err(lost)?;
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        form.append_with_str(name, &value).map_err(lost)?;
    }
    form.append_with_blob_and_filename("file", file, &file.name()).map_err(lost)?;
    post(path, &form, unreadable).await
}

/// `unreadable` is what a 422 without words of ours means here.
async fn post<T: DeserializeOwned>(path: &str, form: &FormData, unreadable: Code) -> ApiResult<T> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(form.as_ref());
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await.map_err(lost)?;
    let response: Response = answer.dyn_into().map_err(lost)?;
    let text = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?.as_string().unwrap_or_default();
    if response.ok() {
        return serde_json::from_str(&text).map_err(|_| Code::Unavailable.into());
    }
    // problem+json carries our code; a proxy's page carries only a status.
    Err(serde_json::from_str::<Failure>(&text)
        .map_or_else(|_| by_status(response.status(), unreadable).into(), ApiError::from))
}

fn by_status(status: u16, unreadable: Code) -> Code {
    match status {
        401 => Code::Unauthenticated,
        403 => Code::Forbidden,
        413 => Code::TooLarge,
        415 => Code::UnsupportedMedia,
        422 => unreadable,
        429 => Code::TooManyRequests,
        _ => Code::Unavailable,
    }
}
