//! What an account owes, month by month and line by line.

use super::{
    CorrectionRow, Inputs, Payer, PenaltyRow, PromiseRow, RecalculationRow, ReliefRow, ReminderRow, ServiceName,
};
use crate::{AccountId, BuildingId, Money, ServiceId, UnitId, requests::words};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One month of an account. `opening + charged + recalculated + penalty - paid = closing`, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthSums {
    pub period: NaiveDate,
    pub opening: Money,
    pub charged: Money,
    pub recalculated: Money,
    pub penalty: Money,
    pub paid: Money,
    pub closing: Money,
}

/// A line of a bill with all it was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillLine {
    pub service_id: ServiceId,
    pub service: ServiceName,
    pub inputs: Inputs,
    pub base: Money,
    pub relief: Money,
    pub amount: Money,
    pub relief_reason: Option<String>,
}

words! {
    /// What a movement is.
    EntryKind {
        Opening = "opening", Charge = "charge", Payment = "payment", Refund = "refund",
        Correction = "correction", Penalty = "penalty", Reversal = "reversal",
    }
}

/// A movement of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Movement {
    pub booked_on: NaiveDate,
    pub kind: EntryKind,
    /// What a reversal took back.
    pub of: Option<EntryKind>,
    /// Above zero more to pay, below less.
    pub amount: Money,
    /// What was owed after it.
    pub balance: Money,
    pub reason: Option<String>,
    /// Nobody when it came by itself.
    pub author: Option<String>,
}

/// One month of an account, down to the arithmetic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthBill {
    pub account_id: AccountId,
    pub number: String,
    pub address: String,
    pub sums: MonthSums,
    /// By which day to pay.
    pub due_on: NaiveDate,
    pub lines: Vec<BillLine>,
    /// What paying late cost in this month.
    pub penalty: Option<PenaltyRow>,
    /// All but the charges of the lines.
    pub movements: Vec<Movement>,
}

/// An account with its money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountMoney {
    pub account_id: AccountId,
    pub number: String,
    pub unit_id: UnitId,
    pub building_id: BuildingId,
    pub address: String,
    pub closed_on: Option<NaiveDate>,
    /// Owed above zero, paid ahead below.
    pub balance: Money,
    /// The newest first.
    pub months: Vec<MonthSums>,
    pub reliefs: Vec<ReliefRow>,
    /// The newest first.
    pub recalculations: Vec<RecalculationRow>,
    /// Booked by hand, the newest first.
    pub corrections: Vec<CorrectionRow>,
    /// The newest month first.
    pub penalties: Vec<PenaltyRow>,
    /// Who has to pay, as somebody said.
    pub payer: Option<Payer>,
    /// Who has to pay, by the kind of the unit where nobody has said it.
    pub pays: Payer,
    /// The newest first.
    pub reminders: Vec<ReminderRow>,
    /// The newest first.
    pub promises: Vec<PromiseRow>,
}

/// Movements between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statement {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub opening: Money,
    pub movements: Vec<Movement>,
    pub closing: Money,
}

/// What one of my homes owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyBill {
    pub account_id: AccountId,
    pub number: String,
    pub unit_id: UnitId,
    pub address: String,
    pub balance: Money,
    /// By which day what was charged last is to be paid.
    pub due_on: Option<NaiveDate>,
    pub months: Vec<MonthSums>,
}
