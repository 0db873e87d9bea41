//! How residents get in and leave, and their data.

use super::{
    extract::{Auth, Id, Json, Query},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, access, privacy};
use model::{
    ApplicationId, Code, ContactId, FieldError, Page, ResidentInviteId, UnitId,
    access::{
        AccessRules, ApplicationFilter, ApplicationRow, ApproveApplication, AttachHome, Attached, EndResidency,
        Handout, InviteMany, InviteOutcome, InviteResident, MyHomes, RejectApplication, ResidentInviteFilter,
        ResidentInviteRow, ResidentInvited, SaveAccessRules,
    },
    privacy::{ErasePerson, Erased, PersonalData},
};
use serde::Serialize;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(applications))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(rules, save_rules))
        .routes(routes!(invitations, invite))
        .routes(routes!(invite_many))
        .routes(routes!(revoke))
        .routes(routes!(end_residency))
        .routes(routes!(my_homes, attach))
        .routes(routes!(leave))
        .routes(routes!(withdraw))
        .routes(routes!(my_data))
        .routes(routes!(ask_to_be_forgotten))
        .routes(routes!(data))
        .routes(routes!(erase))
}

/// Applications that wait, the oldest first; with `all` also those decided, the newest first. 50 a page.
#[utoipa::path(
    get, path = "/applications", tag = "access", operation_id = "listApplications", params(ApplicationFilter),
    responses((status = 200, description = "One page; `next` leads to the following one", body = Page<ApplicationRow>))
)]
async fn applications(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ApplicationFilter>,
) -> Answer<Reply<Page<ApplicationRow>>> {
    Ok(Reply(access::applications(&ctx, &actor, &filter).await?))
}

/// Lets an applicant in: a home and a login, one more home, or being forgotten (with the person's name in `confirm`).
#[utoipa::path(
    post, path = "/applications/{id}/approve", tag = "access", operation_id = "approveApplication",
    params(("id" = ApplicationId, Path)), request_body = ApproveApplication,
    responses(
        (status = 204, description = "Done"),
        (status = 409, description = "`application_decided`: somebody was faster; `phone_in_use`: the phone is somebody else's login"),
    )
)]
async fn approve(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ApplicationId>,
    Json(command): Json<ApproveApplication>,
) -> Answer<StatusCode> {
    access::approve(&ctx, &actor, id, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Turns an applicant down; the reason is shown to them.
#[utoipa::path(
    post, path = "/applications/{id}/reject", tag = "access", operation_id = "rejectApplication",
    params(("id" = ApplicationId, Path)), request_body = RejectApplication,
    responses((status = 204, description = "Turned down"), (status = 409, description = "`application_decided`: somebody was faster"))
)]
async fn reject(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ApplicationId>,
    Json(command): Json<RejectApplication>,
) -> Answer<StatusCode> {
    access::reject(&ctx, &actor, id, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the company decided about letting people in.
#[utoipa::path(
    get, path = "/access-rules", tag = "access", operation_id = "getAccessRules",
    responses((status = 200, description = "The rules", body = AccessRules))
)]
async fn rules(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<AccessRules>> {
    Ok(Reply(access::rules(&ctx, &actor).await?))
}

/// Replaces the rules.
#[utoipa::path(
    put, path = "/access-rules", tag = "access", operation_id = "saveAccessRules",
    params(("If-Match" = String, Header, description = "The `version` being edited", example = "\"1\"")),
    request_body = SaveAccessRules,
    responses(
        (status = 200, description = "Saved", body = AccessRules),
        (status = 409, description = "`conflict`: somebody changed them meanwhile"),
    )
)]
async fn save_rules(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    super::extract::IfMatch(version): super::extract::IfMatch,
    Json(command): Json<SaveAccessRules>,
) -> Answer<Reply<AccessRules>> {
    Ok(Reply(access::save_rules(&ctx, &actor, version, &command).await?))
}

/// Invitations that wait, the newest first; a resident sees their own.
#[utoipa::path(
    get, path = "/resident-invitations", tag = "access", operation_id = "listResidentInvitations", params(ResidentInviteFilter),
    responses((status = 200, description = "The invitations", body = [ResidentInviteRow]))
)]
async fn invitations(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Query(filter): Query<ResidentInviteFilter>,
) -> Answer<Reply<Vec<ResidentInviteRow>>> {
    Ok(Reply(access::invitations(&ctx, &actor, &filter).await?))
}

/// Invites a known contact to sign in, or somebody new into a home. Link, QR and code are shown this one time.
#[utoipa::path(
    post, path = "/resident-invitations", tag = "access", operation_id = "inviteResident", request_body = InviteResident,
    responses((status = 201, description = "Invited", body = ResidentInvited))
)]
async fn invite(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<InviteResident>,
) -> Answer<(StatusCode, Reply<ResidentInvited>)> {
    Ok((StatusCode::CREATED, Reply(access::invite(&ctx, &actor, &command).await?)))
}

/// How it went for one contact of many.
#[derive(Serialize, ToSchema)]
struct InviteManyRow {
    id: ContactId,
    done: bool,
    /// Why they were not invited, as the code of a problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    /// `has_login`, `invited` (one waits already) or `no_home`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handout: Option<Handout>,
}

