//! Residents: a one-time code to their phone.

use super::{
    notes,
    sessions::{self, Device, Grant, Who},
};
use crate::{
    Ctx, Error, Result,
    messages::{self, Channel, Draft},
};
use chrono::TimeDelta;
use model::{
    Code, Lang, Phone, Role, UserId,
    auth::{RequestCode, ResidentLogin},
    validate,
};
use platform::{
    limits::Quota,
    tokens::{constant_time_eq, hash_token, random_code},
};
use serde_json::json;

/// Wrong guesses a code survives.
const ATTEMPTS: i16 = 5;
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// Works for residents of a demo company while the server runs in demo mode, and never otherwise.
pub const DEMO_CODE: &str = "000000";

/// Sends a code that lives five minutes. The answer is the same whether the phone is known or not.
///
/// # Errors
/// `too_many_requests` more than twice a minute for one phone.
pub async fn request_code(ctx: &Ctx, command: &RequestCode) -> Result<()> {
    send_code(ctx, &command.phone, None).await
}

/// Codes a stranger's phone gets in a day: an SMS costs, and its owner may not have asked.
const STRANGER_CODES: i64 = 10;

/// Sends a code to whoever has a login with this phone; to a `stranger`, in their language, as well.
pub(crate) async fn send_code(ctx: &Ctx, phone: &Phone, stranger: Option<Lang>) -> Result<()> {
    let pace = ctx.limits.check(&format!("code:{phone}"), Quota::per_minute(2)).await;
    if !pace.allowed {
        return Err(super::wait(pace.retry_after_s));
    }
    let (code, now) = (random_code(6), ctx.clock.now());
    let mut tx = ctx.db.begin_system("one-time code").await?;
    let user = sqlx::query!(
        "select id, company_id, lang from users where role = 'resident' and phone = $1 and blocked_at is null
         order by created_at desc limit 1",
        phone.as_str()
    )
    .fetch_optional(&mut *tx)
    .await?;
    if user.is_none() && stranger.is_some() {
        let sent = sqlx::query_scalar!(
            r#"select count(*) as "n!" from deliveries where address = $1 and template = 'login_code' and created_at > $2"#,
            phone.as_str(),
            now - TimeDelta::days(1)
        )
        .fetch_one(&mut *tx)
        .await?;
        if sent >= STRANGER_CODES {
            return Err(super::wait(3600));
        }
    }
    sqlx::query!(
        "insert into login_codes (phone, code_hash, created_at, expires_at) values ($1, $2, $3, $4)
         on conflict (phone) do update set code_hash = excluded.code_hash, attempts = 0,
           created_at = excluded.created_at, expires_at = excluded.expires_at",
        phone.as_str(),
        &hash(phone, &code)[..],
        now,
        now + LIFETIME
    )
    .execute(&mut *tx)
    .await?;
    let to = match (&user, stranger) {
        (Some(user), _) => Some((user.company_id, Some(user.id), Lang::parse(&user.lang).unwrap_or_default())),
        (None, Some(lang)) => Some((None, None, lang)),
        (None, None) => None,
    };
    if let Some((company_id, user_id, lang)) = to {
        let draft = Draft {
            company_id,
            user_id,
            channel: Channel::Sms,
            address: phone.as_str(),
            template: "login_code",
            lang,
            params: json!({ "code": code }),
        };
        messages::queue(&mut tx, draft, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What a code proves about a phone without a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess {
    Right,
    /// The code of the demo, which anybody knows: good for demo companies only.
    Demo,
    Wrong,
}

/// Tries a code; a right one is used up.
pub(crate) async fn guess(ctx: &Ctx, phone: &Phone, code: &str) -> Result<Guess> {
    Ok(if burn(ctx, phone, code).await? {
        Guess::Right
    } else if ctx.config.demo && code.trim() == DEMO_CODE {
        Guess::Demo
    } else {
        Guess::Wrong
    })
}

/// Signs a resident in.
///
/// # Errors
/// `wrong_code` for a wrong, used, expired or over-guessed code and for an unknown phone alike.
pub async fn verify_code(ctx: &Ctx, command: &ResidentLogin, device: &Device) -> Result<Grant> {
    validate::check(command)?;
    let phone = &command.phone;
    super::throttle(ctx, device, phone.as_str()).await?;
    let user = super::resident_user(ctx, phone).await?;
    let right = demo_code(ctx, user, &command.code).await? || burn(ctx, phone, &command.code).await?;
    let user = user.ok_or(Code::WrongCode)?;
    let mut tx = ctx.db.begin_system("open a session").await?;
    let row = sqlx::query!(r#"select company_id as "company_id!", name from users where id = $1"#, user.0)
        .fetch_one(&mut *tx)
        .await?;
    let who = Who { user, role: Role::Resident, company: row.company_id.into() };
    let person = notes::person(&who, &row.name, device);
    if !right {
        notes::refused(ctx, person, device, "code");
        return Err(Code::WrongCode.into());
    }
    let grant = sessions::open(ctx, &mut tx, &who, device).await?;
    notes::entered(&mut tx, &person, device, ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Counts the guess first, so that parallel guesses cannot share one attempt; a right code is gone at once.
async fn burn(ctx: &Ctx, phone: &Phone, code: &str) -> Result<bool> {
    let mut tx = ctx.db.begin_system("check a one-time code").await?;
    let row = sqlx::query!(
        "update login_codes set attempts = attempts + 1 where phone = $1 and expires_at > $2 and attempts < $3 returning code_hash",
        phone.as_str(),
        ctx.clock.now(),
        ATTEMPTS
    )
    .fetch_optional(&mut *tx)
    .await?;
    let right = row.is_some_and(|row| constant_time_eq(&row.code_hash, &hash(phone, code.trim())));
    if right {
        sqlx::query!("delete from login_codes where phone = $1", phone.as_str()).execute(&mut *tx).await?;
    }
    tx.commit().await.map_err(Error::from)?;
    Ok(right)
}

/// Asks for the very user who would sign in: the same phone may be known to a real company too.
async fn demo_code(ctx: &Ctx, user: Option<UserId>, code: &str) -> Result<bool> {
    let Some(user) = user.filter(|_| ctx.config.demo && code.trim() == DEMO_CODE) else { return Ok(false) };
    let mut tx = ctx.db.begin_system("demo login").await?;
    let demo = sqlx::query_scalar!(
        "select c.demo from users u join companies c on c.id = u.company_id where u.id = $1",
        user.0
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(demo)
}

/// Six digits alone would be found in a leaked table at once; the phone is their salt.
fn hash(phone: &Phone, code: &str) -> [u8; 32] {
    hash_token(&format!("{phone}:{code}"))
}
