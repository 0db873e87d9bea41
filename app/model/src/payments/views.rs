//! Payments as they are listed and shown, and what the desk may do with them.

use super::{ClickAnswer, FiscalState, PaymentSource, PaymentState, RefundState};
use crate::{AccountId, BuildingId, KassaId, Money, PaymentId, UserId, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// One payment of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentRow {
    pub id: PaymentId,
    pub number: i64,
    pub source: PaymentSource,
    pub state: PaymentState,
    pub amount: Money,
    pub paid_at: DateTime<Utc>,
    /// The day it counts for in the books.
    pub booked_on: NaiveDate,
    pub account_id: AccountId,
    /// As it was when the money came.
    pub account_number: String,
    pub address: String,
    /// Payme's id, Click's payment number, the number of the receipt.
    pub reference: String,
    pub kassa: Option<String>,
    /// The provider says that this money did not come after all; somebody has to look.
    pub disputed: bool,
}

/// One payment with everything about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentCard {
    #[serde(flatten)]
    pub row: PaymentRow,
    pub kassa_id: Option<KassaId>,
    pub payer: Option<String>,
    pub note: Option<String>,
    /// Who wrote it down.
    pub created_by: Option<UserId>,
    pub created_by_name: Option<String>,
    pub refunded_at: Option<DateTime<Utc>>,
    pub refund_reason: Option<String>,
    /// The fiscal receipt.
    pub receipt_url: Option<String>,
    /// Click can be asked about it, and asked to give it back.
    #[serde(default)]
    pub click_answers: bool,
    /// What Click said last.
    pub click: Option<ClickWord>,
    /// The last refund that Click was asked for.
    pub click_refund: Option<ClickRefund>,
    /// How far its fiscal receipt is, where the provider makes one.
    pub fiscal: Option<FiscalReceipt>,
}

/// The fiscal receipt of a payment; `receipt_url` leads to it when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FiscalReceipt {
    pub state: FiscalState,
    /// In the provider's words.
    pub note: Option<String>,
}

/// An answer of Click about a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClickWord {
    pub answer: ClickAnswer,
    /// In Click's words.
    pub note: Option<String>,
    pub at: DateTime<Utc>,
}

/// A refund that Click was asked for. The payment is taken back when it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClickRefund {
    pub state: RefundState,
    pub reason: String,
    /// What Click said.
    pub note: Option<String>,
    pub at: DateTime<Utc>,
    pub author: String,
}

/// What a list of payments shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct PaymentFilter {
    pub source: Option<PaymentSource>,
    pub state: Option<PaymentState>,
    pub account_id: Option<AccountId>,
    pub building_id: Option<BuildingId>,
    pub kassa_id: Option<KassaId>,
    /// The first and the last day.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// The number of the payment, of the receipt or of the account, or words of today's address in any script and order, with
    /// or without the flat's number.
    pub text: Option<String>,
    /// Only those the provider disputes.
    pub disputed: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// Sums over everything a filter shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentTotals {
    pub count: i64,
    pub completed: Money,
    pub refunded: Money,
    pub by_source: Vec<SourceTotal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SourceTotal {
    pub source: PaymentSource,
    pub count: i64,
    pub amount: Money,
}

/// Writes money down that came in past the payment systems.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordPayment {
    /// The number of the personal account.
    #[garde(length(chars, max = 30), custom(validate::not_blank))]
    pub account: String,
    /// `cash`, `bank` or `terminal`.
    #[garde(custom(by_hand))]
    pub source: PaymentSource,
    #[garde(custom(positive))]
    pub amount: Money,
    /// The number of the receipt or of the bank document.
    #[garde(length(chars, max = 100), custom(validate::not_blank))]
    pub reference: String,
    /// The day the money came; today when absent, never later.
    #[garde(skip)]
    #[serde(default)]
    pub paid_on: Option<NaiveDate>,
    #[garde(inner(length(chars, max = 200)))]
    #[serde(default)]
    pub payer: Option<String>,
    #[garde(inner(length(chars, max = 500)))]
    #[serde(default)]
    pub note: Option<String>,
}

/// Takes a payment back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RefundPayment {
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    pub reason: String,
}

fn by_hand(value: &PaymentSource, _: &()) -> garde::Result {
    if value.is_by_hand() { Ok(()) } else { Err(garde::Error::new("unknown")) }
}

fn positive(value: &Money, _: &()) -> garde::Result {
    if *value > Money::ZERO && *value <= super::MOST { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
