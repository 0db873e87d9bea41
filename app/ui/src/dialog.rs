//! Dialogs and side panels on the native `<dialog>`: focus trap, Escape and the scrim come from the browser.

use crate::hooks::effect;
use crate::{
    button::{Button, ButtonKind, IconButton},
    field::Field,
    input::Input,
    texts,
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Keeps a `<dialog>` and a signal in step.
pub(crate) fn bind_dialog(node: NodeRef<html::Dialog>, open: Signal<bool>, modal: bool) {
    effect(move || {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if !wanted {
            if dialog.open() {
                dialog.close();
            }
            return;
        }
        if dialog.matches(":modal").unwrap_or(false) || (!modal && dialog.open()) {
            return;
        }
        if modal {
            // Rendered open by the server: it must become modal without a `close` event in between.
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
            // The content is drawn in this same turn; a frame later it can take the focus.
            request_animation_frame(move || focus_first(&dialog));
        } else {
            // A preview beside the list must not steal the keyboard from the list.
            let focused = document().active_element().and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
            dialog.show();
            if let Some(element) = focused {
                let _ = element.focus();
            }
        }
    });
}

/// The browser would focus the close button; people come for the first field or the main button.
fn focus_first(dialog: &web_sys::HtmlDialogElement) {
    const WANTED: [&str; 3] = [
        "[autofocus]",
        ".dialog-body :is(input:not([type=hidden]), textarea, select):not(:disabled)",
        ".dialog-foot .btn:not(:disabled)",
    ];
    let found = WANTED.iter().find_map(|selector| dialog.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

fn is_scrim(ev: &web_sys::MouseEvent) -> bool {
    ev.target() == ev.current_target()
}

/// A modal dialog. Its content exists only while it is open.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// 48 rem instead of 30.
    #[prop(optional)]
    wide: bool,
    /// Buttons of the lower edge; the main one last.
    #[prop(optional, into)]
    footer: Option<ViewFn>,
    #[prop(optional, into)] on_close: Option<Callback<()>>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::new();
    bind_dialog(node, open.into(), true);
    let close = texts::close();
    view! {
        <dialog
            node_ref=node
            class=if wide { "dialog dialog-wide" } else { "dialog" }
            aria-label=move || title.get()
            on:close=move |_| {
                open.set(false);
                if let Some(run) = on_close {
                    // The event comes a turn later: by then the page may be gone.
                    let _ = run.try_run(());
                }
            }
            on:mousedown=move |ev| {
                if is_scrim(&ev) {
                    open.set(false);
                }
            }
        >
            {move || open.get().then(|| view! {
                <div class="dialog-head">
                    <h2>{move || title.get()}</h2>
                    <IconButton icon="x" label=close on_click=move |_| open.set(false) />
                </div>
                <div class="dialog-body">{children()}</div>
                {footer.as_ref().map(|footer| view! { <div class="dialog-foot">{footer.run()}</div> })}
            })}
        </dialog>
    }
}

/// A side panel at the right edge. `modal=false` lets the list behind keep the keyboard.
#[component]
pub fn Drawer(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(default = true)] modal: bool,
    /// Buttons beside the title (open as page…).
    #[prop(optional, into)]
    actions: ViewFn,
    #[prop(optional, into)] footer: Option<ViewFn>,
    #[prop(optional, into)] on_close: Option<Callback<()>>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::new();
    bind_dialog(node, open.into(), modal);
    let close = texts::close();
    if !modal {
        // Escape closes only modal dialogs by itself.
        crate::hooks::use_hotkey("escape", move |_| open.set(false));
    }
    view! {
        <dialog
            node_ref=node
            class="side-sheet"
            aria-label=move || title.get()
            on:close=move |_| {
                open.set(false);
                if let Some(run) = on_close {
                    // The event comes a turn later: by then the page may be gone.
                    let _ = run.try_run(());
                }
            }
            on:mousedown=move |ev| {
                if modal && is_scrim(&ev) {
                    open.set(false);
                }
            }
        >
            {move || open.get().then(|| view! {
                <div class="dialog-head">
                    <h2>{move || title.get()}</h2>
                    {actions.run()}
                    <IconButton icon="x" label=close on_click=move |_| open.set(false) />
                </div>
                <div class="dialog-body">{children()}</div>
                {footer.as_ref().map(|footer| view! { <div class="dialog-foot">{footer.run()}</div> })}
            })}
        </dialog>
    }
}

/// Loud confirmation. With `must_type` the button wakes only once the name is typed.
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// What will happen and what cannot be undone.
    #[prop(into)]
    text: Signal<String>,
    /// The verb on the button.
    #[prop(into)]
    verb: Signal<String>,
    #[prop(optional, into)] must_type: MaybeProp<String>,
    /// What the question says is not known yet.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    #[prop(optional, into)] busy: Signal<bool>,
    /// For choices that destroy nothing.
    #[prop(optional)]
    calm: bool,
    #[prop(into)] on_confirm: Callback<()>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let (cancel, ask) = (texts::cancel(), texts::type_to_confirm());
    effect(move || {
        if !open.get() {
            typed.set(String::new());
        }
    });
    let locked =
        Signal::derive(move || disabled.get() || must_type.get().is_some_and(|name| typed.get().trim() != name.trim()));
    let kind = if calm { ButtonKind::Primary } else { ButtonKind::Danger };
    view! {
        <Dialog
            open=open
            title=title
            footer=move || view! {
                <Button on_click=move |_| open.set(false)>{move || cancel.get()}</Button>
                <Button kind=kind disabled=locked loading=busy on_click=move |_| on_confirm.run(())>{move || verb.get()}</Button>
            }
        >
            <p>{move || text.get()}</p>
            {move || must_type.get().map(|name| view! {
                <Field label=Signal::derive(move || format!("{} {name}", ask.get())) name="confirm-name">
                    <Input name="confirm-name" value=typed autocomplete="off" />
                </Field>
            })}
        </Dialog>
    }
}
