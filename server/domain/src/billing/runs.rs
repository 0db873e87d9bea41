//! Monthly runs: looked at, booked, taken back, closed.

use super::last_day;
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, ledger, property::today, tasks};
use chrono::NaiveDate;
use model::{
    Code, Money, Permission as P, RunId, TaskId,
    auth::Danger,
    billing::{
        CloseMonth, HouseTotal, RunCard, RunRow, RunState, RunWarning, Runs, ServiceTotal, StartRun, WarningCount,
    },
    tasks::TaskKind,
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// Warnings shown on a page; all of them are counted.
const WARNINGS: i64 = 100;

/// The runs of the last years and how far the books are closed.
pub async fn runs(ctx: &Ctx, actor: &Actor) -> Result<Runs> {
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let runs = rows(&mut tx, &scope, None).await?;
    let closed_until = ledger::closed_until(&mut tx).await?;
    let month = ledger::month_of(today(&mut tx).await?);
    Ok(Runs { runs, closed_until, month })
}

async fn rows(tx: &mut Tx, scope: &Scope, only: Option<RunId>) -> Result<Vec<RunRow>> {
    let rows = sqlx::query!(
        r#"select r.id, r.version, r.period, r.state, cardinality(r.building_ids) as "houses!", r.accounts, r.lines, r.amount_tiyin,
             r.before_tiyin, r.created_at, r.created_by_name, r.posted_at,
             exists (select from closed_periods c where c.company_id = r.company_id and c.period >= r.period) as "locked!"
           from charge_runs r where r.company_id = $1 and ($2::uuid is null or r.id = $2)
           order by r.period desc, r.created_at desc, r.id desc limit 100"#,
        scope.company(),
        only.map(|r| r.0)
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(RunRow {
                id: r.id.into(),
                version: r.version,
                period: r.period,
                state: word(&r.state)?,
                houses: r.houses,
                accounts: r.accounts,
                lines: r.lines,
                amount: Money::from_tiyin(r.amount_tiyin),
                before: Money::from_tiyin(r.before_tiyin),
                created_at: r.created_at,
                author: r.created_by_name,
                posted_at: r.posted_at,
                locked: r.locked,
            })
        })
        .collect()
}

