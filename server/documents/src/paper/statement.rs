//! Everything that moved an account between two days: as a paper and as a table.

use super::{Fact, Head, Template, code, fact, head, pdf};
use crate::{
    DocumentError,
    table::{Cell, Table, TableFormat},
};
use chrono::{DateTime, Utc};
use i18n::{Locale, billing as words, td_string};
use model::{billing::Movement, receipts::StatementPaper};
use serde::Serialize;

/// What the template gets.
#[derive(Debug, Serialize)]
struct Data {
    lang: &'static str,
    title: String,
    span: String,
    issuer: Head,
    facts: Vec<Fact>,
    /// Day, what, amount, balance.
    columns: [&'static str; 4],
    opening: Fact,
    rows: Vec<[String; 4]>,
    closing: Fact,
    empty: &'static str,
    currency: &'static str,
    printed: String,
}

/// The statement as PDF.
///
/// # Errors
/// When the template does not take the data: a fault of ours.
pub fn statement_pdf(of: &StatementPaper, l: Locale, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    let mut facts = vec![fact(td_string!(l, receipts.account), of.number.clone())];
    facts.extend(of.payer.clone().map(|payer| fact(td_string!(l, receipts.payer), payer)));
    facts.push(fact(td_string!(l, billing.address), of.address.clone()));
    let (from, to) = (words::day(of.statement.from), words::day(of.statement.to));
    let data = Data {
        lang: code(l),
        title: td_string!(l, receipts.statement_of, number = of.number.clone()).to_string(),
        span: td_string!(l, receipts.span, from = from, to = to).to_string(),
        issuer: head(l, &of.issuer),
        facts,
        columns: columns(l),
        opening: fact(td_string!(l, billing.opening), of.statement.opening.to_string()),
        rows: of
            .statement
            .movements
            .iter()
            .map(|m| [words::day(m.booked_on), what(m, l), m.amount.to_string(), m.balance.to_string()])
            .collect(),
        closing: fact(td_string!(l, billing.closing), of.statement.closing.to_string()),
        empty: td_string!(l, billing.statement_empty),
        currency: td_string!(l, billing.sums_in_soum),
        printed: words::day(of.printed_on),
    };
    pdf(Template::Statement, &data, true, now)
}

/// The statement as a workbook: the first row is what was owed before, the last what is owed after.
///
/// # Errors
/// When a temporary file cannot be made.
pub fn statement_xlsx(of: &StatementPaper, l: Locale, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    let widths = [14.0, 60.0, 18.0, 18.0];
    let titles: Vec<(String, f64)> = columns(l).iter().map(|title| (*title).to_owned()).zip(widths).collect();
    let mut table = Table::new(TableFormat::Xlsx, td_string!(l, billing.statement), &titles, now)?;
    let sum = |sum: model::Money| Cell::Decimal(sum.tiyin(), 2);
    let of = &of.statement;
    table.row(&[Cell::Day(of.from), td_string!(l, billing.opening).into(), Cell::Empty, sum(of.opening)])?;
    for m in &of.movements {
        table.row(&[Cell::Day(m.booked_on), what(m, l).into(), sum(m.amount), sum(m.balance)])?;
    }
    table.row(&[Cell::Day(of.to), td_string!(l, billing.closing).into(), Cell::Empty, sum(of.closing)])?;
    table.finish()
}

fn columns(l: Locale) -> [&'static str; 4] {
    [
        td_string!(l, billing.day),
        td_string!(l, billing.what),
        td_string!(l, billing.amount),
        td_string!(l, billing.balance),
    ]
}

fn what(of: &Movement, l: Locale) -> String {
    let reason = of.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{reason}", words::movement(l, of.kind, of.of))
}
