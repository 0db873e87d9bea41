//! What a company decides for itself: profile and working time; and the guide of its first day. Deadlines are in
//! [`crate::deadlines`].

use crate::{Lang, Phone, validate};
use chrono::{Datelike, NaiveDate, NaiveTime};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The company as its own people see and change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompanyProfile {
    pub version: i32,
    pub name: String,
    pub phone: Option<Phone>,
    /// Answered round the clock; residents see it first.
    pub emergency_phone: Option<Phone>,
    /// The city's emergency desk: `1184`.
    pub short_number: Option<String>,
    pub address: Option<String>,
    /// As the register of companies knows it; the name when absent.
    pub legal_name: Option<String>,
    /// The number of the taxpayer (ИНН, STIR).
    pub tax_id: Option<String>,
    pub bank_account: Option<String>,
    pub bank_name: Option<String>,
    /// The МФО of the bank.
    pub bank_code: Option<String>,
    /// The language of messages to people whose own is not known.
    pub lang: Lang,
    pub time_zone: String,
    /// The number the next request will get.
    pub next_request_number: i64,
}

/// Replaces the profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveProfile {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    #[garde(skip)]
    pub phone: Option<Phone>,
    #[garde(skip)]
    pub emergency_phone: Option<Phone>,
    /// Three to five digits; shown to residents beside the company's own numbers.
    #[garde(inner(custom(city_number)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{3,5}$"))]
    #[serde(default)]
    pub short_number: Option<String>,
    #[garde(inner(length(chars, max = 300)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 300))]
    pub address: Option<String>,
    /// As the register of companies knows it; receipts show it.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub legal_name: Option<String>,
    /// Nine digits of a company, fourteen of a person.
    #[garde(inner(custom(tax_number)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^([0-9]{9}|[0-9]{14})$"))]
    #[serde(default)]
    pub tax_id: Option<String>,
    #[garde(inner(custom(twenty_digits)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{20}$"))]
    #[serde(default)]
    pub bank_account: Option<String>,
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub bank_name: Option<String>,
    /// The МФО of the bank.
    #[garde(inner(custom(five_digits)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{5}$"))]
    #[serde(default)]
    pub bank_code: Option<String>,
}

fn digits(text: &str, lengths: &[usize]) -> garde::Result {
    if lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(garde::Error::new("bad_code"))
    }
}

fn tax_number(text: &str, (): &()) -> garde::Result {
    digits(text, &[9, 14])
}

fn twenty_digits(text: &str, (): &()) -> garde::Result {
    digits(text, &[20])
}

fn five_digits(text: &str, (): &()) -> garde::Result {
    digits(text, &[5])
}

/// Lets the numbers of requests go on from a larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RaiseNumber {
    /// The number of the next request; never lower than the one that comes anyway.
    #[garde(range(min = 1, max = 999_999_999))]
    pub next: i64,
}

/// The languages residents are offered, and the one for whoever has none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    pub languages: Vec<Lang>,
    #[serde(rename = "lang")]
    pub default: Lang,
}

impl Default for Offered {
    fn default() -> Self {
        Self { languages: Lang::ALL.to_vec(), default: Lang::default() }
    }
}

/// What a company offers, with its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Languages {
    pub version: i32,
    pub offered: Offered,
}

fn city_number(value: &str, _: &()) -> garde::Result {
    let good = (3..=5).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    if good { Ok(()) } else { Err(garde::Error::new("bad_phone")) }
}

/// How residents reach the company: what must be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompanyContacts {
    pub name: String,
    pub phone: Option<Phone>,
    pub emergency_phone: Option<Phone>,
    /// The city's emergency desk: `1184`.
    pub short_number: Option<String>,
    pub address: Option<String>,
    pub week: Vec<WorkDay>,
    /// The days of the next two weeks that differ from the week.
    pub special: Vec<SpecialDay>,
}

/// When the company works: a week, and the days that differ from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkCalendar {
    pub version: i32,
    /// The working days of the week; a day that is not here is free.
    pub week: Vec<WorkDay>,
    pub special: Vec<SpecialDay>,
}

/// One day of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkDay {
    /// 1 is Monday, 7 is Sunday.
    #[garde(range(min = 1, max = 7))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 7))]
    pub weekday: i16,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "09:00:00"))]
    pub opens: NaiveTime,
    #[garde(custom(after(&self.opens)))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "18:00:00"))]
    pub closes: NaiveTime,
    #[garde(inner(custom(between(&self.opens, &self.closes))))]
    #[serde(default)]
    pub lunch: Option<Lunch>,
}

