//! Staff.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    InviteId, UserId,
    bulk::Outcome,
    staff::{
        DismissStaff, InviteRow, InviteStaff, InviteView, Invited, StaffBulk, StaffCard, StaffFilter, StaffRow,
        UpdateStaff,
    },
};

#[cfg(feature = "ssr")]
use {
    crate::context::{run, run_open},
    domain::staff,
};

/// Who can be given work.
#[server(prefix = "/rpc", endpoint = "staff/list", input = Json, output = Json)]
pub async fn list() -> ApiResult<Vec<StaffRow>> {
    run(async |ctx, actor| staff::list(&ctx, &actor, &StaffFilter::default()).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/search", input = Json, output = Json)]
pub async fn search(filter: StaffFilter) -> ApiResult<Vec<StaffRow>> {
    run(async |ctx, actor| staff::list(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/bulk", input = Json, output = Json)]
pub async fn bulk(command: StaffBulk) -> ApiResult<Vec<Outcome>> {
    run(async |ctx, actor| staff::bulk(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/get", input = Json, output = Json)]
pub async fn get(id: UserId) -> ApiResult<StaffCard> {
    run(async |ctx, actor| staff::get(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/update", input = Json, output = Json)]
pub async fn update(id: UserId, version: i32, command: UpdateStaff) -> ApiResult<StaffCard> {
    run(async |ctx, actor| staff::update(&ctx, &actor, id, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/block", input = Json, output = Json)]
pub async fn block(id: UserId) -> ApiResult<StaffCard> {
    run(async |ctx, actor| staff::block(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/unblock", input = Json, output = Json)]
pub async fn unblock(id: UserId) -> ApiResult<StaffCard> {
    run(async |ctx, actor| staff::unblock(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/open_work", input = Json, output = Json)]
pub async fn open_work(id: UserId) -> ApiResult<Vec<model::staff::OpenWork>> {
    run(async |ctx, actor| staff::open_work(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/dismiss", input = Json, output = Json)]
pub async fn dismiss(id: UserId, command: DismissStaff) -> ApiResult<StaffCard> {
    run(async |ctx, actor| staff::dismiss(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/invite", input = Json, output = Json)]
pub async fn invite(command: InviteStaff) -> ApiResult<Invited> {
    run(async |ctx, actor| staff::invite(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/invitations", input = Json, output = Json)]
pub async fn invitations() -> ApiResult<Vec<InviteRow>> {
    run(async |ctx, actor| staff::invitations(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "staff/revoke_invite", input = Json, output = Json)]
pub async fn revoke_invite(id: InviteId) -> ApiResult<()> {
    run(async |ctx, actor| staff::revoke_invite(&ctx, &actor, id).await).await
}

/// For whoever has the link.
#[server(prefix = "/rpc", endpoint = "staff/invitation", input = Json, output = Json)]
pub async fn invitation(token: String) -> ApiResult<InviteView> {
    run_open(async |ctx| staff::invitation(&ctx, &token).await).await
}
