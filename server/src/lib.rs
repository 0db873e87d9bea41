//! The composition root: reads the configuration, builds the dependencies, opens the doors.

pub mod backup;
pub mod bot_link;
pub mod cli;
pub mod compose;
pub mod demo;
pub mod doctor;
mod file_store;
pub mod http;
mod keep;
pub mod metrics;
pub mod serve;
pub mod simulator;
