//! Several people on the same requests: mended comments, watchers, ready replies, joined requests, calls.

use super::{
    extract::{Auth, Id, Ids, IfMatch, Json, Query},
    problem::Answer,
    requests::Tagged,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, calls, requests};
use model::{
    CommentId, Page, ReplyId, RequestId,
    requests::{
        CallFilter, CallView, CommentVersion, EditComment, FilledReply, JoinRequests, LinkRequest, RecordCall,
        RecordControl, ReplyView, RequestCard, SaveReply, SetResponsible, SimilarQuery, SimilarRequest, SplitRequest,
        WatchRequest,
    },
};
use serde::Deserialize;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(edit_comment, delete_comment))
        .routes(routes!(comment_versions))
        .routes(routes!(read))
        .routes(routes!(responsible))
        .routes(routes!(watch))
        .routes(routes!(replies, create_reply))
        .routes(routes!(update_reply, delete_reply))
        .routes(routes!(filled))
        .routes(routes!(similar))
        .routes(routes!(link))
        .routes(routes!(unlink))
        .routes(routes!(join))
        .routes(routes!(take_out))
        .routes(routes!(split))
        .routes(routes!(control))
        .routes(routes!(list_calls, record_call))
}

/// A comment of a request.
#[derive(Deserialize)]
struct OfRequest {
    id: RequestId,
    comment_id: CommentId,
}

/// Mends one's own comment within half an hour; what it said before is kept.
#[utoipa::path(
    patch, path = "/requests/{id}/comments/{comment_id}", tag = "requests", operation_id = "editComment",
    params(("id" = RequestId, Path), ("comment_id" = CommentId, Path)), request_body = EditComment,
    responses(
        (status = 200, description = "The request with the comment", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: it is too late, or it was taken back"),
    )
)]
async fn edit_comment(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Ids(OfRequest { id, comment_id }): Ids<OfRequest>,
    Json(command): Json<EditComment>,
) -> Answer<Tagged> {
    Tagged::new(&requests::edit_comment(&ctx, &actor, id, comment_id, &command).await?)
}

/// Takes back one's own comment, with its photos, within half an hour.
#[utoipa::path(
    delete, path = "/requests/{id}/comments/{comment_id}", tag = "requests", operation_id = "deleteComment",
    params(("id" = RequestId, Path), ("comment_id" = CommentId, Path)),
    responses(
        (status = 200, description = "The request without its words", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: it is too late, or it was taken back"),
    )
)]
async fn delete_comment(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Ids(OfRequest { id, comment_id }): Ids<OfRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::take_comment_back(&ctx, &actor, id, comment_id).await?)
}

/// What a comment said before it was mended, the oldest first; for the company only.
#[utoipa::path(
    get, path = "/requests/{id}/comments/{comment_id}/versions", tag = "requests", operation_id = "listCommentVersions",
    params(("id" = RequestId, Path), ("comment_id" = CommentId, Path)),
    responses((status = 200, description = "The earlier words", body = [CommentVersion]))
)]
async fn comment_versions(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Ids(OfRequest { id, comment_id }): Ids<OfRequest>,
) -> Answer<Reply<Vec<CommentVersion>>> {
    Ok(Reply(requests::comment_versions(&ctx, &actor, id, comment_id).await?))
}

/// The caller has read the whole talk.
#[utoipa::path(
    post, path = "/requests/{id}/read", tag = "requests", operation_id = "readRequest", params(("id" = RequestId, Path)),
    responses((status = 204, description = "Noted"))
)]
async fn read(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<StatusCode> {
    requests::read(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names who watches over the work, or nobody.
#[utoipa::path(
    post, path = "/requests/{id}/responsible", tag = "requests", operation_id = "setResponsible",
    params(("id" = RequestId, Path)), request_body = SetResponsible,
    responses((status = 200, description = "Named", body = RequestCard, headers(("ETag" = String))))
)]
async fn responsible(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<SetResponsible>,
) -> Answer<Tagged> {
    Tagged::new(&requests::set_responsible(&ctx, &actor, id, &command).await?)
}

/// Adds or removes a watcher: the caller, or somebody else when the caller may change the request.
#[utoipa::path(
    post, path = "/requests/{id}/watch", tag = "requests", operation_id = "watchRequest",
    params(("id" = RequestId, Path)), request_body = WatchRequest,
    responses((status = 200, description = "Done", body = RequestCard, headers(("ETag" = String))))
)]
async fn watch(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<WatchRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::watch(&ctx, &actor, id, &command).await?)
}

/// Ready replies: the company's and the caller's own.
#[utoipa::path(
    get, path = "/replies", tag = "replies", operation_id = "listReplies",
    responses((status = 200, description = "The replies", body = [ReplyView]))
)]
async fn replies(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<ReplyView>>> {
    Ok(Reply(requests::replies::list(&ctx, &actor).await?))
}

/// Makes a ready reply.
#[utoipa::path(
    post, path = "/replies", tag = "replies", operation_id = "createReply",
    request_body(content = SaveReply, example = json!({ "title": "Accepted", "ru": "Заявка №{number} принята", "uz": "№{number} ariza qabul qilindi" })),
    responses((status = 201, description = "Made", body = ReplyView))
)]
async fn create_reply(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SaveReply>,
) -> Answer<(StatusCode, Reply<ReplyView>)> {
    Ok((StatusCode::CREATED, Reply(requests::replies::create(&ctx, &actor, &command).await?)))
}

