//! A dialog that does something with a record for a reason a person gives.

use crate::util::{lang, toast_failure};
use api::confirm::use_confirming;
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, pin::Pin};
use ui::prelude::*;

/// What the server answers in the end.
pub(super) type Sent = Pin<Box<dyn Future<Output = api::ApiResult<()>>>>;

/// Opens while something is in the signal; closing empties it.
pub(super) fn opened<T: Send + Sync + 'static>(what: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || {
        let wanted = what.with(Option::is_some);
        if open.get_untracked() != wanted {
            open.set(wanted);
        }
    });
    effect_after(move |before: Option<bool>| {
        let now = open.get();
        if before == Some(true) && !now {
            what.set(None);
        }
        now
    });
    open
}

/// Words of the dialog.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub text: &'static str,
    pub reason: &'static str,
    pub action: &'static str,
    /// Said when it is done.
    pub done: &'static str,
}

#[component]
pub(super) fn ReasonDialog<T: Clone + Send + Sync + 'static>(
    what: RwSignal<Option<T>>,
    #[prop(into)] title: Signal<String>,
    words: Words,
    kind: ButtonKind,
    send: fn(T, String) -> Sent,
    changed: Callback<()>,
) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let open = opened(what);
    let (reason, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(about) = what.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            let why = reason.get_untracked().trim().to_owned();
            match asking.sure(move || send(about.clone(), why.clone())).await {
                Ok(()) => {
                    reason.set(String::new());
                    what.set(None);
                    toasts.success(words.done);
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open title=title>
            <form class="stack" on:submit=submit>
                <p class="m-0">{words.text}</p>
                <Field label=words.reason name="reason" required=true>
                    <Input name="reason" value=reason autocomplete="off" maxlength=500 />
                </Field>
                <div class="row justify-end"><Button kind=kind submit=true loading=busy>{words.action}</Button></div>
            </form>
        </Dialog>
    }
}
