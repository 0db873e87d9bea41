//! Houses: complexes, buildings, their chart, units, personal accounts and documents.

mod accounts;
mod building_list;
mod buildings;
mod chart;
mod complexes;
mod documents;
mod meant;
mod places;
pub(crate) mod register;
mod sniff;
mod units;

pub use accounts::{
    account, account_rule, accounts, correct_account, generate_accounts, open_account, set_account_rule,
};
pub(crate) use building_list::page as building_page;
pub use building_list::{buildings, bulk_buildings};
pub use buildings::{building, choices, create_building, set_building_archived, update_building};
pub use chart::{generate, renumber};
pub use complexes::{archive_complex, complexes, create_complex, update_complex};
pub use documents::{
    DocumentFile, NewFile, create_document, delete_document, document_file, documents, my_documents, replace_document,
    update_document,
};
pub use places::{entrance_by_number, find_places, homes, unit_by_number};
pub use register::{bulk_units, register};
pub use units::{create_unit, set_unit_archived, unit, units, update_unit};

pub(crate) use accounts::today;
pub(crate) use meant::Meant;
pub(crate) use places::{Located, locate};

use crate::{Error, Result};
use model::{Code, Failure, FieldError};

/// A cursor that is the id of the last row.
fn after(cursor: Option<&str>) -> Result<Option<uuid::Uuid>> {
    cursor.map(|text| uuid::Uuid::parse_str(text).map_err(|_| Error::field("/cursor", "unknown"))).transpose()
}

/// `in_use`: what depends on the record, and how much of it.
fn in_use(pointer: &str, code: &str, count: i64) -> Error {
    let field = FieldError { limit: Some(count), ..FieldError::new(pointer, code) };
    Error::Failure(Failure { fields: vec![field], ..Failure::new(Code::InUse) })
}

/// A violated unique constraint as the error of a field.
pub(crate) fn taken(error: sqlx::Error, fields: &[(&str, &str)]) -> Error {
    let pointer = match &error {
        sqlx::Error::Database(e) if e.is_unique_violation() => {
            fields.iter().find(|(constraint, _)| e.constraint() == Some(constraint)).map(|(_, pointer)| *pointer)
        }
        _ => None,
    };
    match pointer {
        Some(pointer) => Error::field(pointer, "taken"),
        None => error.into(),
    }
}

/// Trims a text; an empty one is none.
pub(crate) fn some_text(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

/// A text as a pattern for `like`.
pub(crate) fn like(word: &str) -> String {
    format!("%{}%", escaped(word))
}

pub(crate) fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
