//! Staff: login and password, its change, and reset by mail.

use super::{
    notes,
    sessions::{self, Device, Grant, Who},
    totp,
};
use crate::{
    Actor, Ctx, Error, Result, audit,
    error::word,
    messages::{self, Channel, Draft},
};
use chrono::TimeDelta;
use model::{
    Code, Lang, Permission as P, Role, UserId,
    auth::{ChangePassword, RequestReset, ResetPassword, StaffLogin},
    validate,
};
use platform::tokens::{hash_token, random_token};
use serde_json::json;
use uuid::Uuid;

/// Signs a staff member in.
///
/// # Errors
/// `wrong_credentials` for an unknown login, a wrong password and a blocked user alike, after the same work;
/// `totp_required` when the account asks for a second factor and none came.
pub async fn login(ctx: &Ctx, command: &StaffLogin, device: &Device) -> Result<Grant> {
    validate::check(command)?;
    super::throttle(ctx, device, &command.login).await?;
    let mut tx = ctx.db.begin_system("login").await?;
    let row = sqlx::query!(
        r#"select id, role, name, coalesce(company_id, (select id from companies order by created_at, id limit 1)) as company_id,
             password_hash, blocked_at is not null as "blocked!", totp_secret is not null as "totp!"
           from users where login = lower($1) and role <> 'resident'"#,
        command.login.trim()
    )
    .fetch_optional(&mut *tx)
    .await?;
    drop(tx);
    let Some(row) = row else {
        ctx.passwords.verify_nobody(&command.password).await;
        return Err(Code::WrongCredentials.into());
    };
    let hash = row.password_hash.unwrap_or_default();
    let company = row.company_id.ok_or(Code::Forbidden)?;
    let who = Who { user: row.id.into(), role: word(&row.role)?, company: company.into() };
    let person = notes::person(&who, &row.name, device);
    if !ctx.passwords.verify(&command.password, &hash).await || row.blocked {
        notes::refused(ctx, person, device, if row.blocked { "blocked" } else { "password" });
        return Err(Code::WrongCredentials.into());
    }
    let mut tx = ctx.db.begin_system("open a session").await?;
    if row.totp {
        let code = command.totp.as_deref().map(str::trim).filter(|c| !c.is_empty()).ok_or(Code::TotpRequired)?;
        if let Err(error) = totp::verify(ctx, &mut tx, who.user, code).await {
            notes::refused(ctx, person, device, "totp");
            return Err(error);
        }
    }
    let grant = sessions::open(ctx, &mut tx, &who, device).await?;
    notes::entered(&mut tx, &person, device, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Changes the caller's password and signs out every other device.
///
/// # Errors
/// `invalid` on `/current` when it is wrong.
pub async fn change_password(ctx: &Ctx, actor: &Actor, command: &ChangePassword) -> Result<()> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    if actor.role() == Role::Resident {
        return Err(Code::Forbidden.into());
    }
    validate::check(command)?;
    let user = actor.user()?;
    let mut tx = ctx.db.begin_system("change password").await?;
    let known = sqlx::query!(
        r#"select coalesce(u.login, u.id::text) as "login!", u.password_hash, s.ip as "ip?"
           from users u left join sessions s on s.user_id = u.id and s.id = $2 where u.id = $1"#,
        user.0,
        actor.session_id().map(|id| id.0)
    )
    .fetch_one(&mut *tx)
    .await?;
    drop(tx);
    // A guess is a guess, wherever it is made.
    let device = Device { ip: known.ip.unwrap_or_default(), door: actor.door(), ..Device::default() };
    super::throttle(ctx, &device, &known.login).await?;
    if !ctx.passwords.verify(&command.current, known.password_hash.as_deref().unwrap_or_default()).await {
        return Err(Error::field("/current", "wrong"));
    }
    set_password(ctx, user, &command.new, actor.session_id()).await?;
    let mut tx = ctx.begin(actor).await?;
    let entry =
        audit::Entry { action: "user.password", object_type: "user", object_id: Some(user.0), changes: json!({}) };
    tx.audit(entry).await?;
    tx.commit().await
}

async fn set_password(ctx: &Ctx, user: UserId, new: &str, keep: Option<model::SessionId>) -> Result<()> {
    let hash = ctx.passwords.hash(new).await.map_err(|e| Error::internal("password hash", e))?;
    let mut tx = ctx.db.begin_system("set password").await?;
    sqlx::query!("update users set password_hash = $2 where id = $1", user.0, hash).execute(&mut *tx).await?;
    sessions::end_all(&mut tx, user, keep, "password", ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Mails a reset link that works once, for an hour. An unknown address gets the same answer and no mail.
pub async fn request_reset(ctx: &Ctx, command: &RequestReset) -> Result<()> {
    validate::check(command)?;
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("password reset").await?;
    let user = sqlx::query!(
        "select id, company_id, email, name, lang from users
         where lower(email) = lower($1) and role <> 'resident' and blocked_at is null limit 1",
        command.email.trim()
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(user) = user else { return Ok(()) };
    let token = random_token();
    sqlx::query!(
        "insert into password_resets (token_hash, user_id, expires_at) values ($1, $2, $3)",
        &hash_token(&token)[..],
        user.id,
        now + TimeDelta::hours(1)
    )
    .execute(&mut *tx)
    .await?;
    let draft = Draft {
        company_id: user.company_id,
        user_id: Some(user.id),
        channel: Channel::Email,
        address: user.email.as_deref().unwrap_or_default(),
        template: "password_reset",
        lang: Lang::parse(&user.lang).unwrap_or_default(),
        params: json!({ "name": user.name, "token": token }),
    };
    messages::queue(&mut tx, draft, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a new password by a mailed token and signs out everywhere.
///
/// # Errors
/// `wrong_code` when the token is unknown, used or expired.
pub async fn reset_password(ctx: &Ctx, command: &ResetPassword) -> Result<()> {
    validate::check(command)?;
    let mut tx = ctx.db.begin_system("password reset").await?;
    let user: Uuid = sqlx::query_scalar!(
        "update password_resets set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2 returning user_id",
        &hash_token(&command.token)[..],
        ctx.clock.now()
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::WrongCode)?;
    tx.commit().await?;
    set_password(ctx, user.into(), &command.new, None).await?;
    let mut tx = ctx.db.begin_system("audit of a password reset").await?;
    let row = sqlx::query!(
        r#"select role, name, coalesce(company_id, (select id from companies order by created_at, id limit 1)) as "company_id!"
           from users where id = $1"#,
        user
    )
    .fetch_one(&mut *tx)
    .await?;
    let who = Who { user: user.into(), role: word(&row.role)?, company: row.company_id.into() };
    let person = notes::person(&who, &row.name, &Device::default());
    let entry =
        audit::Entry { action: "user.password_reset", object_type: "user", object_id: Some(user), changes: json!({}) };
    audit::write(&mut tx, &person, ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(())
}
