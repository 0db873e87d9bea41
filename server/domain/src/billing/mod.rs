//! What the company charges: services and their prices, the monthly run, bills and debts. The arithmetic of one line is
//! `model::billing::count`; whole months are counted by the database with the same rule (`charges_for`).

mod bills;
mod corrections;
mod debts;
pub(crate) mod live;
mod recalculations;
mod receipts;
mod reliefs;
pub(crate) mod rules;
mod runs;
mod services;
mod tariffs;
mod told;
mod work;

pub use bills::{account, mine, month, statement};
pub use corrections::{correct, decide_correction};
pub use debts::debts;
pub(crate) use debts::{debts_longer, debts_page};
pub use recalculations::{decide_recalculation, recalculate};
pub(crate) use receipts::{about, issuer};
pub use receipts::{read_receipts, receipt, start_receipts, statement_paper};
pub use reliefs::{create_relief, end_relief};
pub use rules::{rules, save_rules};
pub(crate) use runs::broken_off;
pub use runs::{close_month, get_run, runs, start_post, start_run, start_undo};
pub use services::{archive_service, create_service, update_service};
pub(crate) use tariffs::foreign;
pub use tariffs::{book, create_tariff, end_tariff};
pub use told::tell;
pub(crate) use work::chunks;
pub use work::{post, preview, undo};

use crate::{Error, Result, error::word};
use chrono::{Days, Months, NaiveDate};
use model::{Money, billing::ServiceName};

/// The first day of the next month.
fn next_month(month: NaiveDate) -> Result<NaiveDate> {
    month.checked_add_months(Months::new(1)).ok_or_else(|| Error::field("/period", "out_of_range"))
}

pub(crate) fn last_day(month: NaiveDate) -> Result<NaiveDate> {
    Ok(next_month(month)? - Days::new(1))
}

/// By when a month is to be paid.
pub(crate) fn due_on(month: NaiveDate, due_day: i16) -> Result<NaiveDate> {
    let days = u64::try_from(due_day.max(1) - 1).map_err(|e| Error::internal("due day", e))?;
    Ok(next_month(month)? + Days::new(days))
}

fn name(ru: String, uz: String, en: String) -> ServiceName {
    ServiceName { ru, uz, en }
}

fn maybe_name(ru: Option<String>, uz: Option<String>, en: Option<String>) -> Option<ServiceName> {
    Some(name(ru?, uz?, en?))
}

fn money(tiyin: Option<i64>) -> Option<Money> {
    tiyin.map(Money::from_tiyin)
}

fn maybe_word<T: std::str::FromStr>(text: Option<&str>) -> Result<Option<T>> {
    text.map(word).transpose()
}
