//! Tabs are links: the chosen one lives in the address.

use crate::hooks::effect;
use crate::{badge::Count, icon::Icon, tone::Tone};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

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

/// A row of tabs with counters. With `side` it stands beside the page where there is room: for more than a handful.
#[component]
pub fn Tabs(
    #[prop(into)] tabs: Signal<Vec<Tab>>,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] side: bool,
) -> impl IntoView {
    let line = NodeRef::<html::Nav>::new();
    // A row longer than the window begins with what is looked at.
    effect(move || {
        tabs.track();
        let Some(line) = line.get() else { return };
        let current = line.query_selector("[aria-current]").ok().flatten();
        if let Some(current) = current.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
            line.set_scroll_left((current.offset_left() - line.offset_left() - 48).max(0));
        }
    });
    view! {
        <nav node_ref=line class="tabs-line" class:tabs-side=side aria-label=move || label.get()>
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
