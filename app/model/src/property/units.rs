//! Units: flats, apartments, shops, storages, parking places.

use super::AccountRow;
use crate::{
    BuildingId, ContactId, EntranceId, Money, UnitId,
    people::{Relation, Share},
    requests::words,
    validate,
};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    UnitKind { Flat = "flat", Apartment = "apartment", Shop = "shop", Storage = "storage", Parking = "parking" }
}

impl UnitKind {
    /// People live here; flats and apartments share one row of numbers.
    pub const fn is_home(self) -> bool {
        matches!(self, Self::Flat | Self::Apartment)
    }
}

/// Everything one can write about a unit. Creates it, and replaces what was known on an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitFacts {
    #[garde(skip)]
    pub kind: UnitKind,
    /// `45`, `12а`.
    #[garde(length(chars, max = 20), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 20))]
    pub number: String,
    /// The entrance's number; made when the house has none of it yet.
    #[garde(inner(range(min = 1, max = 99)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 99))]
    #[serde(default)]
    pub entrance: Option<i16>,
    #[garde(inner(range(min = -9, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(minimum = -9, maximum = 200))]
    #[serde(default)]
    pub floor: Option<i16>,
    #[garde(inner(range(min = 0, max = 50)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 50))]
    #[serde(default)]
    pub rooms: Option<i16>,
    /// Square centimetres: exact, and wide enough for any house.
    #[garde(inner(range(min = 1, max = 1_000_000_000)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000))]
    #[serde(default)]
    pub area_cm2: Option<i64>,
    /// The number in the cadastre.
    #[garde(inner(length(chars, max = 40)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    #[serde(default)]
    pub cadastral: Option<String>,
}

/// Gives a unit another number, and all that follow it the numbers after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Renumber {
    #[garde(length(chars, max = 20), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 20))]
    pub number: String,
    /// Also the following units of the same kind, by entrance, floor and number.
    #[garde(skip)]
    #[serde(default)]
    pub following: bool,
}

/// One unit of a house's chart and list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitRow {
    pub id: UnitId,
    pub kind: UnitKind,
    /// `45`, `12а`.
    pub number: String,
    pub entrance: Option<i16>,
    pub floor: Option<i16>,
    pub rooms: Option<i16>,
    /// Square centimetres: exact, and wide enough for any house.
    pub area_cm2: Option<i64>,
    /// The open personal account.
    pub account: Option<String>,
    pub people: i32,
    pub open_requests: i32,
    /// Of the open ones, those whose deadline has passed.
    pub overdue: i32,
    /// A telephone of somebody there is known.
    pub phone: bool,
    /// What the open account owed by its opening balance, below zero when paid ahead; for readers of payments, where
    /// one is known.
    pub debt: Option<Money>,
}

/// What a list of units shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct UnitFilter {
    pub building_id: BuildingId,
    /// The archive instead of the units in use.
    #[serde(default)]
    pub archived: bool,
    /// `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
    /// 1 to 500; 100 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 500))]
    #[serde(default)]
    pub limit: Option<u32>,
}

/// Everything one page about a unit shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitCard {
    pub id: UnitId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub building_id: BuildingId,
    /// Of the building.
    pub address: String,
    pub entrance_id: Option<EntranceId>,
    pub facts: UnitFacts,
    pub archived: bool,
    /// The open account first, then closed ones, the newest first.
    pub accounts: Vec<AccountRow>,
    /// Who lives here or owns it now; empty for readers who may not see people.
    pub people: Vec<UnitPerson>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnitPerson {
    pub id: ContactId,
    pub name: String,
    pub relation: Relation,
    /// Of the property, where it is known.
    pub share: Option<Share>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub since: NaiveDate,
}
