//! What an account owes and how it came about: months, lines, movements.

use super::{corrections, due_on, maybe_word, money, next_month, recalculations, reliefs, rules};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, ledger, penalties, reminders};
use chrono::NaiveDate;
use model::{
    AccountId, Code, Money, Permission as P,
    billing::{AccountMoney, BillLine, EntryKind, Inputs, MonthBill, MonthSums, Movement, MyBill, Statement},
};
use std::collections::BTreeMap;

/// Who may see the money of an account: the desk, and who lives there now.
pub(super) const READ: [P; 2] = [P::LedgerRead, P::PaymentsReadOwn];
/// The longest statement.
const MOST_DAYS: i64 = 366 * 5;

struct Place {
    number: String,
    unit: uuid::Uuid,
    building: uuid::Uuid,
    address: String,
    closed_on: Option<NaiveDate>,
    balance: i64,
    payer: Option<String>,
    pays: String,
}

/// The account, if the actor may see it; a stranger's does not exist for a resident.
async fn place(tx: &mut Tx, scope: &Scope, id: AccountId) -> Result<Place> {
    let row = sqlx::query!(
        r#"select a.number, a.unit_id, u.building_id, b.address || ', №' || u.number as "address!", a.closed_on, m.balance_tiyin,
             a.payer, coalesce(a.payer, case u.kind when 'shop' then 'legal' else 'person' end) as "pays!"
           from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           join account_balances m on m.company_id = a.company_id and m.account_id = a.id
           where a.company_id = $1 and a.id = $2 and ($3::uuid is null or (a.closed_on is null and exists (select from residencies r
             where r.company_id = a.company_id and r.unit_id = a.unit_id and r.contact_id = $3 and r.until_on is null)))"#,
        scope.company(),
        id.0,
        scope.own_contact().map(|c| c.0)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Place {
        number: row.number,
        unit: row.unit_id,
        building: row.building_id,
        address: row.address,
        closed_on: row.closed_on,
        balance: row.balance_tiyin,
        payer: row.payer,
        pays: row.pays,
    })
}

/// An account with its months.
pub async fn account(ctx: &Ctx, actor: &Actor, id: AccountId) -> Result<AccountMoney> {
    let scope = actor.scope(P::LedgerRead)?;
    let mut tx = ctx.begin(actor).await?;
    let place = place(&mut tx, &scope, id).await?;
    let months = months(&mut tx, &scope, &[id]).await?.remove(&id).unwrap_or_default();
    let reliefs = reliefs::of(&mut tx, &scope, id).await?;
    let recalculations = recalculations::of(&mut tx, &scope, id).await?;
    let corrections = corrections::of(&mut tx, &scope, id, None).await?;
    let penalties = penalties::of_account(&mut tx, &scope, id).await?;
    let reminders = reminders::reminders(&mut tx, &scope, id).await?;
    let promises = reminders::promises(&mut tx, &scope, id).await?;
    Ok(AccountMoney {
        account_id: id,
        number: place.number,
        unit_id: place.unit.into(),
        building_id: place.building.into(),
        address: place.address,
        closed_on: place.closed_on,
        balance: Money::from_tiyin(place.balance),
        months,
        reliefs,
        recalculations,
        corrections,
        penalties,
        payer: maybe_word(place.payer.as_deref())?,
        pays: word(&place.pays)?,
        reminders,
        promises,
    })
}

/// The open accounts of the caller's homes.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> Result<Vec<MyBill>> {
    let scope = actor.scope(P::PaymentsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select a.id, a.number, a.unit_id, b.address || ', №' || u.number as "address!", m.balance_tiyin
           from residencies r join units u on u.company_id = r.company_id and u.id = r.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           join personal_accounts a on a.company_id = u.company_id and a.unit_id = u.id and a.closed_on is null
           join account_balances m on m.company_id = a.company_id and m.account_id = a.id
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null order by r.since_on, b.sort_key, u.sort_key, a.id"#,
        scope.company(),
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<AccountId> = rows.iter().map(|r| r.id.into()).collect();
    let mut months = months(&mut tx, &scope, &ids).await?;
    let due_day = rules::load(&mut tx).await?.due_day;
    let mut bills: Vec<MyBill> = Vec::with_capacity(rows.len());
    for row in rows {
        let id = AccountId(row.id);
        if bills.iter().any(|bill| bill.account_id == id) {
            continue;
        }
        let months = months.remove(&id).unwrap_or_default();
        let charged = months.iter().find(|m| m.charged > Money::ZERO).map(|m| m.period);
        bills.push(MyBill {
            account_id: id,
            number: row.number,
            unit_id: row.unit_id.into(),
            address: row.address,
            balance: Money::from_tiyin(row.balance_tiyin),
            due_on: charged.map(|month| due_on(month, due_day)).transpose()?,
            months,
        });
    }
    Ok(bills)
}

