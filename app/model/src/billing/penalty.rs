//! Penalties for paying late. One pure rule: from what an account was charged and paid to what each day of delay costs.
//!
//! A day costs the unpaid part of a month's debt at the end of that day times the rate of the day. Payments cover the
//! oldest debt first and penalties last, so a penalty is never counted on a penalty. For each tiyin of debt the rates of
//! its days add up to the cap and not further. A line is rounded down to a whole tiyin, once.

use super::{EntryKind, MonthTurn, PenaltyTerms};
use crate::{Money, requests::words};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A rate of one: a hundredth of a basis point.
const WHOLE: i128 = 1_000_000;

words! {
    /// Who has to pay: the law sets them different rates.
    Payer { Person = "person", Legal = "legal" }
}

/// Days of one rate on one sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyStep {
    pub from: NaiveDate,
    /// The last of the days.
    pub to: NaiveDate,
    /// What was not paid at the end of each of them.
    pub debt: Money,
    /// A day, in hundredths of a basis point: 1000 is 0.1 %.
    pub rate: i32,
}

impl PenaltyStep {
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days() + 1
    }
}

/// The penalty on the debt of one month, with everything it was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PenaltyLine {
    /// The month that was not paid in time.
    pub month: NaiveDate,
    pub steps: Vec<PenaltyStep>,
    /// The cap in hundredths of a percent, when these days reached it.
    pub capped: Option<i32>,
    pub amount: Money,
}

impl PenaltyLine {
    /// Counts the line again from its steps.
    pub fn recount(&self) -> Option<Money> {
        let exact = self.steps.iter().try_fold(0_i128, |sum, step| sum.checked_add(exact(step)?))?;
        i64::try_from(exact / WHOLE).ok().map(Money::from_tiyin)
    }
}

/// Millionths of a tiyin.
fn exact(step: &PenaltyStep) -> Option<i128> {
    i128::from(step.debt.tiyin()).checked_mul(i128::from(step.rate))?.checked_mul(i128::from(step.days()))
}

/// A movement of an account, as the history of its debt needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Of a reversal: what it took back, with the month and the day of that.
    pub kind: EntryKind,
    pub period: NaiveDate,
    pub day: NaiveDate,
    /// Above zero more to pay.
    pub amount: i64,
}

/// What an account was charged by month of origin, and when it was paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The oldest first.
    debts: Vec<(NaiveDate, i128)>,
    /// Days on which something was paid, with all that was paid until their end.
    paid: Vec<(NaiveDate, i128)>,
}

impl History {
    /// Penalties and what was forgiven of them leave no trace: nothing is ever counted on them.
    pub fn of(moves: impl IntoIterator<Item = Moved>) -> Self {
        let (mut debts, mut openings) =
            (BTreeMap::<NaiveDate, i128>::new(), BTreeMap::<(NaiveDate, NaiveDate), i128>::new());
        let mut credits = BTreeMap::<NaiveDate, i128>::new();
        for m in moves {
            let amount = i128::from(m.amount);
            match m.kind {
                EntryKind::Penalty => {}
                EntryKind::Charge => *debts.entry(m.period).or_default() += amount,
                EntryKind::Opening => *openings.entry((m.period, m.day)).or_default() += amount,
                EntryKind::Correction | EntryKind::Reversal if amount > 0 => {
                    *debts.entry(m.period).or_default() += amount;
                }
                EntryKind::Payment | EntryKind::Refund | EntryKind::Correction | EntryKind::Reversal => {
                    *credits.entry(m.day).or_default() -= amount;
                }
            }
        }
        for ((period, day), sum) in openings {
            if sum > 0 {
                *debts.entry(period).or_default() += sum;
            } else {
                *credits.entry(day).or_default() -= sum;
            }
        }
        // A month that was taken back more than it was charged lessens the rest.
        for (month, sum) in debts.iter().filter(|(_, sum)| **sum < 0) {
            *credits.entry(*month).or_default() -= sum;
        }
        let mut all = 0;
        let paid = credits.into_iter().map(|(day, sum)| {
            all += sum;
            (day, all)
        });
        let paid = paid.collect();
        Self { debts: debts.into_iter().filter(|(_, sum)| *sum > 0).collect(), paid }
    }

    /// All that was paid until the end of a day.
    fn paid_by(&self, day: NaiveDate) -> i128 {
        let at = self.paid.partition_point(|(paid, _)| *paid <= day);
        at.checked_sub(1).and_then(|at| self.paid.get(at)).map_or(0, |(_, sum)| *sum)
    }

    /// The last day, not after `to`, until which nothing more is paid.
    fn quiet_until(&self, day: NaiveDate, to: NaiveDate) -> NaiveDate {
        let next = self.paid.get(self.paid.partition_point(|(paid, _)| *paid <= day)).map(|(paid, _)| *paid);
        next.filter(|next| *next <= to).and_then(|next| next.pred_opt()).unwrap_or(to)
    }

    /// What is not paid at the end of a day, month by month, the oldest first.
    pub fn unpaid(&self, day: NaiveDate) -> Vec<(NaiveDate, Money)> {
        let paid = self.paid_by(day);
        let mut before = 0;
        let mut rest = Vec::new();
        for (month, amount) in &self.debts {
            before += amount;
            if let Some(left) = left(before, *amount, paid) {
                rest.push((*month, left));
            }
        }
        rest
    }
}

