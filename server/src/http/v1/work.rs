//! Field work on a request, its proof and its price; the company's lists for it.

use super::{
    BASE,
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, requests::work};
use model::{
    CatalogueId, ChecklistId, RequestId,
    work::{
        Catalogue, CatalogueItem, Checklist, ConfirmWork, DecideEstimate, Estimate, FieldWork, MakeEstimate,
        RecordWork, SaveChecklist, SaveItem, SaveWorkRules, WorkRules,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(get, record))
        .routes(routes!(confirm))
        .routes(routes!(estimates, estimate))
        .routes(routes!(decide))
        .routes(routes!(items, create_item))
        .routes(routes!(update_item, archive_item))
        .routes(routes!(checklists, create_checklist))
        .routes(routes!(update_checklist, archive_checklist))
        .routes(routes!(rules, save_rules))
}

/// What is recorded about the work on a request: checklist, materials, time, costs, proof and price. Residents see the
/// proof and the price.
#[utoipa::path(
    get, path = "/requests/{id}/work", tag = "work", operation_id = "getWork", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The work", body = FieldWork))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<FieldWork>> {
    Ok(Reply(work::get(&ctx, &actor, id).await?))
}

/// Records one thing about the work: a tick, a material, time, a cost.
#[utoipa::path(
    post, path = "/requests/{id}/work", tag = "work", operation_id = "recordWork", params(("id" = RequestId, Path)),
    request_body(content = RecordWork, example = json!({ "do": "add_time", "minutes": 40, "note": "Two trips to the shop" })),
    responses(
        (status = 200, description = "Recorded", body = FieldWork),
        (status = 409, description = "`illegal_transition`: the request has ended"),
    )
)]
async fn record(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<RecordWork>,
) -> Answer<Reply<FieldWork>> {
    Ok(Reply(work::record(&ctx, &actor, id, &command).await?.work))
}

/// Takes the resident's word that the work was done: their code, their signature, or why there is neither.
#[utoipa::path(
    post, path = "/requests/{id}/confirmation", tag = "work", operation_id = "confirmWork", params(("id" = RequestId, Path)),
    request_body(content = ConfirmWork, example = json!({ "result": "The tap was replaced", "word": { "how": "code", "code": "4821" } })),
    responses(
        (status = 200, description = "Confirmed", body = FieldWork),
        (status = 409, description = "`illegal_transition`: the work is not in progress"),
    )
)]
async fn confirm(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<ConfirmWork>,
) -> Answer<Reply<FieldWork>> {
    Ok(Reply(work::confirm(&ctx, &actor, id, &command).await?.work))
}

/// Every estimate of a request, the newest first.
#[utoipa::path(
    get, path = "/requests/{id}/estimates", tag = "work", operation_id = "listEstimates", params(("id" = RequestId, Path)),
    responses((status = 200, description = "The estimates", body = [Estimate]))
)]
async fn estimates(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<RequestId>) -> Answer<Reply<Vec<Estimate>>> {
    Ok(Reply(work::estimates(&ctx, &actor, id).await?))
}

/// Makes an estimate of paid work and sends it to the resident; the one before is replaced.
#[utoipa::path(
    post, path = "/requests/{id}/estimates", tag = "work", operation_id = "makeEstimate", params(("id" = RequestId, Path)),
    request_body(content = MakeEstimate, example = json!({
        "lines": [{ "name": "A new tap with fitting", "price": 25_000_000, "quantity": 1000 }], "valid_until": "2027-01-31",
    })),
    responses(
        (status = 201, description = "Sent", body = FieldWork),
        (status = 409, description = "`illegal_transition`: the request has ended"),
    )
)]
async fn estimate(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<MakeEstimate>,
) -> Answer<Response> {
    let card = work::estimate(&ctx, &actor, id, &command).await?;
    Ok((StatusCode::CREATED, Reply(card.work)).into_response())
}

/// The resident accepts or declines the estimate they read.
#[utoipa::path(
    post, path = "/requests/{id}/estimates/decision", tag = "work", operation_id = "decideEstimate",
    params(("id" = RequestId, Path)), request_body = DecideEstimate,
    responses(
        (status = 200, description = "Decided", body = FieldWork),
        (status = 409, description = "`estimate_ended`: decided, replaced or out of date; `illegal_transition`: the request has ended"),
    )
)]
async fn decide(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<RequestId>,
    Json(command): Json<DecideEstimate>,
) -> Answer<Reply<FieldWork>> {
    Ok(Reply(work::decide(&ctx, &actor, id, &command).await?.work))
}

/// Which list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    list: Catalogue,
}

/// The company's materials or its services with their prices.
#[utoipa::path(
    get, path = "/catalogue", tag = "work", operation_id = "listCatalogue", params(Which),
    responses((status = 200, description = "The items, by name", body = [CatalogueItem]))
)]
async fn items(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(which): Query<Which>,
) -> Answer<Reply<Vec<CatalogueItem>>> {
    Ok(Reply(work::items(&ctx, &actor, which.list).await?))
}

