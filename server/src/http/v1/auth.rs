//! Signing in, and the caller's own sessions, password and second factor.

use super::{
    extract::{Auth, Device, Json, decode},
    problem::Answer,
    routes::{Routes, routes},
};
use axum::{Json as Reply, extract::State, http::StatusCode};
use domain::{Ctx, auth};
use model::{
    CompanyId,
    auth::{
        ChangePassword, ConfirmSelf, Login, LookAs, Me, RecoveryCodes, Refresh, RequestCode, RequestReset,
        ResetPassword, SessionView, Tokens, TotpConfirm, TotpSetup,
    },
};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(login))
        .routes(routes!(request_code))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(me))
        .routes(routes!(change_password))
        .routes(routes!(forgot_password))
        .routes(routes!(reset_password))
        .routes(routes!(sessions))
        .routes(routes!(end_other_sessions))
        .routes(routes!(totp_setup))
        .routes(routes!(totp_confirm))
        .routes(routes!(totp_disable))
        .routes(routes!(confirm))
        .routes(routes!(switch_company))
        .routes(routes!(look_as))
}

/// Signs in: staff with login and password (and a second factor where it is on), residents with phone and one-time code.
#[utoipa::path(
    post, path = "/auth/login", tag = "auth", operation_id = "login", security(()),
    request_body(content = Login, examples(
        ("staff" = (value = json!({ "login": "dispatcher", "password": "correct horse battery" }))),
        ("resident" = (value = json!({ "phone": "+998901234567", "code": "123456" }))),
    )),
    responses(
        (status = 200, description = "Signed in", body = Tokens),
        (status = 401, description = "`wrong_credentials`, `wrong_code`, or `totp_required` when the account asks for a second factor"),
        (status = 403, description = "No company to work in, or the call came from another site"),
    )
)]
async fn login(State(ctx): State<Ctx>, Device(device): Device, Json(body): Json<Value>) -> Answer<Reply<Tokens>> {
    // The field tells the kind, so that a wrong field of either is pointed at.
    let grant = if body.get("phone").is_some() || body.get("code").is_some() {
        auth::verify_code(&ctx, &decode(body)?, &device).await?
    } else {
        auth::login(&ctx, &decode(body)?, &device).await?
    };
    Ok(Reply(grant.tokens))
}

/// Sends a one-time code to a resident's phone. The answer never tells whether the phone is known.
#[utoipa::path(
    post, path = "/auth/code", tag = "auth", operation_id = "requestCode", security(()), request_body = RequestCode,
    responses((status = 202, description = "If the phone is a resident's, a code is on its way; it lives five minutes"))
)]
async fn request_code(State(ctx): State<Ctx>, Json(command): Json<RequestCode>) -> Answer<StatusCode> {
    auth::request_code(&ctx, &command).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Trades a refresh token for the next pair. Each refresh token works once.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "auth", operation_id = "refreshTokens", security(()), request_body = Refresh,
    responses(
        (status = 200, description = "The next pair", body = Tokens),
        (status = 401, description = "`unauthenticated`: unknown or expired; `session_revoked`: used twice, the session was ended"),
    )
)]
async fn refresh(State(ctx): State<Ctx>, Json(command): Json<Refresh>) -> Answer<Reply<Tokens>> {
    Ok(Reply(auth::refresh(&ctx, &command.refresh_token).await?.tokens))
}

/// Ends the caller's session: its access and refresh tokens stop working at once.
#[utoipa::path(
    post, path = "/auth/logout", tag = "auth", operation_id = "logout",
    responses((status = 204, description = "Signed out"))
)]
async fn logout(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<StatusCode> {
    auth::logout(&ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in, for which company, and what they may do.
#[utoipa::path(
    get, path = "/auth/me", tag = "auth", operation_id = "me",
    responses((status = 200, description = "The caller", body = Me))
)]
async fn me(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Me>> {
    Ok(Reply(auth::me(&ctx, &actor).await?))
}

/// Changes the caller's password and signs out every other device.
#[utoipa::path(
    post, path = "/auth/password", tag = "auth", operation_id = "changePassword", request_body = ChangePassword,
    responses((status = 204, description = "Changed"))
)]
async fn change_password(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<ChangePassword>,
) -> Answer<StatusCode> {
    auth::change_password(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Mails a link that sets a new password. The answer never tells whether the address is known.
#[utoipa::path(
    post, path = "/auth/password/forgot", tag = "auth", operation_id = "forgotPassword", security(()), request_body = RequestReset,
    responses((status = 202, description = "If the address is a staff member's, a mail is on its way; the link works for an hour"))
)]
async fn forgot_password(State(ctx): State<Ctx>, Json(command): Json<RequestReset>) -> Answer<StatusCode> {
    auth::request_reset(&ctx, &command).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password by the token of the mailed link and signs out everywhere.
#[utoipa::path(
    post, path = "/auth/password/reset", tag = "auth", operation_id = "resetPassword", security(()), request_body = ResetPassword,
    responses(
        (status = 204, description = "Set"),
        (status = 401, description = "`wrong_code`: the token is unknown, used or expired"),
    )
)]
async fn reset_password(State(ctx): State<Ctx>, Json(command): Json<ResetPassword>) -> Answer<StatusCode> {
    auth::reset_password(&ctx, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's signed-in devices, the latest first.
#[utoipa::path(
    get, path = "/auth/sessions", tag = "auth", operation_id = "listSessions",
    responses((status = 200, description = "The devices", body = [SessionView]))
)]
async fn sessions(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<Vec<SessionView>>> {
    Ok(Reply(auth::sessions(&ctx, &actor).await?))
}

/// Signs out everywhere but here.
#[utoipa::path(
    delete, path = "/auth/sessions/others", tag = "auth", operation_id = "endOtherSessions",
    responses((status = 204, description = "Only this session is left"))
)]
async fn end_other_sessions(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<StatusCode> {
    auth::end_other_sessions(&ctx, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A fresh secret for an authenticator app. Nothing changes until it is confirmed.
#[utoipa::path(
    post, path = "/auth/totp/setup", tag = "auth", operation_id = "setUpTotp",
    responses((status = 200, description = "The secret; it waits ten minutes for its confirmation", body = TotpSetup))
)]
async fn totp_setup(State(ctx): State<Ctx>, Auth(actor): Auth) -> Answer<Reply<TotpSetup>> {
    Ok(Reply(auth::totp_setup(&ctx, &actor).await?))
}

/// Turns the second factor on, with a code of the app. The recovery codes are shown only now.
#[utoipa::path(
    post, path = "/auth/totp/confirm", tag = "auth", operation_id = "confirmTotp", request_body = TotpConfirm,
    responses(
        (status = 200, description = "On", body = RecoveryCodes),
        (status = 401, description = "Nobody is signed in, or `wrong_code`"),
    )
)]
async fn totp_confirm(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<TotpConfirm>,
) -> Answer<Reply<RecoveryCodes>> {
    Ok(Reply(auth::totp_confirm(&ctx, &actor, &command).await?))
}

