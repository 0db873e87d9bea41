//! People: residents and other contacts.

mod contacts;
mod person;

pub use contacts::PeoplePage;
pub use person::PersonPage;

use crate::util::encode;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use ui::prelude::*;

/// A search line that keeps its words in the address; a plain GET form until the page is alive.
#[component]
pub(crate) fn SearchLine(action: &'static str, text: Memo<String>, placeholder: &'static str) -> impl IntoView {
    let typed = RwSignal::new(text.get_untracked());
    let settled: Signal<String> = use_debounced(typed, 300);
    let navigate = use_navigate();
    // The address moves the field (back button), the field moves the address.
    Effect::new(move |_| {
        let now = text.get();
        if typed.get_untracked().trim() != now {
            typed.set(now);
        }
    });
    Effect::new(move |first: Option<()>| {
        let now = settled.get().trim().to_owned();
        if first.is_some() && now != text.get_untracked() && now == typed.get_untracked().trim() {
            let href = if now.is_empty() { action.to_owned() } else { format!("{action}?text={}", encode(&now)) };
            navigate(&href, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    view! {
        <form class="filter-bar" role="search" method="get" action=action on:submit=|ev| ev.prevent_default()>
            <div class="w-full sm:w-80">
                <Input name="text" icon="search" value=typed autocomplete="off" placeholder=placeholder label=placeholder />
            </div>
        </form>
    }
}