/// Makes a material or a service.
#[utoipa::path(
    post, path = "/catalogue", tag = "work", operation_id = "createCatalogueItem",
    request_body(content = SaveItem, example = json!({
        "list": "material", "names": { "ru": "Прокладка 1/2", "uz": "Qistirma 1/2" }, "unit": "piece", "price": 300_000,
    })),
    responses((status = 201, description = "Made", body = CatalogueItem, headers(("Location" = String))))
)]
async fn create_item(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<SaveItem>) -> Answer<Response> {
    let item = work::save_item(&ctx, &actor, None, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/catalogue/{}", item.id))];
    Ok((StatusCode::CREATED, place, Reply(item)).into_response())
}

/// Replaces what is known of a material or a service. What was used or offered keeps its price.
#[utoipa::path(
    put, path = "/catalogue/{id}", tag = "work", operation_id = "updateCatalogueItem",
    params(("id" = CatalogueId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = SaveItem,
    responses(
        (status = 200, description = "Changed", body = CatalogueItem),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_item(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<CatalogueId>,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveItem>,
) -> Answer<Reply<CatalogueItem>> {
    Ok(Reply(work::save_item(&ctx, &actor, Some((id, version)), &command).await?))
}

/// Takes a material or a service out of the list.
#[utoipa::path(
    delete, path = "/catalogue/{id}", tag = "work", operation_id = "archiveCatalogueItem",
    params(("id" = CatalogueId, Path), ("If-Match" = String, Header, description = "The version being put away", example = "\"3\"")),
    responses(
        (status = 204, description = "Put away"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_item(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<CatalogueId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    work::archive_item(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The company's checklists.
#[utoipa::path(
    get, path = "/checklists", tag = "work", operation_id = "listChecklists",
    responses((status = 200, description = "The checklists, by name", body = [Checklist]))
)]
async fn checklists(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<Checklist>>> {
    Ok(Reply(work::checklists(&ctx, &actor).await?))
}

/// Makes a checklist.
#[utoipa::path(
    post, path = "/checklists", tag = "work", operation_id = "createChecklist",
    request_body(content = SaveChecklist, example = json!({ "name": "Heating before winter", "items": ["Pressure", "Valves", "Pumps"] })),
    responses((status = 201, description = "Made", body = Checklist, headers(("Location" = String))))
)]
async fn create_checklist(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SaveChecklist>,
) -> Answer<Response> {
    let list = work::save_checklist(&ctx, &actor, None, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/checklists/{}", list.id))];
    Ok((StatusCode::CREATED, place, Reply(list)).into_response())
}

/// Replaces a checklist. Requests that have it keep what they have.
#[utoipa::path(
    put, path = "/checklists/{id}", tag = "work", operation_id = "updateChecklist",
    params(("id" = ChecklistId, Path), ("If-Match" = String, Header, description = "The version being edited", example = "\"3\"")),
    request_body = SaveChecklist,
    responses(
        (status = 200, description = "Changed", body = Checklist),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn update_checklist(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ChecklistId>,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveChecklist>,
) -> Answer<Reply<Checklist>> {
    Ok(Reply(work::save_checklist(&ctx, &actor, Some((id, version)), &command).await?))
}

/// Takes a checklist out of use.
#[utoipa::path(
    delete, path = "/checklists/{id}", tag = "work", operation_id = "archiveChecklist",
    params(("id" = ChecklistId, Path), ("If-Match" = String, Header, description = "The version being put away", example = "\"3\"")),
    responses(
        (status = 204, description = "Put away"),
        (status = 409, description = "`conflict`: somebody changed it meanwhile"),
    )
)]
async fn archive_checklist(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ChecklistId>,
    IfMatch(version): IfMatch,
) -> Answer<StatusCode> {
    work::archive_checklist(&ctx, &actor, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What has to be recorded before work is finished, and whether paid work waits for its estimate.
#[utoipa::path(
    get, path = "/settings/work", tag = "work", operation_id = "getWorkRules",
    responses((status = 200, description = "The rules; `version` is for `If-Match`", body = WorkRules))
)]
async fn rules(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<WorkRules>> {
    Ok(Reply(work::rules(&ctx, &actor).await?))
}

/// Replaces the rules. Work that was reported before stays done.
#[utoipa::path(
    put, path = "/settings/work", tag = "work", operation_id = "saveWorkRules",
    params(("If-Match" = String, Header, description = "The `version` being edited", example = "\"3\"")),
    request_body = SaveWorkRules,
    responses(
        (status = 200, description = "Saved", body = WorkRules),
        (status = 409, description = "`conflict`: somebody changed them meanwhile"),
    )
)]
async fn save_rules(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    IfMatch(version): IfMatch,
    Json(command): Json<SaveWorkRules>,
) -> Answer<Reply<WorkRules>> {
    Ok(Reply(work::save_rules(&ctx, &actor, version, &command).await?))
}
