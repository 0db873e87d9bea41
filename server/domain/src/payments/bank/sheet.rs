//! A table from a bank or a provider: its header is looked for, its columns are guessed by their titles.

use crate::imports::fields::{guess_among, is_total, titles};

/// Rows among which the header is looked for.
const HEAD: usize = 30;

/// A table whose columns are known.
pub(in crate::payments) struct Table<'a, T> {
    rows: &'a [Vec<String>],
    header: usize,
    columns: Vec<Option<T>>,
}

impl<'a, T: Copy + PartialEq> Table<'a, T> {
    /// The table under the row whose titles are recognised best.
    pub fn find(rows: &'a [Vec<String>], fields: &[(T, &[&str])]) -> Self {
        let known = |row: usize| guess_among(fields, &titles(rows, row)).into_iter().flatten().count();
        // The first of the best: a row of data below may happen to sound like a title.
        let header = (0..rows.len().min(HEAD)).max_by_key(|row| (known(*row), std::cmp::Reverse(*row))).unwrap_or(0);
        let columns = guess_among(fields, &titles(rows, header));
        Self { rows, header, columns }
    }

    pub fn has(&self, field: T) -> bool {
        self.columns.contains(&Some(field))
    }

    /// Rows of data with their numbers as the spreadsheet counts them.
    pub fn rows(&self) -> impl Iterator<Item = (usize, Row<'_, T>)> {
        let data = self.rows.iter().enumerate().skip(self.header + 1);
        data.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()) && !is_total(cells))
            .map(|(index, cells)| (index + 1, Row { cells, columns: &self.columns }))
    }
}

/// One row of data.
pub(in crate::payments) struct Row<'a, T> {
    cells: &'a [String],
    columns: &'a [Option<T>],
}

impl<T: Copy + PartialEq> Row<'_, T> {
    /// What stands in a column; nothing when there is none.
    pub fn get(&self, field: T) -> &str {
        let at = self.columns.iter().position(|column| *column == Some(field));
        at.and_then(|at| self.cells.get(at)).map(|cell| cell.trim()).unwrap_or_default()
    }
}

/// What a cell says about a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::payments) enum Amount {
    Nothing,
    /// In tiyin; below zero it went out.
    Tiyin(i64),
    Unreadable,
}

/// A hundred billion soʻm: more is a slip.
const LARGEST: i64 = 10_000_000_000_000;

/// A sum in soʻm. `1,200` may be a thousand or one: nobody guesses with money.
pub(in crate::payments) fn amount(cell: &str) -> Amount {
    let text: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    if text.is_empty() || text == "-" || text == "—" {
        return Amount::Nothing;
    }
    let marks = text.chars().filter(|c| matches!(c, '.' | ',')).count();
    let tail = text.rsplit(['.', ',']).next().map_or(0, |tail| tail.chars().filter(char::is_ascii_digit).count());
    if marks == 1 && tail == 3 {
        return Amount::Unreadable;
    }
    match crate::imports::fields::decimal(&text, 2) {
        Some(0) => Amount::Nothing,
        Some(tiyin) if tiyin.abs() <= LARGEST => Amount::Tiyin(tiyin),
        _ => Amount::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Amount::{Nothing, Tiyin, Unreadable};
    use proptest::prelude::*;

    #[test]
    fn sums_are_read_and_never_guessed() {
        for (cell, read) in [
            ("1 500,00", Tiyin(150_000)),
            ("1500.5", Tiyin(150_050)),
            ("1,234,567.89", Tiyin(123_456_789)),
            ("-250.00", Tiyin(-25_000)),
            ("12 000", Tiyin(1_200_000)),
            ("", Nothing),
            ("0,00", Nothing),
            ("—", Nothing),
            ("1,200", Unreadable),
            ("1.200", Unreadable),
            ("100000000000000", Unreadable),
            ("сто", Unreadable),
        ] {
            assert_eq!(amount(cell), read, "{cell}");
        }
    }

    #[test]
    fn the_header_is_found_below_a_letterhead() {
        let rows: Vec<Vec<String>> = [
            &["АКБ Банк", "", ""][..],
            &["Дата", "Сумма", "Назначение платежа"],
            &["12.05.2026", "10", "x"],
            &["Итого", "10", ""],
        ]
        .iter()
        .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
        .collect();
        let fields: [(u8, &[&str]); 2] = [(1, &["data"]), (2, &["summa"])];
        let table = Table::find(&rows, &fields);
        assert!(table.has(1) && table.has(2) && !table.has(3));
        let found: Vec<(usize, String)> = table.rows().map(|(line, row)| (line, row.get(2).to_owned())).collect();
        assert_eq!(found, [(3, "10".to_owned())]);
    }

    proptest! {
        #[test]
        fn nothing_panics(rows in proptest::collection::vec(proptest::collection::vec(".{0,12}", 0..6), 0..12)) {
            let fields: [(u8, &[&str]); 2] = [(1, &["data"]), (2, &["summa"])];
            for (_, row) in Table::find(&rows, &fields).rows() {
                let _ = (amount(row.get(1)), row.get(2).len());
            }
        }
    }
}
