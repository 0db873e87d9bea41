//! Complexes and buildings.

use super::{Versioned, merged};
use crate::http::v1::{
    BASE,
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Ctx, property};
use model::{
    BuildingId, ComplexId, Page,
    property::{
        BuildingCard, BuildingFacts, BuildingFilter, BuildingRow, ChartPlan, ComplexFacts, ComplexRow, Generated,
    },
};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(complexes, create_complex))
        .routes(routes!(update_complex, archive_complex))
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(archive))
        .routes(routes!(restore))
        .routes(routes!(generate))
        .routes(routes!(accounts))
}

/// Residential complexes, by name.
#[utoipa::path(
    get, path = "/complexes", tag = "property", operation_id = "listComplexes",
    responses((status = 200, description = "The complexes", body = [ComplexRow]))
)]
async fn complexes(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<ComplexRow>>> {
    Ok(Reply(property::complexes(&ctx, &actor).await?))
}

/// Makes a complex.
#[utoipa::path(
    post, path = "/complexes", tag = "property", operation_id = "createComplex", request_body = ComplexFacts,
    responses((status = 201, description = "Made", body = ComplexRow, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn create_complex(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<ComplexFacts>,
) -> Answer<impl IntoResponse> {
    let row = property::create_complex(&ctx, &actor, &command).await?;
    Ok((StatusCode::CREATED, Versioned(row.version, row)))
}

/// Renames a complex.
#[utoipa::path(
    patch, path = "/complexes/{id}", tag = "property", operation_id = "updateComplex",
    params(("id" = ComplexId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = ComplexFacts,
    responses(
        (status = 200, description = "Renamed", body = ComplexRow, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_complex(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ComplexId>,
    IfMatch(version): IfMatch,
    Json(command): Json<ComplexFacts>,
) -> Answer<Versioned<ComplexRow>> {
    let row = property::update_complex(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(row.version, row))
}

/// Puts a complex into the archive.
#[utoipa::path(
    delete, path = "/complexes/{id}", tag = "property", operation_id = "archiveComplex",
    params(("id" = ComplexId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being archived", example = "\"3\"")),
    responses(
        (status = 204, description = "Archived"),
        (status = 409, description = "`in_use`: houses belong to it; `conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_complex(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ComplexId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    property::archive_complex(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Buildings with their size and open requests, by address as people count.
#[utoipa::path(
    get, path = "/buildings", tag = "property", operation_id = "listBuildings", params(BuildingFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<BuildingRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<BuildingFilter>,
) -> Answer<Reply<Page<BuildingRow>>> {
    Ok(Reply(property::buildings(&ctx, &actor, &filter).await?))
}

/// Takes a building under management.
#[utoipa::path(
    post, path = "/buildings", tag = "property", operation_id = "createBuilding",
    request_body(content = BuildingFacts, example = json!({
        "address": "Навои 12", "year": 1984, "storeys": 9, "has_lift": true, "networks": ["cold_water", "gas", "electricity"],
    })),
    responses((status = 201, description = "Made", body = BuildingCard,
        headers(("Location" = String, description = "Where the building is"), ("ETag" = String, description = "For `If-Match`"))))
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<BuildingFacts>,
) -> Answer<impl IntoResponse> {
    let card = property::create_building(&ctx, &actor, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/buildings/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// One building with its entrances and units.
#[utoipa::path(
    get, path = "/buildings/{id}", tag = "property", operation_id = "getBuilding", params(("id" = BuildingId, Path)),
    responses((status = 200, description = "The building", body = BuildingCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<BuildingId>) -> Answer<Versioned<BuildingCard>> {
    let card = property::building(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}

/// Changes what is known of a building: absent fields stay as they are, `null` empties one. Requests keep the address
/// they were filed under.
#[utoipa::path(
    patch, path = "/buildings/{id}", tag = "property", operation_id = "updateBuilding",
    params(("id" = BuildingId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = BuildingFacts, description = "Any part of it", content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = BuildingCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Value>,
) -> Answer<Versioned<BuildingCard>> {
    let known = property::building(&ctx, &actor, id).await?;
    let card = property::update_building(&ctx, &actor, id, version, &merged(&known.facts, patch)?).await?;
    Ok(Versioned(card.version, card))
}

/// Puts a building into the archive: it is in no list, nothing can be filed about it, and its people no longer have it as
/// their home.
#[utoipa::path(
    post, path = "/buildings/{id}/archive", tag = "property", operation_id = "archiveBuilding",
    params(("id" = BuildingId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being archived", example = "\"3\"")),
    responses(
        (status = 200, description = "Archived", body = BuildingCard, headers(("ETag" = String))),
        (status = 409, description = "`in_use`: requests about it are open; `conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<BuildingCard>> {
    let card = property::set_building_archived(&ctx, &actor, id, version, true).await?;
    Ok(Versioned(card.version, card))
}

/// Takes a building back from the archive.
#[utoipa::path(
    post, path = "/buildings/{id}/restore", tag = "property", operation_id = "restoreBuilding",
    params(("id" = BuildingId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being restored", example = "\"3\"")),
    responses(
        (status = 200, description = "Restored", body = BuildingCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn restore(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<BuildingCard>> {
    let card = property::set_building_archived(&ctx, &actor, id, version, false).await?;
    Ok(Versioned(card.version, card))
}

/// Makes all units of a building out of a few numbers, or none when one of the numbers is taken.
#[utoipa::path(
    post, path = "/buildings/{id}/chart", tag = "property", operation_id = "generateUnits", params(("id" = BuildingId, Path)),
    request_body(content = ChartPlan, example = json!({ "kind": "flat", "entrances": 4, "floors": 9, "per_floor": 4 })),
    responses((status = 201, description = "The building with its units", body = BuildingCard, headers(("ETag" = String))))
)]
async fn generate(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    Json(plan): Json<ChartPlan>,
) -> Answer<impl IntoResponse> {
    let card = property::generate(&ctx, &actor, id, &plan).await?;
    Ok((StatusCode::CREATED, Versioned(card.version, card)))
}

/// Opens a personal account for every flat, apartment and shop of a building that has none, by the company's rule.
#[utoipa::path(
    post, path = "/buildings/{id}/accounts", tag = "property", operation_id = "generateAccounts",
    params(("id" = BuildingId, Path)),
    responses((status = 200, description = "How many were opened", body = Generated))
)]
async fn accounts(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<BuildingId>) -> Answer<Reply<Generated>> {
    Ok(Reply(property::generate_accounts(&ctx, &actor, id).await?))
}
