//! Outages: the journal, risers, the detector's proposals, "me too".

mod common;
mod proposals;
mod risers;

use super::{
    BASE,
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::{Answer, Problem},
    property::{Versioned, merged},
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use domain::{Ctx, outages, settings};
use model::{
    BuildingId, Code, EntranceId, OutageId, Page, RequestId, UnitId,
    outages::{
        FinishRequests, HousePlaces, LinkRequests, OutageCall, OutageCard, OutageCounts, OutageFacts, OutageFilter,
        OutageNotice, OutagePlace, OutageReach, OutageRow, OutageStep, RequestContext, Spot,
    },
    settings::CompanyContacts,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(counts))
        .routes(routes!(mine))
        .routes(routes!(at))
        .routes(routes!(reach))
        .routes(routes!(get, update))
        .routes(routes!(step))
        .routes(routes!(link))
        .routes(routes!(finish))
        .routes(routes!(call))
        .routes(routes!(join, leave))
        .merge(proposals::routes())
        .merge(risers::routes())
        .routes(routes!(house_places))
        .merge(common::routes())
        .routes(routes!(about_request))
        .routes(routes!(contacts))
}

/// The journal of outages.
#[utoipa::path(
    get, path = "/outages", tag = "outages", operation_id = "listOutages", params(OutageFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<OutageRow>))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<OutageFilter>,
) -> Answer<Reply<Page<OutageRow>>> {
    Ok(Reply(outages::list(&ctx, &actor, &filter).await?))
}

/// Writes an outage down: planned when it begins later, running otherwise.
#[utoipa::path(
    post, path = "/outages", tag = "outages", operation_id = "createOutage",
    request_body(content = OutageFacts, example = json!({
        "kind": "emergency", "resource": "cold_water", "starts_at": "2026-05-12T09:00:00Z", "ends_at": "2026-05-12T13:00:00Z",
        "places": [{ "building_id": "0197a2f0-0000-7000-8000-000000000001" }]
    })),
    responses((status = 201, description = "Made", body = OutageCard,
        headers(("Location" = String, description = "Where the outage is"), ("ETag" = String, description = "For `If-Match`"))))
)]
async fn create(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(facts): Json<OutageFacts>,
) -> Answer<impl IntoResponse> {
    let card = outages::create(&ctx, &actor, &facts).await?;
    let place = [(header::LOCATION, format!("{BASE}/outages/{}", card.id))];
    Ok((StatusCode::CREATED, place, Versioned(card.version, card)))
}

/// Counters of the journal.
#[utoipa::path(
    get, path = "/outages/counts", tag = "outages", operation_id = "countOutages",
    responses((status = 200, description = "The counters", body = OutageCounts))
)]
async fn counts(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<OutageCounts>> {
    Ok(Reply(outages::counts(&ctx, &actor).await?))
}

/// What concerns the homes of the signed-in resident.
#[utoipa::path(
    get, path = "/outages/mine", tag = "outages", operation_id = "myOutages",
    responses((status = 200, description = "Running, ahead or just over", body = [OutageNotice]))
)]
async fn mine(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<OutageNotice>>> {
    Ok(Reply(outages::mine(&ctx, &actor).await?))
}

/// Where to ask about; exactly one of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct At {
    /// What hits exactly this unit.
    unit_id: Option<UnitId>,
    /// Everything in the entrance.
    entrance_id: Option<EntranceId>,
    /// Everything in the house.
    building_id: Option<BuildingId>,
}

/// Outages at a place: running, or within a week.
#[utoipa::path(
    get, path = "/outages/at", tag = "outages", operation_id = "outagesAt", params(At),
    responses((status = 200, description = "What runs comes first", body = [OutageNotice]))
)]
async fn at(State(ctx): State<Ctx>, Auth(actor): Auth, Query(at): Query<At>) -> Answer<Reply<Vec<OutageNotice>>> {
    let spot = match (at.unit_id, at.entrance_id, at.building_id) {
        (Some(id), None, None) => Spot::Unit(id),
        (None, Some(id), None) => Spot::Entrance(id),
        (None, None, Some(id)) => Spot::Building(id),
        _ => return Err(Problem::from(Code::BadRequest).detail("name one of unit_id, entrance_id, building_id")),
    };
    Ok(Reply(outages::at(&ctx, &actor, spot).await?))
}

/// Places to count.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Places {
    #[schema(max_items = 200)]
    places: Vec<OutagePlace>,
}

/// How many homes and people an outage at these places would hit.
#[utoipa::path(
    post, path = "/outages/reach", tag = "outages", operation_id = "outageReach", request_body = Places,
    responses((status = 200, description = "How many", body = OutageReach))
)]
async fn reach(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<Places>) -> Answer<Reply<OutageReach>> {
    Ok(Reply(outages::reach(&ctx, &actor, &command.places).await?))
}

