//! Who gets a request: the order of people with reasons, the company's rules.

use super::{
    extract::{Auth, Id, IfMatch, Json},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, assignment};
use model::{
    AssignmentRuleId, RequestId,
    assignment::{AddRule, AssignmentSettings, Modes, Proposal, Replay},
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(proposals))
        .routes(routes!(settings, save_modes))
        .routes(routes!(add_rule))
        .routes(routes!(remove_rule))
        .routes(routes!(replay))
}

/// Everybody the request can be given to, the best first, each with the reason.
#[utoipa::path(
    get, path = "/requests/{id}/proposals", tag = "assignment", operation_id = "listAssignmentProposals", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The first that `fits` is the system's choice", body = [Proposal]))
)]
async fn proposals(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<Proposal>>> {
    Ok(Reply(assignment::proposals(&ctx, &actor, id).await?))
}

/// What is done for each kind of request, and the rules.
#[utoipa::path(
    get, path = "/assignment", tag = "assignment", operation_id = "getAssignment",
    responses((status = 200, description = "The settings; `version` is for `If-Match`", body = AssignmentSettings))
)]
async fn settings(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<AssignmentSettings>> {
    Ok(Reply(assignment::settings(&ctx, &actor).await?))
}

/// Sets what is done for each kind: nothing, a suggestion, or assigning by itself.
#[utoipa::path(
    put, path = "/assignment", tag = "assignment", operation_id = "saveAssignment",
    params(("If-Match" = String, Header, description = "The `version` being edited", example = "\"3\"")), request_body = Modes,
    responses(
        (status = 200, description = "Saved", body = AssignmentSettings),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn save_modes(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(modes): Json<Modes>,
) -> Answer<Reply<AssignmentSettings>> {
    Ok(Reply(assignment::save_modes(&ctx, &actor, version, &modes).await?))
}

/// Adds a rule: requests of a problem or category, of a house or complex, go to a person or trade.
#[utoipa::path(
    post, path = "/assignment/rules", tag = "assignment", operation_id = "addAssignmentRule", request_body = AddRule,
    responses((status = 201, description = "Added", body = AssignmentSettings))
)]
async fn add_rule(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<AddRule>,
) -> Answer<(StatusCode, Reply<AssignmentSettings>)> {
    Ok((StatusCode::CREATED, Reply(assignment::add_rule(&ctx, &actor, &command).await?)))
}

/// Takes a rule away.
#[utoipa::path(
    delete, path = "/assignment/rules/{id}", tag = "assignment", operation_id = "removeAssignmentRule",
    params(("id" = AssignmentRuleId, Path)),
    responses((status = 200, description = "Taken away", body = AssignmentSettings))
)]
async fn remove_rule(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<AssignmentRuleId>,
) -> Answer<Reply<AssignmentSettings>> {
    Ok(Reply(assignment::remove_rule(&ctx, &actor, id).await?))
}

/// What the system would have done with the last ninety days, beside what people did. Changes nothing.
#[utoipa::path(
    get, path = "/assignment/replay", tag = "assignment", operation_id = "replayAssignment",
    responses((status = 200, description = "The comparison", body = Replay))
)]
async fn replay(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Replay>> {
    Ok(Reply(assignment::replay(&ctx, &actor).await?))
}
