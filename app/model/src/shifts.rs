//! Duties: who is there from when to when, and what one shift hands to the next.

use crate::{
    HandoverId, RequestId, ShiftId, UserId,
    requests::{Kind, PersonRef, Status, TimeLeft, words},
    staff::Skill,
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What somebody is on duty as.
    Duty { Dispatcher = "dispatcher", Field = "field" }
}

/// One duty on one day, already laid into time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftSlot {
    pub shift_id: ShiftId,
    pub person: PersonRef,
    pub skills: Vec<Skill>,
    pub duty: Duty,
    /// The day it begins, where the company is.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-11-23"))]
    pub day: NaiveDate,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "08:00:00"))]
    pub starts: NaiveTime,
    /// Not after the beginning: the next day.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "20:00:00"))]
    pub ends: NaiveTime,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Comes back each week.
    pub weekly: bool,
    pub note: Option<String>,
}

/// A week of duties, from Monday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftWeek {
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-11-23"))]
    pub monday: NaiveDate,
    /// By beginning.
    pub slots: Vec<ShiftSlot>,
    /// Spans of the week with no dispatcher on duty.
    pub gaps: Vec<Gap>,
}

/// Nobody answers the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gap {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
}

/// Which week a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ShiftFilter {
    /// Any day of the week; the current one when absent.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "2026-11-23"))]
    pub day: Option<NaiveDate>,
}

fn plannable(day: &NaiveDate, _: &()) -> garde::Result {
    use chrono::Datelike;
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn weekday(days: &[i16], _: &()) -> garde::Result {
    if days.iter().all(|day| (1..=7).contains(day)) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// Puts somebody on duty: on one day, or each week on some days from that day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddShift {
    #[garde(skip)]
    pub user_id: UserId,
    #[garde(skip)]
    pub duty: Duty,
    #[garde(custom(plannable))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-11-23"))]
    pub day: NaiveDate,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "08:00:00"))]
    pub starts: NaiveTime,
    /// Not after the beginning: the next day; the same: round the clock.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "20:00:00"))]
    pub ends: NaiveTime,
    /// 1 is Monday. Empty for that one day.
    #[garde(length(max = 7), custom(weekday))]
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 7))]
    pub weekdays: Vec<i16>,
    /// The last day it comes back.
    #[garde(inner(custom(plannable)))]
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, example = "2027-11-22"))]
    pub until: Option<NaiveDate>,
    #[garde(inner(length(chars, max = 200)))]
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: Option<String>,
}

/// Changes or takes away a duty: of that day only, or also of all weeks after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangeShift {
    #[garde(skip)]
    pub id: ShiftId,
    #[garde(custom(plannable))]
    pub day: NaiveDate,
    /// Also the weeks that follow.
    #[garde(skip)]
    pub following: bool,
    /// What it becomes; nothing takes it away.
    #[garde(dive)]
    pub to: Option<ShiftFacts>,
}

/// Who and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShiftFacts {
    #[garde(skip)]
    pub user_id: UserId,
    #[garde(skip)]
    pub duty: Duty,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "08:00:00"))]
    pub starts: NaiveTime,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "20:00:00"))]
    pub ends: NaiveTime,
    #[garde(inner(length(chars, max = 200)))]
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub note: Option<String>,
}

/// Makes one week like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CopyWeek {
    /// Any day of the week to copy.
    #[garde(custom(plannable))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-11-16"))]
    pub from: NaiveDate,
    #[garde(custom(plannable))]
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-11-23"))]
    pub to: NaiveDate,
}

/// A request in a hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkLine {
    pub id: RequestId,
    pub number: i64,
    pub status: Status,
    pub kind: Kind,
    pub address: String,
    pub description: String,
    pub assignee: Option<String>,
    /// When somebody has to have answered, while nobody has.
    #[serde(default)]
    pub respond_by: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
}

impl WorkLine {
    /// What has to be kept next; what waits stands on the request itself.
    pub fn time(&self) -> TimeLeft {
        TimeLeft {
            status: self.status,
            respond_by: self.respond_by,
            responded_at: None,
            due_at: self.due_at,
            soon_at: None,
            paused: None,
            deferred_until: None,
            completed_at: None,
            late: false,
        }
    }
}

/// What stands at the end of a shift. Lists hold the first twenty; the numbers count all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handing {
    pub emergencies: i32,
    pub overdue: i32,
    pub unassigned: i32,
    /// During the shift.
    pub filed: i32,
    pub assigned: i32,
    pub done: i32,
    pub returned: i32,
    pub emergency_lines: Vec<WorkLine>,
    pub overdue_lines: Vec<WorkLine>,
    pub unassigned_lines: Vec<WorkLine>,
}

/// Ends the caller's shift with a word to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HandOverShift {
    #[garde(inner(length(chars, max = 4000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    pub note: Option<String>,
}

/// A shift that was handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HandoverRow {
    pub id: HandoverId,
    pub from: PersonRef,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub note: Option<String>,
    pub handing: Handing,
    /// Who took over.
    pub acknowledged_by: Option<PersonRef>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The reader may take it over: it is not their own and nobody has.
    pub may_acknowledge: bool,
}

/// Who is there now, and what waits to be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OnDuty {
    pub now: Vec<ShiftSlot>,
    /// The next dispatchers to come.
    pub next: Vec<ShiftSlot>,
    /// What stands now, since the reader's shift began.
    pub since: DateTime<Utc>,
    pub handing: Handing,
    pub handovers: Vec<HandoverRow>,
    /// The reader may hand over.
    pub may_hand_over: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate;

    #[test]
    fn days_of_the_week_are_seven() {
        let add = |weekdays: Vec<i16>| AddShift {
            user_id: uuid::Uuid::nil().into(),
            duty: Duty::Field,
            day: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            starts: NaiveTime::MIN,
            ends: NaiveTime::MIN,
            weekdays,
            until: None,
            note: None,
        };
        assert!(validate::check(&add(vec![1, 7])).is_ok());
        assert_eq!(validate::check(&add(vec![0])).unwrap_err().fields[0].pointer, "/weekdays");
    }
}
