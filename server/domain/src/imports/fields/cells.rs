//! How cells are read: as values for the database.

use super::words::{CATEGORIES, KINDS, LANGS, PRIORITIES, RELATIONS, ROLES, SKILLS, STATUSES, UNIT_KINDS, list, word};
use crate::imports::text;
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use model::{Phone, imports::Field};
use serde_json::{Value, json};

/// A cell as a value for the database, or the code of what is wrong with it.
pub fn read(field: Field, cell: &str, zone: FixedOffset) -> Result<Value, &'static str> {
    use Field as F;
    match field {
        F::Complex | F::Name | F::Assignee => short(&text::line(cell), 200),
        F::Address => short(&text::line(cell), 300),
        F::Unit => short(&text::unit_number(cell), 20),
        F::Account => short(&text::whole(cell).unwrap_or_else(|| cell.split_whitespace().collect()), 30),
        F::Note | F::Result => short(cell.trim(), 2000),
        F::Description => short(cell.trim(), 4000),
        F::Year => integer(cell, 1850, 2100),
        F::Storeys => integer(cell, 1, 200),
        F::Entrance => integer(cell, 1, 99),
        F::Floor => integer(cell, -10, 200),
        F::Rooms => integer(cell, 0, 50),
        F::Rating => integer(cell, 1, 5),
        F::Area => match decimal(cell, 4) {
            Some(cm2) if (1..=1_000_000_000_000).contains(&cm2) => Ok(json!(cm2)),
            _ => Err("bad_number"),
        },
        F::Amount => match decimal(cell, 2) {
            // A hundred billion soʻm: more is a slip.
            Some(tiyin) if tiyin.abs() <= 10_000_000_000_000 => Ok(json!(tiyin)),
            _ => Err("bad_amount"),
        },
        F::Phone | F::Phone2 => phone(cell).map(|phone| json!(phone.as_str())).ok_or("bad_phone"),
        F::Email => {
            let email = cell.trim().to_lowercase();
            model::validate::email(&email, &()).map(|()| json!(email)).map_err(|_| "bad_email")
        }
        F::Login => {
            let login = cell.trim().to_lowercase();
            let good = (1..=100).contains(&login.chars().count()) && !login.chars().any(char::is_whitespace);
            if good { Ok(json!(login)) } else { Err("bad_login") }
        }
        F::Lift => word(
            cell,
            &[
                ("true", &["da", "est", "1", "true", "ha", "bor", "yes"]),
                ("false", &["net", "0", "false", "yoq", "no"]),
            ],
        )
        .map(|word| json!(word == "true")),
        F::Share => share(cell).map(|(n, d)| json!([n, d])).ok_or("bad_share"),
        F::Since | F::AsOf => day(cell).map(|day| json!(day)).ok_or("bad_date"),
        F::Created | F::Completed => moment(cell, zone).map(|at| json!(at)).ok_or("bad_date"),
        F::Skills => list(cell, SKILLS),
        F::Zones => Ok(json!(cell.split([';', '\n']).map(text::line).filter(|z| !z.is_empty()).collect::<Vec<_>>())),
        F::UnitKind => word(cell, UNIT_KINDS).map(Into::into),
        F::Lang => word(cell, LANGS).map(Into::into),
        F::Relation => word(cell, RELATIONS).map(Into::into),
        F::Role => word(cell, ROLES).map(Into::into),
        F::Status => word(cell, STATUSES).map(Into::into),
        F::Category => word(cell, CATEGORIES).map(Into::into),
        F::RequestKind => word(cell, KINDS).map(Into::into),
        F::Priority => word(cell, PRIORITIES).map(Into::into),
    }
}

fn short(text: &str, most: usize) -> Result<Value, &'static str> {
    if text.chars().count() > most { Err("too_long") } else { Ok(text.into()) }
}

fn integer(cell: &str, least: i64, most: i64) -> Result<Value, &'static str> {
    let compact: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text::whole(&compact).unwrap_or(compact);
    // `2 этаж`, `5-etaj`.
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, '-' | '.' | '\'' | 'ʻ' | 'ʼ'));
    let n: i64 = digits.parse().map_err(|_| "bad_number")?;
    if (least..=most).contains(&n) { Ok(json!(n)) } else { Err("out_of_range") }
}

