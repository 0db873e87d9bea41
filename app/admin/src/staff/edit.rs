//! Changing a staff member. A conflict shows the new state and keeps the typed one.

use super::access::{Access, AccessFields};
use crate::util::{bad_phone, field_error, lang, toast_failure};
use api::{ApiError, confirm::use_confirming, session::use_me};
use i18n::{failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Lang, Phone,
    staff::{StaffCard, UpdateStaff},
};
use ui::prelude::*;

#[component]
pub(super) fn Edit(card: RwSignal<StaffCard>, editing: RwSignal<bool>) -> impl IntoView {
    let (l, me, toasts, asking) = (lang(), use_me(), use_toasts(), use_confirming());
    let old = card.get_untracked();
    let (version, may_manage) = (RwSignal::new(old.version), old.may_manage);
    let name = RwSignal::new(old.name.clone());
    let phone = RwSignal::new(old.phone.as_ref().map(Phone::pretty).unwrap_or_default());
    let email = RwSignal::new(old.email.clone().unwrap_or_default());
    let language = RwSignal::new(old.lang.code().to_owned());
    let access = Access::of(&old);
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let number = phone.get_untracked();
        let parsed = Phone::parse(&number);
        if !number.trim().is_empty() && parsed.is_none() {
            error.set(Some(bad_phone("/phone")));
            return;
        }
        let mut command = UpdateStaff {
            name: Some(name.get_untracked()),
            phone: Some(parsed),
            email: Some(Some(email.get_untracked().trim().to_owned()).filter(|e| !e.is_empty())),
            lang: Lang::parse(&language.get_untracked()),
            ..UpdateStaff::default()
        };
        if may_manage {
            command.role = Some(access.role());
            command.visibility = Some(access.visibility());
            command.skills = Some(access.skills());
            command.building_ids = Some(access.zone("b"));
            command.complex_ids = Some(access.zone("c"));
        }
        busy.set(true);
        error.set(None);
        let id = card.with_untracked(|c| c.id);
        spawn_local(async move {
            let seen = version.get_untracked();
            match asking.sure(move || api::staff::update(id, seen, command.clone())).await {
                Ok(fresh) => {
                    card.set(fresh);
                    editing.set(false);
                    toasts.success(td_string!(l, staff_admin.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    // The next press saves over it knowingly.
                    if let Ok(fresh) = api::staff::get(id).await {
                        version.set(fresh.version);
                    }
                    conflict.set(true);
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    let languages: Vec<Opt> = Lang::ALL.iter().map(|lang| Opt::new(lang.code(), words::language(*lang))).collect();
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    view! {
        <form class="stack" on:submit=submit>
            {move || conflict.get().then(|| view! { <Banner tone=Tone::Warning text=failure::code(l, Code::Conflict) /> })}
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, people.name) name="name" error=wrong("name") required=true>
                    <Input name="name" value=name autocomplete="off" maxlength=200 />
                </Field>
                <Field label=td_string!(l, people.phone) name="phone" error=wrong("phone")>
                    <PhoneInput name="phone" value=phone />
                </Field>
                <Field label=td_string!(l, people.email) name="email" error=wrong("email")>
                    <Input name="email" kind="email" value=email autocomplete="off" maxlength=254 />
                </Field>
                <Field label=td_string!(l, people.language) name="lang">
                    <Select name="lang" options=languages value=language />
                </Field>
            </div>
            {may_manage.then(|| view! { <AccessFields access=access limit=me.role error=error.into() /> })}
            <div class="row justify-end">
                <Button on_click=move |_| editing.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}
