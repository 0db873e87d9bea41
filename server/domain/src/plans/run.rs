//! The schedule: makes the requests that are due soon. It may run as often as one likes, in as many processes: a plan is
//! locked while it is worked on, and the database keeps one request for each plan, due date and place.

use super::{rhythm, season};
use crate::{
    Actor, Ctx, Result, Tx,
    error::word,
    jobs::RunPlan,
    requests::work::{Planned, day_of, file_planned},
};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use model::{
    BuildingId, CompanyId, Permission as P, PlanId, UserId,
    plans::{Recurrence, Rhythm},
    requests::{Category, CreateRequest, Source},
    staff::Skill,
};
use uuid::Uuid;

/// Makes what is due in every company; tells how many requests it made. A plan that fails stops no other.
pub async fn run(ctx: &Ctx) -> Result<usize> {
    let mut made = 0;
    for (company, plan) in active(ctx).await? {
        match run_one(ctx, company, plan).await {
            Ok(count) => made += count,
            Err(error) => tracing::error!(%error, %company, %plan, "a plan could not be run"),
        }
    }
    Ok(made)
}

/// Makes what is due of one plan, right after it was made or changed. Tells how many requests it made.
pub async fn run_plan(ctx: &Ctx, job: &RunPlan) -> Result<usize> {
    run_one(ctx, job.company_id, job.plan_id).await
}

async fn active(ctx: &Ctx) -> Result<Vec<(CompanyId, PlanId)>> {
    let mut tx = ctx.db.begin_system("planned work").await?;
    let rows = sqlx::query!(
        "select company_id, id from plans where not paused and archived_at is null order by company_id, id"
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.company_id.into(), row.id.into())).collect())
}

struct Plan {
    id: PlanId,
    text: String,
    category: Category,
    rule: Recurrence,
    lead: TimeDelta,
    assignee: Option<UserId>,
    skill: Option<Skill>,
    checklist: Option<model::ChecklistId>,
    handled_until: Option<NaiveDate>,
}

async fn run_one(ctx: &Ctx, company: CompanyId, id: PlanId) -> Result<usize> {
    let actor = Actor::system(company);
    let scope = actor.scope(P::RequestsCreate)?;
    let mut tx = ctx.begin(&actor).await?;
    let Some(plan) = lock(&mut tx, id).await? else { return Ok(0) };
    let today = day_of(tx.now());
    let after = plan.handled_until.unwrap_or(plan.rule.starts_on - TimeDelta::days(1));
    let dates: Vec<NaiveDate> = plan.rule.between(after, today + plan.lead).collect();
    let Some(last) = dates.last().copied() else { return Ok(0) };
    let mut made = 0;
    for due_on in to_make(&dates, today) {
        for (building, entrance) in places(&mut tx, id).await? {
            let Some(run) = claim(&mut tx, id, due_on, building, entrance).await? else { continue };
            let assignee = match (plan.assignee, plan.skill) {
                (Some(user), _) => Some(user),
                (None, Some(skill)) => by_skill(&mut tx, skill, building).await?,
                (None, None) => None,
            };
            let planned = Planned {
                source: Source::Plan,
                due_at: Some(due_at(due_on.max(today), tx.now())),
                checklist: plan.checklist,
                assignee,
            };
            let request = file_planned(&mut tx, &scope, &command(&plan, building, entrance), &planned).await?;
            sqlx::query!(
                "update plan_runs set request_id = $2 where company_id = $1 and plan_id = $3 and due_on = $4
                   and building_id = $5 and entrance_id is not distinct from $6",
                company.0,
                request.0,
                id.0,
                run,
                building,
                entrance
            )
            .execute(tx.conn())
            .await?;
            made += 1;
        }
    }
    sqlx::query!("update plans set handled_until = $3 where company_id = $1 and id = $2", company.0, plan.id.0, last)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(made)
}

/// Of dates that were missed, because nothing ran or the plan is late, only the newest is made up for: three inspections
/// on one morning help nobody.
fn to_make(dates: &[NaiveDate], today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let missed = dates.iter().copied().rfind(|day| *day < today);
    dates.iter().copied().filter(move |day| *day >= today || Some(*day) == missed)
}

