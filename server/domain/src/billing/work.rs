//! The work of a run, some houses a transaction: whoever pays meanwhile waits for one of them at most.

use super::{last_day, live, rules, runs};
use crate::{
    Ctx, Error, Result, Tx,
    jobs::TellBills,
    property::today,
    tasks::{Beat, Running},
};
use chrono::{Months, NaiveDate};
use model::{RunId, billing::RunState, tasks::TaskState};
use uuid::Uuid;

/// Accounts counted in one transaction, unless one house alone has more.
const CHUNK: i64 = 5_000;

/// Houses that are counted together.
pub(crate) struct Chunk {
    pub houses: Vec<Uuid>,
    pub accounts: i64,
}

/// What is done with some houses.
#[derive(Clone, Copy)]
enum Step {
    Look,
    /// Booked on this day.
    Post(NaiveDate),
    Undo,
}

/// Counts a month without booking it: sums by house and service, the month before, what looks wrong.
pub async fn preview(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let id = subject(run)?;
    let mut tx = ctx.begin(run.actor()).await?;
    let known = runs::lock(&mut tx, id).await?;
    clear(&mut tx, id).await?;
    let chunks = chunks(&mut tx, &known.houses).await?;
    let total: i64 = chunks.iter().map(|c| c.accounts).sum();
    run.beat(&mut tx, 0, Some(total)).await?;
    tx.commit().await?;
    if each(ctx, run, id, known.period, &chunks, Step::Look).await? == Beat::Cancel {
        return Ok(Beat::Cancel);
    }
    let mut tx = ctx.begin(run.actor()).await?;
    let company = run.actor().company_id().0;
    sqlx::query!(
        "update charge_runs r set accounts = $3, lines = t.lines, amount_tiyin = t.amount, before_tiyin = t.before
         from (select coalesce(sum(lines), 0)::int as lines, coalesce(sum(amount_tiyin), 0)::bigint as amount,
             coalesce(sum(before_tiyin), 0)::bigint as before from charge_totals where company_id = $1 and run_id = $2) t
         where r.company_id = $1 and r.id = $2",
        company,
        id.0,
        i32::try_from(total).map_err(|e| Error::internal("accounts of a run", e))?
    )
    .execute(tx.conn())
    .await?;
    finish(tx, run, id, RunState::Ready).await
}

/// Books a month. Begun again after an interruption it goes on; what is booked already is left as it is.
pub async fn post(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let id = subject(run)?;
    let mut tx = ctx.begin(run.actor()).await?;
    let known = runs::lock(&mut tx, id).await?;
    // The day the month is charged: its last, or today while it lasts.
    let booked_on = last_day(known.period)?.min(today(&mut tx).await?);
    let chunks = chunks(&mut tx, &known.houses).await?;
    tx.commit().await?;
    if each(ctx, run, id, known.period, &chunks, Step::Post(booked_on)).await? == Beat::Cancel {
        return Ok(Beat::Cancel);
    }
    let mut tx = ctx.begin(run.actor()).await?;
    tx.enqueue(&TellBills { company_id: run.actor().company_id(), run_id: id, after: None }).await?;
    finish(tx, run, id, RunState::Posted).await
}

/// Takes a run back, while its month is open.
pub async fn undo(ctx: &Ctx, run: &Running) -> Result<Beat> {
    let id = subject(run)?;
    let mut tx = ctx.begin(run.actor()).await?;
    let known = runs::lock(&mut tx, id).await?;
    let chunks = chunks(&mut tx, &known.houses).await?;
    tx.commit().await?;
    if each(ctx, run, id, known.period, &chunks, Step::Undo).await? == Beat::Cancel {
        return Ok(Beat::Cancel);
    }
    finish(ctx.begin(run.actor()).await?, run, id, RunState::Undone).await
}

