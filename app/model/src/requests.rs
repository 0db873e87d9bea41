//! Requests (заявки): their states, the graph between them, commands and views.

use crate::{
    BuildingId, CommentId, ComplexId, ContactId, EntranceId, FileId, Lang, Phone, RequestId, UnitId, UserId, validate,
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// A text enum: serde, database and OpenAPI agree on one spelling.
// `tt`, not `literal`: a literal fragment hides its text from the OpenAPI derive.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(s: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|v| v.as_str() == s).ok_or(())
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a request stands.
    Status {
        New = "new", Assigned = "assigned", InProgress = "in_progress", Deferred = "deferred",
        Done = "done", Returned = "returned", Closed = "closed", Cancelled = "cancelled", Rejected = "rejected",
    }
}
words! {
    /// What may be done to a request; each moves it along the graph.
    Action {
        Assign = "assign", Start = "start", Defer = "defer", Complete = "complete",
        Return = "return", Close = "close", Cancel = "cancel", Reject = "reject",
    }
}
words! { Kind { Regular = "regular", Emergency = "emergency", Paid = "paid", Warranty = "warranty" } }
words! { Priority { Low = "low", Normal = "normal", High = "high", Urgent = "urgent" } }
words! {
    /// Through which door the request came.
    Source { Desk = "desk", App = "app", Bot = "bot", Api = "api", Call = "call" }
}
words! {
    Category {
        Plumbing = "plumbing", Electrical = "electrical", Heating = "heating", Elevator = "elevator",
        Cleaning = "cleaning", Doors = "doors", Yard = "yard", Other = "other",
    }
}

impl Category {
    /// The trade that mends it.
    pub const fn skill(self) -> crate::staff::Skill {
        use crate::staff::Skill;
        match self {
            Self::Plumbing => Skill::Plumber,
            Self::Electrical => Skill::Electrician,
            Self::Heating => Skill::Heating,
            Self::Elevator => Skill::Lift,
            Self::Cleaning => Skill::Cleaner,
            Self::Doors => Skill::Locksmith,
            Self::Yard | Self::Other => Skill::Handyman,
        }
    }
}

words! {
    /// When a photo was taken, in the life of the request.
    Moment { Before = "before", After = "after" }
}

/// Who takes a step: the desk (dispatchers and up), the assigned worker, or the person who filed the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    Desk,
    Executor,
    Author,
}

impl Status {
    /// Still waits for somebody's work.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Closed | Self::Cancelled | Self::Rejected)
    }

    /// Where an open request stands when another worker takes it over, or nobody does: begun work begins anew, a pause
    /// stays a pause.
    pub const fn handed_over(self, to_somebody: bool) -> Self {
        match (self, to_somebody) {
            (Self::Assigned | Self::InProgress | Self::Returned, true) => Self::Assigned,
            (Self::Assigned | Self::InProgress, false) => Self::New,
            (other, _) => other,
        }
    }

    /// Where `action` leads from here; `None` when the graph has no such edge.
    pub const fn after(self, action: Action) -> Option<Self> {
        use Status as S;
        match (action, self) {
            (Action::Assign, S::New | S::Assigned | S::InProgress | S::Deferred | S::Returned) => Some(S::Assigned),
            (Action::Start, S::Assigned | S::Deferred | S::Returned) => Some(S::InProgress),
            (Action::Defer, S::New | S::Assigned | S::InProgress | S::Returned) => Some(S::Deferred),
            (Action::Complete, S::InProgress) => Some(S::Done),
            (Action::Return, S::Done) => Some(S::Returned),
            (Action::Close, S::Done) => Some(S::Closed),
            (Action::Cancel, S::New | S::Assigned | S::Deferred) => Some(S::Cancelled),
            (Action::Reject, S::New | S::Assigned) => Some(S::Rejected),
            _ => None,
        }
    }

    /// The legal next steps of a party, the most likely first.
    pub fn actions(self, party: Party) -> impl Iterator<Item = Action> {
        use Action as A;
        let order: &[Action] = match party {
            Party::Desk => &[A::Assign, A::Start, A::Complete, A::Close, A::Return, A::Defer, A::Cancel, A::Reject],
            Party::Executor => &[A::Start, A::Complete, A::Defer],
            Party::Author => &[A::Return, A::Cancel],
        };
        order.iter().copied().filter(move |action| self.after(*action).is_some())
    }
}

