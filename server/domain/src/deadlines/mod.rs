//! Deadlines of requests: `count` is the one pure function that counts them, `hours` says when time counts.

mod count;
#[cfg(test)]
mod examples;
mod hours;
#[cfg(test)]
mod laws;

pub use count::{Endless, Pause, due, explain};
pub use hours::{Calendar, Hours};
