//! Field work, plans and rounds in words.

use crate::{Locale, lang, td_string};
use chrono::{Datelike, NaiveDate};
use model::{
    Money,
    names::Names,
    plans::{PlaceName, Rhythm, Season},
    requests::Change,
    rounds::RoundState,
    work::{EstimateState, How, Need, Unit},
};

/// `1 250 soʻm`.
pub fn money(l: Locale, value: Money) -> String {
    format!("{value}\u{a0}{}", td_string!(l, common.soum))
}

/// The name of a thing of the company's.
pub fn name(l: Locale, names: &Names) -> String {
    names.of(lang(l)).to_owned()
}

/// The unit after a number.
pub fn unit(l: Locale, value: Unit) -> &'static str {
    match value {
        Unit::Piece => td_string!(l, work.unit_piece),
        Unit::Metre => td_string!(l, work.unit_metre),
        Unit::SquareMetre => td_string!(l, work.unit_square_metre),
        Unit::Kilogram => td_string!(l, work.unit_kilogram),
        Unit::Litre => td_string!(l, work.unit_litre),
        Unit::Pack => td_string!(l, work.unit_pack),
        Unit::Set => td_string!(l, work.unit_set),
        Unit::Hour => td_string!(l, work.unit_hour),
        Unit::Visit => td_string!(l, work.unit_visit),
    }
}

/// What must be there before work is done.
pub fn need(l: Locale, value: Need) -> &'static str {
    match value {
        Need::Photo => td_string!(l, work.need_photo),
        Need::Checklist => td_string!(l, work.need_checklist),
        Need::Time => td_string!(l, work.need_time),
        Need::Parts => td_string!(l, work.need_parts),
        Need::Cost => td_string!(l, work.need_cost),
        Need::Confirmation => td_string!(l, work.need_confirmation),
    }
}

/// How a resident gave their word.
pub fn how(l: Locale, value: How) -> &'static str {
    match value {
        How::Code => td_string!(l, work.how_code),
        How::Signature => td_string!(l, work.how_signature),
        How::Absent => td_string!(l, work.how_absent),
    }
}

/// A line of a request's history about a confirmation, an estimate or recorded work: `Estimate 250 000 soʻm: accepted`.
pub fn change(l: Locale, change: Change, old: Option<&str>, new: Option<&str>) -> String {
    let new = new.unwrap_or_default();
    match change {
        Change::Estimate => {
            let state = new.parse().map_or(new, |state| estimate_state(l, state, false));
            td_string!(l, work.change_estimate, total = old.unwrap_or_default().to_owned(), state = state).to_string()
        }
        Change::Work => recorded(l, old, new),
        _ => td_string!(l, work.change_confirmation, how = new.parse().map_or(new, |word| how(l, word))).to_string(),
    }
}

/// What the desk wrote down, or took away when nothing stands there now: `Recorded: material, Труба × 1.5`.
fn recorded(l: Locale, old: Option<&str>, new: &str) -> String {
    let what = |text: &str| {
        let (part, rest) = text.split_once(':').unwrap_or(("", text));
        let (name, rest) = match part {
            "check" | "checklist" => (td_string!(l, work.checklist), rest.to_owned()),
            "material" => (td_string!(l, work.material), rest.to_owned()),
            "minutes" | "time" => {
                (td_string!(l, work.time), rest.parse().map_or_else(|_| rest.to_owned(), |n| minutes(l, n)))
            }
            "cost" => (td_string!(l, work.cost), rest.to_owned()),
            _ => return text.to_owned(),
        };
        format!("{}, {rest}", name.to_lowercase())
    };
    match old {
        Some(old) if new.is_empty() => td_string!(l, work.change_removed, what = what(old)).to_string(),
        _ => td_string!(l, work.change_recorded, what = what(new)).to_string(),
    }
}

/// What became of an estimate.
pub fn estimate_state(l: Locale, value: EstimateState, expired: bool) -> &'static str {
    match value {
        EstimateState::Sent if expired => td_string!(l, work.estimate_expired),
        EstimateState::Sent => td_string!(l, work.estimate_sent),
        EstimateState::Accepted => td_string!(l, work.estimate_accepted),
        EstimateState::Declined => td_string!(l, work.estimate_declined),
        EstimateState::Replaced => td_string!(l, work.estimate_replaced),
    }
}

