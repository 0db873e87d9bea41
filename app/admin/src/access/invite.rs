//! Inviting a resident: whom and into which home, then the link, its QR and the short code, this one time.

use crate::util::{field_error, lang, tell_failure, toast_failure};
use api::ApiError;
use i18n::{td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    ContactId, UnitId,
    access::{InviteResident, ResidentInviteFilter, ResidentInviteRow, ResidentInvited},
    people::Relation,
};
use ui::prelude::*;

/// A button that invites a contact to sign in, or somebody new into a unit; and the invitations that wait for it.
#[component]
pub(crate) fn InviteButton(
    #[prop(optional)] contact: Option<ContactId>,
    #[prop(optional)] unit: Option<UnitId>,
) -> impl IntoView {
    let l = lang();
    let (open, made, changed) = (RwSignal::new(false), RwSignal::new(None::<ResidentInvited>), RwSignal::new(0_u32));
    effect(move || {
        if open.get() {
            made.set(None);
        }
    });
    view! {
        <Button size=ButtonSize::Small icon="qr-code" on_click=move |_| open.set(true)>{td_string!(l, access.invite)}</Button>
        <Dialog open=open title=Signal::derive(move || match made.get() {
            Some(_) => td_string!(l, access.invite_ready).to_owned(),
            None => td_string!(l, access.invite_title).to_owned(),
        })>
            {move || match made.get() {
                Some(invited) => view! { <Shown invited=invited open=open /> }.into_any(),
                None => view! { <Form contact=contact unit=unit made=made changed=changed /> }.into_any(),
            }}
            <Waiting filter=ResidentInviteFilter { contact_id: contact, unit_id: unit } changed=changed open=open />
        </Dialog>
    }
}

#[component]
fn Form(
    contact: Option<ContactId>,
    unit: Option<UnitId>,
    made: RwSignal<Option<ResidentInvited>>,
    changed: RwSignal<u32>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (name, relation) = (RwSignal::new(String::new()), RwSignal::new(Relation::Owner.as_str().to_owned()));
    let (busy, error) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command = InviteResident {
            contact_id: contact,
            unit_id: unit,
            relation: relation.get_untracked().parse().ok().filter(|_| unit.is_some()),
            name: Some(name.get_untracked()).filter(|n| !n.trim().is_empty()),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::access::invite(command).await {
                Ok(invited) => {
                    made.set(Some(invited));
                    changed.update(|n| *n += 1);
                }
                Err(refused) => {
                    toast_failure(toasts, l, &refused);
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    let wrong = move |field: &'static str| field_error(error.into(), l, field);
    let lead = if contact.is_some() { td_string!(l, access.invite_contact) } else { td_string!(l, access.invite_unit) };
    view! {
        <form class="stack" on:submit=submit>
            <p class="m-0">{lead}</p>
            {unit.is_some().then(|| view! {
                <Field label=td_string!(l, people.name) name="name" error=wrong("name") optional=true>
                    <Input name="name" value=name autocomplete="off" maxlength=200 />
                </Field>
                <Field label=td_string!(l, access.relation) name="relation" error=wrong("relation")>
                    <Select name="relation" options=relations value=relation />
                </Field>
            })}
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, access.make_invite)}</Button>
            </div>
        </form>
    }
}

#[component]
fn Shown(invited: ResidentInvited, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let until = when::full(l, invited.expires_at);
    let link = whole_link(invited.link);
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
            <p class="m-0">{td_string!(l, access.invite_once, until = until).to_string()}</p>
            <div class="flex gap-2">
                <div class="grow"><Input name="link" initial=link readonly=true label=td_string!(l, staff_admin.link) /></div>
                <Button icon="copy" on_click=copy>{td_string!(l, staff_admin.copy)}</Button>
            </div>
            <div class="flex flex-wrap items-center gap-4">
                <div class="bg-white rounded-box p-2 w-48" role="img" aria-label=td_string!(l, access.qr) inner_html=invited.qr></div>
                <div>
                    <span class="block text-sm text-muted">{td_string!(l, access.short_code)}</span>
                    <span class="block text-2xl font-semibold num">{invited.code}</span>
                    <span class="block text-sm text-muted">{td_string!(l, access.short_code_help)}</span>
                </div>
            </div>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{td_string!(l, staff_admin.done)}</Button>
            </div>
        </div>
    }
}

/// Without a configured address the page knows where it is.
pub(super) fn whole_link(link: String) -> String {
    if link.starts_with('/') { format!("{}{link}", window().location().origin().unwrap_or_default()) } else { link }
}

/// Invitations nobody has taken up yet.
#[component]
fn Waiting(filter: ResidentInviteFilter, changed: RwSignal<u32>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    // Asked for when somebody looks, not with every card.
    let found = Resource::new(
        move || (open.get(), changed.get()),
        move |(open, _)| async move { if open { api::access::invitations(filter).await } else { Ok(Vec::new()) } },
    );
    let revoke = Callback::new(move |row: ResidentInviteRow| {
        spawn_local(async move {
            match api::access::revoke_invite(row.id).await {
                Ok(()) => toasts.success(td_string!(l, staff_admin.revoked)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            found.refetch();
        });
    });
    let row = move |row: ResidentInviteRow| {
        let about = [
            row.relation.map(|r| words::relation(l, r).to_owned()),
            row.invited_by.clone(),
            Some(td_string!(l, staff_admin.until, time = when::full(l, row.expires_at)).to_string()),
        ];
        let taken = row.clone();
        view! {
            <div class="flex flex-wrap items-center gap-2 py-2 border-t border-line">
                <span class="grow min-w-40">
                    <span class="block">{row.name.clone().unwrap_or_else(|| td_string!(l, access.somebody).to_owned())}</span>
                    <span class="block text-xs text-muted">{about.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
                </span>
                <Button size=ButtonSize::Small on_click=move |_| revoke.run(taken.clone())>{td_string!(l, staff_admin.revoke)}</Button>
            </div>
        }
    };
    tell_failure(found);
    view! {
        <Transition>
            {move || found.get().and_then(Result::ok).filter(|rows| !rows.is_empty()).map(|rows| view! {
                <div class="mt-4">
                    <h3 class="m-0 mb-2 text-sm font-semibold">{td_string!(l, access.invites_waiting)}</h3>
                    {rows.into_iter().map(row).collect_view()}
                </div>
            })}
        </Transition>
    }
}