/// Replaces a ready reply.
#[utoipa::path(
    put, path = "/replies/{id}", tag = "replies", operation_id = "updateReply",
    params(("id" = ReplyId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = SaveReply,
    responses(
        (status = 200, description = "Changed", body = ReplyView),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_reply(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ReplyId>,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveReply>,
) -> Answer<Reply<ReplyView>> {
    Ok(Reply(requests::replies::update(&ctx, &actor, id, version, &command).await?))
}

/// Deletes a ready reply.
#[utoipa::path(
    delete, path = "/replies/{id}", tag = "replies", operation_id = "deleteReply", params(("id" = ReplyId, Path)),
    responses((status = 204, description = "Deleted"))
)]
async fn delete_reply(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ReplyId>) -> Answer<StatusCode> {
    requests::replies::delete(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ready replies with the facts of a request filled in, in the language of its resident.
#[utoipa::path(
    get, path = "/requests/{id}/replies", tag = "replies", operation_id = "filledReplies", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The replies", body = [FilledReply]))
)]
async fn filled(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<FilledReply>>> {
    Ok(Reply(requests::replies::filled(&ctx, &actor, id).await?))
}

/// Open requests at a place that may be about the same trouble, the nearest first.
#[utoipa::path(
    get, path = "/requests/similar", tag = "requests", operation_id = "similarRequests", params(SimilarQuery),
    responses((status = 200, description = "At most eight", body = [SimilarRequest]))
)]
async fn similar(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(query): Query<SimilarQuery>,
) -> Answer<Reply<Vec<SimilarRequest>>> {
    Ok(Reply(requests::joined::similar(&ctx, &actor, &query).await?))
}

/// Links two requests.
#[utoipa::path(
    post, path = "/requests/{id}/links", tag = "requests", operation_id = "linkRequest",
    params(("id" = RequestId, Path)), request_body = LinkRequest,
    responses((status = 200, description = "Linked", body = RequestCard, headers(("ETag" = String))))
)]
async fn link(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<LinkRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::joined::link(&ctx, &actor, id, &command).await?)
}

/// Two linked requests.
#[derive(Deserialize)]
struct Pair {
    id: RequestId,
    other_id: RequestId,
}

/// Takes a link away.
#[utoipa::path(
    delete, path = "/requests/{id}/links/{other_id}", tag = "requests", operation_id = "unlinkRequest",
    params(("id" = RequestId, Path), ("other_id" = RequestId, Path)),
    responses((status = 200, description = "Taken away", body = RequestCard, headers(("ETag" = String))))
)]
async fn unlink(State(ctx): State<Ctx>, Auth(actor): Auth, Ids(Pair { id, other_id }): Ids<Pair>) -> Answer<Tagged> {
    Tagged::new(&requests::joined::unlink(&ctx, &actor, id, other_id).await?)
}

/// Joins duplicates to this request: they end, and their authors follow its progress.
#[utoipa::path(
    post, path = "/requests/{id}/duplicates", tag = "requests", operation_id = "joinRequests",
    params(("id" = RequestId, Path)), request_body = JoinRequests,
    responses(
        (status = 200, description = "Joined", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: one of them has ended, or this one was joined to another"),
    )
)]
async fn join(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<JoinRequests>,
) -> Answer<Tagged> {
    Tagged::new(&requests::joined::join(&ctx, &actor, id, &command).await?)
}

/// Takes this duplicate out of the request it was joined to; it stands where it stood before.
#[utoipa::path(
    post, path = "/requests/{id}/take_out", tag = "requests", operation_id = "takeOutRequest", params(("id" = RequestId, Path)),
    responses(
        (status = 200, description = "Taken out", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: it is not joined to anything"),
    )
)]
async fn take_out(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Tagged> {
    Tagged::new(&requests::joined::take_out(&ctx, &actor, id).await?)
}

/// Makes a second request of one call: same place, same caller, another problem. Answers with the second.
#[utoipa::path(
    post, path = "/requests/{id}/split", tag = "requests", operation_id = "splitRequest",
    params(("id" = RequestId, Path)), request_body = SplitRequest,
    responses((status = 201, description = "The second request", body = RequestCard, headers(("ETag" = String))))
)]
async fn split(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<SplitRequest>,
) -> Answer<(StatusCode, Tagged)> {
    Ok((StatusCode::CREATED, Tagged::new(&requests::joined::split(&ctx, &actor, id, &command).await?)?))
}

/// Records a call back on finished work.
#[utoipa::path(
    post, path = "/requests/{id}/control", tag = "requests", operation_id = "recordControl",
    params(("id" = RequestId, Path)), request_body = RecordControl,
    responses(
        (status = 200, description = "Recorded", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: the work is not finished"),
    )
)]
async fn control(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<RecordControl>,
) -> Answer<Tagged> {
    Tagged::new(&requests::control::record(&ctx, &actor, id, &command).await?)
}

/// The call journal, newest first.
#[utoipa::path(
    get, path = "/calls", tag = "calls", operation_id = "listCalls", params(CallFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<CallView>))
)]
async fn list_calls(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<CallFilter>,
) -> Answer<Reply<Page<CallView>>> {
    Ok(Reply(calls::list(&ctx, &actor, &filter).await?))
}

/// Writes a call into the journal.
#[utoipa::path(
    post, path = "/calls", tag = "calls", operation_id = "recordCall",
    request_body(content = RecordCall, example = json!({ "direction": "in", "phone": "+998901234567", "result": "answered", "note": "Asked when the water comes back" })),
    responses((status = 201, description = "Written", body = CallView))
)]
async fn record_call(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<RecordCall>,
) -> Answer<(StatusCode, Reply<CallView>)> {
    Ok((StatusCode::CREATED, Reply(calls::record(&ctx, &actor, &command).await?)))
}
