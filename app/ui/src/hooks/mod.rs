//! Client-only behaviour behind signals. On the server every hook is a quiet constant.

mod browser;
mod effect;
mod keys;
mod socket;
mod timing;

pub use browser::{use_hydrated, use_local_storage, use_media, use_online};
pub use effect::{effect, effect_after};
pub use keys::{hotkey_matches, use_hotkey};
pub use socket::{LinkState, Socket, use_websocket};
pub use timing::{use_debounced, use_interval};
