//! The register of units: all flats and other units of the company.

use super::UnitKind;
use crate::{BuildingId, UnitId, page::Sorting, requests::words};
use serde::{Deserialize, Serialize};

words! {
    /// What the register is ordered by: house and number as people count, area, number of the open account.
    #[derive(Default)]
    UnitSort { #[default] Place = "place", Area = "area", Account = "account" }
}

impl Sorting for UnitSort {
    fn descends(self) -> bool {
        self == Self::Area
    }
}

/// What the register of units shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct RegisterFilter {
    /// Words of the address, a number of a unit, both (`Навои 12 45`), or at least three signs of an account.
    pub text: Option<String>,
    pub building_id: Option<BuildingId>,
    /// The entrance's number.
    pub entrance: Option<i16>,
    pub kind: Option<UnitKind>,
    /// Only those where somebody is known, or nobody.
    pub people: Option<bool>,
    /// Only those with an open account, or without.
    pub account: Option<bool>,
    /// Only those whose area is not known.
    pub no_area: bool,
    /// The archive instead of the units in use.
    pub archived: bool,
    /// By house and number when absent. By account only units that have one are shown.
    pub sort: Option<UnitSort>,
    /// The other way round.
    pub reverse: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// A unit with its house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterRow {
    pub id: UnitId,
    pub building_id: BuildingId,
    pub complex: Option<String>,
    /// Of the house.
    pub address: String,
    pub kind: UnitKind,
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
}

/// What is done to many units at once; for each it is the same as done alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum UnitAction {
    Kind { kind: UnitKind },
    Archive,
    Restore,
}

/// Does one thing to up to 100 units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitBulk {
    pub ids: Vec<UnitId>,
    pub action: UnitAction,
}
