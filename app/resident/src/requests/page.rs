//! One request: where it stands, what was promised, who comes, the talk.

use super::{
    actions::{Actions, CancelButton},
    tile::{Promise, sentence},
    timeline::History,
    work::{EstimatePart, Word, WorkerCode},
};
use api::{
    ApiResult,
    session::{use_live, use_now},
};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    Code, RequestId,
    requests::{RequestCard, Status, TimeLeft},
};
use parts::{Answer, StatusPill, TALL, Talk, category_icon, locale, photos, tel_href};
use ui::prelude::*;

/// `/my/requests/:id`.
#[component]
pub fn RequestPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<RequestId>().ok())));
    let changed = use_live().of_request(id.into());
    let card = Resource::new_blocking(
        move || (id.get(), changed.get()),
        |(id, _)| async move {
            match id {
                Some(id) => api::requests::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Title text=td_string!(locale(), resident.request) />
        <Answer from=card lines=10 let:shown>
            <Content card=shown from=card />
        </Answer>
    }
    .into_any()
}

#[component]
fn Content(card: Signal<RequestCard>, from: Resource<ApiResult<RequestCard>>) -> impl IntoView {
    let l = locale();
    let number =
        Memo::new(move |_| card.with(|card| td_string!(l, resident.number, n = card.number.to_string()).to_string()));
    let id = Memo::new(move |_| card.with(|card| card.id));
    let comments = Memo::new(move |_| card.with(|card| card.comments.clone()));
    view! {
        <Title text=Signal::derive(move || format!("{} {}", td_string!(l, resident.request), number.get())) />
        <div class=TALL>
            <Filed card=card />
            <Head card=card number=number />
            <Joined card=card />
            <WorkerCode card=card />
            <EstimatePart card=card from=from />
            <Words card=card />
            <Word card=card />
            <Worker card=card />
            <Card title=td_string!(l, resident.steps)><History card=card /></Card>
            <Card title=td_string!(l, resident.talk)>
                <Talk id=id comments=comments card=from empty=td_string!(l, resident.talk_empty) />
            </Card>
            <CancelButton card=card from=from />
            <Actions card=card from=from />
        </div>
    }
    .into_any()
}

/// Right after filing: the number and the promise, once.
#[component]
fn Filed(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let query = use_query_map();
    // A reload next week finds the same address: the news is news only while the request is young.
    let young = card.with_untracked(|card| card.status == Status::New);
    let fresh = Memo::new(move |_| {
        young && query.with(|query| query.get_str("filed").is_some()) && card.with(|card| card.status.is_open())
    });
    move || {
        fresh.get().then(|| {
            let number = card.with_untracked(|card| card.number.to_string());
            view! {
                <section class="panel p-5 grid gap-1 justify-items-center text-center" role="status">
                    <span class="tone-success tone-text"><Icon name="circle-check" size=IconSize::Huge /></span>
                    <h2 class="m-0 text-3xl">{td_string!(l, resident.filed_title)}</h2>
                    <p class="m-0">{td_string!(l, resident.filed_text, n = number).to_string()}</p>
                </section>
            }
        })
    }
}

/// Others reported the same: the work goes on under one number, and this page shows how.
#[component]
fn Joined(card: Signal<RequestCard>) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let main = Memo::new(move |_| card.with(|card| card.together.main.clone()));
    let created = card.with_untracked(|card| card.created_at);
    move || {
        main.get().map(|main| {
            let time = TimeLeft {
                status: main.status,
                respond_by: None,
                responded_at: None,
                due_at: main.due_at,
                soon_at: None,
                paused: None,
                deferred_until: main.deferred_until,
                completed_at: main.completed_at,
                late: false,
            };
            let (assignee, number) = (main.assignee.clone(), main.number.to_string());
            let say = move || match main.deferred_until.filter(|_| main.status == Status::Deferred) {
                Some(until) => {
                    td_string!(l, resident.say_deferred_until, time = i18n::when::moment(l, until, now.get()))
                        .to_string()
                }
                None => sentence(l, main.status, assignee.as_ref(), created, now.get()),
            };
            view! {
                <section class="panel p-4 grid gap-2" role="status">
                    <h2 class="m-0 text-xl">{td_string!(l, together.my_merged_title)}</h2>
                    <p class="m-0">{td_string!(l, together.my_merged_text, number = number).to_string()}</p>
                    <p class="m-0 font-semibold">{say}</p>
                    <Promise time=Signal::stored(time) />
                </section>
            }
        })
    }
}

