//! Less to pay for one account.

use super::{ServiceName, in_calendar, priced};
use crate::{Money, ReliefId, ServiceId, validate};
use chrono::NaiveDate;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Less to pay for one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRelief {
    /// All services when absent.
    #[garde(skip)]
    #[serde(default)]
    pub service_id: Option<ServiceId>,
    /// Hundredths of a percent: 5000 is a half.
    #[garde(inner(range(min = 1, max = 10_000)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10_000))]
    #[serde(default)]
    pub percent_bp: Option<i32>,
    /// A sum a month, instead of a percentage.
    #[garde(inner(custom(priced)))]
    #[serde(default)]
    pub sum: Option<Money>,
    #[garde(custom(in_calendar))]
    pub since: NaiveDate,
    /// The first month without it.
    #[garde(inner(custom(in_calendar)))]
    #[serde(default)]
    pub until: Option<NaiveDate>,
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReliefRow {
    pub id: ReliefId,
    pub service_id: Option<ServiceId>,
    pub service: Option<ServiceName>,
    pub percent_bp: Option<i32>,
    pub sum: Option<Money>,
    pub since: NaiveDate,
    pub until: Option<NaiveDate>,
    pub reason: String,
    pub author: String,
}