/// Months in which something happened, the newest first. An opening balance stands at the beginning of its month.
async fn months(tx: &mut Tx, scope: &Scope, ids: &[AccountId]) -> Result<BTreeMap<AccountId, Vec<MonthSums>>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|a| a.0).collect();
    let rows = sqlx::query!(
        r#"select p.account_id as "account_id!", e.period, case when e.kind = 'reversal' then o.kind else e.kind end as "kind!",
             sum(p.amount_tiyin)::bigint as "sum!"
           from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
           left join ledger_entries o on o.company_id = e.company_id and o.id = e.reverses
           where p.company_id = $1 and p.account_id = any($2) and p.book = 'receivable' group by 1, 2, 3 order by 1, 2"#,
        scope.company(),
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all: BTreeMap<AccountId, Vec<MonthSums>> = BTreeMap::new();
    for row in rows {
        let months = all.entry(AccountId(row.account_id)).or_default();
        if months.last().is_none_or(|last| last.period != row.period) {
            let opening = months.last().map_or(Money::ZERO, |last| last.closing);
            months.push(MonthSums { opening, closing: opening, ..empty(row.period) });
        }
        let Some(month) = months.last_mut() else { continue };
        let sum = Money::from_tiyin(row.sum);
        let (place, amount) = match word::<EntryKind>(&row.kind)? {
            EntryKind::Opening => (&mut month.opening, sum),
            EntryKind::Charge => (&mut month.charged, sum),
            EntryKind::Correction | EntryKind::Reversal => (&mut month.recalculated, sum),
            EntryKind::Penalty => (&mut month.penalty, sum),
            EntryKind::Payment | EntryKind::Refund => (&mut month.paid, minus(Money::ZERO, sum)?),
        };
        *place = plus(*place, amount)?;
        month.closing = plus(month.closing, sum)?;
    }
    for months in all.values_mut() {
        months.reverse();
    }
    Ok(all)
}

fn empty(period: NaiveDate) -> MonthSums {
    MonthSums {
        period,
        opening: Money::ZERO,
        charged: Money::ZERO,
        recalculated: Money::ZERO,
        penalty: Money::ZERO,
        paid: Money::ZERO,
        closing: Money::ZERO,
    }
}

fn plus(a: Money, b: Money) -> Result<Money> {
    a.checked_add(b).ok_or_else(|| Error::internal("ledger", "a sum that no number holds"))
}

fn minus(a: Money, b: Money) -> Result<Money> {
    a.checked_sub(b).ok_or_else(|| Error::internal("ledger", "a sum that no number holds"))
}

/// One month of an account with its lines and movements.
///
/// # Errors
/// `not_found` when the account is not the company's, or not of the caller's home.
pub async fn month(ctx: &Ctx, actor: &Actor, id: AccountId, period: NaiveDate) -> Result<MonthBill> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    month_of(&mut tx, &scope, id, period).await
}

/// A month in a transaction that reads other things, too.
pub(super) async fn month_of(tx: &mut Tx, scope: &Scope, id: AccountId, period: NaiveDate) -> Result<MonthBill> {
    let place = place(tx, scope, id).await?;
    let period = ledger::month_of(period);
    let months = months(tx, scope, &[id]).await?.remove(&id).unwrap_or_default();
    let sums = months.iter().find(|m| m.period == period).copied().unwrap_or_else(|| {
        // Nothing happened: what was owed before is owed still.
        let owed = months.iter().find(|m| m.period < period).map_or(Money::ZERO, |m| m.closing);
        MonthSums { opening: owed, closing: owed, ..empty(period) }
    });
    let lines = lines(tx, scope, id, period).await?;
    let opening = balance_before(tx, scope, id, period).await?;
    let mut movements = movements(tx, scope, id, period, next_month(period)?, opening).await?;
    // The lines say it in full.
    movements.retain(|m| m.kind != EntryKind::Charge);
    let due_on = due_on(period, rules::load(tx).await?.due_day)?;
    let penalty = penalties::of_account(tx, scope, id).await?.into_iter().find(|p| p.period == period);
    Ok(MonthBill {
        account_id: id,
        number: place.number,
        address: place.address,
        sums,
        due_on,
        lines,
        penalty,
        movements,
    })
}

