//! The columns of imports: how their titles are recognised and how their cells are read.

mod cells;
mod synonyms;
mod titles;
mod words;

pub use cells::{day, decimal, moment, read};
pub use titles::{guess, guess_among, header_row, is_total, titles};
