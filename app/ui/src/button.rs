//! Buttons, also as links. The verb is the child.

use crate::icon::Icon;
use leptos::{either::Either, ev::MouseEvent, prelude::*};

/// What a button means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one next step of a screen.
    Primary,
    /// Everything else.
    #[default]
    Secondary,
    /// Quiet: tool bars, rows.
    Ghost,
    /// Destroys something; confirm it.
    Danger,
}

/// How tall a button is (desk 36 px, apps 44 px for `Medium`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// Rows and tool bars.
    Small,
    /// The usual.
    #[default]
    Medium,
    /// Full-width thumb button of the apps.
    Big,
}

fn classes(kind: ButtonKind, size: ButtonSize, extra: &str) -> String {
    let kind = match kind {
        ButtonKind::Primary => "btn btn-primary",
        ButtonKind::Secondary => "btn btn-plain",
        ButtonKind::Ghost => "btn btn-quiet",
        ButtonKind::Danger => "btn btn-risk",
    };
    let size = match size {
        ButtonSize::Small => " btn-sm",
        ButtonSize::Medium => "",
        ButtonSize::Big => " btn-big",
    };
    format!("{kind}{size} {extra}").trim_end().to_string()
}

/// A button; with `href` a link that looks like one.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] size: ButtonSize,
    /// Icon before the word.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// Makes it a link.
    #[prop(optional, into)]
    href: Option<String>,
    /// Makes it `type=submit`.
    #[prop(optional)]
    submit: bool,
    /// Sent with the form when this button submits it.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Shows a spinner and refuses clicks; the width stays.
    #[prop(optional, into)]
    loading: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    #[prop(optional, into)] class: String,
    /// The `form` attribute: submit a form this button stands outside of.
    #[prop(optional, into)]
    form: Option<String>,
    children: Children,
) -> impl IntoView {
    let class = classes(kind, size, &class);
    let lead = move || {
        if loading.get() {
            Some(view! { <Icon name="loader-circle" class="spin" /> }.into_any())
        } else {
            icon.map(|name| view! { <Icon name=name /> }.into_any())
        }
    };
    let click = move |ev: MouseEvent| {
        if let Some(run) = on_click {
            run.run(ev);
        }
    };
    match href {
        Some(href) => Either::Left(view! {
            <a class=class href=href on:click=click>
                {lead}
                {children()}
            </a>
        }),
        None => Either::Right(view! {
            <button
                class=class
                type=if submit { "submit" } else { "button" }
                name=name
                value=value
                form=form
                disabled=move || disabled.get() || loading.get()
                aria-busy=move || loading.get().then_some("true")
                on:click=click
            >
                {lead}
                {children()}
            </button>
        }),
    }
}

/// A square button with an icon only; `label` is its accessible name and tooltip.
#[component]
pub fn IconButton(
    icon: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] size: ButtonSize,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Pressed state for toggles.
    #[prop(optional, into)]
    pressed: MaybeProp<bool>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let class = classes(ButtonKind::Ghost, size, &format!("btn-square {class}"));
    let click = move |ev: MouseEvent| {
        if let Some(run) = on_click {
            run.run(ev);
        }
    };
    let name = move || label.get();
    match href {
        Some(href) => Either::Left(view! {
            <a class=class href=href aria-label=name title=name on:click=click>
                <Icon name=icon />
            </a>
        }),
        None => Either::Right(view! {
            <button
                class=class
                type="button"
                aria-label=name
                title=name
                aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
                disabled=move || disabled.get()
                on:click=click
            >
                <Icon name=icon />
            </button>
        }),
    }
}
