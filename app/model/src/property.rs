//! Houses: complexes, buildings, entrances, units.

use crate::{BuildingId, ComplexId, EntranceId, UnitId, requests::words};
use serde::{Deserialize, Serialize};

words! { UnitKind { Flat = "flat", Shop = "shop", Storage = "storage", Parking = "parking" } }

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
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BuildingCard {
    pub id: BuildingId,
    pub complex: Option<String>,
    pub address: String,
    pub year: Option<i16>,
    pub storeys: i16,
    pub has_lift: bool,
    /// Where the valve is, who holds the key.
    pub hint: Option<String>,
    pub entrances: Vec<EntranceRow>,
    pub units: Vec<UnitRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntranceRow {
    pub id: EntranceId,
    pub number: i16,
}

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
    pub account: Option<String>,
    pub people: i32,
    pub open_requests: i32,
}

/// A home of the signed-in resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Home {
    pub unit_id: UnitId,
    pub building_id: BuildingId,
    pub entrance_id: Option<EntranceId>,
    pub address: String,
    pub account: Option<String>,
}

/// A place found while typing an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    pub building_id: BuildingId,
    pub unit_id: Option<UnitId>,
    pub address: String,
}
