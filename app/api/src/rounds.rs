//! Inspection rounds and their routes.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    RoundId, RoundPointId, RouteId,
    rounds::{GiveRounds, MarkPoint, RoundCard, RoundFilter, RoundRow, RouteCard, RouteFacts},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::rounds};

#[server(prefix = "/rpc", endpoint = "rounds/routes", input = Json, output = Json)]
pub async fn routes() -> ApiResult<Vec<RouteCard>> {
    run(async |ctx, actor| rounds::routes(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/create_route", input = Json, output = Json)]
pub async fn create_route(command: RouteFacts) -> ApiResult<RouteCard> {
    run(async |ctx, actor| rounds::create_route(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/update_route", input = Json, output = Json)]
pub async fn update_route(id: RouteId, version: i32, command: RouteFacts) -> ApiResult<RouteCard> {
    run(async |ctx, actor| rounds::update_route(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/archive_route", input = Json, output = Json)]
pub async fn archive_route(id: RouteId, version: i32) -> ApiResult<()> {
    run(async |ctx, actor| rounds::archive_route(&ctx, &actor, id, version).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/give", input = Json, output = Json)]
pub async fn give(command: GiveRounds) -> ApiResult<Vec<RoundRow>> {
    run(async |ctx, actor| rounds::give(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/list", input = Json, output = Json)]
pub async fn list(filter: RoundFilter) -> ApiResult<Vec<RoundRow>> {
    run(async |ctx, actor| rounds::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/get", input = Json, output = Json)]
pub async fn get(id: RoundId) -> ApiResult<RoundCard> {
    run(async |ctx, actor| rounds::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/mark", input = Json, output = Json)]
pub async fn mark(id: RoundPointId, command: MarkPoint) -> ApiResult<RoundCard> {
    run(async |ctx, actor| rounds::mark(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/finish", input = Json, output = Json)]
pub async fn finish(id: RoundId) -> ApiResult<RoundCard> {
    run(async |ctx, actor| rounds::finish(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "rounds/cancel", input = Json, output = Json)]
pub async fn cancel(id: RoundId) -> ApiResult<RoundCard> {
    run(async |ctx, actor| rounds::cancel(&ctx, &actor, id).await).await
}
