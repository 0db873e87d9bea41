//! Numbers of units: `45`, `12а`, `М3`.

use serde::{Deserialize, Serialize};

/// A number as it is kept: no spaces and no `№`, letters after a digit small, and Latin letters that look like Russian
/// ones written in Russian, so that `12a` and `12а` are one door.
pub fn unit_number(typed: &str) -> String {
    let mut out = String::with_capacity(typed.len());
    for c in typed.trim().trim_start_matches('№').chars().filter(|c| !c.is_whitespace()) {
        if out.chars().next_back().is_some_and(char::is_alphanumeric) && out.contains(|c: char| c.is_ascii_digit()) {
            out.extend(c.to_lowercase().map(russian));
        } else {
            out.push(c);
        }
    }
    out
}

fn russian(c: char) -> char {
    match c {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'c' => 'с',
        'p' => 'р',
        'x' => 'х',
        'y' => 'у',
        other => other,
    }
}

/// Why a row of numbers cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NumberError {
    /// There is no number in it to count on from.
    NotANumber,
    TooLong,
}

/// `М12а` as `М`, 12 and `а`.
fn parts(number: &str) -> Option<(&str, u64, &str)> {
    let start = number.find(|c: char| c.is_ascii_digit())?;
    let rest = &number[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((&number[..start], rest[..end].parse().ok()?, &rest[end..]))
}

/// The numbers of units in their order once the first of them is called `start`. A unit with a letter (`12а`) keeps it
/// and follows its neighbour; one without digits keeps its name.
///
/// # Errors
/// When `start` has no number to count on from, or a number gets too long.
pub fn renumbered(start: &str, old: &[String]) -> Result<Vec<String>, NumberError> {
    let (prefix, mut at, _) = parts(start).ok_or(NumberError::NotANumber)?;
    let mut before = old.first().and_then(|number| parts(number)).map(|(_, n, _)| n);
    let mut out = vec![start.to_owned()];
    for number in old.iter().skip(1) {
        let Some((_, n, letter)) = parts(number) else {
            out.push(number.clone());
            continue;
        };
        let neighbour = !letter.is_empty() && before == Some(n);
        if !neighbour {
            at = at.checked_add(1).ok_or(NumberError::TooLong)?;
        }
        before = Some(n);
        let next = format!("{prefix}{at}{letter}");
        if next.chars().count() > 20 {
            return Err(NumberError::TooLong);
        }
        out.push(next);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_door_has_one_number() {
        for typed in ["12a", "12а", " 12 А ", "№12A", "1 2а"] {
            assert_eq!(unit_number(typed), "12а", "{typed}");
        }
        assert_eq!(unit_number("М3"), "М3");
        assert_eq!(unit_number("12/1"), "12/1");
        assert_eq!(unit_number("12-B"), "12-B");
    }

    fn run(start: &str, old: &[&str]) -> Vec<String> {
        renumbered(start, &old.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn letters_live_and_gaps_close() {
        assert_eq!(
            run("20", &["10", "11", "12", "12а", "12б", "13", "15"]),
            ["20", "21", "22", "22а", "22б", "23", "24"]
        );
        assert_eq!(run("М5", &["М1", "М2"]), ["М5", "М6"]);
        assert_eq!(run("12а", &["13", "14"]), ["12а", "13"]);
        assert_eq!(run("7", &["1", "подвал", "2"]), ["7", "подвал", "8"]);
        assert_eq!(renumbered("a", &[]), Err(NumberError::NotANumber));
        assert_eq!(renumbered("99999999999999999999", &["1".into(), "2".into()]), Err(NumberError::NotANumber));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_keeping_is_idempotent(typed in ".{0,30}", old in prop::collection::vec(".{0,12}", 0..6)) {
            let kept = unit_number(&typed);
            prop_assert_eq!(unit_number(&kept), kept.clone());
            let _ = renumbered(&kept, &old);
        }
    }
}
