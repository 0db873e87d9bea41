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
        move || match there.get().then(|| kept.get_untracked()).flatten() {
            Some(first) => {
                let value = Memo::new(move |_| kept.get().unwrap_or_else(|| first.clone()));
                Some(children(value.into()).into_any())
            }
            None => failed.get().map(|failure| {
                view! {
                    <ErrorState
                        text=failure::code(l, failure.code)
                        code=failure.trace_id.clone().unwrap_or_else(|| failure.code.to_string())
                        on_retry=move || from.refetch()
                    />
                }
                .into_any()
            }),
        }
    };
    view! { <Transition fallback=move || view! { <Skeleton lines=lines /> }>{inside()}</Transition> }
}
