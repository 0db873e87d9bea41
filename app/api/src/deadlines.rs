//! Deadlines: the company's rules, whom it tells, and how a due time came about.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
// By its module: the macro makes a type of its own for each function, with the same names.
use model::{RequestId, deadlines as of, requests::RequestCard};

#[cfg(feature = "ssr")]
use {
    crate::context::run,
    domain::{deadlines, requests},
};

#[server(prefix = "/rpc", endpoint = "deadlines/settings", input = Json, output = Json)]
pub async fn settings() -> ApiResult<of::DeadlineSettings> {
    run(async |ctx, actor| deadlines::settings(&ctx, &actor).await).await
}

/// `number` is the edition the editor saw.
#[server(prefix = "/rpc", endpoint = "deadlines/save_rules", input = Json, output = Json)]
pub async fn save_rules(number: i32, command: of::SaveRules) -> ApiResult<of::DeadlineSettings> {
    run(async |ctx, actor| deadlines::save_rules(&ctx, &actor, number, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "deadlines/save_watch", input = Json, output = Json)]
pub async fn save_watch(version: i32, command: of::Watch) -> ApiResult<of::DeadlineSettings> {
    run(async |ctx, actor| deadlines::save_watch(&ctx, &actor, version, &command).await).await
}

/// Other rules, tried on the requests of the last 90 days.
#[server(prefix = "/rpc", endpoint = "deadlines/what_if", input = Json, output = Json)]
pub async fn what_if(command: of::WhatIf) -> ApiResult<of::WhatIfResult> {
    run(async |ctx, actor| deadlines::what_if(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "deadlines/of_request", input = Json, output = Json)]
pub async fn of_request(id: RequestId) -> ApiResult<of::RequestDeadlines> {
    run(async |ctx, actor| deadlines::of_request(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "requests/wait", input = Json, output = Json)]
pub async fn wait(id: RequestId, command: of::WaitRequest) -> ApiResult<RequestCard> {
    run(async |ctx, actor| requests::wait(&ctx, &actor, id, &command).await).await
}
