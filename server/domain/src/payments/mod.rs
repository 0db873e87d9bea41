//! Payments: cash registers, the protocols of Payme and Click, money by hand, refunds, links to pay by.
//!
//! A provider's call goes: `payme::answer` or `click::answer` proves who calls, stores the raw call, takes one
//! transaction for the whole step and says what to answer; `book` is the only way into the ledger.

mod accounts;
pub mod bank;
mod book;
mod calls;
pub mod click;
mod kassas;
mod links;
mod list;
mod notice;
pub mod payme;
pub mod reconcile;
mod record;
mod register;
mod sweep;

pub use kassas::{archive_kassa, check_kassa, create_kassa, kassa, kassas, update_kassa};
pub use links::{create, owed, page_links, pay_page};
pub use list::{get, list, totals};
pub use notice::tell;
pub use record::{keep_disputed, record, refund};
pub use register::{Kassa, Register};
pub use sweep::sweep;

pub(crate) use kassas::shown;
pub(crate) use links::{mark, mask};
pub(crate) use list::{count_up_to, page};
pub(crate) use register::SECRET;
