//! Houses.

use super::{
    extract::{Auth, Id},
    problem::Answer,
};
use axum::{Json as Reply, extract::State};
use domain::{Ctx, property};
use model::{
    BuildingId,
    property::{BuildingCard, BuildingRow, Home},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(buildings)).routes(routes!(building)).routes(routes!(homes))
}

/// All buildings with their size and open requests, by address.
#[utoipa::path(
    get, path = "/buildings", tag = "property", operation_id = "listBuildings",
    responses((status = 200, description = "The buildings", body = [BuildingRow]))
)]
async fn buildings(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<BuildingRow>>> {
    Ok(Reply(property::buildings(&ctx, &actor).await?))
}

/// One building with its entrances and units.
#[utoipa::path(
    get, path = "/buildings/{id}", tag = "property", operation_id = "getBuilding", params(("id" = BuildingId, Path)),
    responses((status = 200, description = "The building", body = BuildingCard))
)]
async fn building(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<BuildingId>) -> Answer<Reply<BuildingCard>> {
    Ok(Reply(property::building(&ctx, &actor, id).await?))
}

/// The current homes of the signed-in resident.
#[utoipa::path(
    get, path = "/homes", tag = "property", operation_id = "listHomes",
    responses((status = 200, description = "The homes", body = [Home]))
)]
async fn homes(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<Home>>> {
    Ok(Reply(property::homes(&ctx, &actor).await?))
}
