//! What carries messages, against servers in another process that speak the protocols of the real ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod devices;
mod standin;
mod texts;
