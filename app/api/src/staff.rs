//! Staff.

use crate::ApiResult;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::staff::StaffRow;

#[cfg(feature = "ssr")]
use {crate::context::run, domain::people};

#[server(prefix = "/rpc", endpoint = "staff/list", input = Json)]
pub async fn list() -> ApiResult<Vec<StaffRow>> {
    run(async |ctx, actor| people::staff(&ctx, &actor).await).await
}
