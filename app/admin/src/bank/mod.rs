//! Money from the bank: statements, what waits for an account, and our books beside those of the providers.

mod allocate;
mod comparison;
mod page;
mod queue;
mod reason;
mod reconciliation;
mod statement;
mod upload;

pub use comparison::ComparisonPage;
pub use page::BankPage;
pub use reconciliation::ReconciliationPage;
pub use statement::StatementPage;

use chrono::NaiveDate;
use i18n::{Locale, td_string, when};

/// A span of days; one day alone is one day.
fn days(l: Locale, from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from != to => {
            td_string!(l, bank.rec_days, from = when::date(&from), to = when::date(&to)).to_string()
        }
        (Some(only), _) | (None, Some(only)) => when::date(&only),
        (None, None) => "—".to_owned(),
    }
}
