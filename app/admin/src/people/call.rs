//! Who is calling: one screen for the time of a call. Digits choose an address; `n` presses the page's own
//! new request, which knows who and where.

use super::parts::{RequestLines, Telephone, relation_line};
use crate::{
    outages::Here,
    util::{Failed, PhoneLink, encode, lang},
};
use api::session::use_me;
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, Permission, Phone,
    outages::OutageCall,
    people::{CallCard, CallHome, CallPerson},
};
use ui::prelude::*;

/// `/desk/call/:id`, where the id is the number.
#[component]
pub fn CallPage() -> impl IntoView {
    let params = use_params_map();
    let phone = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|text| Phone::parse(&text)));
    let found = Resource::new(
        move || phone.get(),
        |phone| async move {
            match phone {
                Some(phone) => api::people::call(phone).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Call card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/people" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// The form of a new request with everything the call says already.
fn request_href(phone: &Phone, person: Option<&CallPerson>, home: Option<&CallHome>) -> String {
    // They are on the line: the request came by a call.
    let mut href = format!("/desk/requests/new?source=call&phone={}", encode(phone.as_str()));
    if let Some(person) = person {
        href += &format!("&contact_id={}", person.contact.id);
    }
    if let Some(home) = home {
        href += &format!("&unit_id={}&address={}", home.unit_id, encode(&home.address));
    }
    href
}

/// Of several people with one number, who lives in the home that is chosen.
fn speaker<'a>(card: &'a CallCard, home: Option<&CallHome>) -> Option<&'a CallPerson> {
    let there = home.and_then(|home| {
        let lives = |person: &&CallPerson| home.people.iter().any(|n| n.id == person.contact.id);
        card.people.iter().find(lives)
    });
    there.or(card.people.first())
}

#[component]
fn Call(card: CallCard) -> impl IntoView {
    let l = lang();
    let at = RwSignal::new(0_usize);
    let homes = card.homes.len();
    let kept = StoredValue::new(card.clone());
    let href = move || {
        kept.with_value(|card| {
            let home = card.homes.get(at.get());
            request_href(&card.phone, speaker(card, home), home)
        })
    };
    for (key, n) in ["1", "2", "3", "4", "5", "6", "7", "8", "9"].into_iter().zip(0_usize..) {
        if n < homes {
            use_hotkey(key, move |_| at.set(n));
        }
    }
    let title = card.phone.pretty();
    let known = !card.people.is_empty();
    let subtitle = match (&card.staff, card.landline) {
        (Some(name), _) => Some(td_string!(l, people.call_staff, name = name.clone()).to_string()),
        (None, true) => Some(td_string!(l, people.landline).to_owned()),
        (None, false) => None,
    };
    let me = use_me();
    let creates = me.can(Permission::ResidentsCreate);
    let new_person = format!("/desk/people/new?phone={}", encode(card.phone.as_str()));
    let asks = me.can(Permission::RequestsCreate);
    let unknown_requests = card.unknown_requests.clone();
    let number = card.phone.clone();
    view! {
        <Title text=title.clone() />
        <PageHeader title=title subtitle=subtitle back="/desk/people"
            tags=move || view! { <Pill text=td_string!(l, people.call_card) tone=Tone::Brand icon="phone-call" /> }
            actions=move || view! {
                {creates.then(|| view! { <Button href=new_person.clone() icon="user-plus">{td_string!(l, people.new_person)}</Button> })}
                {asks.then(|| view! {
                    <a class="btn btn-primary" href=href aria-keyshortcuts="n"><Icon name="plus" /> {td_string!(l, desk.new_request)} <kbd class="kbd kbd-sm max-sm:hidden">"N"</kbd></a>
                })}
            } />
        {(!known).then(|| view! {
            <Banner tone=Tone::Info title=td_string!(l, people.call_unknown) text=td_string!(l, people.call_unknown_text)>
                <PhoneLink phone=number />
            </Banner>
        })}
        <div class="split">
            <div class="stack">
                {(homes > 0).then(|| view! { <Homes card=card.clone() at=at /> })}
                {(known && homes == 0).then(|| view! { <Card><EmptyState text=td_string!(l, people.no_homes) icon="home" /></Card> })}
                {(!unknown_requests.is_empty() || !known).then(|| view! {
                    <Card title=td_string!(l, people.call_requests) flush=true><RequestLines rows=unknown_requests places=true /></Card>
                })}
            </div>
            <div class="stack">
                {card.people.into_iter().map(|person| view! { <Person person=person /> }).collect_view()}
            </div>
        </div>
    }
}

/// The homes as a row of choices with the chosen one underneath.
#[component]
fn Homes(card: CallCard, at: RwSignal<usize>) -> impl IntoView {
    let l = lang();
    // Who speaks from each home: a call about an outage is written down in their name.
    let spoken = card.homes.iter().map(|home| {
        let person = speaker(&card, Some(home)).map(|person| &person.contact);
        OutageCall {
            contact_id: person.map(|contact| contact.id),
            unit_id: Some(home.unit_id),
            name: person.map(|contact| contact.name.clone()),
            phone: Some(card.phone.clone()),
        }
    });
    let kept = StoredValue::new(card.homes.iter().cloned().zip(spoken).collect::<Vec<_>>());
    let several = card.homes.len() > 1;
    let hydrated = use_hydrated();
    let choices = card.homes.iter().map(|h| h.address.clone()).enumerate().map(|(n, address)| {
        view! {
            <Chip text=if n < 9 { format!("{} · {address}", n + 1) } else { address } active=Signal::derive(move || at.get() == n) on_click=move || at.set(n) />
        }
    });
    view! {
        {several.then(|| view! { <div class="flex flex-wrap gap-2" role="group" aria-label=td_string!(l, people.homes)>{choices.collect_view()}</div> })}
        // All of them are drawn: without scripts every address can be read.
        {move || {
            let alive = hydrated.get();
            kept.with_value(|homes| homes.iter().cloned().enumerate().map(|(n, (home, caller))| view! {
                <div hidden=move || alive && at.get() != n><Home home=home caller=caller /></div>
            }).collect_view())
        }}
    }
}

#[component]
fn Home(home: CallHome, caller: OutageCall) -> impl IntoView {
    let l = lang();
    let place = format!("unit:{}", home.unit_id);
    let unit = format!("/desk/units/{}", home.unit_id);
    let open = unit.clone();
    let neighbours = home.people.into_iter().map(|person| {
        let about = relation_line(l, person.relation, person.share);
        view! {
            <a class="flex items-center gap-2 px-4 py-2 border-b border-line last:border-b-0 text-inherit no-underline hover:bg-base-200"
                href=format!("/desk/people/{}", person.id)>
                <Avatar name=person.name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block">{person.name.clone()}</span>
                    <span class="block text-xs text-muted">{about}</span>
                </span>
                {person.calls.then(|| view! { <Pill text=td_string!(l, people.calls) tone=Tone::Brand icon="phone-call" plain=true /> })}
            </a>
        }
    });
    let people = neighbours.collect_view();
    view! {
        <div class="stack">
            // What is off there is what most calls are about.
            <Here place=Signal::stored(place) caller=move |()| caller.clone() on_call=move |()| {} />
            <Card title=home.address.clone() actions=move || view! {
                <Button size=ButtonSize::Small href=open.clone()>{td_string!(l, people.open_unit)}</Button>
            }>
                <div class="stack">
                    <KeyValues>
                        <Fact label=td_string!(l, property.kind)>{words::unit_kind(l, home.kind)}</Fact>
                        {home.entrance.map(|n| view! { <Fact label=td_string!(l, property.entrance)><span class="font-semibold">{n}</span></Fact> })}
                        {home.floor.map(|n| view! { <Fact label=td_string!(l, property.floor)><span class="font-semibold">{n}</span></Fact> })}
                        {home.account.clone().zip(home.account_id).map(|(n, id)| view! {
                            <Fact label=td_string!(l, people.account)><a class="link num" href=format!("/desk/accounts/{id}")>{n}</a></Fact>
                        })}
                        {home.balance.map(|balance| {
                            let (label, sum) = crate::billing::standing(l, balance);
                            view! { <Fact label=label><span class="num font-semibold">{sum}</span></Fact> }
                        })}
                    </KeyValues>
                    {home.hint.clone().map(|hint| hint_box(l, hint))}
                </div>
            </Card>
            <Card title=td_string!(l, people.requests) flush=true><RequestLines rows=home.requests /></Card>
            <Card title=td_string!(l, property.people) flush=true>{people}</Card>
        </div>
    }
}

fn hint_box(l: Locale, hint: String) -> impl IntoView {
    view! { <Banner tone=Tone::Info icon="key" title=td_string!(l, property.hint)><span class="whitespace-pre-wrap">{hint}</span></Banner> }
}

#[component]
fn Person(person: CallPerson) -> impl IntoView {
    let l = lang();
    let contact = person.contact;
    let href = format!("/desk/people/{}", contact.id);
    let open = href.clone();
    let login = contact.has_login;
    view! {
        <Card title=contact.name.clone() actions=move || view! {
            <Button size=ButtonSize::Small href=open.clone()>{td_string!(l, people.open_person)}</Button>
        }>
            <div class="stack">
                <div class="flex flex-wrap items-center gap-3">
                    {contact.phones.into_iter().map(|phone| view! { <Telephone phone=phone /> }).collect_view()}
                    {login.then(|| view! { <Pill text=td_string!(l, people.has_login) tone=Tone::Success icon="smartphone" plain=true /> })}
                </div>
                {person.note.filter(|n| !n.is_empty()).map(|note| view! { <p class="m-0 whitespace-pre-wrap">{note}</p> })}
            </div>
        </Card>
        <Card title=td_string!(l, people.requests_of_person) flush=true><RequestLines rows=person.requests places=true /></Card>
    }
}
