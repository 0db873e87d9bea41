//! "Is it still you?": the dialog that dangerous actions wait for.

use api::{ApiError, confirm::use_confirming, session::use_me};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::auth::ConfirmSelf as Command;
use ui::prelude::*;

/// Asks for the password, or for a code where the second factor is on. Once in a frame.
#[component]
pub fn ConfirmSelf() -> impl IntoView {
    let (l, toasts, asking) = (crate::locale(), use_toasts(), use_confirming());
    let (open, totp) = (asking.open(), use_me().totp);
    let (password, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    effect(move || {
        if !open.get() {
            password.set(String::new());
            code.set(String::new());
            error.set(None);
        }
    });
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let typed = |text: RwSignal<String>| Some(text.get_untracked()).filter(|text| !text.trim().is_empty());
        let command = Command { password: typed(password), totp: typed(code) };
        spawn_local(async move {
            match api::auth::confirm(command).await {
                Ok(()) => {
                    asking.end(true);
                    open.set(false);
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toasts.error(failure::sentence(l, &refused.0), Some(refused.code().as_str().to_owned()));
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    let wrong = move |name: &'static str| {
        Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.0.field(name)).map(|f| failure::field(l, f))))
    };
    view! {
        <Dialog open=open title=td_string!(l, auth.confirm_title) on_close=move |()| asking.end(false)>
            <form class="stack" on:submit=submit>
                <p class="m-0">{if totp { td_string!(l, auth.confirm_text_totp) } else { td_string!(l, auth.confirm_text) }}</p>
                <Field label=td_string!(l, auth.password) name="confirm-password" error=wrong("password")>
                    <Input name="confirm-password" kind="password" value=password autocomplete="current-password" maxlength=200 />
                </Field>
                {totp.then(|| view! {
                    <Field label=td_string!(l, auth.confirm_or_totp) name="confirm-totp" error=wrong("totp")>
                        <Input name="confirm-totp" value=code inputmode="numeric" autocomplete="one-time-code" maxlength=40 />
                    </Field>
                })}
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, auth.confirm)}</Button>
                </div>
            </form>
        </Dialog>
    }
}
