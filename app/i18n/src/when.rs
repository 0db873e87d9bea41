//! Times as people say them, always in the company's zone. The same on server and client: `now` is passed in.

use crate::{Locale, td_string};
use chrono::{DateTime, Datelike, FixedOffset, Offset, TimeDelta, Timelike, Utc};

/// Uzbekistan has one zone, UTC+5, and no daylight saving.
pub fn zone() -> FixedOffset {
    FixedOffset::east_opt(5 * 3600).unwrap_or_else(|| Utc.fix())
}

// chrono's own formatting reads its pattern anew each time and weighs 20 kB in every page's code.

/// `14:20`.
pub fn clock(at: &impl Timelike) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `01.03.2025`.
pub fn date(at: &impl Datelike) -> String {
    format!("{}.{}", day_month(at), at.year())
}

/// `01.03`.
pub fn day_month(at: &impl Datelike) -> String {
    format!("{:02}.{:02}", at.day(), at.month())
}

/// `2025-03-01`, as a field of the browser wants it.
pub fn iso_date(at: &impl Datelike) -> String {
    format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day())
}

/// `today 14:20`, `yesterday 09:05`, `12 May 10:00`, `12.05.2024`.
pub fn moment(l: Locale, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (at, now) = (at.with_timezone(&zone()), now.with_timezone(&zone()));
    let time = clock(&at);
    match (at.date_naive() - now.date_naive()).num_days() {
        0 => td_string!(l, common.today, time = time).to_string(),
        -1 => td_string!(l, common.yesterday, time = time).to_string(),
        1 => td_string!(l, common.tomorrow, time = time).to_string(),
        _ if at.year() == now.year() => format!("{} {} {time}", at.day(), month(l, at.month0())),
        _ => date(&at),
    }
}

/// `done today 10:05, sent today 11:30`, of what was done without a connection; one time when they are a moment apart.
pub fn done_sent(l: Locale, done: DateTime<Utc>, sent: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if (sent - done).num_seconds() < 60 {
        return moment(l, done, now);
    }
    td_string!(l, common.done_sent, done = moment(l, done, now), sent = moment(l, sent, now)).to_string()
}

/// The same of what was written.
pub fn written_sent(l: Locale, written: DateTime<Utc>, sent: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if (sent - written).num_seconds() < 60 {
        return moment(l, sent, now);
    }
    td_string!(l, common.written_sent, done = moment(l, written, now), sent = moment(l, sent, now)).to_string()
}

/// `12 May 2025 14:20`, for tooltips and documents.
pub fn full(l: Locale, at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&zone());
    format!("{} {} {} {}", at.day(), month(l, at.month0()), at.year(), clock(&at))
}

/// The two largest-unit words of a duration: `3 d`, `5 h`, `12 min`.
pub fn span(l: Locale, duration: TimeDelta) -> String {
    let minutes = duration.num_minutes().abs();
    match minutes {
        0..60 => td_string!(l, common.minutes, n = minutes.max(1).to_string()).to_string(),
        60..2880 => td_string!(l, common.hours, n = (minutes / 60).to_string()).to_string(),
        _ => td_string!(l, common.days, n = (minutes / 1440).to_string()).to_string(),
    }
}

/// Time to a deadline: `3 h left` or `2 d late`.
pub fn due(l: Locale, due_at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let time = span(l, due_at - now);
    if due_at >= now {
        td_string!(l, common.left, time = time).to_string()
    } else {
        td_string!(l, common.late, time = time).to_string()
    }
}

/// Age: `5 min ago`.
pub fn ago(l: Locale, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if (now - at).num_seconds() < 60 {
        return td_string!(l, common.just_now).to_owned();
    }
    td_string!(l, common.ago, time = span(l, now - at)).to_string()
}

pub(crate) fn month(l: Locale, month0: u32) -> &'static str {
    td_string!(l, common.months).split(',').nth(month0 as usize).unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn days_turn_over_at_tashkent_midnight() {
        let now = at("2026-05-12T19:30:00Z"); // 00:30 on the 13th in Tashkent
        assert_eq!(moment(Locale::ru, at("2026-05-12T18:59:00Z"), now), "вчера 23:59");
        assert_eq!(moment(Locale::uz, at("2026-05-12T19:05:00Z"), now), "bugun 00:05");
        assert_eq!(moment(Locale::en, at("2026-03-01T07:00:00Z"), now), "1 Mar 12:00");
        assert_eq!(moment(Locale::ru, at("2025-03-01T07:00:00Z"), now), "01.03.2025");
    }

    #[test]
    fn days_and_hours_keep_their_width() {
        let moment = at("2025-03-01T04:05:00Z");
        assert_eq!(
            (clock(&moment), date(&moment), day_month(&moment)),
            ("04:05".into(), "01.03.2025".into(), "01.03".into())
        );
        assert_eq!(iso_date(&moment), "2025-03-01");
    }

    #[test]
    fn deadlines_speak() {
        let now = at("2026-05-12T10:00:00Z");
        assert_eq!(due(Locale::en, at("2026-05-12T13:00:00Z"), now), "3 h left");
        assert_eq!(due(Locale::ru, at("2026-05-10T09:00:00Z"), now), "просрочено на 2 дн");
    }
}
