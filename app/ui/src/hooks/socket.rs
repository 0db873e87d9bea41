//! A WebSocket that comes back by itself.

use super::effect;
use crate::dom::{Listener, drop_on_cleanup, listen};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, WebSocket};

const BEAT_MS: u64 = 25_000;
const FIRST_DELAY_MS: f64 = 800.0;
const LONGEST_DELAY_MS: f64 = 30_000.0;

/// How the page hears about changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// No connection wanted or possible.
    #[default]
    Off,
    /// Being opened, or waiting for the next try: poll meanwhile.
    Connecting,
    /// Messages arrive by themselves.
    Open,
}

/// What `use_websocket` returns.
#[derive(Clone, Copy)]
pub struct Socket {
    /// The state, for `LiveDot` and for switching polling on.
    pub state: Signal<LinkState>,
    live: StoredValue<Option<SendWrapper<Rc<Live>>>>,
}

impl Socket {
    /// Sends a text; false when not connected.
    pub fn send(&self, text: &str) -> bool {
        self.live.with_value(|live| live.as_ref().is_some_and(|live| live.send(text)))
    }
}

struct Live {
    me: Weak<Live>,
    url: Signal<Option<String>>,
    state: RwSignal<LinkState>,
    on_message: Callback<String>,
    socket: RefCell<Option<(WebSocket, Vec<Listener>)>>,
    attempt: Cell<i32>,
    timer: Cell<Option<TimeoutHandle>>,
    beat: Cell<Option<IntervalHandle>>,
    heard: Cell<bool>,
}

impl Live {
    fn send(&self, text: &str) -> bool {
        self.socket
            .borrow()
            .as_ref()
            .is_some_and(|(socket, _)| socket.ready_state() == WebSocket::OPEN && socket.send_with_str(text).is_ok())
    }

    fn connect(&self) {
        self.drop_socket();
        self.state.set(LinkState::Connecting);
        let Some(url) = self.url.get_untracked() else { return };
        let Ok(socket) = WebSocket::new(&absolute(&url)) else {
            self.retry_later();
            return;
        };
        let (opened, heard, closed) = (self.me.clone(), self.me.clone(), self.me.clone());
        let listeners = vec![
            listen(&socket, "open", move |_| {
                if let Some(live) = opened.upgrade() {
                    live.attempt.set(0);
                    live.heard.set(true);
                    live.state.set(LinkState::Open);
                    live.start_beat();
                }
            }),
            listen(&socket, "message", move |event| {
                if let (Some(live), Ok(message)) = (heard.upgrade(), event.dyn_into::<MessageEvent>()) {
                    live.heard.set(true);
                    match message.data().as_string() {
                        Some(text) if text != "pong" => live.on_message.run(text),
                        _ => {}
                    }
                }
            }),
            listen(&socket, "close", move |_| {
                if let Some(live) = closed.upgrade() {
                    live.retry_later();
                }
            }),
        ];
        *self.socket.borrow_mut() = Some((socket, listeners));
    }

    /// A silent line is a dead line: two beats without a word, and we call again.
    fn start_beat(&self) {
        let me = self.me.clone();
        let beat = set_interval_with_handle(
            move || {
                let Some(live) = me.upgrade() else { return };
                if live.heard.replace(false) {
                    live.send("ping");
                } else {
                    live.connect();
                }
            },
            Duration::from_millis(BEAT_MS),
        );
        if let Some(old) = self.beat.replace(beat.ok()) {
            old.clear();
        }
    }

    /// Exponential with jitter, so that a thousand pages do not return in the same second.
    fn retry_later(&self) {
        self.state.set(LinkState::Connecting);
        let attempt = self.attempt.get();
        self.attempt.set((attempt + 1).min(16));
        let ceiling = (FIRST_DELAY_MS * 2_f64.powi(attempt)).min(LONGEST_DELAY_MS);
        let delay = ceiling * (0.5 + js_sys::Math::random() / 2.0);
        let me = self.me.clone();
        let timer = set_timeout_with_handle(
            move || {
                if let Some(live) = me.upgrade() {
                    live.connect();
                }
            },
            Duration::from_secs_f64(delay / 1000.0),
        );
        if let Some(old) = self.timer.replace(timer.ok()) {
            old.clear();
        }
    }

    fn drop_socket(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        if let Some(beat) = self.beat.take() {
            beat.clear();
        }
        // The listeners go first: our own closing must not look like a lost line.
        if let Some((socket, listeners)) = self.socket.borrow_mut().take() {
            drop(listeners);
            let _ = socket.close();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.drop_socket();
    }
}

fn absolute(url: &str) -> String {
    if url.starts_with("ws") {
        return url.to_string();
    }
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|p| p == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}{url}", location.host().unwrap_or_default())
}

/// Keeps a WebSocket to `url` (`None` = off; a path is enough; asked anew for each call) and hands every text message to
/// `on_message`.
///
/// Says `ping` every 25 s and expects any word back (`pong` is swallowed). Comes back at once when the
/// browser is online again.
pub fn use_websocket(
    url: impl Into<Signal<Option<String>>>,
    on_message: impl Fn(String) + Send + Sync + 'static,
) -> Socket {
    let (url, on_message) = (url.into(), Callback::new(on_message));
    let state = RwSignal::new(LinkState::Off);
    let held = StoredValue::new(None::<SendWrapper<Rc<Live>>>);
    effect(move || {
        held.set_value(None);
        if url.with(Option::is_none) {
            state.set(LinkState::Off);
            return;
        }
        let live = Rc::new_cyclic(|me| Live {
            me: me.clone(),
            url,
            state,
            on_message,
            socket: RefCell::default(),
            attempt: Cell::new(0),
            timer: Cell::default(),
            beat: Cell::default(),
            heard: Cell::new(false),
        });
        live.connect();
        let back = Rc::downgrade(&live);
        drop_on_cleanup(listen(&window(), "online", move |_| {
            if let Some(live) = back.upgrade() {
                live.attempt.set(0);
                live.connect();
            }
        }));
        held.set_value(Some(SendWrapper::new(live)));
    });
    Socket { state: state.into(), live: held }
}
