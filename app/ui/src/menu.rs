//! A drop-down on `<details>`: opens before hydration, closes outside, on Escape and after a choice.

use crate::hooks::effect;
use crate::{
    button::ButtonSize,
    dom::{drop_on_cleanup, listen},
    icon::Icon,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast;

/// A menu. Children are `MenuItem`, `MenuTitle`, `MenuLine`.
#[component]
pub fn Menu(
    /// What stands on the button.
    #[prop(into)]
    trigger: ViewFn,
    /// Accessible name of the button.
    #[prop(into)]
    label: Signal<String>,
    /// Aligned to the right edge.
    #[prop(optional)]
    end: bool,
    /// Opens upwards.
    #[prop(optional)]
    up: bool,
    /// Bordered button instead of a quiet one.
    #[prop(optional)]
    bordered: bool,
    #[prop(optional)] size: ButtonSize,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let shut = move || {
        if let Some(details) = node.get_untracked() {
            details.set_open(false);
        }
    };
    // A bar with a blur is a world of its own for `position: fixed`, so the CSS catcher alone is not enough.
    effect(move || {
        drop_on_cleanup(listen(&document(), "pointerdown", move |ev| {
            let inside = node
                .get_untracked()
                .zip(ev.target())
                .is_some_and(|(details, target)| details.contains(target.dyn_ref::<web_sys::Node>()));
            if !inside {
                shut();
            }
        }));
    });
    let step = move |ev: &KeyboardEvent, back: bool| {
        let Some(details) = node.get_untracked().filter(web_sys::HtmlDetailsElement::open) else { return };
        let Ok(rows) = details.query_selector_all(".menu-row:not(:disabled)") else { return };
        ev.prevent_default();
        let now = document().active_element();
        let at =
            (0..rows.length()).find(|n| rows.get(*n).and_then(|row| row.dyn_into::<web_sys::Element>().ok()) == now);
        let next = match (at, back) {
            (None, false) => 0,
            (None, true) => rows.length().saturating_sub(1),
            (Some(n), false) => (n + 1) % rows.length().max(1),
            (Some(n), true) => n.checked_sub(1).unwrap_or(rows.length().saturating_sub(1)),
        };
        if let Some(row) = rows.get(next).and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = row.focus();
        }
    };
    let keys = move |ev: KeyboardEvent| match ev.key().as_str() {
        "ArrowDown" => step(&ev, false),
        "ArrowUp" => step(&ev, true),
        "Escape" => {
            if let Some(details) = node.get_untracked().filter(web_sys::HtmlDetailsElement::open) {
                ev.stop_propagation();
                details.set_open(false);
                if let Ok(Some(summary)) = details.query_selector("summary")
                    && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
                {
                    let _ = summary.focus();
                }
            }
        }
        _ => {}
    };
    let class = format!("menu-box{}{}", if end { " menu-end" } else { "" }, if up { " menu-up" } else { "" });
    let button = format!(
        "btn {}{}",
        if bordered { "btn-plain" } else { "btn-quiet" },
        if size == ButtonSize::Small { " btn-sm" } else { "" }
    );
    view! {
        <details node_ref=node class=class on:keydown=keys>
            <summary class=button aria-label=move || label.get() title=move || label.get()>{trigger.run()}</summary>
            <div
                class="menu-list bg-raised"
                on:click=move |ev| {
                    let chosen = ev
                        .target()
                        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                        .is_some_and(|element| element.closest(".menu-row").ok().flatten().is_some());
                    if chosen {
                        shut();
                    }
                }
            >
                {children()}
            </div>
        </details>
    }
}

/// One choice: a link, a form button (`submit`) or a callback.
#[component]
pub fn MenuItem(
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shortcut or a quiet word at the right.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional)] submit: bool,
    /// Red.
    #[prop(optional)]
    danger: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
) -> impl IntoView {
    let class = if danger { "menu-row is-risk" } else { "menu-row" };
    let inner = view! {
        {icon.map(|icon| view! { <Icon name=icon /> })}
        <span>{move || text.get()}</span>
        {move || hint.get().map(|hint| view! { <span class="hint">{hint}</span> })}
    };
    match href {
        Some(href) => view! { <a class=class href=href>{inner}</a> }.into_any(),
        None => view! {
            <button
                class=class
                type=if submit { "submit" } else { "button" }
                disabled=move || disabled.get()
                on:click=move |_| {
                    if let Some(run) = on_click {
                        run.run(());
                    }
                }
            >
                {inner}
            </button>
        }
        .into_any(),
    }
}

/// A quiet heading inside a menu.
#[component]
pub fn MenuTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <div class="menu-title">{move || text.get()}</div> }
}

/// A line between groups.
#[component]
pub fn MenuLine() -> impl IntoView {
    view! { <hr class="menu-sep" /> }
}
