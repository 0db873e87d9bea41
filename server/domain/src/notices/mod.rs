//! What people are told: event → recipients → what each wants → their night → the roads to them → deliveries, all in the
//! transaction of the event. Nobody is told the same thing twice: the key of a notice is the event's.
//!
//! Words are made where they are shown or sent (`i18n::notices`); here are facts.

mod choices;
mod journal;
mod letters;
mod list;
mod people;
mod roads;
mod tell;

pub use choices::{preferences, save_preferences, unsubscribe, unsubscribe_token, unsubscriber};
pub use journal::deliveries;
pub use letters::send;
pub use list::{NoticePage, NoticeRow, list, open, read, unread};
pub(crate) use people::{Reach, reach};
pub(crate) use roads::{address, fall_back, held, still_true};
pub use tell::Recipient;
pub(crate) use tell::{Notice, tell};

pub(crate) use list::read_about;

use chrono_tz::Tz;

/// The zone of a company by its name in the database.
pub(crate) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(chrono_tz::Asia::Tashkent)
}
