//! Keyset pages: a cursor names the last row seen, never an offset.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt::Display, str::FromStr};
use uuid::Uuid;

/// One page of a list. `next` is absent on the last page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Opaque; pass it back as `cursor`.
    pub next: Option<String>,
}

/// The sort key and id of the last row of a page: `<microseconds>.<uuid>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Cursor {
    pub fn encode(self) -> String {
        format!("{}.{}", self.at.timestamp_micros(), self.id.simple())
    }

    /// `None` when the text is not a cursor of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Self { at: DateTime::from_timestamp_micros(at.parse().ok()?)?, id: Uuid::parse_str(id).ok()? })
    }
}

/// What a list can be ordered by. The default is the order it opens in.
pub trait Sorting: Copy + Default + Eq + FromStr + Display {
    /// The largest or newest first, unless turned round.
    fn descends(self) -> bool;
}

/// Where a page of any order ended: the key of its last row and its id. `<uuid>.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCursor {
    pub key: String,
    pub id: Uuid,
}

impl KeyCursor {
    pub fn encode(&self) -> String {
        format!("{}.{}", self.id.simple(), self.key)
    }

    /// `None` when the text is not a cursor of ours.
    pub fn decode(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('.')?;
        // PostgreSQL has no zero in its texts.
        (!key.contains('\0')).then_some(Self { key: key.to_owned(), id: Uuid::parse_str(id).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cursors_read_back(us in 0i64..4_000_000_000_000_000, id in any::<u128>()) {
            let cursor = Cursor { at: DateTime::from_timestamp_micros(us).unwrap(), id: Uuid::from_u128(id) };
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }
        #[test]
        fn keys_read_back(key in "[^\\x00]{0,40}", id in any::<u128>()) {
            let cursor = KeyCursor { key, id: Uuid::from_u128(id) };
            prop_assert_eq!(KeyCursor::decode(&cursor.encode()), Some(cursor));
        }
        #[test]
        fn garbage_is_refused_quietly(text in ".{0,80}") {
            let _ = (Cursor::decode(&text), KeyCursor::decode(&text));
        }
    }
}
