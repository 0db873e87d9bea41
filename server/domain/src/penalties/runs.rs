//! Runs of penalties: looked at, booked, taken back while the month is open.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, billing, error::word, ledger, property::today, tasks};
use chrono::{Months, NaiveDate};
use model::{
    Code, Money, Permission as P, RunId, TaskId,
    auth::Danger,
    billing::{HouseTotal, PenaltyExample, PenaltyRunCard, PenaltyRunRow, RunState, StartPenaltyRun},
    tasks::TaskKind,
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Accounts shown on the page of a run.
const EXAMPLES: i64 = 20;

/// The runs of the last years, the newest month first.
pub async fn runs(ctx: &Ctx, actor: &Actor) -> Result<Vec<PenaltyRunRow>> {
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(actor).await?;
    rows(&mut tx, &scope, None).await
}

async fn rows(tx: &mut Tx, scope: &Scope, only: Option<RunId>) -> Result<Vec<PenaltyRunRow>> {
    let rows = sqlx::query!(
        r#"select r.id, r.version, r.period, r.state, r.accounts, r.amount_tiyin, r.created_at, r.created_by_name, r.posted_at,
             exists (select from closed_periods c where c.company_id = r.company_id and c.period >= r.period) as "locked!"
           from penalty_runs r where r.company_id = $1 and ($2::uuid is null or r.id = $2)
           order by r.period desc, r.created_at desc, r.id desc limit 60"#,
        scope.company(),
        only.map(|r| r.0)
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(PenaltyRunRow {
                id: r.id.into(),
                version: r.version,
                period: r.period,
                state: word(&r.state)?,
                accounts: i64::from(r.accounts),
                amount: Money::from_tiyin(r.amount_tiyin),
                created_at: r.created_at,
                author: r.created_by_name,
                posted_at: r.posted_at,
                locked: r.locked,
            })
        })
        .collect()
}