/// A decimal in the smallest unit: `digits` after the point, exactly. `1 234,5`, `1,234.50`, `−12.5`.
pub fn decimal(cell: &str, digits: u32) -> Option<i64> {
    let mut text: String = cell
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'')
        .map(|c| if matches!(c, '−' | '–') { '-' } else { c })
        .collect();
    for unit in ["м²", "м2", "кв.м.", "кв.м", "m²", "m2", "kv.m", "сум", "soʻm", "so'm", "som", "uzs"] {
        if let Some(head) = text.to_lowercase().strip_suffix(unit) {
            text = head.to_owned();
            break;
        }
    }
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, text.strip_prefix('+').unwrap_or(&text).to_owned()),
    };
    // The last of the two marks is the decimal one; the other, and a repeated one, groups thousands.
    let point = match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) => Some(dot.max(comma)),
        (Some(at), None) | (None, Some(at)) => {
            let mark = text.get(at..=at)?;
            let groups = text.matches(mark).count() > 1;
            (!groups).then_some(at)
        }
        (None, None) => None,
    };
    let (head, tail) = match point {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text.as_str(), ""),
    };
    let groups: Vec<&str> = head.split(['.', ',']).collect();
    if groups.len() > 1 && (groups[0].is_empty() || groups[0].len() > 3 || groups[1..].iter().any(|g| g.len() != 3)) {
        return None;
    }
    let head = groups.concat();
    let tail = tail.trim_end_matches('0');
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if head.is_empty() || !all_digits(&head) || !all_digits(tail) || tail.len() > digits as usize {
        return None;
    }
    let fraction = format!("{tail:0<width$}", width = digits as usize);
    let value: i64 = format!("{head}{fraction}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// A phone in any form people write it, also with a leading 8 or stored as a number.
pub fn phone(cell: &str) -> Option<Phone> {
    let text = text::whole(cell.trim()).unwrap_or_else(|| cell.trim().to_owned());
    let text = text.trim_start_matches(['\'', '`']);
    let cleaned: String =
        text.chars().filter(|c| !matches!(c, '/' | '\u{a0}' | '\u{202f}' | '–' | '‑' | '_' | '*')).collect();
    Phone::parse(&cleaned).or_else(|| {
        let digits: String = cleaned.chars().filter(char::is_ascii_digit).collect();
        let only = cleaned.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c));
        (only && digits.len() == 10).then(|| digits.strip_prefix('8').and_then(Phone::parse)).flatten()
    })
}

/// `1/2`, `50 %`, `0,5`, `1` as an exact fraction.
fn share(cell: &str) -> Option<(i32, i32)> {
    let text: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    let reduced = |n: i64, d: i64| {
        let divisor = gcd(n, d).max(1);
        let (n, d) = (i32::try_from(n / divisor).ok()?, i32::try_from(d / divisor).ok()?);
        (n > 0 && d >= n).then_some((n, d))
    };
    if let Some((n, d)) = text.split_once('/') {
        return reduced(n.parse().ok()?, d.parse().ok()?);
    }
    if let Some(percent) = text.strip_suffix('%') {
        return reduced(decimal(percent, 4)?, 1_000_000);
    }
    reduced(decimal(&text, 6)?, 1_000_000)
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// `12.05.2025`, `2025-05-12`, `12/05/25`, an Excel serial; a time behind it is left out.
pub fn day(cell: &str) -> Option<NaiveDate> {
    let text = cell.trim();
    let date = text.split([' ', 'T']).next()?.trim_end_matches(['г', '.']);
    let parsed = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%Y.%m.%d", "%Y/%m/%d"]
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(date, format).ok().filter(plausible))
        .or_else(|| {
            ["%d.%m.%y", "%d/%m/%y"]
                .iter()
                .find_map(|format| NaiveDate::parse_from_str(date, format).ok().filter(plausible))
        });
    parsed.or_else(|| {
        let serial: f64 = text.replace(',', ".").parse().ok()?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two bounds")]
        let days = (20_000.0..=80_000.0).contains(&serial).then_some(serial.trunc() as u64)?;
        NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
    })
}

/// Years people mean; `05` is not the year five.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "as `filter` wants it")]
fn plausible(day: &NaiveDate) -> bool {
    use chrono::Datelike;
    (1950..2100).contains(&day.year())
}

/// A day with or without a time, in the company's zone.
pub fn moment(cell: &str, zone: FixedOffset) -> Option<DateTime<chrono::Utc>> {
    let day = day(cell)?;
    let time = cell.trim().split_once([' ', 'T']).map(|(_, time)| time.trim()).filter(|time| time.contains(':'));
    let time = match time {
        Some(text) => ["%H:%M:%S", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())?,
        // Noon: a day without a time should not turn into the day before somewhere.
        None => NaiveTime::from_hms_opt(12, 0, 0)?,
    };
    zone.from_local_datetime(&NaiveDateTime::new(day, time)).single().map(|at| at.to_utc())
}

#[cfg(test)]
#[path = "cells_tests.rs"]
mod tests;
