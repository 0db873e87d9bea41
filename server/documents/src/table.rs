//! A table to take away, as Excel or CSV, written row by row.

use crate::DocumentError;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use i18n::when;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// In which form a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    Xlsx,
    Csv,
}

impl TableFormat {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    /// What people typed; never a formula.
    Text(String),
    Int(i64),
    /// Hundredths, thousandths …: the digits and how many of them stand after the point.
    Decimal(i64, u32),
    Moment(DateTime<Utc>),
    Day(NaiveDate),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Cell {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<i32> for Cell {
    fn from(n: i32) -> Self {
        Self::Int(n.into())
    }
}

impl From<i16> for Cell {
    fn from(n: i16) -> Self {
        Self::Int(n.into())
    }
}

impl From<DateTime<Utc>> for Cell {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Moment(at)
    }
}

/// A table being written. Rows go to disk (xlsx) or into the text (CSV) as they come.
pub struct Table(Kind);

enum Kind {
    Xlsx(Box<Book>),
    Csv(String),
}

struct Book {
    book: Workbook,
    line: u32,
    width: u16,
    text: Format,
    moment: Format,
    day: Format,
}

impl Table {
    /// Starts a table with its head: titles and widths.
    ///
    /// # Errors
    /// When the temporary file of a workbook cannot be made.
    pub fn new(
        format: TableFormat,
        sheet: &str,
        columns: &[(String, f64)],
        now: DateTime<Utc>,
    ) -> Result<Self, DocumentError> {
        if format == TableFormat::Csv {
            let mut table = Self(Kind::Csv("\u{feff}".to_owned()));
            table.row(&columns.iter().map(|(title, _)| Cell::text(title.clone())).collect::<Vec<_>>())?;
            return Ok(table);
        }
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_creation_datetime(&excel_time(now)?));
        let page = book.add_worksheet_with_constant_memory()?;
        page.set_name(sheet)?;
        page.set_freeze_panes(1, 0)?;
        let head = Format::new().set_bold().set_background_color(0x00E8_EDF3);
        for (column, (_, width)) in (0..).zip(columns) {
            page.set_column_width(column, *width)?;
        }
        for (column, (title, _)) in (0..).zip(columns) {
            page.write_string_with_format(0, column, title, &head)?;
        }
        Ok(Self(Kind::Xlsx(Box::new(Book {
            book,
            line: 0,
            width: u16::try_from(columns.len()).unwrap_or(1),
            // Keeps what looks like a formula or a number as it was typed, also after editing the cell.
            text: Format::new().set_num_format("@"),
            moment: Format::new().set_num_format("dd.mm.yyyy hh:mm").set_align(FormatAlign::Left),
            day: Format::new().set_num_format("dd.mm.yyyy").set_align(FormatAlign::Left),
        }))))
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full, or a cell is out of what the format can hold.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), DocumentError> {
        match &mut self.0 {
            Kind::Xlsx(book) => book.row(cells)?,
            Kind::Csv(text) => csv_row(text, cells),
        }
        Ok(())
    }

    /// The whole file.
    ///
    /// # Errors
    /// As [`Self::row`].
    pub fn finish(self) -> Result<Vec<u8>, DocumentError> {
        match self.0 {
            Kind::Csv(text) => Ok(text.into_bytes()),
            Kind::Xlsx(mut book) => {
                let (last, width) = (book.line.max(1), book.width.max(1));
                book.book.worksheet_from_index(0)?.autofilter(0, 0, last, width - 1)?;
                Ok(book.book.save_to_buffer()?)
            }
        }
    }
}

