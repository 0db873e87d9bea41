//! What the page says about itself: empty, loading, banner, progress, connection, tooltip.

use crate::{
    button::{Button, ButtonKind, IconButton},
    hooks::use_online,
    icon::{Icon, IconSize},
    texts,
    tone::Tone,
};
use leptos::prelude::*;

/// One sentence on what will be here, and one button.
#[component]
pub fn EmptyState(
    #[prop(into)] text: Signal<String>,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.map(|icon| view! { <Icon name=icon size=IconSize::Huge /> })}
            <p>{move || text.get()}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// Grey lines in the shape of text; appear only after 150 ms.
#[component]
pub fn Skeleton(#[prop(default = 3)] lines: usize) -> impl IntoView {
    let word = texts::loading();
    view! {
        <div class="grid gap-2.5 py-1" role="status">
            <span class="sr-only">{move || word.get()}</span>
            {(0..lines).map(|n| {
                let width = ["w-full", "w-5/6", "w-2/3"][n % 3];
                view! { <div class=format!("skeleton skeleton-late h-3.5 {width}")></div> }
            }).collect_view()}
        </div>
    }
}

/// A message that stays: outage, warning, failure of a part of the page.
#[component]
pub fn Banner(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: MaybeProp<String>,
    #[prop(optional, into)] text: MaybeProp<String>,
    #[prop(optional)] icon: Option<&'static str>,
    /// Shows a cross.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// More content or buttons, under the text.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let close = texts::close();
    let role = if matches!(tone, Tone::Danger | Tone::Warning) { "alert" } else { "status" };
    view! {
        <div class=format!("banner {}", tone.class()) role=role>
            <Icon name=icon.unwrap_or_else(|| tone.icon()) />
            <div class="banner-body">
                {move || title.get().map(|title| view! { <div class="banner-title">{title}</div> })}
                {move || text.get().map(|text| view! { <div>{text}</div> })}
                {children.map(|children| view! { <div class="row mt-2">{children()}</div> })}
            </div>
            {on_close.map(|run| view! {
                <IconButton icon="x" label=close size=crate::button::ButtonSize::Small on_click=move |_| run.run(()) />
            })}
        </div>
    }
}

/// An error where content should be: what happened, nothing was lost, the next step, the code in small print.
#[component]
pub fn ErrorState(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] code: MaybeProp<String>,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let (retry, code_word) = (texts::retry(), texts::code());
    view! {
        <div class="empty" role="alert">
            <Icon name="circle-alert" size=IconSize::Huge />
            <p>{move || text.get()}</p>
            {on_retry.map(|run| view! {
                <Button kind=ButtonKind::Secondary icon="rotate-ccw" on_click=move |_| run.run(())>{move || retry.get()}</Button>
            })}
            {move || code.get().map(|code| view! { <small>{code_word.get()} " " {code}</small> })}
        </div>
    }
}

/// A long job: words and a bar. `value` is percent; `None` = not known yet.
#[component]
pub fn Progress(#[prop(into)] label: Signal<String>, #[prop(into)] value: Signal<Option<u32>>) -> impl IntoView {
    view! {
        <div class="progress-line">
            <div class="flex justify-between gap-2">
                <span>{move || label.get()}</span>
                <span class="text-muted">{move || value.get().map(|percent| format!("{percent} %"))}</span>
            </div>
            <progress
                class="progress"
                max="100"
                value=move || value.get().map(|percent| percent.to_string())
                aria-label=move || label.get()
            ></progress>
        </div>
    }
}

/// The strip of the apps that appears without a network. `waiting` says what is queued.
#[component]
pub fn OfflineStrip(#[prop(optional, into)] waiting: MaybeProp<String>) -> impl IntoView {
    let online = use_online();
    let word = texts::offline();
    view! {
        <div role="status">
            {move || (!online.get()).then(|| view! {
                <div class="app-strip tone-warning">
                    <Icon name="wifi-off" />
                    <span>{waiting.get().unwrap_or_else(|| word.get())}</span>
                </div>
            })}
        </div>
    }
}

/// Words on hover and focus. The text is also read by screen readers.
#[component]
pub fn Tooltip(
    #[prop(into)] text: Signal<String>,
    /// Below instead of above.
    #[prop(optional)]
    below: bool,
    /// The child cannot take focus itself: let the keyboard reach the tip.
    #[prop(optional)]
    focusable: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <span class=if below { "tip tip-below" } else { "tip" } tabindex=focusable.then_some("0")>
            {children()}
            <span class="tip-text" role="tooltip">{move || text.get()}</span>
        </span>
    }
}
