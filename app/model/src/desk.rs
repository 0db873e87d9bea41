//! What the frame of the desk shows on every page.

use crate::{outages::OutageCounts, requests::RequestCounts};
use serde::{Deserialize, Serialize};

/// What stands behind the lines of the side bar. Zero where the reader may not look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskCounts {
    pub requests: RequestCounts,
    pub outages: OutageCounts,
    /// Applications for access that wait.
    pub applications: i64,
    /// Lines of bank statements that have no account yet.
    pub unmatched: i64,
    /// What the guide of a company's first day still wants done.
    pub first_steps: i64,
}
