//! What forms about money read and show: sums in soʻm, months.

use chrono::NaiveDate;
use i18n::{Locale, billing as words};
use leptos::prelude::*;
use model::{Failure, FieldError, Money};
use ui::prelude::*;

/// A sum as typed in soʻm, with a comma or a point and spaces as people write them; exact.
pub(super) fn sum(text: &str) -> Option<Money> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    let (whole, rest) = text.split_once([',', '.']).unwrap_or((&text, ""));
    if whole.is_empty() || rest.len() > 2 || !whole.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let tiyin: i64 = format!("{rest:0<2}").parse().ok()?;
    Money::from_soum(whole.parse().ok()?)?.checked_add(Money::from_tiyin(tiyin))
}

/// What was typed, or why it cannot be sent.
pub(super) fn asked_sum(field: RwSignal<String>, pointer: &str) -> Result<Money, Failure> {
    let text = field.get_untracked();
    sum(&text).ok_or_else(|| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_exactly() {
        let tiyin = |text| sum(text).map(Money::tiyin);
        assert_eq!(tiyin("1 500"), Some(150_000));
        assert_eq!(tiyin("0,5"), Some(50));
        assert_eq!(tiyin("12.07"), Some(1_207));
        assert_eq!(tiyin("1\u{202f}000"), Some(100_000));
        for bad in ["", " ", ",5", "1,234", "-1", "1e5", "1.2.3", "сто", "99999999999999999999"] {
            assert_eq!(tiyin(bad), None, "{bad}");
        }
    }
}
