//! Shares of a property, exact: `1/3` stays a third.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A part of a unit somebody owns: above nothing, at most all of it. Kept as it was given, never rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    num: u32,
    den: u32,
}

/// The largest denominator: nine digits fit the database's integers.
const MOST: u32 = 1_000_000_000;

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self { num: 1, den: 1 };

    /// `num/den`; nothing when that is not a share.
    pub const fn new(num: u32, den: u32) -> Option<Self> {
        if num > 0 && num <= den && den <= MOST { Some(Self { num, den }) } else { None }
    }

    pub const fn num(self) -> u32 {
        self.num
    }
    pub const fn den(self) -> u32 {
        self.den
    }

    /// What people write: `1/3`, `50 %`, `0,5` (half), `33.333` (per cent: more than one cannot be a part of one).
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some((num, den)) = text.split_once('/') {
            return Self::new(digits(num)?, digits(den)?);
        }
        let (number, percent) = text.strip_suffix('%').map_or((text.as_str(), false), |number| (number, true));
        let (whole, part) = number.split_once([',', '.']).unwrap_or((number, ""));
        let part = part.trim_end_matches('0');
        if whole.len() > 3 || part.len() > 7 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let scale = 10_u32.pow(u32::try_from(part.len()).ok()?);
        let value = digits(&format!("{whole}{part}"))?;
        let one = if percent || value > scale { scale.checked_mul(100)? } else { scale };
        Self::new(value, one)
    }

    /// As people read it: per cent when it was given so, else the fraction. `mark` stands before the decimals.
    pub fn shown(self, mark: char) -> String {
        if self.num == self.den {
            return "100 %".to_owned();
        }
        let places = self.den.ilog10();
        if places < 2 || 10_u32.pow(places) != self.den {
            return self.to_string();
        }
        let hundredth = 10_u32.pow(places - 2);
        let (whole, rest) = (self.num / hundredth, self.num % hundredth);
        let rest = format!("{rest:0width$}", width = places as usize - 2);
        match rest.trim_end_matches('0') {
            "" => format!("{whole} %"),
            rest => format!("{whole}{mark}{rest} %"),
        }
    }
}

fn digits(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Share {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("An exact part of the whole, above nothing and at most one. Answered as a fraction; per cent are taken, too: `50 %`, `33.333`."))
            .examples(["1/3"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Share {}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl FromStr for Share {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a share: 1/3, 50 %, 33.333"))
    }
}

/// Whether shares together are at most the whole. Exact for any number of them: no common denominator fits a machine
/// word, so the sum is kept in digits of 2³².
pub fn fits(shares: &[Share]) -> bool {
    let (mut sum, mut whole) = (vec![0_u32], vec![1_u32]);
    for share in shares {
        // sum/whole + num/den
        let mut added = times(&whole, share.num);
        sum = plus(times(&sum, share.den), &mut added);
        whole = times(&whole, share.den);
    }
    let len = sum.len().max(whole.len());
    let digit = |number: &[u32], at: usize| number.get(at).copied().unwrap_or(0);
    (0..len).rev().map(|at| (digit(&sum, at), digit(&whole, at))).find(|(a, b)| a != b).is_none_or(|(a, b)| a < b)
}

/// The lowest digit stands first.
fn times(number: &[u32], by: u32) -> Vec<u32> {
    let mut carry = 0_u64;
    let mut out: Vec<u32> = number.iter().map(|digit| step(u64::from(*digit) * u64::from(by), &mut carry)).collect();
    out.push(step(0, &mut carry));
    out
}

fn plus(a: Vec<u32>, b: &mut Vec<u32>) -> Vec<u32> {
    let len = a.len().max(b.len()) + 1;
    b.resize(len, 0);
    let mut carry = 0_u64;
    let digit = |at: usize| u64::from(a.get(at).copied().unwrap_or(0));
    (0..len).map(|at| step(digit(at) + u64::from(b[at]), &mut carry)).collect()
}

fn step(value: u64, carry: &mut u64) -> u32 {
    let total = value + *carry;
    *carry = total >> 32;
    #[allow(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
    let low = total as u32;
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(num: u32, den: u32) -> Share {
        Share::new(num, den).unwrap()
    }

    #[test]
    fn what_people_write_is_kept_exactly() {
        for (text, num, den, shown) in [
            ("1/3", 1, 3, "1/3"),
            ("50 %", 50, 100, "50 %"),
            ("33.333", 33_333, 100_000, "33,333 %"),
            ("33,3330 %", 33_333, 100_000, "33,333 %"),
            ("0,5", 5, 10, "5/10"),
            ("1", 1, 1, "100 %"),
            ("100", 100, 100, "100 %"),
            ("100%", 100, 100, "100 %"),
            ("0.05 %", 5, 10_000, "0,05 %"),
            ("2 / 6", 2, 6, "2/6"),
        ] {
            let share = Share::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((share.num(), share.den()), (num, den), "{text}");
            assert_eq!(share.shown(','), shown, "{text}");
        }
        for bad in ["", "0", "0/3", "4/3", "101", "101 %", "x", "1/0", "-1/3", "1/3/5", "0,123456789", "1/10000000000"]
        {
            assert_eq!(Share::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn thirds_make_a_whole_and_a_hair_more_does_not() {
        assert!(fits(&[share(1, 3); 3]));
        assert!(!fits(&[share(1, 3), share(1, 3), share(1, 3), share(1, MOST)]));
        assert!(fits(&[]) && fits(&[Share::WHOLE]) && !fits(&[Share::WHOLE, share(1, 100)]));
        // 33.333 % three times leaves a thousandth of a per cent.
        let rounded = share(33_333, 100_000);
        assert!(fits(&[rounded, rounded, rounded, share(1, 100_000)]));
        assert!(!fits(&[rounded, rounded, rounded, share(2, 100_000)]));
        // Denominators whose product has ninety digits.
        let many: Vec<Share> = (0..10).map(|n| share((MOST - n) / 10, MOST - n)).collect();
        assert!(fits(&many));
        assert!(!fits(&[many, vec![share(1, 1000)]].concat()));
    }

    proptest! {
        #[test]
        fn shares_read_back(num in 1u32..=1000, more in 0u32..1000) {
            let share = share(num, num + more);
            prop_assert_eq!(Share::parse(&share.to_string()), Some(share));
            let again = Share::parse(&share.shown('.')).unwrap();
            prop_assert_eq!(u64::from(again.num) * u64::from(share.den), u64::from(share.num) * u64::from(again.den));
        }
        #[test]
        fn the_sum_is_right(list in proptest::collection::vec((1u32..60, 0u32..60), 0..6)) {
            let shares: Vec<Share> = list.iter().map(|(num, more)| share(*num, num + more)).collect();
            let whole: u128 = shares.iter().map(|s| u128::from(s.den)).product();
            let sum: u128 = shares.iter().map(|s| whole / u128::from(s.den) * u128::from(s.num)).sum();
            prop_assert_eq!(fits(&shares), sum <= whole);
        }
        #[test]
        fn never_panics(text in ".{0,20}") { let _ = Share::parse(&text); }
    }
}
