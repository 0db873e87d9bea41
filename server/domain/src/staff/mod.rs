//! Staff: who they are and what they see; how they come (`invites`) and go (`leave`).
//!
//! Who manages whom: nobody touches somebody above themselves, nobody changes their own role, view or access, and one
//! admin always stays.

mod invites;
mod leave;
mod queries;

pub use invites::{accept, invitation, invitations, invite, revoke_invite};
pub use leave::{block, dismiss, open_work, unblock};

use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word};
use model::{
    Code, Permission as P, Phone, Role, UserId,
    staff::{StaffCard, StaffFilter, StaffRow, UpdateStaff, Visibility},
    validate,
};
use queries::Member;

/// Staff with their load: those who can be given work first, the least loaded first.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &StaffFilter) -> Result<Vec<StaffRow>> {
    let scope = actor.scope(P::StaffRead)?;
    rows(&mut ctx.begin(actor).await?, &scope, filter).await
}

pub(crate) async fn rows(tx: &mut Tx, scope: &Scope, filter: &StaffFilter) -> Result<Vec<StaffRow>> {
    let rows = sqlx::query!(
        r#"select u.id, u.name, u.role, u.phone, u.visibility, u.blocked_at is not null as "blocked!",
             u.dismissed_at is not null as "dismissed!",
             array(select skill from staff_skills s where s.company_id = u.company_id and s.user_id = u.id order by skill) as "skills!",
             array(select c.name from staff_complexes z join complexes c on c.company_id = z.company_id and c.id = z.complex_id
                where z.company_id = u.company_id and z.user_id = u.id order by c.name)
             || array(select b.address from staff_zones z join buildings b on b.company_id = z.company_id and b.id = z.building_id
                where z.company_id = u.company_id and z.user_id = u.id order by b.address) as "zone!",
             (select count(*) from requests r where r.company_id = u.company_id and r.assignee_id = u.id
                and r.status in ('assigned', 'in_progress', 'deferred', 'returned'))::int as "load!"
           from users u where u.company_id = $1 and u.role <> 'resident' and ($2 or u.blocked_at is null)
           order by u.blocked_at is not null, u.role = 'staff' desc, 10, u.name, u.id"#,
        scope.company(),
        filter.all
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|u| {
            let role = word(&u.role)?;
            Ok(StaffRow {
                id: u.id.into(),
                name: u.name,
                role,
                phone: u.phone.as_deref().and_then(Phone::parse),
                skills: u.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
                load: u.load,
                visibility: queries::visibility(u.visibility.as_deref(), role)?,
                zone: u.zone,
                blocked: u.blocked,
                dismissed: u.dismissed,
            })
        })
        .collect()
}

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
