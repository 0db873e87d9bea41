//! Photos: uploaded first, attached to a request by the command that names them. Pages use the same handlers under
//! `/files`.

use super::{
    extract::{Auth, Id, Json},
    problem::{Answer, Problem},
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Actor, Ctx, Error, files, requests};
use model::{
    Code, FileId,
    requests::{FileView, RedactPhoto},
};
use serde::Deserialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Photos in one call.
pub const MOST: usize = 10;
/// How long a presigned address works; a redirect to it is kept half as long.
const PRESIGNED: Duration = Duration::from_secs(600);

pub fn routes() -> Routes {
    // Parts are read one by one, each against the limit of a file, so the whole needs none.
    let upload = Routes::new().routes(routes!(upload)).layer(DefaultBodyLimit::disable());
    upload.merge(Routes::new().routes(routes!(picture)).routes(routes!(thumb)).routes(routes!(redact)))
}

/// JPEG, PNG or WebP photos.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "describes the form")]
struct PhotoForm {
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 10)]
    photos: Vec<Vec<u8>>,
}

/// Takes photos in: re-encoded, without metadata, with a thumbnail. One that is never attached is forgotten after four days.
#[utoipa::path(
    post, path = "/files", tag = "files", operation_id = "uploadFiles",
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The photos, in order", body = [FileView]),
        (status = 413, description = "A photo is larger than allowed, in bytes or in pixels"),
        (status = 422, description = "`not_an_image`, or a part that is not `photos`"),
    )
)]
pub async fn upload(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Reply<Vec<FileView>>)> {
    let form = form.map_err(|refusal| Problem::from(Code::UnsupportedMedia).detail(refusal.body_text()))?;
    Ok((StatusCode::CREATED, Reply(receive(&ctx, &actor, form).await?)))
}

async fn receive(ctx: &Ctx, actor: &Actor, mut form: Multipart) -> Answer<Vec<FileView>> {
    let mut views = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("photos") {
            return Err(Error::field(&format!("/{}", field.name().unwrap_or_default()), "unknown").into());
        }
        if views.len() == MOST {
            return Err(Error::field("/photos", "too_long").into());
        }
        let bytes = read(field, ctx.config.server.upload_limit_bytes).await.map_err(broken)?.ok_or(Code::TooLarge)?;
        views.push(files::upload(ctx, actor, bytes).await?);
    }
    if views.is_empty() {
        return Err(Error::field("/photos", "required").into());
    }
    Ok(views)
}

/// The bytes of one part; `None`, as soon as that is known, when they are more than `limit`.
pub async fn read(mut field: Field<'_>, limit: usize) -> Result<Option<Vec<u8>>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn broken(error: MultipartError) -> Problem {
    let too_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    Problem::from(if too_large { Code::TooLarge } else { Code::BadRequest }).detail(error.body_text())
}

/// A picture's bytes.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes the answer")]
pub(super) struct Picture(Vec<u8>);

/// A photo, at most 2048 pixels on the long side.
#[utoipa::path(
    get, path = "/files/{id}", tag = "files", operation_id = "getFile",
    params(("id" = FileId, Path), ("If-None-Match" = Option<String>, Header, description = "An `ETag` seen before")),
    responses(
        (status = 200, description = "The photo", body = Picture, content_type = "image/jpeg", headers(("ETag" = String))),
        (status = 302, description = "The photo is in a file store, at `Location` for ten minutes", headers(("Location" = String))),
        (status = 304, description = "Nothing has changed", headers(("ETag" = String))),
    )
)]
pub async fn picture(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<FileId>,
    headers: HeaderMap,
) -> Answer<Response> {
    serve(&ctx, &actor, id, false, &headers).await
}

/// A photo, at most 320 pixels on the long side.
#[utoipa::path(
    get, path = "/files/{id}/thumb", tag = "files", operation_id = "getThumbnail",
    params(("id" = FileId, Path), ("If-None-Match" = Option<String>, Header, description = "An `ETag` seen before")),
    responses(
        (status = 200, description = "The photo", body = Picture, content_type = "image/jpeg", headers(("ETag" = String))),
        (status = 302, description = "The photo is in a file store, at `Location` for ten minutes", headers(("Location" = String))),
        (status = 304, description = "Nothing has changed", headers(("ETag" = String))),
    )
)]
pub async fn thumb(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<FileId>,
    headers: HeaderMap,
) -> Answer<Response> {
    serve(&ctx, &actor, id, true, &headers).await
}

/// Paints parts of a photo of a request black, for good: a licence plate, a face, what stands in a home. What is made takes the photo's
/// place under an id of its own; the photo as it was is deleted, and its id names nothing.
#[utoipa::path(
    post, path = "/files/{id}/redact", tag = "files", operation_id = "redactFile",
    params(("id" = FileId, Path)),
    request_body(content = RedactPhoto, example = json!({ "rectangles": [{ "x": 100, "y": 250, "w": 300, "h": 120 }] })),
    responses((status = 200, description = "The photo that took its place", body = FileView)),
)]
async fn redact(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<FileId>,
    Json(command): Json<RedactPhoto>,
) -> Answer<Reply<FileView>> {
    Ok(Reply(requests::redact(&ctx, &actor, id, &command).await?))
}

async fn serve(ctx: &Ctx, actor: &Actor, id: FileId, thumb: bool, headers: &HeaderMap) -> Answer<Response> {
    let found = files::locate(ctx, actor, id, thumb).await?;
    let store = |error| Error::internal("blob store", error);
    if let Some(url) = ctx.blobs.presigned_get(&found.key, PRESIGNED).await.map_err(store)? {
        let caching = (header::CACHE_CONTROL, format!("private, max-age={}", PRESIGNED.as_secs() / 2));
        return Ok((StatusCode::FOUND, [(header::LOCATION, url), caching]).into_response());
    }
    // The bytes behind an id never change: a photo with hidden parts is another one. The right to see them may.
    let tag = format!("\"{id}{}\"", if thumb { "-thumb" } else { "" });
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|t| t.trim().trim_start_matches("W/") == tag);
    let caching = [(header::CACHE_CONTROL, "private, max-age=600".to_owned()), (header::ETAG, tag)];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let blob = ctx.blobs.get(&found.key).await.map_err(store)?;
    let blob = blob.ok_or_else(|| Error::internal("blob store", format!("the bytes of file {id} are gone")))?;
    let safe = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (HeaderName::from_static("content-disposition"), HeaderValue::from_static("inline")),
    ];
    Ok((caching, safe, [(header::CONTENT_TYPE, found.content_type)], blob.bytes).into_response())
}
