//! People: contacts of the company.

mod contacts;

pub use contacts::*;