/// One outage with the requests it explains.
#[utoipa::path(
    get, path = "/outages/{id}", tag = "outages", operation_id = "getOutage", params(("id" = OutageId, Path)),
    responses((status = 200, description = "The outage", body = OutageCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<OutageId>) -> Answer<Versioned<OutageCard>> {
    let card = outages::get(&ctx, &actor, id).await?;
    Ok(Versioned(card.version, card))
}

/// Changes what is known of an outage that is not over; moving `ends_at` prolongs it. Absent fields stay, `null`
/// empties one.
#[utoipa::path(
    patch, path = "/outages/{id}", tag = "outages", operation_id = "updateOutage",
    params(("id" = OutageId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body(content = OutageFacts, description = "Any part of it", content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "Changed", body = OutageCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile; `illegal_transition`: it is over"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<OutageId>,
    IfMatch(version): IfMatch,
    Json(patch): Json<Value>,
) -> Answer<Versioned<OutageCard>> {
    let known = outages::get(&ctx, &actor, id).await?;
    let card = outages::update(&ctx, &actor, id, version, &merged(&known.facts, patch)?).await?;
    Ok(Versioned(card.version, card))
}

/// Starts, ends or cancels an outage.
#[utoipa::path(
    post, path = "/outages/{id}/steps", tag = "outages", operation_id = "stepOutage",
    params(("id" = OutageId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being moved", example = "\"3\"")),
    request_body = OutageStep,
    responses(
        (status = 200, description = "Moved", body = OutageCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed it meanwhile; `illegal_transition`: it makes no sense now"),
    )
)]
async fn step(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<OutageId>,
    IfMatch(version): IfMatch,
    Json(command): Json<OutageStep>,
) -> Answer<Versioned<OutageCard>> {
    let card = outages::step(&ctx, &actor, id, version, command).await?;
    Ok(Versioned(card.version, card))
}

/// Says of requests that the outage explains them, or that it does not.
#[utoipa::path(
    post, path = "/outages/{id}/requests", tag = "outages", operation_id = "linkRequests", params(("id" = OutageId, Path)),
    request_body = LinkRequests,
    responses(
        (status = 200, description = "Linked", body = OutageCard, headers(("ETag" = String))),
        (status = 409, description = "`illegal_transition`: it was cancelled"),
    )
)]
async fn link(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<OutageId>,
    Json(command): Json<LinkRequests>,
) -> Answer<Versioned<OutageCard>> {
    let card = outages::link(&ctx, &actor, id, &command).await?;
    Ok(Versioned(card.version, card))
}

/// How it went for one request.
#[derive(Debug, Serialize, ToSchema)]
struct Finished {
    id: RequestId,
    /// Why it was not finished; absent when it was.
    code: Option<Code>,
}

/// Finishes linked requests together: open ones become done by the legal steps, done ones are closed.
#[utoipa::path(
    post, path = "/outages/{id}/finish", tag = "outages", operation_id = "finishRequests", params(("id" = OutageId, Path)),
    request_body = FinishRequests,
    responses((status = 200, description = "How it went for each, in the order asked", body = [Finished]))
)]
async fn finish(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<OutageId>,
    Json(command): Json<FinishRequests>,
) -> Answer<Reply<Vec<Finished>>> {
    let outcomes = outages::finish(&ctx, &actor, id, &command).await?;
    Ok(Reply(outcomes.into_iter().map(|o| Finished { id: o.id.into(), code: o.failure.map(|f| f.code) }).collect()))
}

/// Writes a call about the outage down instead of making a request of it.
#[utoipa::path(
    post, path = "/outages/{id}/calls", tag = "outages", operation_id = "callAboutOutage", params(("id" = OutageId, Path)),
    request_body = OutageCall,
    responses(
        (status = 204, description = "Written down"),
        (status = 409, description = "`illegal_transition`: it is over"),
    )
)]
async fn call(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<OutageId>,
    Json(command): Json<OutageCall>,
) -> Answer<StatusCode> {
    outages::call(&ctx, &actor, id, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// "Me too": the resident's home is hit as well.
#[utoipa::path(
    post, path = "/outages/{id}/join", tag = "outages", operation_id = "joinOutage", params(("id" = OutageId, Path)),
    responses(
        (status = 200, description = "Joined; twice is once", body = OutageNotice),
        (status = 409, description = "`illegal_transition`: it is over"),
    )
)]
async fn join(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<OutageId>) -> Answer<Reply<OutageNotice>> {
    Ok(Reply(outages::join(&ctx, &actor, id).await?))
}

/// Takes "me too" back.
#[utoipa::path(
    delete, path = "/outages/{id}/join", tag = "outages", operation_id = "leaveOutage", params(("id" = OutageId, Path)),
    responses((status = 204, description = "Left"))
)]
async fn leave(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<OutageId>) -> Answer<StatusCode> {
    outages::leave(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The entrances and risers of a house, for whoever picks places.
#[utoipa::path(
    get, path = "/buildings/{id}/places", tag = "outages", operation_id = "housePlaces", params(("id" = BuildingId, Path)),
    responses((status = 200, description = "The places", body = HousePlaces))
)]
async fn house_places(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<BuildingId>) -> Answer<Reply<HousePlaces>> {
    Ok(Reply(outages::house_places(&ctx, &actor, id).await?))
}

/// The outage that explains a request, others at its address, and how many neighbours joined it.
#[utoipa::path(
    get, path = "/requests/{id}/outages", tag = "outages", operation_id = "outagesOfRequest", params(("id" = RequestId, Path)),
    responses((status = 200, description = "What goes on around it", body = RequestContext))
)]
async fn about_request(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
) -> Answer<Reply<RequestContext>> {
    Ok(Reply(outages::about_request(&ctx, &actor, id).await?))
}

/// How to reach the company.
#[utoipa::path(
    get, path = "/company/contacts", tag = "outages", operation_id = "companyContacts",
    responses((status = 200, description = "Phones, address and hours", body = CompanyContacts))
)]
async fn contacts(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<CompanyContacts>> {
    Ok(Reply(settings::contacts(&ctx, &actor).await?))
}
