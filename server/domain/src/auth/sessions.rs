//! Sessions: one row for each signed-in device, one refresh token after another.
//!
//! A refresh token works once. A used one that comes back while its successor is still unused lost its answer on
//! the way and gets another successor; when the successor has been used, somebody else holds a copy and the whole
//! session ends (RFC 9700 §4.14.2).

use super::look;
use crate::{Actor, Ctx, Error, Result, actor::Door, audit, error::word};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, CompanyId, Permission as P, Role, SessionId, UserId,
    auth::{LOOK_MINUTES, SessionView, Tokens},
};
use platform::{
    ids::new_id,
    tokens::{hash_token, random_token},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Two tabs that refresh in the same moment are not a theft.
const PARALLEL: TimeDelta = TimeDelta::seconds(10);

/// Where a login comes from; shown in the list of sessions.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub user_agent: String,
    pub ip: String,
    pub door: Door,
}

/// A successful login or refresh.
#[derive(Clone, Debug)]
pub struct Grant {
    pub tokens: Tokens,
    pub role: Role,
    pub session_id: SessionId,
    /// Seconds the refresh token lives.
    pub refresh_expires_in: i64,
}

pub(super) struct Who {
    pub user: UserId,
    pub role: Role,
    pub company: CompanyId,
}

/// Opens a session on a device.
pub(super) async fn open(ctx: &Ctx, conn: &mut PgConnection, who: &Who, device: &Device) -> Result<Grant> {
    let until = ctx.clock.now() + lifetime(ctx);
    begin(ctx, conn, who, device, until, None).await
}

/// Opens a session in which `real` looks as another person: a family of its own beside `own`, which ends at its hour however
/// often it is refreshed.
pub(super) async fn open_look(
    ctx: &Ctx,
    conn: &mut PgConnection,
    who: &Who,
    (real, own): (UserId, SessionId),
    device: &Device,
) -> Result<Grant> {
    let until = ctx.clock.now() + TimeDelta::minutes(LOOK_MINUTES);
    begin(ctx, conn, who, device, until, Some((real, own))).await
}

async fn begin(
    ctx: &Ctx,
    conn: &mut PgConnection,
    who: &Who,
    device: &Device,
    until: DateTime<Utc>,
    look: Option<(UserId, SessionId)>,
) -> Result<Grant> {
    let (id, now) = (SessionId(new_id()), ctx.clock.now());
    let agent: String = device.user_agent.chars().take(300).collect();
    sqlx::query!(
        "insert into sessions (id, company_id, user_id, user_agent, ip, created_at, last_seen_at, proven_at, expires_at,
           acting_user_id, own_session_id)
         values ($1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9)",
        id.0,
        who.company.0,
        who.user.0,
        agent,
        device.ip,
        now,
        until,
        look.map(|(real, _)| real.0),
        look.map(|(_, own)| own.0)
    )
    .execute(&mut *conn)
    .await?;
    grant(ctx, conn, id, who, 1, until).await
}

/// Trades a refresh token for the next pair.
///
/// # Errors
/// `unauthenticated` on an unknown token or an ended session; `session_revoked` when the token was stolen.
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<Grant> {
    let (hash, now) = (hash_token(token), ctx.clock.now());
    let mut tx = ctx.db.begin_system("refresh a session").await?;
    // The session row is the lock: two refreshes of one family never interleave.
    let row = sqlx::query!(
        r#"select s.id, s.company_id, s.user_id, s.expires_at, s.ended_at, u.role, u.blocked_at, t.generation,
             s.acting_user_id is not null as "look!",
             (s.own_session_id is null or look_holds(s.own_session_id, u.role, $2)) as "holds!"
           from refresh_tokens t join sessions s on s.id = t.session_id join users u on u.id = s.user_id
           where t.hash = $1 for update of s"#,
        &hash[..],
        now
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or(Code::Unauthenticated)?;
    if row.ended_at.is_some() || row.expires_at <= now || row.blocked_at.is_some() || !row.holds {
        return Err(Code::Unauthenticated.into());
    }
    let used_at = sqlx::query_scalar!("select used_at from refresh_tokens where hash = $1", &hash[..])
        .fetch_one(&mut *tx)
        .await?;
    if let Some(used_at) = used_at
        && now - used_at > PARALLEL
        && successor_used(&mut tx, row.id, row.generation).await?
    {
        end(&mut tx, row.id, "reuse", now).await?;
        tx.commit().await?;
        tracing::warn!(session = %row.id, "a used refresh token came back: session ended");
        return Err(Code::SessionRevoked.into());
    }
    sqlx::query!("update refresh_tokens set used_at = coalesce(used_at, $2) where hash = $1", &hash[..], now)
        .execute(&mut *tx)
        .await?;
    // Successors whose answer was lost long ago are of no use to anybody honest.
    sqlx::query!(
        "delete from refresh_tokens where session_id = $1 and generation > $2 and used_at is null and created_at < $3",
        row.id,
        row.generation,
        now - TimeDelta::minutes(1)
    )
    .execute(&mut *tx)
    .await?;
    // A look as another person ends at its hour.
    let until = if row.look { row.expires_at } else { now + lifetime(ctx) };
    sqlx::query!("update sessions set last_seen_at = $2, expires_at = $3 where id = $1", row.id, now, until)
        .execute(&mut *tx)
        .await?;
    let who = Who { user: row.user_id.into(), role: word(&row.role)?, company: row.company_id.into() };
    let grant = grant(ctx, &mut tx, row.id.into(), &who, row.generation + 1, until).await?;
    tx.commit().await?;
    Ok(grant)
}

async fn successor_used(conn: &mut PgConnection, session: Uuid, generation: i32) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists(select from refresh_tokens where session_id = $1 and generation > $2 and used_at is not null) as "used!""#,
        session,
        generation
    )
    .fetch_one(conn)
    .await?)
}

