//! Closing months: nothing is booked into a closed month or one before it.

use crate::{Result, Tx};
use chrono::NaiveDate;
use model::Code;

/// Closes a month and with it all before. Waits for those who are booking; closing it again changes nothing.
pub async fn close(tx: &mut Tx, period: NaiveDate) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, name) = (tx.actor().user_id().map(|u| u.0), tx.actor().name().to_owned());
    sqlx::query("select pg_advisory_xact_lock(ledger_lock($1))").bind(company).execute(tx.conn()).await?;
    sqlx::query!(
        "insert into closed_periods (company_id, period, closed_at, closed_by, closed_by_name) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        company,
        period,
        now,
        user,
        name
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What begins in this month can still be decided.
///
/// # Errors
/// `period_closed` when the month is closed.
pub async fn still_open(tx: &mut Tx, month: NaiveDate) -> Result<()> {
    match closed_until(tx).await? {
        Some(closed) if month <= closed => Err(Code::PeriodClosed.into()),
        _ => Ok(()),
    }
}

/// The last closed month, if any is.
pub async fn closed_until(tx: &mut Tx) -> Result<Option<NaiveDate>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!("select max(period) from closed_periods where company_id = $1", company)
        .fetch_one(tx.conn())
        .await?)
}
