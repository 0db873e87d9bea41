//! Identifiers made on the server.

use uuid::Uuid;

/// A new UUID version 7: sorts by creation time, so that indexes grow at one end.
#[must_use]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_ascend() {
        let (first, second) = (new_id(), new_id());
        assert_eq!(first.get_version_num(), 7);
        assert!(first < second);
    }
}
