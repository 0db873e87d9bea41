//! How residents get in and leave, and their data. Proving a phone and taking up an invitation are plain form posts
//! (`/join/…`), because they set cookies.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{
    ApplicationId, BuildingId, ContactId, Page, ResidentInviteId,
    access::{
        AccessRules, ApplicationFilter, ApplicationRow, ApproveApplication, EndResidency, HouseChoice, HouseSheet,
        InviteMany, InviteOutcome, InviteResident, JoinState, MyHomes, RejectApplication, ResidentInviteFilter,
        ResidentInviteRow, ResidentInviteView, ResidentInvited, SaveAccessRules,
    },
    privacy::{ErasePerson, Erased},
};

#[cfg(feature = "ssr")]
use {
    crate::context::{Applicant, run, run_open},
    domain::{access, privacy},
    model::Code,
};

/// What somebody with a proven phone asked for; `None` for everybody else.
#[server(prefix = "/rpc", endpoint = "access/state", input = Json, output = Json)]
pub async fn state() -> ApiResult<Option<JoinState>> {
    let Some(token) = use_context::<Applicant>().and_then(|a| a.0) else { return Ok(None) };
    run_open(async |ctx| match access::state(&ctx, &token).await {
        Err(error) if error.code() == Code::Unauthenticated => Ok(None),
        state => state.map(Some),
    })
    .await
}

/// Houses that somebody with a proven phone may mean.
#[server(prefix = "/rpc", endpoint = "access/houses", input = Json, output = Json)]
pub async fn houses(text: String) -> ApiResult<Vec<HouseChoice>> {
    let token = use_context::<Applicant>().and_then(|a| a.0).unwrap_or_default();
    run_open(async |ctx| access::houses(&ctx, &token, &text).await).await
}

/// The house that a sheet at its entrance speaks of.
#[server(prefix = "/rpc", endpoint = "access/house", input = Json, output = Json)]
pub async fn house(id: BuildingId) -> ApiResult<HouseChoice> {
    let token = use_context::<Applicant>().and_then(|a| a.0).unwrap_or_default();
    run_open(async |ctx| access::house(&ctx, &token, id).await).await
}

/// For whoever has the link or the code.
#[server(prefix = "/rpc", endpoint = "access/invitation", input = Json, output = Json)]
pub async fn invitation(token: String) -> ApiResult<ResidentInviteView> {
    run_open(async |ctx| access::invitation(&ctx, &token).await).await
}

#[server(prefix = "/rpc", endpoint = "access/applications", input = Json, output = Json)]
pub async fn applications(filter: ApplicationFilter) -> ApiResult<Page<ApplicationRow>> {
    run(async |ctx, actor| access::applications(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "access/approve", input = Json, output = Json)]
pub async fn approve(id: ApplicationId, command: ApproveApplication) -> ApiResult<()> {
    run(async |ctx, actor| access::approve(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/reject", input = Json, output = Json)]
pub async fn reject(id: ApplicationId, command: RejectApplication) -> ApiResult<()> {
    run(async |ctx, actor| access::reject(&ctx, &actor, id, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/rules", input = Json, output = Json)]
pub async fn rules() -> ApiResult<AccessRules> {
    run(async |ctx, actor| access::rules(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "access/save_rules", input = Json, output = Json)]
pub async fn save_rules(version: i32, command: SaveAccessRules) -> ApiResult<AccessRules> {
    run(async |ctx, actor| access::save_rules(&ctx, &actor, version, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/invite", input = Json, output = Json)]
pub async fn invite(command: InviteResident) -> ApiResult<ResidentInvited> {
    run(async |ctx, actor| access::invite(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/invite_all", input = Json, output = Json)]
pub async fn invite_all(command: InviteMany) -> ApiResult<Vec<InviteOutcome>> {
    run(async |ctx, actor| access::invite_many(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/invitations", input = Json, output = Json)]
pub async fn invitations(filter: ResidentInviteFilter) -> ApiResult<Vec<ResidentInviteRow>> {
    run(async |ctx, actor| access::invitations(&ctx, &actor, &filter).await).await
}

#[server(prefix = "/rpc", endpoint = "access/revoke_invite", input = Json, output = Json)]
pub async fn revoke_invite(id: ResidentInviteId) -> ApiResult<()> {
    run(async |ctx, actor| access::revoke_invite(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "access/sheet", input = Json, output = Json)]
pub async fn sheet(id: BuildingId) -> ApiResult<HouseSheet> {
    run(async |ctx, actor| access::sheet(&ctx, &actor, id).await).await
}

#[server(prefix = "/rpc", endpoint = "access/end_residency", input = Json, output = Json)]
pub async fn move_out(command: EndResidency) -> ApiResult<()> {
    run(async |ctx, actor| access::end_residency(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "access/my_homes", input = Json, output = Json)]
pub async fn homes() -> ApiResult<MyHomes> {
    run(async |ctx, actor| access::my_homes(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "privacy/erase", input = Json, output = Json)]
pub async fn erase(id: ContactId, command: ErasePerson) -> ApiResult<Erased> {
    run(async |ctx, actor| privacy::erase(&ctx, &actor, id, &command).await).await
}
