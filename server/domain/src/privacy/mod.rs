//! The rights of a person to what the company holds about them: a copy of all of it, and being forgotten.

mod erase;
mod export;
mod more;

pub use erase::erase;
pub(crate) use erase::erase_in;
pub use export::{export, export_own};
