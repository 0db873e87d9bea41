//! Requests (заявки).

use super::{
    BASE,
    extract::{Auth, Id, IdempotencyKey, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, Error, requests};
use model::{
    FileId, Page, RequestId,
    requests::{
        AddComment, AssignRequest, CommentView, CompleteRequest, CreateRequest, FileView, HistoryEntry, Moment,
        MoveRequest, RateRequest, RequestCard, RequestCounts, RequestFilter, RequestRow, TellStep, UpdateRequest,
    },
};
use platform::tokens::hash_token;
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(counts))
        .routes(routes!(get, update))
        .routes(routes!(assign))
        .routes(routes!(step))
        .routes(routes!(complete))
        .routes(routes!(rate))
        .routes(routes!(comments, comment))
        .routes(routes!(files, attach_files))
        .routes(routes!(history))
        .routes(routes!(tell))
}

/// A request with its tag: the version to edit, and a fingerprint of all that is shown, which also changes with a
/// new comment or photo.
pub(super) struct Tagged {
    tag: HeaderValue,
    body: String,
}

impl Tagged {
    pub(super) fn new(card: &RequestCard) -> Answer<Self> {
        let body = serde_json::to_string(card).map_err(|e| Error::internal("a request as JSON", e))?;
        let fingerprint: String = hash_token(&body)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::from_str(&format!("\"{}-{fingerprint}\"", card.version))
            .map_err(|e| Error::internal("a request's tag", e))?;
        Ok(Self { tag, body })
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
        known.split(',').any(|tag| {
            let tag = tag.trim().trim_start_matches("W/");
            tag == "*" || tag.as_bytes() == self.tag.as_bytes()
        })
    }
}

impl IntoResponse for Tagged {
    fn into_response(self) -> Response {
        let kind = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, kind), (header::ETAG, self.tag)], self.body).into_response()
    }
}

/// A request with its tag, for doors that are elsewhere.
pub(super) fn tagged(card: &RequestCard) -> Answer<Response> {
    Ok(Tagged::new(card)?.into_response())
}

/// The caller's requests, newest first: all of the company for the desk, assigned and in their buildings for workers,
/// their own for residents.
#[utoipa::path(
    get, path = "/requests", tag = "requests", operation_id = "listRequests", params(RequestFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<RequestRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<RequestFilter>,
) -> Answer<Reply<Page<RequestRow>>> {
    Ok(Reply(requests::list(&ctx, &actor, &filter).await?))
}

/// Files a request.
#[utoipa::path(
    post, path = "/requests", tag = "requests", operation_id = "createRequest",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with the same request")),
    request_body(content = CreateRequest, example = json!({
        "unit_id": "01980f3e-7c55-7000-8000-000000000001", "category": "plumbing", "description": "A pipe leaks under the sink",
    })),
    responses(
        (status = 201, description = "Filed", body = RequestCard,
            headers(("Location" = String, description = "Where the request is"), ("ETag" = String, description = "For `If-Match`"))),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<CreateRequest>,
) -> Answer<Response> {
    let key = key.of("POST /requests", &command)?;
    let card = requests::create(&ctx, &actor, &command, key.as_ref()).await?;
    let place = [(header::LOCATION, format!("{BASE}/requests/{}", card.id))];
    Ok((StatusCode::CREATED, place, Tagged::new(&card)?).into_response())
}

/// Counters of open work.
#[utoipa::path(
    get, path = "/requests/counts", tag = "requests", operation_id = "countRequests",
    responses((status = 200, description = "The counters", body = RequestCounts))
)]
async fn counts(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<RequestCounts>> {
    Ok(Reply(requests::counts(&ctx, &actor).await?))
}

/// One request with its files, comments and history, and the steps the caller may take.
#[utoipa::path(
    get, path = "/requests/{id}", tag = "requests", operation_id = "getRequest",
    params(("id" = RequestId, Path), ("If-None-Match" = Option<String>, Header, description = "An `ETag` seen before")),
    responses(
        (status = 200, description = "The request", body = RequestCard, headers(("ETag" = String, description = "For `If-Match` and `If-None-Match`"))),
        (status = 304, description = "Nothing has changed", headers(("ETag" = String))),
    )
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>, headers: HeaderMap) -> Answer<Response> {
    let shown = Tagged::new(&requests::get(&ctx, &actor, id).await?)?;
    let caching = [(header::CACHE_CONTROL, "private, no-cache")];
    if shown.is_known(&headers) {
        return Ok((StatusCode::NOT_MODIFIED, caching, [(header::ETAG, shown.tag)]).into_response());
    }
    Ok((caching, shown).into_response())
}

/// Changes the facts of a request. Absent fields stay as they are; what others changed since the version named stays too.
#[utoipa::path(
    patch, path = "/requests/{id}", tag = "requests", operation_id = "updateRequest",
    params(("id" = RequestId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = UpdateRequest,
    responses(
        (status = 200, description = "Changed", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed the same fields meanwhile, `fields` says which; `illegal_transition`: it has ended"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    IfMatch(version): IfMatch,
    Json(command): Json<UpdateRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::update(&ctx, &actor, id, version, &command).await?)
}

/// Gives a request to a worker.
#[utoipa::path(
    post, path = "/requests/{id}/assign", tag = "requests", operation_id = "assignRequest",
    params(("id" = RequestId, Path)), request_body = AssignRequest,
    responses(
        (status = 200, description = "Assigned", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: the request has ended"),
    )
)]
async fn assign(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<AssignRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::assign(&ctx, &actor, id, &command).await?)
}

