//! What is shown of requests.

use super::{Action, Category, CommentView, Kind, Moment, Priority, RatingReason, Source, Status, Together, words};
use crate::deadlines::{Clock, PauseReason};
use crate::{
    BuildingId, CommentId, ComplexId, ContactId, EntranceId, FileId, Lang, Phone, ProblemId, RequestId, UnitId, UserId,
};
use crate::{assignment::Explanation, classifier::ProblemRef};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// The order of a list: newest first, or open work by what has to be kept next.
    Sort { Newest = "newest", Due = "due" }
}

/// What a list shows. Empty lists mean "any".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct RequestFilter {
    /// Exactly these, at most 500.
    #[cfg_attr(feature = "openapi", param(max_items = 500))]
    pub ids: Vec<RequestId>,
    pub status: Vec<Status>,
    pub kind: Vec<Kind>,
    pub category: Vec<Category>,
    pub building_id: Option<BuildingId>,
    pub unit_id: Option<UnitId>,
    /// Who the request is from.
    pub contact_id: Option<ContactId>,
    pub assignee_id: Option<UserId>,
    /// Only requests that nobody works on.
    pub unassigned: bool,
    /// Only open requests whose clock runs and that have missed the first answer or their deadline.
    pub overdue: bool,
    /// Only open requests whose next deadline is near by the company's own rule, and not missed yet.
    pub soon: bool,
    /// Only requests that were finished after their deadline.
    pub late: bool,
    /// Only requests that were sent back to work once or more.
    pub reopened: bool,
    /// What they are about, from the classifier.
    pub problem_id: Option<ProblemId>,
    pub priority: Vec<Priority>,
    pub source: Vec<Source>,
    pub complex_id: Option<ComplexId>,
    pub entrance_id: Option<EntranceId>,
    /// Who watches over the work.
    pub responsible_id: Option<UserId>,
    /// Only requests in which the last word with the resident is the resident's.
    pub unanswered: bool,
    /// Only requests with comments the caller has not read.
    pub unread: bool,
    /// Only requests the caller watches or is responsible for.
    pub watching: bool,
    /// Only finished work about which nobody was reached by telephone yet.
    pub control: bool,
    /// Only requests with photos.
    pub photos: bool,
    /// Only requests rated so or worse, 1 to 5.
    pub rating: Option<i16>,
    pub due_from: Option<DateTime<Utc>>,
    pub due_to: Option<DateTime<Utc>>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
    /// A number, words from the description, address or caller in any script, or four digits of the caller's phone.
    pub text: Option<String>,
    /// When absent, `due` where `overdue` or `soon` is asked and `newest` everywhere else; `due` shows open work with a
    /// deadline only, by the first answer while it is missing and by `due_at` then.
    pub sort: Option<Sort>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

impl RequestFilter {
    /// The order of the rows.
    pub fn order(&self) -> Sort {
        self.sort.unwrap_or_else(|| Sort::usual(self.overdue || self.soon))
    }
}

impl Sort {
    /// The order nobody asked for: what presses stands with the most pressing first.
    pub fn usual(pressing: bool) -> Self {
        if pressing { Self::Due } else { Self::Newest }
    }
}

/// So many rows of a list may be asked for by their ids.
pub const CHOSEN_MOST: usize = 500;

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
    pub source: Source,
    /// `Навои 12, кв. 45`.
    pub address: String,
    pub description: String,
    pub contact_name: Option<String>,
    pub contact_phone: Option<Phone>,
    pub assignee: Option<PersonRef>,
    pub photos: i32,
    pub comments: i32,
    pub created_at: DateTime<Utc>,
    /// When somebody has to have answered.
    pub respond_by: Option<DateTime<Utc>>,
    /// When the company first assigned, moved or answered it.
    pub responded_at: Option<DateTime<Utc>>,
    /// When the work has to be done. While it is put off to a day, counted on from that day.
    pub due_at: Option<DateTime<Utc>>,
    /// The clock stands still since then …
    pub paused_since: Option<DateTime<Utc>>,
    /// … because of this.
    pub paused: Option<PauseReason>,
    pub deferred_until: Option<DateTime<Utc>>,
    /// When its next deadline comes near, by the company's rule; absent where no clock runs.
    pub soon_at: Option<DateTime<Utc>>,
    /// Open, the clock runs, and the first answer or `due_at` was missed.
    pub overdue: bool,
    /// Open, the clock runs, and the next deadline is near.
    pub due_soon: bool,
    /// Finished after `due_at`.
    pub late: bool,
    /// How often it was sent back to work.
    pub returns: i32,
    pub completed_at: Option<DateTime<Utc>>,
    pub rating: Option<i16>,
    pub responsible: Option<PersonRef>,
    /// The reader has not read the newest comment with the resident.
    pub unread_public: bool,
    /// The reader has not read the newest internal comment.
    pub unread_internal: bool,
    /// The last word with the resident is the resident's.
    pub awaits_answer: bool,
    /// Its resident is not shown it.
    pub hidden: bool,
}

