//! Work in the background, and the files it made.

use super::{
    extract::{Auth, Id},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, Error, tasks};
use model::{TaskId, tasks::TaskView};
use std::time::Duration;
use utoipa::ToSchema;

/// How long an address of a file store works.
const PRESIGNED: Duration = Duration::from_secs(300);

pub fn routes() -> Routes {
    Routes::new().routes(routes!(get)).routes(routes!(cancel)).routes(routes!(file))
}

/// How far a task is: one of the caller's own, or of an import for those who run imports.
#[utoipa::path(
    get, path = "/tasks/{id}", tag = "tasks", operation_id = "getTask", params(("id" = TaskId, Path)),
    responses((status = 200, description = "The task", body = TaskView))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<TaskId>) -> Answer<Reply<TaskView>> {
    Ok(Reply(tasks::get(&ctx, &actor, id).await?))
}

/// Asks a task to stop after the step it is in.
#[utoipa::path(
    post, path = "/tasks/{id}/cancel", tag = "tasks", operation_id = "cancelTask", params(("id" = TaskId, Path)),
    responses((status = 200, description = "The task", body = TaskView))
)]
async fn cancel(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<TaskId>) -> Answer<Reply<TaskView>> {
    Ok(Reply(tasks::cancel(&ctx, &actor, id).await?))
}

/// The bytes of a made file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "describes the answer")]
struct MadeFile(Vec<u8>);

/// The file a task of the caller's own made, until it expires.
#[utoipa::path(
    get, path = "/tasks/{id}/file", tag = "tasks", operation_id = "getTaskFile", params(("id" = TaskId, Path)),
    responses(
        (status = 200, description = "The file", content(
            (MadeFile = "application/pdf"),
            (MadeFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (MadeFile = "text/csv"),
        )),
        (status = 302, description = "The file is in a file store, at `Location` for five minutes", headers(("Location" = String))),
    )
)]
pub async fn file(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<TaskId>) -> Answer<Response> {
    let found = tasks::locate(&ctx, &actor, id).await?;
    let store = |error| Error::internal("blob store", error);
    if let Some(url) = ctx.blobs.presigned_get(&found.key, PRESIGNED).await.map_err(store)? {
        return Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response());
    }
    let blob = ctx.blobs.get(&found.key).await.map_err(store)?;
    let blob = blob.ok_or_else(|| Error::internal("blob store", format!("the file of task {id} is gone")))?;
    Ok(attachment(&found.content_type, &found.name, blob.bytes.into()))
}

/// A file to save. Its name is one of ours.
pub fn attachment(kind: &str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}
