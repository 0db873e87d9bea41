//! One thing done to many.

use crate::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How it went for one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub id: Uuid,
    /// Why it was not done; nothing else was changed for this one.
    pub failure: Option<Failure>,
}
