//! Pages of lists: how many rows are asked for, where a page begins, where the next one does.

use crate::{Error, Result};
use model::{Cursor, KeyCursor, Page};

/// How many rows a page has.
///
/// # Errors
/// `invalid` on `/limit` outside of 1 to `most`.
pub(crate) fn limit(asked: Option<u32>, usual: u32, most: u32) -> Result<usize> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        usize::try_from(limit).map_err(|e| Error::internal("page", e))
    } else {
        Err(Error::field("/limit", "out_of_range"))
    }
}

/// What is asked of the database: one row more tells whether there is another page.
pub(crate) fn and_one(limit: usize) -> i64 {
    i64::try_from(limit).map_or(i64::MAX, |limit| limit.saturating_add(1))
}

/// Where the page before ended.
///
/// # Errors
/// `invalid` on `/cursor` when it is not ours.
pub(crate) fn cursor(text: Option<&str>) -> Result<Option<Cursor>> {
    text.map(|text| Cursor::decode(text).ok_or_else(unknown)).transpose()
}

/// As [`cursor`], in a list of any order.
pub(crate) fn key_cursor(text: Option<&str>) -> Result<Option<KeyCursor>> {
    text.map(|text| KeyCursor::decode(text).ok_or_else(unknown)).transpose()
}

fn unknown() -> Error {
    Error::field("/cursor", "unknown")
}

/// The page out of [`and_one`] rows; `end` says where its last row stands.
pub(crate) fn cut<T>(mut items: Vec<T>, limit: usize, end: impl FnOnce(&T) -> String) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(end);
    Page { items, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_where_it_ends() {
        let page = |n: u32, limit| cut((0..n).collect(), limit, u32::to_string);
        assert_eq!(page(3, 2), Page { items: vec![0, 1], next: Some("1".to_owned()) });
        assert_eq!(page(2, 2), Page { items: vec![0, 1], next: None });
        assert_eq!(page(0, 2), Page { items: vec![], next: None });
        assert_eq!(and_one(50), 51);
        assert!(limit(Some(0), 50, 100).is_err() && limit(Some(101), 50, 100).is_err());
        assert_eq!(limit(None, 50, 100).unwrap(), 50);
        assert!(cursor(Some("x")).is_err() && key_cursor(Some("x")).is_err());
        assert_eq!(cursor(None).unwrap(), None);
    }
}