/// Six in the evening of the day; its end when that has passed.
fn due_at(day: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
    let at = |hour: u32, minute: u32| {
        let local = day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default());
        local.and_utc() - TimeDelta::hours(5)
    };
    Some(at(18, 0)).filter(|six| *six > now).unwrap_or_else(|| at(23, 59))
}

fn command(plan: &Plan, building: Uuid, entrance: Option<Uuid>) -> CreateRequest {
    CreateRequest {
        unit_id: None,
        building_id: Some(BuildingId(building)),
        entrance_id: entrance.map(Into::into),
        contact_id: None,
        contact_name: None,
        contact_phone: None,
        source: None,
        category: plan.category,
        problem_id: None,
        kind: None,
        priority: None,
        description: plan.text.clone(),
        hidden: false,
        file_ids: Vec::new(),
    }
}

async fn lock(tx: &mut Tx, id: PlanId) -> Result<Option<Plan>> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select * from plans where company_id = $1 and id = $2 and not paused and archived_at is null for update",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rhythm: Rhythm = rhythm(row.every, row.weekday, row.month_day)?;
    let text = if row.description.is_empty() { row.title } else { format!("{}\n{}", row.title, row.description) };
    Ok(Some(Plan {
        id,
        text,
        category: word(&row.category)?,
        rule: Recurrence { rhythm, season: season(row.season_from, row.season_to), starts_on: row.starts_on },
        lead: TimeDelta::days(row.lead_days.into()),
        assignee: row.assignee_id.map(Into::into),
        skill: row.skill.as_deref().map(word).transpose()?,
        checklist: row.checklist_id.map(Into::into),
        handled_until: row.handled_until,
    }))
}

/// Houses that are still looked after.
async fn places(tx: &mut Tx, id: PlanId) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select l.building_id, l.entrance_id from plan_places l
         join buildings b on b.company_id = l.company_id and b.id = l.building_id and b.archived_at is null
         where l.company_id = $1 and l.plan_id = $2 order by l.position",
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.building_id, row.entrance_id)).collect())
}

/// Takes a due date of a place; nothing when it was taken.
async fn claim(
    tx: &mut Tx,
    id: PlanId,
    due_on: NaiveDate,
    building: Uuid,
    entrance: Option<Uuid>,
) -> Result<Option<NaiveDate>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    Ok(sqlx::query_scalar!(
        "insert into plan_runs (company_id, plan_id, due_on, building_id, entrance_id, at) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing returning due_on",
        company,
        id.0,
        due_on,
        building,
        entrance,
        now
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Whoever knows the trade: those who look after the house first, then who has the least in hand.
async fn by_skill(tx: &mut Tx, skill: Skill, building: Uuid) -> Result<Option<UserId>> {
    let company = tx.actor().company_id().0;
    let found = sqlx::query_scalar!(
        "select u.id from users u
         join staff_skills s on s.company_id = u.company_id and s.user_id = u.id and s.skill = $2
         where u.company_id = $1 and u.role = 'staff' and u.blocked_at is null and u.dismissed_at is null
         order by (exists(select from staff_zones z where z.company_id = $1 and z.user_id = u.id and z.building_id = $3)
             or exists(select from staff_complexes c join buildings b on b.company_id = $1 and b.complex_id = c.complex_id
               where c.company_id = $1 and c.user_id = u.id and b.id = $3)) desc,
           (select count(*) from requests r where r.company_id = $1 and r.assignee_id = u.id
             and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')),
           u.id limit 1",
        company,
        skill.as_str(),
        building
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(Into::into))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_newest_missed_date_is_made_up_for() {
        let dates = ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23", "2026-11-30"].map(day);
        let made: Vec<_> = to_make(&dates, day("2026-11-20")).collect();
        assert_eq!(made, ["2026-11-16", "2026-11-23", "2026-11-30"].map(day));
        assert_eq!(to_make(&dates[..1], day("2026-11-02")).count(), 1);
    }

    #[test]
    fn the_evening_is_the_deadline_until_it_has_passed() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(due_at(day("2026-11-23"), at("2026-11-23T07:00:00Z")), at("2026-11-23T13:00:00Z"));
        assert_eq!(due_at(day("2026-11-23"), at("2026-11-23T14:00:00Z")), at("2026-11-23T18:59:00Z"));
    }
}
