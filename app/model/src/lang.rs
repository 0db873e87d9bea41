//! The three languages of the product.

use serde::{Deserialize, Serialize};

/// Russian is the default; Uzbek is written in Latin script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Ru,
    Uz,
    En,
}

impl Lang {
    pub const ALL: [Self; 3] = [Self::Ru, Self::Uz, Self::En];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::Uz => "uz",
            Self::En => "en",
        }
    }

    /// From a code or a BCP 47 tag (`uz-Latn-UZ`); `None` for a language we do not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }
}
