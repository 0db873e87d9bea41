//! When time counts: the company's week with its lunches, holidays and moved days, in the company's own zone.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use model::{
    deadlines::{Counting, Stretch},
    settings::{WorkCalendar, WorkDay},
};
use std::collections::HashMap;

/// What counts for a clock.
#[derive(Clone, Debug)]
pub enum Hours {
    /// Round the clock.
    Always,
    Working(Box<Calendar>),
}

impl Hours {
    /// As a rule wants it. A calendar without a single working day counts nothing, so time is counted round the clock
    /// then: a promise without a date would be forgotten.
    pub fn of(counting: Counting, calendar: &WorkCalendar, zone: Tz) -> Self {
        match counting {
            Counting::Working if !calendar.week.is_empty() => Self::Working(Box::new(Calendar::new(calendar, zone))),
            _ => Self::Always,
        }
    }

    pub fn counting(&self) -> Counting {
        match self {
            Self::Always => Counting::Always,
            Self::Working(_) => Counting::Working,
        }
    }

    /// What the moment lies in, and until when.
    pub(super) fn stretch(&self, at: DateTime<Utc>) -> (Stretch, DateTime<Utc>) {
        match self {
            Self::Always => (Stretch::Counted, DateTime::<Utc>::MAX_UTC),
            Self::Working(calendar) => calendar.stretch(at),
        }
    }
}

/// A working week and the days that differ from it.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Tz,
    /// Monday first.
    week: [Option<WorkDay>; 7],
    /// Holidays by name; days off that are worked instead have none.
    special: HashMap<NaiveDate, Option<String>>,
}

impl Calendar {
    pub fn new(calendar: &WorkCalendar, zone: Tz) -> Self {
        let mut week = [const { None }; 7];
        for day in &calendar.week {
            if let Some(place) = usize::try_from(day.weekday - 1).ok().and_then(|n| week.get_mut(n)) {
                *place = Some(day.clone());
            }
        }
        let special = calendar.special.iter().map(|d| (d.day, (!d.works).then(|| d.name.clone()))).collect();
        Self { zone, week, special }
    }

    /// The hours of a day, or why it has none. A free day that is worked has the hours of the last working day before
    /// it: a worked Saturday is like the Friday.
    fn day(&self, day: NaiveDate) -> Result<&WorkDay, Stretch> {
        let weekday = day.weekday().num_days_from_monday() as usize;
        match self.special.get(&day) {
            Some(Some(name)) => Err(Stretch::Holiday { name: name.clone() }),
            Some(None) => (0..7)
                .find_map(|back| self.week.get((weekday + 7 - back) % 7).and_then(Option::as_ref))
                .ok_or(Stretch::DayOff),
            None => self.week.get(weekday).and_then(Option::as_ref).ok_or(Stretch::DayOff),
        }
    }

    fn stretch(&self, at: DateTime<Utc>) -> (Stretch, DateTime<Utc>) {
        let local = at.with_timezone(&self.zone).naive_local();
        let (day, time) = (local.date(), local.time());
        let (stretch, until) = match self.day(day) {
            Err(free) => (free, None),
            Ok(hours) => part(hours, time),
        };
        let until = match until {
            Some(time) => day.and_time(time),
            None => day.checked_add_days(Days::new(1)).map_or(NaiveDateTime::MAX, |next| next.and_time(NaiveTime::MIN)),
        };
        // Never backwards, whatever a zone does with its clocks.
        (stretch, self.instant(until).max(at + TimeDelta::minutes(1)))
    }

    fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        self.zone
            .from_local_datetime(&local)
            .earliest()
            // An hour that a zone leaps over begins when the leap is over.
            .or_else(|| self.zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest())
            .map_or(DateTime::<Utc>::MAX_UTC, |at| at.to_utc())
    }
}

/// The part of a working day that a time lies in, and its end; without one it lasts until midnight.
fn part(hours: &WorkDay, time: NaiveTime) -> (Stretch, Option<NaiveTime>) {
    if time < hours.opens {
        return (Stretch::Closed, Some(hours.opens));
    }
    if time >= hours.closes {
        return (Stretch::Closed, None);
    }
    match hours.lunch {
        Some(lunch) if time < lunch.from => (Stretch::Counted, Some(lunch.from)),
        Some(lunch) if time < lunch.to => (Stretch::Lunch, Some(lunch.to)),
        _ => (Stretch::Counted, Some(hours.closes)),
    }
}
