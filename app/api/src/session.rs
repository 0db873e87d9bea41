//! Who is signed in, and the live link, as contexts of the pages.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{
    AccountId, RequestId,
    auth::Me,
    events::Heard,
    requests::{Here, Present},
};

/// The signed-in person. Provided by the layouts of the three apps, so it is always there on their pages.
pub fn use_me() -> Me {
    expect_context::<Me>()
}

/// How the page hears of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Not tried yet (also while rendering on the server).
    #[default]
    Starting,
    Live,
    /// The socket cannot connect; pages are refreshed every half minute.
    Polling,
    Off,
}

/// Live updates. Put [`Live::version`] (or [`Live::of_request`]) into a resource's source and it refetches by itself.
#[derive(Clone, Copy)]
pub struct Live {
    version: RwSignal<u64>,
    last: RwSignal<Option<Heard>>,
    link: RwSignal<Link>,
    /// What this page says of itself.
    here: RwSignal<Option<Here>>,
    /// The newest word about somebody else.
    met: RwSignal<Option<Present>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            version: RwSignal::new(0),
            last: RwSignal::new(None),
            link: RwSignal::new(Link::default()),
            here: RwSignal::new(None),
            met: RwSignal::new(None),
        }
    }
}

impl Live {
    /// Grows with every event.
    pub fn version(self) -> Signal<u64> {
        self.version.into()
    }

    /// The newest event.
    pub fn last(self) -> Signal<Option<Heard>> {
        self.last.into()
    }

    pub fn link(self) -> Signal<Link> {
        self.link.into()
    }

    /// Grows with every event about outages, and when everything must be fetched anew.
    pub fn of_outages(self) -> Signal<u64> {
        self.of(Box::new(Heard::is_about_outages))
    }

    /// Grows with every event about the reader's notices, and when everything must be fetched anew.
    pub fn of_notices(self) -> Signal<u64> {
        self.of(Box::new(Heard::is_about_notices))
    }

    /// Grows with every event about money, and when everything must be fetched anew.
    pub fn of_payments(self) -> Signal<u64> {
        self.of(Box::new(Heard::is_about_payments))
    }

    /// Grows with every event about money of any kind, and when everything must be fetched anew.
    pub fn of_money(self) -> Signal<u64> {
        self.of(Box::new(Heard::is_about_money))
    }

    /// Grows when a run of charges or penalties was booked or taken back, and when everything must be fetched anew.
    pub fn of_charges(self) -> Signal<u64> {
        self.of(Box::new(Heard::is_about_charges))
    }

    /// Grows with every event that may be about the money of one account, and when everything must be fetched anew.
    pub fn of_account(self, id: Signal<Option<AccountId>>) -> Signal<u64> {
        self.of(Box::new(move |heard| id.get_untracked().is_some_and(|id| heard.touches_account(id))))
    }

    /// Grows with every event about one request, and when everything must be fetched anew.
    pub fn of_request(self, id: Signal<Option<RequestId>>) -> Signal<u64> {
        self.of(Box::new(move |heard| heard.request_id() == id.get_untracked()))
    }

    fn of(self, concerns: Box<dyn Fn(&Heard) -> bool>) -> Signal<u64> {
        let seen = RwSignal::new(0u64);
        Effect::new(move || {
            let touched = self.last.with(|last| match last {
                Some(heard) => heard.is_resync() || concerns(heard),
                // a poll has no event
                None => self.version.get() > 0,
            });
            if touched {
                seen.update(|n| *n += 1);
            }
        });
        seen.into()
    }

    /// An event arrived.
    pub fn heard(self, heard: Heard) {
        // What the person is told changes no list but that behind the bell.
        let notice = heard.is_about_notices();
        self.last.set(Some(heard));
        if !notice {
            self.version.update(|n| *n += 1);
        }
    }

    /// Time to look again, without knowing of an event.
    pub fn poll(self) {
        self.last.set(None);
        self.version.update(|n| *n += 1);
    }

    pub fn set_link(self, link: Link) {
        self.link.set(link);
    }

    /// The request this page shows, told to the others who look at it.
    pub fn here(self) -> RwSignal<Option<Here>> {
        self.here
    }

    /// Somebody else looks at the request this page shows, or has left it.
    pub fn met(self) -> RwSignal<Option<Present>> {
        self.met
    }
}

/// The live link, provided at the root of the app.
pub fn use_live() -> Live {
    expect_context::<Live>()
}

/// The present moment for "3 h left": the server's value while hydrating, then ticking on the client.
#[derive(Clone, Copy)]
pub struct Now(pub Signal<DateTime<Utc>>);

/// The clock of this device; only a browser has one.
pub fn browser_now() -> Option<DateTime<Utc>> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for another 290 million years")]
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64)
}

/// See [`Now`]; provided at the root of the app.
pub fn use_now() -> Signal<DateTime<Utc>> {
    expect_context::<Now>().0
}