/// What a look beside the list shows and the row does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLook {
    /// The first few pictures.
    pub photos: Vec<FileId>,
    /// Where the valve is, who holds the key.
    pub building_hint: Option<String>,
    /// The last words said, the newest first.
    pub latest: Vec<Said>,
}

/// One comment, as short as it gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub author: String,
    pub body: String,
    pub at: DateTime<Utc>,
}

impl From<RequestCard> for RequestLook {
    fn from(card: RequestCard) -> Self {
        let said = card.comments.into_iter().rev().filter(|comment| comment.deleted_at.is_none());
        Self {
            photos: card.files.iter().take(4).map(|file| file.id).collect(),
            building_hint: card.building_hint,
            latest: said.take(3).map(|c| Said { author: c.author, body: c.body, at: c.created_at }).collect(),
        }
    }
}

/// Where the two clocks of a request stand, for whoever shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLeft {
    pub status: Status,
    pub respond_by: Option<DateTime<Utc>>,
    pub responded_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    /// When the next of them comes near.
    pub soon_at: Option<DateTime<Utc>>,
    pub paused: Option<PauseReason>,
    pub deferred_until: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub late: bool,
}

impl TimeLeft {
    /// What an open request whose clock runs has to keep next: somebody's answer, then the end of the work.
    pub fn next(&self) -> Option<(Clock, DateTime<Utc>)> {
        if self.status.is_open() && self.paused.is_none() { self.pressing() } else { None }
    }

    /// The same, whether its clock runs or not: lists by deadline stand in this order.
    pub fn pressing(&self) -> Option<(Clock, DateTime<Utc>)> {
        match (self.respond_by, self.responded_at, self.due_at) {
            (Some(by), None, due) if due.is_none_or(|due| by <= due) => Some((Clock::Answer, by)),
            (.., due) => due.map(|due| (Clock::Solution, due)),
        }
    }

    /// What had to be kept next was not.
    pub fn overdue(&self, now: DateTime<Utc>) -> bool {
        self.next().is_some_and(|(_, at)| at < now)
    }

    /// What has to be kept next is near: the company wants to be warned by now.
    pub fn due_soon(&self, now: DateTime<Utc>) -> bool {
        self.next().is_some_and(|(_, at)| now <= at) && self.soon_at.is_some_and(|soon| soon <= now)
    }
}

