//! Bills and statements on paper. Every number is the one the screen shows; words are found where the paper is made.

use crate::{
    AccountId, BuildingId, Lang, Money, Phone,
    billing::{MonthBill, Statement},
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

fn in_calendar(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
