//! Telephone numbers of Uzbekistan, kept as `+998XXXXXXXXX`.

use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// A valid Uzbek number in E.164 form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "+998901234567", pattern = r"^\+998[1-9][0-9]{8}$"))]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Accepts what people type: `90 123-45-67`, `998901234567`, `+998 (90) 123 45 67`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().any(|c| !(c.is_ascii_digit() || " +-().\u{a0}".contains(c))) {
            return None;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let national = match digits.len() {
            9 => digits.as_str(),
            12 => digits.strip_prefix("998")?,
            _ => return None,
        };
        (!national.starts_with('0')).then(|| Self(format!("+998{national}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A number of a mobile operator.
    pub fn is_mobile(&self) -> bool {
        const OPERATORS: [&str; 15] =
            ["20", "33", "50", "55", "77", "87", "88", "90", "91", "93", "94", "95", "97", "98", "99"];
        OPERATORS.contains(&&self.0[4..6])
    }

    /// A number of a house or an office; such a telephone takes no messages. Codes of regions begin with 6 or 7, of which
    /// 77 is a mobile operator's.
    pub fn is_landline(&self) -> bool {
        let code = &self.0[4..6];
        matches!(code.as_bytes()[0], b'6' | b'7') && !matches!(code, "60" | "63" | "64" | "68" | "77")
    }

    /// `+998 90 123-45-67`, the way people write it.
    pub fn pretty(&self) -> String {
        let d = &self.0;
        format!("+998 {} {}-{}-{}", &d[4..6], &d[6..9], &d[9..11], &d[11..13])
    }
}

impl FromStr for Phone {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an Uzbek telephone number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_people_type() {
        for text in ["901234567", "90 123-45-67", "+998 (90) 123 45 67", "998901234567"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+998901234567", "{text}");
        }
        for text in ["", "12345", "+7 901 123 45 67", "90 123 45 6x", "012345678"] {
            assert_eq!(Phone::parse(text), None, "{text}");
        }
    }

    #[test]
    fn landlines_are_told_from_mobiles() {
        for text in ["+998 71 200-00-00", "662345678", "78 150 11 11", "61 222 33 44"] {
            let phone = Phone::parse(text).unwrap();
            assert!(phone.is_landline() && !phone.is_mobile(), "{text}");
        }
        for text in ["90 123 45 67", "77 123 45 67", "33 123 45 67", "20 123 45 67"] {
            let phone = Phone::parse(text).unwrap();
            assert!(!phone.is_landline() && phone.is_mobile(), "{text}");
        }
        assert_eq!(Phone::parse("71 200-00-00").unwrap().pretty(), "+998 71 200-00-00");
    }

    proptest! {
        #[test]
        fn pretty_reads_back(n in 100_000_000u64..=999_999_999) {
            let phone = Phone::parse(&n.to_string()).unwrap();
            prop_assert_eq!(Phone::parse(&phone.pretty()).unwrap(), phone);
        }
        #[test]
        fn never_panics(text in ".*") { let _ = Phone::parse(&text); }
    }
}
