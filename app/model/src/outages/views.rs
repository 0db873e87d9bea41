//! What is shown of outages, risers, proposals and common problems.

use super::{DetectorRules, OutageAction, OutageFacts, OutageKind, OutagePlace, OutageStatus, OutageTexts, Resource};
use crate::{
    BuildingId, ContactId, EntranceId, OutageId, Phone, ProposalId, RequestId, RiserId, UnitId,
    property::EntranceRow,
    requests::{Category, LinkedRequest, Status, words},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// The pages of the journal.
    OutageTab { Now = "now", Planned = "planned", Ended = "ended" }
}

/// What the journal shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct OutageFilter {
    /// What runs, what is planned, or what is over; what runs when absent.
    pub tab: Option<OutageTab>,
    pub resource: Option<Resource>,
    pub kind: Option<OutageKind>,
    pub building_id: Option<BuildingId>,
    /// Words of an address.
    pub text: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// Counters of the journal's tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutageCounts {
    pub running: i64,
    /// Of these, emergencies whose expected end has passed.
    pub late: i64,
    pub planned: i64,
    pub proposals: i64,
}

/// A place with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OutagePlaceName))]
pub struct PlaceName {
    pub place: OutagePlace,
    /// Of the house.
    pub address: String,
    /// The entrance's number, also of a riser's entrance.
    pub entrance: Option<i16>,
    pub riser: Option<String>,
}

/// How many are hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutageReach {
    pub units: i64,
    pub residents: i64,
}

/// One row of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutageRow {
    pub id: OutageId,
    pub kind: OutageKind,
    pub resource: Resource,
    pub status: OutageStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Runs although it was expected to be over.
    pub late: bool,
    pub places: Vec<PlaceName>,
    pub units: i64,
    /// Linked requests.
    pub requests: i64,
    /// Who said "me too", or called.
    pub joined: i64,
}

/// Everything one page about an outage shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutageCard {
    pub id: OutageId,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub status: OutageStatus,
    pub late: bool,
    pub facts: OutageFacts,
    pub places: Vec<PlaceName>,
    pub reach: OutageReach,
    pub ended_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<String>,
    /// Linked requests the reader may see.
    pub requests: Vec<LinkedRequest>,
    /// Open requests at the places that look like the same trouble and are linked to nothing yet.
    pub similar: Vec<LinkedRequest>,
    pub joins: Vec<JoinRow>,
    /// The steps the reader may take now.
    pub actions: Vec<OutageAction>,
    pub may_edit: bool,
}

/// Somebody whom it concerns as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinRow {
    pub contact_id: Option<ContactId>,
    pub name: Option<String>,
    pub phone: Option<Phone>,
    pub address: Option<String>,
    pub joined_at: DateTime<Utc>,
}

/// An outage as whoever it concerns hears of it: at the desk beside an address, and at home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutageNotice {
    pub id: OutageId,
    pub kind: OutageKind,
    pub resource: Resource,
    pub status: OutageStatus,
    pub starts_at: DateTime<Utc>,
    pub ends_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub late: bool,
    pub texts: OutageTexts,
    /// Who said "me too", or called.
    pub joined: i64,
    /// Of the reader's homes, those that are hit.
    pub unit_ids: Vec<UnitId>,
    /// The reader said "me too".
    pub mine: bool,
}

/// What a request's page shows besides the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestContext {
    /// The outage that explains it.
    pub cause: Option<OutageNotice>,
    /// Other outages at its address, running or ahead.
    pub here: Vec<OutageNotice>,
    /// Neighbours who said "me too".
    pub joined: i64,
}

/// A riser with its units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiserRow {
    pub id: RiserId,
    pub version: i32,
    pub building_id: BuildingId,
    pub resource: Resource,
    pub entrance_id: Option<EntranceId>,
    pub entrance: Option<i16>,
    pub name: String,
    pub units: Vec<RiserUnit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RiserUnit {
    pub id: UnitId,
    pub number: String,
}

/// What the picker of places offers of one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HousePlaces {
    pub building_id: BuildingId,
    pub address: String,
    pub entrances: Vec<EntranceRow>,
    pub risers: Vec<RiserRow>,
}

/// What the detector thinks is an outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProposalView {
    pub id: ProposalId,
    pub resource: Resource,
    pub category: Category,
    pub places: Vec<PlaceName>,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub requests: Vec<LinkedRequest>,
}

/// The detector's rules with their version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Detector {
    pub version: i32,
    pub rules: DetectorRules,
}

/// An open request about something neighbours share, as a neighbour may know of it: never whose it is, nor their words
/// or photos.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommonProblem {
    pub request_id: RequestId,
    pub category: Category,
    pub status: Status,
    pub building_id: BuildingId,
    /// Of the house.
    pub address: String,
    pub entrance: Option<i16>,
    pub created_at: DateTime<Utc>,
    /// Neighbours who said "me too".
    pub joined: i64,
    /// The reader said "me too".
    pub mine: bool,
}