/// Turns the second factor off, with a code of it.
#[utoipa::path(
    post, path = "/auth/totp/disable", tag = "auth", operation_id = "disableTotp", request_body = TotpConfirm,
    responses(
        (status = 204, description = "Off"),
        (status = 401, description = "Nobody is signed in, or `wrong_code`"),
    )
)]
async fn totp_disable(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<TotpConfirm>,
) -> Answer<StatusCode> {
    auth::totp_disable(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proves who the caller is once more, by the password or by a code of the second factor. Dangerous actions (keys of kassas,
/// refunds, taking charges or imports back, closing a month, forgetting a person, inviting and blocking staff, their roles and
/// mail addresses, people as a file, turning the second factor on, looking as another person) answer `confirm_needed` when
/// the last proof is older than ten minutes; signing in is one.
#[utoipa::path(
    post, path = "/auth/confirm", tag = "auth", operation_id = "confirmSelf", request_body(content = ConfirmSelf, examples(
        ("password" = (value = json!({ "password": "correct horse battery" }))),
        ("second factor" = (value = json!({ "totp": "123456" }))),
    )),
    responses(
        (status = 204, description = "Proven: dangerous actions of this session go through for ten minutes"),
        (status = 422, description = "`wrong_secret` on the field that does not fit"),
    )
)]
async fn confirm(State(ctx): State<Ctx>, Auth(actor): Auth, Json(command): Json<ConfirmSelf>) -> Answer<StatusCode> {
    auth::confirm(&ctx, &actor, &command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Looks at the product as another person of the company who stands below the caller, for half an hour: what these tokens read
/// is what that person sees, and every change is refused with `looking_as`. Signing them out ends the look; the caller's own
/// tokens go on. The history of that person keeps who looked, and why.
#[utoipa::path(
    post, path = "/auth/look-as", tag = "auth", operation_id = "lookAs", request_body(content = LookAs, examples(
        ("resident" = (value = json!({ "contact_id": "0197f5b2-7d3a-7c11-9c55-000000000001", "reason": "does not see the bill" }))),
        ("staff" = (value = json!({ "user_id": "0197f5b2-7d3a-7c11-9c55-000000000002", "reason": "does not see the requests of the zone" }))),
    )),
    responses(
        (status = 200, description = "Tokens of the look", body = Tokens),
        (status = 403, description = "`confirm_needed`; `forbidden` for somebody who does not stand below the caller"),
        (status = 404, description = "Nobody of the company, or without a login"),
    )
)]
async fn look_as(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Device(device): Device,
    Json(command): Json<LookAs>,
) -> Answer<Reply<Tokens>> {
    Ok(Reply(auth::look_as(&ctx, &actor, &command, &device).await?.tokens))
}

/// The company a super admin goes to work in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SwitchCompany {
    company_id: CompanyId,
}

/// Moves a super admin's session to another company.
#[utoipa::path(
    post, path = "/auth/company", tag = "auth", operation_id = "switchCompany", request_body = SwitchCompany,
    responses(
        (status = 204, description = "From the next call on, everything is of that company"),
        (status = 404, description = "There is no such company"),
    )
)]
async fn switch_company(
    State(ctx): State<Ctx>,
    Auth(actor): Auth,
    Json(command): Json<SwitchCompany>,
) -> Answer<StatusCode> {
    auth::switch_company(&ctx, &actor, command.company_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