async fn grant(
    ctx: &Ctx,
    conn: &mut PgConnection,
    id: SessionId,
    who: &Who,
    generation: i32,
    until: DateTime<Utc>,
) -> Result<Grant> {
    let (refresh_token, now) = (random_token(), ctx.clock.now());
    sqlx::query!(
        "insert into refresh_tokens (hash, company_id, session_id, generation, created_at) values ($1, $2, $3, $4, $5)",
        &hash_token(&refresh_token)[..],
        who.company.0,
        id.0,
        generation,
        now
    )
    .execute(conn)
    .await?;
    let claims = ctx.jwt.claims(who.user.0, who.role.as_str(), Some(who.company.0), id.0, now);
    let expires_in = claims.exp - claims.iat;
    let access_token = ctx.jwt.sign(&claims).map_err(|e| Error::internal("token", e))?;
    Ok(Grant {
        tokens: Tokens { access_token, refresh_token, token_type: "Bearer".to_owned(), expires_in },
        role: who.role,
        session_id: id,
        refresh_expires_in: (until - now).num_seconds(),
    })
}

fn lifetime(ctx: &Ctx) -> TimeDelta {
    TimeDelta::days(ctx.config.auth.refresh_days.into())
}

pub(super) async fn end(conn: &mut PgConnection, session: Uuid, reason: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $2, ended_reason = $3 where id = $1 and ended_at is null",
        session,
        now,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends every session of a user but `keep`.
pub(super) async fn end_all(
    conn: &mut PgConnection,
    user: UserId,
    keep: Option<SessionId>,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update sessions set ended_at = $3, ended_reason = $4
         where user_id = $1 and ended_at is null and id is distinct from $2",
        user.0,
        keep.map(|s| s.0),
        now,
        reason
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the session of the caller. Who looks as another person ends the look; their own session goes on.
pub async fn logout(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let session = actor.session_id().ok_or(Code::Unauthenticated)?;
    let mut tx = ctx.db.begin_system("logout").await?;
    end(&mut tx, session.0, "logout", ctx.clock.now()).await?;
    let entry = if actor.looking().is_some() {
        let (object_type, object_id) = look::record(actor.user()?, actor.contact_id());
        let action = if object_type == "contact" { "contact.look_end" } else { "user.look_end" };
        audit::Entry { action, object_type, object_id: Some(object_id), changes: json!({}) }
    } else {
        let object_id = actor.user_id().map(|u| u.0);
        audit::Entry { action: "user.logout", object_type: "user", object_id, changes: json!({}) }
    };
    audit::write(&mut tx, actor, ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(())
}

/// The caller's signed-in devices, the latest first; a look of somebody else is in the audit and is no device of theirs.
pub async fn sessions(ctx: &Ctx, actor: &Actor) -> Result<Vec<SessionView>> {
    actor.scope(P::ProfileManage)?;
    let mut tx = ctx.db.begin_system("own sessions").await?;
    let rows = sqlx::query!(
        "select id, user_agent, ip, created_at, last_seen_at from sessions
         where user_id = $1 and ended_at is null and expires_at > $2 and acting_user_id is null order by last_seen_at desc, id",
        actor.user()?.0,
        ctx.clock.now()
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|s| SessionView {
            id: s.id.into(),
            user_agent: s.user_agent,
            ip: s.ip,
            created_at: s.created_at,
            last_seen_at: s.last_seen_at,
            current: actor.session_id() == Some(s.id.into()),
        })
        .collect())
}

/// Signs out everywhere but here.
pub async fn end_other_sessions(ctx: &Ctx, actor: &Actor) -> Result<()> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    let mut tx = ctx.db.begin_system("end other sessions").await?;
    end_all(&mut tx, actor.user()?, actor.session_id(), "others", ctx.clock.now()).await?;
    let entry = audit::Entry {
        action: "session.end_others",
        object_type: "user",
        object_id: actor.user_id().map(|u| u.0),
        changes: json!({}),
    };
    audit::write(&mut tx, actor, ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(())
}

/// A super admin goes to work in another company; the next refresh carries it.
///
/// # Errors
/// `not_found` when there is no such company.
pub async fn switch_company(ctx: &Ctx, actor: &Actor, company: CompanyId) -> Result<()> {
    actor.scope(P::CompaniesManage)?;
    actor.acts()?;
    let session = actor.session_id().ok_or(Code::Unauthenticated)?;
    let mut tx = ctx.db.begin_system("switch company").await?;
    let moved = sqlx::query!(
        "update sessions set company_id = $2 where id = $1 and exists (select from companies where id = $2)",
        session.0,
        company.0
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if moved == 0 {
        return Err(Code::NotFound.into());
    }
    // In the books of the company that is entered: its admin can see who looked in from outside.
    let there = Actor { company_id: company, ..actor.clone() };
    let entry = audit::Entry {
        action: "company.enter",
        object_type: "company",
        object_id: Some(company.0),
        changes: json!({}),
    };
    audit::write(&mut tx, &there, ctx.clock.now(), entry).await?;
    tx.commit().await?;
    Ok(())
}
