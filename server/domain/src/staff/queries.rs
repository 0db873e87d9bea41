//! SQL of one staff member.

use crate::{Error, Result, Scope, Tx, audit, error::word};
use chrono::{DateTime, Utc};
use model::{
    Lang, Permission as P, Phone, Role, UserId,
    staff::{Skill, StaffCard, Visibility, ZoneBuilding, ZoneComplex},
};
use serde::Serialize;
use uuid::Uuid;

/// What is kept of a staff member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub id: UserId,
    pub version: i32,
    pub name: String,
    pub role: Role,
    pub phone: Option<Phone>,
    pub email: Option<String>,
    pub lang: Lang,
    pub visibility: Visibility,
    pub skills: Vec<Skill>,
    pub buildings: Vec<Uuid>,
    pub complexes: Vec<Uuid>,
    pub blocked_at: Option<DateTime<Utc>>,
    pub dismissed_at: Option<DateTime<Utc>>,
}

/// What the audit keeps: names for ids, and neither phone nor mail.
#[derive(Serialize)]
struct Record<'a> {
    name: &'a str,
    role: Role,
    lang: Lang,
    visibility: Visibility,
    skills: &'a [Skill],
    buildings: &'a [String],
    complexes: &'a [String],
    blocked_at: Option<DateTime<Utc>>,
    dismissed_at: Option<DateTime<Utc>>,
}

impl Member {
    /// What decides about what the person sees and may do.
    pub fn access(&self) -> (Role, Visibility, &[Skill], &[Uuid], &[Uuid]) {
        (self.role, self.visibility, &self.skills, &self.buildings, &self.complexes)
    }
}

/// The level kept, or the usual one of the role.
pub(super) fn visibility(kept: Option<&str>, role: Role) -> Result<Visibility> {
    Ok(kept.map(word).transpose()?.unwrap_or(Visibility::usual(role)))
}

/// Locks a staff member for this transaction. A super admin belongs to no company and is not found.
///
/// Changes of a company's staff come one after another: two admins who block each other at the same moment must not
/// both succeed, and not wait for each other for ever either.
pub(super) async fn lock(tx: &mut Tx, scope: &Scope, id: UserId) -> Result<Member> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 7003))", scope.company().to_string())
        .fetch_one(tx.conn())
        .await?;
    let row = sqlx::query!(
        r#"select u.version, u.name, u.role, u.phone, u.email, u.lang, u.visibility, u.blocked_at, u.dismissed_at,
             array(select skill from staff_skills s where s.company_id = u.company_id and s.user_id = u.id order by skill) as "skills!",
             array(select building_id from staff_zones z where z.company_id = u.company_id and z.user_id = u.id order by 1) as "buildings!",
             array(select complex_id from staff_complexes z where z.company_id = u.company_id and z.user_id = u.id order by 1) as "complexes!"
           from users u where u.company_id = $1 and u.id = $2 and u.role <> 'resident' for update of u"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let role = word(&row.role)?;
    Ok(Member {
        id,
        version: row.version,
        name: row.name,
        role,
        phone: row.phone.as_deref().and_then(Phone::parse),
        email: row.email,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        visibility: visibility(row.visibility.as_deref(), role)?,
        skills: row.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
        buildings: row.buildings,
        complexes: row.complexes,
        blocked_at: row.blocked_at,
        dismissed_at: row.dismissed_at,
    })
}

/// Writes what differs, with its audit. Says whether what the person may see or do has changed.
pub(super) async fn save(tx: &mut Tx, old: &Member, new: &Member) -> Result<bool> {
    let access = old.access() != new.access() || old.blocked_at != new.blocked_at;
    // Read before zones are taken away.
    let (were, old_complexes) = (addresses(tx, &old.buildings).await?, names(tx, &old.complexes).await?);
    let (are, new_complexes) = (addresses(tx, &new.buildings).await?, names(tx, &new.complexes).await?);
    if are.len() != new.buildings.len() {
        return Err(Error::field("/building_ids", "unknown"));
    }
    if new_complexes.len() != new.complexes.len() {
        return Err(Error::field("/complex_ids", "unknown"));
    }
    let before = record(old, &were, &old_complexes);
    let after = record(new, &are, &new_complexes);
    let (old_phone, new_phone) = (old.phone.as_ref().map(Phone::as_str), new.phone.as_ref().map(Phone::as_str));
    let masked = [
        ("phone", old_phone.map(audit::mask_phone), new_phone.map(audit::mask_phone), old.phone != new.phone),
        (
            "email",
            old.email.as_deref().map(audit::mask_email),
            new.email.as_deref().map(audit::mask_email),
            old.email != new.email,
        ),
    ];
    let action = match (old.blocked_at, new.blocked_at) {
        (None, Some(_)) if new.dismissed_at.is_some() => "user.dismiss",
        (None, Some(_)) => "user.block",
        (Some(_), None) => "user.unblock",
        _ if new.dismissed_at != old.dismissed_at => "user.dismiss",
        _ => "user.update",
    };
    if !tx.record_masked(action, "user", new.id.0, Some(&before), Some(&after), &masked).await? {
        return Ok(false);
    }
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update users set name = $3, role = $4, phone = $5, email = $6, lang = $7, visibility = $8, blocked_at = $9,
           dismissed_at = $10, version = version + 1 where company_id = $1 and id = $2",
        company,
        new.id.0,
        new.name,
        new.role.as_str(),
        new_phone,
        new.email,
        new.lang.code(),
        // The usual level is not written down: it follows the role.
        Some(new.visibility).filter(|v| *v != Visibility::usual(new.role)).map(Visibility::as_str),
        new.blocked_at,
        new.dismissed_at
    )
    .execute(tx.conn())
    .await?;
    zone(tx, new.id, new).await?;
    Ok(access)
}

