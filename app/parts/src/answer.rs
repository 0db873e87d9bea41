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
    let children = StoredValue::new(children);
    let content = move |first: T| {
        let value = RwSignal::new(first);
        // Effects live in the browser only: the server draws the first answer and is done.
        effect(move || {
            if let Some(Ok(newer)) = from.get()
                && value.with_untracked(|known| *known != newer)
            {
                value.set(newer);
            }
        });
        children.with_value(|draw| draw(value.into()).into_any())
    };
    // Outside any effect: the first answer is awaited once, the same on the server and while hydrating.
    let first = Suspend::new(async move {
        match from.await {
            Ok(first) => content(first),
            Err(error) => {
                let later = RwSignal::new(None::<T>);
                effect(move || {
                    if let Some(Ok(value)) = from.get()
                        && later.with_untracked(Option::is_none)
                    {
                        later.set(Some(value));
                    }
                });
                let error = error.0;
                (move || match later.get() {
                    Some(value) => content(value),
                    None => view! {
                        <ErrorState
                            text=failure::code(l, error.code)
                            code=error.trace_id.clone().unwrap_or_else(|| error.code.to_string())
                            on_retry=move || from.refetch()
                        />
                    }
                    .into_any(),
                })
                .into_any()
            }
        }
    });
    view! { <Transition fallback=move || view! { <Skeleton lines=lines /> }>{first}</Transition> }
}
