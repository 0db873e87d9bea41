//! What a file says: the 1C exchange format, and tables. Pure; whatever comes in, something sensible comes out.

use super::{Amount, MOST_LINES, Table, amount};
use crate::imports::fields::day;
use chrono::NaiveDate;
use model::{
    Money,
    payments::{MOST, SkipReason, SkippedLine},
};
use std::collections::{BTreeSet, HashMap};

/// Money that came in, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    /// Its place in the file, from 1.
    pub line: usize,
    pub own_account: String,
    pub day: NaiveDate,
    pub number: String,
    pub tiyin: i64,
    pub payer: String,
    pub payer_account: String,
    pub purpose: String,
}

/// Everything a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub own_accounts: BTreeSet<String>,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// What came in by its own count.
    pub declared: Option<i64>,
    pub incoming: Vec<Incoming>,
    pub outgoing_count: usize,
    pub outgoing_tiyin: i64,
    pub skipped: Vec<SkippedLine>,
}

/// Why a file is no statement at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    TooLarge,
    /// A table without a column of dates or of sums.
    NoColumns,
    /// A table does not say whose account it is.
    NoAccount,
}

impl Parsed {
    fn skip(&mut self, line: usize, why: SkipReason, tiyin: Option<i64>, what: &str) {
        let line = i32::try_from(line).unwrap_or(i32::MAX);
        self.skipped.push(SkippedLine { line, why, amount: tiyin.map(Money::from_tiyin), what: short(what, 100) });
    }

    fn went_out(&mut self, tiyin: i64) {
        self.outgoing_count += 1;
        self.outgoing_tiyin = self.outgoing_tiyin.saturating_add(tiyin.saturating_abs());
    }

    /// Takes a line in, when its day and its sum can be booked.
    fn came_in(&mut self, found: Incoming, today: NaiveDate) {
        let what = if found.number.is_empty() { found.payer.clone() } else { found.number.clone() };
        if found.tiyin > MOST.tiyin() {
            self.skip(found.line, SkipReason::BadSum, Some(found.tiyin), &what);
        } else if found.day > today {
            self.skip(found.line, SkipReason::InFuture, Some(found.tiyin), &what);
        } else {
            self.incoming.push(found);
        }
    }
}

