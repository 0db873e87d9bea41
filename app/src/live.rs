//! The live link of the whole app: one socket, events into [`Live`], light polling when it cannot connect.

use api::session::{Link, browser_now, use_live};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{
    events::Heard,
    requests::{PRESENCE_BEAT_S, SayHere},
};
use ui::prelude::*;

/// Without a socket pages look again this often.
const POLL_MS: u64 = 30_000;
const TICK_MS: u64 = 30_000;

/// The server's time on the first paint, the browser's afterwards.
pub fn ticking(start: DateTime<Utc>) -> Signal<DateTime<Utc>> {
    let now = RwSignal::new(start);
    let tick = move || {
        if let Some(at) = browser_now() {
            now.set(at);
        }
    };
    use_interval(TICK_MS, tick);
    now.into()
}

/// Opens the socket and keeps it open. `heard` is the newest event the page knows.
pub fn connect(heard: Option<i64>) {
    let live = use_live();
    let newest = StoredValue::new(heard);
    // Each call asks for what came since: while the page was drawn, or the line was down.
    let url = Signal::derive(move || {
        let since = newest.get_value().map_or_else(String::new, |id| format!("?since={id}"));
        Some(format!("/api/v1/ws{since}"))
    });
    let socket = use_websocket(url, move |text: String| {
        let Ok(heard) = serde_json::from_str::<Heard>(&text) else { return };
        newest.set_value(Some(heard.id).max(newest.get_value()));
        if let Some(present) = heard.present() {
            live.met().set(Some(present));
        } else if !heard.is_hello() {
            live.heard(heard);
        }
    });
    effect(move || {
        live.set_link(match socket.state.get() {
            LinkState::Open => Link::Live,
            LinkState::Connecting => Link::Polling,
            LinkState::Off => Link::Off,
        });
    });
    // Said when it changes, when the line is back, and again and again: who falls silent is forgotten.
    let say = move || {
        let here = live.here().get_untracked();
        if let Ok(text) = serde_json::to_string(&SayHere { here }) {
            socket.send(&text);
        }
    };
    effect_after(move |said: Option<bool>| {
        let (here, open) = (live.here().get(), socket.state.get() == LinkState::Open);
        if open && (here.is_some() || said == Some(true)) {
            say();
        }
        here.is_some()
    });
    use_interval(u64::from(PRESENCE_BEAT_S) * 1000, move || {
        if live.here().with_untracked(Option::is_some) {
            say();
        }
    });
    let every = Signal::derive(move || if socket.state.get() == LinkState::Open { 0 } else { POLL_MS });
    use_interval(every, move || live.poll());
}
