//! Reading spreadsheets that people send: Excel workbooks and CSV, row by row, as texts. What is inside is not
//! trusted: sizes are measured before anything is parsed, far cells are refused, nothing is ever evaluated.

mod csv;
mod exchange;
mod xlsx;
mod zip;

pub use exchange::exchange;

use std::ops::ControlFlow;

/// Rows of a sheet shown for choosing the header.
pub const HEAD_ROWS: usize = 30;
/// More columns than any table of ours; a cell beyond is a slip or an attack.
pub const MAX_COLUMNS: u32 = 200;
pub const MAX_ROWS: u32 = 200_000;

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("not a workbook or CSV that can be read")]
    NotASpreadsheet,
    #[error("the spreadsheet unpacks to too much, or has cells too far out")]
    TooLarge,
    #[error("no sheet has a row")]
    Empty,
}

impl From<ReadError> for model::Code {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotASpreadsheet => Self::NotASpreadsheet,
            ReadError::TooLarge => Self::SpreadsheetTooLarge,
            ReadError::Empty => Self::EmptySpreadsheet,
        }
    }
}

/// A sheet and its first rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetHead {
    pub name: String,
    pub rows: Vec<Vec<String>>,
}

/// Takes a row: its number from 0, and its cells. Breaking ends the reading.
pub type EachRow<'a> = dyn FnMut(u32, Vec<String>) -> ControlFlow<()> + 'a;

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The sheets of a file, each with its first rows.
///
/// # Errors
/// When it is no spreadsheet, too large, or has nothing in it.
pub fn peek(bytes: &[u8]) -> Result<Vec<SheetHead>, ReadError> {
    let sheets = if is_zip(bytes) {
        zip::check(bytes)?;
        guarded(|| xlsx::peek(bytes))?
    } else {
        let mut rows = Vec::new();
        csv::rows(bytes, &mut head_of(&mut rows))?;
        vec![SheetHead { name: "CSV".to_owned(), rows }]
    };
    if sheets.iter().all(|sheet| sheet.rows.iter().flatten().all(String::is_empty)) {
        return Err(ReadError::Empty);
    }
    Ok(sheets)
}

/// Every row of a sheet that has something in it.
///
/// # Errors
/// As [`peek`].
pub fn rows(bytes: &[u8], sheet: usize, each: &mut EachRow<'_>) -> Result<(), ReadError> {
    if is_zip(bytes) {
        zip::check(bytes)?;
        guarded(|| xlsx::rows(bytes, sheet, each))
    } else {
        csv::rows(bytes, each)
    }
}

/// The reader of workbooks overflows on numbers of cells that no program writes; such a file is refused like any other
/// broken one.
fn guarded<T>(read: impl FnOnce() -> Result<T, ReadError>) -> Result<T, ReadError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or(Err(ReadError::NotASpreadsheet))
}

/// Gathers the first rows, empty ones included, so that their numbers are those of the sheet.
fn head_of(rows: &mut Vec<Vec<String>>) -> impl FnMut(u32, Vec<String>) -> ControlFlow<()> {
    |index, cells| {
        let index = index as usize;
        if index >= HEAD_ROWS {
            return ControlFlow::Break(());
        }
        rows.resize(index, Vec::new());
        rows.push(cells);
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
