//! The talk on a request and who is on it: comments, watchers, ready replies.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    CommentId, ReplyId, RequestId,
    requests::{
        CommentVersion, EditComment, FilledReply, ReplyView, RequestCard, SaveReply, SetResponsible, WatchRequest,
    },
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::requests};

#[server(prefix = "/rpc", endpoint = "talk/edit", input = Json, output = Json)]
pub async fn edit(id: RequestId, comment: CommentId, command: EditComment) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::edit_comment(&ctx, &actor, id, comment, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "talk/take_back", input = Json, output = Json)]
pub async fn take_back(id: RequestId, comment: CommentId) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::take_comment_back(&ctx, &actor, id, comment).await).await
}

#[server(prefix = "/rpc", endpoint = "talk/versions", input = Json, output = Json)]
pub async fn versions(id: RequestId, comment: CommentId) -> ApiResult<Vec<CommentVersion>> {
    run(async |ctx, actor| requests::comment_versions(&ctx, &actor, id, comment).await).await
}

#[server(prefix = "/rpc", endpoint = "talk/read", input = Json, output = Json)]
pub async fn read(id: RequestId) -> ApiResult<()> {
    run(async |ctx, actor| requests::read(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "talk/responsible", input = Json, output = Json)]
pub async fn responsible(id: RequestId, command: SetResponsible) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::set_responsible(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "talk/watch", input = Json, output = Json)]
pub async fn watch(id: RequestId, command: WatchRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::watch(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "replies/list", input = Json, output = Json)]
pub async fn replies() -> ApiResult<Vec<ReplyView>> {
    run(async |ctx, actor| requests::replies::list(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "replies/filled", input = Json, output = Json)]
pub async fn filled(id: RequestId) -> ApiResult<Vec<FilledReply>> {
    run(async |ctx, actor| requests::replies::filled(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "replies/create", input = Json, output = Json)]
pub async fn create_reply(command: SaveReply) -> ApiResult<ReplyView> {
    run(async |ctx, actor| requests::replies::create(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "replies/update", input = Json, output = Json)]
pub async fn update_reply(id: ReplyId, version: i32, command: SaveReply) -> ApiResult<ReplyView> {
    run(async |ctx, actor| requests::replies::update(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "replies/delete", input = Json, output = Json)]
pub async fn delete_reply(id: ReplyId) -> ApiResult<()> {
    run(async |ctx, actor| requests::replies::delete(&ctx, &actor, id).await).await
}
