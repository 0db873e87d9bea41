//! What may be asked of outages, risers and the detector.

use super::{OutageAction, OutageKind, Resource};
use crate::{BuildingId, ContactId, EntranceId, Phone, RequestId, RiserId, UnitId, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// A house; one of its entrances; or a riser of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutagePlace {
    pub building_id: BuildingId,
    #[serde(default)]
    pub entrance_id: Option<EntranceId>,
    /// Exactly the units on it; leave `entrance_id` empty then.
    #[serde(default)]
    pub riser_id: Option<RiserId>,
}

/// Where somebody asks about: a unit hears exactly what hits it, an entrance or a house everything in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    Unit(UnitId),
    Entrance(EntranceId),
    Building(BuildingId),
}

impl From<UnitId> for Spot {
    fn from(id: UnitId) -> Self {
        Self::Unit(id)
    }
}
impl From<EntranceId> for Spot {
    fn from(id: EntranceId) -> Self {
        Self::Entrance(id)
    }
}
impl From<BuildingId> for Spot {
    fn from(id: BuildingId) -> Self {
        Self::Building(id)
    }
}

/// What residents read, in each language. A language without a text has one made from the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutageTexts {
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub ru: Option<String>,
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub uz: Option<String>,
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub en: Option<String>,
}

impl OutageTexts {
    /// The written text of a language.
    pub fn get(&self, lang: crate::Lang) -> Option<&str> {
        match lang {
            crate::Lang::Ru => self.ru.as_deref(),
            crate::Lang::Uz => self.uz.as_deref(),
            crate::Lang::En => self.en.as_deref(),
        }
    }
}

/// Everything one can write about an outage. Creates it, and replaces what was known on an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutageFacts {
    #[garde(skip)]
    pub kind: OutageKind,
    #[garde(skip)]
    pub resource: Resource,
    #[garde(custom(validate::calendar))]
    pub starts_at: DateTime<Utc>,
    /// When it is expected to be over; absent while nobody knows. Moving it is how an outage is prolonged.
    #[garde(inner(custom(validate::calendar)), custom(after(&self.starts_at)))]
    #[serde(default)]
    pub ends_at: Option<DateTime<Utc>>,
    #[garde(length(min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub places: Vec<OutagePlace>,
    #[garde(dive)]
    #[serde(default)]
    pub texts: OutageTexts,
    /// For the company only.
    #[garde(inner(length(chars, max = 4000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    #[serde(default)]
    pub note: Option<String>,
}

fn after<'a>(starts_at: &'a DateTime<Utc>) -> impl FnOnce(&Option<DateTime<Utc>>, &()) -> garde::Result + 'a {
    move |ends_at, ()| match ends_at {
        Some(ends_at) if ends_at <= starts_at => Err(garde::Error::new("out_of_range")),
        _ => Ok(()),
    }
}

/// Takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutageStep {
    pub action: OutageAction,
}

/// Says of requests that the outage explains them, or that it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkRequests {
    #[garde(length(max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    #[serde(default)]
    pub link: Vec<RequestId>,
    #[garde(length(max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    #[serde(default)]
    pub unlink: Vec<RequestId>,
}

/// Finishes linked requests together: open ones become done by the legal steps, done ones are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FinishRequests {
    #[garde(length(min = 1, max = 100))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    pub ids: Vec<RequestId>,
    /// What was done, for the authors.
    #[garde(length(chars, max = 2000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2000))]
    pub result: String,
}

/// A call about a known outage, written down instead of a new request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OutageCall {
    #[garde(skip)]
    #[serde(default)]
    pub contact_id: Option<ContactId>,
    #[garde(skip)]
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub name: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub phone: Option<Phone>,
}

/// Everything one can write about a riser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RiserFacts {
    #[garde(custom(through_risers))]
    pub resource: Resource,
    /// Empty for one that feeds the whole house.
    #[garde(skip)]
    #[serde(default)]
    pub entrance_id: Option<EntranceId>,
    /// `R2`.
    #[garde(length(chars, max = 40), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub name: String,
    #[garde(length(min = 1, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 1000))]
    pub unit_ids: Vec<UnitId>,
}

fn through_risers(resource: &Resource, _: &()) -> garde::Result {
    if resource.has_risers() { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

/// Makes risers of a house: one for each position on the floor, in every entrance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GenerateRisers {
    #[garde(length(min = 1, max = 5), inner(custom(through_risers)))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 5))]
    pub resources: Vec<Resource>,
}

/// What the detector goes by: so many different callers within so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DetectorRules {
    #[garde(range(min = 5, max = 1440))]
    #[cfg_attr(feature = "openapi", schema(minimum = 5, maximum = 1440))]
    pub minutes: i16,
    /// On one riser.
    #[garde(range(min = 2, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 2, maximum = 1000))]
    pub riser: i16,
    /// In one entrance.
    #[garde(range(min = 2, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 2, maximum = 1000))]
    pub entrance: i16,
    /// In the whole house.
    #[garde(range(min = 2, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 2, maximum = 1000))]
    pub house: i16,
    /// How long a dismissed proposal stays away.
    #[garde(range(min = 1, max = 168))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 168))]
    pub quiet_hours: i16,
}

impl Default for DetectorRules {
    fn default() -> Self {
        Self { minutes: 60, riser: 3, entrance: 4, house: 6, quiet_hours: 6 }
    }
}
