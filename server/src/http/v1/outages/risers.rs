//! Risers of a house.

use crate::http::v1::{
    extract::{Auth, Id, IfMatch, Json},
    problem::Answer,
    property::Versioned,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode, response::IntoResponse};
use domain::{Ctx, outages};
use model::{
    BuildingId, RiserId,
    outages::{GenerateRisers, RiserFacts, RiserRow},
};

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(risers, create_riser))
        .routes(routes!(generate_risers))
        .routes(routes!(update_riser, archive_riser))
}

/// The risers of a house with their units.
#[utoipa::path(
    get, path = "/buildings/{id}/risers", tag = "property", operation_id = "listRisers", params(("id" = BuildingId, Path)),
    responses((status = 200, description = "By resource, entrance and name", body = [RiserRow]))
)]
async fn risers(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<BuildingId>) -> Answer<Reply<Vec<RiserRow>>> {
    Ok(Reply(outages::risers(&ctx, &actor, id).await?))
}

/// Adds a riser to a house.
#[utoipa::path(
    post, path = "/buildings/{id}/risers", tag = "property", operation_id = "createRiser", params(("id" = BuildingId, Path)),
    request_body = RiserFacts,
    responses((status = 201, description = "Made", body = RiserRow, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn create_riser(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    Json(command): Json<RiserFacts>,
) -> Answer<impl IntoResponse> {
    let row = outages::create_riser(&ctx, &actor, id, &command).await?;
    Ok((StatusCode::CREATED, Versioned(row.version, row)))
}

/// Makes the risers of a house: one for each position on the floor, in every entrance.
#[utoipa::path(
    post, path = "/buildings/{id}/risers/generate", tag = "property", operation_id = "generateRisers", params(("id" = BuildingId, Path)),
    request_body(content = GenerateRisers, example = json!({ "resources": ["cold_water", "hot_water"] })),
    responses(
        (status = 201, description = "All risers of the house", body = [RiserRow]),
        (status = 409, description = "`in_use`: the house has risers of that resource"),
    )
)]
async fn generate_risers(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    Json(command): Json<GenerateRisers>,
) -> Answer<impl IntoResponse> {
    Ok((StatusCode::CREATED, Reply(outages::generate_risers(&ctx, &actor, id, &command).await?)))
}

/// Replaces what is known of a riser.
#[utoipa::path(
    put, path = "/risers/{id}", tag = "property", operation_id = "updateRiser",
    params(("id" = RiserId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = RiserFacts,
    responses(
        (status = 200, description = "Changed", body = RiserRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_riser(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RiserId>,
    IfMatch(version): IfMatch,
    Json(command): Json<RiserFacts>,
) -> Answer<Versioned<RiserRow>> {
    let row = outages::update_riser(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(row.version, row))
}

/// Puts a riser away; past outages still name it.
#[utoipa::path(
    delete, path = "/risers/{id}", tag = "property", operation_id = "archiveRiser",
    params(("id" = RiserId, Path), ("If-Match" = String, Header, description = "The version being put away", example = "\"3\"")),
    responses(
        (status = 204, description = "Put away"),
        (status = 409, description = "`in_use`: outages that are not over; `conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_riser(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RiserId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    outages::archive_riser(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
