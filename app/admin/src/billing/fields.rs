//! What forms about money read and show: sums in soʻm, months.

use chrono::NaiveDate;
use i18n::{Locale, billing as words};
use leptos::prelude::*;
use model::{Failure, FieldError, Money};
use ui::prelude::*;

/// What was typed, or why it cannot be sent.
pub(super) fn asked_sum(field: RwSignal<String>, pointer: &str) -> Result<Money, Failure> {
    let text = field.get_untracked();
    Money::read(&text).ok_or_else(|| {
        let code = if text.trim().is_empty() { "required" } else { "out_of_range" };
        Failure::invalid(vec![FieldError::new(pointer, code)])
    })
}

/// Months around one, the newest first: `2026-11-01` and its name.
pub(super) fn months(l: Locale, around: NaiveDate, back: u32, ahead: u32) -> Vec<Opt> {
    let first = around.checked_add_months(chrono::Months::new(ahead)).unwrap_or(around);
    (0..=back + ahead)
        .filter_map(|n| first.checked_sub_months(chrono::Months::new(n)))
        .map(|month| Opt::new(month.to_string(), words::month(l, month)))
        .collect()
}

/// The first day of the month it is where the company is.
pub(super) fn this_month() -> NaiveDate {
    use chrono::Datelike;
    let today = today();
    today.with_day(1).unwrap_or(today)
}

pub(super) fn today() -> NaiveDate {
    api::session::use_now().get_untracked().with_timezone(&i18n::when::zone()).date_naive()
}
