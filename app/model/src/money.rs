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

    /// Soʻm as people type them: spaces of any kind, a comma or a point, at most two decimals. `None` for anything else,
    /// what is below zero too.
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (whole, part) = text.split_once([',', '.']).unwrap_or((&text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || part.len() > 2 || !digits(whole) || !digits(part) {
            return None;
        }
        let part: i64 = format!("{part:0<2}").parse().ok()?;
        Self::from_soum(whole.parse().ok()?)?.checked_add(Self(part))
    }

    /// As a form shows it, to be typed over: without groups. [`Money::read`] reads it back.
    pub fn plain(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        match (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100) {
            (soum, 0) => format!("{sign}{soum}"),
            (soum, part) => format!("{sign}{soum},{part:02}"),
        }
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
    fn sums_are_read_as_people_type_them() {
        for (text, tiyin) in [
            ("1 500", 150_000),
            ("150\u{a0}750,5", 15_075_050),
            ("1\u{202f}000", 100_000),
            ("12.07", 1_207),
            ("0,5", 50),
            ("7", 700),
            ("25 000", 2_500_000),
            ("25000,5", 2_500_050),
            ("0.07", 7),
            ("150 750", 15_075_000),
            ("1.05", 105),
            ("7,", 700),
        ] {
            assert_eq!(Money::read(text), Some(Money(tiyin)), "{text}");
        }
        for text in [
            "",
            " ",
            ",5",
            "1,234",
            "1.234",
            "-1",
            "-5",
            "1e3",
            "1e5",
            "1.2.3",
            ".5",
            "abc",
            "сто",
            "99999999999999999999",
        ] {
            assert_eq!(Money::read(text), None, "{text}");
        }
        for (tiyin, text) in
            [(15_075_050, "150750,50"), (700, "7"), (7, "0,07"), (2_500_050, "25000,50"), (-150, "-1,50")]
        {
            assert_eq!(Money(tiyin).plain(), text);
            assert_eq!(Money::read(text), Some(Money(tiyin)).filter(|sum| *sum > Money::ZERO));
        }
    }

    #[test]
    fn overflow_is_refused() {
        assert_eq!(Money::from_soum(i64::MAX), None);
        assert_eq!(Money::from_tiyin(i64::MAX).checked_add(Money::from_tiyin(1)), None);
    }
}
