//! Worked examples: what a dispatcher would count on her fingers. Times are Tashkent's.
//!
//! - `office`: Monday to Friday 9–18, lunch 13–14; 8 December and 1 January are holidays, Saturday 12 December is worked.
//! - `saturdays`: the same and Saturday 10–14; Sunday 29 November is worked.
//! - `shifts`: every day 8–20 without lunch.
//! - `always`: round the clock.

use super::*;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Tashkent;
use model::{
    deadlines::{Counting, Explanation, PauseReason, Stretch},
    settings::{Lunch, SpecialDay, WorkCalendar, WorkDay},
};

/// hours | from | time that counts | pauses | due | why
const EXAMPLES: &str = "
office    | 11-23 09:00    | 1h  |                                           | 11-23 10:00      | a Monday morning
office    | 11-23 12:00    | 1h  |                                           | 11-23 13:00      | done as lunch begins
office    | 11-23 12:30    | 1h  |                                           | 11-23 14:30      | lunch does not count
office    | 11-23 13:00    | 1h  |                                           | 11-23 15:00      | filed as lunch begins
office    | 11-23 13:30    | 1h  |                                           | 11-23 15:00      | filed at lunch
office    | 11-23 14:00    | 4h  |                                           | 11-23 18:00      | done as the day closes
office    | 11-23 14:01    | 4h  |                                           | 11-24 09:01      | a minute too much for the day
office    | 11-23 17:59    | 1m  |                                           | 11-23 18:00      | the last minute
office    | 11-23 18:00    | 1m  |                                           | 11-24 09:01      | filed as the day closes
office    | 11-23 16:40    | 8h  |                                           | 11-24 16:40      | a working day later
office    | 11-23 16:40    | 8h  | 11-24 10:00..11-24 12:00                  | 11-25 09:40      | the same, two hours waited
office    | 11-23 22:15    | 30m |                                           | 11-24 09:30      | filed in the evening
office    | 11-24 03:00    | 2h  |                                           | 11-24 11:00      | filed at night
office    | 11-24 08:59    | 1m  |                                           | 11-24 09:01      | a minute before opening
office    | 11-23 23:59    | 1m  |                                           | 11-24 09:01      | before midnight
office    | 11-24 00:00    | 1m  |                                           | 11-24 09:01      | at midnight
office    | 11-27 17:00    | 2h  |                                           | 11-30 10:00      | over the weekend
office    | 11-27 18:00    | 8h  |                                           | 11-30 18:00      | Friday evening is Monday
office    | 11-28 12:00    | 1h  |                                           | 11-30 10:00      | filed on Saturday
office    | 11-29 23:59    | 1h  |                                           | 11-30 10:00      | filed on Sunday
office    | 11-23 09:00    | 8h  |                                           | 11-23 18:00      | a whole day
office    | 11-23 09:00    | 40h |                                           | 11-27 18:00      | a whole week
office    | 11-23 09:00    | 41h |                                           | 11-30 10:00      | a week and an hour
office    | 11-25 09:00    | 24h |                                           | 11-27 18:00      | three working days
office    | 11-26 12:00    | 24h |                                           | 12-01 12:00      | three working days, a weekend and a month's end
office    | 12-07 17:00    | 2h  |                                           | 12-09 10:00      | a holiday between
office    | 12-07 18:00    | 8h  |                                           | 12-09 18:00      | the evening before a holiday
office    | 12-08 10:00    | 1h  |                                           | 12-09 10:00      | filed on a holiday
office    | 12-11 17:00    | 2h  |                                           | 12-12 10:00      | a worked Saturday
office    | 12-12 10:00    | 8h  |                                           | 12-14 10:00      | it is like the Friday …
office    | 12-12 13:30    | 1h  |                                           | 12-12 15:00      | … also at lunch
office    | 12-19 10:00    | 1h  |                                           | 12-21 10:00      | the next Saturday is free again
office    | 12-31 17:00    | 2h  |                                           | 2027-01-04 10:00 | New Year and a weekend
office    | 11-30 17:30    | 1h  |                                           | 12-01 09:30      | over a month's end
office    | 2028-02-28 17:00 | 8h |                                          | 2028-02-29 17:00 | a leap day is a day
always    | 11-28 23:30    | 4h  |                                           | 11-29 03:30      | an emergency on Saturday night
always    | 11-27 17:59    | 3m  |                                           | 11-27 18:02      | the three minutes of an emergency call
always    | 12-08 02:00    | 4h  |                                           | 12-08 06:00      | an emergency on a holiday
always    | 11-23 13:30    | 30m |                                           | 11-23 14:00      | an emergency at lunch
always    | 11-23 00:00    | 72h |                                           | 11-26 00:00      | three days
always    | 12-31 22:00    | 4h  |                                           | 2027-01-01 02:00 | over New Year's midnight
always    | 11-23 10:00    | 4h  | 11-23 11:00..11-23 12:00                  | 11-23 15:00      | an hour waited
always    | 11-23 22:00    | 4h  | 11-23 23:00..11-24 07:00                  | 11-24 10:00      | the night waited
office    | 11-23 10:00    | 1h  | 11-23 09:00..11-23 09:30                  | 11-23 11:00      | a pause before it was filed
office    | 11-23 10:00    | 1h  | 11-23 09:00..11-23 10:30                  | 11-23 11:30      | a pause that was there when it was filed
office    | 11-23 10:00    | 1h  | 11-23 12:00..11-23 13:00                  | 11-23 11:00      | a pause after it was due
office    | 11-23 10:00    | 1h  | 11-23 11:00..11-23 12:00                  | 11-23 11:00      | a pause as it is due
office    | 11-23 10:00    | 1h  | 11-23 10:59..11-23 12:00                  | 11-23 12:01      | a pause a minute before it is due
office    | 11-23 12:00    | 2h  | 11-23 13:00..11-23 14:00                  | 11-23 15:00      | waiting at lunch costs nothing
office    | 11-23 12:00    | 2h  | 11-23 12:30..11-23 14:30                  | 11-23 16:00      | waiting around lunch
office    | 11-23 17:00    | 2h  | 11-23 19:00..11-24 08:00                  | 11-24 10:00      | waiting at night costs nothing
office    | 11-23 17:00    | 2h  | 11-23 17:30..11-24 10:00                  | 11-24 11:30      | a pause across closing time
office    | 11-27 17:00    | 2h  | 11-28 00:00..11-30 00:00                  | 11-30 10:00      | waiting on the weekend costs nothing
office    | 11-27 17:00    | 2h  | 11-27 17:30..11-30 11:00                  | 11-30 12:30      | put off from Friday to Monday
office    | 12-07 17:00    | 2h  | 12-08 09:00..12-08 18:00                  | 12-09 10:00      | waiting on a holiday costs nothing
office    | 11-24 09:00    | 4h  | 11-24 10:00..11-24 11:00, 11-24 10:30..11-24 11:30 | 11-24 15:30 | pauses that overlap count once
office    | 11-24 09:00    | 2h  | 11-24 10:00..11-24 12:00, 11-24 10:30..11-24 11:00 | 11-24 13:00 | a pause within a pause
office    | 11-24 09:00    | 2h  | 11-24 10:00..11-24 11:00, 11-24 11:00..11-24 12:00 | 11-24 13:00 | pauses that touch
office    | 11-24 09:00    | 2h  | 11-24 10:00..11-24 11:00, 11-24 10:00..11-24 11:00 | 11-24 12:00 | the same pause twice
office    | 11-24 09:00    | 3h  | 11-24 12:00..11-24 12:30, 11-24 10:00..11-24 10:30 | 11-24 13:00 | pauses out of order
office    | 11-30 16:00    | 4h  | 11-30 17:00..12-02 10:00                  | 12-02 13:00      | a pause over a month's end
office    | 12-31 16:00    | 3h  | 12-31 17:00..2027-01-05 12:00             | 2027-01-05 15:00 | a pause over the year's end
office    | 12-11 16:00    | 4h  | 12-12 09:00..12-13 00:00                  | 12-14 11:00      | a pause over the worked Saturday
office    | 11-24 09:00    | 1h  | 11-24 09:30..11-24 09:30                  | 11-24 10:00      | an empty pause
office    | 11-24 09:00    | 1h  | 11-24 10:00..11-24 09:00                  | 11-24 10:00      | a pause that ends before it begins
office    | 11-24 09:00    | 16h | 11-24 14:00..11-25 14:00, 11-26 09:00..11-26 14:00 | 11-27 13:00 | two long pauses
saturdays | 11-28 13:00    | 2h  |                                           | 11-29 11:00      | a short Saturday, then a worked Sunday
saturdays | 11-28 13:30    | 1h  |                                           | 11-29 10:30      | a worked Sunday is like the Saturday
saturdays | 12-05 13:00    | 2h  |                                           | 12-07 10:00      | Sundays are free
shifts    | 11-28 19:00    | 2h  |                                           | 11-29 09:00      | every day is worked
shifts    | 11-29 07:00    | 13h |                                           | 11-30 09:00      | longer than a shift
office    | 11-23 16:40:30 | 1h  |                                           | 11-23 17:41      | counted from the next full minute
office    | 11-24 09:00    | 2h  | 11-24 10:00:30..11-24 10:00:40            | 11-24 11:01      | a pause stops the minute it touches
office    | 11-23 17:59:30 | 1h  |                                           | 11-24 10:00      | the rest of a minute before closing
";

