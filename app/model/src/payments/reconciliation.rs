//! Our books beside those of a provider: registries from its cabinet, and what the daily look finds by itself.

use super::{ClickAnswer, Provider};
use crate::{DifferenceId, FindingId, KassaId, Money, PaymentId, ReconciliationId, requests::words, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// `missing_here`: paid there, unknown here. `missing_there`: credited here, not in the file. `sum` and `state`:
    /// both have it and say different things. `twice`: the file has it more than once.
    DifferenceKind {
        MissingHere = "missing_here", MissingThere = "missing_there", Sum = "sum", State = "state", Twice = "twice",
    }
}

words! {
    /// How a payment stands, in words both sides share.
    Standing { Paid = "paid", Cancelled = "cancelled", Waiting = "waiting" }
}

words! {
    /// `payme_stuck`, `click_stuck`: neither done nor cancelled past its time. `not_credited`: done with the provider, not
    /// in the books. `not_taken_back`: cancelled there, still credited. `entry_differs`: a payment whose entry says another
    /// sum or account. `disputed`: somebody has to ask Click.
    FindingKind {
        PaymeStuck = "payme_stuck", ClickStuck = "click_stuck", NotCredited = "not_credited",
        NotTakenBack = "not_taken_back", EntryDiffers = "entry_differs", Disputed = "disputed",
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReconciliationRow {
    pub id: ReconciliationId,
    pub kassa_id: KassaId,
    pub kassa: String,
    pub provider: Provider,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub file_name: String,
    /// What counts as paid, by the file and by us.
    pub theirs_count: i64,
    pub theirs: Money,
    pub ours_count: i64,
    pub ours: Money,
    /// Rows on which both agree.
    pub agreed_count: i64,
    /// Rows of the file that could not be read.
    pub unread_count: i64,
    pub differences: i64,
    /// Of them not settled yet.
    pub open: i64,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// Where the file and we differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    pub id: DifferenceId,
    pub kind: DifferenceKind,
    /// The provider's number of the payment.
    pub reference: String,
    pub payment_id: Option<PaymentId>,
    pub at: Option<DateTime<Utc>>,
    pub theirs: Option<Money>,
    pub ours: Option<Money>,
    pub theirs_state: Option<Standing>,
    pub ours_state: Option<Standing>,
    pub settled_at: Option<DateTime<Utc>>,
    pub settled_by: Option<String>,
    pub settled_note: Option<String>,
}

/// A comparison with everything it found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReconciliationCard {
    #[serde(flatten)]
    pub row: ReconciliationRow,
    /// Open ones first; the first five hundred.
    pub items: Vec<Difference>,
}

/// Which comparisons to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ReconciliationFilter {
    pub kassa_id: Option<KassaId>,
    pub cursor: Option<String>,
    /// 1 to 100; 20 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// What the daily look found without a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    pub id: FindingId,
    pub kind: FindingKind,
    pub reference: String,
    pub kassa: Option<String>,
    pub payment_id: Option<PaymentId>,
    pub amount: Money,
    /// When it happened.
    pub at: DateTime<Utc>,
    pub found_at: DateTime<Utc>,
    /// What Click said of it, where Click can be asked.
    pub click: Option<ClickAnswer>,
}

/// The last look and what it left open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Findings {
    pub looked_at: Option<DateTime<Utc>>,
    /// The first two hundred, the oldest first.
    pub items: Vec<Finding>,
}

/// A kassa to compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KassaName {
    pub id: KassaId,
    pub name: String,
    pub provider: Provider,
}

/// Says how a difference ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SettleDifference {
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    pub note: String,
}
