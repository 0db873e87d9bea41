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
mod texts;

pub use choices::{Unsubscriber, preferences, save_preferences, unsubscribe, unsubscribe_token, unsubscriber};
pub use journal::deliveries;
pub use letters::send;
pub use list::{NoticePage, NoticeRow, list, open, read, unread};
pub(crate) use people::{Reach, Way, reach, ways};
pub(crate) use roads::{address, fall_back, held, still_true};
pub use tell::Recipient;
pub(crate) use tell::{Notice, tell};
pub use texts::{sample, save_text, text_history, texts, try_text};

pub(crate) use list::{person, read_about};

use chrono_tz::Tz;

/// A notice as one text message: a headline alone says too little, and there is no room for two. Here, because what it
/// costs is asked before it is sent.
pub fn sms_line(company: &str, title: &str, text: &str, link: Option<&str>) -> String {
    let link = link.map(|link| format!(" {link}")).unwrap_or_default();
    format!("{company}: {}. {}{link}", title.trim_end_matches('.'), text.replace('\n', " "))
}

/// The zone of a company by its name in the database.
pub(crate) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(chrono_tz::Asia::Tashkent)
}
