//! What becomes of an attempt: the table of states as pure functions.

use super::wire::Note;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An attempt as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub id: Uuid,
    pub prepare_id: i32,
    pub click_trans_id: i64,
    pub click_paydoc_id: i64,
    pub merchant_trans_id: String,
    pub account_id: Uuid,
    pub bill_id: Option<Uuid>,
    pub amount: i64,
    pub state: String,
    pub disputed_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Say(Note),
    /// Success, with the number it already has.
    Stored,
    /// Credit the account.
    Credit,
    /// The attempt is over.
    Cancel,
    /// Keep the credit, and let somebody ask Click.
    Dispute,
}

/// `Prepare` of an attempt that is known.
pub(super) fn prepare(stored: &Stored, account: &str, amount: Option<i64>) -> Verdict {
    match stored.state.as_str() {
        "confirmed" => Verdict::Say(Note::Paid),
        "cancelled" => Verdict::Say(Note::Cancelled),
        _ if stored.merchant_trans_id != account => Verdict::Say(Note::Request),
        _ if amount != Some(stored.amount) => Verdict::Say(Note::Amount),
        _ => Verdict::Stored,
    }
}

/// `Complete` of the attempt it is bound to.
pub(super) fn complete(stored: &Stored, error: i32, amount: Option<i64>) -> Verdict {
    match stored.state.as_str() {
        "cancelled" => Verdict::Say(Note::Cancelled),
        "confirmed" if error < 0 && stored.disputed_at.is_none() => Verdict::Dispute,
        "confirmed" if error < 0 => Verdict::Say(Note::Cancelled),
        "confirmed" => Verdict::Say(Note::Paid),
        _ if error < 0 => Verdict::Cancel,
        _ if amount != Some(stored.amount) => Verdict::Say(Note::Amount),
        _ => Verdict::Credit,
    }
}
