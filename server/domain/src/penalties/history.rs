//! The history of debts, account by account, as the pure rule wants it.

use crate::{Result, Tx, error::word};
use chrono::NaiveDate;
use model::{
    AccountId, BuildingId,
    billing::{History, Moved, Payer},
};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// An account with what it was charged and paid.
pub(crate) struct Owing {
    pub account: AccountId,
    pub building: BuildingId,
    pub payer: Payer,
    pub history: History,
}

/// Accounts of some houses that may be late on some day of a span, by a sum that is never too small: debts of earlier
/// months without what was paid before the span, and what was given back in it.
pub(super) async fn late(tx: &mut Tx, houses: &[Uuid], from: NaiveDate, month: NaiveDate) -> Result<Vec<Uuid>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        r#"select m.account_id as "account_id!" from (
             select p.account_id, coalesce(o.kind, e.kind) as kind, coalesce(o.period, e.period) as period,
               coalesce(o.booked_on, e.booked_on) as day, sum(p.amount_tiyin) as amount
             from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
             left join ledger_entries o on e.kind = 'reversal' and o.company_id = e.company_id and o.id = e.reverses
             where p.company_id = $1 and p.building_id = any($2) and p.book = 'receivable' group by 1, 2, 3, 4) m
           where m.kind <> 'penalty' group by m.account_id
           having sum(case when m.kind in ('payment', 'refund') or m.amount < 0
               then case when m.day < $3 or m.amount > 0 then m.amount else 0 end
             when m.period < $4 then m.amount else 0 end) > 0
           order by m.account_id"#,
        company,
        houses,
        from,
        month
    )
    .fetch_all(tx.conn())
    .await?)
}

/// The histories of some accounts, in their order.
pub(crate) async fn owing(tx: &mut Tx, accounts: &[Uuid]) -> Result<Vec<Owing>> {
    let company = tx.actor().company_id().0;
    histories(tx.conn(), company, accounts).await
}

/// The same for any company: the demo city is nobody's yet.
pub(crate) async fn histories(conn: &mut PgConnection, company: Uuid, accounts: &[Uuid]) -> Result<Vec<Owing>> {
    let rows = sqlx::query!(
        r#"select a.id, u.building_id, coalesce(a.payer, case u.kind when 'shop' then 'legal' else 'person' end) as "payer!"
           from personal_accounts a join units u on u.company_id = a.company_id and u.id = a.unit_id
           where a.company_id = $1 and a.id = any($2) order by a.id"#,
        company,
        accounts
    )
    .fetch_all(&mut *conn)
    .await?;
    let moves = sqlx::query!(
        r#"select p.account_id as "account_id!", coalesce(o.kind, e.kind) as "kind!", coalesce(o.period, e.period) as "period!",
             coalesce(o.booked_on, e.booked_on) as "day!", sum(p.amount_tiyin)::bigint as "amount!"
           from postings p join ledger_entries e on e.company_id = p.company_id and e.id = p.entry_id
           left join ledger_entries o on e.kind = 'reversal' and o.company_id = e.company_id and o.id = e.reverses
           where p.company_id = $1 and p.account_id = any($2) and p.book = 'receivable' group by 1, 2, 3, 4"#,
        company,
        accounts
    )
    .fetch_all(conn)
    .await?;
    let mut all: BTreeMap<Uuid, Vec<Moved>> = BTreeMap::new();
    for m in moves {
        let moved = Moved { kind: word(&m.kind)?, period: m.period, day: m.day, amount: m.amount };
        all.entry(m.account_id).or_default().push(moved);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Owing {
                account: row.id.into(),
                building: row.building_id.into(),
                payer: word(&row.payer)?,
                history: History::of(all.remove(&row.id).unwrap_or_default()),
            })
        })
        .collect()
}
