//! Deadlines in words: how long, by which rule, how counted, how much is left.

use crate::{Locale, td_string, when, words};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use model::{
    deadlines::{Clock, Counting, Explanation, PauseReason, Rule, Step, Stretch},
    requests::TimeLeft,
};

/// Days told one by one at the beginning and at the end of a long way.
const FIRST: usize = 5;
const LAST: usize = 3;

/// `8 h`, `1 h 20 min`, `3 min`: never in days, which working time has of its own length.
pub fn length(l: Locale, minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => td_string!(l, common.minutes, n = m.to_string()).to_string(),
        (h, 0) => td_string!(l, common.hours, n = h.to_string()).to_string(),
        (h, m) => td_string!(l, deadlines.hours_minutes, h = h.to_string(), m = m.to_string()).to_string(),
    }
}

/// `Mon 23 Nov`.
fn day(l: Locale, day: NaiveDate) -> String {
    let weekday = td_string!(l, deadlines.weekdays_short).split(',').nth(day.weekday().num_days_from_monday() as usize);
    format!("{} {} {}", weekday.unwrap_or_default(), day.day(), when::month(l, day.month0()))
}

/// `Mon 23 Nov 16:40`.
pub fn point(l: Locale, at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&when::zone());
    format!("{} {}", day(l, at.date_naive()), when::clock(&at))
}

pub fn clock(l: Locale, clock: Clock) -> &'static str {
    match clock {
        Clock::Answer => td_string!(l, deadlines.clock_answer),
        Clock::Solution => td_string!(l, deadlines.clock_solution),
    }
}

pub fn counting(l: Locale, counting: Counting) -> &'static str {
    match counting {
        Counting::Working => td_string!(l, deadlines.counting_working),
        Counting::Always => td_string!(l, deadlines.counting_always),
    }
}

pub fn pause(l: Locale, reason: PauseReason) -> &'static str {
    match reason {
        PauseReason::Deferred => td_string!(l, deadlines.pause_deferred),
        PauseReason::WaitingResident => td_string!(l, deadlines.pause_waiting_resident),
        PauseReason::Done => td_string!(l, deadlines.pause_done),
    }
}

/// What a rule asks for: `Emergency · Lift`, or all other requests. A complex is named by its own name.
pub fn rule(l: Locale, rule: &Rule, complex: Option<&str>) -> String {
    let parts = [
        rule.kind.map(|v| words::kind(l, v).to_owned()),
        rule.complex_id.map(|_| complex.unwrap_or_else(|| td_string!(l, deadlines.complex)).to_owned()),
        rule.category.map(|v| words::category(l, v).to_owned()),
        rule.priority.map(|v| words::priority(l, v).to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { td_string!(l, deadlines.rule_rest).to_owned() } else { parts.join(" · ") }
}

/// The whole count in one sentence: `8 h of working time from Mon 23 Nov 16:40, lunch excluded → Tue 24 Nov 16:40`.
pub fn summary(l: Locale, told: &Explanation) -> String {
    let time = length(l, told.minutes.into());
    let (from, due, apart) = (point(l, told.from), point(l, told.due_at), apart(l, &told.steps));
    match told.counting {
        Counting::Working => {
            td_string!(l, deadlines.sum_working, time = time, from = from, apart = apart, due = due).to_string()
        }
        Counting::Always => {
            td_string!(l, deadlines.sum_always, time = time, from = from, apart = apart, due = due).to_string()
        }
    }
}

/// What did not count, each once: `, lunch excluded, paused …`.
fn apart(l: Locale, steps: &[Step]) -> String {
    let mut said: Vec<String> = Vec::new();
    for step in join(steps) {
        let text = match &step.stretch {
            Stretch::Counted | Stretch::Closed => continue,
            Stretch::Lunch => td_string!(l, deadlines.apart_lunch).to_owned(),
            Stretch::DayOff => td_string!(l, deadlines.apart_days_off).to_owned(),
            Stretch::Holiday { name } => td_string!(l, deadlines.apart_holiday, name = name.clone()).to_string(),
            Stretch::Paused { reason } => td_string!(
                l,
                deadlines.apart_pause,
                from = point(l, step.from),
                to = point(l, step.to),
                why = pause(l, *reason)
            )
            .to_string(),
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.into_iter().fold(String::new(), |all, text| all + ", " + &text)
}

/// A pause that goes on after the night is one pause.
fn join(steps: &[Step]) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    let mut gap = false;
    for step in steps {
        match joined.iter_mut().rfind(|last| last.stretch == step.stretch) {
            Some(last) if matches!(step.stretch, Stretch::Paused { .. }) && !gap => last.to = step.to,
            _ => joined.push(step.clone()),
        }
        gap = match step.stretch {
            Stretch::Counted => true,
            Stretch::Paused { .. } => false,
            _ => gap,
        };
    }
    joined
}

/// The counted time day by day, so that anybody can add it up; the middle of a long way in one line.
pub fn days(l: Locale, told: &Explanation) -> Vec<String> {
    let mut days: Vec<(NaiveDate, i64, Vec<String>)> = Vec::new();
    for step in told.steps.iter().filter(|step| step.stretch == Stretch::Counted) {
        let mut from = step.from.with_timezone(&when::zone());
        let end = step.to.with_timezone(&when::zone());
        while from < end {
            let date = from.date_naive();
            let midnight = date.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0));
            let midnight = midnight.and_then(|next| next.and_local_timezone(when::zone()).single()).unwrap_or(end);
            let to = end.min(midnight);
            let last = if to == midnight { "24:00".to_owned() } else { when::clock(&to) };
            let span = format!("{}–{last}", when::clock(&from));
            match days.last_mut().filter(|(day, ..)| *day == date) {
                Some((_, minutes, spans)) => {
                    *minutes += (to - from).num_minutes();
                    spans.push(span);
                }
                None => days.push((date, (to - from).num_minutes(), vec![span])),
            }
            from = to;
        }
    }
    let line = |(date, minutes, spans): &(NaiveDate, i64, Vec<String>)| {
        td_string!(l, deadlines.day, day = day(l, *date), time = length(l, *minutes), spans = spans.join(", "))
            .to_string()
    };
    if days.len() <= FIRST + LAST + 1 {
        return days.iter().map(line).collect();
    }
    let (head, rest) = days.split_at(FIRST);
    let (middle, tail) = rest.split_at(rest.len() - LAST);
    let minutes = middle.iter().map(|(_, minutes, _)| minutes).sum();
    let more = td_string!(l, deadlines.more_days, n = middle.len().to_string(), time = length(l, minutes)).to_string();
    head.iter().map(line).chain([more]).chain(tail.iter().map(line)).collect()
}

/// How a deadline stands, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Calm,
    Near,
    Missed,
    Paused,
}

