//! How the product itself is doing.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::operations::{JobsRetried, Operations};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::operations};

#[server(prefix = "/rpc", endpoint = "operations/overview", input = Json, output = Json)]
pub async fn overview() -> ApiResult<Operations> {
    run(async |ctx, actor| operations::overview(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "operations/retry", input = Json, output = Json)]
pub async fn retry(id: i64) -> ApiResult<JobsRetried> {
    run(async |ctx, actor| operations::retry(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "operations/retry_all", input = Json, output = Json)]
pub async fn retry_all(task: String) -> ApiResult<JobsRetried> {
    run(async |ctx, actor| operations::retry_all(&ctx, &actor, &task).await).await
}

#[server(prefix = "/rpc", endpoint = "operations/discard", input = Json, output = Json)]
pub async fn discard(id: i64) -> ApiResult<()> {
    run(async |ctx, actor| operations::discard(&ctx, &actor, id).await).await
}
