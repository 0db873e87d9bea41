//! Money in tiyin (1 soʻm = 100 tiyin), never a float.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An exact amount in tiyin. Arithmetic is checked: an overflow is `None`, not a wrong sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Self = Self(0);

    /// From tiyin, the stored unit.
    pub const fn from_tiyin(tiyin: i64) -> Self {
        Self(tiyin)
    }

    /// From whole soʻm; `None` when it does not fit.
    pub fn from_soum(soum: i64) -> Option<Self> {
        soum.checked_mul(100).map(Self)
    }

    pub const fn tiyin(self) -> i64 {
        self.0
    }

    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

/// `1 250 000,50` with thin no-break spaces and a real minus; tiyin only when there are any.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.0.unsigned_abs() / 100).to_string();
        if self.0 < 0 {
            f.write_str("−")?;
        }
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                f.write_str("\u{202f}")?;
            }
            write!(f, "{digit}")?;
        }
        match self.0.unsigned_abs() % 100 {
            0 => Ok(()),
            tiyin => write!(f, ",{tiyin:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_thousands_and_keeps_tiyin() {
        assert_eq!(Money::from_tiyin(125_000_050).to_string(), "1\u{202f}250\u{202f}000,50");
        assert_eq!(Money::from_tiyin(-10_000).to_string(), "−100");
        assert_eq!(Money::ZERO.to_string(), "0");
    }

    #[test]
    fn overflow_is_refused() {
        assert_eq!(Money::from_soum(i64::MAX), None);
        assert_eq!(Money::from_tiyin(i64::MAX).checked_add(Money::from_tiyin(1)), None);
    }
}
