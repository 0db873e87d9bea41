//! What follows from signals.

use leptos::prelude::*;

/// Runs on the next tick and again after each change of what it reads; never on the server.
///
/// As [`Effect::new`], which compiles its machinery anew for each caller: a kilobyte of WASM for every effect of a page.
pub fn effect(run: impl FnMut() + 'static) {
    erased(Box::new(run));
}

/// As [`effect`], and hands over what the last run returned.
pub fn effect_after<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    let mut last = None;
    effect(move || last = Some(run(last.take())));
}

fn erased(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
