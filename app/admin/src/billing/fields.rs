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
pub(crate) fn months(l: Locale, around: NaiveDate, back: u32, ahead: u32) -> Vec<Opt> {
    let first = around.checked_add_months(chrono::Months::new(ahead)).unwrap_or(around);
    (0..=back + ahead)
        .filter_map(|n| first.checked_sub_months(chrono::Months::new(n)))
        .map(|month| Opt::new(month.to_string(), words::month(l, month)))
        .collect()
}

/// A number with so many digits after the mark, as a whole number of its smallest part: `0,1` with four is 1000.
pub(crate) fn percent_of(text: &str, digits: usize) -> Option<i32> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !plain(whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<digits$}").parse().ok()
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

#[cfg(test)]
mod tests {
    use super::percent_of;

    #[test]
    fn percents_read_as_people_type_them() {
        for (text, digits, expected) in [
            ("0,1", 4, Some(1_000)),
            (" 0.4 ", 4, Some(4_000)),
            ("50", 2, Some(5_000)),
            ("12,5", 2, Some(1_250)),
            ("0,00001", 4, None),
            ("", 2, None),
            ("-1", 2, None),
            (",5", 2, None),
        ] {
            assert_eq!(percent_of(text, digits), expected, "{text}");
        }
    }
}
