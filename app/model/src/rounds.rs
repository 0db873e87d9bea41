//! Inspection rounds (обходы): a route of points with a question at each, walked on a day by somebody.

use crate::{
    BuildingId, EntranceId, FileId, RequestId, RoundId, RoundPointId, RouteId, UserId,
    plans::PlaceName,
    requests::{Category, PersonRef, words},
    validate,
};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// What a question asks for.
    Answer { YesNo = "yes_no", Value = "value" }
}
words! {
    PointResult { Good = "good", Failed = "failed" }
}
words! {
    RoundState { Planned = "planned", Walking = "walking", Done = "done", Cancelled = "cancelled" }
}

/// One stop of a route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoutePoint {
    #[garde(skip)]
    pub building_id: BuildingId,
    #[garde(skip)]
    #[serde(default)]
    pub entrance_id: Option<EntranceId>,
    /// The equipment or corner.
    #[garde(length(chars, max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub place: String,
    #[garde(length(chars, max = 300), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300))]
    pub question: String,
    #[garde(skip)]
    pub answer: Answer,
    /// Of a value: `бар`, `°C`.
    #[garde(inner(length(chars, max = 20)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    #[serde(default)]
    pub unit: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub photo_required: bool,
    /// Of the request that a failed point becomes.
    #[garde(skip)]
    pub category: Category,
}

/// Makes a route or replaces one. Rounds that were given out keep their points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RouteFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    #[garde(length(min = 1, max = 200), dive)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub points: Vec<RoutePoint>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteCard {
    pub id: RouteId,
    pub version: i32,
    pub facts: RouteFacts,
    /// In the order of `facts.points`.
    pub addresses: Vec<PlaceName>,
}

/// Gives a route to somebody, for one day or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GiveRounds {
    #[garde(skip)]
    pub route_id: RouteId,
    #[garde(skip)]
    pub assignee_id: UserId,
    #[garde(length(min = 1, max = 60))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 60))]
    pub days: Vec<NaiveDate>,
}

/// Which rounds to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct RoundFilter {
    /// Only what is neither finished nor cancelled.
    pub open: bool,
    /// Due on this day or before.
    pub until: Option<NaiveDate>,
}

/// A round in lists. At most the 200 newest are listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundRow {
    pub id: RoundId,
    pub name: String,
    pub assignee: PersonRef,
    pub due_on: NaiveDate,
    pub state: RoundState,
    pub points: i64,
    pub marked: i64,
    pub failed: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundCard {
    pub round: RoundRow,
    pub finished_at: Option<DateTime<Utc>>,
    pub points: Vec<RoundPoint>,
    /// The reader may mark points.
    pub may_walk: bool,
    /// The reader may take the round back.
    pub may_cancel: bool,
}

/// One stop of a round and what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundPoint {
    pub id: RoundPointId,
    pub at: PlaceName,
    pub place: String,
    pub question: String,
    pub answer: Answer,
    pub unit: Option<String>,
    pub photo_required: bool,
    pub category: Category,
    pub result: Option<PointResult>,
    pub value: Option<String>,
    pub note: Option<String>,
    pub file_id: Option<FileId>,
    pub marked_at: Option<DateTime<Utc>>,
    /// What a failed point became.
    pub request_id: Option<RequestId>,
    pub request_number: Option<i64>,
}

/// What somebody found at a point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkPoint {
    #[garde(skip)]
    pub result: PointResult,
    /// Required where the question asks for one.
    #[garde(inner(length(chars, max = 100)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    #[serde(default)]
    pub value: Option<String>,
    /// Required when it failed: it becomes the words of the request.
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub note: Option<String>,
    /// An uploaded photo; one that was there stays when absent.
    #[garde(skip)]
    #[serde(default)]
    pub file_id: Option<FileId>,
}