/// How much time is left, in words: `3 h left`, `to answer: 2 min left`, `put off to …`, `done late`.
pub fn left(l: Locale, time: &TimeLeft, now: DateTime<Utc>) -> Option<(String, Standing)> {
    if !time.status.is_open() {
        let late = time.late && time.completed_at.is_some();
        return late.then(|| (td_string!(l, deadlines.late_done).to_owned(), Standing::Missed));
    }
    match (time.paused, time.deferred_until) {
        (Some(PauseReason::WaitingResident), _) => {
            return Some((td_string!(l, deadlines.waiting).to_owned(), Standing::Paused));
        }
        (Some(_), Some(until)) => {
            let text = td_string!(l, deadlines.deferred_to, time = when::moment(l, until, now)).to_string();
            return Some((text, Standing::Paused));
        }
        (Some(_), None) => return Some((td_string!(l, deadlines.deferred).to_owned(), Standing::Paused)),
        (None, _) => {}
    }
    let (clock, at) = time.next()?;
    let text = match clock {
        Clock::Answer => td_string!(l, deadlines.answer_left, time = when::due(l, at, now)).to_string(),
        Clock::Solution => when::due(l, at, now),
    };
    let standing = match (time.overdue(now), time.due_soon(now)) {
        (true, _) => Standing::Missed,
        (false, true) => Standing::Near,
        (false, false) => Standing::Calm,
    };
    Some((text, standing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::requests::Status;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00+05:00")).unwrap().to_utc()
    }

    fn told() -> Explanation {
        let step = |from: &str, to: &str, stretch| Step { from: at(from), to: at(to), stretch };
        Explanation {
            counting: Counting::Working,
            minutes: 480,
            from: at("23T16:40"),
            due_at: at("25T09:40"),
            steps: vec![
                step("23T16:40", "23T18:00", Stretch::Counted),
                step("23T18:00", "24T09:00", Stretch::Closed),
                step("24T09:00", "24T10:00", Stretch::Counted),
                step("24T10:00", "24T12:00", Stretch::Paused { reason: PauseReason::WaitingResident }),
                step("24T12:00", "24T13:00", Stretch::Counted),
                step("24T13:00", "24T14:00", Stretch::Lunch),
                step("24T14:00", "24T18:00", Stretch::Counted),
                step("24T18:00", "25T09:00", Stretch::Closed),
                step("25T09:00", "25T09:40", Stretch::Counted),
            ],
        }
    }

    #[test]
    fn a_count_is_told_in_one_sentence() {
        assert_eq!(
            summary(Locale::en, &told()),
            "8 h of working time from Mon 23 Nov 16:40, paused Tue 24 Nov 10:00 – Tue 24 Nov 12:00 (waiting for the \
             resident), lunch excluded → Wed 25 Nov 09:40"
        );
        assert!(summary(Locale::ru, &told()).starts_with("8 ч рабочего времени с пн 23 ноября 16:40, пауза"));
        assert!(summary(Locale::uz, &told()).starts_with("du 23 noyabr 16:40 dan 8 soat ish vaqti, toʻxtab turdi"));
    }

    #[test]
    fn the_days_add_up() {
        assert_eq!(
            days(Locale::en, &told()),
            [
                "Mon 23 Nov: 1 h 20 min (16:40–18:00)",
                "Tue 24 Nov: 6 h (09:00–10:00, 12:00–13:00, 14:00–18:00)",
                "Wed 25 Nov: 40 min (09:00–09:40)",
            ]
        );
        let long = Explanation {
            counting: Counting::Always,
            minutes: 20 * 1440,
            from: at("01T12:00"),
            due_at: at("21T12:00"),
            steps: vec![Step { from: at("01T12:00"), to: at("21T12:00"), stretch: Stretch::Counted }],
        };
        let lines = days(Locale::en, &long);
        assert_eq!(lines.len(), FIRST + 1 + LAST);
        assert_eq!(lines[0], "Sun 1 Nov: 12 h (12:00–24:00)");
        assert_eq!(lines[FIRST], "… 13 more days, 312 h in all");
        assert_eq!(lines.last().unwrap(), "Sat 21 Nov: 12 h (00:00–12:00)");
    }

    #[test]
    fn a_pause_over_a_night_is_one_pause() {
        let paused = Stretch::Paused { reason: PauseReason::Deferred };
        let steps = [
            Step { from: at("23T17:00"), to: at("23T18:00"), stretch: paused.clone() },
            Step { from: at("23T18:00"), to: at("24T09:00"), stretch: Stretch::Closed },
            Step { from: at("24T09:00"), to: at("24T10:00"), stretch: paused },
        ];
        assert_eq!(apart(Locale::en, &steps), ", paused Mon 23 Nov 17:00 – Tue 24 Nov 10:00 (put off)");
    }

    #[test]
    fn what_is_left_depends_on_the_clock_that_runs() {
        let now = at("23T12:00");
        let time = TimeLeft {
            status: Status::New,
            respond_by: Some(at("23T12:03")),
            responded_at: None,
            due_at: Some(at("23T16:00")),
            soon_at: Some(at("23T11:59")),
            paused: None,
            deferred_until: None,
            completed_at: None,
            late: false,
        };
        let en = |time: TimeLeft| left(Locale::en, &time, now).unwrap();
        assert_eq!(en(time), ("to answer: 3 min left".to_owned(), Standing::Near));
        let answered = TimeLeft { responded_at: Some(now), soon_at: Some(at("23T15:12")), ..time };
        assert_eq!(en(answered), ("4 h left".to_owned(), Standing::Calm));
        assert_eq!(en(TimeLeft { soon_at: None, ..time }).1, Standing::Calm, "who wants no warning has none");
        let silent = TimeLeft { respond_by: Some(at("23T11:00")), ..time };
        assert_eq!(en(silent).1, Standing::Missed, "the answer is missed, not the work");
        let missed = TimeLeft { due_at: Some(at("23T10:00")), ..answered };
        assert_eq!(en(missed), ("2 h late".to_owned(), Standing::Missed));
        let put_off = TimeLeft {
            status: Status::Deferred,
            paused: Some(PauseReason::Deferred),
            deferred_until: Some(at("24T09:00")),
            ..missed
        };
        assert_eq!(en(put_off), ("put off to tomorrow 09:00".to_owned(), Standing::Paused));
        let waits = TimeLeft { paused: Some(PauseReason::WaitingResident), ..missed };
        assert_eq!(en(waits).1, Standing::Paused);
        let done = TimeLeft { status: Status::Closed, completed_at: Some(now), late: true, ..missed };
        assert_eq!(en(done).0, "done late");
        assert_eq!(left(Locale::en, &TimeLeft { late: false, ..done }, now), None);
    }

    #[test]
    fn rules_name_themselves() {
        use model::requests::{Category, Kind};
        let bare = model::deadlines::usual_rules().pop().unwrap();
        assert_eq!(rule(Locale::en, &bare, None), "all other requests");
        let lift = Rule { kind: Some(Kind::Emergency), category: Some(Category::Elevator), ..bare };
        assert_eq!(rule(Locale::ru, &lift, None), "Аварийная · Лифт");
    }
}
