//! A letter to a debtor: whose debt, the company's words, the debt by month, a line to sign on.

use super::{Fact, Head, Mark, Template, code, fact, head, mark, pdf};
use crate::DocumentError;
use chrono::{DateTime, Utc};
use i18n::{Locale, billing as bills, letters as words, reminders, td_string};
use model::{
    Money,
    billing::Variables,
    receipts::{DebtLetter, LetterMonth},
};
use serde::Serialize;

/// What the template gets.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Data {
    lang: &'static str,
    title: String,
    words: Words,
    pub letters: Vec<One>,
}

/// The words that are the same on every page.
#[derive(Debug, PartialEq, Serialize)]
struct Words {
    currency: &'static str,
    /// Month, debt, penalty.
    columns: [&'static str; 3],
    table: &'static str,
    paid: &'static str,
    scan: &'static str,
    position: &'static str,
    signature: &'static str,
    stamp: &'static str,
    got: &'static str,
    got_how: &'static str,
}

/// One letter.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct One {
    issuer: Head,
    title: &'static str,
    number: String,
    day: String,
    to: Vec<Fact>,
    text: String,
    pub rows: Vec<[String; 3]>,
    /// Penalties on months that are paid, when there are any.
    pub earlier: Option<Fact>,
    pub total: Fact,
    in_words: String,
    late: String,
    pay: Option<Mark>,
}

/// Letters as PDF, each on pages of its own. `tagged` as for receipts.
///
/// # Errors
/// When the template does not take the data: a fault of ours.
pub fn letters_pdf(all: &[DebtLetter], l: Locale, tagged: bool, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    pdf(Template::Letter, &data(all, l), tagged, now)
}

pub(super) fn data(all: &[DebtLetter], l: Locale) -> Data {
    Data {
        lang: code(l),
        title: all.first().map(|of| words::title(l, of.kind)).unwrap_or_default().to_owned(),
        words: Words {
            currency: td_string!(l, billing.sums_in_soum),
            columns: [td_string!(l, letters.month), td_string!(l, letters.debt), td_string!(l, letters.penalty)],
            table: td_string!(l, letters.table),
            paid: td_string!(l, letters.paid),
            scan: td_string!(l, receipts.scan),
            position: td_string!(l, letters.position),
            signature: td_string!(l, letters.signature),
            stamp: td_string!(l, letters.stamp),
            got: td_string!(l, letters.got),
            got_how: td_string!(l, letters.got_how),
        },
        letters: all.iter().map(|of| one(of, l)).collect(),
    }
}

fn one(of: &DebtLetter, l: Locale) -> One {
    let day = bills::day(of.printed_on);
    let name = Some(of.values.name.clone()).filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| td_string!(l, letters.owner).to_owned());
    let values = Variables { name: name.clone(), ..of.values.clone() };
    let total = td_string!(l, letters.total, day = day.clone()).to_string();
    One {
        issuer: head(l, &of.issuer),
        title: words::title(l, of.kind),
        number: td_string!(l, letters.number, number = of.number.clone()).to_string(),
        day,
        to: vec![
            fact(td_string!(l, letters.to), name),
            fact(td_string!(l, letters.place), of.values.address.clone()),
            fact(td_string!(l, letters.account), of.values.account.clone()),
        ],
        text: reminders::text(l, of.text.get(i18n::lang(l)), &values, ""),
        rows: of.months.iter().map(|month| row(month, l)).collect(),
        earlier: (of.earlier_penalty != Money::ZERO)
            .then(|| fact(td_string!(l, letters.earlier), of.earlier_penalty.to_string())),
        total: fact(&total, of.values.debt.to_string()),
        in_words: td_string!(l, letters.in_words, words = words::spelled(l, of.values.debt)).to_string(),
        late: td_string!(l, letters.late, n = of.days_late.to_string()).to_string(),
        pay: of.pay.as_ref().map(mark),
    }
}

fn row(of: &LetterMonth, l: Locale) -> [String; 3] {
    let penalty = if of.penalty == Money::ZERO { String::new() } else { of.penalty.to_string() };
    [bills::month(l, of.month), of.debt.to_string(), penalty]
}
