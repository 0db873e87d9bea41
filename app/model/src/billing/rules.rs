//! What a company decides about its bills: when to pay, of what a look warns, when a second person is asked; and dated
//! editions of what paying late costs.

use super::{HouseTotal, Payer, PenaltyLine, RecalculationState, RunState, in_calendar, priced};
use crate::{AccountId, BuildingId, Money, PenaltyId, PenaltyRuleId, RunId, WaiverId, tasks::TaskView, validate};
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Months as billing needs them.
pub trait MonthTurn: Sized {
    /// The first day of the next month.
    fn first_of_next(self) -> Option<Self>;
}

impl MonthTurn for NaiveDate {
    fn first_of_next(self) -> Option<Self> {
        self.with_day(1)?.checked_add_months(Months::new(1))
    }
}

/// The company's rules of bills, with their version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillingRules {
    /// 0 while nobody has decided anything: the usual.
    pub version: i32,
    /// The day of the next month by which to pay.
    pub due_day: i16,
    /// A look at a month warns of accounts that change by more than so many percent.
    pub warn_percent: i16,
    /// Over this sum a second person decides.
    pub approve_over: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveBillingRules {
    #[garde(range(min = 1, max = 28))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 28))]
    pub due_day: i16,
    #[garde(range(min = 1, max = 1_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000))]
    pub warn_percent: i16,
    #[garde(custom(priced))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100_000_000_000_i64))]
    pub approve_over: Money,
}

/// What paying late costs from a month on. Never changed; other rules are a new edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PenaltyTerms {
    /// The first month whose days are counted by it, by any of its days.
    #[garde(custom(in_calendar))]
    pub since: NaiveDate,
    /// The day of the next month until which nothing is late.
    #[garde(range(min = 1, max = 28))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 28))]
    pub due_day: i16,
    /// Days after it that cost nothing.
    #[garde(range(min = 0, max = 90))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 90))]
    #[serde(default)]
    pub grace_days: i16,
    /// A day for natural persons, in hundredths of a basis point: 1000 is 0.1 %.
    #[garde(range(min = 0, max = 20_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 20_000))]
    pub person_rate: i32,
    /// A day for legal entities.
    #[garde(range(min = 0, max = 20_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 20_000))]
    pub legal_rate: i32,
    /// All days of a debt together, in hundredths of a percent of it: 5000 is a half.
    #[garde(range(min = 0, max = 10_000))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 10_000))]
    pub cap_bp: i32,
}

impl PenaltyTerms {
    /// What the form suggests. Nothing is charged until a company makes an edition of its own.
    pub const fn usual(since: NaiveDate) -> Self {
        Self { since, due_day: 15, grace_days: 0, person_rate: 1_000, legal_rate: 4_000, cap_bp: 5_000 }
    }
}

/// An edition of a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyRuleRow {
    pub id: PenaltyRuleId,
    pub terms: PenaltyTerms,
    pub author: String,
    pub created_at: DateTime<Utc>,
    /// It holds for the days of the month it is.
    pub current: bool,
}

/// All rules of bills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillingSettings {
    pub rules: BillingRules,
    /// The newest month first.
    pub penalties: Vec<PenaltyRuleRow>,
    /// The month it is.
    pub month: NaiveDate,
}

/// What an edition would have cost, counted some houses at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyForecast {
    /// The last whole month, as if the edition had begun with it.
    pub period: NaiveDate,
    /// Accounts of these houses that would have paid, and how much.
    pub accounts: i64,
    pub amount: Money,
    /// The largest of them.
    pub examples: Vec<PenaltyExample>,
    /// Accounts looked at until now, of all.
    pub looked: i64,
    pub total: i64,
    /// Where to go on; nothing when all houses are counted.
    pub next: Option<BuildingId>,
}

impl PenaltyForecast {
    /// Examples that are shown.
    pub const EXAMPLES: usize = 3;

    /// This part with the one that follows it. None when a sum passes what a number holds.
    pub fn and(self, following: Self) -> Option<Self> {
        let mut examples = self.examples;
        examples.extend(following.examples);
        examples.sort_by_key(|e| (Reverse(e.amount), e.account_id));
        examples.truncate(Self::EXAMPLES);
        Some(Self {
            accounts: self.accounts + following.accounts,
            amount: self.amount.checked_add(following.amount)?,
            examples,
            ..following
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyExample {
    pub account_id: AccountId,
    pub number: String,
    pub address: String,
    pub payer: Payer,
    pub amount: Money,
    pub lines: Vec<PenaltyLine>,
}

/// A look at the penalties of a month that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartPenaltyRun {
    /// Any day of the month.
    #[garde(custom(in_calendar))]
    pub period: NaiveDate,
}

/// A run of penalties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyRunRow {
    pub id: RunId,
    pub version: i32,
    pub period: NaiveDate,
    pub state: RunState,
    /// Accounts with a penalty.
    pub accounts: i64,
    pub amount: Money,
    pub created_at: DateTime<Utc>,
    pub author: String,
    pub posted_at: Option<DateTime<Utc>>,
    /// The month is closed: nothing about it changes any more.
    pub locked: bool,
}

/// One run of penalties with what was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyRunCard {
    pub run: PenaltyRunRow,
    /// `lines` are accounts; `before` is the month before.
    pub houses: Vec<HouseTotal>,
    /// The largest.
    pub examples: Vec<PenaltyExample>,
    /// The work under way, or the last one when it failed.
    pub task: Option<TaskView>,
}

/// The penalty of an account for one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyRow {
    pub id: PenaltyId,
    /// The month whose days were counted.
    pub period: NaiveDate,
    pub payer: Payer,
    pub amount: Money,
    /// One for each month that was not paid in time.
    pub lines: Vec<PenaltyLine>,
    /// Asked to be forgiven; nothing of it is told to residents but that it was.
    pub waiver: Option<WaiverRow>,
}

/// Forgives a penalty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaivePenalty {
    #[garde(length(chars, max = 500), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: String,
}

/// A penalty that is forgiven, or may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaiverRow {
    pub id: WaiverId,
    pub state: RecalculationState,
    pub reason: String,
    pub author: String,
    /// Asked by whoever looks: only somebody else may decide.
    pub own: bool,
    pub decided_by: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Says who has to pay an account; by the kind of the unit when nobody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPayer {
    pub payer: Option<Payer>,
}
