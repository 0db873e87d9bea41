//! The work of a run of penalties, some houses a transaction.

use super::{history, rules, runs};
use crate::{
    Ctx, Error, Result, Tx, billing,
    ledger::{self, Book, Line, NewEntry, Source},
    tasks::{Beat, Running},
};
use chrono::NaiveDate;
use model::{
    AccountId, BuildingId, Code, Money, PenaltyId, RunId,
    billing::{Payer, PenaltyLine, Rates, RunState, penalties},
    tasks::TaskState,
};
use platform::ids::new_id;
use std::collections::HashSet;
use uuid::Uuid;

/// What is done with some houses.
#[derive(Clone, Copy)]
enum Step {
    Look,
    Post,
    Undo,
}

/// The penalty of one account.
struct Found {
    account: AccountId,
    building: BuildingId,
    payer: Payer,
    lines: Vec<PenaltyLine>,
    amount: Money,
}

/// Counts the penalties of a month without booking them.
pub async fn preview(ctx: &Ctx, run: &Running) -> Result<Beat> {
    each(ctx, run, Step::Look, RunState::Ready).await
}

/// Books them. Begun again after an interruption it goes on; what is booked already is left as it is.
pub async fn post(ctx: &Ctx, run: &Running) -> Result<Beat> {
    each(ctx, run, Step::Post, RunState::Posted).await
}

/// Takes a run back, while its month is open. What was forgiven stays forgiven.
pub async fn undo(ctx: &Ctx, run: &Running) -> Result<Beat> {
    each(ctx, run, Step::Undo, RunState::Undone).await
}

/// A transaction for each chunk of houses, with the progress in it.
async fn each(ctx: &Ctx, run: &Running, step: Step, end: RunState) -> Result<Beat> {
    let id = run.subject.map(RunId).ok_or_else(|| Error::internal("task", "a run of penalties without its run"))?;
    let mut tx = ctx.begin(run.actor()).await?;
    let period = runs::lock(&mut tx, id).await?.period;
    let mut rates = Rates::new(rules::terms(&mut tx).await?, period, billing::last_day(period)?);
    let chunks = billing::chunks(&mut tx, &[]).await?;
    let total = chunks.iter().map(|c| c.accounts).sum();
    run.beat(&mut tx, 0, Some(total)).await?;
    tx.commit().await?;
    let mut done = 0;
    for chunk in &chunks {
        let mut tx = ctx.begin(run.actor()).await?;
        done += chunk.accounts;
        if run.beat(&mut tx, done, Some(total)).await? == Beat::Cancel {
            return Ok(Beat::Cancel);
        }
        match step {
            Step::Look => {
                let found = count(&mut tx, &mut rates, period, &chunk.houses).await?;
                keep(&mut tx, id, &chunk.houses, &found).await?;
            }
            Step::Post => book(&mut tx, id, &mut rates, period, &chunk.houses).await?,
            Step::Undo => take_back(&mut tx, id, period, &chunk.houses).await?,
        }
        tx.commit().await?;
    }
    let mut tx = ctx.begin(run.actor()).await?;
    runs::set_state(&mut tx, id, end).await?;
    run.end(&mut tx, TaskState::Done, None, None).await?;
    tx.commit().await?;
    Ok(Beat::GoOn)
}

/// The penalties of some houses that are not booked yet.
async fn count(tx: &mut Tx, rates: &mut Rates, period: NaiveDate, houses: &[Uuid]) -> Result<Vec<Found>> {
    let late = history::late(tx, houses, period, period).await?;
    let booked = booked(tx, period, houses).await?;
    let open: Vec<Uuid> = late.into_iter().filter(|account| !booked.contains(account)).collect();
    let mut found = Vec::new();
    for owing in history::owing(tx, &open).await? {
        let lines = penalties(rates, owing.payer, &owing.history).ok_or_else(too_large)?;
        let amount = sum(&lines)?;
        if amount > Money::ZERO {
            found.push(Found { account: owing.account, building: owing.building, payer: owing.payer, lines, amount });
        }
    }
    Ok(found)
}

