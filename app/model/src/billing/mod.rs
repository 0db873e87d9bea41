//! What is charged for, at what price, and what came of it: services, tariffs, runs, bills, debts.

mod count;
mod recalculation;

pub use count::{Counted, Inputs, count, share};
pub use recalculation::{DecideRecalculation, NewRecalculation, RecalculationRow, RecalculationState, recalculated};

use crate::{
    AccountId, BuildingId, ComplexId, Lang, Money, ReliefId, RunId, ServiceId, TariffId, UnitId, requests::words,
    tasks::TaskView, validate,
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

words! {
    /// How a price becomes a sum: by square metres, by unit, by people who live there, or as a share of a house's sum.
    TariffRule { Area = "area", Unit = "unit", Person = "person", Shared = "shared" }
}
words! {
    /// By what the sum of a house is shared.
    Share { Area = "area", Unit = "unit", Person = "person" }
}

/// The name of a service in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceName {
    pub ru: String,
    pub uz: String,
    pub en: String,
}

impl ServiceName {
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ru => &self.ru,
            Lang::Uz => &self.uz,
            Lang::En => &self.en,
        }
    }
}

/// Everything one can write about a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ServiceFacts {
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_ru: String,
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_uz: String,
    #[garde(length(chars, max = 200), custom(validate::not_blank))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name_en: String,
    /// 17 digits of the national catalogue (ИКПУ), for fiscal receipts.
    #[garde(inner(custom(catalogue_code)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{17}$"))]
    #[serde(default)]
    pub ikpu: Option<String>,
    /// The package code that goes with it.
    #[garde(inner(custom(package_digits)))]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{1,20}$"))]
    #[serde(default)]
    pub package_code: Option<String>,
    #[garde(range(min = 0, max = 100))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100))]
    #[serde(default)]
    pub vat_percent: i16,
}

fn catalogue_code(code: &str, (): &()) -> garde::Result {
    if code.len() == 17 && code.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(garde::Error::new("bad_code"))
    }
}

fn package_digits(code: &str, (): &()) -> garde::Result {
    if (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) {
        Ok(())
    } else {
        Err(garde::Error::new("bad_code"))
    }
}

/// A service of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServiceRow {
    pub id: ServiceId,
    pub version: i32,
    pub name: ServiceName,
    pub ikpu: Option<String>,
    pub package_code: Option<String>,
    pub vat_percent: i16,
}

/// A new edition of a price. What it says is never changed; a new price is a new edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTariff {
    #[garde(skip)]
    pub service_id: ServiceId,
    #[garde(custom(shared_by_something(&self.share_by)))]
    pub rule: TariffRule,
    #[garde(skip)]
    #[serde(default)]
    pub share_by: Option<Share>,
    /// In tiyin: for a square metre, a unit, a person; with `shared` the sum of the whole house. Nothing frees from it.
    #[garde(custom(priced))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 100_000_000_000_i64))]
    pub price: Money,
    /// The first month, by any of its days.
    #[garde(custom(in_calendar))]
    pub since: NaiveDate,
    /// Only this complex.
    #[garde(skip)]
    #[serde(default)]
    pub complex_id: Option<ComplexId>,
    /// Only this house.
    #[garde(skip)]
    #[serde(default)]
    pub building_id: Option<BuildingId>,
    /// Only houses with at least so many storeys.
    #[garde(inner(range(min = 1, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default)]
    pub storeys_from: Option<i16>,
    /// Only houses with at most so many storeys.
    #[garde(inner(range(min = 1, max = 200)), custom(not_below(&self.storeys_from)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default)]
    pub storeys_to: Option<i16>,
    /// Only houses with a lift, or without one.
    #[garde(skip)]
    #[serde(default)]
    pub has_lift: Option<bool>,
}

fn shared_by_something<'a>(by: &'a Option<Share>) -> impl FnOnce(&TariffRule, &()) -> garde::Result + 'a {
    move |rule, ()| {
        if (*rule == TariffRule::Shared) == by.is_some() { Ok(()) } else { Err(garde::Error::new("required")) }
    }
}

fn not_below<'a>(from: &'a Option<i16>) -> impl FnOnce(&Option<i16>, &()) -> garde::Result + 'a {
    move |to, ()| match (from, to) {
        (Some(from), Some(to)) if to < from => Err(garde::Error::new("out_of_range")),
        _ => Ok(()),
    }
}

fn priced(price: &Money, (): &()) -> garde::Result {
    if (0..=100_000_000_000).contains(&price.tiyin()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

fn in_calendar(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) { Ok(()) } else { Err(garde::Error::new("out_of_range")) }
}

/// An edition of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffRow {
    pub id: TariffId,
    pub service_id: ServiceId,
    pub rule: TariffRule,
    pub share_by: Option<Share>,
    pub price: Money,
    pub since: NaiveDate,
    /// The first month without it.
    pub until: Option<NaiveDate>,
    pub complex_id: Option<ComplexId>,
    pub complex: Option<String>,
    pub building_id: Option<BuildingId>,
    pub address: Option<String>,
    pub storeys_from: Option<i16>,
    pub storeys_to: Option<i16>,
    pub has_lift: Option<bool>,
    pub author: String,
    /// Something was charged by it.
    pub used: bool,
}

/// Ends an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EndTariff {
    /// The first month without it, by any of its days.
    #[garde(custom(in_calendar))]
    pub until: NaiveDate,
}

/// Services and all their editions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffBook {
    pub services: Vec<ServiceRow>,
    /// The newest first.
    pub tariffs: Vec<TariffRow>,
}

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

/// Whose debts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct DebtFilter {
    pub building_id: Option<BuildingId>,
    /// Only debts older than so many days: 30, 60 or 90.
    pub older: Option<i32>,
    /// At least so many tiyin.
    pub least: Option<i64>,
    pub cursor: Option<String>,
    pub limit: Option<u32>,
}

/// How old a debt is: what came first is paid first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ages {
    pub total: Money,
    pub to_30: Money,
    pub to_60: Money,
    pub to_90: Money,
    pub over_90: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DebtRow {
    pub account_id: AccountId,
    pub number: String,
    pub unit_id: UnitId,
    pub address: String,
    /// An owner who lives or lived there.
    pub owner: Option<String>,
    pub ages: Ages,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HouseDebt {
    pub building_id: BuildingId,
    pub address: String,
    pub accounts: i64,
    pub ages: Ages,
}

/// Debts: all houses with their sums, and a page of accounts, the largest debt first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Debts {
    pub ages: Ages,
    pub houses: Vec<HouseDebt>,
    pub items: Vec<DebtRow>,
    pub next: Option<String>,
}
