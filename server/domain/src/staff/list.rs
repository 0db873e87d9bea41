//! The list of staff in any order, and one thing done to many of them.

use super::queries;
use crate::{Actor, Ctx, Result, Scope, Tx, bulk::each, error::word};
use model::{
    Permission as P, Phone, UserId,
    auth::Danger,
    bulk::Outcome,
    fold,
    page::Sorting,
    staff::{StaffAction, StaffBulk, StaffCard, StaffFilter, StaffRow, StaffSort, UpdateStaff},
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// How much of a zone a row names. A district has hundreds of houses, and a list is read for each choice of a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    Whole,
    Begun,
}

/// So many places of a zone that is only begun.
const PLACES: usize = 3;

/// Staff with their load; usually those who can be given work first, the least loaded first.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &StaffFilter) -> Result<Vec<StaffRow>> {
    let scope = actor.scope(P::StaffRead)?;
    rows(&mut ctx.begin(actor).await?, &scope, filter, Zone::Begun).await
}

pub(crate) async fn rows(tx: &mut Tx, scope: &Scope, filter: &StaffFilter, zone: Zone) -> Result<Vec<StaffRow>> {
    let most = if zone == Zone::Whole { usize::MAX } else { PLACES };
    // By the key where only some are named: to sort them by address all would have to be read.
    let houses = match zone {
        Zone::Whole => "order by b.address".to_owned(),
        Zone::Begun => format!("order by z.building_id limit {PLACES}"),
    };
    let mut sql = QueryBuilder::<Postgres>::new(format!(
        "select u.id, u.name, u.role, u.phone, u.visibility, u.blocked_at is not null as blocked, \
           u.dismissed_at is not null as dismissed, \
           coalesce(s.skills, '{{}}') as skills, \
           array(select (select c.name from complexes c where c.company_id = z.company_id and c.id = z.complex_id) as name \
              from staff_complexes z where z.company_id = u.company_id and z.user_id = u.id order by name) \
           || array(select b.address from staff_zones z join buildings b on b.company_id = z.company_id and b.id = z.building_id \
              where z.company_id = u.company_id and z.user_id = u.id {houses}) as zone, \
           (select count(*) from staff_complexes z where z.company_id = u.company_id and z.user_id = u.id)::int \
           + (select count(*) from staff_zones z where z.company_id = u.company_id and z.user_id = u.id)::int as zone_size, \
           (select count(*) from requests r where r.company_id = u.company_id and r.assignee_id = u.id \
              and r.status in ('assigned', 'in_progress', 'deferred', 'returned'))::int as load \
         from users u left join (select company_id, user_id, array_agg(skill order by skill) as skills from staff_skills \
           group by company_id, user_id) s on s.company_id = u.company_id and s.user_id = u.id \
         where u.role <> 'resident' and u.company_id = "
    ));
    sql.push_bind(scope.company());
    if !filter.all {
        sql.push(" and u.blocked_at is null");
    }
    who(&mut sql, filter);
    let sort = filter.sort.unwrap_or_default();
    let desc = if sort.descends() == filter.reverse { "" } else { " desc" };
    // Names compare by their folded key: one order for both alphabets.
    sql.push(match sort {
        StaffSort::Free => format!(
            " order by u.blocked_at is not null, u.role = 'staff'{}, load{desc}",
            if filter.reverse { "" } else { " desc" }
        ),
        StaffSort::Name => format!(" order by u.search{desc}"),
        StaffSort::Role => {
            format!(" order by array_position(array['admin', 'dispatcher', 'staff'], u.role){desc}, u.search{desc}")
        }
        StaffSort::Load => format!(" order by load{desc}"),
    });
    sql.push(format!(", u.name{desc}, u.id{desc}"));
    sql.build().fetch_all(tx.conn()).await?.iter().map(|row| read(row, most)).collect()
}

