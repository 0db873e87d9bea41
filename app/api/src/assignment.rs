//! Who gets a request.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{AssignmentRuleId, RequestId, assignment as of};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::assignment};

#[server(prefix = "/rpc", endpoint = "assignment/proposals", input = Json, output = Json)]
pub async fn proposals(id: RequestId) -> ApiResult<Vec<of::Proposal>> {
    run(async |ctx, actor| assignment::proposals(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/proposal", input = Json, output = Json)]
pub async fn proposal(id: RequestId) -> ApiResult<Option<of::Proposal>> {
    run(async |ctx, actor| assignment::proposal(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/settings", input = Json, output = Json)]
pub async fn settings() -> ApiResult<of::AssignmentSettings> {
    run(async |ctx, actor| assignment::settings(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/save_modes", input = Json, output = Json)]
pub async fn save_modes(version: i32, command: of::Modes) -> ApiResult<of::AssignmentSettings> {
    run(async |ctx, actor| assignment::save_modes(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/add_rule", input = Json, output = Json)]
pub async fn add_rule(command: of::AddRule) -> ApiResult<of::AssignmentSettings> {
    run(async |ctx, actor| assignment::add_rule(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/remove_rule", input = Json, output = Json)]
pub async fn remove_rule(id: AssignmentRuleId) -> ApiResult<of::AssignmentSettings> {
    run(async |ctx, actor| assignment::remove_rule(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "assignment/replay", input = Json, output = Json)]
pub async fn replay() -> ApiResult<of::Replay> {
    run(async |ctx, actor| assignment::replay(&ctx, &actor).await).await
}
