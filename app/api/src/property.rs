//! Houses.

use crate::ApiResult;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{
    BuildingId,
    property::{BuildingCard, BuildingRow, Home, Place},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::property};

#[server(prefix = "/rpc", endpoint = "property/buildings", input = Json)]
pub async fn buildings() -> ApiResult<Vec<BuildingRow>> {
    run(async |ctx, actor| property::buildings(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/building", input = Json)]
pub async fn building(id: BuildingId) -> ApiResult<BuildingCard> {
    run(async |ctx, actor| property::building(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "property/homes", input = Json)]
pub async fn homes() -> ApiResult<Vec<Home>> {
    run(async |ctx, actor| property::homes(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "property/find_places", input = Json)]
pub async fn find_places(text: String) -> ApiResult<Vec<Place>> {
    run(async |ctx, actor| property::find_places(&ctx, &actor, &text).await).await
}
