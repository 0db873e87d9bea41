//! Lists as files. The columns of a list stand in one table here: key, title, width, cell.

mod audit;

use crate::{
    DocumentError,
    table::{Cell, Table, TableFormat},
};
use chrono::{DateTime, Utc};
use i18n::{Locale, import_words, td_string, words};
use model::{
    Money, Phone,
    audit::AuditRow,
    billing::DebtRow,
    exports::{ExportFormat, ExportList},
    imports::Field,
    payments::{PaymentRow, PaymentSource, PaymentState},
    people::{ContactRow, PhoneView},
    property::{BuildingRow, RegisterRow},
    requests::RequestRow,
    staff::StaffRow,
};

/// A column of a list.
struct Column<R> {
    key: &'static str,
    title: &'static str,
    width: f64,
    cell: fn(&R, Locale) -> Cell,
}

const fn column<R>(key: &'static str, title: &'static str, width: f64, cell: fn(&R, Locale) -> Cell) -> Column<R> {
    Column { key, title, width, cell }
}

/// A list being written; it takes rows of its own kind and leaves others out.
pub struct ListFile {
    table: Table,
    locale: Locale,
    columns: Columns,
}

enum Columns {
    Requests(Vec<Column<RequestRow>>),
    People(Vec<Column<ContactRow>>),
    Units(Vec<Column<RegisterRow>>),
    Staff(Vec<Column<StaffRow>>),
    Payments(Vec<Column<PaymentRow>>),
    Debts(Vec<Column<DebtRow>>),
    Buildings(Vec<Column<BuildingRow>>),
    Audit(Vec<Column<AuditRow>>),
}

impl ListFile {
    /// Starts a file with the columns named by `keys`, in their order; with all when none is named or known.
    ///
    /// # Errors
    /// When a temporary file cannot be made.
    pub fn new(
        list: ExportList,
        format: ExportFormat,
        keys: &[String],
        l: Locale,
        now: DateTime<Utc>,
    ) -> Result<Self, DocumentError> {
        let (sheet, columns) = match list {
            ExportList::Requests => {
                (td_string!(l, messages.export_sheet), Columns::Requests(chosen(requests(l), keys)))
            }
            ExportList::People => (td_string!(l, imports.export_people), Columns::People(chosen(people(l), keys))),
            ExportList::Units => (td_string!(l, imports.export_units), Columns::Units(chosen(units(l), keys))),
            ExportList::Staff => (td_string!(l, imports.export_staff), Columns::Staff(chosen(staff(l), keys))),
            ExportList::Payments => (td_string!(l, payments.title), Columns::Payments(chosen(payments(l), keys))),
            ExportList::Debts => (td_string!(l, billing.debts), Columns::Debts(chosen(debts(l), keys))),
            ExportList::Buildings => (td_string!(l, common.buildings), Columns::Buildings(chosen(buildings(l), keys))),
            ExportList::Audit => (td_string!(l, audit.title), Columns::Audit(chosen(audit::audit(l), keys))),
        };
        let titles = match &columns {
            Columns::Requests(all) => titles(all),
            Columns::People(all) => titles(all),
            Columns::Units(all) => titles(all),
            Columns::Staff(all) => titles(all),
            Columns::Payments(all) => titles(all),
            Columns::Debts(all) => titles(all),
            Columns::Buildings(all) => titles(all),
            Columns::Audit(all) => titles(all),
        };
        Ok(Self { table: Table::new(table_format(format), sheet, &titles, now)?, locale: l, columns })
    }

