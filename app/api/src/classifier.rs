//! The classifier: what requests are about.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{ProblemId, classifier as of};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::classifier};

#[server(prefix = "/rpc", endpoint = "classifier/list", input = Json, output = Json)]
pub async fn list(filter: of::ClassifierFilter) -> ApiResult<of::Classifier> {
    run(async |ctx, actor| classifier::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/suggest", input = Json, output = Json)]
pub async fn suggest(command: of::SuggestProblem) -> ApiResult<Vec<of::Suggestion>> {
    run(async |ctx, actor| classifier::suggest(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/add_problem", input = Json, output = Json)]
pub async fn add_problem(command: of::AddProblem) -> ApiResult<of::ProblemRow> {
    run(async |ctx, actor| classifier::add_problem(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/update_problem", input = Json, output = Json)]
pub async fn update_problem(id: ProblemId, version: i32, command: of::ProblemFacts) -> ApiResult<of::ProblemRow> {
    run(async |ctx, actor| classifier::update_problem(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/order", input = Json, output = Json)]
pub async fn order(command: of::OrderProblems) -> ApiResult<()> {
    run(async |ctx, actor| classifier::order_problems(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/add_place", input = Json, output = Json)]
pub async fn add_place(command: of::PlaceFacts) -> ApiResult<of::PlaceRow> {
    run(async |ctx, actor| classifier::add_place(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "classifier/update_place", input = Json, output = Json)]
pub async fn update_place(key: String, command: of::PlaceFacts) -> ApiResult<of::PlaceRow> {
    run(async |ctx, actor| classifier::update_place(&ctx, &actor, &key, &command).await).await
}
