//! Nothing at this address.

use i18n::{td_string, use_locale};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use ui::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    let l = use_locale();
    let title = td_string!(l, auth.not_found_title);
    let text = td_string!(l, errors.not_found);
    view! {
        <Title text=title />
        <PlainShell title=title lead=text>
            <Button href="/" kind=ButtonKind::Primary>{td_string!(l, auth.to_start)}</Button>
        </PlainShell>
    }
}

/// A page of another face: the browser fetches it from the server. What the server itself drew is no such page at all.
/// Only faces use it, so it never runs on the server.
#[component]
pub fn Elsewhere() -> impl IntoView {
    let location = use_location();
    // Set when the page had come alive (see `Root`).
    let drawn = document().document_element().is_some_and(|root| !root.has_attribute("data-alive"));
    effect_after(move |ran: Option<()>| {
        let (path, search, hash) = (location.pathname.get(), location.search.get(), location.hash.get());
        let asked = format!("{path}{}{search}{hash}", if search.is_empty() { "" } else { "?" });
        if ran.is_some() || !drawn {
            let _ = window().location().assign(&asked);
        }
    });
    view! { <NotFound /> }
}
