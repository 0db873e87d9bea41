//! Photos for pages: uploads in, pictures out. The REST door has the same under `/api/v1/files`.

use super::v1::problem::Problem;
use api::context::{Caller, TraceId};
use axum::{
    Extension, Json,
    extract::{Multipart, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, Error, files};
use model::{Code, FileId};
use std::time::Duration;

/// How long a browser may keep a picture and a presigned address works.
const KEEP: Duration = Duration::from_secs(600);

/// `POST /files`: every part named `photos`; answers with their views.
pub async fn upload(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    form: Multipart,
) -> Response {
    match take_in(&ctx, caller, form).await {
        Ok(views) => (StatusCode::CREATED, Json(views)).into_response(),
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

async fn take_in(ctx: &Ctx, caller: Caller, mut form: Multipart) -> Result<Vec<model::requests::FileView>, Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let mut views = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| Code::BadRequest)? {
        if field.name() == Some("photos") {
            let bytes = field.bytes().await.map_err(|_| Code::TooLarge)?;
            views.push(files::upload(ctx, &actor, bytes.to_vec()).await?);
        }
    }
    Ok(views)
}

pub async fn full(
    state: State<Ctx>,
    caller: Extension<Caller>,
    trace: Extension<TraceId>,
    id: Path<String>,
    headers: HeaderMap,
) -> Response {
    picture(state, caller, trace, id, headers, false).await
}

pub async fn thumb(
    state: State<Ctx>,
    caller: Extension<Caller>,
    trace: Extension<TraceId>,
    id: Path<String>,
    headers: HeaderMap,
) -> Response {
    picture(state, caller, trace, id, headers, true).await
}

async fn picture(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(trace): Extension<TraceId>,
    Path(id): Path<String>,
    headers: HeaderMap,
    thumb: bool,
) -> Response {
    match bytes(&ctx, caller, &id, &headers, thumb).await {
        Ok(response) => response,
        Err(error) => Problem::from(error.into_failure(Some(trace.0))).into_response(),
    }
}

async fn bytes(ctx: &Ctx, caller: Caller, id: &str, headers: &HeaderMap, thumb: bool) -> Result<Response, Error> {
    let actor = caller.0.ok_or(Code::Unauthenticated)?;
    let id: FileId = id.parse().map_err(|_| Code::NotFound)?;
    let found = files::locate(ctx, &actor, id, thumb).await?;
    let blobs = |e| Error::internal("blob store", e);
    if let Some(url) = ctx.blobs.presigned_get(&found.key, KEEP).await.map_err(blobs)? {
        return Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response());
    }
    // The bytes behind an id never change.
    let etag = format!("\"{id}{}\"", if thumb { "-t" } else { "" });
    let caching = [(header::CACHE_CONTROL, "private, max-age=600".to_owned()), (header::ETAG, etag.clone())];
    if headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(etag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let blob = ctx.blobs.get(&found.key).await.map_err(blobs)?.ok_or(Code::NotFound)?;
    Ok((caching, [(header::CONTENT_TYPE, found.content_type)], blob.bytes).into_response())
}
