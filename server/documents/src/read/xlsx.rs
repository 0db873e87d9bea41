//! Excel workbooks: cells come as a stream, one row in memory at a time.

use super::{EachRow, MAX_COLUMNS, MAX_ROWS, ReadError, SheetHead, head_of};
use calamine::{DataRef, Reader, Xlsx};
use chrono::{Days, NaiveDate, NaiveTime};
use std::io::Cursor;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Result<Book<'_>, ReadError> {
    Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::NotASpreadsheet)
}

pub(super) fn peek(bytes: &[u8]) -> Result<Vec<SheetHead>, ReadError> {
    let mut book = open(bytes)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut rows = Vec::new();
        let read = stream(&mut book, &name, &mut head_of(&mut rows));
        match read {
            Ok(()) => {}
            Err(ReadError::TooLarge) => return Err(ReadError::TooLarge),
            // A sheet of charts is no table; another sheet may be.
            Err(_) => rows.clear(),
        }
        sheets.push(SheetHead { name, rows });
    }
    Ok(sheets)
}

pub(super) fn rows(bytes: &[u8], sheet: usize, each: &mut EachRow<'_>) -> Result<(), ReadError> {
    let mut book = open(bytes)?;
    let name = book.sheet_names().get(sheet).cloned().ok_or(ReadError::Empty)?;
    stream(&mut book, &name, each)
}

fn stream(book: &mut Book<'_>, name: &str, each: &mut EachRow<'_>) -> Result<(), ReadError> {
    let bad = |_| ReadError::NotASpreadsheet;
    let mut cells = book.worksheet_cells_reader(name).map_err(bad)?;
    let (mut at, mut row) = (0_u32, Vec::<String>::new());
    while let Some(cell) = cells.next_cell().map_err(bad)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (line, column) = cell.get_position();
        if line >= MAX_ROWS || column >= MAX_COLUMNS {
            return Err(ReadError::TooLarge);
        }
        if line < at {
            return Err(ReadError::NotASpreadsheet);
        }
        if line > at && !row.is_empty() && each(at, std::mem::take(&mut row)).is_break() {
            return Ok(());
        }
        at = line;
        let column = column as usize;
        if row.len() <= column {
            row.resize(column + 1, String::new());
        }
        row[column] = text;
    }
    if !row.is_empty() {
        // The last one: there is nothing to break off.
        let _ = each(at, row);
    }
    Ok(())
}

/// What a person sees in the cell, as near as it can be told without its number format.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => tidy(text),
        DataRef::SharedString(text) => tidy(text),
        DataRef::Int(n) => n.to_string(),
        DataRef::Float(n) => number(*n),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(at) => moment(at.as_f64()),
        DataRef::DateTimeIso(at) => at.replace('T', " "),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        // Empty, and kinds the reader may yet learn.
        _ => String::new(),
    }
}

/// Without spaces around, and without what no column of the database can hold.
pub(super) fn tidy(text: &str) -> String {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    if text.contains('\0') { text.replace('\0', "") } else { text.to_owned() }
}

/// `45.0` is 45; sums keep the digits a person typed, not those of the binary fraction.
fn number(n: f64) -> String {
    if n.fract() == 0.0 || n.abs() > 1e9 { n.to_string() } else { ((n * 1e6).round() / 1e6).to_string() }
}

/// An Excel serial: days since the last day but one of 1899, the time as a fraction.
fn moment(serial: f64) -> String {
    let seconds = (serial * 86_400.0).round();
    if !(0.0..=2_958_466.0 * 86_400.0).contains(&seconds) {
        return number(serial);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let seconds = seconds as u64;
    let day =
        NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|first| first.checked_add_days(Days::new(seconds / 86_400)));
    let time = u32::try_from(seconds % 86_400).ok().and_then(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, 0));
    match (day, time) {
        (Some(day), Some(NaiveTime::MIN)) => day.to_string(),
        (Some(day), Some(time)) => format!("{day} {}", time.format("%H:%M")),
        _ => number(serial),
    }
}
