//! Units of a building.

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
    BuildingId, Page, UnitId,
    property::{BuildingCard, RegisterFilter, RegisterRow, Renumber, UnitCard, UnitFacts, UnitFilter, UnitRow},
};
use serde_json::Value;

pub(super) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list))
        .routes(routes!(register))
        .routes(routes!(create))
        .routes(routes!(get, update))
        .routes(routes!(archive))
        .routes(routes!(restore))
        .routes(routes!(renumber))
}

/// Units of a building in the order of their numbers: 2, 10, 12, 12а.
#[utoipa::path(
    get, path = "/units", tag = "property", operation_id = "listUnits", params(UnitFilter),
    responses(
        (status = 200, description = "One page; `next` leads to the following one", body = Page<UnitRow>),
        (status = 404, description = "There is no such building for the caller"),
    )
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<UnitFilter>,
) -> Answer<Reply<Page<UnitRow>>> {
    Ok(Reply(property::units(&ctx, &actor, &filter).await?))
}

/// All units of the company, by house and number, by area or by account.
#[utoipa::path(
    get, path = "/units/register", tag = "property", operation_id = "listRegister", params(RegisterFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<RegisterRow>))
)]
async fn register(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<RegisterFilter>,
) -> Answer<Reply<Page<RegisterRow>>> {
    Ok(Reply(property::register(&ctx, &actor, &filter).await?))
}

/// Adds a unit to a building.
#[utoipa::path(
    post, path = "/buildings/{id}/units", tag = "property", operation_id = "createUnit", params(("id" = BuildingId, Path)),
    request_body(content = UnitFacts, example = json!({ "kind": "flat", "number": "12а", "entrance": 1, "floor": 3, "area_cm2": 452_300 })),
    responses((status = 201, description = "Made", body = UnitCard,
        headers(("Location" = String, description = "Where the unit is"), ("ETag" = String, description = "For `If-Match`"))))
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<BuildingId>,
    Json(command): Json<UnitFacts>,
) -> Answer<impl IntoResponse> {
    let card = property::create_unit(&ctx, &actor, id, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/units/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// One unit with its accounts and, for who may see them, its people.
#[utoipa::path(
    get, path = "/units/{id}", tag = "property", operation_id = "getUnit", params(("id" = UnitId, Path)),
    responses((status = 200, description = "The unit", body = UnitCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UnitId>) -> Answer<Versioned<UnitCard>> {
    let card = property::unit(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}

/// Changes what is known of a unit: absent fields stay as they are, `null` empties one.
#[utoipa::path(
    patch, path = "/units/{id}", tag = "property", operation_id = "updateUnit",
    params(("id" = UnitId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = UnitFacts, description = "Any part of it", content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = UnitCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UnitId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Value>,
) -> Answer<Versioned<UnitCard>> {
    let known = property::unit(&ctx, &actor, id).await?;
    let card = property::update_unit(&ctx, &actor, id, version, &merged(&known.facts, patch)?).await?;
    Ok(Versioned(card.version, card))
}

/// Puts a unit into the archive.
#[utoipa::path(
    post, path = "/units/{id}/archive", tag = "property", operation_id = "archiveUnit",
    params(("id" = UnitId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being archived", example = "\"3\"")),
    responses(
        (status = 200, description = "Archived", body = UnitCard, headers(("ETag" = String))),
        (status = 409, description = "`in_use`: people, an open account or open requests; `conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UnitId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<UnitCard>> {
    let card = property::set_unit_archived(&ctx, &actor, id, version, true).await?;
    Ok(Versioned(card.version, card))
}

/// Takes a unit back from the archive.
#[utoipa::path(
    post, path = "/units/{id}/restore", tag = "property", operation_id = "restoreUnit",
    params(("id" = UnitId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being restored", example = "\"3\"")),
    responses(
        (status = 200, description = "Restored", body = UnitCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn restore(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UnitId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<UnitCard>> {
    let card = property::set_unit_archived(&ctx, &actor, id, version, false).await?;
    Ok(Versioned(card.version, card))
}

/// Gives a unit another number and, when asked, all that follow it the numbers after.
#[utoipa::path(
    post, path = "/units/{id}/renumber", tag = "property", operation_id = "renumberUnits",
    params(("id" = UnitId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = Renumber,
    responses(
        (status = 200, description = "The building with its units", body = BuildingCard, headers(("ETag" = String, description = "Of the building"))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn renumber(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UnitId>,
    IfMatch(version): IfMatch,
    Json(command): Json<Renumber>,
) -> Answer<Versioned<BuildingCard>> {
    let card = property::renumber(&ctx, &actor, id, version, &command).await?;
    Ok(Versioned(card.version, card))
}
