//! Field work: what is recorded on a request, its proof and its price, and the company's lists for it.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::{CatalogueId, ChecklistId, RequestId, requests::RequestCard, work as of};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::requests::work};

#[server(prefix = "/rpc", endpoint = "work/record", input = Json, output = Json)]
pub async fn record(id: RequestId, command: of::RecordWork) -> ApiResult<RequestCard> {
    run(async |ctx, actor| work::record(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/confirm", input = Json, output = Json)]
pub async fn confirm(id: RequestId, command: of::ConfirmWork) -> ApiResult<RequestCard> {
    run(async |ctx, actor| work::confirm(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/estimate", input = Json, output = Json)]
pub async fn estimate(id: RequestId, command: of::MakeEstimate) -> ApiResult<RequestCard> {
    run(async |ctx, actor| work::estimate(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/decide", input = Json, output = Json)]
pub async fn decide(id: RequestId, command: of::DecideEstimate) -> ApiResult<RequestCard> {
    run(async |ctx, actor| work::decide(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/items", input = Json, output = Json)]
pub async fn items(list: of::Catalogue) -> ApiResult<Vec<of::CatalogueItem>> {
    run(async |ctx, actor| work::items(&ctx, &actor, list).await).await
}

#[server(prefix = "/rpc", endpoint = "work/save_item", input = Json, output = Json)]
pub async fn save_item(known: Option<(CatalogueId, i32)>, command: of::SaveItem) -> ApiResult<of::CatalogueItem> {
    run(async |ctx, actor| work::save_item(&ctx, &actor, known, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/archive_item", input = Json, output = Json)]
pub async fn archive_item(id: CatalogueId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| work::archive_item(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "work/checklists", input = Json, output = Json)]
pub async fn checklists() -> ApiResult<Vec<of::Checklist>> {
    run(async |ctx, actor| work::checklists(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "work/save_checklist", input = Json, output = Json)]
pub async fn save_checklist(known: Option<(ChecklistId, i32)>, command: of::SaveChecklist) -> ApiResult<of::Checklist> {
    run(async |ctx, actor| work::save_checklist(&ctx, &actor, known, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "work/archive_checklist", input = Json, output = Json)]
pub async fn archive_checklist(id: ChecklistId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| work::archive_checklist(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "work/rules", input = Json, output = Json)]
pub async fn rules() -> ApiResult<of::WorkRules> {
    run(async |ctx, actor| work::rules(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "work/save_rules", input = Json, output = Json)]
pub async fn save_rules(version: i32, command: of::SaveWorkRules) -> ApiResult<of::WorkRules> {
    run(async |ctx, actor| work::save_rules(&ctx, &actor, version, &command).await).await
}
