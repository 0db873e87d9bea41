//! What the browser knows: media queries, connection, storage, hydration.

use super::{effect, effect_after};
use crate::dom::{drop_on_cleanup, listen, store, stored};
use leptos::prelude::*;

/// False on the server and in the first paint, true once the page is alive.
pub fn use_hydrated() -> Signal<bool> {
    let alive = RwSignal::new(false);
    effect(move || alive.set(true));
    alive.into()
}

/// Does the media query match? False until hydrated.
pub fn use_media(query: &'static str) -> Signal<bool> {
    let matches = RwSignal::new(false);
    effect(move || {
        if let Ok(Some(list)) = window().match_media(query) {
            matches.set(list.matches());
            let watched = list.clone();
            drop_on_cleanup(listen(&list, "change", move |_| matches.set(watched.matches())));
        }
    });
    matches.into()
}

/// Is there a network? True until the browser says otherwise.
pub fn use_online() -> Signal<bool> {
    let online = RwSignal::new(true);
    effect(move || {
        let window = window();
        online.set(window.navigator().on_line());
        drop_on_cleanup((
            listen(&window, "online", move |_| online.set(true)),
            listen(&window, "offline", move |_| online.set(false)),
        ));
    });
    online.into()
}

/// A value kept on this device. `None` until hydrated or when nothing is stored; writing `None` removes it.
pub fn use_local_storage(key: &'static str) -> RwSignal<Option<String>> {
    let value = RwSignal::new(None);
    effect_after(move |loaded: Option<()>| {
        let current = value.get();
        if loaded.is_some() {
            store(key, current.as_deref());
        } else if let Some(kept) = stored(key) {
            value.set(Some(kept));
        }
    });
    value
}
