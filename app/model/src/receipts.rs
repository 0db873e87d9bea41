//! Bills and statements on paper. Every number is the one the screen shows; words are found where the paper is made.

use crate::{
    AccountId, BuildingId, Lang, Money, Phone,
    billing::{MonthBill, ReminderKind, ReminderText, Statement, Variables},
};
use chrono::{Datelike, NaiveDate};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Whom the money goes to. What a company has not told is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issuer {
    pub name: String,
    /// As the register of companies knows it.
    pub legal_name: Option<String>,
    pub tax_id: Option<String>,
    pub bank_account: Option<String>,
    pub bank_name: Option<String>,
    /// The МФО of the bank.
    pub bank_code: Option<String>,
    pub address: Option<String>,
    pub phone: Option<Phone>,
}

/// The address of the page without login as a picture of dark and light squares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayMark {
    pub url: String,
    /// Squares of one side.
    pub side: usize,
    /// Row by row; `side * side` of them.
    pub dark: Vec<bool>,
}

/// One month of an account, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub issuer: Issuer,
    pub bill: MonthBill,
    pub payer: Option<String>,
    pub printed_on: NaiveDate,
    /// What is owed on that day, whatever month the paper is about.
    pub balance: Money,
    /// Nothing when the account is closed: no money is taken there any more.
    pub pay: Option<PayMark>,
}

/// Everything that moved an account between two days, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPaper {
    pub issuer: Issuer,
    pub account_id: AccountId,
    pub number: String,
    pub address: String,
    pub payer: Option<String>,
    pub printed_on: NaiveDate,
    pub statement: Statement,
}

/// Asks for the receipts of a house in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrintReceipts {
    #[garde(skip)]
    pub building_id: BuildingId,
    /// Any day of the month.
    #[garde(custom(in_calendar))]
    pub period: NaiveDate,
    /// The language of the person who asks when absent.
    #[garde(skip)]
    #[serde(default)]
    pub lang: Option<Lang>,
}

/// A month that is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LetterMonth {
    pub month: NaiveDate,
    pub debt: Money,
    /// What paying it late has cost so far.
    pub penalty: Money,
}

/// A step of the ladder of reminders as a letter on paper. `values.debt` is the sum of everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebtLetter {
    pub issuer: Issuer,
    pub kind: ReminderKind,
    /// The same for one step of one debt, however often it is printed.
    pub number: String,
    pub printed_on: NaiveDate,
    /// The company's own words.
    pub text: ReminderText,
    /// Without a name when nobody is known there.
    pub values: Variables,
    /// Since the oldest month was to be paid.
    pub days_late: i32,
    /// The oldest first.
    pub months: Vec<LetterMonth>,
    /// Penalties on months that are paid by now.
    pub earlier_penalty: Money,
    pub pay: Option<PayMark>,
}

/// Asks for letters to debtors in one file: of the accounts that are named, else of all that fit the filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrintLetters {
    #[garde(length(max = 200))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    #[serde(default)]
    pub account_ids: Vec<AccountId>,
    #[garde(skip)]
    #[serde(default)]
    pub building_id: Option<BuildingId>,
    /// Only debts older than so many days: 30, 60 or 90.
    #[garde(skip)]
    #[serde(default)]
    pub older: Option<i32>,
    /// At least so many tiyin.
    #[garde(skip)]
    #[serde(default)]
    pub least: Option<i64>,
    /// From 1; the highest letter that is due for each when absent.
    #[garde(inner(range(min = 1, max = 8)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 8))]
    #[serde(default)]
    pub step: Option<i16>,
    /// The language of the person who asks when absent.
    #[garde(skip)]
    #[serde(default)]
    pub lang: Option<Lang>,
}

fn in_calendar(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
