//! Planned work.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    PlanId,
    plans::{PlanCard, PlanFacts, PlanRow},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::plans};

#[server(prefix = "/rpc", endpoint = "plans/list", input = Json, output = Json)]
pub async fn list() -> ApiResult<Vec<PlanRow>> {
    run(async |ctx, actor| plans::list(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "plans/get", input = Json, output = Json)]
pub async fn get(id: PlanId) -> ApiResult<PlanCard> {
    run(async |ctx, actor| plans::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "plans/create", input = Json, output = Json)]
pub async fn create(command: PlanFacts) -> ApiResult<PlanCard> {
    run(async |ctx, actor| plans::create(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "plans/update", input = Json, output = Json)]
pub async fn update(id: PlanId, version: i32, command: PlanFacts) -> ApiResult<PlanCard> {
    run(async |ctx, actor| plans::update(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "plans/pause", input = Json, output = Json)]
pub async fn pause(id: PlanId, version: i32, paused: bool) -> ApiResult<PlanCard> {
    run(async |ctx, actor| plans::pause(&ctx, &actor, id, version, paused).await).await
}

#[server(prefix = "/rpc", endpoint = "plans/archive", input = Json, output = Json)]
pub async fn archive(id: PlanId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| plans::archive(&ctx, &actor, id, version).await).await
}
