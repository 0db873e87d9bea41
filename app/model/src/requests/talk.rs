//! The talk on a request: comments, who watches, who is told, ready replies.

use super::PersonRef;
use crate::{CommentId, FileId, Lang, ReplyId, RequestId, UserId, validate};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// So long somebody may mend or take back what they wrote.
pub const COMMENT_GRACE: TimeDelta = TimeDelta::minutes(30);

/// Says something on a request. It may be empty when a photo says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddComment {
    #[garde(length(chars, max = 4000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    #[serde(default)]
    pub body: String,
    /// Seen by the company only.
    #[garde(skip)]
    #[serde(default)]
    pub internal: bool,
    /// Uploaded photos that belong to it.
    #[garde(length(max = 10))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub file_ids: Vec<FileId>,
    /// Colleagues who are told.
    #[garde(length(max = 20))]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    #[serde(default)]
    pub mentions: Vec<UserId>,
}

/// Mends one's own comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditComment {
    #[garde(length(chars, max = 4000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentView {
    pub id: CommentId,
    pub author: String,
    pub author_role: crate::Role,
    /// Empty when it was taken back.
    pub body: String,
    pub internal: bool,
    pub created_at: DateTime<Utc>,
    /// When it was written, where that was earlier: without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_at: Option<DateTime<Utc>>,
    pub edited_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
    /// Written by the reader.
    pub mine: bool,
    /// The reader may still mend it or take it back.
    pub may_edit: bool,
    /// The reader has not read it yet.
    pub unread: bool,
    /// Colleagues named in it; none for residents.
    pub mentions: Vec<PersonRef>,
    pub file_ids: Vec<FileId>,
    /// The number of the joined request it was written on.
    pub from_number: Option<i64>,
}

/// What a comment said before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentVersion {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub body: String,
}

/// Names who watches over the work, or nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetResponsible {
    pub user_id: Option<UserId>,
}

/// Adds or removes somebody who wants to hear of the request; the caller when nobody is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WatchRequest {
    #[serde(default)]
    pub user_id: Option<UserId>,
    pub on: bool,
}

/// A ready reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplyView {
    pub id: ReplyId,
    pub title: String,
    pub ru: String,
    pub uz: String,
    pub en: String,
    /// Everybody in the company has it.
    pub shared: bool,
    /// The reader may change and delete it.
    pub may_edit: bool,
    pub version: i32,
}

impl ReplyView {
    /// The words in a language, or in one that is there.
    pub fn body(&self, lang: Lang) -> &str {
        let of = |lang| match lang {
            Lang::Ru => self.ru.as_str(),
            Lang::Uz => self.uz.as_str(),
            Lang::En => self.en.as_str(),
        };
        [lang, Lang::Ru, Lang::Uz, Lang::En].into_iter().map(of).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// Makes or replaces a ready reply. `{number}`, `{address}`, `{name}`, `{assignee}` and `{due}` are filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveReply {
    #[garde(length(chars, max = 80), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80))]
    pub title: String,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub ru: String,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub uz: String,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub en: String,
    /// For the whole company; only who manages its settings may.
    #[garde(skip)]
    #[serde(default)]
    pub shared: bool,
}

/// The names that are filled into a ready reply.
pub const REPLY_WORDS: [&str; 5] = ["number", "address", "name", "assignee", "due"];

/// Fills `{name}` and the like; what is not known stays as it is written, to be seen and mended.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(name, tail)| {
            let known = REPLY_WORDS.contains(&name).then(|| value(name)).flatten()?;
            Some((known, tail))
        });
        match found {
            Some((known, tail)) => {
                out.push_str(&known);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A ready reply with the facts of one request filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilledReply {
    pub id: ReplyId,
    pub title: String,
    pub shared: bool,
    /// In the language of the request's contact.
    pub body: String,
}

/// Somebody looks at a request right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Present {
    pub request_id: RequestId,
    pub user_id: UserId,
    pub name: String,
    /// They are writing a comment or changing the facts.
    pub typing: bool,
    /// They have left.
    pub gone: bool,
}

/// What a page says of itself over the live connection: `{"here": {"request_id": …, "typing": false}}`, and
/// `{"here": null}` when it shows another thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SayHere {
    pub here: Option<Here>,
}

/// The request a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    pub request_id: RequestId,
    #[serde(default)]
    pub typing: bool,
}

/// A page repeats that it is there this often …
pub const PRESENCE_BEAT_S: u32 = 10;
/// … and is forgotten when it has not for so long.
pub const PRESENCE_TTL_S: u32 = 25;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_filled_and_unknown_words_stay() {
        let value = |name: &str| match name {
            "number" => Some("12".to_owned()),
            "name" => Some("Азиз {due}".to_owned()),
            _ => None,
        };
        let told = fill("Заявка №{number}, {name}! Мастер {assignee}, {} {x} {number", value);
        assert_eq!(told, "Заявка №12, Азиз {due}! Мастер {assignee}, {} {x} {number");
    }

    #[test]
    fn a_reply_speaks_the_language_it_can() {
        let reply = ReplyView {
            id: ReplyId(uuid::Uuid::nil()),
            title: "Принято".to_owned(),
            ru: "Приняли".to_owned(),
            uz: String::new(),
            en: "Taken".to_owned(),
            shared: true,
            may_edit: true,
            version: 1,
        };
        assert_eq!((reply.body(Lang::En), reply.body(Lang::Uz)), ("Taken", "Приняли"));
    }
}
