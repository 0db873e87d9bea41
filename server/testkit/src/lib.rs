//! Tools of the tests: a database for each test, the product's context on it, people to act as, and stand-ins for
//! outside services.

#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod ctx;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod db;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod letters;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod mail;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod people;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod rabbit;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod redis;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod store;
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]
mod world;

pub mod channels_standin;
pub mod payments_standin;
pub mod telegram_standin;

pub use ctx::{START, TestCtx};
pub use db::TestDb;
pub use letters::Told;
pub use mail::MailSink;
pub use people::{
    ask_correction, ask_recalculation, balances, bill_number, deeds, forget_uploads, hire, hurry, invite_home, lodge,
    mark, miss_deadline, move_in, owe, payment_violations, penalise, propose, settle, share_view, wait_for,
};
pub use rabbit::Rabbit;
pub use redis::Redis;
pub use store::Store;
pub use world::{
    Company, House, PASSWORD, Person, World, draft, last_code, last_message, photo, resident_actor, staff_actor,
};
