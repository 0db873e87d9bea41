//! Documents people take away, and spreadsheets they bring.

mod exports;
mod imports;
pub mod read;
mod table;

pub use exports::{ListFile, table_format};
pub use imports::{errors_xlsx, template_xlsx};
pub use table::{Cell, Table, TableFormat};

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the spreadsheet could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}
