//! Staff: who works here, how they come and go.

use super::{
    BASE,
    extract::{Auth, Id, IfMatch, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{
    Json as Reply,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Ctx, staff};
use model::{
    InviteId, UserId,
    staff::{DismissStaff, InviteRow, InviteStaff, Invited, OpenWork, StaffCard, StaffFilter, StaffRow, UpdateStaff},
};

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, invite))
        .routes(routes!(get, update))
        .routes(routes!(block, unblock))
        .routes(routes!(open_work))
        .routes(routes!(dismiss))
        .routes(routes!(invitations))
        .routes(routes!(revoke))
}

/// A staff member with the version to edit as its tag.
struct Tagged(StaffCard);

impl IntoResponse for Tagged {
    fn into_response(self) -> Response {
        ([(header::ETAG, format!("\"{}\"", self.0.version))], Reply(self.0)).into_response()
    }
}

/// Staff who can be given work, the least loaded first; with `all` also those who are blocked or have left.
#[utoipa::path(
    get, path = "/staff", tag = "people", operation_id = "listStaff", params(StaffFilter),
    responses((status = 200, description = "The staff", body = [StaffRow]))
)]
async fn list(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<StaffFilter>,
) -> Answer<Reply<Vec<StaffRow>>> {
    Ok(Reply(staff::list(&ctx, &actor, &filter).await?))
}

/// Invites somebody: the answer holds a link that makes one login within a week. It is mailed when there is an address.
#[utoipa::path(
    post, path = "/staff", tag = "people", operation_id = "inviteStaff", request_body = InviteStaff,
    responses((status = 201, description = "Invited; the link is shown this one time", body = Invited,
        headers(("Location" = String, description = "Where the invitation is"))))
)]
async fn invite(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<InviteStaff>) -> Answer<Response> {
    let invited = staff::invite(&ctx, &actor, &command).await?;
    let place = [(header::LOCATION, format!("{BASE}/staff/invitations/{}", invited.id))];
    Ok((StatusCode::CREATED, place, Reply(invited)).into_response())
}

/// One staff member. Login and mail are shown to those who manage staff.
#[utoipa::path(
    get, path = "/staff/{id}", tag = "people", operation_id = "getStaff", params(("id" = UserId, Path)),
    responses((status = 200, description = "The staff member", body = StaffCard, headers(("ETag" = String, description = "For `If-Match`"))))
)]
async fn get(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UserId>) -> Answer<Tagged> {
    Ok(Tagged(staff::get(&ctx, &actor, id).await?))
}

/// Changes a staff member. Absent fields stay as they are, `null` empties.
#[utoipa::path(
    patch, path = "/staff/{id}", tag = "people", operation_id = "updateStaff",
    params(("id" = UserId, Path), ("If-Match" = String, Header, description = "The `ETag` of the version being edited", example = "\"3\"")),
    request_body = UpdateStaff,
    responses(
        (status = 200, description = "Changed", body = StaffCard, headers(("ETag" = String))),
        (status = 409, description = "`conflict`: somebody changed them meanwhile; `own_access`: nobody changes their own role, view or zone; `last_admin`: one admin must stay"),
    )
)]
async fn update(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UserId>,
    IfMatch(version): IfMatch,
    Json(command): Json<UpdateStaff>,
) -> Answer<Tagged> {
    Ok(Tagged(staff::update(&ctx, &actor, id, version, &command).await?))
}

/// Stops somebody from working: signed out everywhere at once. Their work stays in their hands.
#[utoipa::path(
    post, path = "/staff/{id}/block", tag = "people", operation_id = "blockStaff", params(("id" = UserId, Path)),
    responses(
        (status = 200, description = "Blocked", body = StaffCard, headers(("ETag" = String))),
        (status = 409, description = "`own_access`: nobody blocks themselves; `last_admin`: one admin must stay"),
    )
)]
async fn block(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UserId>) -> Answer<Tagged> {
    Ok(Tagged(staff::block(&ctx, &actor, id).await?))
}

/// Lets somebody work again, also one who had left.
#[utoipa::path(
    delete, path = "/staff/{id}/block", tag = "people", operation_id = "unblockStaff", params(("id" = UserId, Path)),
    responses(
        (status = 200, description = "May sign in again", body = StaffCard, headers(("ETag" = String))),
        (status = 409, description = "`own_access`"),
    )
)]
async fn unblock(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UserId>) -> Answer<Tagged> {
    Ok(Tagged(staff::unblock(&ctx, &actor, id).await?))
}

/// What somebody has in hand: what a dismissal has to give to others.
#[utoipa::path(
    get, path = "/staff/{id}/work", tag = "people", operation_id = "listOpenWork", params(("id" = UserId, Path)),
    responses((status = 200, description = "The open requests, the oldest first", body = [OpenWork]))
)]
async fn open_work(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UserId>) -> Answer<Reply<Vec<OpenWork>>> {
    Ok(Reply(staff::open_work(&ctx, &actor, id).await?))
}

/// Ends somebody's work here: blocked for good, zone freed, open requests given to others or back to the new ones.
#[utoipa::path(
    post, path = "/staff/{id}/dismiss", tag = "people", operation_id = "dismissStaff", params(("id" = UserId, Path)),
    request_body = DismissStaff,
    responses(
        (status = 200, description = "Dismissed", body = StaffCard, headers(("ETag" = String))),
        (status = 409, description = "`own_access`: nobody dismisses themselves; `last_admin`: one admin must stay"),
    )
)]
async fn dismiss(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<UserId>,
    Json(command): Json<DismissStaff>,
) -> Answer<Tagged> {
    Ok(Tagged(staff::dismiss(&ctx, &actor, id, &command).await?))
}

/// Invitations that still wait.
#[utoipa::path(
    get, path = "/staff/invitations", tag = "people", operation_id = "listStaffInvitations",
    responses((status = 200, description = "The invitations, the newest first", body = [InviteRow]))
)]
async fn invitations(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<InviteRow>>> {
    Ok(Reply(staff::invitations(&ctx, &actor).await?))
}

/// Takes an invitation back: its link is dead at once.
#[utoipa::path(
    delete, path = "/staff/invitations/{id}", tag = "people", operation_id = "revokeStaffInvitation",
    params(("id" = InviteId, Path)),
    responses((status = 204, description = "Taken back"))
)]
async fn revoke(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<InviteId>) -> Answer<StatusCode> {
    staff::revoke_invite(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
