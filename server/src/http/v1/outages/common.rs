//! Problems that neighbours share.

use crate::http::v1::{
    extract::{Auth, Id},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, outages};
use model::{RequestId, outages::CommonProblem};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(common_problems)).routes(routes!(join_common, leave_common))
}

/// Open problems neighbours share where the signed-in resident lives: what, where and how it stands.
#[utoipa::path(
    get, path = "/common-problems", tag = "outages", operation_id = "commonProblems",
    responses((status = 200, description = "Those they joined come first", body = [CommonProblem]))
)]
async fn common_problems(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<CommonProblem>>> {
    Ok(Reply(outages::common_problems(&ctx, &actor).await?))
}

/// "Me too" about a shared problem.
#[utoipa::path(
    post, path = "/requests/{id}/join", tag = "outages", operation_id = "joinRequest", params(("id" = RequestId, Path)),
    responses(
        (status = 200, description = "Joined; twice is once", body = CommonProblem),
        (status = 409, description = "`illegal_transition`: it is over"),
    )
)]
async fn join_common(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<CommonProblem>> {
    Ok(Reply(outages::join_common(&ctx, &actor, id).await?))
}

/// Takes "me too" back.
#[utoipa::path(
    delete, path = "/requests/{id}/join", tag = "outages", operation_id = "leaveRequest", params(("id" = RequestId, Path)),
    responses((status = 204, description = "Left"))
)]
async fn leave_common(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<StatusCode> {
    outages::leave_common(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