macro_rules! time_left {
    ($($name:ident),+) => {$(
        impl $name {
            /// Where its clocks stand.
            pub fn time(&self) -> TimeLeft {
                TimeLeft {
                    status: self.status,
                    respond_by: self.respond_by,
                    responded_at: self.responded_at,
                    due_at: self.due_at,
                    soon_at: self.soon_at,
                    paused: self.paused,
                    deferred_until: self.deferred_until,
                    completed_at: self.completed_at,
                    late: self.late,
                }
            }
        }
    )+};
}
time_left!(RequestRow, RequestCard);

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
    /// From the classifier; absent in old requests and where nobody could place it.
    pub problem: Option<ProblemRef>,
    /// Why the assignee was chosen, when the system chose; for the company only.
    pub assignment: Option<Explanation>,
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
    /// Its resident is not shown it.
    pub hidden: bool,
    pub contact_id: Option<ContactId>,
    pub contact_name: Option<String>,
    pub contact_phone: Option<Phone>,
    pub assignee: Option<PersonRef>,
    pub assignee_phone: Option<Phone>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// When somebody has to have answered.
    pub respond_by: Option<DateTime<Utc>>,
    /// When the company first assigned, moved or answered it.
    pub responded_at: Option<DateTime<Utc>>,
    /// When the work has to be done. While it is put off to a day, counted on from that day.
    pub due_at: Option<DateTime<Utc>>,
    /// The clock stands still since then …
    pub paused_since: Option<DateTime<Utc>>,
    /// … because of this.
    pub paused: Option<PauseReason>,
    pub deferred_until: Option<DateTime<Utc>>,
    /// When its next deadline comes near, by the company's rule; absent where no clock runs.
    pub soon_at: Option<DateTime<Utc>>,
    /// Open, the clock runs, and the first answer or `due_at` was missed.
    pub overdue: bool,
    /// Open, the clock runs, and the next deadline is near.
    pub due_soon: bool,
    /// Finished after `due_at`.
    pub late: bool,
    /// How often it was sent back to work.
    pub returns: i32,
    /// What the author is asked while the request waits for them.
    pub waiting_for: Option<String>,
    pub completed_at: Option<DateTime<Utc>>,
    pub closed_at: Option<DateTime<Utc>>,
    /// The reason given with the last step, where one was needed.
    pub reason: Option<String>,
    /// What was done, in the worker's words.
    pub result: Option<String>,
    pub rating: Option<i16>,
    pub rating_comment: Option<String>,
    pub rating_reasons: Vec<RatingReason>,
    pub files: Vec<FileView>,
    pub comments: Vec<CommentView>,
    pub history: Vec<HistoryEntry>,
    /// The steps the reader may take now, the most likely first.
    pub actions: Vec<Action>,
    /// The reader may rate the work.
    pub may_rate: bool,
    /// The reader may change the facts.
    pub may_edit: bool,
    /// The reader may ask the author and stop the clock, or end that.
    pub may_wait: bool,
    /// What is recorded of the work, its proof and its price.
    pub work: crate::work::FieldWork,
    /// Who else is on it, and what belongs to it.
    pub together: Together,
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
    /// The comment it came with.
    pub comment_id: Option<CommentId>,
}

impl FileView {
    /// The full picture.
    pub fn url(&self) -> String {
        format!("/files/{}", self.id)
    }
    /// 320 px on the long side.
    pub fn thumb_url(&self) -> String {
        thumb_url(self.id)
    }
}

/// Where the small picture of a file is.
pub fn thumb_url(id: FileId) -> String {
    format!("/files/{id}/thumb")
}

words! {
    /// What a history row records.
    Change {
        Created = "created", Status = "status", Assignee = "assignee", Category = "category", Kind = "kind",
        Priority = "priority", Description = "description", Due = "due_at", Rating = "rating", File = "file", Waiting = "waiting",
        Confirmation = "confirmation", Estimate = "estimate",
        // The names before and after, as JSON in three languages: what it was called then.
        Problem = "problem",
        // Why the system chose the assignee, as JSON.
        Chosen = "chosen",
        Responsible = "responsible", Watcher = "watcher", Comment = "comment", Link = "link", Unlink = "unlink",
        Joined = "joined", TakenOut = "taken_out", Split = "split", Control = "control",
        // What the desk recorded in the worker's place, as `material:…`.
        Work = "work",
        // Whether its resident is not shown it.
        Hidden = "hidden",
        // How many parts of a photo were hidden for good.
        Redacted = "redacted",
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
    /// When the company heard of it, where that was later: done without a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
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
    /// The first answer or the end of the work was missed.
    pub overdue: i64,
    /// Near their next deadline.
    pub soon: i64,
    pub emergency: i64,
    pub mine: i64,
    pub paid: i64,
    pub warranty: i64,
    pub unassigned: i64,
    /// The resident has the last word, also on finished work.
    pub unanswered: i64,
    /// Finished work that waits for a call back.
    pub control: i64,
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