fn time(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}

fn day(weekday: i16, opens: u32, closes: u32, lunch: bool) -> WorkDay {
    let lunch = lunch.then(|| Lunch { from: time(13), to: time(14) });
    WorkDay { weekday, opens: time(opens), closes: time(closes), lunch }
}

fn special(day: &str, works: bool, name: &str) -> SpecialDay {
    SpecialDay { day: day.parse().unwrap(), works, name: name.to_owned() }
}

pub(super) fn office() -> WorkCalendar {
    WorkCalendar {
        version: 1,
        week: (1..=5).map(|weekday| day(weekday, 9, 18, true)).collect(),
        special: vec![
            special("2026-12-08", false, "Constitution Day"),
            special("2026-12-12", true, "for 31 December"),
            special("2027-01-01", false, "New Year"),
        ],
    }
}

fn calendar(name: &str) -> Hours {
    let (counting, calendar) = match name {
        "office" => (Counting::Working, office()),
        "always" => (Counting::Always, office()),
        "saturdays" => {
            let mut calendar = office();
            calendar.week.push(day(6, 10, 14, false));
            calendar.special.push(special("2026-11-29", true, "for a Monday"));
            (Counting::Working, calendar)
        }
        "shifts" => {
            let week = (1..=7).map(|weekday| day(weekday, 8, 20, false)).collect();
            (Counting::Working, WorkCalendar { version: 1, week, special: Vec::new() })
        }
        other => panic!("no calendar {other}"),
    };
    Hours::of(counting, &calendar, Tashkent)
}

