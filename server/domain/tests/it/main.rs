//! The use cases against a real PostgreSQL, one database for each test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod codes;
mod events;
mod export;
mod idempotency;
mod journey;
mod passwords;
mod property;
mod scope;
mod seed;
mod sessions;
mod support;
mod totp;
mod transitions;
mod walls;
