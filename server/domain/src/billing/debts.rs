//! Debts by age. What was paid covered the oldest first, so what is left of a debt are the newest charges.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, paging, property::today, reminders};
use chrono::NaiveDate;
use model::{
    Money, Page, Permission as P,
    billing::{Ages, DebtFilter, DebtRow, Debts, HouseDebt, ReminderState},
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// The sums of all houses and a page of accounts, the largest debt first.
///
/// # Errors
/// `invalid` on `/older` outside 30, 60 and 90, on a cursor that is not ours, on a limit outside 1–100.
pub async fn debts(ctx: &Ctx, actor: &Actor, filter: &DebtFilter) -> Result<Debts> {
    let scope = actor.scope(P::PaymentsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    checked(filter)?;
    let cursor = filter.cursor.as_deref().map(read_cursor).transpose()?;
    let mut tx = ctx.begin(actor).await?;
    let day = today(&mut tx).await?;
    let houses = houses(&mut tx, &scope, filter, day).await?;
    let items = accounts(&mut tx, &scope, filter, day, cursor, paging::and_one(limit)).await?;
    let Page { mut items, next } =
        paging::cut(items, limit, |d| format!("{}.{}", d.ages.total.tiyin(), d.account_id.0.simple()));
    let ids: Vec<Uuid> = items.iter().map(|d| d.account_id.0).collect();
    let mut states = reminders::states(&mut tx, &ids).await?;
    for item in &mut items {
        item.reminders = states.remove(&item.account_id.0).unwrap_or_default();
    }
    let mut ages = Ages::default();
    for house in &houses {
        ages = together(ages, house.ages)?;
    }
    Ok(Debts { ages, houses, items, next })
}

/// The filter without what cuts it into pages.
fn checked(filter: &DebtFilter) -> Result<()> {
    if filter.older.is_some_and(|days| ![30, 60, 90].contains(&days)) {
        return Err(Error::field("/older", "out_of_range"));
    }
    Ok(())
}

/// Rows of the list from a place on, with the place after the last of them.
pub(crate) async fn debts_page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &DebtFilter,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<(Vec<DebtRow>, Option<(i64, Uuid)>)> {
    checked(filter)?;
    let day = today(tx).await?;
    let rows = accounts(tx, scope, filter, day, after, limit).await?;
    let last = rows.last().map(|row| (row.ages.total.tiyin(), row.account_id.0));
    Ok((rows, last))
}

/// Whether the list has more than so many rows.
pub(crate) async fn debts_longer(tx: &mut Tx, scope: &Scope, filter: &DebtFilter, most: i64) -> Result<bool> {
    checked(filter)?;
    let day = today(tx).await?;
    let mut sql = QueryBuilder::<Postgres>::new("");
    aged(&mut sql, scope, filter, day, None);
    sql.push("select count(*) from (select from aged d where true");
    conditions(&mut sql, filter);
    sql.push(" limit ").push_bind(most + 1).push(") longer");
    let rows: i64 = sql.build_query_scalar().fetch_one(tx.conn()).await?;
    Ok(rows > most)
}

fn read_cursor(text: &str) -> Result<(i64, Uuid)> {
    let read = || {
        let (sum, id) = text.split_once('.')?;
        Some((sum.parse().ok()?, Uuid::parse_str(id).ok()?))
    };
    read().ok_or_else(|| Error::field("/cursor", "unknown"))
}

fn together(a: Ages, b: Ages) -> Result<Ages> {
    let sum =
        |a: Money, b: Money| a.checked_add(b).ok_or_else(|| Error::internal("debts", "a sum that no number holds"));
    Ok(Ages {
        total: sum(a.total, b.total)?,
        to_30: sum(a.to_30, b.to_30)?,
        to_60: sum(a.to_60, b.to_60)?,
        to_90: sum(a.to_90, b.to_90)?,
        over_90: sum(a.over_90, b.over_90)?,
    })
}

/// A page of debts by their sum.
#[derive(Clone, Copy)]
struct Cut {
    after: Option<(i64, Uuid)>,
    limit: i64,
}

/// Pushes `with aged as (…)`: every debt of the company that fits, in its four ages.
///
/// - A charge, a debt brought in, a penalty and a correction against income are as old as their day. A reversal of such a
///   one counts on the day of what it took back.
/// - What lessens a debt has no day: it covers the oldest.
/// - A payment that was taken back, and a sum that a correction moved here from another account, are no new debts. Less is
///   paid now, so what was covered is owed again, as old as it was. Only what was moved here beyond all that was ever
///   charged is as old as the move.
///
/// With a `cut` only the debts of that page are told apart by age: the largest come first, and a balance has them in order.
fn aged(sql: &mut QueryBuilder<Postgres>, scope: &Scope, filter: &DebtFilter, day: NaiveDate, cut: Option<Cut>) {
    sql.push(
        "with owing as (select b.company_id, b.account_id, b.building_id, b.balance_tiyin from account_balances b \
         where b.balance_tiyin > 0 and b.company_id = ",
    );
    sql.push_bind(scope.company());
    if let Some(house) = filter.building_id {
        sql.push(" and b.building_id = ").push_bind(house.0);
    }
    if let Some(Cut { after, limit }) = cut {
        if let Some(least) = filter.least {
            sql.push(" and b.balance_tiyin >= ").push_bind(least);
        }
        if let Some((sum, id)) = after {
            sql.push(" and (b.balance_tiyin, b.account_id) < (").push_bind(sum).push(", ").push_bind(id).push(")");
        }
        // Written out: a plan for any limit takes it for a tenth of the table.
        sql.push(" order by b.balance_tiyin desc, b.account_id desc limit ").push(limit);
    }
    sql.push("), made as (select o.account_id, o.building_id, o.balance_tiyin as total, m.*");
    // Asked for few: nearly nothing is ever moved.
    sql.push(format!(
        ", case when m.m90 = 0 then 0 else (select coalesce(sum(amount), 0)::bigint from ({MADE}) all_of_it where not moved) end as charged"
    ));
    sql.push(" from owing o left join lateral (select ");
    // A charge of thirty days ago is still up to thirty days old.
    let mut sums = sql.separated(", ");
    for days in [30, 60, 90] {
        for (name, which) in [("d", "not moved"), ("m", "moved")] {
            sums.push(format!("coalesce(sum(amount) filter (where {which} and made_on >= "));
            sums.push_bind_unseparated(day);
            sums.push_unseparated(format!("::date - {days}), 0)::bigint as {name}{days}"));
        }
    }
    // Ninety days, and half a year because what takes something back may be booked before it.
    sql.push(format!(" from ({MADE} and p.booked_on >= ")).push_bind(day).push("::date - 270) of_late) m on true), ");
    sql.push(
        "dated as (select account_id, building_id, total, \
           greatest(d30 + least(greatest(total - charged, 0), m30), 0) as d30, \
           greatest(d60 + least(greatest(total - charged, 0), m60), 0) as d60, \
           greatest(d90 + least(greatest(total - charged, 0), m90), 0) as d90 from made), \
         aged as (select account_id, building_id, total, least(total, d30) as to_30, \
           least(total, d60) - least(total, d30) as to_60, \
           least(total, d90) - least(total, d60) as to_90, \
           total - least(total, d90) as over_90 from dated) ",
    );
}

/// What made the debt of an account `o`, and the day it counts on.
const MADE: &str = "select coalesce(r.booked_on, e.booked_on) as made_on, p.amount_tiyin as amount, c.id is not null as moved from postings p \
     join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id \
     left join ledger_entries r on r.company_id = e.company_id and r.id = e.reverses and e.kind = 'reversal' \
     left join corrections c on c.company_id = e.company_id and c.id = coalesce(r.source_id, e.source_id) \
       and coalesce(r.kind, e.kind) = 'correction' and c.other_id is not null \
     where p.company_id = o.company_id and p.account_id = o.account_id and p.book = 'receivable' \
       and coalesce(r.kind, e.kind) not in ('payment', 'refund') \
       and case when r.id is null then p.amount_tiyin else -p.amount_tiyin end > 0";

/// Conditions on rows of `aged`.
fn conditions(sql: &mut QueryBuilder<Postgres>, filter: &DebtFilter) {
    match filter.older {
        Some(30) => sql.push(" and d.to_60 + d.to_90 + d.over_90 > 0"),
        Some(60) => sql.push(" and d.to_90 + d.over_90 > 0"),
        Some(_) => sql.push(" and d.over_90 > 0"),
        None => sql,
    };
    if let Some(least) = filter.least {
        sql.push(" and d.total >= ").push_bind(least);
    }
}

fn ages(row: &PgRow) -> Result<Ages> {
    let sum = |name: &str| row.try_get::<i64, _>(name).map(Money::from_tiyin);
    Ok(Ages {
        total: sum("total")?,
        to_30: sum("to_30")?,
        to_60: sum("to_60")?,
        to_90: sum("to_90")?,
        over_90: sum("over_90")?,
    })
}

async fn houses(tx: &mut Tx, scope: &Scope, filter: &DebtFilter, day: NaiveDate) -> Result<Vec<HouseDebt>> {
    let mut sql = QueryBuilder::<Postgres>::new("");
    aged(&mut sql, scope, filter, day, None);
    sql.push(
        "select b.id, b.address, count(*) as accounts, sum(d.total)::bigint as total, sum(d.to_30)::bigint as to_30, \
         sum(d.to_60)::bigint as to_60, sum(d.to_90)::bigint as to_90, sum(d.over_90)::bigint as over_90 \
         from aged d join buildings b on b.id = d.building_id where b.company_id = ",
    );
    sql.push_bind(scope.company());
    conditions(&mut sql, filter);
    sql.push(" group by b.id order by total desc, b.sort_key, b.id");
    let rows = sql.build().fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| {
            Ok(HouseDebt {
                building_id: row.try_get::<Uuid, _>("id")?.into(),
                address: row.try_get("address")?,
                accounts: row.try_get("accounts")?,
                ages: ages(row)?,
            })
        })
        .collect()
}

async fn accounts(
    tx: &mut Tx,
    scope: &Scope,
    filter: &DebtFilter,
    day: NaiveDate,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<DebtRow>> {
    let mut sql = QueryBuilder::<Postgres>::new("");
    // An age may leave out any of them: then all are told apart first.
    let cut = filter.older.is_none().then_some(Cut { after, limit });
    aged(&mut sql, scope, filter, day, cut);
    sql.push(
        "select d.*, a.number, a.unit_id, b.address || ', №' || u.number as address, \
         (select c.name from residencies r join contacts c on c.company_id = r.company_id and c.id = r.contact_id \
           where r.company_id = a.company_id and r.unit_id = a.unit_id and r.relation = 'owner' \
           order by r.until_on is null desc, r.until_on desc, r.since_on, r.id limit 1) as owner \
         from aged d join personal_accounts a on a.id = d.account_id join units u on u.company_id = a.company_id and u.id = a.unit_id \
         join buildings b on b.company_id = u.company_id and b.id = u.building_id where a.company_id = ",
    );
    sql.push_bind(scope.company());
    if cut.is_none() {
        conditions(&mut sql, filter);
        if let Some((sum, id)) = after {
            sql.push(" and (d.total, d.account_id) < (").push_bind(sum).push(", ").push_bind(id).push(")");
        }
    }
    sql.push(" order by d.total desc, d.account_id desc limit ").push_bind(limit);
    let rows = sql.build().fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| {
            Ok(DebtRow {
                account_id: row.try_get::<Uuid, _>("account_id")?.into(),
                number: row.try_get("number")?,
                unit_id: row.try_get::<Uuid, _>("unit_id")?.into(),
                address: row.try_get("address")?,
                owner: row.try_get("owner")?,
                ages: ages(row)?,
                reminders: ReminderState::default(),
            })
        })
        .collect()
}
