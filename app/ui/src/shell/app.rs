//! The frame of the apps: header, content, at most four places within reach of the thumb.

use super::current_href;
use crate::{badge::Count, button::IconButton, feedback::OfflineStrip, icon::Icon, texts};
use leptos::prelude::*;

/// One place of the bottom bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Icon name.
    pub icon: &'static str,
    /// One short word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Shown when above zero.
    pub count: u32,
}

/// The app frame. Only the first four places are drawn.
#[component]
pub fn AppShell(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] places: Signal<Vec<Place>>,
    /// Current path.
    #[prop(into)]
    path: Signal<String>,
    /// Address of the back arrow.
    #[prop(optional, into)]
    back: MaybeProp<String>,
    /// Bell and the like, at the right of the header.
    #[prop(optional, into)]
    actions: ViewFn,
    /// What waits in the queue, for the offline strip.
    #[prop(optional, into)]
    waiting: MaybeProp<String>,
    children: Children,
) -> impl IntoView {
    let (skip, menu, back_word) = (texts::skip(), texts::menu(), texts::back());
    let current = Memo::new(move |_| places.with(|all| current_href(all.iter().map(|p| p.href.as_str()), &path.get())));
    view! {
        <a class="skip-link" href="#main">{move || skip.get()}</a>
        <div class="app-frame density-app">
            <header class="app-bar glass">
                {move || back.get().map(|href| view! { <IconButton icon="arrow-left" label=back_word href=href class="-ml-3" /> })}
                <h1>{move || title.get()}</h1>
                {actions.run()}
            </header>
            <OfflineStrip waiting=waiting />
            <main id="main" class="app-content" tabindex="-1">{children()}</main>
            <nav class="app-nav glass" aria-label=move || menu.get()>
                {move || places.get().into_iter().take(4).map(|place| {
                    let href = place.href.clone();
                    view! {
                        <a
                            href=place.href
                            aria-current=move || current.with(|now| now.as_deref() == Some(href.as_str())).then_some("page")
                        >
                            <Icon name=place.icon />
                            <span>{place.label}</span>
                            <Count value=place.count />
                        </a>
                    }
                }).collect_view()}
            </nav>
        </div>
    }
}
