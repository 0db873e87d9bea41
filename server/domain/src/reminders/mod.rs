//! Reminders to who owes: the ladder of a company, whose turn it is, and sending. The schedule sends each step once for
//! an episode of debt; an episode is the oldest month that is not paid, so paying it begins the ladder anew.

mod debtors;
mod letters;
mod promises;
mod rules;
mod send;

pub(crate) use debtors::states;
pub use letters::{letter, read_letters, start_letters};
pub use promises::promise;
pub(crate) use promises::{promises, reminders};
pub use rules::{rules, save_rules};
pub use send::{look, remind, run};
