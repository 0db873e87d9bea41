//! The company's short lists: materials, services with prices, checklists.

use crate::{CatalogueId, ChecklistId, Money, names::Names, requests::Category, requests::words, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// Materials are used up, services are sold.
    Catalogue { Material = "material", Service = "service" }
}
words! {
    /// What one of it is.
    Unit {
        Piece = "piece", Metre = "metre", SquareMetre = "square_metre", Kilogram = "kilogram", Litre = "litre",
        Pack = "pack", Set = "set", Hour = "hour", Visit = "visit",
    }
}

/// A material or a service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogueItem {
    pub id: CatalogueId,
    pub version: i32,
    pub list: Catalogue,
    pub names: Names,
    pub unit: Unit,
    /// Of one unit, in tiyin.
    pub price: Money,
    pub category: Option<Category>,
}

/// Makes an item, or replaces what is known of one. What was used or offered before keeps its price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveItem {
    #[garde(skip)]
    pub list: Catalogue,
    #[garde(dive)]
    pub names: Names,
    #[garde(skip)]
    pub unit: Unit,
    #[garde(custom(super::price))]
    pub price: Money,
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<Category>,
}

/// A checklist of the company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checklist {
    pub id: ChecklistId,
    pub version: i32,
    pub name: String,
    /// Requests of this category get the list by themselves.
    pub category: Option<Category>,
    pub items: Vec<String>,
}

/// Makes a checklist or replaces one. Requests that have it keep what they have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveChecklist {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<Category>,
    #[garde(length(min = 1, max = 50), inner(length(chars, max = 300), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub items: Vec<String>,
}
