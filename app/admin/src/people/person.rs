//! One person: who they are, where they live, what they asked for, what happened to the record.

use super::{
    homes::{HomeDialog, HomeTask},
    parts::{RequestLines, Telephone, channel, relation_line},
};
use crate::access::PersonAccess;
use crate::{
    audit::History,
    util::{Failed, encode, lang, toast_failure},
};
use api::session::use_me;
use i18n::{td_string, when, words};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, ContactId, Permission, PhoneId,
    audit::ObjectType,
    people::{ContactCard, HomeCard, PhoneView, Reveal, Secret},
    requests::{RequestFilter, RequestRow},
};
use ui::prelude::*;

/// Requests shown with a person; the rest is one press away.
const SHOWN: u32 = 8;

async fn load(id: Option<ContactId>) -> api::ApiResult<(ContactCard, Vec<RequestRow>)> {
    let id = id.ok_or(Code::NotFound)?;
    let card = api::people::contact(id).await?;
    let filter = RequestFilter { contact_id: Some(id), limit: Some(SHOWN), ..RequestFilter::default() };
    Ok((card, api::requests::list(filter).await?.items))
}

/// `/desk/people/:id`.
#[component]
pub fn PersonPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<ContactId>().ok()));
    let found = Resource::new(move || id.get(), load);
    let task = RwSignal::new(None::<HomeTask>);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok((card, requests)) => view! { <Person card=card requests=requests task=task changed=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/people" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
        <HomeDialog task=task on_done=move |()| found.refetch() />
    }
    .into_any()
}

#[component]
fn Person(
    card: ContactCard,
    requests: Vec<RequestRow>,
    task: RwSignal<Option<HomeTask>>,
    changed: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::ResidentsManage);
    let number = card.phones.iter().find_map(|p| p.number.as_ref());
    let phone = number.map(|p| encode(p.as_str())).unwrap_or_default();
    let call = number.map(|_| format!("/desk/call/{phone}"));
    let base = format!("/desk/requests/new?contact_id={}&phone={phone}", card.id);
    // One home is the address; of several the dispatcher chooses.
    let new = {
        let mut homes = card.current_homes();
        match (homes.next(), homes.next()) {
            (Some(home), None) => format!("{base}&unit_id={}&address={}", home.unit_id, encode(&home.address)),
            _ => base.clone(),
        }
    };
    let edit = format!("/desk/people/{}/edit", card.id);
    let has_login = card.has_login;
    let kept = (card.id, card.name.clone(), card.current_homes().next().is_some());
    let history = view! { <History object_type=ObjectType::Contact id=card.id.0 version=card.version /> };
    let all = format!("/desk?status=all&contact={}", card.id);
    view! {
        <Title text=card.name.clone() />
        <PageHeader
            title=card.name.clone()
            back="/desk/people"
            tags=move || has_login.then(|| view! {
                <Pill text=td_string!(l, people.has_login) tone=Tone::Success icon="smartphone" />
            })
            actions=move || view! {
                {call.clone().map(|href| view! { <Button href=href icon="phone-call">{td_string!(l, people.call_card)}</Button> })}
                {manages.then(|| view! { <Button href=edit.clone() icon="pencil">{td_string!(l, common.edit)}</Button> })}
                <Button kind=ButtonKind::Primary href=new.clone() icon="plus">{td_string!(l, desk.new_request)}</Button>
            }
        />
        <div class="split">
            <div class="stack">
                <Homes card=card.clone() base=base manages=manages task=task />
                <Card title=td_string!(l, people.requests) flush=true actions=move || view! {
                    <Button size=ButtonSize::Small href=all.clone()>{td_string!(l, people.all_requests)}</Button>
                }>
                    <RequestLines rows=requests places=true />
                </Card>
            </div>
            <div class="stack">
                <Facts card=card />
                {manages.then(|| view! { <PersonAccess id=kept.0 name=kept.1 lives=kept.2 has_login=has_login on_change=changed /> })}
                {history}
            </div>
        </div>
    }
}

#[component]
fn Facts(card: ContactCard) -> impl IntoView {
    let l = lang();
    let (id, may) = (card.id, card.may_reveal);
    let secret = move |label: &'static str, field: Secret, shown: Option<String>| {
        shown.map(|shown| view! { <Fact label=label><Covered id=id field=field shown=shown may=may /></Fact> })
    };
    view! {
        <Card title=td_string!(l, people.contact)>
            <KeyValues>
                <Fact label=td_string!(l, people.phones)>
                    {if card.phones.is_empty() { Some("—") } else { None }}
                    {card.phones.iter().cloned().map(|phone| view! { <div><OnePhone id=id phone=phone may=may /></div> }).collect_view()}
                </Fact>
                {secret(td_string!(l, people.email), Secret::Email, card.email.clone())}
                <Fact label=td_string!(l, people.language)>{words::language(card.lang)}</Fact>
                {card.channel.map(|c| view! { <Fact label=td_string!(l, people.channel)>{channel(l, c)}</Fact> })}
                {secret(td_string!(l, people.passport), Secret::Passport, card.passport.clone())}
                {secret(td_string!(l, people.pinfl), Secret::Pinfl, card.pinfl.clone())}
                {card.note.clone().filter(|note| !note.is_empty()).map(|note| view! {
                    <Fact label=td_string!(l, people.note)><span class="whitespace-pre-wrap">{note}</span></Fact>
                })}
            </KeyValues>
        </Card>
    }
}