/// A pause in the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Lunch {
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "13:00:00"))]
    pub from: NaiveTime,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "14:00:00"))]
    pub to: NaiveTime,
}

fn after<'a>(opens: &'a NaiveTime) -> impl FnOnce(&NaiveTime, &()) -> garde::Result + 'a {
    move |closes, ()| if closes > opens { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn between<'a>(opens: &'a NaiveTime, closes: &'a NaiveTime) -> impl FnOnce(&Lunch, &()) -> garde::Result + 'a {
    move |lunch, ()| {
        let fits = *opens <= lunch.from && lunch.from < lunch.to && lunch.to <= *closes;
        if fits { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
    }
}

/// A holiday, or a day off that is worked instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    #[garde(custom(plannable))]
    pub day: NaiveDate,
    /// Worked although the week says free; otherwise free although the week says worked.
    #[garde(skip)]
    #[serde(default)]
    pub works: bool,
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
}

fn plannable(day: &NaiveDate, _: &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// Replaces the calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveCalendar {
    #[garde(length(max = 7), dive)]
    pub week: Vec<WorkDay>,
    #[garde(length(max = 500), dive)]
    pub special: Vec<SpecialDay>,
}

/// Public holidays of Uzbekistan that keep their date, as month, day and key of the name. Hayit moves with the moon and
/// is announced each year, so it is entered by hand.
pub const FIXED_HOLIDAYS: [(u32, u32, &str); 7] = [
    (1, 1, "new_year"),
    (3, 8, "women"),
    (3, 21, "navroz"),
    (5, 9, "remembrance"),
    (9, 1, "independence"),
    (10, 1, "teachers"),
    (12, 8, "constitution"),
];

/// How far a new company has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guide {
    pub profile: bool,
    pub building: bool,
    pub people: bool,
    pub staff: bool,
    pub request: bool,
    /// Sample data is loaded.
    pub sample: bool,
    pub dismissed: bool,
}

impl Guide {
    pub const fn steps(&self) -> [bool; 5] {
        [self.profile, self.building, self.people, self.staff, self.request]
    }

    /// Worth showing: not sent away, and something is left to do or to clean up.
    pub fn is_wanted(&self) -> bool {
        self.left() > 0
    }

    /// How much is left: steps to do, and sample data to clean up. Nothing when it was sent away.
    pub fn left(&self) -> i64 {
        let steps = self.steps().into_iter().filter(|done| !done).count();
        if self.dismissed { 0 } else { i64::from(self.sample) + i64::try_from(steps).unwrap_or(i64::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(opens: u32, closes: u32, lunch: Option<(u32, u32)>) -> WorkDay {
        let at = |h| NaiveTime::from_hms_opt(h, 0, 0).unwrap();
        WorkDay {
            weekday: 1,
            opens: at(opens),
            closes: at(closes),
            lunch: lunch.map(|(from, to)| Lunch { from: at(from), to: at(to) }),
        }
    }

    #[test]
    fn days_run_forward() {
        assert!(validate::check(&day(9, 18, Some((13, 14)))).is_ok());
        for (wrong, pointer) in [
            (day(18, 9, None), "/closes"),
            (day(9, 18, Some((8, 9))), "/lunch"),
            (day(9, 18, Some((14, 13))), "/lunch"),
        ] {
            let failure = validate::check(&wrong).unwrap_err();
            assert_eq!(
                (failure.fields[0].pointer.as_str(), failure.fields[0].code.as_str()),
                (pointer, "out_of_range")
            );
        }
        let calendar = SaveCalendar { week: vec![day(9, 18, None), day(18, 9, None)], special: Vec::new() };
        assert_eq!(validate::check(&calendar).unwrap_err().fields[0].pointer, "/week/1/closes");
    }

    #[test]
    fn a_guide_goes_when_all_is_done() {
        let done =
            Guide { profile: true, building: true, people: true, staff: true, request: true, ..Guide::default() };
        assert!(!done.is_wanted() && Guide::default().is_wanted());
        assert!(Guide { sample: true, ..done.clone() }.is_wanted());
        assert!(!Guide { dismissed: true, ..Guide::default() }.is_wanted());
    }
}
