//! Live events as they travel over `/api/v1/ws`: the document's `{type, data}` plus an id to resume from.

use crate::{
    Money, OutageId, PaymentId, ProposalId, RequestId,
    deadlines::Clock,
    notices::NoticeKind,
    outages::OutageStatus,
    requests::{Present, Status},
};
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
    /// Somebody else looks at the request this connection said it shows. Not an event: it has no place in the order.
    #[serde(rename = "presence")]
    Presence(Present),
    #[serde(rename = "outage.started")]
    OutageStarted { outage_id: OutageId, status: OutageStatus },
    #[serde(rename = "outage.changed")]
    OutageChanged { outage_id: OutageId, status: OutageStatus },
    #[serde(rename = "outage.ended")]
    OutageEnded { outage_id: OutageId, status: OutageStatus },
    /// The detector found something, or more of it.
    #[serde(rename = "outage.proposed")]
    OutageProposed { proposal_id: ProposalId },
    /// A deadline is near; once for each clock.
    #[serde(rename = "request.due_soon")]
    RequestDueSoon { request_id: RequestId, number: i64, status: Status, clock: Clock },
    /// A deadline has passed; once for each clock.
    #[serde(rename = "request.overdue")]
    RequestOverdue { request_id: RequestId, number: i64, status: Status, clock: Clock },
    /// Money came in.
    #[serde(rename = "payment.completed")]
    PaymentCompleted { payment_id: PaymentId, number: i64, amount: Money },
    /// The reader was told something: for the bell. Nobody else hears of it.
    #[serde(rename = "notice.created")]
    NoticeCreated { kind: NoticeKind },
    /// The reader has read notices, here or on another device.
    #[serde(rename = "notice.read")]
    NoticeRead {},
    /// Money was taken back.
    #[serde(rename = "payment.refunded")]
    PaymentRefunded { payment_id: PaymentId, number: i64, amount: Money },
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
            | Self::RequestEstimateDeclined { request_id, .. }
            | Self::RequestDueSoon { request_id, .. }
            | Self::RequestOverdue { request_id, .. } => Some(*request_id),
            Self::OutageStarted { .. }
            | Self::OutageChanged { .. }
            | Self::OutageEnded { .. }
            | Self::OutageProposed { .. }
            | Self::PaymentCompleted { .. }
            | Self::PaymentRefunded { .. }
            | Self::NoticeCreated { .. }
            | Self::NoticeRead {}
            | Self::Hello {}
            | Self::Resync {}
            | Self::Presence(_) => None,
        }
    }

    /// Says something about money.
    pub const fn is_about_payments(&self) -> bool {
        matches!(self, Self::PaymentCompleted { .. } | Self::PaymentRefunded { .. })
    }

    /// Says something about the reader's notices, and about nothing else.
    pub const fn is_about_notices(&self) -> bool {
        matches!(self, Self::NoticeCreated { .. } | Self::NoticeRead {})
    }

    /// Says something about outages.
    pub const fn is_about_outages(&self) -> bool {
        matches!(
            self,
            Self::OutageStarted { .. }
                | Self::OutageChanged { .. }
                | Self::OutageEnded { .. }
                | Self::OutageProposed { .. }
        )
    }
}
