//! Requests that belong together, who is on them, and the calls about them.

use super::{Category, Kind, PersonRef, Priority, RequestRow, Status, words};
use crate::{BuildingId, CallId, ContactId, FileId, Phone, RequestId, UnitId, UserId, validate};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// How two requests belong together. Read from the first to the second: "is caused by", "came in one call with".
    LinkKind { Related = "related", Duplicate = "duplicate", Cause = "cause", Split = "split" }
}

/// Another request, as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkedRequest {
    pub id: RequestId,
    pub number: i64,
    pub status: Status,
    pub category: Category,
    pub address: String,
    pub description: String,
    pub created_at: DateTime<Utc>,
}

/// A request that belongs to the one looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkView {
    pub kind: LinkKind,
    /// The one looked at is the second of the two: it is the cause, or the call was its.
    pub inbound: bool,
    pub request: LinkedRequest,
}

/// The request a duplicate was joined to, as far as the duplicate's author may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MainRequest {
    /// For the company only.
    pub id: Option<RequestId>,
    pub number: i64,
    pub status: Status,
    pub assignee: Option<PersonRef>,
    pub due_at: Option<DateTime<Utc>>,
    pub deferred_until: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// Who else is on a request, and what belongs to it. Residents are shown only `main`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Together {
    /// Who watches over the work; the assignee does it.
    pub responsible: Option<PersonRef>,
    pub watchers: Vec<PersonRef>,
    /// The reader is one of them.
    pub watching: bool,
    pub links: Vec<LinkView>,
    /// Duplicates that were joined to this request.
    pub joined: Vec<LinkedRequest>,
    /// What this duplicate was joined to.
    pub main: Option<MainRequest>,
    /// Calls back after the work, newest first.
    pub control: Vec<ControlView>,
    /// The work is done and nobody was reached yet.
    pub awaits_control: bool,
    /// The reader may name people, link, join and split.
    pub may_arrange: bool,
}

/// Links two requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    pub other_id: RequestId,
    pub kind: LinkKind,
}

/// Joins duplicates to the request under which the work is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JoinRequests {
    #[garde(length(min = 1, max = 50))]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 50))]
    pub duplicates: Vec<RequestId>,
}

/// Makes a second request of one call: same place, same caller, another problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SplitRequest {
    #[garde(skip)]
    pub category: Category,
    #[garde(skip)]
    #[serde(default)]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default)]
    pub priority: Option<Priority>,
    #[garde(length(chars, max = 4000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub description: String,
    /// Photos that show the second problem go over to it.
    #[garde(length(max = 10))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub file_ids: Vec<FileId>,
}

/// Where a new request would lie; open ones there may be about the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct SimilarQuery {
    pub unit_id: Option<UnitId>,
    pub building_id: Option<BuildingId>,
    pub category: Option<Category>,
    /// The request that looks for its like.
    pub except: Option<RequestId>,
}

words! {
    /// How near another request lies.
    Nearness { Unit = "unit", Entrance = "entrance", House = "house" }
}

/// An open request that may be about the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SimilarRequest {
    pub nearness: Nearness,
    /// Of the same category.
    pub same_category: bool,
    pub request: LinkedRequest,
}

/// Records a call back after the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordControl {
    /// Somebody took the call.
    #[garde(skip)]
    pub reached: bool,
    /// Asked when somebody was reached.
    #[garde(skip)]
    #[serde(default)]
    pub satisfied: Option<bool>,
    #[garde(length(chars, max = 1000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ControlView {
    pub at: DateTime<Utc>,
    pub author: String,
    pub reached: bool,
    pub satisfied: Option<bool>,
    pub note: String,
}

words! { CallDirection { In = "in", Out = "out" } }
words! {
    /// What came of a call.
    CallResult {
        Request = "request", Answered = "answered", PassedOn = "passed_on", NoAnswer = "no_answer",
        WrongNumber = "wrong_number", Other = "other",
    }
}

/// Writes a call into the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordCall {
    #[garde(skip)]
    pub direction: CallDirection,
    /// When it was; now when absent.
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
    #[garde(skip)]
    #[serde(default)]
    pub phone: Option<Phone>,
    #[garde(skip)]
    #[serde(default)]
    pub contact_id: Option<ContactId>,
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub contact_name: Option<String>,
    /// The request it was about.
    #[garde(skip)]
    #[serde(default)]
    pub request_id: Option<RequestId>,
    #[garde(skip)]
    pub result: CallResult,
    #[garde(length(chars, max = 2000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub note: String,
}

/// A line of the call journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallView {
    pub id: CallId,
    pub direction: CallDirection,
    pub at: DateTime<Utc>,
    pub phone: Option<Phone>,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub request_id: Option<RequestId>,
    pub request_number: Option<i64>,
    pub result: CallResult,
    pub note: String,
    pub author: String,
}

/// What the journal shows. Empty fields mean "any".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct CallFilter {
    pub direction: Option<CallDirection>,
    pub result: Option<CallResult>,
    pub author_id: Option<UserId>,
    pub contact_id: Option<ContactId>,
    pub request_id: Option<RequestId>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// Four digits of the telephone or more, or a piece of the name or the note.
    pub text: Option<String>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// A column of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardColumn {
    pub status: Status,
    pub rows: Vec<RequestRow>,
    /// There are more than are shown.
    pub more: bool,
}

/// So many sheets are printed at once.
pub const PRINT_MOST: usize = 50;

words! {
    /// What is printed of a request: the paper the worker takes along, or the one the resident signs.
    PrintKind { Sheet = "sheet", Act = "act" }
}
