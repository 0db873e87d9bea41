//! Steps of the field staff, told as they are taken or later: a cellar has no signal.

use super::{AddComment, CompleteRequest, Moment, MoveRequest};
use crate::{FileId, validate, work::RecordWork};
use chrono::{DateTime, TimeDelta, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// What was done longer ago is not taken at its own time any more.
pub const TOLD_WITHIN: TimeDelta = TimeDelta::hours(72);

/// One step of a worker and when it was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TellStep {
    /// When it was taken, by the clock of the device.
    #[garde(custom(validate::calendar))]
    pub happened_at: DateTime<Utc>,
    /// What the same clock says while this is sent; then it does not matter that the clock is wrong.
    #[garde(inner(custom(validate::calendar)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<DateTime<Utc>>,
    // Each step checks its own command.
    #[garde(skip)]
    pub step: FieldStep,
}

/// What a worker does on a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldStep {
    Move(MoveRequest),
    Complete(CompleteRequest),
    Work(RecordWork),
    Comment(AddComment),
    Photos(AddPhotos),
}

/// Adds uploaded photos.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddPhotos {
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 10))]
    pub file_ids: Vec<FileId>,
    pub moment: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::Action;

    #[test]
    fn a_step_travels_as_the_queue_writes_it() {
        let text = r#"{"happened_at":"2026-05-12T10:00:00Z","sent_at":"2026-05-12T11:00:00Z",
            "step":{"kind":"move","what":{"action":"start","reason":null,"until":null}}}"#;
        let told: TellStep = serde_json::from_str(text).unwrap();
        assert_eq!(told.step, FieldStep::Move(MoveRequest { action: Action::Start, reason: None, until: None }));
        let text = r#"{"kind":"photos","what":{"file_ids":[],"moment":"after"}}"#;
        let step = FieldStep::Photos(AddPhotos { file_ids: Vec::new(), moment: Moment::After });
        assert_eq!(serde_json::to_string(&step).unwrap(), text);
        let record = FieldStep::Work(RecordWork::StartTimer);
        assert_eq!(serde_json::to_string(&record).unwrap(), r#"{"kind":"work","what":{"do":"start_timer"}}"#);
    }
}