fn record<'a>(member: &'a Member, buildings: &'a [String], complexes: &'a [String]) -> Record<'a> {
    Record {
        name: &member.name,
        role: member.role,
        lang: member.lang,
        visibility: member.visibility,
        skills: &member.skills,
        buildings,
        complexes,
        blocked_at: member.blocked_at,
        dismissed_at: member.dismissed_at,
    }
}

/// Makes skills and zone what they should be.
pub(super) async fn zone(tx: &mut Tx, id: UserId, member: &Member) -> Result<()> {
    let company = tx.actor().company_id().0;
    let skills: Vec<String> = member.skills.iter().map(|s| s.as_str().to_owned()).collect();
    sqlx::query!(
        "with gone as (delete from staff_skills where company_id = $1 and user_id = $2 and skill <> all($3))
         insert into staff_skills (company_id, user_id, skill) select $1, $2, unnest($3::text[]) on conflict do nothing",
        company,
        id.0,
        &skills
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "with gone as (delete from staff_zones where company_id = $1 and user_id = $2 and building_id <> all($3))
         insert into staff_zones (company_id, user_id, building_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        company,
        id.0,
        &member.buildings
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "with gone as (delete from staff_complexes where company_id = $1 and user_id = $2 and complex_id <> all($3))
         insert into staff_complexes (company_id, user_id, complex_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        company,
        id.0,
        &member.complexes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The addresses of those of the buildings that the company has.
pub(super) async fn addresses(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<String>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select address from buildings where company_id = $1 and id = any($2) order by address, id",
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The names of those of the complexes that the company has.
pub(super) async fn names(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<String>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select name from complexes where company_id = $1 and id = any($2) order by name, id",
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The whole page about a staff member, as the reader may see it.
pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: UserId) -> Result<StaffCard> {
    let row = sqlx::query!(
        r#"select u.version, u.name, u.role, u.login, u.phone, u.email, u.lang, u.visibility, u.blocked_at, u.dismissed_at,
             u.created_at, u.totp_secret is not null as "totp!",
             array(select skill from staff_skills s where s.company_id = u.company_id and s.user_id = u.id order by skill) as "skills!",
             (select max(last_seen_at) from sessions s where s.company_id = u.company_id and s.user_id = u.id
                and s.acting_user_id is null) as last_seen_at,
             (select count(*) from requests r where r.company_id = u.company_id and r.assignee_id = u.id
                and r.status in ('assigned', 'in_progress', 'deferred', 'returned'))::int as "load!"
           from users u where u.company_id = $1 and u.id = $2 and u.role <> 'resident'"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let buildings = sqlx::query!(
        "select b.id, b.address from staff_zones z join buildings b on b.company_id = z.company_id and b.id = z.building_id
         where z.company_id = $1 and z.user_id = $2 order by b.address, b.id",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let complexes = sqlx::query!(
        "select c.id, c.name from staff_complexes z join complexes c on c.company_id = z.company_id and c.id = z.complex_id
         where z.company_id = $1 and z.user_id = $2 order by c.name, c.id",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let reader = tx.actor();
    let role = word(&row.role)?;
    let manages = reader.role().can(P::StaffManage);
    let may_edit = manages && reader.role().may_manage(role);
    Ok(StaffCard {
        id,
        version: row.version,
        name: row.name,
        role,
        phone: row.phone.as_deref().and_then(Phone::parse),
        login: row.login.filter(|_| manages),
        email: row.email.filter(|_| manages),
        lang: Lang::parse(&row.lang).unwrap_or_default(),
        skills: row.skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
        visibility: visibility(row.visibility.as_deref(), role)?,
        buildings: buildings.into_iter().map(|b| ZoneBuilding { id: b.id.into(), address: b.address }).collect(),
        complexes: complexes.into_iter().map(|c| ZoneComplex { id: c.id.into(), name: c.name }).collect(),
        load: row.load,
        totp: row.totp,
        last_seen_at: row.last_seen_at,
        created_at: row.created_at,
        blocked_at: row.blocked_at,
        dismissed_at: row.dismissed_at,
        may_edit,
        may_manage: may_edit && reader.user_id() != Some(id),
    })
}
