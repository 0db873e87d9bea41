//! How the titles of columns are recognised, and the rows above and below the data.

use super::synonyms::synonyms;
use crate::imports::{
    HEAD_SEARCH,
    text::{self, fold},
};
use model::imports::{Field, ImportKind};

/// How well a title is one of these words; zero is not at all.
fn likeness(title: &str, words: &[&str]) -> u32 {
    let plain = fold(title);
    // What stands in brackets explains: `Площадь (кв. м)`, `Телефон, +998`.
    let head = fold(title.split(['(', ',', ';', '\n']).next().unwrap_or_default());
    if plain.is_empty() {
        return 0;
    }
    let best = |word: &&str| {
        let rank = |text: &str| -> u32 {
            if text == *word {
                100
            } else if text::near(text, word) {
                80
            } else if word.len() > 3 && (text.starts_with(&format!("{word} ")) || text.ends_with(&format!(" {word}"))) {
                60
            } else {
                0
            }
        };
        rank(&plain).max(rank(&head).saturating_sub(5))
    };
    words.iter().map(best).max().unwrap_or(0)
}

/// Gives each field of the kind to the column that names it best, each column to one field.
pub fn guess(kind: ImportKind, titles: &[String]) -> Vec<Option<Field>> {
    let fields: Vec<(Field, &[&str])> = kind.fields().iter().map(|field| (*field, synonyms(*field))).collect();
    guess_among(&fields, titles)
}

/// As [`guess`], for columns of any kind with the titles that mean them, folded.
pub fn guess_among<T: Copy + PartialEq>(fields: &[(T, &[&str])], titles: &[String]) -> Vec<Option<T>> {
    let mut found: Vec<(u32, usize, usize, T)> = Vec::new();
    for (column, title) in titles.iter().enumerate() {
        for (order, (field, words)) in fields.iter().enumerate() {
            let likeness = likeness(title, words);
            if likeness > 0 {
                found.push((likeness, column, order, *field));
            }
        }
    }
    found.sort_by_key(|(likeness, column, order, _)| (std::cmp::Reverse(*likeness), *column, *order));
    let mut columns = vec![None; titles.len()];
    for (_, column, _, field) in found {
        if columns[column].is_none() && !columns.contains(&Some(field)) {
            columns[column] = Some(field);
        }
    }
    columns
}

/// The titles above a row of data: a header of several rows is read from below, merged cells count for the columns
/// under them.
pub fn titles(rows: &[Vec<String>], header: usize) -> Vec<String> {
    let width = rows.iter().take(header + 12).map(Vec::len).max().unwrap_or(0);
    let cell =
        |row: usize, column: usize| rows.get(row).and_then(|r| r.get(column)).map(String::as_str).unwrap_or_default();
    let mut titles: Vec<String> = (0..width).map(|column| cell(header, column).to_owned()).collect();
    if titles.iter().any(String::is_empty) && header > 0 {
        for (column, title) in titles.iter_mut().enumerate() {
            if title.is_empty() {
                // Only the cell right above: a merged head over several columns names a group, not each of them.
                *title = cell(header - 1, column).to_owned();
            }
        }
    }
    titles
}

/// The row in which the header ends: the one whose titles are recognised best.
pub fn header_row(kind: ImportKind, rows: &[Vec<String>]) -> usize {
    let score = |row: usize| {
        let titles = titles(rows, row);
        let own = rows.get(row).map_or(&[][..], Vec::as_slice);
        let known = guess(kind, &titles);
        // A title of the row itself says more than one borrowed from above.
        known
            .iter()
            .enumerate()
            .filter(|(_, f)| f.is_some())
            .map(|(c, _)| if own.get(c).is_some_and(|t| !t.is_empty()) { 3 } else { 2 })
            .sum::<u32>()
    };
    let last = rows.len().min(HEAD_SEARCH);
    let best = (0..last).max_by_key(|row| (score(*row), std::cmp::Reverse(*row)));
    match best {
        Some(row) if score(row) > 0 => row,
        // Nothing recognised: the first row with something in it.
        _ => rows.iter().position(|row| row.iter().any(|cell| !cell.is_empty())).unwrap_or(0),
    }
}

/// A row that sums others up.
pub fn is_total(cells: &[String]) -> bool {
    let first = cells.iter().map(String::as_str).find(|cell| !cell.is_empty()).map(fold).unwrap_or_default();
    let first = first.split(' ').next().unwrap_or_default();
    matches!(first, "itogo" | "vsego" | "jami" | "hammasi" | "total" | "sum" | "summa")
        && cells.iter().filter(|cell| !cell.is_empty()).count() <= 4
}

#[cfg(test)]
#[path = "titles_tests.rs"]
mod tests;
