//! Planned work (плановые работы): what comes back by itself, and when.

use crate::{
    BuildingId, ChecklistId, EntranceId, PlanId, RequestId, UserId,
    requests::{Category, PersonRef, Status},
    staff::Skill,
    validate,
};
use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "unit", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rhythm {
    /// Every so many weeks on a day of the week, 1 is Monday.
    Week {
        #[garde(range(min = 1, max = 60))]
        every: i16,
        #[garde(range(min = 1, max = 7))]
        weekday: i16,
    },
    /// Every so many months on a day; one that the month does not have is its last.
    Month {
        #[garde(range(min = 1, max = 60))]
        every: i16,
        #[garde(range(min = 1, max = 31))]
        day: i16,
    },
}

/// The months of a season, both counted; it may go over the year's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Season {
    #[garde(range(min = 1, max = 12))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 12))]
    pub from: i16,
    #[garde(range(min = 1, max = 12))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 12))]
    pub to: i16,
}

impl Season {
    pub fn holds(self, day: NaiveDate) -> bool {
        let month = day.month().cast_signed();
        let (from, to) = (i32::from(self.from), i32::from(self.to));
        if from <= to { (from..=to).contains(&month) } else { month >= from || month <= to }
    }
}

/// When work is due: a rhythm that starts on a day, perhaps only in a season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    pub rhythm: Rhythm,
    pub season: Option<Season>,
    pub starts_on: NaiveDate,
}

/// Longer than any rhythm and season take to meet again.
const HORIZON_YEARS: i32 = 61;

impl Recurrence {
    /// The due dates after a day and up to another, in order. Nothing when rhythm and season never meet.
    pub fn between(&self, after: NaiveDate, until: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let season = self.season;
        self.beats()
            .take_while(move |day| *day <= until)
            .filter(move |day| *day > after && season.is_none_or(|s| s.holds(*day)))
    }

    /// The next due dates after a day.
    pub fn next(&self, after: NaiveDate, count: usize) -> Vec<NaiveDate> {
        let from = after.max(self.starts_on);
        let Some(horizon) = from.with_day(1).and_then(|d| d.with_year(from.year() + HORIZON_YEARS)) else {
            return Vec::new();
        };
        self.between(after, horizon).take(count).collect()
    }

    /// Every beat of the rhythm from its start, whatever the season.
    fn beats(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let (rhythm, start) = (self.rhythm, self.starts_on);
        let anchor = anchor(rhythm, start);
        (0_u32..).map_while(move |n| match rhythm {
            Rhythm::Week { every, .. } => {
                anchor.checked_add_signed(TimeDelta::try_weeks(i64::from(every.max(1)) * i64::from(n))?)
            }
            Rhythm::Month { every, day } => {
                let months = u32::from(every.max(1).cast_unsigned()).checked_mul(n)?;
                on_day(anchor.with_day(1)?.checked_add_months(Months::new(months))?, day)
            }
        })
    }
}

/// The first beat that is not before the start.
fn anchor(rhythm: Rhythm, start: NaiveDate) -> NaiveDate {
    match rhythm {
        Rhythm::Week { weekday, .. } => {
            let ahead = (i64::from(weekday) - i64::from(start.weekday().number_from_monday())).rem_euclid(7);
            start + TimeDelta::days(ahead)
        }
        Rhythm::Month { day, .. } => {
            let this = on_day(start, day).filter(|d| *d >= start);
            let next = || on_day(start.with_day(1)?.checked_add_months(Months::new(1))?, day);
            this.or_else(next).unwrap_or(start)
        }
    }
}

/// A day of the month that `month` lies in, or its last day.
fn on_day(month: NaiveDate, day: i16) -> Option<NaiveDate> {
    let first = month.with_day(1)?;
    let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
    first.with_day(u32::try_from(day).ok()?.min(last.day()))
}

/// Where planned work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanPlace {
    pub building_id: BuildingId,
    #[serde(default)]
    pub entrance_id: Option<EntranceId>,
}

/// A house, or an entrance of it, as people call it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceName {
    pub address: String,
    /// Its number.
    pub entrance: Option<i16>,
}

/// Everything one decides about planned work. Makes a plan, and replaces what it was on an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub title: String,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub description: String,
    #[garde(skip)]
    pub category: Category,
    #[garde(dive)]
    pub rhythm: Rhythm,
    #[garde(dive)]
    #[serde(default)]
    pub season: Option<Season>,
    /// Nothing is due before.
    #[garde(custom(plannable))]
    pub starts_on: NaiveDate,
    /// The request is made so many days ahead.
    #[garde(range(min = 0, max = 60))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 60))]
    #[serde(default)]
    pub lead_days: i16,
    /// Who does it; or whoever has the skill and looks after the house; or the desk decides.
    #[garde(skip)]
    #[serde(default)]
    pub assignee_id: Option<UserId>,
    #[garde(custom(only_one(self.assignee_id)))]
    #[serde(default)]
    pub skill: Option<Skill>,
    #[garde(skip)]
    #[serde(default)]
    pub checklist_id: Option<ChecklistId>,
    #[garde(length(min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub places: Vec<PlanPlace>,
}

impl PlanFacts {
    pub fn recurrence(&self) -> Recurrence {
        Recurrence { rhythm: self.rhythm, season: self.season, starts_on: self.starts_on }
    }
}