/// Takes one step of the graph: start, defer, return, close, cancel, reject. `actions` of the request lists the legal ones.
#[utoipa::path(
    post, path = "/requests/{id}/transitions", tag = "requests", operation_id = "moveRequest",
    params(("id" = RequestId, Path)),
    request_body(content = MoveRequest, example = json!({ "action": "defer", "reason": "Waiting for a spare part" })),
    responses(
        (status = 200, description = "Moved", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: not possible from this state, or not by the caller"),
    )
)]
async fn step(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<MoveRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::step(&ctx, &actor, id, &command).await?)
}

/// Reports the work as done, with words and photos.
#[utoipa::path(
    post, path = "/requests/{id}/complete", tag = "requests", operation_id = "completeRequest",
    params(("id" = RequestId, Path)), request_body = CompleteRequest,
    responses(
        (status = 200, description = "Done", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: the work is not in progress"),
    )
)]
async fn complete(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<CompleteRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::complete(&ctx, &actor, id, &command).await?)
}

/// The author's mark for finished work; it closes a request that was only done.
#[utoipa::path(
    post, path = "/requests/{id}/rate", tag = "requests", operation_id = "rateRequest",
    params(("id" = RequestId, Path)), request_body = RateRequest,
    responses(
        (status = 200, description = "Rated", body = RequestCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: the work is not finished, or was rated before"),
    )
)]
async fn rate(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<RateRequest>,
) -> Answer<Tagged> {
    Tagged::new(&requests::rate(&ctx, &actor, id, &command).await?)
}

/// The comments the caller may see, in order.
#[utoipa::path(
    get, path = "/requests/{id}/comments", tag = "requests", operation_id = "listComments", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The comments", body = [CommentView]))
)]
async fn comments(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<CommentView>>> {
    Ok(Reply(requests::get(&ctx, &actor, id).await?.comments))
}

/// Adds a comment: for everybody on the request, or for the company only.
#[utoipa::path(
    post, path = "/requests/{id}/comments", tag = "requests", operation_id = "addComment",
    params(("id" = RequestId, Path)), request_body = AddComment,
    responses((status = 201, description = "The request with the comment", body = RequestCard, headers(("ETag" = String))))
)]
async fn comment(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<AddComment>,
) -> Answer<Response> {
    let card = requests::comment(&ctx, &actor, id, &command).await?;
    Ok((StatusCode::CREATED, Tagged::new(&card)?).into_response())
}

/// The photos of a request.
#[utoipa::path(
    get, path = "/requests/{id}/files", tag = "requests", operation_id = "listRequestFiles", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The photos", body = [FileView]))
)]
async fn files(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<FileView>>> {
    Ok(Reply(requests::get(&ctx, &actor, id).await?.files))
}

/// Photos uploaded before, to be attached to a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AttachFiles {
    #[schema(min_items = 1, max_items = 10)]
    file_ids: Vec<FileId>,
    moment: Moment,
}

/// Attaches uploaded photos.
#[utoipa::path(
    post, path = "/requests/{id}/files", tag = "requests", operation_id = "attachFiles",
    params(("id" = RequestId, Path)), request_body = AttachFiles,
    responses((status = 200, description = "The request with the photos", body = RequestCard, headers(("ETag" = String))))
)]
async fn attach_files(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<AttachFiles>,
) -> Answer<Tagged> {
    match command.file_ids.len() {
        0 => return Err(Error::field("/file_ids", "required").into()),
        1..=10 => {}
        _ => return Err(Error::field("/file_ids", "too_long").into()),
    }
    Tagged::new(&requests::add_files(&ctx, &actor, id, &command.file_ids, command.moment).await?)
}

/// Every change of a request: who, when, old and new.
#[utoipa::path(
    get, path = "/requests/{id}/history", tag = "requests", operation_id = "listHistory", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The changes, in order", body = [HistoryEntry]))
)]
async fn history(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<HistoryEntry>>> {
    Ok(Reply(requests::get(&ctx, &actor, id).await?.history))
}

/// Tells a step of the field staff, as it is taken or up to three days later: start, put off, complete, a record of the
/// work, a comment, photos. It counts from when it was taken, but never from before the last move of the request.
#[utoipa::path(
    post, path = "/requests/{id}/steps", tag = "requests", operation_id = "tellStep",
    params(("id" = RequestId, Path),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: a step whose answer was lost is not taken twice")),
    request_body(content = TellStep, example = json!({
        "happened_at": "2026-05-12T10:00:00Z", "sent_at": "2026-05-12T11:30:00Z",
        "step": { "kind": "move", "what": { "action": "start" } },
    })),
    responses(
        (status = 200, description = "Taken", body = RequestCard, headers(("ETag" = String))),
        (status = 204, description = "Taken before; the request is no longer the caller's to see"),
        (status = 409, description = "`illegal_transition`: not possible from this state, or somebody else's work; `proof_missing`; `idempotency_in_progress`"),
    )
)]
async fn tell(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    key: IdempotencyKey,
    Json(command): Json<TellStep>,
) -> Answer<Response> {
    // Without the moment of sending, which is another one in a repeat.
    let key = key.of("POST /requests/{id}/steps", &(id, command.happened_at, &command.step))?;
    match requests::tell(&ctx, &actor, id, &command, key.as_ref()).await? {
        Some(card) => tagged(&card),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
