//! Requests.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    FileId, Page, RequestId,
    requests::{
        AddComment, AssignRequest, BulkCommand, CompleteRequest, CreateRequest, FileView, Moment, MoveRequest,
        RateRequest, RedactPhoto, RequestCard, RequestFilter, RequestLook, RequestRow, UpdateRequest,
    },
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::requests};

#[server(prefix = "/rpc", endpoint = "requests/list", input = Json, output = Json)]
pub async fn list(filter: RequestFilter) -> ApiResult<Page<RequestRow>> {
    run(async |ctx, actor| requests::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/get", input = Json, output = Json)]
pub async fn get(id: RequestId) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/look", input = Json, output = Json)]
pub async fn look(id: RequestId) -> ApiResult<RequestLook> {
    run(async |ctx, actor| requests::get(&ctx, &actor, id).await.map(RequestLook::from)).await
}

#[server(prefix = "/rpc", endpoint = "requests/create", input = Json, output = Json)]
pub async fn create(command: CreateRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::create(&ctx, &actor, &command, None).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/update", input = Json, output = Json)]
pub async fn update(id: RequestId, version: i32, command: UpdateRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::update(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/assign", input = Json, output = Json)]
pub async fn assign(id: RequestId, command: AssignRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::assign(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/step", input = Json, output = Json)]
pub async fn step(id: RequestId, command: MoveRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::step(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/complete", input = Json, output = Json)]
pub async fn complete(id: RequestId, command: CompleteRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::complete(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/rate", input = Json, output = Json)]
pub async fn rate(id: RequestId, command: RateRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::rate(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/comment", input = Json, output = Json)]
pub async fn comment(id: RequestId, command: AddComment) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::comment(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/add_files", input = Json, output = Json)]
pub async fn add_files(id: RequestId, file_ids: Vec<FileId>, moment: Moment) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::add_files(&ctx, &actor, id, &file_ids, moment).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/redact", input = Json, output = Json)]
pub async fn redact(file: FileId, command: RedactPhoto) -> ApiResult<FileView> {
    run(async |ctx, actor| requests::redact(&ctx, &actor, file, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/bulk", input = Json, output = Json)]
pub async fn bulk(command: BulkCommand) -> ApiResult<Vec<model::requests::BulkOutcome>> {
    run(async |ctx, actor| requests::bulk(&ctx, &actor, &command).await).await
}