fn plannable(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn only_one(assignee: Option<UserId>) -> impl FnOnce(&Option<Skill>, &()) -> garde::Result {
    move |skill, ()| {
        if skill.is_some() && assignee.is_some() { Err(garde::Error::new("twice")) } else { Ok(()) }
    }
}

/// A plan in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanRow {
    pub id: PlanId,
    pub version: i32,
    pub title: String,
    pub category: Category,
    pub rhythm: Rhythm,
    pub season: Option<Season>,
    pub assignee: Option<PersonRef>,
    pub skill: Option<Skill>,
    /// How many houses and entrances.
    pub places: i64,
    pub paused: bool,
    /// The next due date; none while the plan rests.
    pub next_on: Option<NaiveDate>,
}

/// A plan with what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanCard {
    pub id: PlanId,
    pub version: i32,
    pub facts: PlanFacts,
    /// In the order of `facts.places`.
    pub addresses: Vec<PlaceName>,
    pub assignee: Option<PersonRef>,
    pub paused: bool,
    pub next: Vec<NaiveDate>,
    /// The newest requests it made.
    pub made: Vec<PlanRun>,
}

/// A request that a plan made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanRun {
    pub due_on: NaiveDate,
    pub request_id: RequestId,
    pub number: i64,
    pub address: String,
    pub status: Status,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn monthly(every: i16, of: i16, starts: &str) -> Recurrence {
        Recurrence { rhythm: Rhythm::Month { every, day: of }, season: None, starts_on: day(starts) }
    }

    #[test]
    fn the_end_of_a_short_month_is_its_last_day() {
        let dates = monthly(1, 31, "2027-01-01").next(day("2026-12-31"), 4);
        assert_eq!(dates, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"].map(day));
        let leap = monthly(12, 29, "2027-02-01").next(day("2027-01-31"), 2);
        assert_eq!(leap, ["2027-02-28", "2028-02-29"].map(day));
    }

    #[test]
    fn the_first_beat_is_not_before_the_start() {
        assert_eq!(monthly(3, 15, "2027-01-20").next(day("2027-01-01"), 2), ["2027-02-15", "2027-05-15"].map(day));
        let weekly =
            Recurrence { rhythm: Rhythm::Week { every: 2, weekday: 1 }, season: None, starts_on: day("2026-11-24") };
        assert_eq!(weekly.next(day("2026-11-01"), 2), ["2026-11-30", "2026-12-14"].map(day));
    }

    #[test]
    fn a_winter_goes_over_the_new_year() {
        let winter = Recurrence { season: Some(Season { from: 11, to: 2 }), ..monthly(1, 10, "2026-09-01") };
        assert_eq!(
            winter.next(day("2026-09-01"), 5),
            ["2026-11-10", "2026-12-10", "2027-01-10", "2027-02-10", "2027-11-10"].map(day)
        );
        let never = Recurrence { season: Some(Season { from: 5, to: 5 }), ..monthly(12, 10, "2026-09-01") };
        assert!(never.next(day("2026-09-01"), 1).is_empty(), "September is not May, this year or any other");
    }

    fn any_rhythm() -> impl Strategy<Value = Rhythm> {
        prop_oneof![
            (1_i16..=60, 1_i16..=7).prop_map(|(every, weekday)| Rhythm::Week { every, weekday }),
            (1_i16..=60, 1_i16..=31).prop_map(|(every, day)| Rhythm::Month { every, day }),
        ]
    }

    fn any_season() -> impl Strategy<Value = Option<Season>> {
        proptest::option::of((1_i16..=12, 1_i16..=12).prop_map(|(from, to)| Season { from, to }))
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0_i64..30_000).prop_map(|n| day("2000-01-01") + TimeDelta::days(n))
    }

    proptest! {
        /// Whatever the rule: dates grow, stay in the season, fall on the right day, and asking from the middle gives
        /// the rest of the same dates.
        #[test]
        fn due_dates_keep_their_rule(rhythm in any_rhythm(), season in any_season(), starts_on in any_day(), after in any_day()) {
            let rule = Recurrence { rhythm, season, starts_on };
            let dates = rule.next(after, 6);
            for pair in dates.windows(2) { prop_assert!(pair[0] < pair[1]); }
            for date in &dates {
                prop_assert!(*date > after && *date >= starts_on);
                prop_assert!(season.is_none_or(|s| s.holds(*date)));
                match rhythm {
                    Rhythm::Week { weekday, .. } => prop_assert_eq!(i64::from(date.weekday().number_from_monday()), i64::from(weekday)),
                    Rhythm::Month { day, .. } => prop_assert_eq!(Some(*date), on_day(*date, day)),
                }
            }
            if season.is_none() { prop_assert_eq!(dates.len(), 6); }
            if let [first, rest @ ..] = &dates[..] {
                prop_assert_eq!(&rule.next(*first, rest.len())[..], rest);
            }
        }

        /// Between two beats without a season lies exactly the rhythm.
        #[test]
        fn beats_are_evenly_spaced(rhythm in any_rhythm(), starts_on in any_day()) {
            let dates = Recurrence { rhythm, season: None, starts_on }.next(starts_on.pred_opt().unwrap(), 12);
            for pair in dates.windows(2) {
                match rhythm {
                    Rhythm::Week { every, .. } => prop_assert_eq!((pair[1] - pair[0]).num_days(), i64::from(every) * 7),
                    Rhythm::Month { every, .. } => {
                        let months = |d: NaiveDate| d.year() * 12 + d.month0().cast_signed();
                        prop_assert_eq!(months(pair[1]) - months(pair[0]), i32::from(every));
                    }
                }
            }
        }
    }
}
