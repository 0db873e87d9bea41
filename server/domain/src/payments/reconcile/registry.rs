//! What a registry from a provider's cabinet says. Pure; a row that cannot be read is counted, never guessed.

use crate::{
    imports::{
        fields::{day, moment},
        fold,
    },
    payments::bank::{Amount, Table, amount},
};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use model::payments::Standing;
use std::collections::BTreeMap;

/// A payment as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Theirs {
    pub reference: String,
    pub tiyin: i64,
    pub at: Option<DateTime<Utc>>,
    pub day: Option<NaiveDate>,
    pub standing: Standing,
    /// How many rows say the same.
    pub times: u32,
}

/// A registry that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Registry {
    pub rows: Vec<Theirs>,
    pub unread: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Reference,
    Sum,
    At,
    State,
}

/// Titles folded as `imports::text::fold` does.
const COLUMNS: &[(Column, &[&str])] = &[
    (
        Column::Reference,
        &[
            "id",
            "id tranzaktsii",
            "id transaktsii",
            "nomer tranzaktsii",
            "tranzaktsiya",
            "transaktsiya",
            "id plateja",
            "nomer plateja",
            "identifikator",
            "tranzaksiya",
            "tranzaksiya raqami",
            "tolov raqami",
            "transaction id",
            "transaction",
            "payment id",
            "paydoc id",
            "click paydoc id",
            "click trans id",
        ],
    ),
    (
        Column::Sum,
        &["summa", "summa plateja", "summa oplati", "summa operatsii", "miqdor", "tolov summasi", "amount", "sum"],
    ),
    (
        Column::At,
        &[
            "data",
            "data i vremya",
            "data oplati",
            "data plateja",
            "data tranzaktsii",
            "vremya",
            "vremya oplati",
            "sana",
            "sana va vaqt",
            "tolov sanasi",
            "vaqt",
            "date",
            "time",
            "paid at",
            "payment date",
        ],
    ),
    (Column::State, &["status", "status plateja", "sostoyanie", "holat", "holati", "tolov holati", "state"]),
];

/// Beginnings of folded words; the first list that knows one decides.
const NOT_YET: &[&str] = &["ne oplach", "neoplach", "tolanmagan", "unpaid", "not paid"];
const CANCELLED: &[&str] = &[
    "otmen", "vozvra", "annulir", "storn", "otklon", "oshibk", "neuspesh", "bekor", "qaytar", "rad et", "xato",
    "cancel", "refund", "revers", "fail", "error", "reject",
];
const WAITING: &[&str] = &[
    "ojid",
    "sozdan",
    "v obrabotke",
    "v protsesse",
    "kutil",
    "jarayon",
    "yaratil",
    "pending",
    "wait",
    "created",
    "process",
    "prepared",
];
const PAID: &[&str] = &[
    "oplach", "uspesh", "proved", "podtverj", "zaversh", "vipoln", "zachisl", "tolan", "muvaffaq", "bajaril",
    "success", "paid", "complet", "confirm", "perform", "done",
];

/// What a word for a state means; Payme's own numbers are known, too.
fn standing(cell: &str) -> Option<Standing> {
    match cell.trim() {
        // A registry without this column is one of payments that went through.
        "" | "2" => return Some(Standing::Paid),
        "1" | "0" => return Some(Standing::Waiting),
        "-1" | "-2" | "−1" | "−2" => return Some(Standing::Cancelled),
        _ => {}
    }
    let folded = format!(" {}", fold(cell));
    let one_of = |words: &[&str]| words.iter().any(|word| folded.contains(&format!(" {word}")));
    [
        (NOT_YET, Standing::Waiting),
        (CANCELLED, Standing::Cancelled),
        (WAITING, Standing::Waiting),
        (PAID, Standing::Paid),
    ]
    .into_iter()
    .find(|(words, _)| one_of(words))
    .map(|(_, standing)| standing)
}

