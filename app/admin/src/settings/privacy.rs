//! `/desk/settings/privacy`: what of people is covered, and from whom.

use super::{ConflictNote, Frame, loaded};
use crate::util::{lang, toast_failure};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    people::{Privacy, PrivacyRules},
};
use ui::prelude::*;

#[component]
pub fn PrivacyPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::people::privacy());
    view! { <Frame path="/desk/settings/privacy">{loaded(found, |saved| view! { <Form saved=saved /> })}</Frame> }
        .into_any()
}

#[component]
fn Form(saved: Privacy) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let version = RwSignal::new(saved.version);
    let hide = RwSignal::new(saved.rules.hide_phones);
    let dispatchers = RwSignal::new(saved.rules.dispatchers_reveal);
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let rules = PrivacyRules { hide_phones: hide.get_untracked(), dispatchers_reveal: dispatchers.get_untracked() };
        busy.set(true);
        spawn_local(async move {
            match api::people::save_privacy(version.get_untracked(), rules).await {
                Ok(fresh) => {
                    version.set(fresh.version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::people::privacy().await {
                        version.set(fresh.version);
                    }
                    conflict.set(true);
                }
                Err(refused) => toast_failure(toasts, l, &refused),
            }
            busy.set(false);
        });
    };
    view! {
        <Card class="max-w-2xl">
            <form class="stack" on:submit=submit>
                <p class="text-muted m-0">{td_string!(l, people.privacy_lead)}</p>
                <ConflictNote shown=conflict />
                <Checkbox name="hide_phones" switch=true label=td_string!(l, people.privacy_phones) hint=td_string!(l, people.privacy_phones_hint) checked=hide />
                <Checkbox name="dispatchers_reveal" switch=true label=td_string!(l, people.privacy_dispatchers) hint=td_string!(l, people.privacy_dispatchers_hint) checked=dispatchers />
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
