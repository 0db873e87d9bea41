//! Time that passes in the browser.

use super::{effect, effect_after};
use leptos::prelude::*;
use std::time::Duration;

/// The signal's value once it has been still for `ms`.
pub fn use_debounced<T: Clone + Send + Sync + 'static>(source: impl Into<Signal<T>>, ms: u64) -> Signal<T> {
    let source = source.into();
    let settled = RwSignal::new(source.get_untracked());
    effect_after(move |first: Option<()>| {
        let value = source.get();
        if first.is_none() {
            return;
        }
        if let Ok(timer) = set_timeout_with_handle(move || settled.set(value), Duration::from_millis(ms)) {
            on_cleanup(move || timer.clear());
        }
    });
    settled.into()
}

/// Calls back every `ms` while the signal is above zero; zero stops it.
pub fn use_interval(ms: impl Into<Signal<u64>>, run: impl Fn() + Send + Sync + 'static) {
    let (ms, run) = (ms.into(), Callback::new(move |()| run()));
    effect(move || {
        let every = ms.get();
        if every == 0 {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || run.run(()), Duration::from_millis(every)) {
            on_cleanup(move || timer.clear());
        }
    });
}