/// Reads a registry; `None` when it has no column of numbers or of sums.
pub(super) fn read(rows: &[Vec<String>], zone: FixedOffset) -> Option<Registry> {
    let table = Table::find(rows, COLUMNS);
    if !table.has(Column::Reference) || !table.has(Column::Sum) {
        return None;
    }
    let (mut found, mut unread): (BTreeMap<String, Theirs>, usize) = (BTreeMap::new(), 0);
    let mut again: Vec<Theirs> = Vec::new();
    for (_, row) in table.rows() {
        let reference: String =
            row.get(Column::Reference).trim_start_matches(['№', '#']).trim().chars().take(100).collect();
        let sum = amount(row.get(Column::Sum));
        if reference.is_empty() && sum == Amount::Nothing {
            continue;
        }
        let (Some(standing), Amount::Tiyin(tiyin), false) =
            (standing(row.get(Column::State)), sum, reference.is_empty() || reference.chars().any(char::is_control))
        else {
            unread += 1;
            continue;
        };
        let theirs = Theirs {
            reference: reference.clone(),
            tiyin: tiyin.saturating_abs(),
            at: moment(row.get(Column::At), zone),
            day: day(row.get(Column::At)),
            // Money that goes back is written below zero.
            standing: if tiyin < 0 { Standing::Cancelled } else { standing },
            times: 1,
        };
        match found.get_mut(&reference) {
            None => {
                found.insert(reference, theirs);
            }
            // A payment and its cancellation as two rows: it is cancelled.
            Some(known) if known.tiyin == theirs.tiyin && known.standing != theirs.standing => {
                if theirs.standing == Standing::Cancelled || known.standing == Standing::Waiting {
                    known.standing = theirs.standing;
                }
            }
            Some(known)
                if *known == (Theirs { times: known.times, ..theirs.clone() }) || known.tiyin == theirs.tiyin =>
            {
                known.times += 1;
            }
            // The same number with another sum: both are shown.
            Some(_) => again.push(theirs),
        }
    }
    Some(Registry { rows: found.into_values().chain(again).collect(), unread })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone() -> FixedOffset {
        FixedOffset::east_opt(5 * 3600).unwrap()
    }

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn states_are_known_in_three_languages() {
        for (cell, wanted) in [
            ("Оплачен", Some(Standing::Paid)),
            ("Успешно", Some(Standing::Paid)),
            ("Toʻlangan", Some(Standing::Paid)),
            ("Success", Some(Standing::Paid)),
            ("", Some(Standing::Paid)),
            ("2", Some(Standing::Paid)),
            ("Не оплачен", Some(Standing::Waiting)),
            ("В обработке", Some(Standing::Waiting)),
            ("Создан", Some(Standing::Waiting)),
            ("Отменён после оплаты", Some(Standing::Cancelled)),
            ("Возврат", Some(Standing::Cancelled)),
            ("Bekor qilingan", Some(Standing::Cancelled)),
            ("-2", Some(Standing::Cancelled)),
            ("???", None),
            ("синий", None),
        ] {
            assert_eq!(standing(cell), wanted, "{cell}");
        }
    }

    #[test]
    fn a_registry_is_read() {
        let text = "Реестр платежей\nID транзакции;Дата и время;Сумма;Статус\na1;12.05.2026 14:30;1 500,00;Оплачен\n\
                    a2;12.05.2026 15:00;10;Отменен\na3;12.05.2026;x;Оплачен\na1;12.05.2026 14:30;1500;Оплачен\n\
                    a4;13.05.2026;5;Оплачен\na4;13.05.2026;5;Возврат\na5;13.05.2026;5;Оплачен\na5;13.05.2026;6;Оплачен\nИтого;;1515;";
        let registry = read(&rows(text), zone()).unwrap();
        let short: Vec<(&str, i64, Standing, u32)> =
            registry.rows.iter().map(|r| (r.reference.as_str(), r.tiyin, r.standing, r.times)).collect();
        assert_eq!(
            short,
            [
                ("a1", 150_000, Standing::Paid, 2),
                ("a2", 1_000, Standing::Cancelled, 1),
                ("a4", 500, Standing::Cancelled, 1),
                ("a5", 500, Standing::Paid, 1),
                ("a5", 600, Standing::Paid, 1),
            ]
        );
        assert_eq!(registry.unread, 1);
        assert_eq!(registry.rows[0].at.unwrap().to_rfc3339(), "2026-05-12T09:30:00+00:00");
        assert_eq!(read(&rows("a;b\n1;2"), zone()), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in proptest::collection::vec(proptest::collection::vec(".{0,14}", 0..5), 0..20)) {
            let head = ["ID", "Сумма", "Дата", "Статус"].map(str::to_owned).to_vec();
            let all: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
            let registry = read(&all, zone()).unwrap();
            prop_assert!(registry.rows.iter().all(|row| row.tiyin > 0 && !row.reference.is_empty()));
        }
    }
}
