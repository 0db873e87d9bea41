//! Photos that clients send by themselves: announced, sent to the address in the answer, confirmed. The address is the S3
//! store's own where there is one, else ours.

use super::{
    extract::{Auth, Id, IdempotencyKey, Json, Query},
    files::Picture,
    problem::{Answer, Problem},
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
};
use domain::{Ctx, uploads};
use futures::StreamExt;
use model::{
    Code, UploadId,
    requests::FileView,
    uploads::{CreateUpload, UploadTicket},
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(create)).routes(routes!(receive)).routes(routes!(confirm))
}

/// Announces a photo that the client will send by itself, and answers where to. For fifteen minutes the address takes one file
/// of this type and length; then confirm it. What is not confirmed is forgotten after a day.
#[utoipa::path(
    post, path = "/files/uploads", tag = "files", operation_id = "createUpload",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same address")),
    request_body(content = CreateUpload, example = json!({ "content_type": "image/jpeg", "bytes": 482_113 })),
    responses(
        (status = 201, description = "Where to send it", body = UploadTicket),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
        (status = 413, description = "Larger than a photo may be"),
    )
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<CreateUpload>,
) -> Answer<(StatusCode, Reply<UploadTicket>)> {
    let key = key.of("POST /files/uploads", &command)?;
    Ok((StatusCode::CREATED, Reply(uploads::create(&ctx, &actor, &command, key.as_ref()).await?)))
}

/// The signature of an address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Signed {
    /// As it stands in the answer that announced the photo.
    token: String,
}

/// Takes an announced photo, where files are kept without an S3 store. Whoever has the address may send to it; it takes the
/// type and the length that were announced and nothing else.
#[utoipa::path(
    put, path = "/files/uploads/{id}", tag = "files", operation_id = "sendUpload", security(()),
    params(("id" = UploadId, Path), Signed),
    request_body(content = Picture, content_type = "image/jpeg"),
    responses(
        (status = 204, description = "It is here; confirm it"),
        (status = 409, description = "`conflict`: it is being sent already"),
        (status = 410, description = "`upload_expired`: the address is too old, or the photo was confirmed"),
        (status = 422, description = "`upload_differs`: another type or length than was announced"),
    )
)]
async fn receive(
    State(ctx): State<Ctx>,
    Id(id): Id<UploadId>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let size = text(header::CONTENT_LENGTH).and_then(|value| value.parse().ok());
    let mut incoming = uploads::open(&ctx, id, &signed.token, text(header::CONTENT_TYPE), size).await?;
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| Problem::from(Code::BadRequest).detail(error.to_string()))?;
        incoming.push(&part).await?;
    }
    incoming.finish(&ctx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a photo of what was sent: re-encoded, without metadata, with a thumbnail. Confirming again answers with the same
/// photo. One that is never attached is forgotten after a day.
#[utoipa::path(
    post, path = "/files/uploads/{id}/confirm", tag = "files", operation_id = "confirmUpload",
    params(("id" = UploadId, Path)),
    responses(
        (status = 200, description = "The photo", body = FileView),
        (status = 409, description = "`upload_missing`: it has not arrived"),
        (status = 413, description = "It has more pixels than are taken"),
        (status = 422, description = "`not_an_image`, or `upload_differs`: another type or length than was announced"),
    )
)]
async fn confirm(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UploadId>) -> Answer<Reply<FileView>> {
    Ok(Reply(uploads::confirm(&ctx, &actor, id).await?))
}