/// A run with what the look found.
pub async fn get_run(ctx: &Ctx, actor: &Actor, id: RunId) -> Result<RunCard> {
    let scope = actor.scope(P::ChargesManage)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

async fn card(tx: &mut Tx, scope: &Scope, id: RunId) -> Result<RunCard> {
    let run = rows(tx, scope, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    let services = sqlx::query!(
        r#"select s.id, s.name_ru, s.name_uz, s.name_en, sum(t.lines)::bigint as "lines!", sum(t.amount_tiyin)::bigint as "amount!",
             sum(t.before_tiyin)::bigint as "before!"
           from charge_totals t join services s on s.company_id = t.company_id and s.id = t.service_id
           where t.company_id = $1 and t.run_id = $2 group by s.id order by s.position, s.id"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let houses = sqlx::query!(
        r#"select b.id, b.address, sum(t.lines)::bigint as "lines!", sum(t.amount_tiyin)::bigint as "amount!", sum(t.before_tiyin)::bigint as "before!"
           from charge_totals t join buildings b on b.company_id = t.company_id and b.id = t.building_id
           where t.company_id = $1 and t.run_id = $2 group by b.id order by b.sort_key, b.id"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let counts = sqlx::query!(
        r#"select kind, count(*) as "count!" from charge_warnings where company_id = $1 and run_id = $2 group by kind order by kind"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let warnings = sqlx::query!(
        r#"select w.kind, b.address || coalesce(', №' || u.number, '') as "address!", w.account_id, a.number as "account?",
             s.name_ru as "ru?", s.name_uz as "uz?", s.name_en as "en?", w.before_tiyin, w.amount_tiyin
           from charge_warnings w join buildings b on b.company_id = w.company_id and b.id = w.building_id
           left join personal_accounts a on a.company_id = w.company_id and a.id = w.account_id
           left join units u on u.company_id = a.company_id and u.id = a.unit_id
           left join services s on s.company_id = w.company_id and s.id = w.service_id
           where w.company_id = $1 and w.run_id = $2 order by w.seq limit $3"#,
        scope.company(),
        id.0,
        WARNINGS
    )
    .fetch_all(tx.conn())
    .await?;
    let task =
        sqlx::query_scalar!("select task_id from charge_runs where company_id = $1 and id = $2", scope.company(), id.0)
            .fetch_one(tx.conn())
            .await?;
    let task = match task {
        Some(task) => Some(tasks::view(tx, TaskId(task)).await?),
        None => None,
    };
    Ok(RunCard {
        run,
        services: services
            .into_iter()
            .map(|s| ServiceTotal {
                service_id: s.id.into(),
                service: super::name(s.name_ru, s.name_uz, s.name_en),
                lines: s.lines,
                amount: Money::from_tiyin(s.amount),
                before: Money::from_tiyin(s.before),
            })
            .collect(),
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
        warning_counts: counts
            .into_iter()
            .map(|c| Ok(WarningCount { kind: word(&c.kind)?, count: c.count }))
            .collect::<Result<_>>()?,
        warnings: warnings
            .into_iter()
            .map(|w| {
                Ok(RunWarning {
                    kind: word(&w.kind)?,
                    address: w.address,
                    account_id: w.account_id.map(Into::into),
                    account: w.account,
                    service: super::maybe_name(w.ru, w.uz, w.en),
                    before: super::money(w.before_tiyin),
                    amount: super::money(w.amount_tiyin),
                })
            })
            .collect::<Result<_>>()?,
        task,
    })
}

/// Begins to look at a month.
///
/// # Errors
/// `invalid` on `/period` (`in_future`) before the month has begun, on `/building_ids` for a house that is not the
/// company's; `period_closed`.
pub async fn start_run(ctx: &Ctx, actor: &Actor, command: &StartRun) -> Result<RunCard> {
    let scope = actor.scope(P::ChargesManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let period = ledger::month_of(command.period);
    open_month(&mut tx, period).await?;
    let mut houses: Vec<Uuid> = command.building_ids.iter().map(|b| b.0).collect();
    houses.sort_unstable();
    houses.dedup();
    let known = sqlx::query_scalar!(
        r#"select count(*) as "n!" from buildings where company_id = $1 and id = any($2) and archived_at is null"#,
        scope.company(),
        &houses
    )
    .fetch_one(tx.conn())
    .await?;
    if usize::try_from(known) != Ok(houses.len()) {
        return Err(Error::field("/building_ids", "unknown"));
    }
    let (id, now) = (RunId(new_id()), tx.now());
    sqlx::query!(
        "insert into charge_runs (id, company_id, period, state, building_ids, created_at, created_by, created_by_name)
         values ($1, $2, $3, 'previewing', $4, $5, $6, $7)",
        id.0,
        scope.company(),
        period,
        &houses,
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    begin(&mut tx, &scope, id, TaskKind::ChargePreview, RunState::Previewing).await?;
    let changes = json!({ "period": [null, period], "houses": [null, houses.len()] });
    audit(&mut tx, "charges.preview", id, changes).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Begins to book what was looked at.
///
/// # Errors
/// `illegal_transition` unless the look is done or a booking was broken off; `period_closed`; `conflict`.
pub async fn start_post(ctx: &Ctx, actor: &Actor, id: RunId, version: i32) -> Result<RunCard> {
    change(ctx, actor, id, version, &[RunState::Ready, RunState::Stopped], TaskKind::ChargePost, RunState::Posting)
        .await
}

/// Begins to take back what was booked, while the month is open.
///
/// # Errors
/// `illegal_transition` unless it is booked or broken off; `period_closed`; `conflict`.
pub async fn start_undo(ctx: &Ctx, actor: &Actor, id: RunId, version: i32) -> Result<RunCard> {
    change(ctx, actor, id, version, &[RunState::Posted, RunState::Stopped], TaskKind::ChargeUndo, RunState::Undoing)
        .await
}

async fn change(
    ctx: &Ctx,
    actor: &Actor,
    id: RunId,
    version: i32,
    from: &[RunState],
    kind: TaskKind,
    to: RunState,
) -> Result<RunCard> {
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
    let action = if to == RunState::Posting { "charges.post" } else { "charges.undo" };
    audit(&mut tx, action, id, json!({ "state": [run.state, to], "period": [null, run.period] })).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Closes a month and all before it: nothing is booked into them any more.
///
/// # Errors
/// `invalid` on `/period` (`in_future`) before the month is over: payments of today could not be booked any more;
/// `in_use` while a run of it is under way.
pub async fn close_month(ctx: &Ctx, actor: &Actor, command: &CloseMonth) -> Result<Runs> {
    actor.scope(P::ChargesManage)?;
    actor.proves(Danger::Period)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let period = ledger::month_of(command.period);
    if last_day(period)? >= today(&mut tx).await? {
        return Err(Error::field("/period", "in_future"));
    }
    let company = actor.company_id().0;
    let busy = sqlx::query_scalar!(
        r#"select exists (select from charge_runs where company_id = $1 and period <= $2 and state in ('posting', 'undoing')) as "busy!""#,
        company,
        period
    )
    .fetch_one(tx.conn())
    .await?;
    if busy {
        return Err(Code::InUse.into());
    }
    let before = ledger::closed_until(&mut tx).await?;
    ledger::close(&mut tx, period).await?;
    let (before, after) = (json!({ "closed_until": before }), json!({ "closed_until": before.max(Some(period)) }));
    tx.record("ledger.close", "company", company, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    runs(ctx, actor).await
}

/// A run whose row is held.
pub(super) struct Locked {
    pub period: NaiveDate,
    pub state: RunState,
    pub version: i32,
    pub houses: Vec<Uuid>,
}

pub(super) async fn lock(tx: &mut Tx, id: RunId) -> Result<Locked> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select period, state, version, building_ids from charge_runs where company_id = $1 and id = $2 for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Locked { period: row.period, state: word(&row.state)?, version: row.version, houses: row.building_ids })
}

/// The month has begun and is not closed.
async fn open_month(tx: &mut Tx, period: NaiveDate) -> Result<()> {
    if period > today(tx).await? {
        return Err(Error::field("/period", "in_future"));
    }
    ledger::still_open(tx, period).await
}

async fn begin(tx: &mut Tx, scope: &Scope, id: RunId, kind: TaskKind, state: RunState) -> Result<()> {
    let task = tasks::start(tx, kind, Some(id.0), &json!({})).await?;
    sqlx::query!(
        "update charge_runs set task_id = $3, state = $4, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        task.0,
        state.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn set_state(tx: &mut Tx, id: RunId, state: RunState) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update charge_runs set state = $3, version = version + 1, posted_at = case when $3 = 'posted' then $4 else posted_at end
         where company_id = $1 and id = $2",
        company,
        id.0,
        state.as_str(),
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Work that ended without success: a look can be taken anew, a booking goes on or is taken back.
pub(crate) async fn broken_off(tx: &mut Tx, id: Uuid) -> Result<()> {
    set_state(tx, RunId(id), RunState::Stopped).await?;
    audit(tx, "charges.stop", RunId(id), json!({ "state": [null, RunState::Stopped] })).await
}

async fn audit(tx: &mut Tx, action: &str, id: RunId, changes: serde_json::Value) -> Result<()> {
    tx.audit(crate::audit::Entry { action, object_type: "charge_run", object_id: Some(id.0), changes }).await
}
