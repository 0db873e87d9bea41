//! Looks at night whether the ledger agrees with itself. Everything here is kept by the database already; a difference
//! means that somebody worked past it.

use crate::{Ctx, Result};
use model::{AccountId, CompanyId, EntryId, Money};

/// Where the ledger does not agree with itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A kept balance that is not the sum of its postings.
    Balance { company: CompanyId, account: AccountId, kept: Money, sum: Money },
    /// An entry whose postings do not add up to nothing, or that has none.
    Entry { company: CompanyId, entry: EntryId, sum: Money },
    /// A reversal that is not the opposite of what it reverses.
    Reversal { company: CompanyId, entry: EntryId },
}

/// Compares every balance with its postings, every entry with nothing, every reversal with its entry.
pub async fn check(ctx: &Ctx) -> Result<Vec<Difference>> {
    let mut tx = ctx.db.begin_system("check the ledger").await?;
    // All of it as of one moment.
    sqlx::query("set transaction isolation level repeatable read").execute(&mut *tx).await?;
    let balances = sqlx::query!(
        r#"select b.company_id, b.account_id, b.balance_tiyin, coalesce(s.sum, 0) as "sum!" from account_balances b
           left join (select company_id, account_id, sum(amount_tiyin)::bigint as sum from postings where book = 'receivable'
             group by company_id, account_id) s on s.company_id = b.company_id and s.account_id = b.account_id
           where b.balance_tiyin <> coalesce(s.sum, 0) order by 1, 2"#
    )
    .fetch_all(&mut *tx)
    .await?;
    let entries = sqlx::query!(
        r#"select e.company_id, e.id, coalesce(sum(p.amount_tiyin), 0)::bigint as "sum!" from ledger_entries e
           left join postings p on p.company_id = e.company_id and p.entry_id = e.id
           group by e.company_id, e.id having count(p.line) = 0 or sum(p.amount_tiyin) <> 0 order by 1, 2"#
    )
    .fetch_all(&mut *tx)
    .await?;
    let reversals = sqlx::query!(
        r#"select e.company_id, e.id from ledger_entries e where e.reverses is not null and exists (
             (select line, book, account_id, service_id, kassa_id, -amount_tiyin from postings p
               where p.company_id = e.company_id and p.entry_id = e.id)
             except
             (select line, book, account_id, service_id, kassa_id, amount_tiyin from postings p
               where p.company_id = e.company_id and p.entry_id = e.reverses)) order by 1, 2"#
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let balances = balances.into_iter().map(|b| Difference::Balance {
        company: CompanyId(b.company_id),
        account: AccountId(b.account_id),
        kept: Money::from_tiyin(b.balance_tiyin),
        sum: Money::from_tiyin(b.sum),
    });
    let entries = entries.into_iter().map(|e| Difference::Entry {
        company: CompanyId(e.company_id),
        entry: EntryId(e.id),
        sum: Money::from_tiyin(e.sum),
    });
    let reversals =
        reversals.into_iter().map(|r| Difference::Reversal { company: CompanyId(r.company_id), entry: EntryId(r.id) });
    Ok(balances.chain(entries).chain(reversals).collect())
}
