//! The monthly run: looked at, booked, taken back, closed.

use super::{ServiceName, in_calendar};
use crate::{AccountId, BuildingId, Money, RunId, ServiceId, requests::words, tasks::TaskView};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// Where a run stands.
    RunState {
        Previewing = "previewing", Ready = "ready", Posting = "posting", Posted = "posted",
        Undoing = "undoing", Undone = "undone", Stopped = "stopped",
    }
}
words! {
    /// What a look at a month warns of.
    WarningKind {
        NoArea = "no_area", NoPeople = "no_people", NoTariff = "no_tariff", MuchMore = "much_more",
        MuchLess = "much_less", NothingToShare = "nothing_to_share",
    }
}

/// A look at a month, before it is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    /// Any day of the month.
    #[garde(custom(in_calendar))]
    pub period: NaiveDate,
    /// All houses when empty.
    #[garde(length(max = 1_000))]
    #[cfg_attr(feature = "openapi", schema(max_items = 1_000))]
    #[serde(default)]
    pub building_ids: Vec<BuildingId>,
}

/// A run in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunRow {
    pub id: RunId,
    pub version: i32,
    pub period: NaiveDate,
    pub state: RunState,
    /// How many houses were chosen; all when nothing.
    pub houses: i32,
    pub accounts: i32,
    pub lines: i32,
    pub amount: Money,
    /// What the same houses were charged the month before.
    pub before: Money,
    pub created_at: DateTime<Utc>,
    pub author: String,
    pub posted_at: Option<DateTime<Utc>>,
    /// The month is closed: nothing about it changes any more.
    pub locked: bool,
}

/// What a run holds for one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceTotal {
    pub service_id: ServiceId,
    pub service: ServiceName,
    pub lines: i64,
    pub amount: Money,
    pub before: Money,
}

/// What a run holds for one house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseTotal {
    pub building_id: BuildingId,
    pub address: String,
    pub lines: i64,
    pub amount: Money,
    pub before: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunWarning {
    pub kind: WarningKind,
    pub address: String,
    pub account_id: Option<AccountId>,
    pub account: Option<String>,
    pub service: Option<ServiceName>,
    pub before: Option<Money>,
    pub amount: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WarningCount {
    pub kind: WarningKind,
    pub count: i64,
}

/// One run with what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunCard {
    pub run: RunRow,
    pub services: Vec<ServiceTotal>,
    pub houses: Vec<HouseTotal>,
    pub warning_counts: Vec<WarningCount>,
    /// The first of them.
    pub warnings: Vec<RunWarning>,
    /// The work under way, or the last one when it failed.
    pub task: Option<TaskView>,
}

/// The runs, and how far the books are closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runs {
    /// The newest month first.
    pub runs: Vec<RunRow>,
    /// The last closed month.
    pub closed_until: Option<NaiveDate>,
    /// The month it is.
    pub month: NaiveDate,
}

/// Closes a month and all before it. There is no way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CloseMonth {
    #[garde(custom(in_calendar))]
    pub period: NaiveDate,
}
