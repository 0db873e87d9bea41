//! Statements of the bank: the money on them, what it may be for, and where it goes.

use super::MOST;
use crate::{AccountId, BankLineId, Money, PaymentId, StatementId, requests::words, validate};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

/// The largest statement or registry taken in.
pub const STATEMENT_LIMIT: usize = 20 * 1024 * 1024;

words! {
    /// `waiting` has money that no account has yet; `aside` is not for an account at all.
    LineState { Waiting = "waiting", Allocated = "allocated", Aside = "aside" }
}

words! {
    /// Why a line of a file was not taken. `known`: taken from an earlier file. `by_hand`: somebody has written this
    /// payment down before.
    SkipReason {
        Known = "known", ByHand = "by_hand", BadSum = "bad_sum", BadDate = "bad_date", InFuture = "in_future",
        NoDirection = "no_direction", Unfinished = "unfinished",
    }
}

words! {
    /// What speaks for an account. `marked`: its number stands in the purpose behind a word for it; `number`: without
    /// one; `bill`: the number of one of its bills; `debt`: it owes exactly this sum; `name`: the payer lives or owns there.
    #[cfg_attr(feature = "openapi", schema(as = BankGround))]
    Ground { Marked = "marked", Number = "number", Bill = "bill", Debt = "debt", Name = "name" }
}

/// A line that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkippedLine {
    /// Its place in the file.
    pub line: i32,
    pub why: SkipReason,
    pub amount: Option<Money>,
    /// The number of the document, the payer, or what stood in the cell.
    pub what: String,
}

/// A statement with its sums: what came in is what is matched, waits, lies aside and was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementRow {
    pub id: StatementId,
    pub file_name: String,
    /// The company's own bank accounts in it.
    pub own_accounts: Vec<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    pub total_count: i64,
    pub total: Money,
    /// What came in by the file's own words, where it has any.
    pub declared: Option<Money>,
    pub matched_count: i64,
    pub matched: Money,
    pub waiting_count: i64,
    pub waiting: Money,
    pub aside_count: i64,
    pub aside: Money,
    pub repeated_count: i64,
    pub repeated: Money,
    pub outgoing_count: i64,
    pub outgoing: Money,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// A statement with its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementCard {
    #[serde(flatten)]
    pub row: StatementRow,
    /// The first five hundred, in the order of the file.
    pub lines: Vec<BankLine>,
    /// What was not taken, the first hundred.
    pub skipped: Vec<SkippedLine>,
}

/// Where a part of a line went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankPart {
    pub payment_id: PaymentId,
    pub number: i64,
    pub account_id: AccountId,
    pub account_number: String,
    pub address: String,
    pub amount: Money,
    /// Nobody had to decide: the number of the account stood in the purpose.
    pub automatic: bool,
}

/// An account a line may be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = BankSuggestion))]
pub struct Suggestion {
    pub account_id: AccountId,
    pub account_number: String,
    pub address: String,
    /// More than zero is owed.
    pub balance: Money,
    pub closed: bool,
    /// Percent.
    pub confidence: u8,
    pub grounds: Vec<Ground>,
}

/// Money on a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BankLine {
    pub id: BankLineId,
    pub statement_id: StatementId,
    pub line: i32,
    pub state: LineState,
    pub own_account: String,
    pub received_on: NaiveDate,
    pub number: String,
    pub amount: Money,
    /// What no account has yet.
    pub left: Money,
    pub payer: String,
    pub payer_account: String,
    pub purpose: String,
    pub aside_reason: Option<String>,
    pub parts: Vec<BankPart>,
    /// For waiting lines, the likeliest first.
    pub suggestions: Vec<Suggestion>,
}

/// Which lines of the bank to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct BankLineFilter {
    /// `waiting` when absent.
    pub state: Option<LineState>,
    pub statement_id: Option<StatementId>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// Which statements to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct StatementFilter {
    pub cursor: Option<String>,
    /// 1 to 100; 20 when absent.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
}

/// Money that is nobody's yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnmatchedTotals {
    pub waiting_count: i64,
    pub waiting: Money,
    pub aside_count: i64,
    pub aside: Money,
}

/// Gives the money of a line to accounts. What is not given waits on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AllocateLine {
    #[garde(length(min = 1, max = 20), dive)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub parts: Vec<AllocatePart>,
}

/// A part of a line for an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AllocatePart {
    /// The number of the personal account.
    #[garde(length(chars, max = 30), custom(validate::not_blank))]
    pub account: String,
    /// Everything that is left when absent.
    #[garde(inner(custom(positive)))]
    #[serde(default)]
    pub amount: Option<Money>,
}

/// Puts a line aside: it is for no account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    pub reason: String,
}

fn positive(value: &Money, _: &()) -> garde::Result {
    if *value > Money::ZERO && *value <= MOST { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}
