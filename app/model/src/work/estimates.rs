//! Estimates of paid work.

use super::{Quantity, Unit};
use crate::{CatalogueId, EstimateId, Money, names::Names, requests::words};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    EstimateState { Sent = "sent", Accepted = "accepted", Declined = "declined", Replaced = "replaced" }
}

/// What paid work will cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimate {
    pub id: EstimateId,
    /// The how-manieth of the request.
    pub version: i32,
    pub state: EstimateState,
    pub lines: Vec<EstimateLine>,
    pub total: Money,
    /// The last day it can be accepted.
    pub valid_until: NaiveDate,
    /// It was not decided in time.
    #[serde(default)]
    pub expired: bool,
    pub note: Option<String>,
    pub made_by: String,
    pub sent_at: DateTime<Utc>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EstimateLine {
    pub names: Names,
    pub unit: Unit,
    pub price: Money,
    pub quantity: Quantity,
    pub total: Money,
}

/// Makes an estimate and sends it to the resident; the one before is replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MakeEstimate {
    #[garde(length(min = 1, max = 50), dive)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub lines: Vec<NewLine>,
    #[garde(skip)]
    pub valid_until: NaiveDate,
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub note: Option<String>,
}

/// A service of the price list at its price, or something of its own with a name and a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    #[garde(skip)]
    #[serde(default)]
    pub service_id: Option<CatalogueId>,
    /// Required without a service.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub name: Option<String>,
    /// Required without a service; with one it replaces the price of the list.
    #[garde(inner(custom(super::price)))]
    #[serde(default)]
    pub price: Option<Money>,
    /// In thousandths of the unit.
    #[garde(custom(super::quantity::in_range))]
    pub quantity: Quantity,
}

/// The resident's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideEstimate {
    /// The version that was read: a newer one must be read first.
    #[garde(skip)]
    pub version: i32,
    #[garde(skip)]
    pub accept: bool,
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub reason: Option<String>,
}