/// `11-23 16:40`, of 2026 when no year is said; with seconds or without.
fn at(text: &str) -> DateTime<Utc> {
    let text = text.trim();
    let full = if text.len() > 15 { text.to_owned() } else { format!("2026-{text}") };
    let format = if full.len() > 16 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    let local = NaiveDateTime::parse_from_str(&full, format).unwrap_or_else(|_| panic!("{text} is no time"));
    Tashkent.from_local_datetime(&local).single().unwrap().to_utc()
}

fn minutes(text: &str) -> i32 {
    let (number, unit) = text.split_at(text.len() - 1);
    number.parse::<i32>().unwrap() * if unit == "h" { 60 } else { 1 }
}

fn pauses(text: &str) -> Vec<Pause> {
    let pause = |text: &str| {
        let (from, to) = text.split_once("..").unwrap();
        Pause { from: at(from), to: at(to), reason: PauseReason::WaitingResident }
    };
    text.split(',').filter(|text| !text.trim().is_empty()).map(pause).collect()
}

/// Adds the steps of an explanation up again.
pub(super) fn assert_adds_up(told: &Explanation) {
    let mut at = told.from;
    let mut counted = TimeDelta::zero();
    for step in &told.steps {
        assert_eq!(step.from, at, "no gap: {told:#?}");
        assert!(step.from < step.to, "no empty step: {told:#?}");
        if step.stretch == Stretch::Counted {
            counted += step.to - step.from;
        }
        at = step.to;
    }
    assert_eq!(at, told.due_at, "{told:#?}");
    assert_eq!(counted, TimeDelta::minutes(told.minutes.into()), "{told:#?}");
    assert_eq!(told.steps.last().map(|step| &step.stretch), Some(&Stretch::Counted), "due while it counts: {told:#?}");
}

