//! What is known about a request, editable in place. A conflict shows the new state and keeps the typed one.

use super::{
    clock::{Counted, Promises, Told, Waiting},
    page::Open,
    problem::{ProblemFact, problem_options, use_classifier},
};
use crate::util::{
    PhoneLink, category_icon, category_options, kind_options, lang, priority_options, requests_about, toast_failure,
};
use api::session::use_now;
use i18n::{failure, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    requests::{RequestCard, UpdateRequest},
};
use ui::prelude::*;

#[component]
pub(super) fn Facts(open: Open, told: Told) -> impl IntoView {
    let l = lang();
    let editing = RwSignal::new(false);
    let may_edit = open.part(|card| card.may_edit && card.status.is_open());
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

/// The form over the facts. It holds what the editor saw, so a foreign change is noticed, not overwritten.
#[component]
fn Edit(open: Open, editing: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let seen = RwSignal::new(open.card.get_untracked());
    let old = seen.get_untracked();
    let description = RwSignal::new(old.description);
    let category = RwSignal::new(old.category.to_string());
    let problem = RwSignal::new(old.problem.as_ref().map(|p| p.id.to_string()).unwrap_or_default());
    let all = use_classifier();
    let problems = Signal::derive(move || {
        let category = category.with(|text| text.parse().ok());
        all.with(|all| all.as_ref().map(|all| problem_options(l, all, category)).unwrap_or_default())
    });
    // A problem brings its category; a category of another kind takes the problem away.
    let of = move |id: &str| {
        all.with_untracked(|all| all.as_ref()?.problems.iter().find(|p| p.id.to_string() == id).map(|p| p.category))
    };
    let taken = Callback::new(move |id: String| {
        if let Some(found) = of(&id) {
            category.set(found.to_string());
        }
    });
    Effect::new(move |_| {
        let chosen = category.get();
        if problem.with_untracked(|id| of(id)).is_some_and(|c| c.to_string() != chosen) {
            problem.set(String::new());
        }
    });
    let kind = RwSignal::new(old.kind.to_string());
    let priority = RwSignal::new(old.priority.to_string());
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<String>);
    let save = Callback::new(move |()| {
        let base = seen.get_untracked();
        let command = UpdateRequest {
            description: Some(description.get_untracked().trim().to_owned()).filter(|text| *text != base.description),
            category: category.get_untracked().parse().ok().filter(|v| *v != base.category),
            problem_id: Some(problem.get_untracked().parse().ok())
                .filter(|id| *id != base.problem.as_ref().map(|p| p.id)),
            kind: kind.get_untracked().parse().ok().filter(|v| *v != base.kind),
            priority: priority.get_untracked().parse().ok().filter(|v| *v != base.priority),
            due_at: None,
        };
        if command == UpdateRequest::default() {
            editing.set(false);
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::requests::update(open.id, base.version, command).await {
                Ok(card) => {
                    open.take(card);
                    editing.set(false);
                    toasts.success(td_string!(l, requests.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    // Shows what is there now; the next press saves over it knowingly.
                    if let Ok(fresh) = api::requests::get(open.id).await {
                        seen.set(fresh.clone());
                        open.take(fresh);
                    }
                    conflict.set(true);
                }
                Err(refused) => match refused.0.field("description") {
                    Some(field) => error.set(Some(failure::field(l, field))),
                    None => toast_failure(toasts, l, &refused),
                },
            }
            busy.set(false);
        });
    });
    view! {
        <form class="stack" on:submit=move |ev| {
            ev.prevent_default();
            save.run(());
        }>
            {move || conflict.get().then(|| {
                let now = seen.get();
                view! {
                    <Banner tone=Tone::Warning title=failure::code(l, Code::Conflict)>
                        <div class="grid gap-1">
                            <span class="text-muted">{td_string!(l, requests.now_there)}</span>
                            <span class="whitespace-pre-wrap">{now.description.clone()}</span>
                            <span>{format!("{} · {} · {}", words::category(l, now.category), words::kind(l, now.kind), words::priority(l, now.priority))}</span>
                        </div>
                    </Banner>
                }
            })}
            <Field label=td_string!(l, requests.description) name="edit-description" error=error>
                <Textarea name="edit-description" value=description rows=4 maxlength=4000 on_submit=save />
            </Field>
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, requests.category) name="edit-category">
                    <Select name="edit-category" options=category_options(l) value=category />
                </Field>
                <Field label=td_string!(l, classifier.problem) name="edit-problem">
                    <Combobox name="edit-problem" options=problems value=problem placeholder=td_string!(l, classifier.choose) on_change=taken />
                </Field>
                <Field label=td_string!(l, requests.kind) name="edit-kind">
                    <Select name="edit-kind" options=kind_options(l) value=kind />
                </Field>
                <Field label=td_string!(l, requests.priority) name="edit-priority">
                    <Select name="edit-priority" options=priority_options(l) value=priority />
                </Field>
            </div>
            <div class="row justify-end">
                <Button on_click=move |_| editing.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}
