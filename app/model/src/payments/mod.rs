//! Payments: cash registers of Payme and Click, money that came in, and links to pay by.

mod kassas;
mod links;
mod views;

pub use kassas::*;
pub use links::*;
pub use views::*;

use crate::{Money, requests::words};

words! {
    /// Who carries the money.
    Provider { Payme = "payme", Click = "click" }
}

words! {
    /// How money came in.
    PaymentSource { Payme = "payme", Click = "click", Cash = "cash", Bank = "bank", Terminal = "terminal" }
}

words! {
    /// Refunded money was taken back by a reversing entry.
    PaymentState { Completed = "completed", Refunded = "refunded" }
}

words! {
    /// Accumulating: a personal account that takes any sum, any number of times. One time: a bill that is paid once.
    KassaMode { Accumulating = "accumulating", OneTime = "one_time" }
}

impl From<Provider> for PaymentSource {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Payme => Self::Payme,
            Provider::Click => Self::Click,
        }
    }
}

impl PaymentSource {
    /// Written down by hand at the desk.
    pub const BY_HAND: [Self; 3] = [Self::Cash, Self::Bank, Self::Terminal];

    pub fn is_by_hand(self) -> bool {
        Self::BY_HAND.contains(&self)
    }
}

/// A sum as somebody types it: spaces of any kind, a comma or a dot, at most two decimals.
pub fn read_sum(text: &str) -> Option<Money> {
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
pub fn plain_sum(sum: Money) -> String {
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
