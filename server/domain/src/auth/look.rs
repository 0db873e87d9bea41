//! Looking at the product as another person, for support: half an hour at most, with a reason, and nothing is changed in
//! their name. It is a session of that person in a family of its own, which knows who really reads.

use super::sessions::{self, Device, Grant, Who};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, error::word};
use model::{
    Code, ContactId, Permission as P, Role, SessionId, UserId,
    auth::{Danger, LookAs},
    validate,
};
use serde_json::json;
use uuid::Uuid;

/// Where a look is written down: in the history of the person, as their page shows it.
pub(super) fn record(user: UserId, contact: Option<ContactId>) -> (&'static str, Uuid) {
    match contact {
        Some(contact) => ("contact", contact.0),
        None => ("user", user.0),
    }
}

/// Whom the caller is about to look as.
struct Seen {
    user: UserId,
    contact: Option<ContactId>,
    role: Role,
}

/// Whether the caller may look as that person now: asked before the form that sets cookies is sent.
///
/// # Errors
/// As [`look_as`].
pub async fn may_look_as(ctx: &Ctx, actor: &Actor, command: &LookAs) -> Result<()> {
    allowed(actor, command)?;
    find(&mut ctx.begin(actor).await?, actor, command).await.map(|_| ())
}

/// Opens a session in which the caller sees what that person sees; ending it, or its half hour, leads back.
///
/// # Errors
/// `forbidden` for somebody who does not stand below the caller; `confirm_needed`; `not_found` for a person of another
/// company or without a login; `invalid` on who cannot sign in now.
pub async fn look_as(ctx: &Ctx, actor: &Actor, command: &LookAs, device: &Device) -> Result<Grant> {
    let (real, own) = allowed(actor, command)?;
    let mut tx = ctx.begin(actor).await?;
    let seen = find(&mut tx, actor, command).await?;
    let who = Who { user: seen.user, role: seen.role, company: actor.company_id() };
    let grant = sessions::open_look(ctx, tx.conn(), &who, (real, own), device).await?;
    let (object_type, object_id) = record(seen.user, seen.contact);
    let action = if object_type == "contact" { "contact.look_as" } else { "user.look_as" };
    let changes = json!({ "reason": command.reason.trim(), "ip": device.ip });
    tx.audit(Entry { action, object_type, object_id: Some(object_id), changes }).await?;
    tx.commit().await?;
    Ok(grant)
}

/// The right, the proof and the command; who really reads, and in which session.
fn allowed(actor: &Actor, command: &LookAs) -> Result<(UserId, SessionId)> {
    actor.scope(P::LookAs)?;
    actor.proves(Danger::LookAs)?;
    validate::check(command)?;
    if command.user_id.is_some() == command.contact_id.is_some() {
        return Err(Error::field("/user_id", "required"));
    }
    Ok((actor.user()?, actor.session_id().ok_or(Code::Forbidden)?))
}

async fn find(tx: &mut Tx, actor: &Actor, command: &LookAs) -> Result<Seen> {
    let row = sqlx::query!(
        r#"select u.id, u.role, u.contact_id,
             (u.blocked_at is null and (u.role <> 'resident' or exists(select from residencies r
                join units n on n.company_id = r.company_id and n.id = r.unit_id and n.archived_at is null
                join buildings b on b.company_id = n.company_id and b.id = n.building_id and b.archived_at is null
                where r.company_id = u.company_id and r.contact_id = u.contact_id and r.until_on is null))) as "may!"
           from users u where u.company_id = $1 and (u.id = $2 or u.contact_id = $3)"#,
        actor.company_id().0,
        command.user_id.map(|u| u.0),
        command.contact_id.map(|c| c.0)
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    let role: Role = word(&row.role)?;
    if role.rank() >= actor.role().rank() {
        return Err(Code::Forbidden.into());
    }
    if !row.may {
        let field = if command.contact_id.is_some() { "/contact_id" } else { "/user_id" };
        return Err(Error::field(field, "cannot_sign_in"));
    }
    Ok(Seen { user: row.id.into(), contact: row.contact_id.map(Into::into), role })
}
