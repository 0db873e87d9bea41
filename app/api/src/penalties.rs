//! Rules of bills, what paying late costs, and what is forgiven of it.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::billing as of;
use model::{AccountId, BuildingId, PenaltyId, RunId, WaiverId};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{billing, penalties},
};

#[server(prefix = "/rpc", endpoint = "penalties/rules", input = Json, output = Json)]
pub async fn rules() -> ApiResult<of::BillingSettings> {
    run(async |ctx, actor| billing::rules(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/save_rules", input = Json, output = Json)]
pub async fn save_rules(version: i32, command: of::SaveBillingRules) -> ApiResult<of::BillingSettings> {
    run(async |ctx, actor| billing::save_rules(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/create_rule", input = Json, output = Json)]
pub async fn create_rule(command: of::PenaltyTerms) -> ApiResult<of::BillingSettings> {
    run(async |ctx, actor| penalties::create_rule(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/forecast", input = Json, output = Json)]
pub async fn forecast(command: of::PenaltyTerms, after: Option<BuildingId>) -> ApiResult<of::PenaltyForecast> {
    run(async |ctx, actor| penalties::forecast(&ctx, &actor, &command, after).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/runs", input = Json, output = Json)]
pub async fn runs() -> ApiResult<Vec<of::PenaltyRunRow>> {
    run(async |ctx, actor| penalties::runs(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/get_run", input = Json, output = Json)]
pub async fn get_run(id: RunId) -> ApiResult<of::PenaltyRunCard> {
    run(async |ctx, actor| penalties::get_run(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/start_run", input = Json, output = Json)]
pub async fn start_run(command: of::StartPenaltyRun) -> ApiResult<of::PenaltyRunCard> {
    run(async |ctx, actor| penalties::start_run(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/post_run", input = Json, output = Json)]
pub async fn post_run(id: RunId, version: i32) -> ApiResult<of::PenaltyRunCard> {
    run(async |ctx, actor| penalties::start_post(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/undo_run", input = Json, output = Json)]
pub async fn undo_run(id: RunId, version: i32) -> ApiResult<of::PenaltyRunCard> {
    run(async |ctx, actor| penalties::start_undo(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/waive", input = Json, output = Json)]
pub async fn waive(id: PenaltyId, command: of::WaivePenalty) -> ApiResult<of::PenaltyRow> {
    run(async |ctx, actor| penalties::waive(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/decide_waiver", input = Json, output = Json)]
pub async fn decide_waiver(id: WaiverId, command: of::DecideRecalculation) -> ApiResult<of::PenaltyRow> {
    run(async |ctx, actor| penalties::decide_waiver(&ctx, &actor, id, command.approve).await).await
}

#[server(prefix = "/rpc", endpoint = "penalties/set_payer", input = Json, output = Json)]
pub async fn set_payer(account_id: AccountId, command: of::SetPayer) -> ApiResult<()> {
    run(async |ctx, actor| penalties::set_payer(&ctx, &actor, account_id, command).await).await
}
