//! Rating by five radio buttons; works without script.

use crate::{icon::Icon, icon::IconSize, texts};
use leptos::prelude::*;

/// Choose one to five.
#[component]
pub fn Stars(
    #[prop(into)] name: String,
    #[prop(into)] label: Signal<String>,
    /// 0 = not chosen yet.
    #[prop(optional)]
    value: Option<RwSignal<u8>>,
    #[prop(optional, into)] on_change: Option<Callback<u8>>,
) -> impl IntoView {
    let of = texts::stars();
    view! {
        <fieldset class="stars">
            <legend class="sr-only">{move || label.get()}</legend>
            {(1..=5_u8).map(|n| {
                let start = value.is_some_and(|value| value.get_untracked() == n);
                view! {
                    <label title=n.to_string()>
                        <input
                            type="radio"
                            name=name.clone()
                            value=n.to_string()
                            checked=start
                            prop:checked=move || value.is_some_and(|value| value.get() == n)
                            aria-label=move || format!("{n} {}", of.get())
                            on:change=move |_| {
                                if let Some(value) = value {
                                    value.set(n);
                                }
                                if let Some(run) = on_change {
                                    run.run(n);
                                }
                            }
                        />
                        <Icon name="star" size=IconSize::Huge />
                    </label>
                }
            }).collect_view()}
        </fieldset>
    }
}

/// Shows a given rating.
#[component]
pub fn StarsShown(#[prop(into)] value: Signal<u8>) -> impl IntoView {
    let of = texts::stars();
    view! {
        <span class="stars-static" role="img" aria-label=move || format!("{} {}", value.get(), of.get())>
            {move || (1..=5_u8).map(|n| view! {
                <Icon name="star" size=IconSize::Small class=if n <= value.get() { "is-on" } else { "" } />
            }).collect_view()}
        </span>
    }
}