impl Action {
    /// The step makes no sense without a reason in words.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Defer | Self::Return | Self::Cancel | Self::Reject)
    }
}

/// Files a new request. A resident leaves `contact_id` empty and names one of their own units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// The flat; without it the request is about the building's common area.
    #[garde(skip)]
    #[serde(default)]
    pub unit_id: Option<UnitId>,
    #[garde(skip)]
    #[serde(default)]
    pub building_id: Option<BuildingId>,
    #[garde(skip)]
    #[serde(default)]
    pub entrance_id: Option<EntranceId>,
    #[garde(skip)]
    #[serde(default)]
    pub contact_id: Option<ContactId>,
    /// For a caller who is not in the registry yet.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    #[serde(default)]
    pub contact_name: Option<String>,
    #[garde(skip)]
    #[serde(default)]
    pub contact_phone: Option<Phone>,
    #[garde(skip)]
    pub category: Category,
    #[garde(skip)]
    #[serde(default)]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default)]
    pub priority: Option<Priority>,
    /// May stay empty when a photo says it.
    #[garde(length(chars, max = 4000))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    #[serde(default)]
    pub description: String,
    /// Uploaded files to attach.
    #[garde(length(max = 10))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub file_ids: Vec<FileId>,
}

/// Changes the facts of a request. Absent fields stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateRequest {
    #[garde(inner(length(chars, max = 4000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 4000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AssignRequest {
    #[garde(skip)]
    pub assignee_id: UserId,
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub comment: Option<String>,
}

/// Takes one step of the graph other than assigning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    #[garde(skip)]
    pub action: Action,
    /// Required for `defer`, `return`, `cancel` and `reject`.
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub reason: Option<String>,
    /// With `defer`: when work goes on.
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

/// Reports the work as done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest {
    #[garde(inner(length(chars, max = 2000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000))]
    #[serde(default)]
    pub result: Option<String>,
    /// Photos of the finished work.
    #[garde(length(max = 10))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub file_ids: Vec<FileId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RateRequest {
    /// 1 (bad) to 5 (very good).
    #[garde(range(min = 1, max = 5))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 5))]
    pub stars: i16,
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub comment: Option<String>,
}

/// What is done to many requests at once; for each it is the same as done alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkAction {
    Assign { assignee_id: UserId },
    Priority { priority: Priority },
    Cancel { reason: String },
    Close,
}

/// Does one thing to up to 100 requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkCommand {
    pub ids: Vec<RequestId>,
    pub action: BulkAction,
}

/// How it went for one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub id: RequestId,
    /// Why it was not done; nothing else was changed for this request.
    pub failure: Option<crate::Failure>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddComment {
    #[garde(length(chars, max = 4000), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
    pub body: String,
    /// Seen by the company only.
    #[garde(skip)]
    #[serde(default)]
    pub internal: bool,
}

words! {
    /// The order of a list: newest first, or open work by deadline.
    Sort { Newest = "newest", Due = "due" }
}

/// What a list shows. Empty lists mean "any".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct RequestFilter {
    pub status: Vec<Status>,
    pub kind: Vec<Kind>,
    pub category: Vec<Category>,
    pub building_id: Option<BuildingId>,
    pub unit_id: Option<UnitId>,
    pub assignee_id: Option<UserId>,
    /// Only requests that nobody works on.
    pub unassigned: bool,
    /// Only open requests whose deadline has passed.
    pub overdue: bool,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// A number, words from the description, address or caller in any script, or four digits of the caller's phone.
    pub text: Option<String>,
    /// `newest` when absent; `due` shows open work with a deadline only.
    pub sort: Option<Sort>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// A person as shown beside a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRef {
    pub id: uuid::Uuid,
    pub name: String,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestRow {
    pub id: RequestId,
    /// The company's own number, for people.
    pub number: i64,
    pub status: Status,
    pub kind: Kind,
    pub priority: Priority,
    pub category: Category,
    /// `Навои 12, кв. 45`.
    pub address: String,
    pub description: String,
    pub contact_name: Option<String>,
    pub contact_phone: Option<Phone>,
    pub assignee: Option<PersonRef>,
    pub photos: i32,
    pub comments: i32,
    pub created_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub overdue: bool,
    pub rating: Option<i16>,
}

