//! A centred card (login, pay link, errors) and the header of a page.

use crate::{button::IconButton, texts};
use leptos::prelude::*;

/// A page with one card in the middle.
#[component]
pub fn PlainShell(
    #[prop(into)] title: Signal<String>,
    #[prop(default = "UK CRM".into(), into)] brand: Signal<String>,
    #[prop(optional, into)] lead: MaybeProp<String>,
    /// Under the card: language, theme, help.
    #[prop(optional, into)]
    footer: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="plain density-app">
            <header>
                <a class="plain-brand" href="/">
                    <img src="/icons/logo.svg" alt="" width="32" height="32" />
                    <span>{move || brand.get()}</span>
                </a>
            </header>
            <main id="main" class="plain-card">
                <div>
                    <h1>{move || title.get()}</h1>
                    {move || lead.get().map(|text| view! { <p class="text-muted">{text}</p> })}
                </div>
                {children()}
            </main>
            <footer class="plain-foot">{footer.run()}</footer>
        </div>
    }
}

/// Title of a page with its actions.
#[component]
pub fn PageHeader(
    #[prop(into)] title: Signal<String>,
    #[prop(optional, into)] subtitle: MaybeProp<String>,
    #[prop(optional, into)] back: MaybeProp<String>,
    /// Pills and tags right after the title.
    #[prop(optional, into)]
    tags: ViewFn,
    /// Buttons at the right, the main one last.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    let word = texts::back();
    view! {
        <header class="page-head">
            {move || back.get().map(|href| view! { <IconButton icon="arrow-left" label=word href=href /> })}
            <div class="page-title">
                <div class="row">
                    <h1>{move || title.get()}</h1>
                    {tags.run()}
                </div>
                {move || subtitle.get().map(|text| view! { <div class="page-sub">{text}</div> })}
            </div>
            <div class="page-actions">{actions.run()}</div>
        </header>
    }
}
