//! Documents people take away, and spreadsheets they bring.

mod exports;
mod imports;
pub mod paper;
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
    #[error("the data of a paper could not be written: {0}")]
    Data(#[from] serde_json::Error),
    #[error("a paper could not be laid out: {0}")]
    Paper(String),
    #[error("the parts of a paper could not be joined: {0}")]
    Join(#[from] lopdf::Error),
    #[error("a paper could not be written: {0}")]
    Write(#[from] std::io::Error),
}
