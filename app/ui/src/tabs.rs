//! Tabs are links: the chosen one lives in the address.

use crate::{badge::Count, icon::Icon, tone::Tone};
use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// Words.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Shown when above zero.
    pub count: u32,
    /// Colour of the count.
    pub tone: Tone,
    /// Icon before the words.
    pub icon: Option<&'static str>,
    /// The one we are on.
    pub current: bool,
}

/// A row of tabs with counters.
#[component]
pub fn Tabs(#[prop(into)] tabs: Signal<Vec<Tab>>, #[prop(into)] label: Signal<String>) -> impl IntoView {
    view! {
        <nav class="tabs-line" aria-label=move || label.get()>
            {move || tabs.get().into_iter().map(|tab| view! {
                <a href=tab.href aria-current=tab.current.then_some("page")>
                    {tab.icon.map(|icon| view! { <Icon name=icon /> })}
                    {tab.label}
                    <Count value=tab.count tone=tab.tone />
                </a>
            }).collect_view()}
        </nav>
    }
}
