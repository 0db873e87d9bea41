//! The bot against a Bot API server in another process, a real database and the real job worker.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod dialogue;
mod outages;
mod support;
mod trouble;
