//! Planned work.

use super::{
    BASE,
    extract::{Auth, Id, IfMatch, Json},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, plans};
use model::{
    PlanId,
    plans::{PlanCard, PlanFacts, PlanRow},
};
use serde::Deserialize;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create)).routes(routes!(get, update, archive)).routes(routes!(pause))
}

/// The plans in use.
#[utoipa::path(
    get, path = "/plans", tag = "plans", operation_id = "listPlans",
    responses((status = 200, description = "The plans, by title", body = [PlanRow]))
)]
async fn list(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<PlanRow>>> {
    Ok(Reply(plans::list(&ctx, &actor).await?))
}

/// Makes a plan: its requests are made by themselves from now on.
#[utoipa::path(
    post, path = "/plans", tag = "plans", operation_id = "createPlan",
    request_body(content = PlanFacts, example = json!({
        "title": "Flushing the heating", "category": "heating", "rhythm": { "unit": "month", "every": 1, "day": 31 },
        "season": { "from": 4, "to": 9 }, "starts_on": "2027-04-01", "lead_days": 3,
        "places": [{ "building_id": "01980f3e-7c55-7000-8000-000000000001" }],
    })),
    responses((status = 201, description = "Made", body = PlanCard, headers(("Location" = String))))
)]
async fn create(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<PlanFacts>) -> Answer<Response> {
    let plan = plans::create(&ctx, &actor, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/plans/{}", plan.id))];
    Ok((StatusCode::CREATED, place, Reply(plan)).into_response())
}

/// One plan with its next dates and the newest requests it made.
#[utoipa::path(
    get, path = "/plans/{id}", tag = "plans", operation_id = "getPlan", params(("id" = PlanId, Path)),
    responses((status = 200, description = "The plan", body = PlanCard))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<PlanId>) -> Answer<Reply<PlanCard>> {
    Ok(Reply(plans::get(&ctx, &actor, id).await?))
}

/// Replaces what was decided about a plan.
#[utoipa::path(
    put, path = "/plans/{id}", tag = "plans", operation_id = "updatePlan",
    params(("id" = PlanId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = PlanFacts,
    responses(
        (status = 200, description = "Changed", body = PlanCard),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<PlanId>,
    IfMatch(version): IfMatch,
    Json(command): Json<PlanFacts>,
) -> Answer<Reply<PlanCard>> {
    Ok(Reply(plans::update(&ctx, &actor, id, version, &command).await?))
}

/// Ends a plan. The requests it made stay.
#[utoipa::path(
    delete, path = "/plans/{id}", tag = "plans", operation_id = "archivePlan",
    params(("id" = PlanId, Path), ("If-Match" = String, Header, description = "The version being ended", example = "\"3\"")),
    responses(
        (status = 204, description = "Ended"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<PlanId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    plans::archive(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the plan rests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PausePlan {
    paused: bool,
}

/// Lets a plan rest or go on. What was due while it rested is not made up for.
#[utoipa::path(
    post, path = "/plans/{id}/pause", tag = "plans", operation_id = "pausePlan",
    params(("id" = PlanId, Path), ("If-Match" = String, Header, description = "The version that was read", example = "\"3\"")),
    request_body = PausePlan,
    responses(
        (status = 200, description = "Done", body = PlanCard),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn pause(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<PlanId>,
    IfMatch(version): IfMatch,
    Json(command): Json<PausePlan>,
) -> Answer<Reply<PlanCard>> {
    Ok(Reply(plans::pause(&ctx, &actor, id, version, command.paused).await?))
}
