//! What the list of requests is narrowed by: ids and names alone, so that its page carries none of the records behind them.

use super::Category;
use crate::{BuildingId, ComplexId, ContactId, EntranceId, ProblemId, UserId};
use serde::{Deserialize, Serialize};

/// What is chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Narrow {
    Complex,
    Building,
    /// Entrances of a house; their name is the number.
    Entrance(BuildingId),
    /// Problems of a category; all of them while none is chosen.
    Problem(Option<Category>),
    /// People, once enough of a name is typed.
    Contact,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// What tells two of the same name apart.
    pub hint: String,
}

/// The ids in an address that have names, and the house an entrance belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub complex: Option<ComplexId>,
    pub entrance: Option<(BuildingId, EntranceId)>,
    pub problem: Option<ProblemId>,
    pub contact: Option<ContactId>,
    pub responsible: Option<UserId>,
}

/// Their names; `None` also for what the reader may not see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub complex: Option<String>,
    pub entrance: Option<String>,
    pub problem: Option<String>,
    pub contact: Option<String>,
    pub responsible: Option<String>,
}
