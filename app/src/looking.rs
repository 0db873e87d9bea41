//! Above every page while somebody looks as another person: as whom, until when, and the way back.

use chrono::{DateTime, Utc};
use i18n::{td_string, use_locale, when};
use leptos::prelude::*;
use ui::prelude::*;

/// A plain form: the way back must work before any WASM has loaded.
#[component]
pub fn LookingStrip(name: String, until: DateTime<Utc>) -> impl IntoView {
    let l = use_locale();
    let time = when::clock(&until.with_timezone(&when::zone()));
    view! {
        <form class="app-strip look-strip tone-warning" method="post" action="/look-as/return">
            <Icon name="eye" />
            <span class="line-clamp-2 min-w-0 grow" role="status">{td_string!(l, access.looking_now, name = name, time = time).to_string()}</span>
            <Button submit=true size=ButtonSize::Small>{td_string!(l, access.look_return)}</Button>
        </form>
    }
}
