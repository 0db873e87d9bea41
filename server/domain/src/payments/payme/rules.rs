//! What becomes of a transaction: the table of states as pure functions.

use super::wire::{Fault, TIMEOUT_MS};
use serde_json::Value;

pub(super) const CREATED: i16 = 1;
pub(super) const PERFORMED: i16 = 2;
pub(super) const CANCELLED: i16 = -1;
pub(super) const REFUNDED: i16 = -2;
/// Reason of a cancellation by time-out.
pub(super) const TIMED_OUT: i32 = 4;

/// A transaction as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stored {
    pub id: uuid::Uuid,
    pub number: i64,
    pub payme_id: String,
    pub payme_time: i64,
    pub amount: i64,
    pub account: Value,
    pub account_id: uuid::Uuid,
    pub bill_id: Option<uuid::Uuid>,
    pub state: i16,
    pub reason: Option<i32>,
    pub create_time: i64,
    pub perform_time: i64,
    pub cancel_time: i64,
    pub receivers: Option<Value>,
}

impl Stored {
    /// Waited longer than twelve hours, counted from its creation in Payme.
    pub fn is_late(&self, now: i64) -> bool {
        self.state == CREATED && expired(self.payme_time, now)
    }
}

/// More than twelve hours ago.
pub(super) fn expired(time: i64, now: i64) -> bool {
    now.saturating_sub(time) > TIMEOUT_MS
}

/// What to do with a call about a known transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Say what is kept.
    Stored,
    /// Change nothing.
    Refuse(Fault),
    /// Its time is over: cancel it, then refuse.
    Expire(Fault),
    /// Credit the account.
    Credit,
    /// Into this state, with this reason.
    Cancel(i16, i32),
}

/// `CreateTransaction` once more.
pub(super) fn create(stored: &Stored, time: i64, amount: i64, account: &Value, now: i64) -> Verdict {
    if stored.state != CREATED {
        Verdict::Refuse(Fault::State)
    } else if stored.is_late(now) {
        Verdict::Expire(Fault::State)
    } else if (stored.payme_time, stored.amount, &stored.account) != (time, amount, account) {
        Verdict::Refuse(Fault::State)
    } else {
        Verdict::Stored
    }
}

pub(super) fn perform(stored: &Stored, now: i64) -> Verdict {
    match stored.state {
        PERFORMED => Verdict::Stored,
        CREATED if stored.is_late(now) => Verdict::Expire(Fault::State),
        CREATED => Verdict::Credit,
        _ => Verdict::Refuse(Fault::State),
    }
}

pub(super) fn cancel(stored: &Stored, reason: i32, refundable: bool, now: i64) -> Verdict {
    match stored.state {
        CREATED if stored.is_late(now) => Verdict::Cancel(CANCELLED, TIMED_OUT),
        CREATED => Verdict::Cancel(CANCELLED, reason),
        PERFORMED if refundable => Verdict::Cancel(REFUNDED, reason),
        PERFORMED => Verdict::Refuse(Fault::CannotCancel),
        _ => Verdict::Stored,
    }
}
