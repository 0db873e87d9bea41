//! Devices that get notifications.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    PushDeviceId,
    push::{PushDevices, SaveDevice},
};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::push};

#[server(prefix = "/rpc", endpoint = "push/devices", input = Json, output = Json)]
pub async fn devices() -> ApiResult<PushDevices> {
    run(async |ctx, actor| push::devices(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "push/subscribe", input = Json, output = Json)]
pub async fn subscribe(command: SaveDevice) -> ApiResult<PushDeviceId> {
    run(async |ctx, actor| push::subscribe(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "push/unsubscribe", input = Json, output = Json)]
pub async fn unsubscribe(id: PushDeviceId) -> ApiResult<()> {
    run(async |ctx, actor| push::unsubscribe(&ctx, &actor, id).await).await
}
