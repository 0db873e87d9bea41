//! What the webhook route needs to know of an update before it is stored.

use serde_json::Value;
use subtle::ConstantTimeEq;

/// Whether the header of a delivery holds our secret; takes the same time for every wrong one of the right length.
pub fn verify_secret(expected: &str, given: &str) -> bool {
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}

/// The id of an update and the chat it belongs to. `None` for what is no update at all.
pub fn parse_envelope(body: &[u8]) -> Option<(i64, Option<i64>)> {
    let update: serde_json::Map<String, Value> = serde_json::from_slice(body).ok()?;
    let id = update.get("update_id")?.as_i64()?;
    let content = update.iter().find(|(name, value)| *name != "update_id" && value.is_object()).map(|(_, value)| value);
    let chat = content.and_then(|content| {
        // A press carries its chat in the message it was under; in a private chat the person's id is the chat's.
        [&content["chat"], &content["message"]["chat"], &content["from"]].iter().find_map(|place| place["id"].as_i64())
    });
    Some((id, chat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_finds_its_chat() {
        let of = |body: &str| parse_envelope(body.as_bytes());
        assert_eq!(
            of(r#"{"update_id":7,"message":{"message_id":1,"chat":{"id":42},"from":{"id":9}}}"#),
            Some((7, Some(42)))
        );
        assert_eq!(
            of(r#"{"update_id":8,"callback_query":{"from":{"id":9},"message":{"chat":{"id":42}}}}"#),
            Some((8, Some(42)))
        );
        assert_eq!(of(r#"{"update_id":9,"callback_query":{"from":{"id":9}}}"#), Some((9, Some(9))));
        assert_eq!(of(r#"{"update_id":10,"my_chat_member":{"chat":{"id":5}}}"#), Some((10, Some(5))));
        assert_eq!(of(r#"{"update_id":11,"something_new":{}}"#), Some((11, None)));
        for garbage in ["", "[]", "{}", r#"{"update_id":"x"}"#] {
            assert_eq!(of(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn only_the_secret_passes() {
        assert!(verify_secret("a_long_secret_word", "a_long_secret_word"));
        assert!(!verify_secret("a_long_secret_word", "a_long_secret_wore"));
        assert!(!verify_secret("a_long_secret_word", ""));
    }
}
