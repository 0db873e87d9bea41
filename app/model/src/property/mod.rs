//! Houses: companies, complexes, buildings, entrances, units, their personal accounts and documents.

mod accounts;
mod buildings;
mod companies;
mod documents;
mod numbers;
mod plan;
mod register;
mod units;

pub use accounts::*;
pub use buildings::*;
pub use companies::*;
pub use documents::*;
pub use numbers::{NumberError, renumbered, unit_number};
pub use plan::{ChartPlan, Ground, MOST_UNITS, PlannedUnit};
pub use register::*;
pub use units::*;

use crate::{BuildingId, EntranceId, UnitId};
use serde::{Deserialize, Serialize};

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