/// A text in one line, without what no column can hold, cut where it gets too long.
fn short(text: &str, most: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// A bank account as it is compared.
pub(super) fn account(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(34).collect::<String>().to_ascii_uppercase()
}

/// Where the reading of an exchange file is.
enum Place<'a> {
    Head,
    Account,
    Document(HashMap<String, &'a str>),
}

/// Reads a file of the 1C exchange. A document is incoming when its receiver's account is one of the file's own.
pub(super) fn exchange(text: &str, today: NaiveDate) -> Result<Parsed, Refused> {
    let mut parsed = Parsed::default();
    let mut documents: Vec<Option<HashMap<String, &str>>> = Vec::new();
    let mut place = Place::Head;
    for line in text.lines() {
        let (key, value) = line.split_once('=').map_or((line.trim(), ""), |(key, value)| (key.trim(), value.trim()));
        let key = key.to_lowercase();
        // Whatever begins here, the document before has no end.
        if matches!(key.as_str(), "секциярасчсчет" | "конецрасчсчет" | "секциядокумент")
            && matches!(place, Place::Document(_))
        {
            documents.push(None);
        }
        match key.as_str() {
            "секциярасчсчет" => place = Place::Account,
            "конецрасчсчет" => place = Place::Head,
            "секциядокумент" => place = Place::Document(HashMap::new()),
            "конецдокумента" => {
                if let Place::Document(facts) = std::mem::replace(&mut place, Place::Head) {
                    documents.push(Some(facts));
                }
            }
            _ => match &mut place {
                Place::Document(facts) => {
                    facts.entry(key).or_insert(value);
                }
                Place::Head | Place::Account => about(&mut parsed, &key, value, matches!(place, Place::Account)),
            },
        }
        if documents.len() > MOST_LINES {
            return Err(Refused::TooLarge);
        }
    }
    if let Place::Document(_) = place {
        documents.push(None);
    }
    for (index, facts) in documents.into_iter().enumerate() {
        match facts {
            Some(facts) => document(&mut parsed, index + 1, &facts, today),
            None => parsed.skip(index + 1, SkipReason::Unfinished, None, ""),
        }
    }
    Ok(parsed)
}

/// What stands above the documents.
fn about(parsed: &mut Parsed, key: &str, value: &str, in_account: bool) {
    match key {
        "расчсчет" if !account(value).is_empty() => {
            parsed.own_accounts.insert(account(value));
        }
        "датаначала" => parsed.from = parsed.from.into_iter().chain(day(value)).min(),
        "датаконца" => parsed.to = parsed.to.into_iter().chain(day(value)).max(),
        "всегопоступило" if in_account => {
            if let Amount::Tiyin(tiyin @ 0..) = amount(value) {
                parsed.declared = Some(parsed.declared.unwrap_or(0).saturating_add(tiyin));
            }
        }
        _ => {}
    }
}

fn document(parsed: &mut Parsed, line: usize, facts: &HashMap<String, &str>, today: NaiveDate) {
    let get =
        |names: &[&str]| names.iter().find_map(|n| facts.get(*n).filter(|v| !v.is_empty())).copied().unwrap_or("");
    let (payer_account, receiver_account) = (
        account(get(&["плательщиксчет", "плательщикрасчсчет"])),
        account(get(&["получательсчет", "получательрасчсчет"])),
    );
    let number = short(get(&["номер"]), 50);
    let payer = short(get(&["плательщик", "плательщик1"]), 200);
    let what = if number.is_empty() { payer.as_str() } else { number.as_str() };
    let (arrived, left) = (get(&["датапоступило"]), get(&["датасписано"]));
    let own = |account: &String| parsed.own_accounts.contains(account);
    let incoming = match (own(&receiver_account), own(&payer_account)) {
        (true, false) => true,
        // Money between two accounts of the company is nobody's payment.
        (_, true) => false,
        (false, false) if parsed.own_accounts.is_empty() && arrived.is_empty() != left.is_empty() => left.is_empty(),
        (false, false) => return parsed.skip(line, SkipReason::NoDirection, None, what),
    };
    let Amount::Tiyin(tiyin @ 1..) = amount(get(&["сумма"])) else {
        return parsed.skip(line, SkipReason::BadSum, None, get(&["сумма"]));
    };
    if !incoming {
        return parsed.went_out(tiyin);
    }
    let written = if arrived.is_empty() { get(&["дата"]) } else { arrived };
    let Some(day) = day(written) else { return parsed.skip(line, SkipReason::BadDate, Some(tiyin), written) };
    let found = Incoming {
        line,
        own_account: if receiver_account.is_empty() { "-".to_owned() } else { receiver_account },
        day,
        number: number.clone(),
        tiyin,
        payer: payer.clone(),
        payer_account,
        purpose: short(get(&["назначениеплатежа", "назначениеплатежа1"]), 1000),
    };
    parsed.came_in(found, today);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Day,
    Number,
    Credit,
    Debit,
    Amount,
    Payer,
    PayerAccount,
    Purpose,
}

/// Titles folded as `imports::text::fold` does.
const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Day,
        &[
            "data",
            "data dokumenta",
            "data operatsii",
            "data provodki",
            "data postupleniya",
            "sana",
            "hujjat sanasi",
            "operatsiya sanasi",
            "date",
            "value date",
        ],
    ),
    (
        Column::Number,
        &[
            "nomer",
            "nomer dokumenta",
            "n dokumenta",
            "n dok",
            "nomer dok",
            "dokument",
            "raqam",
            "raqami",
            "hujjat raqami",
            "number",
            "document",
            "document number",
        ],
    ),
    (
        Column::Credit,
        &[
            "kredit",
            "oborot po kreditu",
            "oboroti po kreditu",
            "oborot kredit",
            "summa po kreditu",
            "summa kredit",
            "postuplenie",
            "postupilo",
            "prixod",
            "kirim",
            "tushum",
            "credit",
            "incoming",
            "income",
        ],
    ),
    (
        Column::Debit,
        &[
            "debet",
            "oborot po debetu",
            "oboroti po debetu",
            "oborot debet",
            "summa po debetu",
            "summa debet",
            "spisanie",
            "spisano",
            "rasxod",
            "chiqim",
            "debit",
            "outgoing",
            "expense",
        ],
    ),
    (
        Column::Amount,
        &["summa", "summa operatsii", "summa plateja", "summa dokumenta", "miqdor", "amount", "sum", "total"],
    ),
    (
        Column::Payer,
        &[
            "platelshik",
            "naimenovanie platelshika",
            "otpravitel",
            "kontragent",
            "naimenovanie kontragenta",
            "korrespondent",
            "tolovchi",
            "tolovchi nomi",
            "yuboruvchi",
            "payer",
            "sender",
            "counterparty",
        ],
    ),
    (
        Column::PayerAccount,
        &[
            "schet platelshika",
            "schyot platelshika",
            "r s platelshika",
            "schet kontragenta",
            "schyot kontragenta",
            "schet korrespondenta",
            "raschetniy schet",
            "tolovchi hisobi",
            "tolovchi hisob raqami",
            "payer account",
        ],
    ),
    (
        Column::Purpose,
        &[
            "naznachenie",
            "naznachenie plateja",
            "soderjanie",
            "soderjanie operatsii",
            "osnovanie",
            "detali plateja",
            "tolov maqsadi",
            "maqsad",
            "maqsadi",
            "tolov tafsilotlari",
            "purpose",
            "payment details",
            "details",
            "description",
        ],
    ),
];

