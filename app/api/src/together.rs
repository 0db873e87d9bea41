//! Requests that belong together, the board, and the calls about them.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    Page, RequestId,
    bulk::Outcome,
    requests::{
        BoardColumn, BulkUndo, CallFilter, CallView, JoinRequests, LinkRequest, RecordCall, RecordControl, RequestCard,
        RequestFilter, SimilarQuery, SimilarRequest, SplitRequest,
    },
};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{calls as journal, requests},
};

#[server(prefix = "/rpc", endpoint = "together/similar", input = Json, output = Json)]
pub async fn similar(query: SimilarQuery) -> ApiResult<Vec<SimilarRequest>> {
    run(async |ctx, actor| requests::joined::similar(&ctx, &actor, &query).await).await
}

#[server(prefix = "/rpc", endpoint = "together/link", input = Json, output = Json)]
pub async fn link(id: RequestId, command: LinkRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::joined::link(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "together/unlink", input = Json, output = Json)]
pub async fn unlink(id: RequestId, other: RequestId) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::joined::unlink(&ctx, &actor, id, other).await).await
}

#[server(prefix = "/rpc", endpoint = "together/join", input = Json, output = Json)]
pub async fn join(id: RequestId, command: JoinRequests) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::joined::join(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "together/take_out", input = Json, output = Json)]
pub async fn take_out(id: RequestId) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::joined::take_out(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "together/split", input = Json, output = Json)]
pub async fn split(id: RequestId, command: SplitRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::joined::split(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "together/board", input = Json, output = Json)]
pub async fn board(filter: RequestFilter) -> ApiResult<Vec<BoardColumn>> {
    run(async |ctx, actor| requests::board(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "together/bulk_undo", input = Json, output = Json)]
pub async fn undo_many(steps: Vec<(RequestId, BulkUndo)>) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| requests::undo(&ctx, &actor, &steps).await).await
}

#[server(prefix = "/rpc", endpoint = "together/control", input = Json, output = Json)]
pub async fn control(id: RequestId, command: RecordControl) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::control::record(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "calls/list", input = Json, output = Json)]
pub async fn calls(filter: CallFilter) -> ApiResult<Page<CallView>> {
    run(async |ctx, actor| journal::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "calls/record", input = Json, output = Json)]
pub async fn write_call(command: RecordCall) -> ApiResult<CallView> {
    run(async |ctx, actor| journal::record(&ctx, &actor, &command).await).await
}
