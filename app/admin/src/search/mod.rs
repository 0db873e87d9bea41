//! Finding at the desk: the box of the top bar, the page of all results, the palette, the help on keys.

mod boxed;
mod keys;
mod page;
mod palette;
mod recent;

pub(crate) use boxed::SearchBox;
pub(crate) use keys::KeysHelp;
pub use page::SearchPage;
pub(crate) use palette::Palette;

use crate::util::encode;
use i18n::{Locale, td_string};
use leptos::prelude::*;
use model::{
    Phone,
    search::{Hit, Kind, Mark, pieces},
};
use ui::prelude::*;

pub(crate) fn kind_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "user",
        Kind::Unit => "door-open",
        Kind::Building => "building-2",
        Kind::Account => "receipt",
        Kind::Request => "inbox",
        Kind::Staff => "hard-hat",
    }
}

pub(crate) fn kind_word(l: Locale, kind: Kind) -> &'static str {
    match kind {
        Kind::Person => td_string!(l, search.kind_person),
        Kind::Unit => td_string!(l, search.kind_unit),
        Kind::Building => td_string!(l, search.kind_building),
        Kind::Account => td_string!(l, search.kind_account),
        Kind::Request => td_string!(l, search.kind_request),
        Kind::Staff => td_string!(l, search.kind_staff),
    }
}

/// The page of all results.
pub(crate) fn results_href(text: &str) -> String {
    format!("/desk/search?q={}", encode(text))
}

/// A whole telephone number. Nine digits may also be an account: without the country they must begin as numbers do.
pub(crate) fn whole_number(text: &str) -> Option<Phone> {
    let phone = Phone::parse(text)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (digits == 12 || phone.is_mobile() || phone.is_landline()).then_some(phone)
}

/// Who is calling from a number.
pub(crate) fn call_href(phone: &Phone) -> String {
    format!("/desk/call/{phone}")
}

/// A text with the letters that were asked for standing out.
#[component]
pub(crate) fn Marked(text: String, marks: Vec<Mark>) -> impl IntoView {
    pieces(&text, &marks)
        .into_iter()
        .map(|(on, piece)| {
            if on {
                view! { <mark class="rounded-sm bg-primary/15 text-inherit font-semibold">{piece}</mark> }.into_any()
            } else {
                piece.into_any()
            }
        })
        .collect_view()
}

/// One result in two lines.
#[component]
pub(crate) fn HitLines(hit: Hit) -> impl IntoView {
    let below = !hit.subtitle.is_empty();
    view! {
        <Icon name=kind_icon(hit.kind) />
        <span class="min-w-0 grow py-1">
            <span class="block truncate"><Marked text=hit.title marks=hit.title_marks /></span>
            {below.then(|| view! {
                <span class="block truncate text-xs text-muted"><Marked text=hit.subtitle marks=hit.subtitle_marks /></span>
            })}
        </span>
    }
}
