//! A company's own words for what people are told.

use super::{NoticeChannel, NoticeKind, Var};
use crate::{Lang, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// A headline and what there is to say; values stand as `{number}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TextWords {
    #[garde(length(chars, min = 1, max = 150), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 150))]
    pub title: String,
    #[garde(length(chars, min = 1, max = 2000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub text: String,
}

/// Which text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextKey {
    pub kind: NoticeKind,
    pub channel: NoticeChannel,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub lang: Lang,
}

/// A version of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextVersion {
    pub key: TextKey,
    /// From 1; the newest counts.
    pub version: i32,
    /// Nothing where the product's words were taken back.
    pub words: Option<TextWords>,
    pub author: String,
    pub at: DateTime<Utc>,
}

/// The product's words for a language, with the names of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandardText {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub lang: Lang,
    pub words: TextWords,
}

/// A kind of message whose words a company may write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextKind {
    pub kind: NoticeKind,
    /// What its texts may name.
    pub vars: Vec<Var>,
    /// What is said by a channel nobody wrote for.
    pub standard: Vec<StandardText>,
    /// The newest version of each text somebody wrote.
    pub own: Vec<TextVersion>,
}

impl TextKind {
    /// The newest version of a text; nothing where nobody ever wrote one.
    pub fn newest(&self, channel: NoticeChannel, lang: Lang) -> Option<&TextVersion> {
        self.own.iter().find(|own| own.key.channel == channel && own.key.lang == lang)
    }

    /// What is said now.
    pub fn words(&self, channel: NoticeChannel, lang: Lang) -> TextWords {
        let own = self.newest(channel, lang).and_then(|own| own.words.clone());
        let standard = || self.standard.iter().find(|text| text.lang == lang).map(|text| text.words.clone());
        own.or_else(standard).unwrap_or_default()
    }
}

/// Writes a text; without words the product's are said again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveText {
    #[garde(skip)]
    pub kind: NoticeKind,
    #[garde(skip)]
    pub channel: NoticeChannel,
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub lang: Lang,
    /// The version one saw; 0 where there was none.
    #[garde(range(min = 0))]
    pub version: i32,
    #[garde(dive)]
    #[serde(default)]
    pub words: Option<TextWords>,
}

impl SaveText {
    pub const fn key(&self) -> TextKey {
        TextKey { kind: self.kind, channel: self.channel, lang: self.lang }
    }
}

/// A text as its reader would see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextPreview {
    pub words: TextWords,
    /// Made with the data of a message that was really sent; else with an example.
    pub real: bool,
}
