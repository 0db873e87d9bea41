//! What is charged for, at what price, and what came of it: services, tariffs, runs, bills, debts.

mod bills;
mod corrections;
mod count;
mod debts;
mod penalty;
#[cfg(test)]
mod penalty_examples;
mod recalculation;
mod reliefs;
mod reminders;
mod rules;
mod runs;
mod services;
mod tariffs;

pub use bills::{AccountMoney, BillLine, EntryKind, MonthBill, MonthSums, Movement, MyBill, Statement};
pub use corrections::{CorrectionRow, NewCorrection};
pub use count::{Counted, Inputs, count, share};
pub use debts::{Ages, DebtFilter, DebtRow, Debts, HouseDebt};
pub use penalty::{History, Moved, Payer, PenaltyLine, PenaltyStep, Rates, penalties};
pub use recalculation::{DecideRecalculation, NewRecalculation, RecalculationRow, RecalculationState, recalculated};
pub use reliefs::{NewRelief, ReliefRow};
pub use reminders::{
    LastReminder, NewPromise, PromiseRow, Quiet, RemindNow, ReminderKind, ReminderLook, ReminderLookRow, ReminderRow,
    ReminderRules, ReminderSample, ReminderState, ReminderStep, ReminderText, SaveReminderRules, VARIABLES, Variables,
    Wish, fill,
};
pub use rules::{
    BillingRules, BillingSettings, MonthTurn, PenaltyExample, PenaltyForecast, PenaltyRow, PenaltyRuleRow,
    PenaltyRunCard, PenaltyRunRow, PenaltyTerms, SaveBillingRules, SetPayer, StartPenaltyRun, WaivePenalty, WaiverRow,
};
pub use runs::{
    CloseMonth, HouseTotal, RunCard, RunRow, RunState, RunWarning, Runs, ServiceTotal, StartRun, WarningCount,
    WarningKind,
};
pub use services::{ServiceFacts, ServiceName, ServiceRow};
pub use tariffs::{EndTariff, NewTariff, SharedBy, TariffBook, TariffRow, TariffRule};

use crate::Money;
use chrono::{Datelike, NaiveDate};

fn priced(price: &Money, (): &()) -> garde::Result {
    if (0..=100_000_000_000).contains(&price.tiyin()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn in_calendar(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
