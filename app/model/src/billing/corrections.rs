//! A sum booked on an account by hand.

use super::{RecalculationState, ServiceName, in_calendar};
use crate::{CorrectionId, Money, ServiceId, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The most that is booked by hand at once: 100 million soʻm.
const MOST: i64 = 10_000_000_000;

/// Puts an account right by a sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCorrection {
    /// Above zero is owed more, below zero less.
    #[garde(custom(some_sum))]
    pub amount: Money,
    /// Whose income it is; nobody's in particular when absent. Not with `other`.
    #[garde(skip)]
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// The number of another account that has the other side: what this one owes less, that one owes more.
    #[garde(inner(length(chars, max = 30), custom(validate::not_blank)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 30))]
    #[serde(default)]
    pub other: Option<String>,
    /// Today when absent; a past day needs a right of its own.
    #[garde(inner(custom(in_calendar)))]
    #[serde(default)]
    pub booked_on: Option<NaiveDate>,
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectionRow {
    pub id: CorrectionId,
    /// What this account owes more, or less below zero.
    pub amount: Money,
    pub service: Option<ServiceName>,
    /// The number of the account with the other side.
    pub other: Option<String>,
    /// Absent while it waits and no day was asked for.
    pub booked_on: Option<NaiveDate>,
    pub state: RecalculationState,
    pub reason: String,
    pub author: String,
    /// Asked by whoever looks: only somebody else may decide.
    pub own: bool,
    pub decided_by: Option<String>,
    pub created_at: DateTime<Utc>,
}

fn some_sum(sum: &Money, (): &()) -> garde::Result {
    let good = sum.tiyin() != 0 && (-MOST..=MOST).contains(&sum.tiyin());
    if good { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
