//! Buildings: what is known of a house, its rows and its card.

use super::UnitRow;
use crate::{BuildingId, ComplexId, EntranceId, page::Sorting, requests::words, validate};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What a house is connected to; tariffs depend on it.
    Network {
        ColdWater = "cold_water", HotWater = "hot_water", Sewerage = "sewerage", Gas = "gas",
        Electricity = "electricity", Heating = "heating", Internet = "internet",
    }
}

/// Everything one can write about a house. Creates it, and replaces what was known on an edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BuildingFacts {
    #[garde(skip)]
    #[serde(default)]
    pub complex_id: Option<ComplexId>,
    /// `Навои 12`.
    #[garde(length(chars, max = 300), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300))]
    pub address: String,
    /// A short number of the house inside the company, for numbers of personal accounts; given on first need.
    #[garde(inner(range(min = 1, max = 99_999)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 99_999))]
    #[serde(default)]
    pub code: Option<i32>,
    /// When it was built.
    #[garde(inner(range(min = 1850, max = 2100)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1850, maximum = 2100))]
    #[serde(default)]
    pub year: Option<i16>,
    #[garde(range(min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default = "one")]
    pub storeys: i16,
    #[garde(skip)]
    #[serde(default)]
    pub has_lift: bool,
    /// Total area in square centimetres.
    #[garde(inner(range(min = 1, max = 100_000_000_000)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100_000_000_000_i64))]
    #[serde(default)]
    pub area_cm2: Option<i64>,
    #[garde(length(max = 7))]
    #[cfg_attr(feature = "openapi", schema(max_items = 7))]
    #[serde(default)]
    pub networks: Vec<Network>,
    /// Where the valve is, who holds the key.
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub hint: Option<String>,
    #[garde(inner(range(min = -90.0, max = 90.0)))]
    #[cfg_attr(feature = "openapi", schema(minimum = -90, maximum = 90))]
    #[serde(default)]
    pub latitude: Option<f64>,
    #[garde(inner(range(min = -180.0, max = 180.0)))]
    #[cfg_attr(feature = "openapi", schema(minimum = -180, maximum = 180))]
    #[serde(default)]
    pub longitude: Option<f64>,
}

const fn one() -> i16 {
    1
}

words! {
    /// What the list of houses is ordered by: the address as people count, the complex, storeys, open requests.
    #[derive(Default)]
    BuildingSort { #[default] Address = "address", Complex = "complex", Storeys = "storeys", Open = "open" }
}

impl Sorting for BuildingSort {
    fn descends(self) -> bool {
        matches!(self, Self::Storeys | Self::Open)
    }
}

/// What the list of houses shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct BuildingFilter {
    /// Words of the address or of the complex.
    pub text: Option<String>,
    pub complex_id: Option<ComplexId>,
    /// The archive instead of the houses under management.
    pub archived: bool,
    /// By address when absent.
    pub sort: Option<BuildingSort>,
    /// The other way round.
    pub reverse: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BuildingRow {
    pub id: BuildingId,
    pub complex_id: Option<ComplexId>,
    pub complex: Option<String>,
    pub address: String,
    pub storeys: i16,
    pub entrances: i32,
    pub units: i32,
    pub open_requests: i32,
    pub archived: bool,
}

/// What is done to many houses at once; for each it is the same as done alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum BuildingAction {
    /// None takes them out of their complexes.
    Complex {
        complex_id: Option<ComplexId>,
    },
    Archive,
    Restore,
}

/// Does one thing to up to 100 houses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildingBulk {
    pub ids: Vec<BuildingId>,
    pub action: BuildingAction,
}

/// A house to choose from a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BuildingChoice {
    pub id: BuildingId,
    pub complex: Option<String>,
    pub address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BuildingCard {
    pub id: BuildingId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub complex: Option<String>,
    pub facts: BuildingFacts,
    pub archived: bool,
    /// In flats and on common ground.
    pub open_requests: i32,
    pub entrances: Vec<EntranceRow>,
    /// In the order of their numbers.
    pub units: Vec<UnitRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntranceRow {
    pub id: EntranceId,
    pub number: i16,
}
