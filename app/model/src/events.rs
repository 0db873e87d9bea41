//! Live events as they travel over `/api/v1/ws`: the document's `{type, data}` plus an id to resume from.

use crate::{
    AccountId, Money, OutageId, PaymentId, Permission, ProposalId, RequestId, RunId, UserId,
    deadlines::Clock,
    notices::NoticeKind,
    outages::OutageStatus,
    requests::{Present, Status},
};
use chrono::NaiveDate;
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
    /// A refund that a provider was asked for was refused, or has no answer: for the desk.
    #[serde(rename = "payment.refund_changed")]
    PaymentRefundChanged { payment_id: PaymentId, number: i64 },
    /// A run of charges or penalties was booked in some houses.
    #[serde(rename = "charges.posted")]
    ChargesPosted { run_id: RunId, period: NaiveDate },
    /// A run was taken back in some houses.
    #[serde(rename = "charges.undone")]
    ChargesUndone { run_id: RunId, period: NaiveDate },
    /// Something about the money of an account is new.
    #[serde(rename = "account.changed")]
    AccountChanged { account_id: AccountId },
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
            | Self::PaymentRefundChanged { .. }
            | Self::ChargesPosted { .. }
            | Self::ChargesUndone { .. }
            | Self::AccountChanged { .. }
            | Self::NoticeCreated { .. }
            | Self::NoticeRead {}
            | Self::Hello {}
            | Self::Resync {}
            | Self::Presence(_) => None,
        }
    }

    /// Says something about money.
    pub const fn is_about_payments(&self) -> bool {
        matches!(self, Self::PaymentCompleted { .. } | Self::PaymentRefunded { .. } | Self::PaymentRefundChanged { .. })
    }

    /// Money is news for who may see it: one of these rights is needed. None where everybody in the audience may hear.
    pub const fn needs(&self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::PaymentCompleted { .. } | Self::PaymentRefunded { .. } => &[P::PaymentsRead, P::PaymentsReadOwn],
            Self::PaymentRefundChanged { .. } => &[P::PaymentsRead],
            Self::ChargesPosted { .. } | Self::ChargesUndone { .. } => {
                &[P::ChargesManage, P::PaymentsRead, P::LedgerRead, P::PaymentsReadOwn]
            }
            Self::AccountChanged { .. } => &[P::LedgerRead, P::PaymentsRead, P::PaymentsReadOwn],
            _ => &[],
        }
    }
}

/// An [`Envelope`] as a page reads it: what it is about, not what it says, for a page fetches that anew. Reading all of
/// [`Event`] would weigh a twentieth of every page's code, and events of a newer server would be lost.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Heard {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    data: About,
}

/// What of an event's data a page looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct About {
    request_id: Option<RequestId>,
    account_id: Option<AccountId>,
    user_id: Option<UserId>,
    name: Option<String>,
    typing: bool,
    gone: bool,
}

impl Heard {
    pub fn is_hello(&self) -> bool {
        self.kind == "hello"
    }

    /// Everything has to be fetched anew.
    pub fn is_resync(&self) -> bool {
        self.kind == "resync"
    }

    pub const fn request_id(&self) -> Option<RequestId> {
        self.data.request_id
    }

    /// Says something about money.
    pub fn is_about_payments(&self) -> bool {
        self.kind.starts_with("payment.")
    }

    /// Says something about money of any kind.
    pub fn is_about_money(&self) -> bool {
        ["payment.", "charges.", "account."].iter().any(|about| self.kind.starts_with(about))
    }

    /// A run of charges or penalties was booked or taken back.
    pub fn is_about_charges(&self) -> bool {
        self.kind.starts_with("charges.")
    }

    /// May be about the money of this account; a run does not name its accounts.
    pub fn touches_account(&self, id: AccountId) -> bool {
        self.data.account_id == Some(id) || self.is_about_charges()
    }

    /// Says something about the reader's notices, and about nothing else.
    pub fn is_about_notices(&self) -> bool {
        self.kind.starts_with("notice.")
    }

    /// Says something about outages.
    pub fn is_about_outages(&self) -> bool {
        self.kind.starts_with("outage.")
    }

    /// Somebody who looks at a request, when it says that.
    pub fn present(&self) -> Option<Present> {
        let About { request_id: Some(request_id), user_id: Some(user_id), name: Some(name), typing, gone, .. } =
            &self.data
        else {
            return None;
        };
        let (request_id, user_id, typing, gone) = (*request_id, *user_id, *typing, *gone);
        (self.kind == "presence").then(|| Present { request_id, user_id, name: name.clone(), typing, gone })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn heard(event: Event) -> Heard {
        serde_json::from_str(&serde_json::to_string(&Envelope { id: 7, event }).unwrap()).unwrap()
    }

    #[test]
    fn a_page_reads_what_it_looks_at() {
        let (request_id, id) = (RequestId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let moved = heard(Event::RequestStatusChanged { request_id, number: 5, status: Status::Done });
        assert_eq!(
            (moved.id, moved.kind.as_str(), moved.request_id()),
            (7, "request.status_changed", Some(request_id))
        );
        assert!(!moved.is_about_outages() && !moved.is_about_payments() && moved.present().is_none());
        let paid = heard(Event::PaymentRefunded { payment_id: id.into(), number: 1, amount: Money::from_tiyin(5) });
        assert!(paid.is_about_payments() && paid.is_about_money() && paid.request_id().is_none());
        assert!(heard(Event::PaymentRefundChanged { payment_id: id.into(), number: 1 }).is_about_payments());
        let account_id = AccountId(id);
        let changed = heard(Event::AccountChanged { account_id });
        assert!(changed.is_about_money() && !changed.is_about_payments());
        assert!(changed.touches_account(account_id) && !changed.touches_account(AccountId(request_id.0)));
        let charged = heard(Event::ChargesPosted { run_id: id.into(), period: NaiveDate::default() });
        assert!(charged.is_about_money() && charged.touches_account(account_id) && !moved.is_about_money());
        assert!(heard(Event::OutageProposed { proposal_id: id.into() }).is_about_outages());
        assert!(heard(Event::Hello {}).is_hello() && heard(Event::Resync {}).is_resync());
        let present =
            Present { request_id, user_id: id.into(), name: "Лола".to_owned(), typing: true, gone: false };
        assert_eq!(heard(Event::Presence(present.clone())).present(), Some(present));
    }

    #[test]
    fn what_a_newer_server_says_is_heard_too() {
        let text = r#"{"id": 8, "type": "payment.split", "data": {"parts": [1, 2]}}"#;
        assert!(serde_json::from_str::<Heard>(text).unwrap().is_about_payments());
        assert_eq!(serde_json::from_str::<Heard>(r#"{"id": 9, "type": "news"}"#).unwrap().request_id(), None);
    }
}
