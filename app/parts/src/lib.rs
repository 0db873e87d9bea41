//! What the three apps draw alike: a request's marks, an answer on its way, photos being sent, the talk.

pub mod answer;
pub mod link;
pub mod marks;
pub mod photos;
pub mod place;
pub mod talk;

pub use answer::Answer;
pub use link::LinkNote;
pub use marks::{StatusPill, category_icon, due_tone, status_icon, status_tone};
pub use photos::{PhotoField, Uploads, photos};
pub use place::{map_href, tel_href};
pub use talk::Talk;

use i18n::{Locale, use_i18n};

/// The language of this page. It never changes under a living page: the switch loads it anew.
pub fn locale() -> Locale {
    use_i18n().get_locale_untracked()
}
