//! Imports of spreadsheets: what can be read in, which columns there are, and how an import stands.

use crate::{ImportId, requests::words, tasks::TaskView};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The largest file taken in.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;

words! {
    /// What a spreadsheet is about.
    ImportKind {
        Property = "property", People = "people", Staff = "staff", Requests = "requests", Balances = "balances",
    }
}
words! {
    /// `stopped` ended before all rows were written, cancelled or failed: it can go on, or be undone.
    ImportState {
        Uploaded = "uploaded", Checking = "checking", Checked = "checked", Running = "running", Done = "done",
        Stopped = "stopped", Undoing = "undoing", Undone = "undone",
    }
}
words! {
    /// What a column says. A new column is a word here, its titles in `imports.json`, its synonyms and its reading in
    /// `domain::imports::fields`, and its place in the SQL of its kind.
    Field {
        Complex = "complex", Address = "address", Year = "year", Storeys = "storeys", Lift = "lift",
        Entrance = "entrance", Floor = "floor", Unit = "unit", UnitKind = "unit_kind", Area = "area", Rooms = "rooms",
        Account = "account", Name = "name", Phone = "phone", Phone2 = "phone2", Email = "email", Lang = "lang",
        Note = "note", Relation = "relation", Share = "share", Since = "since", Login = "login", Role = "role",
        Skills = "skills", Zones = "zones", Created = "created", Status = "status", Category = "category",
        RequestKind = "request_kind", Priority = "priority", Description = "description", Assignee = "assignee",
        Completed = "completed", Result = "result", Rating = "rating", Amount = "amount", AsOf = "as_of",
    }
}
words! {
    Verdict { New = "new", Changed = "changed", Same = "same", Wrong = "wrong" }
}

impl ImportKind {
    /// The columns of this kind, in the order of the template.
    pub const fn fields(self) -> &'static [Field] {
        use Field as F;
        match self {
            Self::Property => &[
                F::Complex,
                F::Address,
                F::Year,
                F::Storeys,
                F::Lift,
                F::Entrance,
                F::Floor,
                F::Unit,
                F::UnitKind,
                F::Area,
                F::Rooms,
                F::Account,
            ],
            Self::People => &[
                F::Name,
                F::Phone,
                F::Phone2,
                F::Address,
                F::Unit,
                F::UnitKind,
                F::Account,
                F::Relation,
                F::Share,
                F::Since,
                F::Email,
                F::Lang,
                F::Note,
            ],
            Self::Staff => &[F::Name, F::Phone, F::Login, F::Email, F::Role, F::Skills, F::Zones],
            Self::Requests => &[
                F::Created,
                F::Address,
                F::Unit,
                F::Account,
                F::Name,
                F::Phone,
                F::Category,
                F::RequestKind,
                F::Priority,
                F::Description,
                F::Status,
                F::Assignee,
                F::Completed,
                F::Result,
                F::Rating,
            ],
            Self::Balances => &[F::Account, F::Amount, F::AsOf],
        }
    }

    /// A row without it is wrong.
    pub const fn requires(self, field: Field) -> bool {
        use Field as F;
        match self {
            Self::Property => matches!(field, F::Address | F::Unit),
            Self::People => matches!(field, F::Name),
            Self::Staff => matches!(field, F::Name | F::Login),
            Self::Requests => matches!(field, F::Created | F::Description),
            Self::Balances => matches!(field, F::Account | F::Amount | F::AsOf),
        }
    }
}

impl ImportState {
    /// A worker has it.
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Undoing)
    }
    /// Its columns may still be chosen anew.
    pub const fn may_map(self) -> bool {
        matches!(self, Self::Uploaded | Self::Checked)
    }
    pub const fn may_run(self) -> bool {
        matches!(self, Self::Checked | Self::Stopped)
    }
    /// It wrote something that can be taken back.
    pub const fn may_undo(self) -> bool {
        matches!(self, Self::Done | Self::Stopped | Self::Undone)
    }
}

/// Which sheet, where its header ends and what each column is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetColumns {
    /// From 0.
    #[garde(range(min = 0, max = 100))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    pub sheet: i32,
    /// From 0. A sheet or row other than before without `columns`: they are guessed anew.
    #[garde(range(min = 0, max = 29))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 29))]
    pub header_row: i32,
    /// In the order of the sheet; null skips a column.
    #[garde(inner(length(max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    #[serde(default)]
    pub columns: Option<Vec<Option<Field>>>,
}

/// One import in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportRow {
    pub id: ImportId,
    pub kind: ImportKind,
    pub state: ImportState,
    pub file_name: String,
    pub counts: ImportCounts,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// Rows by what becomes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportCounts {
    pub total: i32,
    pub new: i32,
    pub changed: i32,
    /// Already there.
    pub same: i32,
    pub wrong: i32,
    /// Written.
    pub done: i32,
    /// Records that stand because of this import.
    pub made: i32,
    /// Records that an undo had to leave.
    pub kept: i32,
}

/// One column of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportColumn {
    /// As the file calls it; may be empty.
    pub title: String,
    pub field: Option<Field>,
    /// A few of its values.
    pub examples: Vec<String>,
}

/// Why a cell, or a row as a whole, is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trouble {
    pub field: Option<Field>,
    /// A code of `imports.json`, `why_…`.
    pub code: String,
    /// What stands in the cell, or the row or record it collides with.
    #[serde(default)]
    pub value: String,
}

/// A row that cannot be written, with its reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WrongRow {
    /// As the spreadsheet numbers it.
    pub line: i32,
    pub cells: Vec<String>,
    pub troubles: Vec<Trouble>,
}

/// How many of the first rows are shown as they would be written.
pub const FIRST_ROWS: i64 = 20;

/// A row as it would be written, after cleaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FirstRow {
    pub line: i32,
    pub verdict: Verdict,
    /// Only what the row says, in the order of the kind's columns.
    pub values: Vec<CleanValue>,
    pub troubles: Vec<Trouble>,
}

/// A cell after cleaning: words of ours, whole numbers in the smallest unit, days and moments as ISO 8601, lists with `; `.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CleanValue {
    pub field: Field,
    pub value: String,
}

/// What an undo had to leave, by kind and reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeptRow {
    pub object_type: String,
    /// `changed_since`, `has_login`, `in_use`.
    pub reason: String,
    pub count: i64,
    /// Rows of the file, the first ten.
    pub lines: Vec<i32>,
}

/// Everything the page about an import shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportCard {
    pub id: ImportId,
    pub version: i32,
    pub kind: ImportKind,
    pub state: ImportState,
    pub file_name: String,
    pub size: i64,
    pub sheets: Vec<String>,
    pub sheet: i32,
    pub header_row: i32,
    /// The first rows of the sheet, for choosing the header.
    pub head: Vec<Vec<String>>,
    pub columns: Vec<ImportColumn>,
    /// Required fields that no column gives.
    pub missing: Vec<Field>,
    pub counts: ImportCounts,
    /// The first rows as they would be written, while it waits for its start.
    pub first: Vec<FirstRow>,
    /// The first hundred.
    pub wrong: Vec<WrongRow>,
    /// Rows that are good but worth a look, the first hundred.
    pub warnings: Vec<WrongRow>,
    pub kept: Vec<KeptRow>,
    /// The last work on it.
    pub task: Option<TaskView>,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}
