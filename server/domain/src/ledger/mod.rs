//! The ledger: every movement of money as an entry of postings that add up to nothing. Entries are never changed; what
//! was wrong is reversed. The database proves each entry and keeps the balances (`migrations/0100_ledger.sql`).

mod check;
mod close;
mod receive;

pub use check::{Difference, check};
pub use close::{close, closed_until, still_open};
pub use receive::{Receipt, receive};

use crate::{Door, Error, Result, Tx, property::today};
use chrono::{Datelike, NaiveDate};
use model::{AccountId, Code, EntryId, Money, Permission as P, ServiceId};
use platform::ids::new_id;
use uuid::Uuid;

/// The chart of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Book {
    /// What residents owe: above zero a debt, below zero paid ahead.
    Receivable,
    Income,
    PenaltyIncome,
    Bank,
    Cash,
    Terminal,
    Payme,
    Click,
    /// Money that came and is nobody's yet.
    Unallocated,
    /// The other side of opening balances.
    Opening,
}

impl Book {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::Income => "income",
            Self::PenaltyIncome => "penalty_income",
            Self::Bank => "bank",
            Self::Cash => "cash",
            Self::Terminal => "terminal",
            Self::Payme => "payme",
            Self::Click => "click",
            Self::Unallocated => "unallocated",
            Self::Opening => "opening",
        }
    }
}

/// What an entry was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    Opening,
    Charge,
    Payment,
    Refund,
    Correction,
    Penalty,
    Reversal,
}

impl Source {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Charge => "charge",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Correction => "correction",
            Self::Penalty => "penalty",
            Self::Reversal => "reversal",
        }
    }
}

/// One side of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub book: Book,
    /// The personal account; always with [`Book::Receivable`].
    pub account: Option<AccountId>,
    pub service: Option<ServiceId>,
    /// The cash register or bank account the money went through.
    pub kassa: Option<Uuid>,
    /// Debit above zero, credit below.
    pub amount: Money,
}

/// An entry to be booked. One with the same source is booked once.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub source: Source,
    pub source_id: Uuid,
    /// The first day of the month of `booked_on`.
    pub period: NaiveDate,
    /// In the company's zone.
    pub booked_on: NaiveDate,
    pub reason: Option<String>,
    /// At least two, with a sum of nothing and none of nothing.
    pub lines: Vec<Line>,
}

/// Books an entry.
///
/// # Errors
/// `already_posted` when this source was booked before: nothing was written and the transaction can go on;
/// `period_closed` when the month is closed; `back_dating` when a person without that right books on a past day;
/// `invalid` on `/booked_on` (`in_future`); `not_found` when an account is not the company's.
pub async fn post(tx: &mut Tx, entry: NewEntry) -> Result<EntryId> {
    prove(&entry)?;
    timely(tx, entry.booked_on).await?;
    let id = EntryId(new_id());
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (user, name) = author(tx);
    let accounts: Vec<Option<Uuid>> = entry.lines.iter().map(|l| l.account.map(|a| a.0)).collect();
    let services: Vec<Option<Uuid>> = entry.lines.iter().map(|l| l.service.map(|s| s.0)).collect();
    let kassas: Vec<Option<Uuid>> = entry.lines.iter().map(|l| l.kassa).collect();
    let books: Vec<String> = entry.lines.iter().map(|l| l.book.as_str().to_owned()).collect();
    let amounts: Vec<i64> = entry.lines.iter().map(|l| l.amount.tiyin()).collect();
    let written = sqlx::query!(
        "with booked as (
           insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, reason, created_at, created_by, created_by_name)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (company_id, kind, source_id) do nothing returning booked_on)
         insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, service_id, kassa_id, amount_tiyin)
         select $2, $1, l.line, e.booked_on, l.book, l.account_id, b.building_id, l.service_id, l.kassa_id, l.amount
         from booked e cross join unnest($11::text[], $12::uuid[], $13::uuid[], $14::uuid[], $15::bigint[]) with ordinality
           as l(book, account_id, service_id, kassa_id, amount, line)
         left join account_balances b on b.company_id = $2 and b.account_id = l.account_id",
        id.0,
        company,
        entry.source.as_str(),
        entry.source_id,
        entry.period,
        entry.booked_on,
        entry.reason.as_deref(),
        now,
        user,
        name.as_deref(),
        &books,
        &accounts as &[Option<Uuid>],
        &services as &[Option<Uuid>],
        &kassas as &[Option<Uuid>],
        &amounts
    )
    .execute(tx.conn())
    .await
    .map_err(unknown_account)?;
    match written.rows_affected() {
        0 => Err(Code::AlreadyPosted.into()),
        _ => Ok(id),
    }
}

