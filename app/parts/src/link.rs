//! How fresh the page is, said only when it is not live.

use api::session::{Link, use_live};
use leptos::prelude::*;
use ui::prelude::*;

/// Nothing while updates arrive by themselves; otherwise the dot with its word.
#[component]
pub fn LinkNote() -> impl IntoView {
    let link = use_live().link();
    let state = Memo::new(move |_| match link.get() {
        Link::Starting | Link::Live => None,
        Link::Polling => Some(LinkState::Connecting),
        Link::Off => Some(LinkState::Off),
    });
    // A page that has just opened, or a hiccup of the line, is no news.
    let settled: Signal<Option<LinkState>> = use_debounced(state, 3_000);
    move || state.get().filter(|_| settled.get().is_some()).map(|state| view! { <LiveDot state=state /> })
}
