//! Duties laid into time: pure.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use model::{
    ShiftId,
    requests::PersonRef,
    shifts::{Duty, Gap, ShiftSlot},
    staff::Skill,
};
use std::collections::HashSet;

/// A duty as it is kept.
#[derive(Clone, Debug)]
pub struct Shift {
    pub id: ShiftId,
    pub person: PersonRef,
    pub skills: Vec<Skill>,
    pub duty: Duty,
    /// 1 is Monday; a single duty has none.
    pub weekday: Option<i16>,
    pub day: NaiveDate,
    pub until: Option<NaiveDate>,
    pub starts: NaiveTime,
    pub ends: NaiveTime,
    pub note: Option<String>,
    pub skips: HashSet<NaiveDate>,
}

impl Shift {
    /// Whether it takes place on a day.
    pub fn on(&self, day: NaiveDate) -> bool {
        match self.weekday {
            None => day == self.day,
            Some(weekday) => {
                i64::from(weekday) == i64::from(day.weekday().number_from_monday())
                    && self.day <= day
                    && self.until.is_none_or(|until| day <= until)
                    && !self.skips.contains(&day)
            }
        }
    }

    fn slot(&self, day: NaiveDate, zone: Tz) -> ShiftSlot {
        let last = if self.ends <= self.starts { day + Days::new(1) } else { day };
        ShiftSlot {
            shift_id: self.id,
            person: self.person.clone(),
            skills: self.skills.clone(),
            duty: self.duty,
            day,
            starts: self.starts,
            ends: self.ends,
            from: moment(zone, day, self.starts),
            to: moment(zone, last, self.ends),
            weekly: self.weekday.is_some(),
            note: self.note.clone(),
        }
    }
}

/// A time of a day where the company is. In the hour that a change of clocks skips, the moment after it.
pub fn moment(zone: Tz, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = day.and_time(time);
    zone.from_local_datetime(&local)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest())
        .map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// The Monday of a day's week.
pub fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

/// All duties that begin on the days from `from` up to and not on `to`, by beginning.
pub fn slots(shifts: &[Shift], from: NaiveDate, to: NaiveDate, zone: Tz) -> Vec<ShiftSlot> {
    let days = from.iter_days().take_while(|day| *day < to);
    let mut all: Vec<ShiftSlot> =
        days.flat_map(|day| shifts.iter().filter(move |s| s.on(day)).map(move |s| s.slot(day, zone))).collect();
    all.sort_by(|a, b| {
        let key = |s: &ShiftSlot| (s.from, s.to, s.duty, s.person.name.clone(), s.shift_id);
        key(a).cmp(&key(b))
    });
    all
}

/// The spans between two moments in which no dispatcher is on duty.
pub fn gaps(slots: &[ShiftSlot], from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Gap> {
    let mut covered: Vec<(DateTime<Utc>, DateTime<Utc>)> =
        slots.iter().filter(|s| s.duty == Duty::Dispatcher).map(|s| (s.from.max(from), s.to.min(to))).collect();
    covered.sort_unstable();
    let (mut all, mut at) = (Vec::new(), from);
    for (start, end) in covered.into_iter().filter(|(start, end)| start < end) {
        if start > at {
            all.push(Gap { from: at, to: start });
        }
        at = at.max(end);
    }
    if at < to {
        all.push(Gap { from: at, to });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const ZONE: Tz = chrono_tz::Asia::Tashkent;

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
    }

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap() + Days::new(n)
    }

    fn shift(weekday: Option<i16>, from: NaiveDate, starts: u32, ends: u32) -> Shift {
        Shift {
            id: Uuid::nil().into(),
            person: PersonRef { id: Uuid::nil(), name: "Дежурный".to_owned() },
            skills: Vec::new(),
            duty: Duty::Dispatcher,
            weekday,
            day: from,
            until: None,
            starts: time(starts),
            ends: time(ends),
            note: None,
            skips: HashSet::new(),
        }
    }

    #[test]
    fn a_night_ends_on_the_next_day() {
        let all = slots(&[shift(None, day(0), 20, 8)], day(0), day(7), ZONE);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].to - all[0].from).num_hours(), 12);
        assert_eq!(all[0].from.to_rfc3339(), "2026-11-23T15:00:00+00:00");
        let round = slots(&[shift(None, day(0), 8, 8)], day(0), day(7), ZONE);
        assert_eq!((round[0].to - round[0].from).num_hours(), 24);
    }

    #[test]
    fn weeks_come_back_until_they_end() {
        let mut weekly = shift(Some(3), day(0), 8, 20);
        assert_eq!(slots(std::slice::from_ref(&weekly), day(0), day(28), ZONE).len(), 4);
        weekly.skips.insert(day(9));
        weekly.until = Some(day(16));
        let days: Vec<NaiveDate> = slots(&[weekly], day(0), day(28), ZONE).iter().map(|s| s.day).collect();
        assert_eq!(days, [day(2), day(16)]);
    }

    #[test]
    fn a_silent_night_is_seen() {
        let week: Vec<Shift> = (1..=7).map(|n| shift(Some(n), day(0), 8, 20)).collect();
        let (from, to) = (moment(ZONE, day(0), time(8)), moment(ZONE, day(2), time(8)));
        let gaps = gaps(&slots(&week, day(0), day(3), ZONE), from, to);
        assert_eq!(gaps.len(), 2);
        assert!(gaps.iter().all(|gap| (gap.to - gap.from).num_hours() == 12));
    }

    proptest! {
        /// Duties and gaps together cover every moment, and no gap has a dispatcher in it.
        #[test]
        fn gaps_are_what_is_left(all in proptest::collection::vec((1..=7_i16, 0..24_u32, 0..24_u32), 0..10), hour in 24..140_i64) {
            let shifts: Vec<Shift> = all.into_iter().map(|(weekday, starts, ends)| shift(Some(weekday), day(0), starts, ends)).collect();
            let slots = slots(&shifts, day(0), day(7), ZONE);
            let (from, to) = (moment(ZONE, day(0), time(0)), moment(ZONE, day(7), time(0)));
            let gaps = gaps(&slots, from, to);
            let at = from + TimeDelta::hours(hour);
            let on_duty = slots.iter().any(|s| s.from <= at && at < s.to);
            let in_gap = gaps.iter().any(|g| g.from <= at && at < g.to);
            prop_assert_ne!(on_duty, in_gap);
        }
    }

    #[test]
    fn weeks_begin_on_monday() {
        assert_eq!(monday(day(0)), day(0));
        assert_eq!(monday(day(6)), day(0));
        assert_eq!(monday(day(7)), day(7));
    }
}
