//! Money on the bank's account that is nobody's yet, many entries at once.

use super::{author, timely};
use crate::{Error, Result, Tx};
use chrono::NaiveDate;
use uuid::Uuid;

/// Money that came in on a day.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    pub entry: Uuid,
    /// What it was made from; booked once.
    pub source: Uuid,
    pub booked_on: NaiveDate,
    pub tiyin: i64,
}

/// Books receipts from the bank to nobody. No balance of a resident is touched, so nobody waits for anybody.
///
/// # Errors
/// As [`super::post`].
pub async fn receive(tx: &mut Tx, receipts: &[Receipt]) -> Result<()> {
    let Some(first) = receipts.iter().map(|receipt| receipt.booked_on).min() else { return Ok(()) };
    timely(tx, first).await?;
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, name) = author(tx);
    let entries: Vec<Uuid> = receipts.iter().map(|receipt| receipt.entry).collect();
    let sources: Vec<Uuid> = receipts.iter().map(|receipt| receipt.source).collect();
    let days: Vec<NaiveDate> = receipts.iter().map(|receipt| receipt.booked_on).collect();
    let sums: Vec<i64> = receipts.iter().map(|receipt| receipt.tiyin).collect();
    let written = sqlx::query!(
        "with came as (
           select * from unnest($2::uuid[], $3::uuid[], $4::date[], $5::bigint[]) r(entry, source, day, tiyin)
         ), booked as (
           insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, created_at, created_by, created_by_name)
           select c.entry, $1, 'payment', c.source, date_trunc('month', c.day)::date, c.day, $6, $7, $8 from came c returning id
         )
         insert into postings (company_id, entry_id, line, booked_on, book, amount_tiyin)
         select $1, b.id, l.line, c.day, l.book, c.tiyin * l.sign
         from booked b join came c on c.entry = b.id
           cross join (values (1::smallint, 'bank', 1), (2::smallint, 'unallocated', -1)) l(line, book, sign)",
        company,
        &entries,
        &sources,
        &days,
        &sums,
        now,
        user,
        name.as_deref()
    )
    .execute(tx.conn())
    .await?;
    if usize::try_from(written.rows_affected()).ok() != receipts.len().checked_mul(2) {
        return Err(Error::internal("ledger", "receipts were booked in part"));
    }
    Ok(())
}
