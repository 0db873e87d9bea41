//! Nothing at this address.

use i18n::{t_string, use_i18n};
use leptos::prelude::*;
use leptos_meta::Title;
use ui::prelude::*;

#[component]
pub fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || t_string!(i18n, auth.not_found_title).to_owned());
    let text = Signal::derive(move || t_string!(i18n, errors.not_found).to_owned());
    view! {
        <Title text=move || title.get() />
        <PlainShell title=title lead=text>
            <Button href="/" kind=ButtonKind::Primary>{move || t_string!(i18n, auth.to_start)}</Button>
        </PlainShell>
    }
}
