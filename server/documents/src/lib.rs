//! Documents people take away, and spreadsheets they bring.

mod imports;
pub mod read;
mod requests;
mod table;

pub use imports::{errors_xlsx, template_xlsx};
pub use requests::requests_xlsx;
pub use table::{Cell, Table, TableFormat};

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the spreadsheet could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}
