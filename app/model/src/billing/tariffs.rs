//! Prices: editions that are never rewritten.

use super::{ServiceRow, in_calendar, priced};
use crate::{BuildingId, ComplexId, Money, ServiceId, TariffId, requests::words};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// How a price becomes a sum: by square metres, by unit, by people who live there, or as a share of a house's sum.
    TariffRule { Area = "area", Unit = "unit", Person = "person", Shared = "shared" }
}
words! {
    /// By what the sum of a house is shared.
    SharedBy { Area = "area", Unit = "unit", Person = "person" }
}

/// A new edition of a price. What it says is never changed; a new price is a new edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTariff {
    #[garde(skip)]
    pub service_id: ServiceId,
    #[garde(custom(shared_by_something(&self.share_by)))]
    pub rule: TariffRule,
    #[garde(skip)]
    #[serde(default)]
    pub share_by: Option<SharedBy>,
    /// In tiyin: for a square metre, a unit, a person; with `shared` the sum of the whole house. Nothing frees from it.
    #[garde(custom(priced))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100_000_000_000_i64))]
    pub price: Money,
    /// The first month, by any of its days.
    #[garde(custom(in_calendar))]
    pub since: NaiveDate,
    /// Only this complex.
    #[garde(skip)]
    #[serde(default)]
    pub complex_id: Option<ComplexId>,
    /// Only this house.
    #[garde(skip)]
    #[serde(default)]
    pub building_id: Option<BuildingId>,
    /// Only houses with at least so many storeys.
    #[garde(inner(range(min = 1, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default)]
    pub storeys_from: Option<i16>,
    /// Only houses with at most so many storeys.
    #[garde(inner(range(min = 1, max = 200)), custom(not_below(&self.storeys_from)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default)]
    pub storeys_to: Option<i16>,
    /// Only houses with a lift, or without one.
    #[garde(skip)]
    #[serde(default)]
    pub has_lift: Option<bool>,
}

fn shared_by_something<'a>(by: &'a Option<SharedBy>) -> impl FnOnce(&TariffRule, &()) -> garde::Result + 'a {
    move |rule, ()| {
        if (*rule == TariffRule::Shared) == by.is_some() { Ok(()) } else { Err(garde::Error::new("required")) }
    }
}

fn not_below<'a>(from: &'a Option<i16>) -> impl FnOnce(&Option<i16>, &()) -> garde::Result + 'a {
    move |to, ()| match (from, to) {
        (Some(from), Some(to)) if to < from => Err(garde::Error::new("out_of_range")),
        _ => Ok(()),
    }
}

/// An edition of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffRow {
    pub id: TariffId,
    pub service_id: ServiceId,
    pub rule: TariffRule,
    pub share_by: Option<SharedBy>,
    pub price: Money,
    pub since: NaiveDate,
    /// The first month without it.
    pub until: Option<NaiveDate>,
    pub complex_id: Option<ComplexId>,
    pub complex: Option<String>,
    pub building_id: Option<BuildingId>,
    pub address: Option<String>,
    pub storeys_from: Option<i16>,
    pub storeys_to: Option<i16>,
    pub has_lift: Option<bool>,
    pub author: String,
    /// Something was charged by it.
    pub used: bool,
}

/// Ends an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EndTariff {
    /// The first month without it, by any of its days.
    #[garde(custom(in_calendar))]
    pub until: NaiveDate,
}

/// Services and all their editions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffBook {
    pub services: Vec<ServiceRow>,
    /// The newest first.
    pub tariffs: Vec<TariffRow>,
}
