//! Staff: who they are (`list`) and what they see; how they come (`invites`) and go (`leave`).
//!
//! Who manages whom: nobody touches somebody above themselves, nobody changes their own role, view or access, and one
//! admin always stays.

mod invites;
mod leave;
mod list;
mod queries;

pub use invites::{accept, invitation, invitations, invite, revoke_invite};
pub use leave::{block, dismiss, open_work, unblock};
pub use list::{bulk, list};

pub(crate) use list::{Zone, rows};

use crate::{Actor, Ctx, Error, Result, Tx};
use model::{
    Code, Permission as P, Role, UserId,
    auth::Danger,
    staff::{StaffCard, UpdateStaff, Visibility},
    validate,
};
use queries::Member;

/// One staff member.
///
/// # Errors
/// `not_found` for residents, missing and foreign people alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: UserId) -> Result<StaffCard> {
    let scope = actor.scope(P::StaffRead)?;
    let mut tx = ctx.begin(actor).await?;
    queries::card(&mut tx, &scope, id).await
}

/// Changes a staff member. `version` is the one the editor saw. A change of role, view or zone ends the person's live
/// connections, which come back with what they may see now.
///
/// # Errors
/// `conflict` when somebody changed them meanwhile; `own_access`, `last_admin`; `forbidden` above one's own role.
pub async fn update(ctx: &Ctx, actor: &Actor, id: UserId, version: i32, command: &UpdateStaff) -> Result<StaffCard> {
    let scope = actor.scope(P::StaffManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let old = queries::lock(&mut tx, &scope, id).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    may_touch(actor, &old)?;
    let new = changed(&old, command)?;
    // The mail address gets the link that sets a new password.
    if old.role != new.role || old.email != new.email {
        actor.proves(Danger::Access)?;
    }
    if old.access() != new.access() {
        not_oneself(actor, id)?;
        if !actor.role().may_manage(new.role) {
            return Err(Code::Forbidden.into());
        }
    }
    if old.role == Role::Admin && new.role != Role::Admin {
        one_admin_stays(&mut tx, id).await?;
    }
    if queries::save(&mut tx, &old, &new).await? {
        tx.access_changed(id);
    }
    let card = queries::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// The person as they will be.
fn changed(old: &Member, command: &UpdateStaff) -> Result<Member> {
    let role = command.role.unwrap_or(old.role);
    // A level that the new role does not know falls back to what is usual for it.
    let kept = Some(old.visibility).filter(|level| role == old.role && Visibility::choices(role).contains(level));
    let visibility = command.visibility.or(kept).unwrap_or(Visibility::usual(role));
    if !Visibility::choices(role).contains(&visibility) {
        return Err(Error::field("/visibility", "out_of_range"));
    }
    let sorted = |ids: Vec<uuid::Uuid>| std::collections::BTreeSet::from_iter(ids).into_iter().collect();
    Ok(Member {
        name: command.name.as_deref().map_or_else(|| old.name.clone(), |name| name.trim().to_owned()),
        phone: command.phone.clone().unwrap_or_else(|| old.phone.clone()),
        email: command.email.clone().map_or_else(|| old.email.clone(), trimmed),
        lang: command.lang.unwrap_or(old.lang),
        role,
        visibility,
        skills: command.skills.clone().map_or_else(
            || old.skills.clone(),
            |mut skills| {
                skills.sort_by_key(|s| s.as_str());
                skills.dedup();
                skills
            },
        ),
        buildings: command
            .building_ids
            .as_ref()
            .map_or_else(|| old.buildings.clone(), |b| sorted(b.iter().map(|b| b.0).collect())),
        complexes: command
            .complex_ids
            .as_ref()
            .map_or_else(|| old.complexes.clone(), |c| sorted(c.iter().map(|c| c.0).collect())),
        ..old.clone()
    })
}

pub(crate) fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Nobody manages somebody above themselves.
fn may_touch(actor: &Actor, member: &Member) -> Result<()> {
    if actor.role().may_manage(member.role) { Ok(()) } else { Err(Code::Forbidden.into()) }
}

/// Nobody changes what they themselves may see and do.
fn not_oneself(actor: &Actor, id: UserId) -> Result<()> {
    if actor.user_id() == Some(id) { Err(Code::OwnAccess.into()) } else { Ok(()) }
}

/// Before an admin goes: another one must be able to sign in.
async fn one_admin_stays(tx: &mut Tx, leaving: UserId) -> Result<()> {
    let company = tx.actor().company_id().0;
    let another = sqlx::query_scalar!(
        r#"select exists(select from users where company_id = $1 and role = 'admin' and blocked_at is null and id <> $2) as "another!""#,
        company,
        leaving.0
    )
    .fetch_one(tx.conn())
    .await?;
    if another { Ok(()) } else { Err(Code::LastAdmin.into()) }
}
