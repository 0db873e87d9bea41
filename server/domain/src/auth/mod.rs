//! Signing in: staff by login and password, residents by phone and one-time code; sessions as families of
//! rotating refresh tokens. The only place where an [`Actor`] of a person is made.

mod codes;
mod confirm;
mod look;
mod me;
mod notes;
mod password;
mod sessions;
pub(crate) mod totp;

pub use codes::{DEMO_CODE, request_code, verify_code};
pub(crate) use codes::{Guess, guess, send_code};
pub use confirm::{confirm, proven};
pub use look::{look_as, may_look_as};
pub use me::{me, set_lang};
pub use password::{change_password, login, request_reset, reset_password};
pub use sessions::{Device, Grant, end_other_sessions, logout, refresh, sessions, switch_company};
pub use totp::{totp_confirm, totp_disable, totp_setup};

use crate::{
    Actor, Ctx, Result,
    actor::{Behind, Door, Homes, View},
    error::word,
};
use chrono::{DateTime, Utc};
use model::{Code, CompanyId, Failure, Lang, Phone, Role, SessionId, UserId, staff::Visibility};
use platform::{limits::Quota, tokens::Claims};
use sqlx::PgConnection;

/// Signs somebody in whose right to it was proven another way (an invitation).
pub(crate) async fn open_session(
    ctx: &Ctx,
    conn: &mut PgConnection,
    user: UserId,
    role: Role,
    company: CompanyId,
    device: &Device,
) -> Result<Grant> {
    sessions::open(ctx, conn, &sessions::Who { user, role, company }, device).await
}

/// Writes down that a resident came in whose right to it was proven another way.
pub(crate) async fn note_entered(
    ctx: &Ctx,
    conn: &mut PgConnection,
    user: UserId,
    company: CompanyId,
    device: &Device,
) -> Result<()> {
    let name = sqlx::query_scalar!("select name from users where id = $1", user.0).fetch_one(&mut *conn).await?;
    let person = notes::person(&sessions::Who { user, role: Role::Resident, company }, &name, device);
    notes::entered(conn, &person, device, ctx.clock.now()).await
}

/// Signs somebody out everywhere.
pub(crate) async fn end_sessions(
    conn: &mut PgConnection,
    user: UserId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sessions::end_all(conn, user, None, reason, now).await
}

/// The caller behind an access token. The session is looked up each time, so ending it works at once.
///
/// # Errors
/// `unauthenticated` when the token, its session or its user is no longer good.
pub async fn authenticate(ctx: &Ctx, access_token: &str, door: Door) -> Result<Actor> {
    let now = ctx.clock.now();
    let claims: Claims = ctx.jwt.verify(access_token, now).map_err(|_| Code::Unauthenticated)?;
    let row = sqlx::query!(
        r#"select company_id as "company!", id as "id!", role as "role!", name as "name!", lang as "lang!", contact_id, visibility,
             zones as "zones!", skills as "skills!", units as "units!", buildings as "buildings!", proven_at as "proven_at!",
             acting_user_id, acting_name, acting_role, expires_at as "expires_at!"
           from signed_in($1, $2, $3)"#,
        claims.sid,
        claims.sub,
        now
    )
    .fetch_optional(&mut *ctx.db.call().await?)
    .await?
    .ok_or(Code::Unauthenticated)?;
    let role = word(&row.role)?;
    let looking = match (row.acting_user_id, row.acting_name, row.acting_role) {
        (None, ..) => None,
        (Some(user), Some(name), Some(role)) => {
            Some(Behind { user_id: user.into(), name, role: word(&role)?, until: row.expires_at })
        }
        (Some(_), ..) => return Err(Code::Unauthenticated.into()),
    };
    let view = View {
        visibility: row.visibility.as_deref().map(word).transpose()?.unwrap_or(Visibility::usual(role)),
        zones: row.zones.into_iter().map(Into::into).collect(),
        skills: row.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
        homes: Homes::new(row.units, row.buildings),
    };
    Ok(Actor {
        user_id: Some(row.id.into()),
        session_id: Some(SessionId(claims.sid)),
        contact_id: row.contact_id.map(Into::into),
        company_id: row.company.into(),
        role,
        name: row.name,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        door,
        view,
        proven: confirm::holds(role, row.proven_at, now),
        looking,
    })
}

