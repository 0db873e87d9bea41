//! Cursor paging: there is a next page or there is not; nobody counts a million rows.

use crate::{button::Button, texts};
use leptos::prelude::*;

/// Previous and next links; without script they are ordinary pages.
#[component]
pub fn Pager(
    #[prop(optional, into)] previous: MaybeProp<String>,
    #[prop(optional, into)] next: MaybeProp<String>,
    /// "1–50", "about 2 300"…
    #[prop(optional, into)]
    note: MaybeProp<String>,
) -> impl IntoView {
    let (back, on, pages) = (texts::previous(), texts::next(), texts::pages());
    view! {
        <nav class="pager" aria-label=move || pages.get()>
            <span class="pager-note">{move || note.get()}</span>
            {move || previous.get().map(|href| view! { <Button href=href icon="chevron-left">{back.get()}</Button> })}
            {move || next.get().map(|href| view! { <Button href=href icon="chevron-right">{on.get()}</Button> })}
        </nav>
    }
}

/// One button that brings more rows; with `href` it also works without script.
#[component]
pub fn LoadMore(
    #[prop(into)] more: Signal<bool>,
    #[prop(optional, into)] loading: Signal<bool>,
    #[prop(into)] on_load: Callback<()>,
) -> impl IntoView {
    let word = texts::load_more();
    move || {
        more.get().then(|| {
            view! {
                <div class="pager justify-center">
                    <Button loading=loading on_click=move |_| on_load.run(())>{move || word.get()}</Button>
                </div>
            }
        })
    }
}
