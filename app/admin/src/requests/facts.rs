//! What is known about a request, editable in place.

use super::{
    clock::{Counted, Promises, Told, Waiting},
    edit::{Edit, unfinished},
    page::Open,
    problem::ProblemFact,
};
use crate::util::{PhoneLink, category_icon, lang, requests_about};
use api::session::use_now;
use i18n::{td_string, when, words};
use leptos::prelude::*;
use model::requests::RequestCard;
use ui::prelude::*;

#[component]
pub(super) fn Facts(open: Open, told: Told) -> impl IntoView {
    let l = lang();
    let editing = RwSignal::new(false);
    let may_edit = open.part(|card| card.may_edit && card.status.is_open());
    // What was being written when the page went away stands there again.
    effect(move || {
        if may_edit.get_untracked() && unfinished(open).is_some() {
            editing.set(true);
        }
    });
    use_hotkey("e", move |_| {
        if may_edit.get_untracked() {
            editing.set(true);
        }
    });
    view! {
        <Card title=td_string!(l, requests.facts) actions=move || view! {
            {move || (may_edit.get() && !editing.get()).then(|| view! {
                <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="pencil" on_click=move |_| editing.set(true)>
                    {td_string!(l, common.edit)}
                </Button>
            })}
        }>
            {move || if editing.get() {
                view! { <Edit open=open editing=editing /> }.into_any()
            } else {
                view! { <Words open=open told=told /> }.into_any()
            }}
        </Card>
        <Card title=td_string!(l, requests.place_and_people)>
            <People open=open />
        </Card>
    }
}

#[component]
fn Words(open: Open, told: Told) -> impl IntoView {
    let l = lang();
    let description = open.part(|card| card.description.clone());
    let category = open.part(|card| card.category);
    let kind = open.part(|card| card.kind);
    let priority = open.part(|card| card.priority);
    view! {
        <div class="stack">
            <p class="m-0 text-base whitespace-pre-wrap wrap-anywhere">
                {move || {
                    let text = description.get();
                    if text.is_empty() {
                        view! { <span class="text-muted">{td_string!(l, requests.no_words)}</span> }.into_any()
                    } else {
                        text.into_any()
                    }
                }}
            </p>
            <KeyValues>
                <Fact label=td_string!(l, requests.category)>
                    {move || view! { <Icon name=category_icon(category.get()) class="mr-1.5 text-muted" /> }}
                    {move || words::category(l, category.get())}
                </Fact>
                <ProblemFact open=open />
                <Fact label=td_string!(l, requests.kind)>{move || words::kind(l, kind.get())}</Fact>
                <Fact label=td_string!(l, requests.priority)>{move || words::priority(l, priority.get())}</Fact>
                <Promises told=told />
                <Dates open=open />
            </KeyValues>
            <Counted told=told />
            <Waiting open=open />
        </div>
    }
}

/// Pause, result and rating: only those there are.
#[component]
fn Dates(open: Open) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let card = open.card;
    let time = move |pick: fn(&RequestCard) -> Option<chrono::DateTime<chrono::Utc>>, label: &'static str| {
        move || {
            card.with(pick).map(|at| view! {
                <Fact label=label><span title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span></Fact>
            })
        }
    };
    let text = move |pick: fn(&RequestCard) -> Option<String>, label: &'static str| {
        move || {
            card.with(pick).filter(|text| !text.is_empty()).map(|text| {
                view! {
                    <Fact label=label><span class="whitespace-pre-wrap">{text}</span></Fact>
                }
            })
        }
    };
    view! {
        {time(|c| c.deferred_until, td_string!(l, requests.deferred_until))}
        {text(|c| c.reason.clone(), td_string!(l, requests.reason))}
        {time(|c| c.completed_at, td_string!(l, requests.completed_at))}
        {text(|c| c.result.clone(), td_string!(l, requests.result))}
        {time(|c| c.closed_at, td_string!(l, requests.closed_at))}
        {move || card.with(|c| (c.returns > 0).then_some(c.returns)).map(|n| view! {
            <Fact label=td_string!(l, deadlines.returns)><span class="num">{n}</span></Fact>
        })}
        {move || card.with(|c| c.rating).and_then(|stars| u8::try_from(stars).ok()).map(|stars| view! {
            <Fact label=td_string!(l, requests.rating)>
                <StarsShown value=stars />
                {card.with(|c| c.rating_reasons.iter().map(|r| i18n::outages::rating_reason(l, *r)).collect::<Vec<_>>().join(", "))}
                {card.with(|c| c.rating_comment.clone()).map(|text| view! { <div>{text}</div> })}
            </Fact>
        })}
    }
}

#[component]
fn People(open: Open) -> impl IntoView {
    let l = lang();
    let card = open.card;
    let place = open.part(|c| (c.address.clone(), c.building_id, c.latitude.zip(c.longitude), c.building_hint.clone()));
    let contact = open.part(|c| (c.contact_id, c.contact_name.clone(), c.contact_phone.clone()));
    let assignee = open.part(|c| (c.assignee.clone(), c.assignee_phone.clone()));
    view! {
        <KeyValues>
            <Fact label=td_string!(l, requests.address)>
                {move || {
                    let (address, building, spot, _) = place.get();
                    view! {
                        <a class="link" href=format!("/desk/buildings/{building}")>{address.clone()}</a>
                        <div class="row gap-x-3 gap-y-0 text-sm">
                            {spot.map(|(lat, lon)| view! {
                                <a class="link" target="_blank" rel="noopener external"
                                    href=format!("https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}")>
                                    <Icon name="map-pin" size=IconSize::Small /> " " {td_string!(l, requests.on_map)}
                                </a>
                            })}
                            <a class="link" href=requests_about(&address)>{td_string!(l, requests.same_address)}</a>
                        </div>
                    }
                }}
            </Fact>
            {move || place.get().3.map(|hint| view! {
                <Fact label=td_string!(l, requests.hint)><span class="whitespace-pre-wrap">{hint}</span></Fact>
            })}
            <Fact label=td_string!(l, requests.caller)>
                {move || {
                    let (id, name, phone) = contact.get();
                    let name = name.unwrap_or_else(|| "—".to_owned());
                    view! {
                        {match id {
                            Some(id) => view! { <a class="link" href=format!("/desk/people/{id}")>{name}</a> }.into_any(),
                            None => name.into_any(),
                        }}
                        {phone.map(|phone| view! { <div><PhoneLink phone=phone /></div> })}
                    }
                }}
            </Fact>
            <Fact label=td_string!(l, requests.assignee)>
                {move || {
                    let (person, phone) = assignee.get();
                    match person {
                        Some(person) => view! {
                            <span class="inline-flex items-center gap-2">
                                <Avatar name=person.name.clone() decorative=true />
                                <a class="link" href=format!("/desk?assignee={}", person.id)>{person.name}</a>
                            </span>
                            {phone.map(|phone| view! { <div><PhoneLink phone=phone /></div> })}
                        }
                        .into_any(),
                        None => view! { <span class="text-muted">{td_string!(l, common.nobody)}</span> }.into_any(),
                    }
                }}
            </Fact>
            {move || card.with(|c| c.assignment.clone()).map(|why| view! {
                <Fact label=td_string!(l, assignment.why)>
                    {format!("{}: {}", td_string!(l, assignment.chosen), words::why(l, &why))}
                </Fact>
            })}
            <Fact label=td_string!(l, requests.source)>{move || words::source(l, card.with(|c| c.source))}</Fact>
        </KeyValues>
    }
}
