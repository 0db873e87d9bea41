//! How much of something: exact to a thousandth, never a float.

use crate::Money;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Thousandths of a unit: 1,5 m is 1500.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Quantity(i64);

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(1000);

    pub const fn from_milli(milli: i64) -> Self {
        Self(milli)
    }

    pub const fn milli(self) -> i64 {
        self.0
    }

    /// What so much costs at a price for one, rounded half up to a tiyin; `None` when it does not fit.
    pub fn cost(self, price: Money) -> Option<Money> {
        let thousandths = i128::from(self.0).checked_mul(i128::from(price.tiyin()))?;
        let rounded = (thousandths + 500 * thousandths.signum()) / 1000;
        i64::try_from(rounded).ok().map(Money::from_tiyin)
    }
}

/// `1`, `1,5`, `0,125`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 0 {
            f.write_str("−")?;
        }
        let (whole, part) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        write!(f, "{whole}")?;
        match part {
            0 => Ok(()),
            part => write!(f, ",{}", format!("{part:03}").trim_end_matches('0')),
        }
    }
}

/// As people type it: a comma or a point, at most three digits after it.
impl FromStr for Quantity {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim().replace(',', ".");
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) || part.len() > 3 {
            return Err(());
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| ())? };
        let part: i64 = format!("{part:0<3}").parse().map_err(|_| ())?;
        whole.checked_mul(1000).and_then(|milli| milli.checked_add(part)).map(Self).ok_or(())
    }
}

/// More than nothing, at most a million.
pub(super) fn in_range(quantity: &Quantity, (): &()) -> garde::Result {
    if (1..=1_000_000_000).contains(&quantity.0) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn costs_are_exact_and_round_half_up() {
        let cost = |milli, tiyin| Quantity(milli).cost(Money::from_tiyin(tiyin)).map(Money::tiyin);
        assert_eq!(cost(1500, 333), Some(500), "499,5 tiyin");
        assert_eq!(cost(1, 499), Some(0));
        assert_eq!(cost(1, 500), Some(1));
        assert_eq!(cost(333, 3), Some(1), "0,999 tiyin");
        assert_eq!(cost(i64::MAX, i64::MAX), None);
    }

    proptest! {
        #[test]
        fn written_quantities_read_back(milli in 0_i64..=1_000_000_000) {
            prop_assert_eq!(Quantity(milli).to_string().parse(), Ok(Quantity(milli)));
        }

        #[test]
        fn whole_units_cost_what_multiplication_says(units in 0_i64..100_000, tiyin in 0_i64..100_000_000) {
            prop_assert_eq!(Quantity(units * 1000).cost(Money::from_tiyin(tiyin)), Some(Money::from_tiyin(units * tiyin)));
        }

        #[test]
        fn nothing_typed_panics(text in ".{0,12}") { let _ = text.parse::<Quantity>(); }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", ",", "1.2345", "-1", "1e3", "один", "1.2.3", "99999999999999999999"] {
            assert_eq!(text.parse::<Quantity>(), Err(()), "{text}");
        }
        assert_eq!("1,5".parse(), Ok(Quantity(1500)));
        assert_eq!(".25".parse(), Ok(Quantity(250)));
    }
}
