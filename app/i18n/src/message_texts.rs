//! Texts of messages while they are written: the product's own with the names of values, and what a reader would see.

use crate::{
    Locale,
    notices::{self, Told},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::notices::{NoticeKind, TextWords};
use serde_json::{Value, json};

/// The product's words for a kind, with its values as names: `{number}`.
pub fn standard(l: Locale, kind: NoticeKind, now: DateTime<Utc>) -> TextWords {
    let told = Told { kind, facts: &Value::Null, name: "", company: "", link: "", now };
    let said = notices::blank(l, &told);
    TextWords { title: said.title, text: said.text }
}

/// Words with values in place of their names.
pub fn filled(l: Locale, told: &Told<'_>, words: TextWords) -> TextWords {
    let said = notices::say(l, told, Some(&(words.title, words.text)));
    TextWords { title: said.title, text: said.text }
}

/// What a message of a kind may be about, where none was sent yet.
pub fn example(l: Locale, kind: NoticeKind, now: DateTime<Utc>) -> Value {
    let address = match l {
        Locale::ru => "Навои 12, №7",
        Locale::uz => "Navoiy 12, №7",
        Locale::en => "Navoi 12, №7",
    };
    match kind {
        NoticeKind::Outage => json!({
            "kind": "emergency", "resource": "cold_water", "status": "running", "starts_at": now,
            "ends_at": now + TimeDelta::hours(3),
        }),
        _ => json!({
            "number": "1204", "address": address, "status": "in_progress", "category": "plumbing", "person": "Rustam",
            "words": "…", "clock": "solution", "due": now + TimeDelta::hours(4), "sum": 12_500_000, "account": "100200",
            "balance": 4_000_000, "month": now.date_naive(), "part": "watching", "state": "completed",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_seen_filled() {
        let now = "2026-11-23T07:00:00Z".parse().unwrap();
        for kind in NoticeKind::ALL.iter().copied().filter(|kind| kind.is_editable()) {
            for l in [Locale::ru, Locale::uz, Locale::en] {
                let words = standard(l, kind, now);
                assert!(!words.title.is_empty() && !words.text.is_empty(), "{kind} {words:?}");
                let facts = example(l, kind, now);
                let told = Told { kind, facts: &facts, name: "Aziz", company: "UK", link: "https://x/1", now };
                let seen = filled(l, &told, words);
                assert!(!seen.title.contains('{') && !seen.text.contains('{'), "{kind} {seen:?}");
            }
        }
    }
}
