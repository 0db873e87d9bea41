//! Proving once more who one is: a session left open on a desk must not be enough for what is dangerous.

use super::{notes, sessions::Device, throttle, totp};
use crate::{Actor, Ctx, Error, Result, audit};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, Permission as P, Role,
    auth::{ConfirmSelf, Danger, PROOF_MINUTES},
    validate,
};
use serde_json::json;

/// Whether a proof still holds. Residents have nothing to prove themselves with again, and nothing dangerous to do.
pub(super) fn holds(role: Role, proven_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    role == Role::Resident || now - proven_at <= TimeDelta::minutes(PROOF_MINUTES)
}

/// Proves who the caller is by the password, or by a code of the second factor; dangerous actions of this session go
/// through for the next minutes. Guesses are counted with those of signing in.
///
/// # Errors
/// `invalid` with `wrong_secret` on what was wrong; `too_many_requests`; `forbidden` for residents.
pub async fn confirm(ctx: &Ctx, actor: &Actor, command: &ConfirmSelf) -> Result<()> {
    actor.scope(P::ProfileManage)?;
    actor.acts()?;
    if actor.role() == Role::Resident {
        return Err(Code::Forbidden.into());
    }
    validate::check(command)?;
    let (user, session) = (actor.user()?, actor.session_id().ok_or(Code::Unauthenticated)?);
    let mut tx = ctx.db.begin_system("who confirms themselves").await?;
    let known = sqlx::query!(
        r#"select coalesce(u.login, u.id::text) as "login!", u.password_hash, s.ip
           from sessions s join users u on u.id = s.user_id where s.id = $1 and u.id = $2"#,
        session.0,
        user.0
    )
    .fetch_one(&mut *tx)
    .await?;
    drop(tx);
    let device = Device { ip: known.ip, door: actor.door(), ..Device::default() };
    throttle(ctx, &device, &known.login).await?;
    let typed = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let now = ctx.clock.now();
    let mut tx = match (command.password.as_deref().filter(|p| !p.is_empty()), typed(&command.totp)) {
        (Some(password), _) => {
            if !ctx.passwords.verify(password, known.password_hash.as_deref().unwrap_or_default()).await {
                notes::refused(ctx, actor.clone(), &device, "password");
                return Err(Error::field("/password", "wrong_secret"));
            }
            ctx.db.begin_system("confirm a session").await?
        }
        (None, Some(code)) => {
            let mut tx = ctx.db.begin_system("confirm a session").await?;
            let fits = totp::verify(ctx, &mut tx, user, &code).await;
            match fits {
                Ok(()) => tx,
                Err(error) if error.code() == Code::WrongCode => {
                    notes::refused(ctx, actor.clone(), &device, "totp");
                    return Err(Error::field("/totp", "wrong_secret"));
                }
                Err(error) => return Err(error),
            }
        }
        (None, None) => return Err(Error::field("/password", "required")),
    };
    sqlx::query!("update sessions set proven_at = $2 where id = $1", session.0, now).execute(&mut *tx).await?;
    let entry = audit::Entry { action: "user.prove", object_type: "user", object_id: Some(user.0), changes: json!({}) };
    audit::write(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a dangerous action would go through now: asked before a file is fetched, because a link cannot ask back.
///
/// # Errors
/// `confirm_needed` when it would not.
pub fn proven(actor: &Actor, danger: Danger) -> Result<()> {
    actor.scope(P::ProfileManage)?;
    actor.proves(danger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_holds_ten_minutes_and_residents_are_never_asked() {
        let at = DateTime::UNIX_EPOCH;
        let after = |seconds| at + TimeDelta::seconds(seconds);
        assert!(holds(Role::Admin, at, after(600)));
        assert!(!holds(Role::Admin, at, after(601)));
        assert!(!holds(Role::SuperAdmin, at, after(86_400)));
        assert!(holds(Role::Resident, at, after(86_400)));
        // A clock that went back proves nothing wrong.
        assert!(holds(Role::Dispatcher, at, after(-5)));
    }
}
