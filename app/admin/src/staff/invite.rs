//! Inviting: a form, then the link; and the invitations that wait.

use super::access::{Access, AccessFields};
use crate::util::{field_error, lang, tell_failure, toast_failure};
use api::{
    ApiError,
    confirm::use_confirming,
    session::{use_me, use_now},
};
use i18n::{td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Lang, Phone, Role,
    staff::{InviteRow, InviteStaff, Invited},
};
use ui::prelude::*;

#[component]
pub(super) fn InviteDialog(open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let made = RwSignal::new(None::<Invited>);
    effect(move || {
        if open.get() {
            made.set(None);
        }
    });
    view! {
        <Dialog open=open wide=true title=Signal::derive(move || match made.get() {
            Some(_) => td_string!(l, staff_admin.invited_title).to_owned(),
            None => td_string!(l, staff_admin.invite_title).to_owned(),
        })>
            {move || match made.get() {
                Some(invited) => view! { <Link invited=invited open=open /> }.into_any(),
                None => view! { <Form made=made on_done=on_done /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Form(made: RwSignal<Option<Invited>>, on_done: Callback<()>) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let (name, phone, email) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let language = RwSignal::new(i18n::lang(l).code().to_owned());
    let access = Access::new(Role::Staff);
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (toasts, asking) = (use_toasts(), use_confirming());
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let number = phone.get_untracked();
        let parsed = Phone::parse(&number);
        if !number.trim().is_empty() && parsed.is_none() {
            error.set(Some(crate::util::bad_phone("/phone")));
            return;
        }
        let command = InviteStaff {
            name: name.get_untracked(),
            role: access.role(),
            phone: parsed,
            email: Some(email.get_untracked().trim().to_owned()).filter(|e| !e.is_empty()),
            lang: Lang::parse(&language.get_untracked()).unwrap_or_default(),
            visibility: Some(access.visibility()),
            skills: access.skills(),
            building_ids: access.zone("b"),
            complex_ids: access.zone("c"),
        };
        busy.set(true);
        spawn_local(async move {
            match asking.sure(move || api::staff::invite(command.clone())).await {
                Ok(invited) => {
                    made.set(Some(invited));
                    let _ = on_done.try_run(());
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
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, people.name) name="name" error=wrong("name") required=true>
                    <Input name="name" value=name autocomplete="off" maxlength=200 />
                </Field>
                <Field label=td_string!(l, people.phone) name="phone" error=wrong("phone") optional=true>
                    <PhoneInput name="phone" value=phone />
                </Field>
                <Field label=td_string!(l, people.email) name="email" error=wrong("email") optional=true help=td_string!(l, staff_admin.email_help)>
                    <Input name="email" kind="email" value=email autocomplete="off" maxlength=254 />
                </Field>
                <Field label=td_string!(l, people.language) name="lang">
                    <Select name="lang" options=languages value=language />
                </Field>
            </div>
            <AccessFields access=access limit=me.role error=error.into() />
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, staff_admin.send_invite)}</Button>
            </div>
        </form>
    }
}

/// The link, this one time.
#[component]
fn Link(invited: Invited, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let until = when::full(l, invited.expires_at);
    let text = if invited.mailed {
        td_string!(l, staff_admin.invited_mailed, until = until).to_string()
    } else {
        td_string!(l, staff_admin.invited_show, until = until).to_string()
    };
    // Without a configured address the page knows where it is.
    let link = if invited.link.starts_with('/') {
        format!("{}{}", window().location().origin().unwrap_or_default(), invited.link)
    } else {
        invited.link
    };
    let for_copy = link.clone();
    let copy = move |_| {
        let promise = window().navigator().clipboard().write_text(&for_copy);
        spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(promise).await.is_ok() {
                toasts.success(td_string!(l, staff_admin.copied));
            }
        });
    };
    view! {
        <div class="stack">
            <p>{text}</p>
            <div class="flex gap-2">
                <div class="grow"><Input name="link" initial=link readonly=true label=td_string!(l, staff_admin.link) /></div>
                <Button icon="copy" on_click=copy>{td_string!(l, staff_admin.copy)}</Button>
            </div>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{td_string!(l, staff_admin.done)}</Button>
            </div>
        </div>
    }
}

/// Invitations nobody has taken up yet.
#[component]
pub(super) fn Waiting(#[prop(into)] changed: Signal<u32>) -> impl IntoView {
    let (l, now, toasts) = (lang(), use_now(), use_toasts());
    let found = Resource::new(move || changed.get(), |_| api::staff::invitations());
    let revoke = Callback::new(move |row: InviteRow| {
        spawn_local(async move {
            match api::staff::revoke_invite(row.id).await {
                Ok(()) => toasts.success(td_string!(l, staff_admin.revoked)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            found.refetch();
        });
    });
    tell_failure(found);
    view! {
        <Transition>
            {move || found.get().and_then(Result::ok).filter(|rows| !rows.is_empty()).map(|rows| view! {
                <Card title=td_string!(l, staff_admin.waiting) flush=true class="mt-4">
                    {rows.into_iter().map(|row| {
                        let until = row.expires_at;
                        let taken = row.clone();
                        let about = [Some(words::role(l, row.role).to_owned()), row.email.clone(), row.phone.as_ref().map(Phone::pretty), row.invited_by.clone()];
                        view! {
                            <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
                                <Icon name="mail" class="text-muted" />
                                <span class="grow min-w-40">
                                    <span class="block">{row.name.clone()}</span>
                                    <span class="block text-xs text-muted">{about.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
                                </span>
                                <span class="text-sm text-muted" title=when::full(l, until)>
                                    {move || td_string!(l, staff_admin.until, time = when::moment(l, until, now.get())).to_string()}
                                </span>
                                <Button size=ButtonSize::Small on_click=move |_| revoke.run(taken.clone())>{td_string!(l, staff_admin.revoke)}</Button>
                            </div>
                        }
                    }).collect_view()}
                </Card>
            })}
        </Transition>
    }
}