#[test]
fn worked_examples() {
    let rows: Vec<Vec<&str>> =
        EXAMPLES.lines().filter(|line| !line.is_empty()).map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() >= 60, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let [hours, from, time, waited, expected, why] = row[..] else { panic!("{row:?}") };
        let (hours, waited) = (calendar(hours), pauses(waited));
        let told = explain(&hours, at(from), minutes(time), &waited).unwrap();
        assert_adds_up(&told);
        assert_eq!(due(&hours, at(from), minutes(time), &waited), Ok(told.due_at), "{why}");
        if told.due_at != at(expected) {
            wrong.push(format!("{why}: {} and not {expected}", told.due_at.with_timezone(&Tashkent)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn steps_say_what_a_stretch_was() {
    let hours = calendar("office");
    let told = explain(&hours, at("12-07 12:00"), 6 * 60, &pauses("12-07 14:30..12-07 15:00")).unwrap();
    let words: Vec<String> = told
        .steps
        .iter()
        .map(|step| {
            let time = |at: DateTime<Utc>| at.with_timezone(&Tashkent).format("%d %H:%M").to_string();
            format!("{}–{} {:?}", time(step.from), time(step.to), step.stretch)
        })
        .collect();
    assert_eq!(
        words,
        [
            "07 12:00–07 13:00 Counted",
            "07 13:00–07 14:00 Lunch",
            "07 14:00–07 14:30 Counted",
            "07 14:30–07 15:00 Paused { reason: WaitingResident }",
            "07 15:00–07 18:00 Counted",
            "07 18:00–08 00:00 Closed",
            "08 00:00–09 00:00 Holiday { name: \"Constitution Day\" }",
            "09 00:00–09 09:00 Closed",
            "09 09:00–09 10:30 Counted",
        ]
    );
}

#[test]
fn days_begin_at_midnight_in_tashkent() {
    let hours = calendar("office");
    let utc = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    // 23:59 on Sunday and 00:00 on Monday there; both are Sunday in Greenwich.
    for late in ["2026-11-22T18:59:00Z", "2026-11-22T19:00:00Z"] {
        assert_eq!(due(&hours, utc(late), 60, &[]), Ok(utc("2026-11-23T05:00:00Z")));
    }
    // The holiday ends with its last minute there.
    assert_eq!(due(&hours, utc("2026-12-08T18:59:00Z"), 1, &[]), Ok(utc("2026-12-09T04:01:00Z")));
    assert_eq!(due(&calendar("shifts"), utc("2026-11-22T14:59:00Z"), 2, &[]), Ok(utc("2026-11-23T03:01:00Z")));
}

#[test]
fn a_week_without_work_has_no_working_time() {
    let empty = WorkCalendar { version: 1, week: Vec::new(), special: vec![special("2026-12-12", true, "alone")] };
    let hours = Hours::Working(Box::new(Calendar::new(&empty, Tashkent)));
    assert_eq!(due(&hours, at("11-23 10:00"), 1, &[]), Err(Endless));
    // A rule in working time is counted round the clock then, and says so.
    let told = explain(&Hours::of(Counting::Working, &empty, Tashkent), at("11-23 22:00"), 240, &[]).unwrap();
    assert_eq!((told.counting, told.due_at), (Counting::Always, at("11-24 02:00")));
}

#[test]
fn a_pause_that_never_ends_has_no_due_time() {
    let forever = Pause { from: at("11-23 10:30"), to: DateTime::<Utc>::MAX_UTC, reason: PauseReason::Deferred };
    assert_eq!(due(&calendar("always"), at("11-23 10:00"), 60, &[forever]), Err(Endless));
    assert_eq!(due(&calendar("office"), at("11-23 10:00"), 60, &[forever]), Err(Endless));
    assert_eq!(due(&calendar("office"), at("11-23 10:00"), 30, &[forever]), Ok(at("11-23 10:30")));
}

#[test]
fn a_zone_that_moves_its_clocks_does_not_stop_the_count() {
    let hours = Hours::Working(Box::new(Calendar::new(
        &WorkCalendar { version: 1, week: (1..=7).map(|n| day(n, 1, 4, false)).collect(), special: Vec::new() },
        chrono_tz::Europe::Berlin,
    )));
    // 02:00 is leapt over on 28 March 2027, so that day works an hour less.
    let from = NaiveDate::from_ymd_opt(2027, 3, 28).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
    let told = explain(&hours, from, 3 * 60, &[]).unwrap();
    assert_adds_up(&told);
    assert_eq!(told.due_at, from + TimeDelta::hours(24));
}
