//! Finding: what the search box answers, and lists as people keep them.

use crate::{FieldError, Role, SavedViewId, requests::words, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What was found.
    #[cfg_attr(feature = "openapi", schema(as = SearchKind))]
    Kind {
        Person = "person", Unit = "unit", Building = "building", Account = "account", Request = "request",
        Staff = "staff",
    }
}

/// What to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct SearchQuery {
    /// A name in any script, at least three digits of a phone, `Навои 12 кв 45`, an account, `#1234`.
    pub q: String,
    /// Of each kind; 1 to 50, 6 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 50))]
    #[serde(default)]
    pub limit: Option<u32>,
}

/// A stretch of the title that was asked for, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    pub start: u32,
    pub end: u32,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    pub kind: Kind,
    pub id: Uuid,
    /// A name, an address, `№1234`.
    pub title: String,
    /// What tells namesakes apart: phones, the address, who lives there.
    pub subtitle: String,
    pub title_marks: Vec<Mark>,
    pub subtitle_marks: Vec<Mark>,
    /// The building of a flat or account.
    pub building_id: Option<Uuid>,
}

impl Hit {
    /// The page of the desk about it.
    pub fn href(&self) -> String {
        match self.kind {
            Kind::Person => format!("/desk/people/{}", self.id),
            Kind::Building => format!("/desk/buildings/{}", self.id),
            Kind::Unit => format!("/desk/units/{}", self.id),
            Kind::Account => format!("/desk/accounts/{}", self.id),
            Kind::Request => format!("/desk/requests/{}", self.id),
            Kind::Staff => format!("/desk/staff/{}", self.id),
        }
    }
}

/// All that was found of one kind, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    pub kind: Kind,
    pub hits: Vec<Hit>,
}

/// The answer to a search, the likeliest kind first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    pub groups: Vec<Group>,
    /// What was looked for instead, because it had been typed in the other keyboard layout.
    pub instead: Option<String>,
}

impl Found {
    pub fn hits(&self) -> impl Iterator<Item = &Hit> {
        self.groups.iter().flat_map(|group| &group.hits)
    }
}

/// Cuts a text at its marks: pieces in order, each with whether it is marked.
pub fn pieces(text: &str, marks: &[Mark]) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    for (at, c) in (0u32..).zip(text.chars()) {
        let on = marks.iter().any(|mark| (mark.start..mark.end).contains(&at));
        match out.last_mut() {
            Some((same, piece)) if *same == on => piece.push(c),
            _ => out.push((on, c.to_string())),
        }
    }
    out
}

words! {
    /// A list that views can be saved of.
    List {
        Requests = "requests", People = "people", Buildings = "buildings", Units = "units", Staff = "staff",
        Audit = "audit",
    }
}

/// A list as somebody wants to see it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView {
    pub id: SavedViewId,
    pub list: List,
    pub name: String,
    /// The query string of the list's address: filters, words, sorting.
    pub query: String,
    /// Everybody in the company sees it.
    pub shared: bool,
    /// Whose it is.
    pub owner: String,
    pub mine: bool,
    /// The reader may rename, change and delete it.
    pub may_edit: bool,
    pub version: i32,
}

/// How the reader keeps one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListSetup {
    /// Own views and shared ones, by name.
    pub views: Vec<SavedView>,
    /// Columns the reader does not want to see.
    pub hidden: Vec<String>,
    /// The view the list opens with.
    pub default_view: Option<SavedViewId>,
}

/// Saves what a list shows now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateView {
    #[garde(skip)]
    pub list: List,
    #[garde(length(chars, max = 60), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60))]
    pub name: String,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub query: String,
    #[garde(skip)]
    #[serde(default)]
    pub shared: bool,
}

/// Changes a saved view. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateView {
    #[garde(inner(length(chars, max = 60), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
}

/// Keeps how the caller wants a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeepList {
    #[garde(skip)]
    pub list: List,
    #[garde(length(max = 50), inner(length(chars, max = 40)))]
    pub hidden: Vec<String>,
    #[garde(skip)]
    pub default_view: Option<SavedViewId>,
}

/// Whether a role may look at a list at all.
pub fn may_list(role: Role, list: List) -> bool {
    use crate::Permission as P;
    role.can(match list {
        List::Requests => P::RequestsRead,
        List::People => P::ResidentsRead,
        List::Buildings | List::Units => P::BuildingsRead,
        List::Staff => P::StaffRead,
        List::Audit => P::AuditRead,
    })
}

/// A name that this owner already gave to another view of the list.
pub fn name_taken() -> FieldError {
    FieldError::new("/name", "taken")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_cut_by_characters() {
        let marks = [Mark { start: 0, end: 3 }, Mark { start: 6, end: 8 }];
        let cut = pieces("Ўктам Oʻk", &marks);
        let told: Vec<(bool, &str)> = cut.iter().map(|(on, text)| (*on, text.as_str())).collect();
        assert_eq!(told, [(true, "Ўкт"), (false, "ам "), (true, "Oʻ"), (false, "k")]);
        assert!(pieces("", &marks).is_empty());
    }
}
