//! Statements of the bank. `file` reads them, `purpose` and `guess` find out whose the money is, `take` books a file,
//! `queue` is what people do with the money that nobody's account stands on.
//!
//! Every incoming line is booked from the bank to nobody on its own day; an account gets it from there, as a payment.
//! So the book of the bank is right at once, and what lies on `unallocated` is what waits and what was put aside.

mod file;
mod guess;
mod lines;
mod purpose;
mod queue;
mod sheet;
mod take;

pub use guess::find_accounts;
pub use lines::{list, statement, statements, unmatched};
pub use queue::{allocate, release, set_aside};
pub use take::{Content, NewStatement, match_statement, take};

pub(super) use queue::released;
pub(super) use sheet::{Amount, Table, amount};

/// More lines than any day of a company has; a larger file is cut at the bank.
pub const MOST_LINES: usize = 20_000;
