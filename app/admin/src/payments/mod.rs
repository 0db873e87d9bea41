//! Payments at the desk: the list with its sums, one payment, money by hand.

mod list;
mod page;
mod query;
mod record;

pub use list::PaymentsPage;
pub use page::PaymentPage;

use i18n::{Locale, td_string};
use leptos::prelude::*;
use model::{
    Money,
    payments::{PaymentSource, PaymentState},
};
use ui::prelude::*;

/// How money came in, in its word.
pub(crate) fn source(l: Locale, value: PaymentSource) -> &'static str {
    match value {
        PaymentSource::Payme => td_string!(l, payments.source_payme),
        PaymentSource::Click => td_string!(l, payments.source_click),
        PaymentSource::Cash => td_string!(l, payments.source_cash),
        PaymentSource::Bank => td_string!(l, payments.source_bank),
        PaymentSource::Terminal => td_string!(l, payments.source_terminal),
    }
}

pub(crate) fn state(l: Locale, value: PaymentState) -> &'static str {
    match value {
        PaymentState::Completed => td_string!(l, payments.state_completed),
        PaymentState::Refunded => td_string!(l, payments.state_refunded),
    }
}

/// Where a payment stands; a dispute comes before everything.
#[component]
fn StateMark(value: PaymentState, disputed: bool) -> impl IntoView {
    let l = crate::util::lang();
    let (text, tone, icon) = match value {
        _ if disputed => (td_string!(l, payments.disputed), Tone::Warning, "circle-alert"),
        PaymentState::Completed => (state(l, value), Tone::Success, "check"),
        PaymentState::Refunded => (state(l, value), Tone::Neutral, "undo-2"),
    };
    view! { <Pill text=text tone=tone icon=icon /> }
}

/// A sum as somebody types it: spaces of any kind, a comma or a dot, at most two decimals.
pub(crate) fn read_sum(text: &str) -> Option<Money> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part).map(Money::from_tiyin)
}

/// A sum as a form shows it, to be typed over.
pub(crate) fn plain_sum(sum: Money) -> String {
    match sum.tiyin() % 100 {
        0 => (sum.tiyin() / 100).to_string(),
        part => format!("{},{part:02}", sum.tiyin() / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_as_people_type_them() {
        for (text, tiyin) in [("150 750", 15_075_000), ("150\u{a0}750,5", 15_075_050), ("1.05", 105), ("7", 700)] {
            assert_eq!(read_sum(text), Some(Money::from_tiyin(tiyin)), "{text}");
        }
        for text in ["", "-5", "1.234", "1e3", "сто", ".5", "99999999999999999999"] {
            assert_eq!(read_sum(text), None, "{text}");
        }
        assert_eq!(plain_sum(Money::from_tiyin(15_075_050)), "150750,50");
        assert_eq!(read_sum(&plain_sum(Money::from_tiyin(700))), Some(Money::from_tiyin(700)));
    }
}
