//! Panels, key–value lists and number tiles.

use crate::{icon::Icon, tone::Tone};
use leptos::prelude::*;

/// A panel; with `title` it has a head, `actions` stand at the right of it.
#[component]
pub fn Card(
    #[prop(optional, into)] title: MaybeProp<String>,
    #[prop(optional, into)] actions: ViewFn,
    /// Content touches the edges (tables, row lists).
    #[prop(optional)]
    flush: bool,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("panel {class}")>
            {move || title.get().map(|title| view! {
                <div class="panel-head">
                    <h2 class="grow">{title}</h2>
                    {actions.run()}
                </div>
            })}
            <div class=if flush { "" } else { "panel-body" }>{children()}</div>
        </section>
    }
}

/// Facts in two columns. Children are `Fact`s.
#[component]
pub fn KeyValues(children: Children) -> impl IntoView {
    view! { <dl class="kv">{children()}</dl> }
}

/// One fact.
#[component]
pub fn Fact(#[prop(into)] label: Signal<String>, children: Children) -> impl IntoView {
    view! {
        <dt>{move || label.get()}</dt>
        <dd>{children()}</dd>
    }
}

/// A number that matters, with its words; a link when `href` is given.
#[component]
pub fn Stat(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] note: MaybeProp<String>,
    #[prop(optional)] icon: Option<&'static str>,
    /// Colours the number.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    #[prop(optional, into)] href: Option<String>,
) -> impl IntoView {
    let value_class = move || {
        if tone.get() == Tone::Neutral {
            "stat-value".to_string()
        } else {
            format!("stat-value tone-text {}", tone.get().class())
        }
    };
    let inner = view! {
        <span class="stat-label">
            {icon.map(|icon| view! { <Icon name=icon /> })}
            {move || label.get()}
        </span>
        <span class=value_class>{move || value.get()}</span>
        {move || note.get().map(|note| view! { <span class="stat-note">{note}</span> })}
    };
    match href {
        Some(href) => view! { <a class="panel stat" href=href>{inner}</a> }.into_any(),
        None => view! { <div class="panel stat">{inner}</div> }.into_any(),
    }
}

/// A row of `Stat`s that wraps by itself.
#[component]
pub fn StatGrid(children: Children) -> impl IntoView {
    view! { <div class="stat-grid">{children()}</div> }
}

/// A tall tappable row of the apps: icon, two lines, something at the right.
#[component]
pub fn AppRow(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] text: MaybeProp<String>,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional, into)] end: ViewFn,
) -> impl IntoView {
    let link = href.is_some();
    let inner = view! {
        {icon.map(|icon| view! { <Icon name=icon size=crate::icon::IconSize::Large class="text-muted" /> })}
        <span class="grow min-w-0">
            <span class="block font-semibold">{move || title.get()}</span>
            {move || text.get().map(|text| view! { <span class="block text-sm text-muted">{text}</span> })}
        </span>
        {end.run()}
        {link.then(|| view! { <Icon name="chevron-right" class="text-muted" /> })}
    };
    match href {
        Some(href) => view! { <a class="app-row" href=href>{inner}</a> }.into_any(),
        None => view! { <div class="app-row">{inner}</div> }.into_any(),
    }
}
