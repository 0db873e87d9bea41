//! Field work (работа на месте): what is checked, used and spent on a request, the proof that it was done, and what it
//! will cost the resident.

mod catalogue;
mod estimates;
mod proof;
mod quantity;

pub use catalogue::*;
pub use estimates::*;
pub use proof::*;
pub use quantity::Quantity;

use crate::{Money, names::Names, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Everything recorded about the work on one request. For a resident only what concerns them is filled in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldWork {
    pub checklist: Vec<CheckItem>,
    pub materials: Vec<MaterialUse>,
    pub time: Vec<TimeEntry>,
    pub costs: Vec<ExtraCost>,
    pub totals: WorkTotals,
    /// What the company wants to see before the work may be reported as done.
    pub required: Vec<Proof>,
    pub confirmation: Option<Confirmation>,
    /// Four digits the resident tells the worker when the work is done; nobody else is shown them.
    pub code: Option<String>,
    /// The newest estimate.
    pub estimate: Option<Estimate>,
    /// Paid work waits for the resident's yes to its estimate.
    pub start_waits: bool,
    /// What the request came from, when nobody filed it.
    pub origin: Option<Origin>,
    /// The reader may record work.
    pub may_work: bool,
    /// The reader may make an estimate.
    pub may_estimate: bool,
    /// The reader may accept or decline the estimate.
    pub may_decide: bool,
}

/// One point of a checklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckItem {
    pub id: Uuid,
    pub text: String,
    /// Added on the spot, not from the company's list.
    pub added: bool,
    pub done_at: Option<DateTime<Utc>>,
    pub done_by: Option<String>,
}

/// Material that went into the work, at the price of that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaterialUse {
    pub id: Uuid,
    pub names: Names,
    pub unit: Unit,
    /// Of one unit, in tiyin.
    pub price: Money,
    /// In thousandths of the unit.
    pub quantity: Quantity,
    /// Price times quantity, rounded to a tiyin.
    #[serde(default)]
    pub total: Money,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// Time somebody spent. Without minutes the clock is running.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeEntry {
    pub id: Uuid,
    pub user_id: crate::UserId,
    pub by: String,
    pub by_hand: bool,
    pub started_at: DateTime<Utc>,
    pub minutes: Option<i32>,
    pub note: Option<String>,
    /// Who wrote it down, when that was somebody else.
    #[serde(default)]
    pub entered_by: Option<String>,
}

/// Money spent beside the materials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExtraCost {
    pub id: Uuid,
    pub amount: Money,
    pub reason: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// What the work came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WorkTotals {
    pub materials: Money,
    pub costs: Money,
    /// Materials and costs together.
    pub money: Money,
    pub minutes: i64,
}

/// What made a request that nobody filed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    Plan { id: crate::PlanId, title: String, due_on: NaiveDate },
    Round { id: crate::RoundId, name: String, due_on: NaiveDate },
}

/// Records one thing about the work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum RecordWork {
    /// Ticks a point of the checklist, or takes the tick away.
    Check {
        #[garde(skip)]
        item_id: Uuid,
        #[garde(skip)]
        done: bool,
    },
    /// Adds a point that no list had.
    AddCheck {
        #[garde(length(chars, max = 300), custom(validate::not_blank))]
        text: String,
    },
    /// Copies the points of one of the company's lists.
    UseChecklist {
        #[garde(skip)]
        checklist_id: crate::ChecklistId,
    },
    UseMaterial {
        #[garde(skip)]
        material_id: crate::CatalogueId,
        /// In thousandths of the unit.
        #[garde(custom(quantity::in_range))]
        quantity: Quantity,
    },
    /// Starts the worker's clock; one that runs elsewhere is stopped.
    StartTimer,
    StopTimer,
    AddTime {
        #[garde(range(min = 1, max = 1440))]
        minutes: i32,
        #[garde(inner(length(chars, max = 300)))]
        #[serde(default)]
        note: Option<String>,
        /// Whose time it is, when the desk writes it down for a colleague; the caller's own when absent.
        #[garde(skip)]
        #[serde(default)]
        user_id: Option<crate::UserId>,
    },
    AddCost {
        #[garde(custom(positive))]
        amount: Money,
        #[garde(length(chars, max = 300), custom(validate::not_blank))]
        reason: String,
    },
    /// Takes a point that was added, a material, a time or a cost away again.
    Remove {
        #[garde(skip)]
        what: WorkPart,
        #[garde(skip)]
        id: Uuid,
    },
}

crate::requests::words! {
    /// What can be taken away again.
    WorkPart { Check = "check", Material = "material", Time = "time", Cost = "cost" }
}

/// An amount somebody spends: more than nothing, less than a billion soʻm.
pub(crate) fn positive(amount: &Money, (): &()) -> garde::Result {
    if (1..=100_000_000_000).contains(&amount.tiyin()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// A price: nothing is a price too.
pub(crate) fn price(amount: &Money, (): &()) -> garde::Result {
    if (0..=100_000_000_000).contains(&amount.tiyin()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

impl WorkTotals {
    /// Adds everything up; `None` when it does not fit.
    pub fn of(materials: &[MaterialUse], time: &[TimeEntry], costs: &[ExtraCost]) -> Option<Self> {
        let sum =
            |mut amounts: std::slice::Iter<'_, Money>| amounts.try_fold(Money::ZERO, |sum, m| sum.checked_add(*m));
        let materials = sum(materials.iter().map(|m| m.total).collect::<Vec<_>>().iter())?;
        let costs = sum(costs.iter().map(|c| c.amount).collect::<Vec<_>>().iter())?;
        let minutes = time.iter().filter_map(|t| t.minutes).map(i64::from).sum();
        Some(Self { materials, costs, money: materials.checked_add(costs)?, minutes })
    }
}