/// A run with what it found.
pub async fn get_run(ctx: &Ctx, actor: &Actor, id: RunId) -> Result<PenaltyRunCard> {
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

async fn card(tx: &mut Tx, scope: &Scope, id: RunId) -> Result<PenaltyRunCard> {
    let run = rows(tx, scope, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    let before =
        run.period.checked_sub_months(Months::new(1)).ok_or_else(|| Error::field("/period", "out_of_range"))?;
    let houses = sqlx::query!(
        r#"select b.id, b.address, count(*) as "lines!", sum(f.amount_tiyin)::bigint as "amount!",
             coalesce((select sum(p.amount_tiyin) from penalty_charges p where p.company_id = $1 and p.building_id = b.id
               and p.period = $3 and p.undone_at is null), 0)::bigint as "before!"
           from penalty_finds f join buildings b on b.company_id = f.company_id and b.id = f.building_id
           where f.company_id = $1 and f.run_id = $2 group by b.id order by b.sort_key, b.id"#,
        scope.company(),
        id.0,
        before
    )
    .fetch_all(tx.conn())
    .await?;
    let largest = sqlx::query!(
        r#"select f.account_id, a.number, b.address || ', №' || u.number as "address!", f.payer, f.lines, f.amount_tiyin
           from penalty_finds f join personal_accounts a on a.company_id = f.company_id and a.id = f.account_id
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where f.company_id = $1 and f.run_id = $2 order by f.amount_tiyin desc, f.account_id limit $3"#,
        scope.company(),
        id.0,
        EXAMPLES
    )
    .fetch_all(tx.conn())
    .await?;
    let task = sqlx::query_scalar!(
        "select task_id from penalty_runs where company_id = $1 and id = $2",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let task = match task {
        Some(task) => Some(tasks::view(tx, TaskId(task)).await?),
        None => None,
    };
    Ok(PenaltyRunCard {
        run,
        houses: houses
            .into_iter()
            .map(|h| HouseTotal {
                building_id: h.id.into(),
                address: h.address,
                lines: h.lines,
                amount: Money::from_tiyin(h.amount),
                before: Money::from_tiyin(h.before),
            })
            .collect(),
        examples: largest
            .into_iter()
            .map(|f| {
                Ok(PenaltyExample {
                    account_id: f.account_id.into(),
                    number: f.number,
                    address: f.address,
                    payer: word(&f.payer)?,
                    amount: Money::from_tiyin(f.amount_tiyin),
                    lines: serde_json::from_value(f.lines)?,
                })
            })
            .collect::<Result<_>>()?,
        task,
    })
}

/// Begins to look at the penalties of a month that is over.
///
/// # Errors
/// `invalid` on `/period` (`in_future`) while the month lasts: its last days are not counted yet; `period_closed`.
pub async fn start_run(ctx: &Ctx, actor: &Actor, command: &StartPenaltyRun) -> Result<PenaltyRunCard> {
    let scope = actor.scope(P::ChargesManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let period = ledger::month_of(command.period);
    open_month(&mut tx, period).await?;
    let (id, now) = (RunId(new_id()), tx.now());
    sqlx::query!(
        "insert into penalty_runs (id, company_id, period, state, created_at, created_by, created_by_name)
         values ($1, $2, $3, 'previewing', $4, $5, $6)",
        id.0,
        scope.company(),
        period,
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    begin(&mut tx, &scope, id, TaskKind::PenaltyPreview, RunState::Previewing).await?;
    audit(&mut tx, "penalties.preview", id, json!({ "period": [null, period] })).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Begins to book what was looked at; it is counted anew, with what was paid meanwhile.
///
/// # Errors
/// `illegal_transition` unless the look is done or a booking was broken off; `period_closed`; `conflict`.
pub async fn start_post(ctx: &Ctx, actor: &Actor, id: RunId, version: i32) -> Result<PenaltyRunCard> {
    let from = [RunState::Ready, RunState::Stopped];
    change(ctx, actor, id, version, &from, TaskKind::PenaltyPost, RunState::Posting).await
}

/// Begins to take back what was booked, while the month is open.
///
/// # Errors
/// `illegal_transition` unless it is booked or broken off; `period_closed`; `conflict`.
pub async fn start_undo(ctx: &Ctx, actor: &Actor, id: RunId, version: i32) -> Result<PenaltyRunCard> {
    let from = [RunState::Posted, RunState::Stopped];
    change(ctx, actor, id, version, &from, TaskKind::PenaltyUndo, RunState::Undoing).await
}

async fn change(
    ctx: &Ctx,
    actor: &Actor,
    id: RunId,
    version: i32,
    from: &[RunState],
    kind: TaskKind,
    to: RunState,
) -> Result<PenaltyRunCard> {
    let scope = actor.scope(P::ChargesManage)?;
    if to == RunState::Undoing {
        actor.proves(Danger::Reversal)?;
    }
    let mut tx = ctx.begin(actor).await?;
    let run = lock(&mut tx, id).await?;
    if run.version != version {
        return Err(Code::Conflict.into());
    }
    if !from.contains(&run.state) {
        return Err(Code::IllegalTransition.into());
    }
    open_month(&mut tx, run.period).await?;
    begin(&mut tx, &scope, id, kind, to).await?;
    let action = if to == RunState::Posting { "penalties.post" } else { "penalties.undo" };
    audit(&mut tx, action, id, json!({ "state": [run.state, to], "period": [null, run.period] })).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// A run whose row is held.
pub(super) struct Locked {
    pub period: NaiveDate,
    state: RunState,
    version: i32,
}

pub(super) async fn lock(tx: &mut Tx, id: RunId) -> Result<Locked> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select period, state, version from penalty_runs where company_id = $1 and id = $2 for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Locked { period: row.period, state: word(&row.state)?, version: row.version })
}

/// The month is over and not closed.
async fn open_month(tx: &mut Tx, period: NaiveDate) -> Result<()> {
    if billing::last_day(period)? >= today(tx).await? {
        return Err(Error::field("/period", "in_future"));
    }
    ledger::still_open(tx, period).await
}

async fn begin(tx: &mut Tx, scope: &Scope, id: RunId, kind: TaskKind, state: RunState) -> Result<()> {
    let task = tasks::start(tx, kind, Some(id.0), &json!({})).await?;
    sqlx::query!(
        "update penalty_runs set task_id = $3, state = $4, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        task.0,
        state.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The new state, with what the run holds now.
pub(super) async fn set_state(tx: &mut Tx, id: RunId, state: RunState) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update penalty_runs r set state = $3, version = version + 1, posted_at = case when $3 = 'posted' then $4 else posted_at end,
           accounts = f.accounts, amount_tiyin = f.amount
         from (select count(*)::int as accounts, coalesce(sum(amount_tiyin), 0)::bigint as amount from penalty_finds
           where company_id = $1 and run_id = $2) f
         where r.company_id = $1 and r.id = $2",
        company,
        id.0,
        state.as_str(),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Work that ended without success: a booking goes on or is taken back.
pub(crate) async fn broken_off(tx: &mut Tx, id: Uuid) -> Result<()> {
    set_state(tx, RunId(id), RunState::Stopped).await?;
    audit(tx, "penalties.stop", RunId(id), json!({ "state": [null, RunState::Stopped] })).await
}

async fn audit(tx: &mut Tx, action: &str, id: RunId, changes: serde_json::Value) -> Result<()> {
    tx.audit(crate::audit::Entry { action, object_type: "penalty_run", object_id: Some(id.0), changes }).await
}