/// What is left of a debt when all debts up to it are `through` and `paid` was paid.
fn left(through: i128, amount: i128, paid: i128) -> Option<Money> {
    let left = (through - paid).clamp(0, amount);
    i64::try_from(left).ok().filter(|left| *left > 0).map(Money::from_tiyin)
}

/// Days of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: NaiveDate,
    to: NaiveDate,
    rate: i32,
}

/// What the days of a span of time cost by the editions of a company's rules. Made once for many accounts: the rates of
/// a day do not depend on who pays when, which is why paying earlier never costs more.
#[derive(Debug)]
pub struct Rates {
    /// The oldest first; of those of one month the last counts.
    terms: Vec<PenaltyTerms>,
    from: NaiveDate,
    to: NaiveDate,
    known: BTreeMap<(NaiveDate, Payer), (Vec<Span>, Option<i32>)>,
}

impl Rates {
    /// `terms` in the order of their months, and of one month in the order they were made.
    pub fn new(terms: Vec<PenaltyTerms>, from: NaiveDate, to: NaiveDate) -> Self {
        Self { terms, from, to, known: BTreeMap::new() }
    }

    /// The last day that is counted.
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    fn of(&mut self, month: NaiveDate, payer: Payer) -> &(Vec<Span>, Option<i32>) {
        if !self.known.contains_key(&(month, payer)) {
            let found = self.count(month, payer);
            self.known.insert((month, payer), found);
        }
        &self.known[&(month, payer)]
    }

    /// Day by day from the first that may cost something: the cap counts all of them, also those before `from`.
    fn count(&self, month: NaiveDate, payer: Payer) -> (Vec<Span>, Option<i32>) {
        let (mut spans, mut capped) = (Vec::<Span>::new(), None);
        let Some(first) = self.terms.first().map(|t| t.since.max(month)) else { return (spans, capped) };
        let (mut day, mut taken) = (first, 0_i32);
        while day <= self.to {
            let terms = self.terms.iter().rev().find(|t| t.since <= day);
            let wanted =
                terms.filter(|t| t.late_after(month).is_some_and(|due| day > due)).map(|t| (t.rate(payer), t.cap()));
            if let Some((wanted, cap)) = wanted.filter(|(rate, _)| *rate > 0) {
                let rate = wanted.min((cap - taken).max(0));
                taken += rate;
                if day >= self.from {
                    if rate < wanted || taken >= cap {
                        capped = Some(cap / 100);
                    }
                    push(&mut spans, day, rate);
                }
            }
            let Some(next) = day.succ_opt() else { break };
            day = next;
        }
        (spans, capped)
    }
}

/// Adds a day to the last span when it has the same rate.
fn push(spans: &mut Vec<Span>, day: NaiveDate, rate: i32) {
    if rate == 0 {
        return;
    }
    match spans.last_mut() {
        Some(last) if last.rate == rate && last.to.succ_opt() == Some(day) => last.to = day,
        _ => spans.push(Span { from: day, to: day, rate }),
    }
}

/// The penalties of the days of `rates`, one line for each month of origin that costs at least a tiyin. `None` when no
/// number holds a sum.
pub fn penalties(rates: &mut Rates, payer: Payer, history: &History) -> Option<Vec<PenaltyLine>> {
    let (mut lines, mut before) = (Vec::new(), 0_i128);
    for (month, amount) in &history.debts {
        before += amount;
        let (spans, capped) = rates.of(*month, payer);
        let mut steps: Vec<PenaltyStep> = Vec::new();
        for span in spans {
            let mut day = span.from;
            while day <= span.to {
                let until = history.quiet_until(day, span.to);
                if let Some(debt) = left(before, *amount, history.paid_by(day)) {
                    join(&mut steps, PenaltyStep { from: day, to: until, debt, rate: span.rate });
                }
                day = until.checked_add_days(Days::new(1))?;
            }
        }
        let mut line = PenaltyLine { month: *month, steps, capped: *capped, amount: Money::ZERO };
        line.amount = line.recount()?;
        if line.amount > Money::ZERO {
            lines.push(line);
        }
    }
    Some(lines)
}

/// Days that follow each other with the same sum and rate are one step.
fn join(steps: &mut Vec<PenaltyStep>, step: PenaltyStep) {
    match steps.last_mut() {
        Some(last) if last.debt == step.debt && last.rate == step.rate && last.to.succ_opt() == Some(step.from) => {
            last.to = step.to;
        }
        _ => steps.push(step),
    }
}

impl PenaltyTerms {
    /// The last day on which a month can be paid without a penalty.
    pub fn late_after(&self, month: NaiveDate) -> Option<NaiveDate> {
        let due = u64::try_from(self.due_day.max(1) - 1).ok()?;
        let grace = u64::try_from(self.grace_days.max(0)).ok()?;
        month.first_of_next()?.checked_add_days(Days::new(due + grace))
    }

    pub const fn rate(&self, payer: Payer) -> i32 {
        match payer {
            Payer::Person => self.person_rate,
            Payer::Legal => self.legal_rate,
        }
    }

    /// The cap in the units of rates.
    const fn cap(&self) -> i32 {
        self.cap_bp * 100
    }
}
