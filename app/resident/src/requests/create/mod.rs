//! A new request: what, where, words. One real form that posts without script; with it, three screens.

mod draft;
mod form;
mod steps;

use form::Form;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use parts::{Answer, locale};
use ui::prelude::*;

/// `/my/new`.
#[component]
pub fn NewPage() -> impl IntoView {
    let l = locale();
    let homes = Resource::new_blocking(|| (), |()| api::property::homes());
    view! {
        <Title text=td_string!(l, resident.new_request) />
        <Answer from=homes lines=8 let:homes>
            {if homes.with_untracked(Vec::is_empty) {
                view! { <Banner tone=Tone::Warning text=td_string!(l, resident.no_homes) /> }.into_any()
            } else {
                view! { <Form homes=homes.get_untracked() /> }.into_any()
            }}
        </Answer>
    }
    .into_any()
}
