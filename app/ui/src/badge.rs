//! Pills, counts, avatars and the live dot.

use crate::{hooks::LinkState, icon::Icon, texts, tone::Tone};
use i18n::case::upper;
use leptos::prelude::*;

/// A status pill: icon and word in one tone.
#[component]
pub fn Pill(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] tone: Signal<Tone>,
    /// Own icon; otherwise the tone's.
    #[prop(optional, into)]
    icon: MaybeProp<&'static str>,
    /// Without the tinted ground, for dense rows.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let class = move || format!("pill {}{}", tone.get().class(), if plain { " pill-plain" } else { "" });
    view! {
        <span class=class>
            {move || view! { <Icon name=icon.get().unwrap_or_else(|| tone.get().icon()) /> }}
            {move || text.get()}
        </span>
    }
}

/// A small number beside a word; renders nothing for zero.
#[component]
pub fn Count(#[prop(into)] value: Signal<u32>, #[prop(optional)] tone: Tone) -> impl IntoView {
    let class = if tone == Tone::Neutral { "count".to_string() } else { format!("count {}", tone.class()) };
    move || (value.get() > 0).then(|| view! { <span class=class.clone()>{value.get()}</span> })
}

/// A chip that filters: a toggle button, or a link with `href`.
#[component]
pub fn Chip(
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] active: Signal<bool>,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional, into)] href: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    /// Shows a cross and calls back when the chip is taken away.
    #[prop(optional, into)]
    on_remove: Option<Callback<()>>,
) -> impl IntoView {
    let lead = icon.map(|name| view! { <Icon name=name size=crate::icon::IconSize::Small /> });
    let tail = on_remove.map(|_| view! { <Icon name="x" size=crate::icon::IconSize::Small /> });
    match href {
        Some(href) => view! {
            <a class="chip" href=href aria-current=move || active.get().then_some("true")>
                {lead}
                {move || text.get()}
            </a>
        }
        .into_any(),
        None => view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || if active.get() { "true" } else { "false" }
                on:click=move |_| {
                    if let Some(run) = on_remove.or(on_click) {
                        run.run(());
                    }
                }
            >
                {lead}
                {move || text.get()}
                {tail}
            </button>
        }
        .into_any(),
    }
}

/// Up to two first letters of a name.
pub fn initials(name: &str) -> String {
    upper(&name.split_whitespace().take(2).filter_map(|word| word.chars().next()).collect::<String>())
}

/// The same person always has the same tint, on the server and in the browser.
fn tint(name: &str) -> &'static str {
    const TINTS: [&str; 5] = ["tone-brand", "tone-info", "tone-success", "tone-warning", "av-4"];
    let sum = name.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    TINTS.get(sum % TINTS.len()).copied().unwrap_or("tone-brand")
}

/// Initials in a circle, the full name as its accessible name.
#[component]
pub fn Avatar(
    #[prop(into)] name: String,
    /// 40 px instead of 26.
    #[prop(optional)]
    large: bool,
    /// The name stands beside it: hide the mark from screen readers.
    #[prop(optional)]
    decorative: bool,
) -> impl IntoView {
    let class = format!("avatar-mark {}{}", tint(&name), if large { " avatar-l" } else { "" });
    let text = initials(&name);
    if decorative {
        view! { <span class=class aria-hidden="true">{text}</span> }.into_any()
    } else {
        view! { <span class=class role="img" aria-label=name.clone() title=name>{text}</span> }.into_any()
    }
}

/// Overlapping avatars, the rest as a number.
#[component]
pub fn Avatars(names: Vec<String>, #[prop(default = 3)] max: usize) -> impl IntoView {
    let rest = names.len().saturating_sub(max);
    view! {
        <span class="avatars">
            {names.into_iter().take(max).map(|name| view! { <Avatar name=name /> }).collect_view()}
            {(rest > 0).then(|| view! { <span class="avatar-mark tone-neutral">{format!("+{rest}")}</span> })}
        </span>
    }
}

/// Says how fresh the page is: live, polling or off, in a word.
#[component]
pub fn LiveDot(#[prop(into)] state: Signal<LinkState>) -> impl IntoView {
    let (on, polling, off) = (texts::live_on(), texts::live_polling(), texts::live_off());
    let tone = move || match state.get() {
        LinkState::Open => Tone::Success,
        LinkState::Connecting => Tone::Warning,
        LinkState::Off => Tone::Neutral,
    };
    view! {
        <span class="live" role="status">
            <span class=move || format!("dot {}", tone().class()) aria-hidden="true"></span>
            {move || match state.get() {
                LinkState::Open => on.get(),
                LinkState::Connecting => polling.get(),
                LinkState::Off => off.get(),
            }}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("рустам алиев"), "РА");
        assert_eq!(initials("Oʻktam"), "O");
        assert_eq!(initials(""), "");
    }
}
