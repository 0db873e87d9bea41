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
    move || state.get().map(|state| view! { <LiveDot state=state /> })
}
