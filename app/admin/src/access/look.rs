//! Looking at the product as another person, for support: why is asked first, and kept.

use crate::util::{field_error, lang, toast_failure};
use api::{ApiError, confirm::use_confirming};
use i18n::td_string;
use leptos::{html, prelude::*, task::spawn_local};
use model::{ContactId, UserId, auth::LookAs};
use ui::prelude::*;

/// A button that begins a look as a staff member or as a resident. Whether it may be is asked in place; then the form goes
/// to the server, which changes the browser's session.
#[component]
pub(crate) fn LookAsButton(
    #[prop(optional)] user: Option<UserId>,
    #[prop(optional)] contact: Option<ContactId>,
    name: Signal<String>,
    #[prop(optional)] size: ButtonSize,
) -> impl IntoView {
    let (l, open) = (lang(), RwSignal::new(false));
    let title = Signal::derive(move || td_string!(l, access.look_title, name = name.get()).to_string());
    view! {
        <Button size=size icon="eye" on_click=move |_| open.set(true)>{td_string!(l, access.look_as)}</Button>
        <Dialog open=open title=title>
            <Ask user=user contact=contact />
        </Dialog>
    }
}

#[component]
fn Ask(user: Option<UserId>, contact: Option<ContactId>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let (reason, busy, error) = (RwSignal::new(String::new()), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let form = NodeRef::<html::Form>::new();
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let command = LookAs { user_id: user, contact_id: contact, reason: reason.get_untracked() };
        spawn_local(async move {
            match asking.sure(move || api::auth::may_look_as(command.clone())).await {
                Ok(()) => {
                    // Past the listener of this form: the page goes on as that person.
                    if let Some(form) = form.try_get_untracked().flatten() {
                        let _ = form.submit();
                    }
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                    busy.set(false);
                }
            }
        });
    };
    let wrong = move |name: &'static str| field_error(error.into(), l, name);
    let (of_user, of_contact) = (wrong("user_id"), wrong("contact_id"));
    let closed = Signal::derive(move || of_user.get().or_else(|| of_contact.get()));
    view! {
        <form class="stack" method="post" action="/look-as" node_ref=form on:submit=submit>
            <p class="m-0">{td_string!(l, access.look_lead)}</p>
            {user.map(|id| view! { <input type="hidden" name="user_id" value=id.to_string() /> })}
            {contact.map(|id| view! { <input type="hidden" name="contact_id" value=id.to_string() /> })}
            {move || closed.get().map(|text| view! { <Banner tone=Tone::Warning text=text /> })}
            <Field label=td_string!(l, access.look_reason) name="reason" error=wrong("reason") required=true>
                <Textarea name="reason" value=reason maxlength=500 />
            </Field>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, access.look_begin)}</Button>
            </div>
        </form>
    }
}
