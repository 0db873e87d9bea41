//! Outages, risers, the detector's proposals, and common problems that neighbours join.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::outages as of;
use model::{BuildingId, OutageId, Page, ProposalId, RequestId, RiserId, bulk::Outcome};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::outages};

#[server(prefix = "/rpc", endpoint = "outages/list", input = Json, output = Json)]
pub async fn list(filter: of::OutageFilter) -> ApiResult<Page<of::OutageRow>> {
    run(async |ctx, actor| outages::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/counts", input = Json, output = Json)]
pub async fn counts() -> ApiResult<of::OutageCounts> {
    run(async |ctx, actor| outages::counts(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/get", input = Json, output = Json)]
pub async fn get(id: OutageId) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/create", input = Json, output = Json)]
pub async fn create(facts: of::OutageFacts) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::create(&ctx, &actor, &facts).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/update", input = Json, output = Json)]
pub async fn update(id: OutageId, version: i32, facts: of::OutageFacts) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::update(&ctx, &actor, id, version, &facts).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/step", input = Json, output = Json)]
pub async fn step(id: OutageId, version: i32, command: of::OutageStep) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::step(&ctx, &actor, id, version, command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/reach", input = Json, output = Json)]
pub async fn reach(places: Vec<of::OutagePlace>) -> ApiResult<of::OutageReach> {
    run(async |ctx, actor| outages::reach(&ctx, &actor, &places).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/house_places", input = Json, output = Json)]
pub async fn house_places(id: BuildingId) -> ApiResult<of::HousePlaces> {
    run(async |ctx, actor| outages::house_places(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/link", input = Json, output = Json)]
pub async fn link(id: OutageId, command: of::LinkRequests) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::link(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/finish", input = Json, output = Json)]
pub async fn finish(id: OutageId, command: of::FinishRequests) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| outages::finish(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/at", input = Json, output = Json)]
pub async fn at(spot: of::Spot) -> ApiResult<Vec<of::OutageNotice>> {
    run(async |ctx, actor| outages::at(&ctx, &actor, spot).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/call", input = Json, output = Json)]
pub async fn call(id: OutageId, command: of::OutageCall) -> ApiResult<()> {
    run(async |ctx, actor| outages::call(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/about_request", input = Json, output = Json)]
pub async fn about_request(id: RequestId) -> ApiResult<of::RequestContext> {
    run(async |ctx, actor| outages::about_request(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/mine", input = Json, output = Json)]
pub async fn mine() -> ApiResult<Vec<of::OutageNotice>> {
    run(async |ctx, actor| outages::mine(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/join", input = Json, output = Json)]
pub async fn join(id: OutageId) -> ApiResult<of::OutageNotice> {
    run(async |ctx, actor| outages::join(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/leave", input = Json, output = Json)]
pub async fn leave(id: OutageId) -> ApiResult<()> {
    run(async |ctx, actor| outages::leave(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/common", input = Json, output = Json)]
pub async fn common() -> ApiResult<Vec<of::CommonProblem>> {
    run(async |ctx, actor| outages::common_problems(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/join_common", input = Json, output = Json)]
pub async fn join_common(id: RequestId) -> ApiResult<of::CommonProblem> {
    run(async |ctx, actor| outages::join_common(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/leave_common", input = Json, output = Json)]
pub async fn leave_common(id: RequestId) -> ApiResult<()> {
    run(async |ctx, actor| outages::leave_common(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/proposals", input = Json, output = Json)]
pub async fn proposals() -> ApiResult<Vec<of::ProposalView>> {
    run(async |ctx, actor| outages::proposals(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/accept", input = Json, output = Json)]
pub async fn accept(id: ProposalId) -> ApiResult<of::OutageCard> {
    run(async |ctx, actor| outages::accept(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/dismiss", input = Json, output = Json)]
pub async fn dismiss(id: ProposalId) -> ApiResult<()> {
    run(async |ctx, actor| outages::dismiss(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/detector", input = Json, output = Json)]
pub async fn detector() -> ApiResult<of::Detector> {
    run(async |ctx, actor| outages::detector(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/save_detector", input = Json, output = Json)]
pub async fn save_detector(version: i32, rules: of::DetectorRules) -> ApiResult<of::Detector> {
    run(async |ctx, actor| outages::save_detector(&ctx, &actor, version, &rules).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/risers", input = Json, output = Json)]
pub async fn risers(id: BuildingId) -> ApiResult<Vec<of::RiserRow>> {
    run(async |ctx, actor| outages::risers(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/generate_risers", input = Json, output = Json)]
pub async fn generate_risers(id: BuildingId, command: of::GenerateRisers) -> ApiResult<Vec<of::RiserRow>> {
    run(async |ctx, actor| outages::generate_risers(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/create_riser", input = Json, output = Json)]
pub async fn create_riser(building_id: BuildingId, command: of::RiserFacts) -> ApiResult<of::RiserRow> {
    run(async |ctx, actor| outages::create_riser(&ctx, &actor, building_id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/update_riser", input = Json, output = Json)]
pub async fn update_riser(id: RiserId, version: i32, command: of::RiserFacts) -> ApiResult<of::RiserRow> {
    run(async |ctx, actor| outages::update_riser(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "outages/archive_riser", input = Json, output = Json)]
pub async fn archive_riser(id: RiserId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| outages::archive_riser(&ctx, &actor, id, version).await).await
}
