//! Payments: cash registers of Payme and Click, money that came in, and links to pay by.

mod bank;
mod kassas;
mod links;
mod reconciliation;
mod views;

pub use bank::*;
pub use kassas::*;
pub use links::*;
pub use reconciliation::*;
pub use views::*;

use crate::requests::words;

words! {
    /// Who carries the money.
    Provider { Payme = "payme", Click = "click" }
}

words! {
    /// How money came in.
    PaymentSource { Payme = "payme", Click = "click", Cash = "cash", Bank = "bank", Terminal = "terminal" }
}

words! {
    /// Refunded money was taken back by a reversing entry.
    PaymentState { Completed = "completed", Refunded = "refunded" }
}

words! {
    /// Accumulating: a personal account that takes any sum, any number of times. One time: a bill that is paid once.
    KassaMode { Accumulating = "accumulating", OneTime = "one_time" }
}

words! {
    /// What Click says of a payment when it is asked.
    ClickAnswer { Paid = "paid", Waiting = "waiting", Failed = "failed", Missing = "missing" }
}

words! {
    /// How far a refund is that Click was asked for. Unknown: a call got no answer, and is looked into.
    RefundState { Asked = "asked", Unknown = "unknown", Confirmed = "confirmed", Refused = "refused" }
}

words! {
    /// How far a fiscal receipt is. Sent: the provider has the lines and no receipt yet. Unknown: a call got no answer, and
    /// is looked into. No tax id: the company's tax number is not written down.
    FiscalState {
        Due = "due", Unknown = "unknown", Sent = "sent", Made = "made", Refused = "refused", NoTaxId = "no_tax_id",
    }
}

impl FiscalState {
    /// Nobody knows yet how it ends.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::Unknown | Self::Sent)
    }
}

impl RefundState {
    /// Nobody knows yet how it ends.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Asked | Self::Unknown)
    }
}

impl From<Provider> for PaymentSource {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Payme => Self::Payme,
            Provider::Click => Self::Click,
        }
    }
}

impl PaymentSource {
    /// Written down by hand at the desk.
    pub const BY_HAND: [Self; 3] = [Self::Cash, Self::Bank, Self::Terminal];

    pub fn is_by_hand(self) -> bool {
        Self::BY_HAND.contains(&self)
    }
}
