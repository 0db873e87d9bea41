//! Every text a person reads, in Russian, Uzbek and English: `locales/<language>/<feature>.json`.
//!
//! Everybody says `td_string!` with a [`Locale`]; pages take theirs from [`use_locale`].

#[allow(clippy::all, clippy::pedantic, clippy::restriction)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}
pub use generated::i18n::*;

pub mod audit;
pub mod bank;
pub mod billing;
pub mod case;
pub mod deadlines;
pub mod failure;
pub mod import_words;
pub mod letters;
pub mod message_texts;
pub mod news;
pub mod notices;
pub mod operations;
pub mod outages;
pub mod penalties;
pub mod reminders;
pub mod when;
pub mod words;
pub mod work_words;

use leptos::prelude::{provide_context, use_context};
use model::Lang;

/// The language of a page. Another language is another page load, so nothing has to follow it.
#[derive(Clone, Copy)]
struct Spoken(Locale);

/// Has the page speak this language.
pub fn provide_locale(locale: Locale) {
    provide_context(Spoken(locale));
}

/// The language of the page around.
pub fn use_locale() -> Locale {
    use_context::<Spoken>().map_or_else(Locale::default, |spoken| spoken.0)
}

/// The locale of a stored language.
pub const fn locale(lang: Lang) -> Locale {
    match lang {
        Lang::Ru => Locale::ru,
        Lang::Uz => Locale::uz,
        Lang::En => Locale::en,
    }
}

/// The language to store for a locale.
pub const fn lang(locale: Locale) -> Lang {
    match locale {
        Locale::ru => Lang::Ru,
        Locale::uz => Lang::Uz,
        Locale::en => Lang::En,
    }
}
