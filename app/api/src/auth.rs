//! The signed-in person. Signing in itself is a plain form post (`/login`), because it sets cookies.

use crate::{ApiResult, codec::Json};
use leptos::prelude::*;
use model::{Lang, auth as m};

#[cfg(feature = "ssr")]
use {
    crate::context::{Caller, run, run_open},
    domain::auth,
};

/// The caller; `None` when nobody is signed in.
#[server(prefix = "/rpc", endpoint = "auth/me", input = Json, output = Json)]
pub async fn me() -> ApiResult<Option<m::Me>> {
    if use_context::<Caller>().and_then(|caller| caller.0).is_none() {
        return Ok(None);
    }
    run(async |ctx, actor| auth::me(&ctx, &actor).await.map(Some)).await
}

#[server(prefix = "/rpc", endpoint = "auth/request_code", input = Json, output = Json)]
pub async fn request_code(command: m::RequestCode) -> ApiResult<()> {
    run_open(async |ctx| auth::request_code(&ctx, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/request_reset", input = Json, output = Json)]
pub async fn request_reset(command: m::RequestReset) -> ApiResult<()> {
    run_open(async |ctx| auth::request_reset(&ctx, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/reset_password", input = Json, output = Json)]
pub async fn reset_password(command: m::ResetPassword) -> ApiResult<()> {
    run_open(async |ctx| auth::reset_password(&ctx, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/change_password", input = Json, output = Json)]
pub async fn change_password(command: m::ChangePassword) -> ApiResult<()> {
    run(async |ctx, actor| auth::change_password(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/sessions", input = Json, output = Json)]
pub async fn sessions() -> ApiResult<Vec<m::SessionView>> {
    run(async |ctx, actor| auth::sessions(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/end_other_sessions", input = Json, output = Json)]
pub async fn end_other_sessions() -> ApiResult<()> {
    run(async |ctx, actor| auth::end_other_sessions(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/set_lang", input = Json, output = Json)]
pub async fn set_lang(lang: Lang) -> ApiResult<()> {
    run(async |ctx, actor| auth::set_lang(&ctx, &actor, lang).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/totp_setup", input = Json, output = Json)]
pub async fn totp_setup() -> ApiResult<m::TotpSetup> {
    run(async |ctx, actor| auth::totp_setup(&ctx, &actor).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/totp_confirm", input = Json, output = Json)]
pub async fn totp_confirm(command: m::TotpConfirm) -> ApiResult<m::RecoveryCodes> {
    run(async |ctx, actor| auth::totp_confirm(&ctx, &actor, &command).await).await
}

#[server(prefix = "/rpc", endpoint = "auth/totp_disable", input = Json, output = Json)]
pub async fn totp_disable(command: m::TotpConfirm) -> ApiResult<()> {
    run(async |ctx, actor| auth::totp_disable(&ctx, &actor, &command).await).await
}

/// Proves who the caller is once more; dangerous actions go through for the next minutes.
#[server(prefix = "/rpc", endpoint = "auth/confirm", input = Json, output = Json)]
pub async fn confirm(command: m::ConfirmSelf) -> ApiResult<()> {
    run(async |ctx, actor| auth::confirm(&ctx, &actor, &command).await).await
}

/// Whether the caller may look as that person now; the page then sends the form `/look-as`, which sets cookies.
#[server(prefix = "/rpc", endpoint = "auth/may_look_as", input = Json, output = Json)]
pub async fn may_look_as(command: m::LookAs) -> ApiResult<()> {
    run(async |ctx, actor| auth::may_look_as(&ctx, &actor, &command).await).await
}

/// Whether a dangerous action would go through now: asked before a link to a file is followed.
#[server(prefix = "/rpc", endpoint = "auth/proven", input = Json, output = Json)]
pub async fn proven(danger: m::Danger) -> ApiResult<()> {
    run(async |_, actor| auth::proven(&actor, danger)).await
}