impl Book {
    fn row(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        self.line += 1;
        let page = self.book.worksheet_from_index(0)?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                // A cell of Excel holds no more.
                Cell::Text(text) if text.chars().count() > 32_000 => {
                    let cut: String = text.chars().take(32_000).collect();
                    page.write_string_with_format(self.line, column, cut, &self.text)?
                }
                Cell::Text(text) => page.write_string_with_format(self.line, column, text, &self.text)?,
                Cell::Int(n) => page.write_number(self.line, column, float(*n))?,
                Cell::Decimal(n, digits) => {
                    page.write_number(self.line, column, float(*n) / float(10_i64.pow(*digits)))?
                }
                Cell::Moment(at) => {
                    page.write_datetime_with_format(self.line, column, excel_time(*at)?, &self.moment)?
                }
                Cell::Day(day) => page.write_datetime_with_format(self.line, column, excel_day(*day)?, &self.day)?,
            };
        }
        Ok(())
    }
}

/// Exact up to 2^53, which no count or sum of ours reaches.
#[allow(clippy::cast_precision_loss)]
fn float(n: i64) -> f64 {
    n as f64
}

/// Semicolons, as Excel in our languages expects; a text that a spreadsheet would take for a formula gets an
/// apostrophe in front.
fn csv_row(out: &mut String, cells: &[Cell]) {
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            out.push(';');
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => quote(out, text),
            Cell::Int(n) => out.push_str(&n.to_string()),
            Cell::Decimal(n, digits) => out.push_str(&decimal(*n, *digits)),
            Cell::Moment(at) => out.push_str(&at.with_timezone(&when::zone()).format("%d.%m.%Y %H:%M").to_string()),
            Cell::Day(day) => out.push_str(&day.format("%d.%m.%Y").to_string()),
        }
    }
    out.push_str("\r\n");
}

fn quote(out: &mut String, text: &str) {
    let formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']) || text.starts_with('\n');
    // A phone is no formula, and people look for it as it is.
    let phone = text.starts_with("+998") && text.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let safe = if formula && !phone { format!("'{text}") } else { text.to_owned() };
    if safe.contains([';', '"', '\n', '\r', ',', '\t']) {
        out.push('"');
        out.push_str(&safe.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(&safe);
    }
}

/// `12345` with two digits is `123,45`.
fn decimal(n: i64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let sign = if n < 0 { "-" } else { "" };
    let fraction = format!("{:0width$}", n.unsigned_abs() % unit, width = digits as usize);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{}", n.unsigned_abs() / unit),
        fraction => format!("{sign}{},{fraction}", n.unsigned_abs() / unit),
    }
}

/// A moment as a wall clock in Tashkent shows it, to the minute.
pub(crate) fn excel_time(at: DateTime<Utc>) -> Result<ExcelDateTime, XlsxError> {
    let at = at.with_timezone(&when::zone());
    let part = |n: u32| u8::try_from(n).unwrap_or_default();
    let hour = u16::try_from(at.hour()).unwrap_or_default();
    excel_day(at.date_naive())?.and_hms(hour, part(at.minute()), 0)
}

fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |n: u32| u8::try_from(n).unwrap_or_default();
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1900), part(day.month()), part(day.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(cells: &[Cell]) -> String {
        let mut out = String::new();
        csv_row(&mut out, cells);
        out
    }

    #[test]
    fn formulas_are_disarmed() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "  =1"] {
            assert_eq!(csv(&[evil.into()]), format!("'{evil}\r\n"));
        }
        for evil in ["\t=1", "\r=1", "\n=1"] {
            assert_eq!(csv(&[evil.into()]), format!("\"'{evil}\"\r\n"));
        }
        assert_eq!(csv(&["+998 90 123-45-67".into()]), "+998 90 123-45-67\r\n");
        assert_eq!(csv(&["+998;=1".into()]), "\"'+998;=1\"\r\n");
        assert_eq!(csv(&["a;\"b\"".into(), Cell::Int(-5)]), "\"a;\"\"b\"\"\";-5\r\n");
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal(-12_345, 2), "-123,45");
        assert_eq!(decimal(455_000, 4), "45,5");
        assert_eq!(decimal(100, 2), "1");
        assert_eq!(decimal(5, 2), "0,05");
    }
}
