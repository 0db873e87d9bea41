//! The browser half: one WASM for each face of the product, so that a resident never downloads the desk. Each takes
//! over the server's HTML. The service worker is registered by `public/js/boot.js`.

use leptos::prelude::IntoView;

/// Wakes the page that the server drew.
pub fn start<V: IntoView + 'static>(app: fn() -> V) {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app);
}