/// Everything one page about a request shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestCard {
    pub id: RequestId,
    pub number: i64,
    /// Grows with every change; the value of `ETag`.
    pub version: i32,
    pub status: Status,
    pub kind: Kind,
    pub priority: Priority,
    pub category: Category,
    pub source: Source,
    pub address: String,
    pub complex_id: Option<ComplexId>,
    pub building_id: BuildingId,
    pub entrance_id: Option<EntranceId>,
    pub unit_id: Option<UnitId>,
    /// Where the valve is, who holds the key; for the company only.
    pub building_hint: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub description: String,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub contact_phone: Option<Phone>,
    pub assignee: Option<PersonRef>,
    pub assignee_phone: Option<Phone>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    pub deferred_until: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    pub overdue: bool,
    /// The reason given with the last step, where one was needed.
    pub reason: Option<String>,
    /// What was done, in the worker's words.
    pub result: Option<String>,
    pub rating: Option<i16>,
    pub rating_comment: Option<String>,
    pub files: Vec<FileView>,
    pub comments: Vec<CommentView>,
    pub history: Vec<HistoryEntry>,
    /// The steps the reader may take now, the most likely first.
    pub actions: Vec<Action>,
    /// The reader may rate the work.
    pub may_rate: bool,
    /// The reader may change the facts.
    pub may_edit: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileView {
    pub id: FileId,
    pub moment: Moment,
    pub width: i32,
    pub height: i32,
    /// Bytes of the full picture.
    pub size: i64,
    pub created_at: DateTime<Utc>,
}

impl FileView {
    /// The full picture.
    pub fn url(&self) -> String {
        format!("/files/{}", self.id)
    }
    /// 320 px on the long side.
    pub fn thumb_url(&self) -> String {
        format!("/files/{}/thumb", self.id)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentView {
    pub id: CommentId,
    pub author: String,
    pub author_role: crate::Role,
    pub body: String,
    pub internal: bool,
    pub created_at: DateTime<Utc>,
    /// Written by the reader.
    pub mine: bool,
}

words! {
    /// What a history row records.
    Change {
        Created = "created", Status = "status", Assignee = "assignee", Category = "category", Kind = "kind",
        Priority = "priority", Description = "description", Due = "due_at", Rating = "rating", File = "file",
    }
}

/// One change: who, when, old and new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryEntry {
    pub at: DateTime<Utc>,
    /// Empty when the system did it.
    pub actor: String,
    pub actor_role: Option<crate::Role>,
    pub change: Change,
    pub old: Option<String>,
    pub new: Option<String>,
    pub reason: Option<String>,
}

/// Counters of the desk's tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestCounts {
    pub new: i64,
    pub assigned: i64,
    pub in_progress: i64,
    pub deferred: i64,
    pub returned: i64,
    pub done: i64,
    pub overdue: i64,
    pub emergency: i64,
    pub mine: i64,
}

impl RequestCounts {
    pub const fn open(&self) -> i64 {
        self.new + self.assigned + self.in_progress + self.deferred + self.returned
    }
}

/// The language and place a request was written in, for messages back to its author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub request_id: RequestId,
    pub number: i64,
    pub status: Status,
    pub lang: Lang,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_road_is_open() {
        let road = [
            (Action::Assign, Status::Assigned),
            (Action::Start, Status::InProgress),
            (Action::Complete, Status::Done),
            (Action::Close, Status::Closed),
        ];
        road.into_iter().fold(Status::New, |from, (action, to)| {
            assert_eq!(from.after(action), Some(to));
            to
        });
    }

    #[test]
    fn ended_requests_stay_ended() {
        for status in [Status::Closed, Status::Cancelled, Status::Rejected] {
            for action in Action::ALL {
                assert_eq!(status.after(*action), None, "{status} {action}");
            }
        }
    }

    #[test]
    fn every_open_state_has_a_way_forward_for_the_desk() {
        for status in Status::ALL.iter().filter(|s| s.is_open()) {
            assert!(status.actions(Party::Desk).next().is_some(), "{status}");
        }
    }

    #[test]
    fn words_read_back() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
    }
}
