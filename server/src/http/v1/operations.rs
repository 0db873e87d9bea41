//! How the product itself is doing; for the owner of the system.

use super::{
    extract::{Auth, Id},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, operations};
use model::operations::{JobsRetried, Operations};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(overview)).routes(routes!(retry)).routes(routes!(retry_all)).routes(routes!(discard))
}

/// Jobs, schedules, messages, dependencies, the database. A part that cannot be read is `null`.
#[utoipa::path(
    get, path = "/operations", tag = "operations", operation_id = "getOperations",
    responses((status = 200, description = "Everything at one moment", body = Operations))
)]
async fn overview(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Operations>> {
    Ok(Reply(operations::overview(&ctx, &actor).await?))
}

/// Gives a dead job all its attempts again.
#[utoipa::path(
    post, path = "/operations/jobs/{id}/retry", tag = "operations", operation_id = "retryJob",
    params(("id" = i64, Path)),
    responses(
        (status = 200, description = "Queued again", body = JobsRetried),
        (status = 404, description = "`not_found`: there is none, or it is not dead"),
    )
)]
async fn retry(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<i64>) -> Answer<Reply<JobsRetried>> {
    Ok(Reply(operations::retry(&ctx, &actor, id).await?))
}

/// Gives all dead jobs of a task their attempts again, a hundred at a time.
#[utoipa::path(
    post, path = "/operations/tasks/{task}/retry", tag = "operations", operation_id = "retryTask",
    params(("task" = String, Path, example = "deliver")),
    responses((status = 200, description = "How many were queued again", body = JobsRetried))
)]
async fn retry_all(State(ctx): State<Ctx>, Auth(actor): Auth, Id(task): Id<String>) -> Answer<Reply<JobsRetried>> {
    Ok(Reply(operations::retry_all(&ctx, &actor, &task).await?))
}

/// Deletes a dead job: what it was to do will not be done.
#[utoipa::path(
    delete, path = "/operations/jobs/{id}", tag = "operations", operation_id = "discardJob",
    params(("id" = i64, Path)),
    responses(
        (status = 204, description = "Deleted"),
        (status = 404, description = "`not_found`: there is none, or it is not dead"),
    )
)]
async fn discard(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<i64>) -> Answer<StatusCode> {
    operations::discard(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
