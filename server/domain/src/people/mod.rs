//! People: contacts of the company and its staff.

mod contacts;
mod staff;

pub use contacts::*;
pub use staff::*;
