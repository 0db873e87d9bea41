//! Personal accounts (лицевые счета) and how their numbers are made.

use crate::{AccountId, BuildingId, UnitId, requests::words, validate};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountRow {
    pub id: AccountId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub unit_id: UnitId,
    /// `Навои 12, №45`.
    pub address: String,
    pub number: String,
    pub opened_on: NaiveDate,
    /// The first day on which it is closed.
    pub closed_on: Option<NaiveDate>,
}

/// What a list of accounts shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct AccountFilter {
    pub building_id: Option<BuildingId>,
    pub unit_id: Option<UnitId>,
    /// The beginning of the number.
    pub number: Option<String>,
    /// Without closed ones.
    pub open: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// Opens an account for a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenAccount {
    /// Made by the company's rule when absent.
    #[garde(inner(length(chars, max = 30), custom(account_number)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 30))]
    #[serde(default)]
    pub number: Option<String>,
    /// Today when absent.
    #[garde(inner(custom(date)))]
    #[serde(default)]
    pub opened_on: Option<NaiveDate>,
    /// Closes the account that is open now on the same day, as on a change of owner. Without it a unit with an open
    /// account is refused.
    #[garde(skip)]
    #[serde(default)]
    pub replace: bool,
}

/// Corrects an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountFacts {
    #[garde(length(chars, max = 30), custom(account_number))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 30))]
    pub number: String,
    #[garde(custom(date))]
    pub opened_on: NaiveDate,
    /// Absent while it is open.
    #[garde(inner(custom(date)))]
    #[serde(default)]
    pub closed_on: Option<NaiveDate>,
}

fn date(value: &NaiveDate, _: &()) -> garde::Result {
    use chrono::Datelike;
    if (1950..2100).contains(&value.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// What a cashier can type and a payment provider can send.
fn account_number(value: &str, context: &()) -> garde::Result {
    validate::not_blank(value, context)?;
    let good = value.trim().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.'));
    if good { Ok(()) } else { Err(garde::Error::new("bad_account")) }
}

/// How the numbers of a company's accounts are made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountRule {
    /// `{building:3}{unit:4}`, or `UK-{seq:6}`.
    pub template: String,
    /// 0 when nobody has changed the default yet; the value of `ETag`.
    pub version: i32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountRuleFacts {
    /// Letters, digits, `-`, `/`, `.` and `{building:N}`, `{unit:N}`, `{seq:N}` with N digits each.
    #[garde(length(chars, max = 60), custom(readable))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60, example = "{building:3}{unit:4}"))]
    pub template: String,
}

fn readable(value: &str, _: &()) -> garde::Result {
    value.parse::<AccountTemplate>().map(|_| ()).map_err(|()| garde::Error::new("bad_template"))
}

/// How many accounts were opened at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Generated {
    pub count: i32,
}

words! { Counter { Building = "building", Unit = "unit", Seq = "seq" } }

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Number(Counter, usize),
}

/// A rule that was read: texts and padded numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountTemplate(Vec<Piece>);

impl AccountTemplate {
    /// Five digits of the house, three of the unit.
    pub const DEFAULT: &str = "{building:5}{unit:3}";

    /// Whether the rule counts through the company, or uses the house's code.
    pub fn uses(&self, counter: Counter) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Number(c, _) if *c == counter))
    }

    /// The number for a unit. Of `12а` the digits count.
    pub fn number(&self, building: i32, unit: &str, seq: i64) -> String {
        let digits: String = unit.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        self.0.iter().fold(String::new(), |out, piece| match piece {
            Piece::Text(text) => out + text,
            Piece::Number(Counter::Building, width) => format!("{out}{building:0width$}"),
            Piece::Number(Counter::Unit, width) => format!("{out}{digits:0>width$}"),
            Piece::Number(Counter::Seq, width) => format!("{out}{seq:0width$}"),
        })
    }
}

impl FromStr for AccountTemplate {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut pieces = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('{') {
                let (inside, after) = tail.split_once('}').ok_or(())?;
                let (name, width) = inside.split_once(':').ok_or(())?;
                let width: usize = width.parse().map_err(|_| ())?;
                if !(1..=9).contains(&width) {
                    return Err(());
                }
                pieces.push(Piece::Number(name.parse()?, width));
                rest = after;
            } else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (head, after) = rest.split_at(end);
                if !head.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.')) {
                    return Err(());
                }
                pieces.push(Piece::Text(head.to_owned()));
                rest = after;
            }
        }
        let template = Self(pieces);
        let tells_apart =
            template.uses(Counter::Seq) || (template.uses(Counter::Building) && template.uses(Counter::Unit));
        // Room is left for a longer counter and for the mark of a second account.
        let length: usize = template
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.chars().count(),
                Piece::Number(_, width) => *width,
            })
            .sum();
        if tells_apart && length <= 24 { Ok(template) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_template() {
        let of = |template: &str| template.parse::<AccountTemplate>().unwrap().number(7, "012а", 42);
        assert_eq!(of("{building:3}{unit:4}"), "0070012");
        assert_eq!(of("UK-{seq:6}"), "UK-000042");
        assert_eq!(of("{building:1}/{unit:1}"), "7/12");
        assert_eq!(of(AccountTemplate::DEFAULT), "00007012");
    }

    #[test]
    fn a_template_must_tell_units_apart() {
        for bad in [
            "",
            "UK",
            "{unit:4}",
            "{building:3}",
            "{seq:0}",
            "{seq:10}",
            "{seq}",
            "{flat:3}{seq:2}",
            "{seq:3",
            "№{seq:3}",
            "a b{seq:3}",
            "123456789012345678901{seq:9}",
        ] {
            assert!(bad.parse::<AccountTemplate>().is_err(), "{bad}");
        }
    }
}
