//! Every server function: the pages' road to the use cases. Each one translates and nothing more.
//!
//! Paths are stable (`/rpc/<feature>/<name>`): an installed app may still run yesterday's code.

pub mod access;
pub mod assignment;
pub mod audit;
pub mod auth;
pub mod bank;
pub mod billing;
pub mod classifier;
pub mod codec;
pub mod companies;
pub mod confirm;
pub mod deadlines;
pub mod desk;
pub mod error;
pub mod filling;
pub mod imports;
pub mod narrow;
pub mod news;
pub mod notices;
pub mod operations;
pub mod outages;
pub mod payments;
pub mod penalties;
pub mod people;
pub mod plans;
pub mod property;
pub mod push;
pub mod queue;
pub mod reminders;
pub mod requests;
pub mod rounds;
pub mod search;
pub mod session;
pub mod settings;
pub mod shifts;
pub mod staff;
pub mod talk;
pub mod tasks;
pub mod texts;
pub mod together;
pub mod upload;
pub mod work;

pub use error::{ApiError, ApiResult};

#[cfg(feature = "ssr")]
pub mod context;