impl From<InviteOutcome> for InviteManyRow {
    fn from(told: InviteOutcome) -> Self {
        let (code, errors) = told.failure.map_or((None, Vec::new()), |failure| (Some(failure.code), failure.fields));
        Self { id: told.id, done: code.is_none(), code, errors, handout: told.handout }
    }
}

/// Invites many known contacts to sign in, each with an invitation of their own; what is refused for one stops nothing for
/// the others. Link, QR and code are shown this one time. A repeat invites nobody twice.
#[utoipa::path(
    post, path = "/resident-invitations/bulk", tag = "access", operation_id = "inviteResidents",
    request_body(content = InviteMany, example = json!({ "ids": ["01980f3e-7c55-7000-8000-000000000001"] })),
    responses((status = 200, description = "How it went, in the order asked, each contact once", body = [InviteManyRow]))
)]
async fn invite_many(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<InviteMany>,
) -> Answer<Reply<Vec<InviteManyRow>>> {
    let told = access::invite_many(&ctx, &actor, &command).await?;
    Ok(Reply(told.into_iter().map(InviteManyRow::from).collect()))
}

/// Takes an invitation back: link, QR and code are dead at once.
#[utoipa::path(
    delete, path = "/resident-invitations/{id}", tag = "access", operation_id = "revokeResidentInvitation",
    params(("id" = ResidentInviteId, Path)), responses((status = 204, description = "Taken back"))
)]
async fn revoke(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ResidentInviteId>) -> Answer<StatusCode> {
    access::revoke_invite(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends somebody's living in a home; what hangs on it is closed to them at once.
#[utoipa::path(
    post, path = "/residencies/end", tag = "access", operation_id = "endResidency", request_body = EndResidency,
    responses((status = 204, description = "They do not live there any more"), (status = 404, description = "They do not live there"))
)]
async fn end_residency(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<EndResidency>,
) -> Answer<StatusCode> {
    access::end_residency(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's homes, what they asked for, and whom they invited.
#[utoipa::path(
    get, path = "/me/homes", tag = "access", operation_id = "listMyHomes",
    responses((status = 200, description = "Homes, applications, invitations", body = MyHomes))
)]
async fn my_homes(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<MyHomes>> {
    Ok(Reply(access::my_homes(&ctx, &actor).await?))
}

/// Names one more home by the number of its personal account and the last name of an owner.
#[utoipa::path(
    post, path = "/me/homes", tag = "access", operation_id = "attachHome", request_body = AttachHome,
    responses((status = 200, description = "The home is theirs, or the company looks first", body = Attached))
)]
async fn attach(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<AttachHome>) -> Answer<Reply<Attached>> {
    Ok(Reply(access::attach(&ctx, &actor, &command).await?))
}

/// Leaves a home.
#[utoipa::path(
    delete, path = "/me/homes/{id}", tag = "access", operation_id = "leaveHome", params(("id" = UnitId, Path)),
    responses((status = 204, description = "Left"))
)]
async fn leave(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<UnitId>) -> Answer<StatusCode> {
    access::leave(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what the caller asked for.
#[utoipa::path(
    delete, path = "/me/applications/{id}", tag = "access", operation_id = "withdrawApplication",
    params(("id" = ApplicationId, Path)),
    responses((status = 204, description = "Taken back"), (status = 409, description = "`application_decided`"))
)]
async fn withdraw(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ApplicationId>) -> Answer<StatusCode> {
    access::withdraw(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All that the company holds about the caller.
#[utoipa::path(
    get, path = "/me/data", tag = "access", operation_id = "getMyData",
    responses((status = 200, description = "The data", body = PersonalData))
)]
async fn my_data(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<PersonalData>> {
    Ok(Reply(privacy::export_own(&ctx, &actor).await?))
}

/// Asks the company to forget the caller; somebody at the desk does it.
#[utoipa::path(
    post, path = "/me/forget", tag = "access", operation_id = "askToBeForgotten",
    responses((status = 204, description = "The wish waits at the desk"))
)]
async fn ask_to_be_forgotten(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<StatusCode> {
    access::ask_to_be_forgotten(&ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All that the company holds about a contact, to hand over.
#[utoipa::path(
    get, path = "/residents/{id}/data", tag = "access", operation_id = "getPersonalData", params(("id" = ContactId, Path)),
    responses((status = 200, description = "The data", body = PersonalData))
)]
async fn data(State(ctx): State<Ctx>, Auth(actor): Auth, Id(id): Id<ContactId>) -> Answer<Reply<PersonalData>> {
    Ok(Reply(privacy::export(&ctx, &actor, id).await?))
}

/// Forgets a contact for good. `confirm` is their name.
#[utoipa::path(
    post, path = "/residents/{id}/erase", tag = "access", operation_id = "erasePerson", params(("id" = ContactId, Path)),
    request_body = ErasePerson, responses((status = 200, description = "Forgotten", body = Erased))
)]
async fn erase(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Id(id): Id<ContactId>,
    Json(command): Json<ErasePerson>,
) -> Answer<Reply<Erased>> {
    Ok(Reply(privacy::erase(&ctx, &actor, id, &command).await?))
}