pub fn round_state(l: Locale, value: RoundState) -> &'static str {
    match value {
        RoundState::Planned => td_string!(l, plans.round_planned),
        RoundState::Walking => td_string!(l, plans.round_walking),
        RoundState::Done => td_string!(l, plans.round_done),
        RoundState::Cancelled => td_string!(l, plans.round_cancelled),
    }
}

/// `1 h 20 min`.
pub fn minutes(l: Locale, value: i64) -> String {
    let (hours, rest) = (value / 60, value % 60);
    let part = |text: String, shown: bool| shown.then_some(text);
    let hours = part(td_string!(l, common.hours, n = hours.to_string()).to_string(), hours > 0);
    let rest = part(td_string!(l, common.minutes, n = rest.to_string()).to_string(), rest > 0 || value == 0);
    hours.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

/// `12 May 2027`.
pub fn day(l: Locale, value: NaiveDate) -> String {
    let month = td_string!(l, common.months).split(',').nth(value.month0() as usize).unwrap_or("?");
    format!("{} {month} {}", value.day(), value.year())
}

/// The name of a month by itself, 1 is January.
pub fn month(l: Locale, n: i32) -> &'static str {
    let index = usize::try_from(n - 1).unwrap_or(0);
    td_string!(l, plans.month_names).split(',').nth(index).unwrap_or("?")
}

/// `every 2 weeks on Monday, November – March`.
pub fn rhythm(l: Locale, value: Rhythm, season: Option<Season>) -> String {
    let beat = match value {
        Rhythm::Week { every: 1, weekday } => {
            td_string!(l, plans.every_week, day = weekday_name(l, weekday)).to_string()
        }
        Rhythm::Week { every, weekday } => {
            td_string!(l, plans.every_weeks, n = every.to_string(), day = weekday_name(l, weekday)).to_string()
        }
        Rhythm::Month { every: 1, day: 31 } => td_string!(l, plans.every_month_end).to_owned(),
        Rhythm::Month { every, day: 31 } => td_string!(l, plans.every_months_end, n = every.to_string()).to_string(),
        Rhythm::Month { every: 1, day } => td_string!(l, plans.every_month, day = day.to_string()).to_string(),
        Rhythm::Month { every, day } => {
            td_string!(l, plans.every_months, n = every.to_string(), day = day.to_string()).to_string()
        }
    };
    match season {
        Some(s) => format!("{beat}, {} – {}", month(l, s.from.into()), month(l, s.to.into())),
        None => beat,
    }
}

fn weekday_name(l: Locale, n: i16) -> &'static str {
    crate::audit::weekday(l, usize::try_from(n).unwrap_or(1))
}

/// `подъезд 2`.
pub fn entrance(l: Locale, n: i16) -> String {
    td_string!(l, plans.entrance_n, n = n.to_string()).to_string()
}

/// `Навои 12, подъезд 2`.
pub fn place(l: Locale, value: &PlaceName) -> String {
    match value.entrance {
        Some(n) => td_string!(l, plans.with_entrance, address = value.address.clone(), n = n.to_string()).to_string(),
        None => value.address.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_times_speak() {
        let rule = Rhythm::Week { every: 2, weekday: 1 };
        assert_eq!(
            rhythm(Locale::en, rule, Some(Season { from: 11, to: 3 })),
            "every 2 weeks on Monday, November – March"
        );
        assert_eq!(minutes(Locale::en, 80), "1 h 20 min");
        assert_eq!(minutes(Locale::ru, 120), "2 ч");
        assert_eq!(minutes(Locale::en, 0), "0 min");
        let said = |old, new| change(Locale::en, Change::Work, old, new);
        assert_eq!(said(None, Some("minutes:80")), "Recorded: time, 1 h 20 min");
        assert_eq!(said(Some("cost:100 (Taxi)"), None), "Removed: cost, 100 (Taxi)");
        let spot = PlaceName { address: "Навои 12".to_owned(), entrance: Some(2) };
        assert_eq!(place(Locale::ru, &spot), "Навои 12, подъезд 2");
    }
}
