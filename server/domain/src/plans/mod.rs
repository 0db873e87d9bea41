//! Planned work: plans and what came of them. Making requests by the schedule is in `run`.

mod run;

pub use run::{run, run_plan};

use crate::{Actor, Ctx, Error, Result, Tx, error::word, jobs::RunPlan, requests::work::day_of};
use chrono::{NaiveDate, TimeDelta};
use model::{
    Code, Permission as P, PlanId,
    plans::{PlaceName, PlanCard, PlanFacts, PlanPlace, PlanRow, PlanRun, Recurrence, Rhythm, Season},
    requests::PersonRef,
    validate,
};
use platform::ids::new_id;
use uuid::Uuid;

/// Due dates shown ahead.
const AHEAD: usize = 6;

/// The plans in use, by title.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlanRow>> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let today = day_of(tx.now());
    let rows = sqlx::query!(
        r#"select p.id, p.version, p.title, p.category, p.unit, p.every, p.weekday, p.month_day, p.season_from, p.season_to,
             p.starts_on, p.paused, p.skill, p.assignee_id, u.name as "assignee?", p.handled_until,
             (select count(*) from plan_places l where l.company_id = p.company_id and l.plan_id = p.id) as "places!"
           from plans p left join users u on u.id = p.assignee_id
           where p.company_id = $1 and p.archived_at is null order by lower(p.title), p.id"#,
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let rhythm = rhythm(row.every, row.weekday, row.month_day)?;
            let season = season(row.season_from, row.season_to);
            let rule = Recurrence { rhythm, season, starts_on: row.starts_on };
            let after = next_after(row.handled_until, today);
            Ok(PlanRow {
                id: row.id.into(),
                version: row.version,
                title: row.title,
                category: word(&row.category)?,
                rhythm,
                season,
                assignee: row.assignee_id.zip(row.assignee).map(|(id, name)| PersonRef { id, name }),
                skill: row.skill.as_deref().map(word).transpose()?,
                places: row.places,
                paused: row.paused,
                next_on: if row.paused { None } else { rule.next(after, 1).first().copied() },
            })
        })
        .collect()
}

/// One plan with its next dates and the newest requests it made.
///
/// # Errors
/// `not_found` for missing and foreign plans alike.
pub async fn get(ctx: &Ctx, actor: &Actor, id: PlanId) -> Result<PlanCard> {
    actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, id).await
}

