//! A name in the languages of the people who read it.

use crate::{Lang, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// What a company calls a thing of its own. A language without a name shows the first there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Names {
    #[garde(length(chars, max = 200), custom(somewhere(&self.uz, &self.en)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub ru: String,
    #[garde(length(chars, max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub uz: String,
    #[garde(length(chars, max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub en: String,
}

fn somewhere<'a>(uz: &'a str, en: &'a str) -> impl FnOnce(&str, &()) -> garde::Result + 'a {
    move |ru, ctx| validate::not_blank(&format!("{ru}{uz}{en}"), ctx)
}

impl Names {
    /// The same name in every language.
    pub fn same(name: &str) -> Self {
        Self { ru: name.to_owned(), uz: String::new(), en: String::new() }
    }

    /// The name for a reader.
    pub fn of(&self, lang: Lang) -> &str {
        let own = match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => &self.uz,
            Lang::En => &self.en,
        };
        [own, &self.ru, &self.uz, &self.en].into_iter().find(|name| !name.trim().is_empty()).map_or("", String::as_str)
    }

    /// Without spaces around.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let trim = |text: &str| text.trim().to_owned();
        Self { ru: trim(&self.ru), uz: trim(&self.uz), en: trim(&self.en) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_language_borrows() {
        let names = Names { ru: String::new(), uz: "Kran".to_owned(), en: String::new() };
        assert_eq!(names.of(Lang::En), "Kran");
        assert!(validate::check(&names).is_ok());
        assert_eq!(validate::check(&Names::default()).unwrap_err().fields[0].pointer, "/ru");
    }
}
