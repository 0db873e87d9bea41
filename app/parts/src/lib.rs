//! What the three apps draw alike: a request's marks, an answer on its way, photos being sent, the talk, recorded work.

pub mod answer;
pub mod confirm;
pub mod estimate;
pub mod link;
pub mod marks;
pub mod notices;
pub mod photos;
pub mod place;
pub mod plain;
pub mod proof;
pub mod record;
pub mod talk;

pub use answer::Answer;
pub use confirm::ConfirmSelf;
pub use estimate::{EstimateFacts, EstimateSheet};
pub use link::LinkNote;
pub use marks::{StatusPill, category_icon, due_tone, standing_tone, status_icon, status_tone};
pub use notices::{BellLink, NoticeItem, NoticesPage, use_unread};
pub use photos::{File, PhotoField, Uploads, photos};
pub use place::{map_href, route_href, tel_href};
pub use plain::{Trouble, field_in};
pub use proof::{Confirmed, origin_text};
pub use record::{CheckList, Recorder, SpentList};
pub use talk::{OnItsWay, Said, Talk};

use i18n::{Locale, use_locale};

/// A page of the apps as tall as the screen, so that its dock stands at the lower edge even when there is little above.
pub const TALL: &str =
    "flex flex-col gap-3 min-h-[calc(100dvh-9.5rem-env(safe-area-inset-top)-env(safe-area-inset-bottom))]";
/// The bar with the next step, right above the bottom bar; last in a [`TALL`] page.
pub const DOCK: &str = "app-dock glass mt-auto -mb-8 flex gap-2 items-center";

/// The language of this page. It never changes under a living page: the switch loads it anew.
pub fn locale() -> Locale {
    use_locale()
}
