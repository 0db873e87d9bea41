//! The use cases against a real PostgreSQL, one database for each test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod access;
mod assignment;
mod audit;
mod billing;
mod classifier;
mod click;
mod codes;
mod deadlines;
mod estimates;
mod events;
mod export;
mod fieldwork;
mod figures;
mod idempotency;
mod joined;
mod journey;
mod ledger;
mod lists;
mod notices;
mod outages;
mod passwords;
mod payme;
mod payments;
mod people;
mod plans;
mod privacy;
mod property;
mod registers;
mod rounds;
mod scope;
mod search;
mod seed;
mod sessions;
mod settings;
mod shifts;
mod staff;
mod support;
mod talk;
mod till;
mod totp;
mod transitions;
mod visibility;
mod waits;
mod walls;
