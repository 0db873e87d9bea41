//! One way from a garde report to field errors, used by every door and by forms in the browser.

use crate::{Failure, FieldError};
use chrono::{DateTime, Datelike, Utc};
use garde::Validate;

/// Checks a command; the failure names every wrong field.
pub fn check<T>(command: &T) -> Result<(), Failure>
where
    T: Validate,
    T::Context: Default,
{
    command.validate().map_err(|report| {
        Failure::invalid(
            report
                .iter()
                .map(|(path, error)| {
                    let (code, limit) = classify(error.message());
                    FieldError {
                        pointer: format!("/{}", path.to_string().replace(['.', '['], "/").replace(']', "")),
                        code,
                        limit,
                    }
                })
                .collect(),
        )
    })
}

/// garde's built-in rules speak English sentences; our own rules already speak codes (`bad_phone`).
fn classify(message: &str) -> (String, Option<i64>) {
    let limit = message.rsplit(' ').next().and_then(|word| word.parse().ok());
    let code = match message {
        m if m.starts_with("length is lower") => {
            if limit == Some(1) {
                "required"
            } else {
                "too_short"
            }
        }
        m if m.starts_with("length is greater") => "too_long",
        m if m.starts_with("lower than") || m.starts_with("greater than") => "out_of_range",
        m if m.contains(' ') => "unknown",
        code => code,
    };
    (code.to_owned(), limit)
}

/// An e-mail address good enough to try: one `@`, something on both sides, a dot in the domain.
pub fn email(value: &str, _: &()) -> garde::Result {
    let good = value.len() <= 254
        && !value.chars().any(char::is_whitespace)
        && matches!(value.split_once('@'), Some((user, domain)) if !user.is_empty() && !domain.contains('@')
            && domain.split('.').all(|label| !label.is_empty()) && domain.contains('.'));
    if good { Ok(()) } else { Err(garde::Error::new("bad_email")) }
}

/// A moment people plan with: 2000 to 2100. Keeps typing errors and what a calendar cannot show out of the database.
pub fn calendar(value: &DateTime<Utc>, _: &()) -> garde::Result {
    if (2000..2100).contains(&value.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// For fields of a PATCH: absent is `None`, `null` is `Some(None)`.
pub fn double<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}

/// Text that says something: not only spaces.
pub fn not_blank(value: &str, _: &()) -> garde::Result {
    if value.trim().is_empty() { Err(garde::Error::new("required")) } else { Ok(()) }
}
