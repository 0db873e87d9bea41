//! What holds for every calendar, start, time and pause.

use super::{examples::assert_adds_up, *};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Asia::Tashkent;
use model::{
    deadlines::{Counting, PauseReason, Stretch},
    settings::{Lunch, SpecialDay, WorkCalendar, WorkDay},
};
use proptest::prelude::*;

fn clock(minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap()
}

prop_compose! {
    fn work_day(weekday: i16)(mut times in proptest::collection::vec(0u32..1440, 4), lunch in any::<bool>()) -> Option<WorkDay> {
        times.sort_unstable();
        times.dedup();
        let [opens, from, to, closes] = times[..] else { return None };
        let lunch = lunch.then(|| Lunch { from: clock(from), to: clock(to) });
        Some(WorkDay { weekday, opens: clock(opens), closes: clock(closes), lunch })
    }
}

prop_compose! {
    fn any_calendar()(
        week in (work_day(1), work_day(2), work_day(3), work_day(4), work_day(5), work_day(6), work_day(7)),
        worked in proptest::collection::vec(any::<bool>(), 7),
        special in proptest::collection::btree_map(0u64..60, any::<bool>(), 0..12),
    ) -> WorkCalendar {
        let (a, b, c, d, e, f, g) = week;
        let week = [a, b, c, d, e, f, g].into_iter().flatten().zip(worked).filter(|(_, works)| *works).map(|(day, _)| day).collect();
        let first = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let special = special
            .into_iter()
            .map(|(n, works)| SpecialDay { day: first + chrono::Days::new(n), works, name: format!("day {n}") })
            .collect();
        WorkCalendar { version: 1, week, special }
    }
}

fn hours() -> impl Strategy<Value = Hours> {
    (any_calendar(), any::<bool>()).prop_map(|(calendar, working)| {
        Hours::of(if working { Counting::Working } else { Counting::Always }, &calendar, Tashkent)
    })
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // Twenty days, to the second.
    (0i64..20 * 86_400).prop_map(|s| DateTime::from_timestamp(1_795_200_000 + s, 0).unwrap())
}

prop_compose! {
    fn pause()(from in moment(), seconds in 0i64..5 * 86_400) -> Pause {
        Pause { from, to: from + TimeDelta::seconds(seconds), reason: PauseReason::Deferred }
    }
}

fn pauses() -> impl Strategy<Value = Vec<Pause>> {
    proptest::collection::vec(pause(), 0..6)
}

fn time() -> impl Strategy<Value = i32> {
    prop_oneof![1i32..120, 1i32..6000]
}

/// Also a calendar that hardly works has an end, or says that it has none.
fn due_or_never(hours: &Hours, from: DateTime<Utc>, minutes: i32, pauses: &[Pause]) -> DateTime<Utc> {
    due(hours, from, minutes, pauses).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_explanation_adds_up(hours in hours(), from in moment(), minutes in time(), pauses in pauses()) {
        match explain(&hours, from, minutes, &pauses) {
            Ok(told) => {
                assert_adds_up(&told);
                prop_assert_eq!(due(&hours, from, minutes, &pauses), Ok(told.due_at));
                prop_assert!(told.from >= from && told.from - from < TimeDelta::minutes(1));
            }
            Err(Endless) => prop_assert_eq!(due(&hours, from, minutes, &pauses), Err(Endless)),
        }
    }

    #[test]
    fn who_files_later_is_served_no_earlier(hours in hours(), a in moment(), b in moment(), minutes in time(), pauses in pauses()) {
        let (first, second) = (a.min(b), a.max(b));
        prop_assert!(due_or_never(&hours, first, minutes, &pauses) <= due_or_never(&hours, second, minutes, &pauses));
    }

    #[test]
    fn more_time_is_later(hours in hours(), from in moment(), minutes in time(), more in 1i32..600, pauses in pauses()) {
        let (short, long) = (due_or_never(&hours, from, minutes, &pauses), due_or_never(&hours, from, minutes + more, &pauses));
        prop_assert!(short < long || short == DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn a_pause_never_makes_it_earlier(hours in hours(), from in moment(), minutes in time(), mut pauses in pauses(), another in pause()) {
        let before = due_or_never(&hours, from, minutes, &pauses);
        pauses.push(another);
        prop_assert!(due_or_never(&hours, from, minutes, &pauses) >= before);
    }

    #[test]
    fn pauses_come_in_any_order(hours in hours(), from in moment(), minutes in time(), mut pauses in pauses()) {
        let before = due_or_never(&hours, from, minutes, &pauses);
        pauses.reverse();
        prop_assert_eq!(due_or_never(&hours, from, minutes, &pauses), before);
    }

    /// Whatever lies in closed time may be paused without anything changing.
    #[test]
    fn a_pause_outside_of_working_time_changes_nothing(hours in hours(), from in moment(), minutes in time()) {
        let Ok(told) = explain(&hours, from, minutes, &[]) else { return Ok(()) };
        let closed: Vec<Pause> = told
            .steps
            .iter()
            .filter(|step| step.stretch != Stretch::Counted)
            .map(|step| Pause { from: step.from, to: step.to, reason: PauseReason::WaitingResident })
            .collect();
        let again = explain(&hours, from, minutes, &closed);
        prop_assert_eq!(again, Ok(told));
    }

    /// Every minute that counts is a working minute that is not paused, looked at one by one.
    #[test]
    fn no_time_passes_in_closed_time(hours in hours(), from in moment(), minutes in 1i32..400, pauses in pauses()) {
        let Ok(told) = explain(&hours, from, minutes, &pauses) else { return Ok(()) };
        for step in told.steps.iter().filter(|step| step.stretch == Stretch::Counted) {
            let mut at = step.from;
            while at < step.to {
                prop_assert_eq!(hours.stretch(at).0, Stretch::Counted);
                let next = at + TimeDelta::minutes(1);
                prop_assert!(pauses.iter().all(|p| p.from >= p.to || p.to <= at || p.from >= next), "{} is paused", at);
                at = next;
            }
        }
    }

    /// A pause in the middle of counted time moves the due time on by exactly the counted time it takes.
    #[test]
    fn round_the_clock_a_pause_costs_its_length(from in moment(), minutes in 2i32..6000, length in 1i64..6000) {
        let begin = due(&Hours::Always, from, minutes / 2, &[]).unwrap();
        let waited = Pause { from: begin, to: begin + TimeDelta::minutes(length), reason: PauseReason::Deferred };
        let (before, after) = (due(&Hours::Always, from, minutes, &[]).unwrap(), due(&Hours::Always, from, minutes, &[waited]).unwrap());
        prop_assert_eq!(after - before, TimeDelta::minutes(length));
    }
}
