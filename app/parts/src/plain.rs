//! Plain forms, which work without WASM: what was wrong with the last one comes back in the address.

use i18n::{Locale, failure, td_string, use_locale};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use model::{Code, Failure, FieldError};
use ui::prelude::*;

/// The failure a form post left in the address.
fn failure_in(query: &ParamsMap) -> Option<Failure> {
    let code = query.get("error")?;
    let code = Code::ALL.iter().copied().find(|c| c.as_str() == code)?;
    Some(Failure { trace_id: query.get("trace"), ..Failure::new(code) })
}

/// What was wrong with one field, in words.
pub fn field_in(query: &ParamsMap, name: &str, l: Locale) -> Option<String> {
    let value = query.get(&format!("field.{name}"))?;
    let (code, limit) = match value.split_once(':') {
        Some((code, limit)) => (code.to_owned(), limit.parse().ok()),
        None => (value, None),
    };
    Some(failure::field(l, &FieldError { pointer: format!("/{name}"), code, limit }))
}

/// The failure as a banner above the form.
#[component]
pub fn Trouble() -> impl IntoView {
    let (l, query) = (use_locale(), use_query_map());
    let text = move || failure_in(&query.get()).map(|f| failure::sentence(l, &f));
    let wait = move || query.get().get("wait").map(|n| td_string!(l, auth.wait_seconds, n = n).to_string());
    move || {
        let text = [text()?, wait().unwrap_or_default()].join(" ");
        Some(view! { <Banner tone=Tone::Danger text=text /> })
    }
}