/// What a staff member sees today, for work they started that runs later.
///
/// # Errors
/// `forbidden` when they were blocked meanwhile.
pub(crate) async fn view_of(conn: &mut PgConnection, user: UserId, role: Role) -> Result<View> {
    let row = sqlx::query!(
        r#"select u.visibility,
             array(select building_id from staff_zones z where z.company_id = u.company_id and z.user_id = u.id
               union select b.id from staff_complexes c
               join buildings b on b.company_id = c.company_id and b.complex_id = c.complex_id
               where c.company_id = u.company_id and c.user_id = u.id) as "zones!",
             array(select skill from staff_skills k where k.company_id = u.company_id and k.user_id = u.id) as "skills!"
           from users u where u.id = $1 and u.blocked_at is null"#,
        user.0
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Code::Forbidden)?;
    Ok(View {
        visibility: row.visibility.as_deref().map(word).transpose()?.unwrap_or(Visibility::usual(role)),
        zones: row.zones.into_iter().map(Into::into).collect(),
        skills: row.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
        homes: Homes::default(),
    })
}

/// The resident behind a link that was proven another way (a Telegram chat). Staff come in by the front door.
pub(crate) async fn actor_of_user(ctx: &Ctx, user: UserId, door: Door) -> Result<Option<Actor>> {
    let mut tx = ctx.db.begin_system("actor of a linked user").await?;
    let row = sqlx::query!(
        r#"select u.company_id as "company_id!", u.role, u.name, u.lang, u.contact_id, h.units as "units!", h.buildings as "buildings!"
           from users u
           cross join lateral (select coalesce(array_agg(n.id), '{}') as units, coalesce(array_agg(n.building_id), '{}') as buildings
             from residencies r
             join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
             join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
             where r.company_id = u.company_id and r.contact_id = u.contact_id and r.until_on is null) h
           where u.id = $1 and u.role = 'resident' and u.company_id is not null and u.blocked_at is null
             and cardinality(h.units) > 0"#,
        user.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Actor {
        user_id: Some(user),
        session_id: None,
        contact_id: row.contact_id.map(Into::into),
        company_id: row.company_id.into(),
        role: word(&row.role)?,
        name: row.name,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        door,
        view: View { homes: Homes::new(row.units, row.buildings), ..View::nothing() },
        proven: true,
        looking: None,
    }))
}

/// The resident's login that owns a phone: somebody with a current home. The newest one where several do.
pub(crate) async fn resident_user(ctx: &Ctx, phone: &Phone) -> Result<Option<UserId>> {
    let mut tx = ctx.db.begin_system("resident by phone").await?;
    let id = sqlx::query_scalar!(
        "select u.id from users u
         where u.role = 'resident' and u.phone = $1 and u.blocked_at is null
           and exists (select from residencies r
             join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
             join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
             where r.company_id = u.company_id and r.contact_id = u.contact_id and r.until_on is null)
         order by u.created_at desc limit 1",
        phone.as_str()
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(id.map(Into::into))
}

/// The role of an actor decides which app is theirs.
pub fn home_path(role: Role) -> &'static str {
    match role {
        Role::Resident => "/my",
        Role::Staff => "/work",
        _ => "/desk",
    }
}

/// Whether a long-lived connection of `actor` may go on: the session was not ended and the user not blocked.
pub async fn is_alive(ctx: &Ctx, actor: &Actor) -> Result<bool> {
    let mut tx = ctx.db.begin_system("is a session alive").await?;
    Ok(sqlx::query_scalar!(
        r#"select exists(select from sessions s join users u on u.id = s.user_id
             where s.id = $1 and s.ended_at is null and s.expires_at > $2 and u.blocked_at is null
               and (s.own_session_id is null or look_holds(s.own_session_id, u.role, $2))) as "alive!""#,
        actor.session_id().map(|s| s.0),
        ctx.clock.now()
    )
    .fetch_one(&mut *tx)
    .await?)
}

/// Slows guessing: the configured number a minute for one account from one address, four times that for the
/// account from anywhere, twelve times for the address (an office behind one address signs in at nine o'clock).
///
/// # Errors
/// `too_many_requests` with the seconds to wait.
pub(crate) async fn throttle(ctx: &Ctx, device: &Device, account: &str) -> Result<()> {
    let n = ctx.config.limits.auth_per_minute;
    let account = account.trim().to_lowercase();
    let walls = [
        (format!("auth:{}:{account}", device.ip), n),
        (format!("auth:account:{account}"), n.saturating_mul(4)),
        (format!("auth:ip:{}", device.ip), n.saturating_mul(12)),
    ];
    for (key, quota) in walls {
        let pace = ctx.limits.check(&key, Quota::per_minute(quota)).await;
        if !pace.allowed {
            return Err(wait(pace.retry_after_s));
        }
    }
    Ok(())
}

/// `too_many_requests` with the seconds to wait.
pub(crate) fn wait(seconds: u64) -> crate::Error {
    Failure { retry_after: u32::try_from(seconds).ok(), ..Failure::new(Code::TooManyRequests) }.into()
}
