//! Work in the background, as a page sees it.

use crate::{TaskId, requests::words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    TaskKind { ImportCheck = "import_check", ImportRun = "import_run", ImportUndo = "import_undo", Export = "export",
        ChargePreview = "charge_preview", ChargePost = "charge_post", ChargeUndo = "charge_undo",
        PenaltyPreview = "penalty_preview", PenaltyPost = "penalty_post", PenaltyUndo = "penalty_undo",
        Receipts = "receipts", Letters = "letters" }
}
words! {
    TaskState { Waiting = "waiting", Running = "running", Done = "done", Failed = "failed", Cancelled = "cancelled" }
}

impl TaskState {
    /// Nothing more will happen.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskView {
    pub id: TaskId,
    pub kind: TaskKind,
    pub state: TaskState,
    pub done: i64,
    /// Not known at once.
    pub total: Option<i64>,
    /// Why it failed: an error code.
    pub message: Option<String>,
    /// A file can be taken from `/tasks/{id}/file` until then.
    pub file_name: Option<String>,
    pub expires_at: Option<DateTime<Utc>>,
    pub cancelling: bool,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

impl TaskView {
    /// Percent done; nothing while the whole is unknown.
    pub fn percent(&self) -> Option<u32> {
        let total = self.total.filter(|total| *total > 0)?;
        u32::try_from(self.done.clamp(0, total).saturating_mul(100) / total).ok()
    }
}
