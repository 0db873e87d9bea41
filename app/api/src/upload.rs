//! Sends photos through `POST /files`. Browser only: call it from event handlers and effects.

use crate::ApiResult;
use js_sys::Promise;
use model::{Code, Failure, requests::FileView};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};

/// Sends photos one after another and answers in their order.
///
/// # Errors
/// The first refusal; what was sent before it is kept on the server.
pub async fn upload(files: Vec<File>) -> ApiResult<Vec<FileView>> {
    let mut views = Vec::with_capacity(files.len());
    for file in &files {
        views.push(photo(file, |_| {}).await?);
    }
    Ok(views)
}

/// Sends one photo and reports how much of it is gone, in percent.
///
/// # Errors
/// `not_an_image`, `too_large`, `unavailable` without a network.
pub async fn photo(file: &File, on_progress: impl FnMut(u32) + 'static) -> ApiResult<FileView> {
    let request = send(file, on_progress).await.map_err(|_| Code::Unavailable)?;
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match request.status() {
        Ok(200..300) => serde_json::from_str::<Vec<FileView>>(&text)
            .ok()
            .and_then(|views| views.into_iter().next())
            .ok_or_else(|| Code::Unavailable.into()),
        // A proxy in between answers in its own words.
        Ok(413) => Err(Code::TooLarge.into()),
        Ok(401) => Err(Code::Unauthenticated.into()),
        _ => Err(serde_json::from_str::<Failure>(&text).unwrap_or_else(|_| Failure::new(Code::Unavailable)).into()),
    }
}

/// `fetch` cannot tell how far an upload is; the older request object can.
async fn send(file: &File, mut on_progress: impl FnMut(u32) + 'static) -> Result<XmlHttpRequest, JsValue> {
    let form = FormData::new()?;
    form.append_with_blob_and_filename("photos", file, &file.name())?;
    let request = XmlHttpRequest::new()?;
    request.open("POST", "/files")?;
    // A line that carries nothing must not hold the person up for ever.
    request.set_timeout(180_000);
    let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
        let share = 100.0 * event.loaded() / event.total().max(1.0);
        // 100 is said by the answer, not by the last byte.
        on_progress((0..100_u32).rev().find(|percent| f64::from(*percent) <= share).unwrap_or(0));
    });
    request.upload()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let finished = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form))?;
    JsFuture::from(finished).await?;
    Ok(request)
}