/// Accounts whose penalty for the month is booked.
async fn booked(tx: &mut Tx, period: NaiveDate, houses: &[Uuid]) -> Result<HashSet<Uuid>> {
    let company = tx.actor().company_id().0;
    let booked = sqlx::query_scalar!(
        "select account_id from penalty_charges where company_id = $1 and building_id = any($2) and period = $3 and undone_at is null",
        company,
        houses,
        period
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(booked.into_iter().collect())
}

/// Writes what a run found in some houses, in the place of what it had found before.
async fn keep(tx: &mut Tx, id: RunId, houses: &[Uuid], found: &[Found]) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "delete from penalty_finds where company_id = $1 and run_id = $2 and building_id = any($3)",
        company,
        id.0,
        houses
    )
    .execute(tx.conn())
    .await?;
    let accounts: Vec<Uuid> = found.iter().map(|f| f.account.0).collect();
    let buildings: Vec<Uuid> = found.iter().map(|f| f.building.0).collect();
    let payers: Vec<String> = found.iter().map(|f| f.payer.to_string()).collect();
    let amounts: Vec<i64> = found.iter().map(|f| f.amount.tiyin()).collect();
    let lines = found.iter().map(|f| serde_json::to_value(&f.lines)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query!(
        "insert into penalty_finds (company_id, run_id, account_id, building_id, payer, lines, amount_tiyin)
         select $1, $2, f.* from unnest($3::uuid[], $4::uuid[], $5::text[], $6::jsonb[], $7::bigint[]) f",
        company,
        id.0,
        &accounts,
        &buildings,
        &payers,
        &lines,
        &amounts
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Books the penalties of some houses on the last day of the month.
async fn book(tx: &mut Tx, run: RunId, rates: &mut Rates, period: NaiveDate, houses: &[Uuid]) -> Result<()> {
    let found = count(tx, rates, period, houses).await?;
    let (company, booked_on) = (tx.actor().company_id().0, rates.to());
    for f in &found {
        let id = PenaltyId(new_id());
        let income = Money::ZERO.checked_sub(f.amount).ok_or_else(too_large)?;
        let line = |book, account, amount| Line { book, account, service: None, kassa: None, amount };
        let entry = NewEntry {
            source: Source::Penalty,
            source_id: id.0,
            period,
            booked_on,
            reason: None,
            lines: vec![line(Book::Receivable, Some(f.account), f.amount), line(Book::PenaltyIncome, None, income)],
        };
        let entry = ledger::post(tx, entry).await?;
        sqlx::query!(
            "insert into penalty_charges (id, company_id, run_id, period, account_id, building_id, payer, lines, amount_tiyin, entry_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            id.0,
            company,
            run.0,
            period,
            f.account.0,
            f.building.0,
            f.payer.as_str(),
            serde_json::to_value(&f.lines)?,
            f.amount.tiyin(),
            entry.0
        )
        .execute(tx.conn())
        .await?;
    }
    keep_booked(tx, run, houses).await?;
    let touched: Vec<Uuid> = houses.iter().copied().filter(|h| found.iter().any(|f| f.building.0 == *h)).collect();
    billing::live::charged(tx, run, period, &touched, false).await
}

/// From now on a run holds what it booked in some houses, not what its look had found.
async fn keep_booked(tx: &mut Tx, run: RunId, houses: &[Uuid]) -> Result<()> {
    keep(tx, run, houses, &[]).await?;
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "insert into penalty_finds (company_id, run_id, account_id, building_id, payer, lines, amount_tiyin)
         select company_id, run_id, account_id, building_id, payer, lines, amount_tiyin from penalty_charges
         where company_id = $1 and run_id = $2 and building_id = any($3) and undone_at is null",
        company,
        run.0,
        houses
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes back what a run booked in some houses, on the day it was booked for.
async fn take_back(tx: &mut Tx, run: RunId, period: NaiveDate, houses: &[Uuid]) -> Result<()> {
    let (company, now, booked_on) = (tx.actor().company_id().0, tx.now(), billing::last_day(period)?);
    let rows = sqlx::query!(
        "update penalty_charges p set undone_at = $4 where p.company_id = $1 and p.run_id = $2 and p.building_id = any($3)
           and p.undone_at is null and not exists (select from penalty_waivers w where w.company_id = p.company_id
             and w.penalty_id = p.id and w.state = 'booked')
         returning p.id, p.entry_id, p.building_id",
        company,
        run.0,
        houses,
        now
    )
    .fetch_all(tx.conn())
    .await?;
    for row in &rows {
        ledger::reverse(tx, row.entry_id.into(), Source::Reversal, row.entry_id, booked_on, "").await?;
    }
    // Nobody has to decide any more about what is no longer there.
    let gone: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    sqlx::query!(
        "update penalty_waivers set state = 'refused', decided_at = $3 where company_id = $1 and penalty_id = any($2) and state = 'waiting'",
        company,
        &gone,
        now
    )
    .execute(tx.conn())
    .await?;
    let touched: Vec<Uuid> = houses.iter().copied().filter(|h| rows.iter().any(|row| row.building_id == *h)).collect();
    billing::live::charged(tx, run, period, &touched, true).await
}

/// All lines of an account together.
pub(crate) fn sum(lines: &[PenaltyLine]) -> Result<Money> {
    lines.iter().try_fold(Money::ZERO, |sum, line| sum.checked_add(line.amount)).ok_or_else(too_large)
}

pub(crate) fn too_large() -> Error {
    Error::internal("penalties", "a sum that no number holds")
}

/// The number of an account and where it is.
pub(super) async fn place(tx: &mut Tx, account: AccountId) -> Result<(String, String)> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select a.number, b.address || ', №' || u.number as "address!" from personal_accounts a
           join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id where a.company_id = $1 and a.id = $2"#,
        company,
        account.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    Ok((row.number, row.address))
}
