//! What people take away for imports: templates, and the rows that could not be written.

use crate::{
    DocumentError,
    table::{Cell, Table, TableFormat, excel_time},
};
use chrono::{DateTime, Utc};
use i18n::{Locale, import_words, td_string};
use model::imports::{Field, ImportKind, WrongRow};
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, Workbook};

/// A workbook to fill in: the columns with two example rows, and a sheet that explains them.
///
/// # Errors
/// When it cannot be written.
pub fn template_xlsx(kind: ImportKind, l: Locale, now: DateTime<Utc>) -> Result<Vec<u8>, DocumentError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&excel_time(now)?));
    let head = Format::new().set_bold().set_background_color(0x00E8_EDF3);
    let needed = Format::new().set_bold().set_background_color(0x00FF_E8B3);
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet();
    // Excel allows 31 letters.
    sheet.set_name(import_words::kind(l, kind).chars().take(31).collect::<String>())?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, field) in (0..).zip(kind.fields()) {
        let look = if kind.requires(*field) { &needed } else { &head };
        sheet.write_string_with_format(0, column, import_words::field(l, *field), look)?;
        sheet.set_column_width(column, width(*field))?;
        // Text, so that Excel neither eats leading zeros nor turns 1/2 into a date.
        sheet.set_column_format(column, &text)?;
        for (row, example) in (1..).zip(examples(*field, l)) {
            sheet.write_string_with_format(row, column, example, &text)?;
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name(td_string!(l, imports.sheet_explained))?;
    sheet.set_freeze_panes(1, 0)?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let titles = [
        (td_string!(l, imports.column), 26.0),
        (td_string!(l, imports.needed), 14.0),
        (td_string!(l, imports.meaning), 70.0),
        (td_string!(l, imports.example), 30.0),
    ];
    for (column, (title, width)) in (0..).zip(titles) {
        sheet.write_string_with_format(0, column, title, &head)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, field) in (1..).zip(kind.fields()) {
        sheet.write_string_with_format(row, 0, import_words::field(l, *field), &wrap)?;
        if kind.requires(*field) {
            sheet.write_string_with_format(row, 1, td_string!(l, common.yes), &wrap)?;
        }
        sheet.write_string_with_format(row, 2, import_words::about(l, *field), &wrap)?;
        sheet.write_string_with_format(row, 3, examples(*field, l)[0], &text)?;
    }
    Ok(book.save_to_buffer()?)
}

/// The rows that could not be written, as the file had them, with a column of reasons: to be corrected and uploaded
/// again. The column of reasons is not recognised by an import, so it may stay.
///
/// # Errors
/// When it cannot be written.
pub fn errors_xlsx(
    titles: &[String],
    rows: impl Iterator<Item = WrongRow>,
    l: Locale,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, DocumentError> {
    let columns: Vec<(String, f64)> = titles
        .iter()
        .map(|title| (title.clone(), 20.0))
        .chain([(td_string!(l, imports.error_column).to_owned(), 70.0)])
        .collect();
    let mut table = Table::new(TableFormat::Xlsx, td_string!(l, imports.sheet_errors), &columns, now)?;
    for row in rows {
        let mut cells: Vec<Cell> = row.cells.into_iter().map(Cell::text).collect();
        cells.resize(titles.len(), Cell::Empty);
        cells.push(Cell::text(import_words::troubles(l, &row.troubles)));
        table.row(&cells)?;
    }
    table.finish()
}

const fn width(field: Field) -> f64 {
    match field {
        Field::Address | Field::Name | Field::Zones | Field::Assignee => 30.0,
        Field::Description | Field::Note | Field::Result => 44.0,
        _ => 18.0,
    }
}

/// Two examples for a column.
#[rustfmt::skip]
fn examples(field: Field, l: Locale) -> [&'static str; 2] {
    use Field as F;
    let by = |ru, uz, en| match l { Locale::ru => ru, Locale::uz => uz, Locale::en => en };
    match field {
        F::Complex => by(["ЖК Навруз", ""], ["Navroʻz majmuasi", ""], ["Navruz", ""]),
        F::Address => by(["ул. Навои, 12", "ул. Навои, 12"], ["Navoiy koʻchasi, 12", "Navoiy koʻchasi, 12"], ["12 Navoi street", "12 Navoi street"]),
        F::Year => ["2018", "2018"],
        F::Storeys => ["9", "9"],
        F::Lift => by(["да", "да"], ["ha", "ha"], ["yes", "yes"]),
        F::Entrance => ["1", "2"],
        F::Floor => ["1", "5"],
        F::Unit => ["1", "45а"],
        F::UnitKind => by(["квартира", "магазин"], ["xonadon", "doʻkon"], ["flat", "shop"]),
        F::Area => by(["45,5", "62"], ["45,5", "62"], ["45.5", "62"]),
        F::Rooms => ["2", "3"],
        F::Account => ["1000123", "1000124"],
        F::Name => by(["Каримов Азиз Рустамович", "Иванова Елена"], ["Karimov Aziz Rustam oʻgʻli", "Toʻrayeva Nodira"], ["Karimov Aziz", "Ivanova Elena"]),
        F::Phone => ["+998 90 123-45-67", "93 765-43-21"],
        F::Phone2 => ["71 200-00-00", ""],
        F::Email => ["aziz@mail.uz", ""],
        F::Lang => by(["узбекский", "русский"], ["oʻzbek", "rus"], ["uzbek", "russian"]),
        F::Note => ["", ""],
        F::Relation => by(["собственник", "арендатор"], ["mulkdor", "ijarachi"], ["owner", "tenant"]),
        F::Share => ["1/2", ""],
        F::Since => ["12.05.2025", ""],
        F::Login => ["aziz.santexnik", "nodira"],
        F::Role => by(["исполнитель", "диспетчер"], ["ijrochi", "dispetcher"], ["worker", "dispatcher"]),
        F::Skills => by(["сантехник, отопление", ""], ["santexnik, isitish", ""], ["plumber, heating", ""]),
        F::Zones => by(["ул. Навои, 12", ""], ["Navoiy koʻchasi, 12", ""], ["12 Navoi street", ""]),
        F::Created => ["12.05.2025 14:30", "13.05.2025"],
        F::Status => by(["закрыта", "новая"], ["yopilgan", "yangi"], ["closed", "new"]),
        F::Category => by(["сантехника", "лифт"], ["santexnika", "lift"], ["plumbing", "elevator"]),
        F::RequestKind => by(["обычная", "аварийная"], ["oddiy", "avariya"], ["regular", "emergency"]),
        F::Priority => by(["обычный", "срочный"], ["oddiy", "shoshilinch"], ["normal", "urgent"]),
        F::Description => by(["Течёт кран на кухне", "Не работает лифт"], ["Oshxonada jumrak oqyapti", "Lift ishlamayapti"], ["The kitchen tap leaks", "The lift does not work"]),
        F::Assignee => by(["Каримов Азиз", ""], ["Karimov Aziz", ""], ["Karimov Aziz", ""]),
        F::Completed => ["12.05.2025 18:00", ""],
        F::Result => by(["Заменили кран", ""], ["Jumrak almashtirildi", ""], ["Replaced the tap", ""]),
        F::Rating => ["5", ""],
        F::Amount => by(["125000,50", "-30000"], ["125000,50", "-30000"], ["125000.50", "-30000"]),
        F::AsOf => ["01.05.2026", "01.05.2026"],
    }
}
