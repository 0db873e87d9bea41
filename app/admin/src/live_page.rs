//! Pages that news draw anew, though never under somebody's hand: with the page goes its open dialog, and all that was
//! typed there.

use futures::channel::oneshot;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// What a page shows: fetched when what it asks for changes or there is news, and handed on when no dialog is open. News
/// also wait for whoever is in the middle of a form of the page itself.
pub(crate) fn live_page<S, T, F>(
    asked: impl Fn() -> S + Send + Sync + 'static,
    news: Signal<u64>,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<T>
where
    S: Clone + PartialEq + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let beat = when_idle(news);
    Resource::new(
        move || (asked(), beat.get()),
        move |(asked, _)| {
            let answer = fetch(asked);
            async move {
                let answer = answer.await;
                // It may have been asked for before the dialog was opened.
                while page_has("dialog[open]") {
                    pause(Duration::from_millis(250)).await;
                }
                answer
            }
        },
    )
}

fn when_idle(news: Signal<u64>) -> Signal<u64> {
    let passed = RwSignal::new(0);
    ui::hooks::effect(move || pass_on(news.get(), passed));
    passed.into()
}

fn pass_on(news: u64, passed: RwSignal<u64>) {
    let Some(before) = passed.try_get_untracked() else { return };
    if news <= before {
        return;
    }
    let busy =
        "dialog[open], main textarea:focus, main select:focus, main input:focus:not([type=checkbox], [type=radio])";
    if page_has(busy) {
        set_timeout(move || pass_on(news, passed), Duration::from_secs(2));
    } else {
        let _ = passed.try_set(news);
    }
}

/// Whether the open page has what the selector means. On the server there is no page yet, and nobody to disturb.
fn page_has(selector: &str) -> bool {
    cfg!(feature = "hydrate") && document().query_selector(selector).is_ok_and(|found| found.is_some())
}

async fn pause(time: Duration) {
    let (done, waits) = oneshot::channel::<()>();
    set_timeout(move || drop(done), time);
    // Ends when the other half is dropped.
    let _ = waits.await;
}