async fn lines(tx: &mut Tx, scope: &Scope, id: AccountId, period: NaiveDate) -> Result<Vec<BillLine>> {
    let rows = sqlx::query!(
        r#"select l.service_id, s.name_ru, s.name_uz, s.name_en, t.rule, t.share_by, t.price_tiyin, l.area_cm2, l.persons, l.days, l.month_days,
             l.share_total::bigint as share_total, l.share_extra, r.percent_bp as "percent_bp?", r.sum_tiyin as "sum_tiyin?", r.reason as "reason?",
             l.base_tiyin, l.relief_tiyin, l.amount_tiyin
           from charge_lines l join tariffs t on t.company_id = l.company_id and t.id = l.tariff_id
           join services s on s.company_id = l.company_id and s.id = l.service_id
           left join reliefs r on r.company_id = l.company_id and r.id = l.relief_id
           where l.company_id = $1 and l.account_id = $2 and l.period = $3 and l.undone_at is null order by s.position, s.id"#,
        scope.company(),
        id.0,
        period
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|l| {
            Ok(BillLine {
                service_id: l.service_id.into(),
                service: super::name(l.name_ru, l.name_uz, l.name_en),
                inputs: Inputs {
                    rule: word(&l.rule)?,
                    share_by: maybe_word(l.share_by.as_deref())?,
                    price: Money::from_tiyin(l.price_tiyin),
                    area_cm2: l.area_cm2,
                    persons: l.persons,
                    days: l.days,
                    month_days: l.month_days,
                    share_total: l.share_total,
                    share_extra: l.share_extra,
                    relief_bp: l.percent_bp,
                    relief_sum: money(l.sum_tiyin),
                },
                base: Money::from_tiyin(l.base_tiyin),
                relief: Money::from_tiyin(l.relief_tiyin),
                amount: Money::from_tiyin(l.amount_tiyin),
                relief_reason: l.reason,
            })
        })
        .collect()
}

/// What was owed when a day began.
async fn balance_before(tx: &mut Tx, scope: &Scope, id: AccountId, day: NaiveDate) -> Result<Money> {
    let tiyin = sqlx::query_scalar!(
        r#"select coalesce(sum(amount_tiyin), 0)::bigint as "sum!" from postings
           where company_id = $1 and account_id = $2 and book = 'receivable' and booked_on < $3"#,
        scope.company(),
        id.0,
        day
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Money::from_tiyin(tiyin))
}

/// Movements from a day until before another, the oldest first, each with what was owed after it.
async fn movements(
    tx: &mut Tx,
    scope: &Scope,
    id: AccountId,
    from: NaiveDate,
    before: NaiveDate,
    opening: Money,
) -> Result<Vec<Movement>> {
    let rows = sqlx::query!(
        r#"select e.booked_on, e.kind, o.kind as "of?", sum(p.amount_tiyin)::bigint as "sum!", e.reason, e.created_by_name
           from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
           left join ledger_entries o on o.company_id = e.company_id and o.id = e.reverses
           where p.company_id = $1 and p.account_id = $2 and p.book = 'receivable' and p.booked_on >= $3 and p.booked_on < $4
           group by e.id, o.id order by e.booked_on, e.created_at, e.id"#,
        scope.company(),
        id.0,
        from,
        before
    )
    .fetch_all(tx.conn())
    .await?;
    let mut balance = opening;
    // Residents read what happened, not who did it.
    let inside = scope.own_contact().is_none();
    rows.into_iter()
        .map(|m| {
            let amount = Money::from_tiyin(m.sum);
            balance = plus(balance, amount)?;
            Ok(Movement {
                booked_on: m.booked_on,
                kind: word(&m.kind)?,
                of: maybe_word(m.of.as_deref())?,
                amount,
                balance,
                reason: m.reason,
                author: m.created_by_name.filter(|_| inside),
            })
        })
        .collect()
}

/// Everything that moved an account between two days.
///
/// # Errors
/// `invalid` on `/to` when it is before `from` or more than five years later; `not_found` as [`month`].
pub async fn statement(ctx: &Ctx, actor: &Actor, id: AccountId, from: NaiveDate, to: NaiveDate) -> Result<Statement> {
    let scope = actor.scope_any(&READ)?;
    let mut tx = ctx.begin(actor).await?;
    statement_of(&mut tx, &scope, id, from, to).await
}

/// A statement in a transaction that reads other things, too.
pub(super) async fn statement_of(
    tx: &mut Tx,
    scope: &Scope,
    id: AccountId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Statement> {
    if to < from || (to - from).num_days() > MOST_DAYS {
        return Err(Error::field("/to", "out_of_range"));
    }
    let after = to.succ_opt().ok_or_else(|| Error::field("/to", "out_of_range"))?;
    place(tx, scope, id).await?;
    let opening = balance_before(tx, scope, id, from).await?;
    let movements = movements(tx, scope, id, from, after, opening).await?;
    let closing = movements.last().map_or(opening, |last| last.balance);
    Ok(Statement { from, to, opening, movements, closing })
}
