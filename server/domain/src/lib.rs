//! The business: use cases, policies, state machines and all SQL. Doors (REST, server functions, bot, jobs)
//! translate to and from these functions and never branch on business state.
//!
//! A use case always reads the same: scope, transaction, load and check, write with its events and audit, commit, view.

pub mod access;
pub mod actor;
pub mod assignment;
pub mod audit;
pub mod auth;
pub mod billing;
mod bulk;
pub mod calls;
pub mod classifier;
pub mod cleanup;
pub mod companies;
pub mod ctx;
pub mod deadlines;
pub mod desk;
pub mod digest;
pub mod error;
pub mod events;
pub mod exports;
pub mod files;
pub mod idempotency;
pub mod imports;
pub mod jobs;
pub mod leases;
pub mod ledger;
pub mod messages;
pub mod migrate;
pub mod news;
pub mod notices;
pub mod operations;
pub mod outages;
mod paging;
pub mod payments;
pub mod penalties;
pub mod people;
pub mod plans;
pub mod privacy;
pub mod property;
pub mod push;
pub mod reminders;
pub mod requests;
pub mod rounds;
pub mod search;
pub mod seed;
pub mod settings;
pub mod shifts;
pub mod sms;
pub mod staff;
pub mod stored;
pub mod tasks;
pub mod telegram;
pub mod tx;
pub mod uploads;
pub mod views;

pub use actor::{Actor, Behind, Door, Scope};
pub use ctx::Ctx;
pub use error::{Error, Result, answering};
pub use tx::Tx;
