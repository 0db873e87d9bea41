//! Theme and language: real forms to `/prefs`, quicker once the page is alive.

use crate::{
    dom::{set_cookie, store},
    icon::Icon,
    texts,
};
use leptos::{ev::SubmitEvent, prelude::*};

/// Sets the theme at once and remembers it: `light`, `dark` or `system`.
pub fn apply_theme(theme: &str) {
    if let Some(root) = document().document_element() {
        let _ = match theme {
            "light" | "dark" => root.set_attribute("data-theme", &format!("uk-{theme}")),
            _ => root.remove_attribute("data-theme"),
        };
    }
    set_cookie("theme", theme);
    store("theme", Some(theme));
}

/// Light, dark, as the system. `current` is what the server read from the cookie.
#[component]
pub fn ThemeSwitch(
    /// Where `/prefs` returns to.
    #[prop(default = "/".into(), into)]
    next: Signal<String>,
    #[prop(optional, into)] current: MaybeProp<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<&'static str>);
    let words = [
        ("light", "sun", texts::theme_light()),
        ("dark", "moon", texts::theme_dark()),
        ("system", "monitor", texts::theme_system()),
    ];
    let label = texts::theme();
    view! {
        <form class="segmented" method="post" action="/prefs" aria-label=move || label.get()
            on:submit=move |ev: SubmitEvent| ev.prevent_default()>
            <input type="hidden" name="next" value=move || next.get() />
            {words.into_iter().map(|(theme, icon, word)| view! {
                <button
                    type="submit"
                    name="theme"
                    value=theme
                    title=move || word.get()
                    aria-label=move || word.get()
                    aria-pressed=move || {
                        let now = chosen.get().map(str::to_string).or_else(|| current.get()).unwrap_or_else(|| "system".into());
                        if now == theme { "true" } else { "false" }
                    }
                    on:click=move |_| {
                        apply_theme(theme);
                        chosen.set(Some(theme));
                    }
                >
                    <Icon name=icon />
                </button>
            }).collect_view()}
        </form>
    }
}

/// Codes of the languages a page offers, as a context; all without one.
#[derive(Clone, Debug)]
pub struct OfferedLanguages(pub Vec<&'static str>);

impl OfferedLanguages {
    fn has(code: &str) -> bool {
        use_context::<Self>().is_none_or(|Self(codes)| codes.is_empty() || codes.contains(&code))
    }
}

/// The offered languages, each in its own words; nothing where there is no choice. The page is loaded anew: every text
/// of it changes.
#[component]
pub fn LanguageSwitch(
    #[prop(default = "/".into(), into)] next: Signal<String>,
    /// `ru`, `uz` or `en`.
    #[prop(into)]
    current: Signal<String>,
    /// Full names instead of codes.
    #[prop(optional)]
    full: bool,
) -> impl IntoView {
    let label = texts::language();
    let all = [("ru", "Русский"), ("uz", "Oʻzbekcha"), ("en", "English")];
    let offered: Vec<_> = all.into_iter().filter(|(code, _)| OfferedLanguages::has(code)).collect();
    (offered.len() > 1).then(|| {
        view! {
            <form class="segmented" method="post" action="/prefs" aria-label=move || label.get()>
                <input type="hidden" name="next" value=move || next.get() />
                {offered.into_iter().map(|(code, word)| view! {
                    <button
                        type="submit"
                        name="lang"
                        value=code
                        lang=code
                        aria-label=word
                        aria-pressed=move || if current.get() == code { "true" } else { "false" }
                    >
                        {if full { word.to_string() } else { code.to_ascii_uppercase() }}
                    </button>
                }).collect_view()}
            </form>
        }
    })
}
