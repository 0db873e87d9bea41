//! Lists as files: what, of it what, and how.

use crate::{
    Lang,
    property::RegisterFilter,
    requests::{RequestFilter, words},
};
use serde::{Deserialize, Serialize};

words! {
    /// A list that can be taken away.
    ExportList { Requests = "requests", People = "people", Units = "units", Staff = "staff" }
}
words! { ExportFormat { Xlsx = "xlsx", Csv = "csv" } }

/// A list at most this long is made while the person waits.
pub const DIRECT_ROWS: i64 = 5_000;

/// Exactly what a list shows: its filter, its columns, its language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportCommand {
    pub list: ExportList,
    pub format: ExportFormat,
    pub lang: Lang,
    /// Keys of columns in their order; all when empty.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Of requests.
    #[serde(default)]
    pub requests: RequestFilter,
    /// Of people: a name or a piece of a phone.
    #[serde(default)]
    pub text: Option<String>,
    /// Of units.
    #[serde(default)]
    pub units: RegisterFilter,
}
