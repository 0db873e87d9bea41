//! Every text a person reads, in Russian, Uzbek and English: `locales/<language>/<feature>.json`.
//!
//! Pages use `t!`/`t_string!` with the context's language; bot, mail and exports use `td_string!` with a [`Locale`].

#[allow(clippy::all, clippy::pedantic, clippy::restriction)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}
pub use generated::i18n::*;

pub mod audit;
pub mod billing;
pub mod deadlines;
pub mod failure;
pub mod import_words;
pub mod notices;
pub mod outages;
pub mod when;
pub mod words;
pub mod work_words;

use model::Lang;

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
