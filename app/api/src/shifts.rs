//! Duties and hand-overs.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{HandoverId, shifts as of};

#[cfg(feature = "ssr")]
use {crate::context::run, domain::shifts};

#[server(prefix = "/rpc", endpoint = "shifts/week", input = Json, output = Json)]
pub async fn week(filter: of::ShiftFilter) -> ApiResult<of::ShiftWeek> {
    run(async |ctx, actor| shifts::week(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/now", input = Json, output = Json)]
pub async fn now() -> ApiResult<of::OnDuty> {
    run(async |ctx, actor| shifts::now(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/add", input = Json, output = Json)]
pub async fn add(command: of::AddShift) -> ApiResult<of::ShiftWeek> {
    run(async |ctx, actor| shifts::add(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/change", input = Json, output = Json)]
pub async fn change(command: of::ChangeShift) -> ApiResult<of::ShiftWeek> {
    run(async |ctx, actor| shifts::change(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/copy_week", input = Json, output = Json)]
pub async fn copy_week(command: of::CopyWeek) -> ApiResult<of::ShiftWeek> {
    run(async |ctx, actor| shifts::copy_week(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/hand_over", input = Json, output = Json)]
pub async fn hand_over(command: of::HandOverShift) -> ApiResult<of::OnDuty> {
    run(async |ctx, actor| shifts::hand_over(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "shifts/acknowledge", input = Json, output = Json)]
pub async fn acknowledge(id: HandoverId) -> ApiResult<of::OnDuty> {
    run(async |ctx, actor| shifts::acknowledge(&ctx, &actor, id).await).await
}