/// Reads a table. `own` is the account of the company that it is about.
pub(super) fn table(rows: &[Vec<String>], own: Option<&str>, today: NaiveDate) -> Result<Parsed, Refused> {
    if rows.len() > MOST_LINES {
        return Err(Refused::TooLarge);
    }
    let table = Table::find(rows, COLUMNS);
    if !table.has(Column::Day) || !(table.has(Column::Credit) || table.has(Column::Amount)) {
        return Err(Refused::NoColumns);
    }
    let own = own.map(account).filter(|own| !own.is_empty()).ok_or(Refused::NoAccount)?;
    let mut parsed = Parsed { own_accounts: [own.clone()].into(), ..Parsed::default() };
    for (line, row) in table.rows() {
        let (credit, debit, sum) =
            (amount(row.get(Column::Credit)), amount(row.get(Column::Debit)), amount(row.get(Column::Amount)));
        let written = row.get(Column::Day);
        let tiyin = match (credit, debit, sum) {
            (Amount::Tiyin(tiyin @ 1..), Amount::Nothing, _) => tiyin,
            (Amount::Nothing, Amount::Tiyin(tiyin), _) => {
                parsed.went_out(tiyin);
                continue;
            }
            (Amount::Nothing, Amount::Nothing, Amount::Tiyin(tiyin)) if !table.has(Column::Credit) => {
                if tiyin < 0 {
                    parsed.went_out(tiyin);
                    continue;
                }
                tiyin
            }
            // A line of words: a bank's own heading between the days.
            (Amount::Nothing, Amount::Nothing, Amount::Nothing) => continue,
            _ if day(written).is_none() => continue,
            _ => {
                let cells = [row.get(Column::Credit), row.get(Column::Debit), row.get(Column::Amount)];
                parsed.skip(line, SkipReason::BadSum, None, &cells.join(" "));
                continue;
            }
        };
        let number = short(row.get(Column::Number), 50);
        let Some(day) = day(written) else {
            parsed.skip(line, SkipReason::BadDate, Some(tiyin), written);
            continue;
        };
        let found = Incoming {
            line,
            own_account: own.clone(),
            day,
            number,
            tiyin,
            payer: short(row.get(Column::Payer), 200),
            payer_account: account(row.get(Column::PayerAccount)),
            purpose: short(row.get(Column::Purpose), 1000),
        };
        parsed.came_in(found, today);
    }
    parsed.from = parsed.incoming.iter().map(|found| found.day).min();
    parsed.to = parsed.incoming.iter().map(|found| found.day).max();
    Ok(parsed)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
