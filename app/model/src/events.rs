//! Live events as they travel over `/api/v1/ws`: the document's `{type, data}` plus an id to resume from.

use crate::{RequestId, requests::Status};
use serde::{Deserialize, Serialize};

/// One event. A client that reconnects sends the last `id` it saw and gets what it missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Envelope {
    pub id: i64,
    #[serde(flatten)]
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "data")]
pub enum Event {
    #[serde(rename = "request.created")]
    RequestCreated { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.status_changed")]
    RequestStatusChanged { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.assigned")]
    RequestAssigned { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.updated")]
    RequestUpdated { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.commented")]
    RequestCommented { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.rated")]
    RequestRated { request_id: RequestId, number: i64, status: Status },
    /// The resident has an estimate to answer.
    #[serde(rename = "request.estimate_sent")]
    RequestEstimateSent { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.estimate_accepted")]
    RequestEstimateAccepted { request_id: RequestId, number: i64, status: Status },
    #[serde(rename = "request.estimate_declined")]
    RequestEstimateDeclined { request_id: RequestId, number: i64, status: Status },
    /// The first message of a connection: its id is where a later resume starts.
    #[serde(rename = "hello")]
    Hello {},
    /// The gap was too long to replay: fetch everything anew.
    #[serde(rename = "resync")]
    Resync {},
}

impl Event {
    pub const fn request_id(&self) -> Option<RequestId> {
        match self {
            Self::RequestCreated { request_id, .. }
            | Self::RequestStatusChanged { request_id, .. }
            | Self::RequestAssigned { request_id, .. }
            | Self::RequestUpdated { request_id, .. }
            | Self::RequestCommented { request_id, .. }
            | Self::RequestRated { request_id, .. }
            | Self::RequestEstimateSent { request_id, .. }
            | Self::RequestEstimateAccepted { request_id, .. }
            | Self::RequestEstimateDeclined { request_id, .. } => Some(*request_id),
            Self::Hello {} | Self::Resync {} => None,
        }
    }
}
