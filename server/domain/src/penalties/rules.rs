//! Editions of what paying late costs. Made, never changed.

use super::{history, work};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, billing, ledger, property::today};
use chrono::{Months, NaiveDate};
use model::{
    BuildingId, Money, PenaltyRuleId, Permission as P,
    billing::{BillingSettings, PenaltyExample, PenaltyForecast, PenaltyRuleRow, PenaltyTerms, Rates, penalties},
    validate,
};
use platform::ids::new_id;
use std::cmp::Reverse;

/// The editions in the order in which they came to hold.
pub(super) async fn terms(tx: &mut Tx) -> Result<Vec<PenaltyTerms>> {
    Ok(rows(tx).await?.into_iter().map(|(row, _)| row.terms).collect())
}

async fn rows(tx: &mut Tx) -> Result<Vec<(PenaltyRuleRow, NaiveDate)>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select id, since, due_day, grace_days, person_rate, legal_rate, cap_bp, created_at, created_by_name from penalty_rules
         where company_id = $1 order by since, created_at, id",
        company
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let terms = PenaltyTerms {
                since: r.since,
                due_day: r.due_day,
                grace_days: r.grace_days,
                person_rate: r.person_rate,
                legal_rate: r.legal_rate,
                cap_bp: r.cap_bp,
            };
            let row = PenaltyRuleRow {
                id: r.id.into(),
                terms,
                author: r.created_by_name,
                created_at: r.created_at,
                current: false,
            };
            (row, r.since)
        })
        .collect())
}

/// The rules of bills with the editions, the newest first.
pub(crate) async fn settings(tx: &mut Tx, _: &Scope) -> Result<BillingSettings> {
    let rules = billing::rules::load(tx).await?;
    let month = ledger::month_of(today(tx).await?);
    let mut penalties: Vec<PenaltyRuleRow> = rows(tx).await?.into_iter().map(|(row, _)| row).collect();
    if let Some(now) = penalties.iter_mut().rev().find(|row| row.terms.since <= month) {
        now.current = true;
    }
    penalties.reverse();
    Ok(BillingSettings { rules, penalties, month })
}

/// The earliest due day of the editions that cost something, from the one that holds now on.
pub(crate) async fn earliest_due_day(tx: &mut Tx) -> Result<Option<i16>> {
    let month = ledger::month_of(today(tx).await?);
    let all = terms(tx).await?;
    let now = all.iter().rposition(|t| t.since <= month).unwrap_or(0);
    let costs = |t: &&PenaltyTerms| t.person_rate > 0 || t.legal_rate > 0;
    Ok(all.iter().skip(now).filter(costs).map(|t| t.due_day).min())
}

/// Makes a new edition. From its month on it takes the place of those before.
///
/// # Errors
/// `period_closed` when its first month is closed; `invalid` on `/since` (`in_past`) when that month or a later one has
/// booked penalties, on `/due_day` (`before_bill`) when a penalty would begin before the bill is due.
pub async fn create_rule(ctx: &Ctx, actor: &Actor, command: &PenaltyTerms) -> Result<BillingSettings> {
    let scope = actor.scope(P::TariffsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let terms = PenaltyTerms { since: ledger::month_of(command.since), ..*command };
    fair(&mut tx, &terms).await?;
    ledger::still_open(&mut tx, terms.since).await?;
    let booked = sqlx::query_scalar!(
        r#"select exists (select from penalty_charges where company_id = $1 and period >= $2 and undone_at is null) as "booked!""#,
        scope.company(),
        terms.since
    )
    .fetch_one(tx.conn())
    .await?;
    if booked {
        return Err(Error::field("/since", "in_past"));
    }
    let (id, now) = (PenaltyRuleId(new_id()), tx.now());
    sqlx::query!(
        "insert into penalty_rules (id, company_id, since, due_day, grace_days, person_rate, legal_rate, cap_bp, created_at, created_by,
           created_by_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        id.0,
        scope.company(),
        terms.since,
        terms.due_day,
        terms.grace_days,
        terms.person_rate,
        terms.legal_rate,
        terms.cap_bp,
        now,
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    tx.record("penalty_rule.create", "penalty_rule", id.0, None, Some(&terms)).await?;
    let settings = settings(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(settings)
}

/// Nobody pays a penalty on a bill that is not due.
async fn fair(tx: &mut Tx, terms: &PenaltyTerms) -> Result<()> {
    let costs = terms.person_rate > 0 || terms.legal_rate > 0;
    if costs && terms.due_day < billing::rules::load(tx).await?.due_day {
        return Err(Error::field("/due_day", "before_bill"));
    }
    Ok(())
}

/// What the last whole month would have cost if the edition had begun with it, for some houses: those after `after`,
/// the first without one. Nothing is written. A company of any size is counted call by call, so that no call holds a
/// connection for long.
///
/// # Errors
/// `invalid` as [`create_rule`]; on `/after` when there is no such house.
pub async fn forecast(
    ctx: &Ctx,
    actor: &Actor,
    command: &PenaltyTerms,
    after: Option<BuildingId>,
) -> Result<PenaltyForecast> {
    actor.scope(P::TariffsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    fair(&mut tx, command).await?;
    let month = ledger::month_of(today(&mut tx).await?);
    let period = month.checked_sub_months(Months::new(1)).ok_or_else(|| Error::field("/since", "out_of_range"))?;
    let chunks = billing::chunks(&mut tx, &[]).await?;
    let at = match after {
        None => 0,
        Some(house) => {
            let last = chunks.iter().position(|chunk| chunk.houses.contains(&house.0));
            last.ok_or_else(|| Error::field("/after", "unknown"))? + 1
        }
    };
    let looked = chunks.iter().take(at + 1).map(|chunk| chunk.accounts).sum();
    let total = chunks.iter().map(|chunk| chunk.accounts).sum();
    let mut found = PenaltyForecast {
        period,
        accounts: 0,
        amount: Money::ZERO,
        examples: Vec::new(),
        looked,
        total,
        next: chunks
            .get(at)
            .filter(|_| at + 1 < chunks.len())
            .and_then(|chunk| chunk.houses.last())
            .map(|h| (*h).into()),
    };
    let Some(chunk) = chunks.get(at) else { return Ok(found) };
    let terms = PenaltyTerms { since: period, ..*command };
    let mut rates = Rates::new(vec![terms], period, billing::last_day(period)?);
    let late = history::late(&mut tx, &chunk.houses, period, period).await?;
    let mut largest = Vec::new();
    for owing in history::owing(&mut tx, &late).await? {
        let lines = penalties(&mut rates, owing.payer, &owing.history).ok_or_else(work::too_large)?;
        let sum = work::sum(&lines)?;
        if sum == Money::ZERO {
            continue;
        }
        found.accounts += 1;
        found.amount = found.amount.checked_add(sum).ok_or_else(work::too_large)?;
        largest.push((owing.account, owing.payer, sum, lines));
        largest.sort_by_key(|(account, _, sum, _)| (Reverse(*sum), *account));
        largest.truncate(PenaltyForecast::EXAMPLES);
    }
    for (account_id, payer, amount, lines) in largest {
        let (number, address) = work::place(&mut tx, account_id).await?;
        found.examples.push(PenaltyExample { account_id, number, address, payer, amount, lines });
    }
    Ok(found)
}