/// A telephone with its kind; a hidden one can be uncovered.
#[component]
fn OnePhone(id: ContactId, phone: PhoneView, may: bool) -> impl IntoView {
    let l = lang();
    let landline = phone.number.as_ref().is_some_and(model::Phone::is_landline);
    if phone.number.is_none() {
        return view! { <Covered id=id field=Secret::Phone phone=phone.id shown=phone.shown may=may /> }.into_any();
    }
    view! {
        <Telephone phone=phone />
        {landline.then(|| view! { <span class="text-xs text-muted">" · " {td_string!(l, people.landline)}</span> })}
    }
    .into_any()
}

/// A covered value. Uncovering asks the server, which remembers who asked; it is covered again when the page is left.
#[component]
fn Covered(
    id: ContactId,
    field: Secret,
    #[prop(optional)] phone: Option<PhoneId>,
    shown: String,
    may: bool,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let ask = move |_: MouseEvent| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::people::reveal(id, Reveal { field, phone_id: phone }).await {
                Ok(answer) => open.set(Some(answer.value)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    };
    let hide = move |_: MouseEvent| open.set(None);
    view! {
        <span class="inline-flex items-center gap-1">
            {move || match open.get() {
                Some(value) => view! { <span class="num select-all">{value}</span> }.into_any(),
                None => view! { <span class="num text-muted">{shown.clone()}</span> }.into_any(),
            }}
            {may.then_some(move || if open.with(Option::is_some) {
                view! { <IconButton icon="eye-off" size=ButtonSize::Small label=td_string!(l, people.cover) on_click=hide /> }.into_any()
            } else {
                view! { <IconButton icon="eye" size=ButtonSize::Small label=td_string!(l, people.reveal) on_click=ask /> }.into_any()
            })}
        </span>
    }
}

#[component]
fn Homes(card: ContactCard, base: String, manages: bool, task: RwSignal<Option<HomeTask>>) -> impl IntoView {
    let l = lang();
    let id = card.id;
    let add = move || {
        manages.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| task.set(Some(HomeTask::Add { contact: id, unit: None }))>
                {td_string!(l, people.add_home)}
            </Button>
        })
    };
    let rows = if card.homes.is_empty() {
        view! { <EmptyState text=td_string!(l, people.no_homes) icon="home" /> }.into_any()
    } else {
        card.homes
            .into_iter()
            .map(|home| {
                let new = format!("{base}&unit_id={}&address={}", home.unit_id, encode(&home.address));
                view! { <HomeLine home=home new=new manages=manages task=task /> }
            })
            .collect_view()
            .into_any()
    };
    view! { <Card title=td_string!(l, people.homes) flush=true actions=add>{rows}</Card> }
}

#[component]
fn HomeLine(home: HomeCard, new: String, manages: bool, task: RwSignal<Option<HomeTask>>) -> impl IntoView {
    let l = lang();
    let day = |day: chrono::NaiveDate| when::date(&day);
    let since = td_string!(l, people.since_day, date = day(home.since)).to_string();
    let dates = match home.until {
        Some(until) => format!("{} – {}", day(home.since), day(until)),
        None => since,
    };
    let ended = home.until.is_some();
    let about = format!("{} · {dates}", relation_line(l, home.relation, home.share));
    let kept = StoredValue::new(home.clone());
    view! {
        <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
            <Icon name=if ended { "history" } else { "home" } class="text-muted" />
            <span class="grow min-w-40">
                <a class="link" href=format!("/desk/units/{}", home.unit_id)>{home.address.clone()}</a>
                <span class="block text-xs text-muted">{about}</span>
            </span>
            {(!ended).then(|| view! { <Button size=ButtonSize::Small icon="plus" href=new>{td_string!(l, desk.new_request)}</Button> })}
            {manages.then(|| view! {
                <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, people.edit_home)
                    on_click=move |_| task.set(Some(HomeTask::Edit(kept.get_value()))) />
                {(!ended).then(|| view! {
                    <IconButton icon="log-out" size=ButtonSize::Small label=td_string!(l, people.end_home)
                        on_click=move |_| task.set(Some(HomeTask::End(kept.get_value()))) />
                })}
            })}
        </div>
    }
}
