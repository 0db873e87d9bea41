//! The list of requests as a spreadsheet.

use crate::{DocumentError, table::excel_time};
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, words};
use model::requests::RequestRow;
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// A workbook with one row for each request: real numbers, real dates in Tashkent time, and everything people
/// typed as plain text, so that nothing of it is ever run as a formula.
///
/// # Errors
/// When the temporary file cannot be written.
pub fn requests_xlsx(
    rows: impl Iterator<Item = RequestRow>,
    l: Locale,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&excel_time(now)?));
    // Rows go to disk as they come: twenty thousand of them cost no memory.
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(td_string!(l, messages.export_sheet))?;
    let columns = columns(l);
    for (column, (_, width)) in (0..).zip(&columns) {
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold().set_background_color(0x00E8_EDF3);
    for (column, (name, _)) in (0..).zip(&columns) {
        sheet.write_string_with_format(0, column, *name, &head)?;
    }
    let formats = Formats {
        date: Format::new().set_num_format("dd.mm.yyyy hh:mm").set_align(FormatAlign::Left),
        text: Format::new().set_num_format("@"),
    };
    let mut last = 0;
    for (line, row) in (1..).zip(rows) {
        write(sheet, line, &row, l, &formats)?;
        last = line;
    }
    let width = u16::try_from(columns.len()).unwrap_or(1);
    sheet.autofilter(0, 0, last.max(1), width - 1)?;
    Ok(book.save_to_buffer()?)
}

struct Formats {
    date: Format,
    /// Keeps what looks like a formula or a number as it was typed, also after editing the cell.
    text: Format,
}

/// Heads and widths, in the order of [`write`].
fn columns(l: Locale) -> [(&'static str, f64); 17] {
    [
        (td_string!(l, messages.export_number), 9.0),
        (td_string!(l, messages.export_created), 17.0),
        (td_string!(l, messages.export_status), 14.0),
        (td_string!(l, messages.export_kind), 14.0),
        (td_string!(l, messages.export_priority), 12.0),
        (td_string!(l, messages.export_category), 18.0),
        (td_string!(l, messages.export_address), 34.0),
        (td_string!(l, messages.export_description), 60.0),
        (td_string!(l, messages.export_contact), 26.0),
        (td_string!(l, messages.export_phone), 18.0),
        (td_string!(l, messages.export_assignee), 26.0),
        (td_string!(l, messages.export_due), 17.0),
        (td_string!(l, messages.export_overdue), 13.0),
        (td_string!(l, messages.export_completed), 17.0),
        (td_string!(l, messages.export_rating), 9.0),
        (td_string!(l, messages.export_photos), 9.0),
        (td_string!(l, messages.export_comments), 13.0),
    ]
}

fn write(sheet: &mut Worksheet, line: u32, row: &RequestRow, l: Locale, formats: &Formats) -> Result<(), XlsxError> {
    let assignee = row.assignee.as_ref().map(|a| a.name.as_str());
    let phone = row.contact_phone.as_ref().map(model::Phone::pretty);
    number(sheet, line, 0, row.number)?;
    date(sheet, line, 1, Some(row.created_at), formats)?;
    text(sheet, line, 2, words::status(l, row.status), formats)?;
    text(sheet, line, 3, words::kind(l, row.kind), formats)?;
    text(sheet, line, 4, words::priority(l, row.priority), formats)?;
    text(sheet, line, 5, words::category(l, row.category), formats)?;
    text(sheet, line, 6, &row.address, formats)?;
    text(sheet, line, 7, &row.description, formats)?;
    text(sheet, line, 8, row.contact_name.as_deref().unwrap_or_default(), formats)?;
    text(sheet, line, 9, phone.as_deref().unwrap_or_default(), formats)?;
    text(sheet, line, 10, assignee.unwrap_or_default(), formats)?;
    date(sheet, line, 11, row.due_at, formats)?;
    text(sheet, line, 12, if row.overdue { td_string!(l, common.yes) } else { "" }, formats)?;
    date(sheet, line, 13, row.completed_at, formats)?;
    if let Some(rating) = row.rating {
        number(sheet, line, 14, i64::from(rating))?;
    }
    number(sheet, line, 15, i64::from(row.photos))?;
    number(sheet, line, 16, i64::from(row.comments))
}

fn number(sheet: &mut Worksheet, line: u32, column: u16, value: i64) -> Result<(), XlsxError> {
    // Exact: numbers of requests are far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    sheet.write_number(line, column, value as f64).map(|_| ())
}

fn text(sheet: &mut Worksheet, line: u32, column: u16, value: &str, formats: &Formats) -> Result<(), XlsxError> {
    if value.is_empty() {
        return Ok(());
    }
    sheet.write_string_with_format(line, column, value, &formats.text).map(|_| ())
}

fn date(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    at: Option<DateTime<Utc>>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match at {
        Some(at) => sheet.write_datetime_with_format(line, column, &excel_time(at)?, &formats.date).map(|_| ()),
        None => Ok(()),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
