//! Work in the background.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{TaskId, tasks::TaskView};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::tasks};

#[server(prefix = "/rpc", endpoint = "tasks/get", input = Json, output = Json)]
pub async fn get(id: TaskId) -> ApiResult<TaskView> {
    run(async |ctx, actor| tasks::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "tasks/own", input = Json, output = Json)]
pub async fn own() -> ApiResult<Vec<TaskView>> {
    run(async |ctx, actor| tasks::own(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "tasks/cancel", input = Json, output = Json)]
pub async fn cancel(id: TaskId) -> ApiResult<TaskView> {
    run(async |ctx, actor| tasks::cancel(&ctx, &actor, id).await).await
}
