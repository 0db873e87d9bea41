//! Taking off what was charged for days of absence or poor quality.

use super::{ServiceName, in_calendar};
use crate::{Money, RecalculationId, ServiceId, requests::words, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// A large one waits for a second person.
    RecalculationState { Waiting = "waiting", Booked = "booked", Refused = "refused" }
}

/// Days of one month that are not to be paid, or not in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRecalculation {
    #[garde(skip)]
    pub service_id: ServiceId,
    /// The first of the days; its month is the one that was charged.
    #[garde(custom(in_calendar))]
    pub from: NaiveDate,
    /// The last of them, in the same month.
    #[garde(custom(in_calendar))]
    pub to: NaiveDate,
    /// How much of those days is not to be paid, in hundredths of a percent.
    #[garde(range(min = 1, max = 10_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    pub percent_bp: i32,
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

/// The word of the second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideRecalculation {
    pub approve: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecalculationRow {
    pub id: RecalculationId,
    pub service: ServiceName,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub percent_bp: i32,
    pub month_days: i16,
    /// For the whole month.
    pub charged: Money,
    /// What is taken off.
    pub amount: Money,
    pub state: RecalculationState,
    pub reason: String,
    pub author: String,
    /// Asked by whoever looks: only somebody else may decide.
    pub own: bool,
    pub decided_by: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What is taken off: the part of the days in the month, half a tiyin and more counts as one.
pub fn recalculated(charged: Money, days: i64, month_days: i64, percent_bp: i32) -> Option<Money> {
    let (num, den) =
        (i128::from(charged.tiyin()) * i128::from(days) * i128::from(percent_bp), i128::from(month_days) * 10_000);
    let tiyin = (2 * num + den).checked_div(2 * den)?;
    i64::try_from(tiyin).ok().map(Money::from_tiyin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_part_of_the_month() {
        let of = |charged, days, bp| recalculated(Money::from_tiyin(charged), days, 30, bp).map(Money::tiyin);
        assert_eq!(of(300_000, 10, 10_000), Some(100_000));
        assert_eq!(of(300_000, 10, 5_000), Some(50_000));
        assert_eq!(of(100, 10, 10_000), Some(33));
        assert_eq!(of(101, 15, 10_000), Some(51));
        assert_eq!(recalculated(Money::from_tiyin(1), 1, 0, 1), None);
    }
}
