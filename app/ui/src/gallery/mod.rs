//! `/dev/ui`: every component in every state. English only: it is read by builders, not by customers.

mod basics;
mod forms;
mod frames;
mod lists;
mod overlays;

use crate::{badge::LiveDot, hooks::LinkState, prefs::LanguageSwitch, prefs::ThemeSwitch, shell::PageHeader};
use leptos::prelude::*;
use leptos_meta::Title;

pub use frames::{AppFrame, DeskFrame, PlainFrame};

/// A titled part of the gallery.
#[component]
pub(crate) fn Part(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section>
            <h2 class="section-title">{title}</h2>
            <div class="stack">{children()}</div>
        </section>
    }
}

/// The whole gallery. Needs `Toasts` in context for its toasts to be drawn.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <Title text="Design system" />
        <PageHeader
            title="Design system"
            subtitle="Every component in every state"
            actions=|| view! {
                <LiveDot state=LinkState::Open />
                <LanguageSwitch current="en" next="/dev/ui" />
                <ThemeSwitch next="/dev/ui" />
            }
        />
        <basics::Basics />
        <forms::Forms />
        <lists::Lists />
        <overlays::Overlays />
    }
}
