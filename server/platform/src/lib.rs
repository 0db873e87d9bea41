//! Everything below the business rules: the database, files, keys, mail and the clock.
//! Nothing here knows a housing word.

/// RabbitMQ: confirmed publishing, consuming, dead letters.
pub mod amqp;
/// A copy of the database by PostgreSQL's own programs.
pub mod backup;
/// Files: local disk or S3.
pub mod blobs;
/// Short-lived values: Redis or in process; losing them is never an error.
pub mod cache;
/// Click's Merchant API.
pub mod click;
/// The injected clock.
pub mod clock;
/// Configuration: defaults, `uk-crm.toml`, environment.
pub mod config;
/// PostgreSQL pool and the three ways to open a transaction.
pub mod db;
/// Identifiers.
pub mod ids;
/// Photographs: decode with limits, turn upright, strip metadata, make thumbnails.
pub mod images;
/// Rate limits (GCRA), shared through Redis or per process.
pub mod knock;
pub mod limits;
/// Outgoing mail over SMTP.
pub mod mail;
/// Calls to services of others.
pub(crate) mod outward;
/// Password hashing, bounded.
pub mod password;
/// The private PostgreSQL cluster of an installation without configuration.
pub mod pg;
/// Messages between tasks and between instances.
pub mod pubsub;
/// When each dependency last answered.
pub mod pulse;
/// Notifications to browsers and Android apps.
pub mod push;
/// The shared connection to Redis and its circuit breaker.
pub mod redis_link;
/// Encrypted columns and blind indexes.
pub mod sealed;
/// Keys of this installation.
pub mod secrets;
/// Text messages through Eskiz and Play Mobile.
pub mod sms;
/// Random tokens, one-time codes and access tokens.
pub mod tokens;
/// Second factor by an authenticator app.
pub mod totp;
