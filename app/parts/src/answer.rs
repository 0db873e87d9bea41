//! An answer of the server on its way: grey lines, the content, or what went wrong.

use api::ApiResult;
use i18n::failure;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use ui::prelude::*;

/// Draws `children` once, with a signal that follows newer answers: a live update changes words in place and never
/// takes away what the person is typing. A refetch that fails keeps the last good answer on the screen.
#[component]
pub fn Answer<T, F, V>(
    from: Resource<ApiResult<T>>,
    /// Grey lines while it loads.
    #[prop(default = 4)]
    lines: usize,
    children: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let l = crate::locale();
    let inside = move || {
        let kept = Memo::new(move |before: Option<&Option<T>>| match from.get() {
            Some(Ok(value)) => Some(value),
            _ => before.cloned().flatten(),
        });
        let failed = Memo::new(move |_| match from.get() {
            Some(Err(error)) if kept.with(Option::is_none) => Some(error.0),
            _ => None,
        });
        let there = Memo::new(move |_| kept.with(Option::is_some));
        move || {
            // The server may come here in the instant between an answer and the news of it reaching the memos:
            // look at the answer itself, or the page would go out empty.
            let (first, failure) = (there.get().then(|| kept.get_untracked()).flatten(), failed.get());
            let (first, failure) = match (first, from.get_untracked()) {
                (None, Some(Ok(first))) => (Some(first), None),
                (None, Some(Err(error))) => (None, Some(error.0)),
                known => (known.0, failure),
            };
            if let Some(first) = first {
                let value = Memo::new(move |_| kept.get().unwrap_or_else(|| first.clone()));
                return Some(children(value.into()).into_any());
            }
            failure.map(|failure| {
                view! {
                    <ErrorState
                        text=failure::code(l, failure.code)
                        code=failure.trace_id.clone().unwrap_or_else(|| failure.code.to_string())
                        on_retry=move || from.refetch()
                    />
                }
                .into_any()
            })
        }
    };
    view! { <Transition fallback=move || view! { <Skeleton lines=lines /> }>{inside()}</Transition> }
}
