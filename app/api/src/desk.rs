//! The frame of the desk.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::desk::DeskCounts;

#[cfg(feature = "ssr")]
use {crate::context::run, domain::desk};

#[server(prefix = "/rpc", endpoint = "desk/counts", input = Json, output = Json)]
pub async fn counts() -> ApiResult<DeskCounts> {
    run(async |ctx, actor| desk::counts(&ctx, &actor).await).await
}