fn who(sql: &mut QueryBuilder<Postgres>, filter: &StaffFilter) {
    let words = fold::words(filter.text.as_deref().unwrap_or_default());
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 3 && words.chars().all(|c| c.is_ascii_digit() || c == ' ') {
        sql.push(" and u.phone like ").push_bind(format!("%{digits}%"));
    } else {
        for word in words.split_whitespace() {
            // Folded words are letters and digits: nothing in them means anything to `like`.
            sql.push(" and u.search like ").push_bind(format!("% {word}%"));
        }
    }
    if let Some(role) = filter.role {
        sql.push(" and u.role = ").push_bind(role.as_str());
    }
    if let Some(skill) = filter.skill {
        sql.push(" and exists (select from staff_skills s where s.company_id = u.company_id and s.user_id = u.id and s.skill = ");
        sql.push_bind(skill.as_str()).push(")");
    }
    if let Some(building) = filter.building_id {
        sql.push(" and (exists (select from staff_zones z where z.company_id = u.company_id and z.user_id = u.id and z.building_id = ");
        sql.push_bind(building.0).push(
            ") or exists (select from staff_complexes z join buildings b on b.company_id = z.company_id and b.complex_id = z.complex_id \
             where z.company_id = u.company_id and z.user_id = u.id and b.id = ",
        );
        sql.push_bind(building.0).push("))");
    }
}

fn read(row: &PgRow, most: usize) -> Result<StaffRow> {
    let role = word(row.try_get("role")?)?;
    let skills: Vec<String> = row.try_get("skills")?;
    let mut zone: Vec<String> = row.try_get("zone")?;
    zone.truncate(most);
    let size: i32 = row.try_get("zone_size")?;
    Ok(StaffRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        name: row.try_get("name")?,
        role,
        phone: row.try_get::<Option<&str>, _>("phone")?.and_then(Phone::parse),
        skills: skills.iter().map(|s| word(s)).collect::<Result<_>>()?,
        load: row.try_get("load")?,
        visibility: queries::visibility(row.try_get("visibility")?, role)?,
        zone_more: size - i32::try_from(zone.len()).unwrap_or(size),
        zone,
        blocked: row.try_get("blocked")?,
        dismissed: row.try_get("dismissed")?,
    })
}

/// Does one thing to many staff members and tells how each went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to manage staff; `invalid` on nobody or too many.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &StaffBulk) -> Result<Vec<Outcome>> {
    actor.scope(P::StaffManage)?;
    if command.action == StaffAction::Block {
        actor.proves(Danger::Access)?;
    }
    each(&command.ids, |id| one(ctx, actor, id, &command.action)).await
}

/// Nobody saw a version here: the newest is meant.
async fn one(ctx: &Ctx, actor: &Actor, id: UserId, action: &StaffAction) -> Result<()> {
    if *action == StaffAction::Block {
        super::block(ctx, actor, id).await?;
        return Ok(());
    }
    let card = super::get(ctx, actor, id).await?;
    super::update(ctx, actor, id, card.version, &widened(&card, action)).await?;
    Ok(())
}

/// The trade or the zone with one more in it.
fn widened(card: &StaffCard, action: &StaffAction) -> UpdateStaff {
    let nothing = UpdateStaff::default();
    match action {
        StaffAction::AddSkill { skill } => {
            let skills = card.skills.iter().copied().chain([*skill]).collect();
            UpdateStaff { skills: Some(skills), ..nothing }
        }
        StaffAction::AddBuilding { building_id } => {
            let ids = card.buildings.iter().map(|b| b.id).chain([*building_id]).collect();
            UpdateStaff { building_ids: Some(ids), ..nothing }
        }
        StaffAction::AddComplex { complex_id } => {
            let ids = card.complexes.iter().map(|c| c.id).chain([*complex_id]).collect();
            UpdateStaff { complex_ids: Some(ids), ..nothing }
        }
        StaffAction::Block => nothing,
    }
}
