//! Many requests at once: one thing done to them, that taken back, and the board they stand on.

use super::{
    extract::{Auth, IdempotencyKey, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, Error, requests};
use model::{
    Code, Failure, FieldError, RequestId,
    bulk::Outcome,
    requests::{BULK_MOST, BoardColumn, BulkCommand, BulkOutcome, BulkUndo, RequestFilter},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(bulk)).routes(routes!(undo)).routes(routes!(board))
}

/// How it went for one request of many.
#[derive(Serialize, ToSchema)]
struct BulkRow {
    id: RequestId,
    done: bool,
    /// Why it was refused, as the code of a problem; nothing was changed for this request then.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    /// Which fields are wrong, and how.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What `POST /requests/bulk/undo` takes to undo it; absent where nothing leads back.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<BulkUndo>,
}

impl BulkRow {
    fn new(id: RequestId, failure: Option<Failure>, undo: Option<BulkUndo>) -> Self {
        let (code, errors) = failure.map_or((None, Vec::new()), |failure| (Some(failure.code), failure.fields));
        Self { id, done: code.is_none(), code, errors, undo }
    }
}

impl From<BulkOutcome> for BulkRow {
    fn from(told: BulkOutcome) -> Self {
        Self::new(told.id, told.failure, told.undo)
    }
}

impl From<Outcome> for BulkRow {
    fn from(told: Outcome) -> Self {
        Self::new(told.id.into(), told.failure, None)
    }
}

/// Does one thing to many requests: assign, start, defer, complete, return, close, cancel, comment, join, change the
/// priority or who is responsible. Each is a step of its own, so what is refused for one stops nothing for the others.
#[utoipa::path(
    post, path = "/requests/bulk", tag = "requests", operation_id = "bulkRequests",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with what the first call did")),
    request_body(content = BulkCommand, example = json!({
        "ids": ["01980f3e-7c55-7000-8000-000000000001", "01980f3e-7c55-7000-8000-000000000002"],
        "action": { "do": "defer", "reason": "Waiting for a spare part" },
    })),
    responses(
        (status = 200, description = "How it went, in the order asked, each request once", body = [BulkRow]),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn bulk(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<BulkCommand>,
) -> Answer<Reply<Vec<BulkRow>>> {
    let key = key.of("POST /requests/bulk", &command)?;
    let told = requests::bulk_once(&ctx, &actor, &command, key.as_ref()).await?;
    Ok(Reply(told.into_iter().map(BulkRow::from).collect()))
}

/// How to take back what was done to one request.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoStep {
    id: RequestId,
    /// As the row of this request said.
    undo: BulkUndo,
}

/// Takes back what was done to many.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoMany {
    #[schema(min_items = 1, max_items = 200)]
    steps: Vec<UndoStep>,
}

/// Takes back what `POST /requests/bulk` did, with the `undo` of its rows. Each is a step of its own; what has moved on
/// meanwhile is refused for that request.
#[utoipa::path(
    post, path = "/requests/bulk/undo", tag = "requests", operation_id = "undoBulkRequests",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "Makes a repeat of this call safe: the same key with the same body answers with what the first call did")),
    request_body(content = UndoMany, example = json!({
        "steps": [{ "id": "01980f3e-7c55-7000-8000-000000000001", "undo": { "priority": { "priority": "normal" } } }],
    })),
    responses(
        (status = 200, description = "How it went, in the order asked, each request once", body = [BulkRow]),
        (status = 409, description = "`idempotency_in_progress`: the first call with this key still runs"),
    )
)]
async fn undo(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    key: IdempotencyKey,
    Json(command): Json<UndoMany>,
) -> Answer<Reply<Vec<BulkRow>>> {
    if !(1..=BULK_MOST).contains(&command.steps.len()) {
        return Err(Error::field("/steps", "out_of_range").into());
    }
    let key = key.of("POST /requests/bulk/undo", &command)?;
    let steps: Vec<(RequestId, BulkUndo)> = command.steps.into_iter().map(|step| (step.id, step.undo)).collect();
    let told = requests::undo_once(&ctx, &actor, &steps, key.as_ref()).await?;
    Ok(Reply(told.into_iter().map(BulkRow::from).collect()))
}

/// The board: a column for each state of open work and one for what is done, thirty cards each. `status`, `cursor` and
/// `limit` of the filter have no meaning here. A card is moved by `assign`, `transitions` or `complete` of its request.
#[utoipa::path(
    get, path = "/requests/board", tag = "requests", operation_id = "getBoard", params(RequestFilter),
    responses((status = 200, description = "The columns, in the order of the work", body = [BoardColumn]))
)]
async fn board(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<RequestFilter>,
) -> Answer<Reply<Vec<BoardColumn>>> {
    Ok(Reply(requests::board(&ctx, &actor, &filter).await?))
}
