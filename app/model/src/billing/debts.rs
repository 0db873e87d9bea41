//! Debts by house, account and age.

use crate::{AccountId, BuildingId, Money, UnitId};
use serde::{Deserialize, Serialize};

/// Whose debts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DebtFilter {
    pub building_id: Option<BuildingId>,
    /// Only debts older than so many days: 30, 60 or 90.
    pub older: Option<i32>,
    /// At least so many tiyin.
    pub least: Option<i64>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// How old a debt is: what came first is paid first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ages {
    pub total: Money,
    pub to_30: Money,
    pub to_60: Money,
    pub to_90: Money,
    pub over_90: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DebtRow {
    pub account_id: AccountId,
    pub number: String,
    pub unit_id: UnitId,
    pub address: String,
    /// An owner who lives or lived there.
    pub owner: Option<String>,
    pub ages: Ages,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseDebt {
    pub building_id: BuildingId,
    pub address: String,
    pub accounts: i64,
    pub ages: Ages,
}

/// Debts: all houses with their sums, and a page of accounts, the largest debt first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Debts {
    pub ages: Ages,
    pub houses: Vec<HouseDebt>,
    pub items: Vec<DebtRow>,
    pub next: Option<String>,
}