/// A transaction for each chunk, with the progress in it.
async fn each(ctx: &Ctx, run: &Running, id: RunId, period: NaiveDate, chunks: &[Chunk], step: Step) -> Result<Beat> {
    let total = chunks.iter().map(|c| c.accounts).sum();
    let mut done = 0;
    for Chunk { houses, accounts } in chunks {
        let mut tx = ctx.begin(run.actor()).await?;
        done += accounts;
        if run.beat(&mut tx, done, Some(total)).await? == Beat::Cancel {
            return Ok(Beat::Cancel);
        }
        match step {
            Step::Look => look(&mut tx, id, period, houses).await?,
            Step::Post(booked_on) => {
                charge(&mut tx, id, period, booked_on, houses).await?;
                live::charged(&mut tx, id, period, houses, false).await?;
            }
            Step::Undo => {
                uncharge(&mut tx, id, houses).await?;
                live::charged(&mut tx, id, period, houses, true).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(Beat::GoOn)
}

async fn charge(tx: &mut Tx, id: RunId, period: NaiveDate, booked_on: NaiveDate, houses: &[Uuid]) -> Result<()> {
    let (actor, now) = (tx.actor().clone(), tx.now());
    sqlx::query_scalar!(
        r#"select charge_houses($1, $2, $3, $4, $5, $6, $7, $8) as "made!""#,
        actor.company_id().0,
        id.0,
        period,
        booked_on,
        houses,
        actor.user_id().map(|u| u.0),
        actor.name(),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

async fn uncharge(tx: &mut Tx, id: RunId, houses: &[Uuid]) -> Result<()> {
    let (actor, now) = (tx.actor().clone(), tx.now());
    sqlx::query_scalar!(
        r#"select uncharge_houses($1, $2, $3, $4, $5, $6, null) as "gone!""#,
        actor.company_id().0,
        id.0,
        houses,
        actor.user_id().map(|u| u.0),
        actor.name(),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

async fn finish(mut tx: Tx, run: &Running, id: RunId, state: RunState) -> Result<Beat> {
    runs::set_state(&mut tx, id, state).await?;
    run.end(&mut tx, TaskState::Done, None, None).await?;
    tx.commit().await?;
    Ok(Beat::GoOn)
}

fn subject(run: &Running) -> Result<RunId> {
    run.subject.map(RunId).ok_or_else(|| Error::internal("task", "a run of charges without its run"))
}

/// What an earlier look found.
async fn clear(tx: &mut Tx, id: RunId) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!("delete from charge_totals where company_id = $1 and run_id = $2", company, id.0)
        .execute(tx.conn())
        .await?;
    sqlx::query!("delete from charge_warnings where company_id = $1 and run_id = $2", company, id.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whole houses, because a shared sum needs all who share it; an archived house that was charged is still taken back.
pub(crate) async fn chunks(tx: &mut Tx, only: &[Uuid]) -> Result<Vec<Chunk>> {
    let company = tx.actor().company_id().0;
    let houses = sqlx::query!(
        r#"select b.id, count(a.id) as "accounts!" from buildings b
           join units u on u.company_id = b.company_id and u.building_id = b.id
           join personal_accounts a on a.company_id = u.company_id and a.unit_id = u.id
           where b.company_id = $1 and (cardinality($2::uuid[]) = 0 or b.id = any($2)) group by b.id order by b.sort_key, b.id"#,
        company,
        only
    )
    .fetch_all(tx.conn())
    .await?;
    let mut chunks: Vec<Chunk> = Vec::new();
    for house in houses {
        match chunks.last_mut().filter(|last| last.accounts + house.accounts <= CHUNK) {
            Some(last) => {
                last.houses.push(house.id);
                last.accounts += house.accounts;
            }
            None => chunks.push(Chunk { houses: vec![house.id], accounts: house.accounts }),
        }
    }
    Ok(chunks)
}

/// The sums and warnings of some houses.
async fn look(tx: &mut Tx, id: RunId, period: NaiveDate, houses: &[Uuid]) -> Result<()> {
    let company = tx.actor().company_id().0;
    let before = period.checked_sub_months(Months::new(1)).ok_or_else(|| Error::field("/period", "out_of_range"))?;
    let warn = rules::load(tx).await?.warn_percent;
    sqlx::query!(
        "with now as materialized (
           select * from charges_for($1, $3, $5)
         ), past as materialized (
           select l.account_id, l.building_id, l.service_id, l.amount_tiyin from charge_lines l
           where l.company_id = $1 and l.period = $4 and l.building_id = any($5) and l.undone_at is null
         ), accounts as materialized (
           select * from charged_accounts($1, $3, $5)
         ), rates as materialized (
           select * from tariffs_for($1, $3, $5)
         ), sums as (
           select coalesce(n.account_id, p.account_id) as account_id, coalesce(n.building_id, p.building_id) as building_id,
             coalesce(sum(n.amount), 0) as amount, coalesce(sum(p.amount), 0) as before
           from (select account_id, building_id, sum(amount_tiyin) as amount from now group by 1, 2) n
           full join (select account_id, building_id, sum(amount_tiyin) as amount from past group by 1, 2) p on p.account_id = n.account_id
           group by 1, 2
         ), totals as (
           insert into charge_totals (company_id, run_id, building_id, service_id, lines, amount_tiyin, before_tiyin)
           select $1, $2, coalesce(n.building_id, p.building_id), coalesce(n.service_id, p.service_id), coalesce(n.lines, 0),
             coalesce(n.amount, 0), coalesce(p.amount, 0)
           from (select building_id, service_id, count(*) as lines, sum(amount_tiyin) as amount from now group by 1, 2) n
           full join (select building_id, service_id, sum(amount_tiyin) as amount from past group by 1, 2) p
             on p.building_id = n.building_id and p.service_id = n.service_id
         )
         insert into charge_warnings (company_id, run_id, kind, building_id, account_id, service_id, before_tiyin, amount_tiyin)
         select $1, $2, w.* from (
           select 'no_tariff', b.id, null::uuid, null::uuid, null::bigint, null::bigint from unnest($5) b(id)
             where exists (select from accounts a where a.building_id = b.id) and not exists (select from rates r where r.building_id = b.id)
           union all
           select 'nothing_to_share', r.building_id, null, r.service_id, null, r.price_tiyin from rates r where r.rule = 'shared' and r.price_tiyin > 0
             and not exists (select from now n where n.building_id = r.building_id and n.service_id = r.service_id)
           union all
           select distinct 'no_area', a.building_id, a.account_id, null::uuid, null::bigint, null::bigint from accounts a
             join rates r on r.building_id = a.building_id and coalesce(r.share_by, r.rule) = 'area' where a.area_cm2 is null
           union all
           select distinct 'no_people', a.building_id, a.account_id, null::uuid, null::bigint, null::bigint from accounts a
             join rates r on r.building_id = a.building_id and coalesce(r.share_by, r.rule) = 'person' where a.persons = 0
           union all
           select case when b.amount > b.before then 'much_more' else 'much_less' end, b.building_id, b.account_id, null, b.before::bigint, b.amount::bigint
             from sums b where b.before > 0 and abs(b.amount - b.before) * 100 > b.before * $6::int
         ) w",
        company,
        id.0,
        period,
        before,
        houses,
        i32::from(warn)
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
