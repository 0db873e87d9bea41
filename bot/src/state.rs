//! The step of a dialogue, kept with the chat in the database.

use model::{
    BuildingId, FileId, RequestId, UnitId,
    requests::{Action, Category, CreateRequest},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Grows when an older stored state cannot be understood any more.
const VERSION: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Dialogue {
    v: u32,
    /// The update whose work is already in here: one that comes again after a crash is not done twice.
    pub last: Option<i64>,
    pub step: Step,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub(crate) enum Step {
    #[default]
    Menu,
    /// A new request: its section is being chosen.
    Category,
    /// … its place.
    Place { category: Category },
    /// … its words and photos.
    Details { draft: Draft },
    /// A step of a request needs a reason in words.
    Reason { request: RequestId, action: Action },
}

/// A request that is being written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub category: Category,
    pub unit_id: Option<UnitId>,
    pub building_id: Option<BuildingId>,
    pub address: String,
    pub text: String,
    pub file_ids: Vec<FileId>,
    /// The message that shows it, with its buttons.
    pub message: i32,
    /// The album whose parts are arriving.
    pub album: Option<String>,
}

impl Draft {
    pub fn command(&self) -> CreateRequest {
        CreateRequest {
            unit_id: self.unit_id,
            building_id: self.building_id,
            entrance_id: None,
            contact_id: None,
            contact_name: None,
            contact_phone: None,
            source: None,
            category: self.category,
            problem_id: None,
            kind: None,
            priority: None,
            description: self.text.clone(),
            hidden: false,
            file_ids: self.file_ids.clone(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.file_ids.is_empty()
    }
}

impl Dialogue {
    /// Reads a stored state; `true` when there was one that this version does not understand.
    pub fn load(stored: &Value) -> (Self, bool) {
        if stored.as_object().is_none_or(serde_json::Map::is_empty) {
            return (Self { v: VERSION, ..Self::default() }, false);
        }
        match serde_json::from_value::<Self>(stored.clone()) {
            Ok(dialogue) if dialogue.v == VERSION => (dialogue, false),
            _ => (Self { v: VERSION, ..Self::default() }, true),
        }
    }

    pub fn save(&self) -> Value {
        serde_json::to_value(self).unwrap_or(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_state_of_another_version_starts_over_and_says_so() {
        assert_eq!(Dialogue::load(&json!({})), (Dialogue { v: VERSION, ..Dialogue::default() }, false));
        let step = Step::Reason { request: uuid::Uuid::from_u128(7).into(), action: Action::Return };
        let kept = Dialogue { v: VERSION, last: Some(9), step };
        assert_eq!(Dialogue::load(&kept.save()), (kept, false));
        for stored in [
            json!({ "v": 99, "step": { "at": "menu" } }),
            json!({ "v": 1, "step": { "at": "gone" } }),
            json!({ "old": 1 }),
        ] {
            let (dialogue, reset) = Dialogue::load(&stored);
            assert!(reset && dialogue.step == Step::Menu, "{stored}");
        }
    }
}
