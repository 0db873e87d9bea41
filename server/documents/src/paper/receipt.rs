//! The monthly bill: lines with their arithmetic, sums that add up, and a slip for the bank with the way to pay.

use super::{Fact, Head, Mark, Template, code, fact, head, mark, pdf};
use crate::DocumentError;
use chrono::{DateTime, Utc};
use i18n::{Locale, billing as words, penalties, td_string};
use model::{
    Money,
    billing::{BillLine, Movement, PenaltyLine, TariffRule},
    receipts::Receipt,
};
use serde::Serialize;

/// What the template gets.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Data {
    lang: &'static str,
    title: String,
    words: Words,
    pub receipts: Vec<One>,
}

/// The words that are the same on every page.
#[derive(Debug, PartialEq, Serialize)]
struct Words {
    receiver: &'static str,
    counterfoil: &'static str,
    service: &'static str,
    price: &'static str,
    how: &'static str,
    amount: &'static str,
    currency: &'static str,
    no_lines: &'static str,
    charged: &'static str,
    movements: &'static str,
    scan: &'static str,
    signature: &'static str,
}

/// One account.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct One {
    title: String,
    issuer: Head,
    pub facts: Vec<Fact>,
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub charged: String,
    /// What paying late cost, one line for each month that was late.
    pub penalty: Vec<Line>,
    pub sums: Vec<Fact>,
    pub movements: Vec<Move>,
    /// What it comes to: the word and the sum.
    pub total: Fact,
    /// By when; nothing when there is nothing to pay.
    pub due: Option<String>,
    printed: String,
    pay: Option<Mark>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Line {
    service: String,
    price: String,
    how: String,
    pub amount: String,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Move {
    day: String,
    what: String,
    pub amount: String,
}

/// Receipts as PDF, a page for each or more when its lines ask for them. `tagged` marks headings and tables for whoever
/// has the file read aloud; parts of a larger file go without.
///
/// # Errors
/// When the template does not take the data: a fault of ours.
pub fn receipts_pdf(all: &[Receipt], l: Locale, tagged: bool, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    pdf(Template::Receipt, &data(all, l), tagged, now)
}

pub(super) fn data(all: &[Receipt], l: Locale) -> Data {
    Data {
        lang: code(l),
        title: all.first().map(|r| title(l, r)).unwrap_or_default(),
        words: Words {
            receiver: td_string!(l, receipts.receiver),
            counterfoil: td_string!(l, receipts.counterfoil),
            service: td_string!(l, billing.service),
            price: td_string!(l, receipts.price),
            how: td_string!(l, billing.how),
            amount: td_string!(l, billing.amount),
            currency: td_string!(l, billing.sums_in_soum),
            no_lines: td_string!(l, billing.no_lines),
            charged: td_string!(l, receipts.charged_total),
            movements: td_string!(l, receipts.movements),
            scan: td_string!(l, receipts.scan),
            signature: td_string!(l, receipts.signature),
        },
        receipts: all.iter().map(|receipt| one(receipt, l)).collect(),
    }
}

fn title(l: Locale, receipt: &Receipt) -> String {
    td_string!(l, billing.bill_for, month = words::month(l, receipt.bill.sums.period)).to_string()
}

fn one(receipt: &Receipt, l: Locale) -> One {
    let bill = &receipt.bill;
    let mut facts = vec![fact(td_string!(l, receipts.account), bill.number.clone())];
    facts.extend(receipt.payer.clone().map(|payer| fact(td_string!(l, receipts.payer), payer)));
    facts.push(fact(td_string!(l, billing.address), bill.address.clone()));
    facts.push(fact(td_string!(l, receipts.period), words::month(l, bill.sums.period)));
    One {
        title: title(l, receipt),
        issuer: head(l, &receipt.issuer),
        facts,
        lines: bill.lines.iter().map(|of| line(of, l)).collect(),
        charged: bill.sums.charged.to_string(),
        penalty: bill.penalty.iter().flat_map(|row| &row.lines).map(|of| penalty(of, l)).collect(),
        sums: sums(receipt, l),
        movements: bill.movements.iter().map(|of| movement(of, l)).collect(),
        total: total(l, bill.sums.closing),
        due: (bill.sums.closing > Money::ZERO)
            .then(|| td_string!(l, receipts.due, day = words::day(bill.due_on)).to_string()),
        printed: printed(receipt, l),
        pay: receipt.pay.as_ref().map(mark),
    }
}

fn line(of: &BillLine, l: Locale) -> Line {
    let price = of.inputs.price.to_string();
    let reason = of.relief_reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Line {
        service: of.service.get(i18n::lang(l)).to_owned(),
        price: match of.inputs.rule {
            TariffRule::Area => td_string!(l, receipts.price_area, price = price).to_string(),
            TariffRule::Unit => td_string!(l, receipts.price_unit, price = price).to_string(),
            TariffRule::Person => td_string!(l, receipts.price_person, price = price).to_string(),
            TariffRule::Shared => td_string!(l, receipts.price_shared, price = price).to_string(),
        },
        how: format!("{}{reason}", words::explain(l, of)),
        amount: of.amount.to_string(),
    }
}

fn penalty(of: &PenaltyLine, l: Locale) -> Line {
    Line {
        service: td_string!(l, billing.penalty).to_owned(),
        price: String::new(),
        how: penalties::explain(l, of),
        amount: of.amount.to_string(),
    }
}

/// `opening + charged + recalculated + penalty - paid`; what did not happen is left out, but for the first two and the
/// last.
fn sums(receipt: &Receipt, l: Locale) -> Vec<Fact> {
    let of = &receipt.bill.sums;
    let opening = match of.opening >= Money::ZERO {
        true => fact(td_string!(l, receipts.opening), of.opening.to_string()),
        false => fact(td_string!(l, receipts.opening_ahead), of.opening.to_string()),
    };
    let mut all = vec![opening, fact(td_string!(l, billing.charged), of.charged.to_string())];
    for (name, sum) in
        [(td_string!(l, billing.recalculated), of.recalculated), (td_string!(l, billing.penalty), of.penalty)]
    {
        if sum != Money::ZERO {
            all.push(fact(name, sum.to_string()));
        }
    }
    all.push(fact(td_string!(l, billing.paid), of.paid.to_string()));
    all
}

fn movement(of: &Movement, l: Locale) -> Move {
    let reason = of.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    Move {
        day: words::day(of.booked_on),
        what: format!("{}{reason}", words::movement(l, of.kind, of.of)),
        amount: of.amount.to_string(),
    }
}

fn total(l: Locale, closing: Money) -> Fact {
    match closing {
        Money::ZERO => fact(td_string!(l, billing.all_paid), closing.to_string()),
        debt if debt > Money::ZERO => fact(td_string!(l, billing.owed), debt.to_string()),
        ahead => fact(td_string!(l, billing.ahead), less(ahead).to_string()),
    }
}

fn printed(receipt: &Receipt, l: Locale) -> String {
    let day = words::day(receipt.printed_on);
    match receipt.balance {
        Money::ZERO => td_string!(l, receipts.printed_even, day = day).to_string(),
        debt if debt > Money::ZERO => {
            td_string!(l, receipts.printed, day = day, sum = words::soum(l, debt)).to_string()
        }
        ahead => td_string!(l, receipts.printed_ahead, day = day, sum = words::soum(l, less(ahead))).to_string(),
    }
}

/// A sum below zero without its sign.
fn less(sum: Money) -> Money {
    Money::ZERO.checked_sub(sum).unwrap_or(sum)
}
