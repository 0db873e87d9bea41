//! What requests are about: place → category → problem. Only the triples that are listed may be chosen.

use crate::{
    Lang, ProblemId, UserId,
    requests::{Category, Kind, PersonRef, Priority},
    staff::Skill,
    validate,
};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// A name in the three languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schema(as = ClassifierNames))]
pub struct Names {
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub ru: String,
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub uz: String,
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub en: String,
}

impl Names {
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => &self.uz,
            Lang::En => &self.en,
        }
    }

    /// Without spaces at the ends.
    pub fn trimmed(&self) -> Self {
        Self { ru: self.ru.trim().to_owned(), uz: self.uz.trim().to_owned(), en: self.en.trim().to_owned() }
    }

    /// `Квартира · Течёт кран`, in each language.
    pub fn within(&self, place: &Self) -> Self {
        let both = |place: &str, name: &str| format!("{place} · {name}");
        Self { ru: both(&place.ru, &self.ru), uz: both(&place.uz, &self.uz), en: both(&place.en, &self.en) }
    }
}

/// Where in the house: flat, entrance, roof…
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceRow {
    pub key: String,
    pub names: Names,
    pub hidden: bool,
    /// Shipped with the product: may be renamed and hidden.
    pub common: bool,
}

/// A problem with the place and category it belongs to, and what it brings to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemRow {
    pub id: ProblemId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    /// Shipped with the product: may be renamed and hidden.
    pub common: bool,
    /// The key of a place.
    pub place: String,
    pub category: Category,
    pub names: Names,
    pub kind: Kind,
    pub priority: Priority,
    /// The usual time to mend it; without it the company's hours by urgency hold.
    pub hours: Option<i16>,
    /// Who usually does it, when it is not the category's own trade.
    pub skill: Option<Skill>,
    pub assignee: Option<PersonRef>,
    pub hidden: bool,
}

/// The classifier of a company, in its own order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Classifier {
    pub places: Vec<PlaceRow>,
    pub problems: Vec<ProblemRow>,
}

impl Classifier {
    pub fn place(&self, key: &str) -> Option<&PlaceRow> {
        self.places.iter().find(|place| place.key == key)
    }
}

/// Which entries a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ClassifierFilter {
    /// Also those that were put out of sight; for who manages the settings.
    pub all: bool,
}

/// Adds a problem of the company's own. Place and category stay for good: requests of the past were counted by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddProblem {
    #[garde(length(chars, max = 40))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    pub place: String,
    #[garde(skip)]
    pub category: Category,
    #[garde(dive)]
    pub facts: ProblemFacts,
}

/// What may be changed of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProblemFacts {
    #[garde(dive)]
    pub names: Names,
    #[garde(skip)]
    pub kind: Kind,
    #[garde(skip)]
    pub priority: Priority,
    #[garde(inner(range(min = 1, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2000))]
    #[serde(default)]
    pub hours: Option<i16>,
    #[garde(skip)]
    #[serde(default)]
    pub skill: Option<Skill>,
    #[garde(skip)]
    #[serde(default)]
    pub assignee_id: Option<UserId>,
    /// Not offered any more; requests that have it keep it.
    #[garde(skip)]
    #[serde(default)]
    pub hidden: bool,
}

/// Names a place of the company's own, or renames and hides one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceFacts {
    #[garde(dive)]
    pub names: Names,
    #[garde(skip)]
    #[serde(default)]
    pub hidden: bool,
}

/// Puts problems into this order among themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderProblems {
    #[garde(length(min = 1, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1000))]
    pub ids: Vec<ProblemId>,
}

/// The problem of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemRef {
    pub id: ProblemId,
    pub place: Names,
    pub names: Names,
    /// The words alone decided: automatic until somebody confirms it.
    pub auto: bool,
}

/// Asks what a text is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SuggestProblem {
    #[garde(length(chars, max = 4000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    pub text: String,
    /// Only problems of this category.
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<Category>,
}

/// What a text seems to be about, the likeliest first. Empty when the words say too little.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suggestion {
    pub problem_id: ProblemId,
    pub category: Category,
    pub kind: Kind,
    pub priority: Priority,
    pub place: Names,
    pub names: Names,
    /// 0 to 1.
    pub confidence: f32,
    /// The words that decided, as they were written.
    pub words: Vec<String>,
}
