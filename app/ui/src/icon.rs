//! One stroke family, drawn from the sprite that `scripts/icons.mjs` builds out of `app/ui/icons.txt`.

use leptos::{oco::Oco, prelude::*};

/// How big an icon is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IconSize {
    /// 14 px, inside pills.
    Small,
    /// 16 px.
    #[default]
    Medium,
    /// 20 px, app rows.
    Large,
    /// 28 px, empty states and big choices.
    Huge,
}

/// An icon by its sprite name. Hidden from screen readers unless `label` gives it a meaning of its own.
#[component]
pub fn Icon(
    /// Name in `app/ui/icons.txt`.
    #[prop(into)]
    name: Oco<'static, str>,
    #[prop(optional)] size: IconSize,
    /// Accessible name, when no word stands next to it.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let size = match size {
        IconSize::Small => "icon icon-s",
        IconSize::Medium => "icon",
        IconSize::Large => "icon icon-l",
        IconSize::Huge => "icon icon-xl",
    };
    let class = if class.is_empty() { size.to_string() } else { format!("{size} {class}") };
    let hidden = label.is_none().then_some("true");
    let role = label.is_some().then_some("img");
    view! {
        <svg class=class role=role aria-label=label aria-hidden=hidden focusable="false">
            <use_ href=format!("/icons/sprite.svg#{name}")></use_>
        </svg>
    }
}
