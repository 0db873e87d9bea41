//! Deadlines of requests. `count` is the one pure function that counts them and `hours` says when time counts;
//! `clocks` keeps the two clocks of a request, `steps` moves them, `policy` is what the company decides, `watch` looks at the time.
//!
//! What counts as the first answer: an assignment, a status moved, a question to the resident (waiting), or a comment
//! the resident can read, by anybody of the company. A machine's assignment and an internal note are none.

pub(crate) mod clocks;
mod count;
#[cfg(test)]
mod examples;
mod explain;
mod hours;
#[cfg(test)]
mod laws;
mod policy;
pub(crate) mod steps;
mod watch;
mod what_if;

pub use count::{Endless, Pause, due, explain};
pub use explain::of_request;
pub use hours::{Calendar, Hours};
pub use policy::{save_rules, save_watch, settings};
pub use watch::{Ticked, tick};
pub use what_if::what_if;

pub(crate) use policy::recount_open;