#[component]
fn Head(card: Signal<RequestCard>, number: Memo<String>) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let status = Memo::new(move |_| card.with(|card| card.status));
    let time = Memo::new(move |_| card.with(RequestCard::time));
    // A joined request is not cancelled in the reader's eyes: the panel below tells how the work goes.
    let joined = Memo::new(move |_| card.with(|card| card.together.main.is_some()));
    let say = move || {
        card.with(|card| match card.deferred_until.filter(|_| card.status == Status::Deferred) {
            Some(until) => {
                td_string!(l, resident.say_deferred_until, time = i18n::when::moment(l, until, now.get())).to_string()
            }
            None => sentence(l, card.status, card.assignee.as_ref(), card.created_at, now.get()),
        })
    };
    view! {
        <section class="panel p-4 grid gap-2">
            <div class="flex justify-between gap-2 items-center">
                <span class="text-muted">{move || number.get()}</span>
                {move || (!joined.get()).then(|| view! { <StatusPill status=status /> })}
            </div>
            {move || (!joined.get()).then(|| view! {
                <h2 class="m-0 text-xl [overflow-wrap:anywhere]" aria-live="polite">{say}</h2>
            })}
            <Promise time=time />
            {move || card.with(|card| card.waiting_for.clone()).map(|question| view! {
                <Banner tone=Tone::Warning title=td_string!(l, deadlines.you_are_asked) text=td_string!(l, deadlines.you_are_asked_help)>
                    <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{question}</p>
                </Banner>
            })}
            {move || card.with(|card| card.reason.clone().filter(|_| {
                matches!(card.status, Status::Deferred | Status::Returned | Status::Cancelled | Status::Rejected)
            })).map(|reason| view! { <p class="m-0 whitespace-pre-wrap">{reason}</p> })}
            {move || card.with(|card| card.rating).and_then(|stars| u8::try_from(stars).ok()).map(|stars| view! {
                <p class="m-0 flex flex-wrap gap-2 items-center text-muted">
                    {td_string!(l, resident.your_rating)} <StarsShown value=stars />
                    {card.with(|c| c.rating_reasons.iter().map(|r| i18n::outages::rating_reason(l, *r)).collect::<Vec<_>>().join(", "))}
                </p>
            })}
            <p class="m-0 flex gap-2 items-center text-muted">
                {move || card.with(|card| view! {
                    <Icon name=category_icon(card.category) />
                    <span>{words::category(l, card.category)} " · " {card.address.clone()}</span>
                })}
            </p>
        </section>
    }
}

/// The trouble in words and pictures, and what was done about it.
#[component]
fn Words(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let description = Memo::new(move |_| card.with(|card| card.description.clone()));
    let result = Memo::new(move |_| card.with(|card| card.result.clone()).filter(|text| !text.trim().is_empty()));
    let shots = Memo::new(move |_| card.with(|card| photos(l, &card.files)));
    let paragraph = |title: &'static str, text: String| {
        view! {
            <div>
                <h3 class="m-0 text-sm font-normal text-muted">{title}</h3>
                <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
            </div>
        }
    };
    move || {
        let (said, done) = (description.get(), result.get());
        let pictures = shots.with(|shots| !shots.is_empty());
        (!said.is_empty() || done.is_some() || pictures).then(|| {
            view! {
                <section class="panel p-4 stack gap-3">
                    {(!said.is_empty()).then(|| paragraph(td_string!(l, resident.what_happened), said))}
                    {done.map(|done| paragraph(td_string!(l, resident.what_done), done))}
                    {pictures.then(|| view! { <PhotoStrip photos=shots /> })}
                </section>
            }
        })
    }
}

/// Who comes, and their telephone.
#[component]
fn Worker(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let worker = Memo::new(move |_| {
        card.with(|card| {
            let phone = card.assignee_phone.clone().filter(|_| card.status.is_open());
            card.assignee.clone().map(|person| (person.name, phone))
        })
    });
    move || {
        worker.get().map(|(name, phone)| {
            view! {
                <section class="panel p-4 flex flex-wrap gap-3 items-center">
                    <Avatar name=name.clone() large=true decorative=true />
                    <div class="grow min-w-0">
                        <span class="block text-sm text-muted">{td_string!(l, resident.master)}</span>
                        <span class="block font-semibold">{name}</span>
                    </div>
                    {phone.map(|phone| view! {
                        <Button icon="phone" class="w-full min-h-11" href=tel_href(&phone)>{td_string!(l, resident.call_master)}</Button>
                    })}
                </section>
            }
        })
    }
}
