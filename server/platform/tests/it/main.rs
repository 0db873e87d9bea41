//! Platform against real servers: PostgreSQL, Redis, and an S3 server that checks signatures.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod blobs;
mod db;
mod mail;
mod pg;
mod redis;
mod support;