    /// # Errors
    /// When the disk is full.
    pub fn requests(&mut self, rows: &[RequestRow]) -> Result<(), DocumentError> {
        let Columns::Requests(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn people(&mut self, rows: &[ContactRow]) -> Result<(), DocumentError> {
        let Columns::People(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn units(&mut self, rows: &[RegisterRow]) -> Result<(), DocumentError> {
        let Columns::Units(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn staff(&mut self, rows: &[StaffRow]) -> Result<(), DocumentError> {
        let Columns::Staff(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn payments(&mut self, rows: &[PaymentRow]) -> Result<(), DocumentError> {
        let Columns::Payments(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn debts(&mut self, rows: &[DebtRow]) -> Result<(), DocumentError> {
        let Columns::Debts(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn buildings(&mut self, rows: &[BuildingRow]) -> Result<(), DocumentError> {
        let Columns::Buildings(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// # Errors
    /// When the disk is full.
    pub fn audit(&mut self, rows: &[AuditRow]) -> Result<(), DocumentError> {
        let Columns::Audit(columns) = &self.columns else { return Ok(()) };
        write(&mut self.table, columns, rows, self.locale)
    }

    /// The whole file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<Vec<u8>, DocumentError> {
        self.table.finish()
    }
}

/// The form of a file.
pub const fn table_format(format: ExportFormat) -> TableFormat {
    match format {
        ExportFormat::Xlsx => TableFormat::Xlsx,
        ExportFormat::Csv => TableFormat::Csv,
    }
}

fn chosen<R>(mut all: Vec<Column<R>>, keys: &[String]) -> Vec<Column<R>> {
    let mut found: Vec<Column<R>> = Vec::new();
    for key in keys {
        if let Some(at) = all.iter().position(|c| c.key == key.as_str()) {
            found.push(all.remove(at));
        }
    }
    if found.is_empty() { all } else { found }
}

fn titles<R>(columns: &[Column<R>]) -> Vec<(String, f64)> {
    columns.iter().map(|c| (c.title.to_owned(), c.width)).collect()
}

fn write<R>(table: &mut Table, columns: &[Column<R>], rows: &[R], l: Locale) -> Result<(), DocumentError> {
    for row in rows {
        table.row(&columns.iter().map(|c| (c.cell)(row, l)).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn phones(all: &[PhoneView]) -> Cell {
    Cell::text(all.iter().map(|phone| phone.shown.as_str()).collect::<Vec<_>>().join(", "))
}

fn requests(l: Locale) -> Vec<Column<RequestRow>> {
    vec![
        column("number", td_string!(l, messages.export_number), 9.0, |r: &RequestRow, _| r.number.into()),
        column("created", td_string!(l, messages.export_created), 17.0, |r, _| r.created_at.into()),
        column("status", td_string!(l, messages.export_status), 14.0, |r, l| words::status(l, r.status).into()),
        column("kind", td_string!(l, messages.export_kind), 14.0, |r, l| words::kind(l, r.kind).into()),
        column("priority", td_string!(l, messages.export_priority), 12.0, |r, l| words::priority(l, r.priority).into()),
        column("category", td_string!(l, messages.export_category), 18.0, |r, l| words::category(l, r.category).into()),
        column("address", td_string!(l, messages.export_address), 34.0, |r, _| r.address.as_str().into()),
        column("text", td_string!(l, messages.export_description), 60.0, |r, _| r.description.as_str().into()),
        column("contact", td_string!(l, messages.export_contact), 26.0, |r, _| r.contact_name.clone().into()),
        column("phone", td_string!(l, messages.export_phone), 18.0, |r, _| {
            r.contact_phone.as_ref().map(Phone::pretty).into()
        }),
        column("assignee", td_string!(l, messages.export_assignee), 26.0, |r, _| {
            r.assignee.as_ref().map(|a| a.name.as_str()).into()
        }),
        column("due", td_string!(l, messages.export_due), 17.0, |r, _| r.due_at.into()),
        column("overdue", td_string!(l, messages.export_overdue), 13.0, |r, l| {
            r.overdue.then(|| td_string!(l, common.yes)).into()
        }),
        column("completed", td_string!(l, messages.export_completed), 17.0, |r, _| r.completed_at.into()),
        column("rating", td_string!(l, messages.export_rating), 9.0, |r, _| r.rating.into()),
        column("photos", td_string!(l, messages.export_photos), 9.0, |r, _| r.photos.into()),
        column("comments", td_string!(l, messages.export_comments), 13.0, |r, _| r.comments.into()),
    ]
}

fn people(l: Locale) -> Vec<Column<ContactRow>> {
    vec![
        column("name", import_words::field(l, Field::Name), 34.0, |c: &ContactRow, _| c.name.as_str().into()),
        column("phones", import_words::field(l, Field::Phone), 40.0, |c, _| phones(&c.phones)),
        column("homes", td_string!(l, imports.homes), 60.0, |c, l| {
            let homes =
                c.homes.iter().map(|h| format!("{} ({})", h.address, words::relation(l, h.relation).to_lowercase()));
            Cell::text(homes.collect::<Vec<_>>().join("; "))
        }),
        column("login", td_string!(l, imports.has_login), 18.0, |c, l| {
            c.has_login.then(|| td_string!(l, common.yes)).into()
        }),
    ]
}

fn units(l: Locale) -> Vec<Column<RegisterRow>> {
    let title = |field| import_words::field(l, field);
    vec![
        column("complex", title(Field::Complex), 22.0, |u: &RegisterRow, _| u.complex.clone().into()),
        column("address", title(Field::Address), 34.0, |u, _| u.address.as_str().into()),
        column("entrance", title(Field::Entrance), 11.0, |u, _| u.entrance.into()),
        column("floor", title(Field::Floor), 9.0, |u, _| u.floor.into()),
        column("unit", title(Field::Unit), 12.0, |u, _| u.number.as_str().into()),
        column("kind", title(Field::UnitKind), 16.0, |u, l| words::unit_kind(l, u.kind).into()),
        column("area", title(Field::Area), 13.0, |u, _| u.area_cm2.map_or(Cell::Empty, |cm2| Cell::Decimal(cm2, 4))),
        column("rooms", title(Field::Rooms), 9.0, |u, _| u.rooms.into()),
        column("account", title(Field::Account), 18.0, |u, _| u.account.clone().into()),
        column("people", td_string!(l, imports.people_count), 12.0, |u, _| u.people.into()),
    ]
}

fn staff(l: Locale) -> Vec<Column<StaffRow>> {
    vec![
        column("name", import_words::field(l, Field::Name), 34.0, |u: &StaffRow, _| u.name.as_str().into()),
        column("role", import_words::field(l, Field::Role), 16.0, |u, l| words::role(l, u.role).into()),
        column("skills", import_words::field(l, Field::Skills), 34.0, |u, l| {
            Cell::text(u.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", "))
        }),
        column("zone", td_string!(l, staff_admin.zone), 34.0, |u, _| Cell::text(u.zone.join("; "))),
        column("sees", td_string!(l, staff_admin.sees), 24.0, |u, l| words::visibility(l, u.visibility).into()),
        column("phone", import_words::field(l, Field::Phone), 20.0, |u, _| u.phone.as_ref().map(Phone::pretty).into()),
        column("state", td_string!(l, staff_admin.state), 16.0, |u, l| match (u.dismissed, u.blocked) {
            (true, _) => td_string!(l, staff_admin.dismissed).into(),
            (false, true) => td_string!(l, staff_admin.blocked).into(),
            (false, false) => Cell::Empty,
        }),
        column("load", td_string!(l, imports.load), 10.0, |u, _| u.load.into()),
    ]
}

fn buildings(l: Locale) -> Vec<Column<BuildingRow>> {
    vec![
        column("address", td_string!(l, property.address), 34.0, |b: &BuildingRow, _| b.address.as_str().into()),
        column("complex", td_string!(l, property.complex), 22.0, |b, _| b.complex.clone().into()),
        column("storeys", td_string!(l, property.storeys), 11.0, |b, _| b.storeys.into()),
        column("entrances", td_string!(l, property.entrances), 11.0, |b, _| b.entrances.into()),
        column("units", td_string!(l, property.units), 13.0, |b, _| b.units.into()),
        column("open", td_string!(l, property.open_requests), 13.0, |b, _| b.open_requests.into()),
    ]
}

fn payments(l: Locale) -> Vec<Column<PaymentRow>> {
    vec![
        column("number", td_string!(l, payments.number), 9.0, |p: &PaymentRow, _| p.number.into()),
        column("when", td_string!(l, payments.when), 17.0, |p, _| p.paid_at.into()),
        column("state", td_string!(l, payments.state), 14.0, |p, l| match p.state {
            PaymentState::Completed => td_string!(l, payments.state_completed).into(),
            PaymentState::Refunded => td_string!(l, payments.state_refunded).into(),
        }),
        column("amount", td_string!(l, payments.amount), 16.0, |p, _| Cell::Decimal(p.amount.tiyin(), 2)),
        column("source", td_string!(l, payments.source), 12.0, |p, l| match p.source {
            PaymentSource::Payme => td_string!(l, payments.source_payme).into(),
            PaymentSource::Click => td_string!(l, payments.source_click).into(),
            PaymentSource::Cash => td_string!(l, payments.source_cash).into(),
            PaymentSource::Bank => td_string!(l, payments.source_bank).into(),
            PaymentSource::Terminal => td_string!(l, payments.source_terminal).into(),
        }),
        column("account", td_string!(l, payments.account), 18.0, |p, _| p.account_number.as_str().into()),
        column("address", td_string!(l, payments.address), 34.0, |p, _| p.address.as_str().into()),
        column("reference", td_string!(l, payments.reference), 28.0, |p, _| p.reference.as_str().into()),
        column("kassa", td_string!(l, payments.kassa), 20.0, |p, _| p.kassa.clone().into()),
    ]
}

fn debts(l: Locale) -> Vec<Column<DebtRow>> {
    /// Nothing where the list shows nothing.
    fn sum(of: Money) -> Cell {
        if of == Money::ZERO { Cell::Empty } else { Cell::Decimal(of.tiyin(), 2) }
    }
    vec![
        column("account", td_string!(l, billing.account_number), 18.0, |d: &DebtRow, _| d.number.as_str().into()),
        column("address", td_string!(l, billing.address), 34.0, |d, _| d.address.as_str().into()),
        column("owner", td_string!(l, billing.owner), 34.0, |d, _| d.owner.clone().into()),
        column("to_30", td_string!(l, billing.age_30), 16.0, |d, _| sum(d.ages.to_30)),
        column("to_60", td_string!(l, billing.age_60), 16.0, |d, _| sum(d.ages.to_60)),
        column("to_90", td_string!(l, billing.age_90), 16.0, |d, _| sum(d.ages.to_90)),
        column("over_90", td_string!(l, billing.age_over), 16.0, |d, _| sum(d.ages.over_90)),
        column("total", td_string!(l, billing.debt_total), 16.0, |d, _| sum(d.ages.total)),
    ]
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
