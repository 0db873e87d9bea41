//! Quiet success, with a way back; errors stay until read.

use crate::hooks::effect;
use crate::{
    button::{Button, ButtonSize, IconButton},
    dom::{call_method, drop_on_cleanup, listen},
    icon::Icon,
    texts,
    tone::Tone,
};
use leptos::{html, prelude::*};
use std::time::Duration;

const STAYS_MS: u64 = 4_000;

/// What a toast offers besides being read.
#[derive(Clone)]
pub struct ToastAction {
    /// Verb; `None` = "Undo".
    pub label: Option<String>,
    /// Runs once, then the toast goes.
    pub run: Callback<()>,
}

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    code: Option<String>,
    action: Option<ToastAction>,
}

/// The stack of messages; take it with `use_toasts()`.
#[derive(Clone, Copy)]
pub struct Toasts {
    items: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
    held: StoredValue<bool>,
}

impl Toasts {
    /// Makes the stack and puts it into context; once, at the root, beside `<ToastStack/>`.
    pub fn provide() -> Self {
        let toasts =
            Self { items: RwSignal::new(Vec::new()), last: StoredValue::new(0), held: StoredValue::new(false) };
        provide_context(toasts);
        toasts
    }

    /// Done; goes by itself after 4 s.
    pub fn success(self, text: impl Into<String>) {
        self.push(Tone::Success, text.into(), None, None, false);
    }

    /// Done, and can be undone.
    pub fn success_undo(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        let action = ToastAction { label: None, run: Callback::new(move |()| undo()) };
        self.push(Tone::Success, text.into(), None, Some(action), false);
    }

    /// Worth knowing.
    pub fn info(self, text: impl Into<String>) {
        self.push(Tone::Info, text.into(), None, None, false);
    }

    /// Failed; stays until closed. `code` is the small print.
    pub fn error(self, text: impl Into<String>, code: Option<String>) {
        self.push(Tone::Danger, text.into(), code, None, true);
    }

    /// Failed, with the next step as a button.
    pub fn error_action(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        run: impl Fn() + Send + Sync + 'static,
    ) {
        let action = ToastAction { label: Some(label.into()), run: Callback::new(move |()| run()) };
        self.push(Tone::Danger, text.into(), None, Some(action), true);
    }

    /// Stays and offers one step (update ready…).
    pub fn offer(self, text: impl Into<String>, label: impl Into<String>, run: impl Fn() + Send + Sync + 'static) {
        let action = ToastAction { label: Some(label.into()), run: Callback::new(move |()| run()) };
        self.push(Tone::Info, text.into(), None, Some(action), true);
    }

    fn push(self, tone: Tone, text: String, code: Option<String>, action: Option<ToastAction>, stays: bool) {
        let id = self.last.get_value().wrapping_add(1);
        self.last.set_value(id);
        self.items.update(|items| {
            // What is said again is said once, with the newest small print.
            items.retain(|old| old.tone != tone || old.text != text || old.action.is_some() || action.is_some());
            items.push(Toast { id, tone, text, code, action });
            // Five are a message, ten are noise.
            if items.len() > 5 {
                items.remove(0);
            }
        });
        if !stays && cfg!(target_arch = "wasm32") {
            self.expire(id);
        }
    }

    /// Nothing disappears under the pointer.
    fn expire(self, id: u32) {
        set_timeout(
            move || {
                if self.held.try_get_value().unwrap_or(false) {
                    self.expire(id);
                } else {
                    self.close(id);
                }
            },
            Duration::from_millis(STAYS_MS),
        );
    }

    fn close(self, id: u32) {
        let _ = self.items.try_update(|items| items.retain(|toast| toast.id != id));
    }
}

/// The stack from context. Without one (a page outside the frame) messages go nowhere, quietly.
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(Toasts::provide)
}

/// Draws the stack. Put it once, last in the body.
#[component]
pub fn ToastStack() -> impl IntoView {
    let toasts = use_toasts();
    let node = NodeRef::<html::Div>::new();
    let (undo, close) = (texts::undo(), texts::close());
    // The top layer: otherwise a modal dialog would cover what it caused.
    effect(move || {
        let any = toasts.items.with(|items| !items.is_empty());
        if let Some(stack) = node.get() {
            call_method(stack.as_ref(), "hidePopover");
            if any {
                call_method(stack.as_ref(), "showPopover");
            }
        }
    });
    view! {
        <div
            node_ref=node
            class="toasts"
            popover="manual"
            role="status"
            aria-live="polite"
            on:mouseenter=move |_| toasts.held.set_value(true)
            on:mouseleave=move |_| toasts.held.set_value(false)
            on:focusin=move |_| toasts.held.set_value(true)
            on:focusout=move |_| toasts.held.set_value(false)
        >
            <For each=move || toasts.items.get() key=|toast| toast.id let:toast>
                {
                    let Toast { id, tone, text, code, action, .. } = toast;
                    view! {
                        <div class=format!("toast-card glass-raised {}", tone.class())>
                            <Icon name=tone.icon() />
                            <p>{text} {code.map(|code| view! { <span class="toast-code">{code}</span> })}</p>
                            {action.map(|action| {
                                let label = action.label.clone();
                                view! {
                                    <Button size=ButtonSize::Small on_click=move |_| {
                                        action.run.run(());
                                        toasts.close(id);
                                    }>{move || label.clone().unwrap_or_else(|| undo.get())}</Button>
                                }
                            })}
                            <IconButton icon="x" label=close size=ButtonSize::Small on_click=move |_| {
                                // The pointer is gone with the card: do not hold the rest for ever.
                                toasts.held.set_value(false);
                                toasts.close(id);
                            } />
                        </div>
                    }
                }
            </For>
        </div>
    }
}

/// Offers the new version once the service worker has it (`/js/boot.js`). Put it beside `ToastStack`.
#[component]
pub fn UpdatePrompt() -> impl IntoView {
    let toasts = use_toasts();
    let (ready, verb) = (texts::update_ready(), texts::update_now());
    effect(move || {
        let offer = move || {
            toasts.offer(ready.get_untracked(), verb.get_untracked(), || {
                if let Ok(event) = web_sys::CustomEvent::new("uk:apply-update") {
                    let _ = window().dispatch_event(&event);
                }
            });
        };
        // The event may have come before hydration; the attribute remembers it.
        if document().document_element().is_some_and(|root| root.has_attribute("data-update")) {
            offer();
        }
        drop_on_cleanup(listen(&window(), "uk:update-available", move |_| offer()));
    });
}