/// Takes an entry back by its opposite, once only. An empty reason is none.
///
/// # Errors
/// `not_found`; `already_reversed` when it was taken back before or is itself a taking back; as [`post`] otherwise.
pub async fn reverse(
    tx: &mut Tx,
    entry: EntryId,
    source: Source,
    source_id: Uuid,
    booked_on: NaiveDate,
    reason: &str,
) -> Result<EntryId> {
    timely(tx, booked_on).await?;
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let known = sqlx::query!(
        r#"select e.reverses is not null or exists (select from ledger_entries r where r.company_id = $1 and r.reverses = e.id) as "over!"
           from ledger_entries e where e.company_id = $1 and e.id = $2"#,
        company,
        entry.0
    )
    .fetch_one(tx.conn())
    .await?;
    if known.over {
        return Err(Code::AlreadyReversed.into());
    }
    let id = EntryId(new_id());
    let (user, name) = author(tx);
    // Two who reverse at the same moment: the second waits for the first and finds the place taken.
    let written = sqlx::query!(
        "with booked as (
           insert into ledger_entries (id, company_id, kind, source_id, period, booked_on, reverses, reason, created_at, created_by, created_by_name)
           values ($1, $2, $3, $4, date_trunc('month', $5::date)::date, $5, $6, $7, $8, $9, $10) on conflict do nothing returning booked_on)
         insert into postings (company_id, entry_id, line, booked_on, book, account_id, building_id, service_id, kassa_id, amount_tiyin)
         select $2, $1, p.line, e.booked_on, p.book, p.account_id, p.building_id, p.service_id, p.kassa_id, -p.amount_tiyin
         from booked e cross join postings p where p.company_id = $2 and p.entry_id = $6",
        id.0,
        company,
        source.as_str(),
        source_id,
        booked_on,
        entry.0,
        (!reason.is_empty()).then_some(reason),
        now,
        user,
        name.as_deref()
    )
    .execute(tx.conn())
    .await?;
    if written.rows_affected() > 0 {
        return Ok(id);
    }
    let taken = sqlx::query_scalar!(
        r#"select exists (select from ledger_entries where company_id = $1 and reverses = $2) as "taken!""#,
        company,
        entry.0
    )
    .fetch_one(tx.conn())
    .await?;
    Err(if taken { Code::AlreadyReversed } else { Code::AlreadyPosted }.into())
}

/// What an account owes now: above zero a debt, below zero paid ahead.
///
/// # Errors
/// `not_found` when the account is not the company's.
pub async fn balance(tx: &mut Tx, account: AccountId) -> Result<Money> {
    let company = tx.actor().company_id().0;
    let tiyin = sqlx::query_scalar!(
        "select balance_tiyin from account_balances where company_id = $1 and account_id = $2",
        company,
        account.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Money::from_tiyin(tiyin))
}

/// What an account owed at the end of a day.
///
/// # Errors
/// `not_found` when the account is not the company's.
pub async fn balance_on(tx: &mut Tx, account: AccountId, day: NaiveDate) -> Result<Money> {
    let company = tx.actor().company_id().0;
    let tiyin = sqlx::query_scalar!(
        r#"select (select coalesce(sum(p.amount_tiyin), 0)::bigint from postings p where p.company_id = $1 and p.account_id = b.account_id
             and p.book = 'receivable' and p.booked_on <= $3) as "tiyin!"
           from account_balances b where b.company_id = $1 and b.account_id = $2"#,
        company,
        account.0,
        day
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Money::from_tiyin(tiyin))
}

/// The first day of the month of a day.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Who books: nobody when it is a provider or a schedule.
fn author(tx: &Tx) -> (Option<Uuid>, Option<String>) {
    let actor = tx.actor();
    (actor.user_id().map(|u| u.0), Some(actor.name().to_owned()).filter(|name| !name.is_empty()))
}

/// The database would refuse the same; here it is our own mistake and says so.
fn prove(entry: &NewEntry) -> Result<()> {
    let sum: i128 = entry.lines.iter().map(|l| i128::from(l.amount.tiyin())).sum();
    let empty = entry.lines.len() < 2 || entry.lines.iter().any(|l| l.amount == Money::ZERO);
    let homeless = entry.lines.iter().any(|l| l.book == Book::Receivable && l.account.is_none());
    if sum != 0 || empty || homeless || entry.period != month_of(entry.booked_on) {
        return Err(Error::internal("ledger", format!("an entry that cannot be: {entry:?}")));
    }
    Ok(())
}

/// People book today; earlier only with a right of its own, later never. What a schedule or a provider books has its
/// day from the event itself.
async fn timely(tx: &mut Tx, booked_on: NaiveDate) -> Result<()> {
    if tx.actor().user_id().is_none() || tx.actor().door() == Door::Job {
        return Ok(());
    }
    let today = today(tx).await?;
    if booked_on > today {
        return Err(Error::field("/booked_on", "in_future"));
    }
    if booked_on < today && !tx.actor().role().can(P::LedgerBackdate) {
        return Err(Code::BackDating.into());
    }
    Ok(())
}

/// A line without its house has an account that is not the company's.
fn unknown_account(error: sqlx::Error) -> Error {
    match platform::db::constraint_of(&error) {
        Some("postings_place") => Code::NotFound.into(),
        _ => error.into(),
    }
}