/// Makes a plan. What would have been due before today is not made up for.
///
/// # Errors
/// `invalid` on people, lists and places the company does not have, and on a rhythm that never meets its season.
pub async fn create(ctx: &Ctx, actor: &Actor, command: &PlanFacts) -> Result<PlanCard> {
    let scope = actor.scope(P::PlansManage)?;
    let facts = checked(command)?;
    let mut tx = ctx.begin(actor).await?;
    known(&mut tx, &facts).await?;
    let (id, now) = (PlanId(new_id()), tx.now());
    sqlx::query!(
        "insert into plans (id, company_id, version, title, category, unit, every, weekday, month_day, starts_on, handled_until, created_at)
         values ($1, $2, 0, $3, $4, 'month', 1, null, 1, $5, $6, $7)",
        id.0,
        scope.company(),
        facts.title,
        facts.category.as_str(),
        facts.starts_on,
        day_of(now).pred_opt(),
        now
    )
    .execute(tx.conn())
    .await?;
    write(&mut tx, id, &facts).await?;
    tx.record("plan.create", "plan", id.0, None, Some(&facts)).await?;
    run_soon(&mut tx, id).await?;
    let card = card(&mut tx, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Replaces what was decided about a plan. `version` is the one the editor saw. Requests that were made stay.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` as on making one.
pub async fn update(ctx: &Ctx, actor: &Actor, id: PlanId, version: i32, command: &PlanFacts) -> Result<PlanCard> {
    actor.scope(P::PlansManage)?;
    let facts = checked(command)?;
    let mut tx = ctx.begin(actor).await?;
    lock(&mut tx, id, version).await?;
    let old = card(&mut tx, id).await?.facts;
    known(&mut tx, &facts).await?;
    if tx.record("plan.update", "plan", id.0, Some(&old), Some(&facts)).await? {
        write(&mut tx, id, &facts).await?;
        run_soon(&mut tx, id).await?;
    }
    let card = card(&mut tx, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Lets a plan rest, or go on. What was due while it rested is not made up for.
pub async fn pause(ctx: &Ctx, actor: &Actor, id: PlanId, version: i32, paused: bool) -> Result<PlanCard> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let was = lock(&mut tx, id, version).await?;
    if was != paused {
        let yesterday = day_of(tx.now()).pred_opt();
        sqlx::query!(
            "update plans set paused = $3, version = version + 1,
               handled_until = case when $3 then handled_until else greatest(handled_until, $4) end
             where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            paused,
            yesterday
        )
        .execute(tx.conn())
        .await?;
        let state = |paused: bool| serde_json::json!({ "paused": paused });
        tx.record("plan.update", "plan", id.0, Some(&state(was)), Some(&state(paused))).await?;
        run_soon(&mut tx, id).await?;
    }
    let card = card(&mut tx, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Whoever has just saved a plan sees today's work at once. A plan that rests makes nothing.
async fn run_soon(tx: &mut Tx, plan_id: PlanId) -> Result<()> {
    let company_id = tx.actor().company_id();
    tx.enqueue(&RunPlan { company_id, plan_id }).await
}

/// Ends a plan for good. Requests that were made stay.
pub async fn archive(ctx: &Ctx, actor: &Actor, id: PlanId, version: i32) -> Result<()> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    lock(&mut tx, id, version).await?;
    let old = card(&mut tx, id).await?.facts;
    let now = tx.now();
    sqlx::query!(
        "update plans set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("plan.archive", "plan", id.0, Some(&old), None).await?;
    tx.commit().await
}

fn checked(command: &PlanFacts) -> Result<PlanFacts> {
    validate::check(command)?;
    if command.recurrence().next(command.starts_on.pred_opt().unwrap_or(command.starts_on), 1).is_empty() {
        return Err(Error::field("/season", "no_dates"));
    }
    let mut seen = std::collections::HashSet::new();
    if let Some(i) = command.places.iter().position(|place| !seen.insert(*place)) {
        return Err(Error::field(&format!("/places/{i}"), "twice"));
    }
    Ok(PlanFacts {
        title: command.title.trim().to_owned(),
        description: command.description.trim().to_owned(),
        ..command.clone()
    })
}

/// Refuses what the company does not have, field by field.
async fn known(tx: &mut Tx, facts: &PlanFacts) -> Result<()> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select
             ($2::uuid is null or exists(select from users where company_id = $1 and id = $2 and role <> 'resident'
               and blocked_at is null)) as "assignee!",
             ($3::uuid is null or exists(select from checklists where company_id = $1 and id = $3 and archived_at is null))
               as "checklist!""#,
        company,
        facts.assignee_id.map(|u| u.0),
        facts.checklist_id.map(|c| c.0)
    )
    .fetch_one(tx.conn())
    .await?;
    if !row.assignee {
        return Err(Error::field("/assignee_id", "unknown"));
    }
    if !row.checklist {
        return Err(Error::field("/checklist_id", "unknown"));
    }
    let buildings: Vec<Uuid> = facts.places.iter().map(|p| p.building_id.0).collect();
    let entrances: Vec<Option<Uuid>> = facts.places.iter().map(|p| p.entrance_id.map(|e| e.0)).collect();
    match unknown_place(tx, &buildings, &entrances).await? {
        Some(i) => Err(Error::field(&format!("/places/{i}"), "unknown")),
        None => Ok(()),
    }
}

/// The first place that is no house in use, or no entrance of it.
pub(crate) async fn unknown_place(tx: &mut Tx, buildings: &[Uuid], entrances: &[Option<Uuid>]) -> Result<Option<i64>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select n.ord - 1 as "index!" from unnest($2::uuid[], $3::uuid[]) with ordinality as n (building, entrance, ord)
           where not exists(select from buildings b where b.company_id = $1 and b.id = n.building and b.archived_at is null)
             or (n.entrance is not null and not exists(
               select from entrances e where e.company_id = $1 and e.id = n.entrance and e.building_id = n.building))
           order by n.ord limit 1"#,
        company,
        buildings,
        entrances as &[Option<Uuid>]
    )
    .fetch_optional(tx.conn())
    .await?)
}

async fn write(tx: &mut Tx, id: PlanId, facts: &PlanFacts) -> Result<()> {
    let company = tx.actor().company_id().0;
    let (unit, every, weekday, month_day) = match facts.rhythm {
        Rhythm::Week { every, weekday } => ("week", every, Some(weekday), None),
        Rhythm::Month { every, day } => ("month", every, None, Some(day)),
    };
    sqlx::query!(
        "update plans set title = $3, description = $4, category = $5, unit = $6, every = $7, weekday = $8, month_day = $9,
           season_from = $10, season_to = $11, starts_on = $12, lead_days = $13, assignee_id = $14, skill = $15,
           checklist_id = $16, version = version + 1
         where company_id = $1 and id = $2",
        company,
        id.0,
        facts.title,
        facts.description,
        facts.category.as_str(),
        unit,
        every,
        weekday,
        month_day,
        facts.season.map(|s| s.from),
        facts.season.map(|s| s.to),
        facts.starts_on,
        facts.lead_days,
        facts.assignee_id.map(|u| u.0),
        facts.skill.map(model::staff::Skill::as_str),
        facts.checklist_id.map(|c| c.0)
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from plan_places where company_id = $1 and plan_id = $2", company, id.0)
        .execute(tx.conn())
        .await?;
    for (position, place) in (0_i32..).zip(&facts.places) {
        sqlx::query!(
            "insert into plan_places (company_id, plan_id, position, building_id, entrance_id) values ($1, $2, $3, $4, $5)",
            company,
            id.0,
            position,
            place.building_id.0,
            place.entrance_id.map(|e| e.0)
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Locks a plan in use; whether it rests.
async fn lock(tx: &mut Tx, id: PlanId, version: i32) -> Result<bool> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, paused from plans where company_id = $1 and id = $2 and archived_at is null for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version == version { Ok(row.paused) } else { Err(Code::Conflict.into()) }
}

async fn card(tx: &mut Tx, id: PlanId) -> Result<PlanCard> {
    let (company, today) = (tx.actor().company_id().0, day_of(tx.now()));
    let row = sqlx::query!(
        r#"select p.*, u.name as "assignee_name?" from plans p left join users u on u.id = p.assignee_id
           where p.company_id = $1 and p.id = $2 and p.archived_at is null"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let places = sqlx::query!(
        r#"select l.building_id, l.entrance_id, b.address, e.number as "entrance?"
           from plan_places l join buildings b on b.company_id = l.company_id and b.id = l.building_id
           left join entrances e on e.company_id = l.company_id and e.id = l.entrance_id
           where l.company_id = $1 and l.plan_id = $2 order by l.position"#,
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let made = sqlx::query!(
        "select n.due_on, r.id, r.number, r.address, r.status from plan_runs n
         join requests r on r.company_id = n.company_id and r.id = n.request_id
         where n.company_id = $1 and n.plan_id = $2 order by n.due_on desc, r.number desc limit 20",
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|run| {
        Ok(PlanRun {
            due_on: run.due_on,
            request_id: run.id.into(),
            number: run.number,
            address: run.address,
            status: word(&run.status)?,
        })
    })
    .collect::<Result<_>>()?;
    let facts = PlanFacts {
        title: row.title,
        description: row.description,
        category: word(&row.category)?,
        rhythm: rhythm(row.every, row.weekday, row.month_day)?,
        season: season(row.season_from, row.season_to),
        starts_on: row.starts_on,
        lead_days: row.lead_days,
        assignee_id: row.assignee_id.map(Into::into),
        skill: row.skill.as_deref().map(word).transpose()?,
        checklist_id: row.checklist_id.map(Into::into),
        places: places
            .iter()
            .map(|p| PlanPlace { building_id: p.building_id.into(), entrance_id: p.entrance_id.map(Into::into) })
            .collect(),
    };
    let after = next_after(row.handled_until, today);
    Ok(PlanCard {
        id,
        version: row.version,
        next: if row.paused { Vec::new() } else { facts.recurrence().next(after, AHEAD) },
        addresses: places.into_iter().map(|p| PlaceName { address: p.address, entrance: p.entrance }).collect(),
        assignee: row.assignee_id.zip(row.assignee_name).map(|(id, name)| PersonRef { id, name }),
        paused: row.paused,
        facts,
        made,
    })
}

/// After which day the next due date is looked for: neither made already nor past.
fn next_after(handled: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    let yesterday = today - TimeDelta::days(1);
    handled.map_or(yesterday, |handled| handled.max(yesterday))
}

fn rhythm(every: i16, weekday: Option<i16>, month_day: Option<i16>) -> Result<Rhythm> {
    match (weekday, month_day) {
        (Some(weekday), None) => Ok(Rhythm::Week { every, weekday }),
        (None, Some(day)) => Ok(Rhythm::Month { every, day }),
        _ => Err(Error::internal("plan", "neither a week nor a month".to_owned())),
    }
}

fn season(from: Option<i16>, to: Option<i16>) -> Option<Season> {
    from.zip(to).map(|(from, to)| Season { from, to })
}
