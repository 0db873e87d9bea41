//! What may be asked of requests.

use super::{Action, Category, Kind, Priority, RatingReason, Source, Status};
use crate::{
    BuildingId, CommentId, ContactId, EntranceId, FileId, Phone, ProblemId, RequestId, UnitId, UserId,
    validate::{self, double},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

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
    /// Through which door it came. Left out, it is the one it is filed through; the company may say `call`.
    #[garde(skip)]
    #[serde(default)]
    pub source: Option<Source>,
    /// Left out, it is the problem's; without a problem, what a resident's words tell, else `other`.
    #[garde(skip)]
    #[serde(default = "Category::other")]
    pub category: Category,
    /// What it is about, from the classifier; it brings the category, and the kind and priority that are not given.
    #[garde(skip)]
    #[serde(default)]
    pub problem_id: Option<ProblemId>,
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
    /// Its resident is not shown it. Only the company files such requests.
    #[garde(skip)]
    #[serde(default)]
    pub hidden: bool,
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
    /// `null` takes it away; the one that is there confirms what was set automatically. It brings its category.
    #[garde(skip)]
    #[serde(default, deserialize_with = "double", skip_serializing_if = "Option::is_none")]
    pub problem_id: Option<Option<ProblemId>>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// Hides it from its resident or shows it. What the resident has filed, or what is joined with others, stays as it is.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<bool>,
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
    /// Why: words that fit the stars.
    #[garde(length(max = 10))]
    #[cfg_attr(feature = "openapi", schema(max_items = 10))]
    #[serde(default)]
    pub reasons: Vec<RatingReason>,
    #[garde(inner(length(chars, max = 1000)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 1000))]
    #[serde(default)]
    pub comment: Option<String>,
}

/// What is done to many requests at once; for each it is the same as done alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkAction {
    Assign {
        assignee_id: UserId,
    },
    Priority {
        priority: Priority,
    },
    Cancel {
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
        reason: String,
    },
    Close,
    Start,
    Complete,
    Return {
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
        reason: String,
    },
    Defer {
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 1000))]
        reason: String,
        until: Option<DateTime<Utc>>,
    },
    Comment {
        #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4000))]
        body: String,
        internal: bool,
    },
    Responsible {
        user_id: Option<UserId>,
    },
    /// Joins it to another one, which stays.
    Join {
        into: RequestId,
    },
}

/// Takes back what was done to one request of many, by an ordinary step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum BulkUndo {
    Priority {
        priority: Priority,
    },
    Assign {
        assignee_id: UserId,
    },
    Comment {
        comment_id: CommentId,
    },
    Responsible {
        user_id: Option<UserId>,
    },
    TakeOut,
    /// Back to the state before the step, with the day it was put off to; a first worker is taken off again.
    Back {
        to: Status,
        #[serde(default)]
        until: Option<DateTime<Utc>>,
        #[serde(default)]
        worker: Option<UserId>,
    },
}

/// So many requests at once.
pub const BULK_MOST: usize = 200;

/// Does one thing to up to 200 requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkCommand {
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub ids: Vec<RequestId>,
    pub action: BulkAction,
}

/// How it went for one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub id: RequestId,
    /// Why it was not done; nothing else was changed for this request.
    pub failure: Option<crate::Failure>,
    /// How to take it back; absent where the graph has no way back.
    #[serde(default)]
    pub undo: Option<BulkUndo>,
}
