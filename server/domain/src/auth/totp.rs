//! The optional second factor of staff: RFC 6238 codes, and recovery codes that work once each.

use crate::{Actor, Ctx, Error, Result, audit};
use model::{
    Code, Permission as P, Role, UserId,
    auth::{Danger, RecoveryCodes, TotpConfirm, TotpSetup},
    validate,
};
use platform::{
    tokens::{hash_token, random_code},
    totp,
};
use serde_json::json;
use sqlx::PgConnection;
use std::time::Duration;

/// Where the secret is kept; what is sealed is bound to it.
pub(crate) const PLACE: &str = "users.totp_secret";
/// How long a secret waits to be confirmed.
const PENDING: Duration = Duration::from_secs(600);

/// A fresh secret for the authenticator app; nothing changes until it is confirmed.
pub async fn totp_setup(ctx: &Ctx, actor: &Actor) -> Result<TotpSetup> {
    let user = staff(actor)?;
    actor.proves(Danger::Totp)?;
    let secret = totp::new_secret();
    let otpauth_url = totp::otpauth_url(&secret, "UK CRM", actor.name()).map_err(|e| Error::internal("totp", e))?;
    ctx.cache.set(&pending(user), &secret, PENDING).await;
    Ok(TotpSetup { secret, otpauth_url })
}

/// Turns the second factor on, once the app shows the right code. The recovery codes are shown only now.
///
/// # Errors
/// `wrong_code` when the code does not match or the set-up waited more than ten minutes.
pub async fn totp_confirm(ctx: &Ctx, actor: &Actor, command: &TotpConfirm) -> Result<RecoveryCodes> {
    let user = staff(actor)?;
    validate::check(command)?;
    let secret = ctx.cache.get(&pending(user)).await.ok_or(Code::WrongCode)?;
    let now = ctx.clock.now();
    let step = totp::check(&secret, command.code.trim(), now.timestamp(), None).ok_or(Code::WrongCode)?;
    let sealed = ctx.sealer.seal(PLACE, user.0, secret.as_bytes());
    let codes: Vec<String> = (0..10).map(|_| format!("{}-{}", random_code(5), random_code(5))).collect();
    let mut tx = ctx.db.begin_system("turn on the second factor").await?;
    sqlx::query!("update users set totp_secret = $2, totp_last_step = $3 where id = $1", user.0, sealed, step)
        .execute(&mut *tx)
        .await?;
    sqlx::query!("delete from recovery_codes where user_id = $1", user.0).execute(&mut *tx).await?;
    for code in &codes {
        sqlx::query!("insert into recovery_codes (user_id, code_hash) values ($1, $2)", user.0, &hash_token(code)[..])
            .execute(&mut *tx)
            .await?;
    }
    let entry =
        audit::Entry { action: "user.totp_on", object_type: "user", object_id: Some(user.0), changes: json!({}) };
    audit::write(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    ctx.cache.del(&pending(user)).await;
    Ok(RecoveryCodes { codes })
}

/// Turns the second factor off, with a code of it.
pub async fn totp_disable(ctx: &Ctx, actor: &Actor, command: &TotpConfirm) -> Result<()> {
    let user = staff(actor)?;
    validate::check(command)?;
    let mut tx = ctx.db.begin_system("turn off the second factor").await?;
    verify(ctx, &mut tx, user, command.code.trim()).await?;
    sqlx::query!("update users set totp_secret = null, totp_last_step = null where id = $1", user.0)
        .execute(&mut *tx)
        .await?;
    sqlx::query!("delete from recovery_codes where user_id = $1", user.0).execute(&mut *tx).await?;
    let entry =
        audit::Entry { action: "user.totp_off", object_type: "user", object_id: Some(user.0), changes: json!({}) };
    audit::write(&mut tx, actor, ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Accepts a code of the app (each once) or an unused recovery code.
pub(super) async fn verify(ctx: &Ctx, conn: &mut PgConnection, user: UserId, code: &str) -> Result<()> {
    let now = ctx.clock.now();
    let row = sqlx::query!("select totp_secret, totp_last_step from users where id = $1 for update", user.0)
        .fetch_one(&mut *conn)
        .await?;
    let sealed = row.totp_secret.ok_or(Code::WrongCode)?;
    let secret = ctx.sealer.open(PLACE, user.0, &sealed).map_err(|e| Error::internal("totp secret", e))?;
    let secret = String::from_utf8(secret).map_err(|e| Error::internal("totp secret", e))?;
    if let Some(step) = totp::check(&secret, code, now.timestamp(), row.totp_last_step) {
        sqlx::query!("update users set totp_last_step = $2 where id = $1", user.0, step).execute(conn).await?;
        return Ok(());
    }
    let burnt = sqlx::query!(
        "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null",
        user.0,
        &hash_token(code)[..],
        now
    )
    .execute(conn)
    .await?
    .rows_affected();
    if burnt == 1 { Ok(()) } else { Err(Code::WrongCode.into()) }
}

fn staff(actor: &Actor) -> Result<UserId> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    if actor.role() == Role::Resident {
        return Err(Code::Forbidden.into());
    }
    actor.user()
}

fn pending(user: UserId) -> String {
    format!("totp:{user}")
}
