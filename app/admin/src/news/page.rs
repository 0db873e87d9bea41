//! One piece of news: the form while it is a draft, then its way out with "take back", and who got it.

use super::{delivery_look, form::Sheet, state_look};
use crate::{
    audit::History,
    property::{form::Sending, id_of_page},
    util::{Failed, lang, toast_failure},
};
use api::{
    ApiError,
    session::{browser_now, use_now},
};
use chrono::TimeDelta;
use i18n::{Locale, news as words, notices, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    BuildingId, Code, Lang, NewsId,
    audit::ObjectType,
    news::{NewsCard, NewsPlace, NewsPlaceName, NewsReportLine, NewsState, NewsText},
    outages::HousePlaces,
};
use ui::prelude::*;

/// Looked at so often while it is about to go out, or goes.
const POLL_MS: u64 = 1_000;
/// A countdown goes by the second.
const TICK_MS: u64 = 1_000;

/// `/desk/news/:id`.
#[component]
pub fn NewsPage() -> impl IntoView {
    let l = lang();
    let id = id_of_page::<NewsId>();
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            let Some(id) = id else { return Err(ApiError::from(Code::NotFound)) };
            let mut card = api::news::get(id).await?;
            let (houses, gone) = if card.may_edit { pickable(&mut card).await? } else { (Vec::new(), Vec::new()) };
            Ok((card, houses, gone))
        },
    );
    view! {
        <Title text=td_string!(l, news.edit_title) />
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok((card, houses, gone)) => view! { <Page card=card houses=houses gone=gone on_edit=move |()| found.refetch() /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/news" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// The houses of a draft with their parts, for picking again. Places that were archived meanwhile leave the draft, for
/// nothing on the page could take them out; these come second.
async fn pickable(card: &mut NewsCard) -> Result<(Vec<HousePlaces>, Vec<NewsPlaceName>), ApiError> {
    let places = &mut card.facts.audience.places;
    let mut ids: Vec<BuildingId> = Vec::new();
    for id in places.iter().filter_map(|place| place.building_id) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut houses: Vec<HousePlaces> = Vec::new();
    for id in ids {
        match api::outages::house_places(id).await {
            Ok(house) => houses.push(house),
            Err(error) if error.code() == Code::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    let named = places.iter().any(|place| place.complex_id.is_some());
    let complexes = if named { api::property::complexes().await? } else { Vec::new() };
    let here = |place: &NewsPlace| match (place.complex_id, place.building_id) {
        (Some(id), _) => complexes.iter().any(|row| row.id == id),
        (None, Some(id)) => houses.iter().filter(|house| house.building_id == id).any(|house| {
            place.entrance_id.is_none_or(|id| house.entrances.iter().any(|row| row.id == id))
                && place.riser_id.is_none_or(|id| house.risers.iter().any(|row| row.id == id))
        }),
        (None, None) => false,
    };
    places.retain(here);
    let gone = card.places.iter().filter(|name| !here(&name.place)).cloned().collect();
    Ok((houses, gone))
}

#[component]
fn Page(
    card: NewsCard,
    houses: Vec<HousePlaces>,
    /// Places of the draft that are no longer there.
    gone: Vec<NewsPlaceName>,
    #[prop(into)] on_edit: Callback<()>,
) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let id = card.id;
    let live = RwSignal::new(card.clone());
    // What is planned for another hour needs no watching.
    let soon = move |card: &NewsCard| match card.state {
        NewsState::Sending => true,
        NewsState::Scheduled => card.due_at.is_some_and(|at| at - now.get() < TimeDelta::minutes(1)),
        _ => false,
    };
    let every = Memo::new(move |_| if live.with(|card| soon(card)) { POLL_MS } else { 0 });
    let asking = StoredValue::new(false);
    use_interval(every, move || {
        if asking.try_get_value().unwrap_or(true) {
            return;
        }
        asking.set_value(true);
        spawn_local(async move {
            let fresh = api::news::get(id).await;
            let _ = asking.try_set_value(false);
            if let Ok(fresh) = fresh {
                let _ = live.try_set(fresh);
            }
        });
    });
    let title = Signal::derive(move || live.with(|card| card.facts.texts.ru.title.clone()));
    let (tone, text) = (
        Signal::derive(move || live.with(|card| state_look(card.state).0)),
        Signal::derive(move || live.with(|card| words::state(l, card.state).to_owned())),
    );
    let lost = (!gone.is_empty()).then(|| {
        let names = gone.iter().map(|name| words::place(l, name)).collect::<Vec<_>>().join("; ");
        let said = td_string!(l, news.places_gone, names = names).to_string();
        if card.facts.audience.places.is_empty() { format!("{said} {}", td_string!(l, news.places_help)) } else { said }
    });
    let start = StoredValue::new((card, houses, lost));
    let editing = Memo::new(move |_| live.with(|card| card.may_edit));
    view! {
        <PageHeader title=title back="/desk/news" tags=move || view! { <Pill text=text tone=tone /> } actions=move || view! {
            <TakeBack live=live on_edit=on_edit />
        } />
        {move || if editing.get() {
            let (card, houses, lost) = start.get_value();
            view! {
                <div class="mx-auto max-w-3xl stack">
                    {(card.state == NewsState::Cancelled).then(|| view! { <Banner tone=Tone::Info text=td_string!(l, news.told_none) /> })}
                    {lost.map(|text| view! { <Banner tone=Tone::Warning text=text /> })}
                    <Sheet card=Some(card) houses=houses on_card=Some(Callback::new(move |fresh| live.set(fresh))) />
                </div>
            }.into_any()
        } else {
            view! {
                <div class="grid gap-4 lg:grid-cols-[3fr_2fr] items-start">
                    <div class="stack"><OnItsWay live=live /><Written live=live /></div>
                    <div class="stack">
                        <Report live=live />
                        <History object_type=ObjectType::News id=id.0 version=Signal::derive(move || live.with(|card| card.version)) />
                    </div>
                </div>
            }.into_any()
        }}
    }
}

/// Before its moment one press, later a question.
#[component]
fn TakeBack(live: RwSignal<NewsCard>, on_edit: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (sending, asking) = (Sending::new(), RwSignal::new(false));
    let take = Callback::new(move |()| {
        let id = live.with_untracked(|card| card.id);
        sending.send(api::news::cancel(id), move |card| {
            asking.set(false);
            toasts.success(td_string!(l, news.taken_back));
            // The form begins with what is stored now.
            if card.may_edit { on_edit.run(()) } else { live.set(card) }
        });
    });
    effect(move || {
        if let Some(failure) = sending.failure.get() {
            toast_failure(toasts, l, &ApiError(failure));
        }
    });
    let may = Memo::new(move |_| live.with(|card| card.may_cancel));
    let press = move |_| {
        if live.with_untracked(|card| card.state == NewsState::Scheduled) { take.run(()) } else { asking.set(true) }
    };
    view! {
        {move || may.get().then(|| view! {
            <Button icon="undo-2" loading=sending.busy on_click=press>{td_string!(l, news.take_back)}</Button>
        })}
        <Confirm open=asking title=td_string!(l, news.take_back) text=td_string!(l, news.take_back_text)
            verb=td_string!(l, news.take_back) busy=sending.busy on_confirm=move |()| take.run(()) />
    }
}

/// The countdown, the bar, or how it ended.
#[component]
fn OnItsWay(live: RwSignal<NewsCard>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    // A poll that brings nothing new draws nothing anew; how many were told is said here once it is over.
    let stage = Memo::new(move |_| {
        live.with(|card| {
            let told = if card.state == NewsState::Cancelled { card.counts.told } else { 0 };
            (card.state, told, card.due_at)
        })
    });
    let clock = RwSignal::new(now.get_untracked());
    let tick = move || {
        if let Some(at) = browser_now() {
            clock.set(at);
        }
    };
    effect(tick);
    let counts_down = Memo::new(move |_| match stage.get() {
        (NewsState::Scheduled, _, Some(at)) if at - now.get() < TimeDelta::minutes(2) => TICK_MS,
        _ => 0,
    });
    use_interval(counts_down, tick);
    let bar = Signal::derive(move || {
        live.with(|card| {
            let counts = card.counts;
            (counts.expected > 0).then(|| u32::try_from(counts.told * 100 / counts.expected).unwrap_or(100).min(100))
        })
    });
    let progress = Signal::derive(move || {
        live.with(|card| format!("{}: {} / {}", td_string!(l, news.going), card.counts.told, card.counts.expected))
    });
    move || {
        let (state, told, due) = stage.get();
        match state {
            NewsState::Scheduled => {
                let text = move || {
                    let Some(at) = due else { return String::new() };
                    let left = (at - clock.get()).num_seconds().max(0);
                    if left <= 60 {
                        td_string!(l, news.goes_in, n = left.to_string()).to_string()
                    } else {
                        td_string!(l, news.goes_at, time = when::moment(l, at, now.get())).to_string()
                    }
                };
                view! { <Card><p class="m-0 text-xl font-semibold num">{text}</p></Card> }.into_any()
            }
            NewsState::Sending => view! { <Card><Progress label=progress value=bar /></Card> }.into_any(),
            NewsState::Cancelled => {
                let text = if told == 0 {
                    td_string!(l, news.told_none).to_owned()
                } else {
                    td_string!(l, news.told_some, n = told.to_string()).to_string()
                };
                view! { <Banner tone=Tone::Warning text=text /> }.into_any()
            }
            NewsState::Draft | NewsState::Sent => ().into_any(),
        }
    }
}

#[component]
fn Written(live: RwSignal<NewsCard>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let said = move |lang: Lang, text: &NewsText| {
        let NewsText { title, text } = text.clone();
        view! {
            <Fact label=i18n::words::language(lang)>
                <strong class="block">{title}</strong>
                <span class="whitespace-pre-line [overflow-wrap:anywhere]">{text}</span>
            </Fact>
        }
    };
    let time = move |at| move || when::moment(l, at, now.get());
    move || {
        let card = live.get();
        let NewsCard { facts, places, author, .. } = card;
        let audience = words::audience(l, facts.audience.who, &places, facts.audience.debt_from, 20);
        view! {
            <Card>
                <KeyValues>
                    {said(Lang::Ru, &facts.texts.ru)}
                    {facts.texts.uz.as_ref().map(|text| said(Lang::Uz, text))}
                    {facts.texts.en.as_ref().map(|text| said(Lang::En, text))}
                    <Fact label=td_string!(l, news.col_whom)>{audience}</Fact>
                    {facts.important.then(|| view! {
                        <Fact label=td_string!(l, news.important)>{td_string!(l, news.important_help)}</Fact>
                    })}
                    {facts.expires_at.map(|at| view! { <Fact label=td_string!(l, news.expires_at)>{time(at)}</Fact> })}
                    {card.sent_at.map(|at| view! { <Fact label=td_string!(l, news.sent_at)>{time(at)}</Fact> })}
                    <Fact label=td_string!(l, news.author)>{author}</Fact>
                </KeyValues>
            </Card>
        }
    }
}

/// People by channel and state; a person counts once, so the lines add up to all of them.
#[component]
fn Report(live: RwSignal<NewsCard>) -> impl IntoView {
    let l = lang();
    let id = live.with_untracked(|card| card.id);
    let lines = move || {
        let (report, counts) = live.with(|card| (card.report.clone(), card.counts));
        if report.is_empty() {
            return view! { <p class="m-0 text-muted">{td_string!(l, news.report_empty)}</p> }.into_any();
        }
        let told: i64 = report.iter().map(|line| line.people).sum();
        let read = td_string!(
            l,
            news.report_read,
            n = counts.read.to_string(),
            share = (counts.read * 100 / told.max(1)).to_string()
        )
        .to_string();
        view! {
            <div class="flex flex-wrap gap-x-4">
                <strong class="num">{td_string!(l, news.report_people, n = told.to_string()).to_string()}</strong>
                <span class="num text-muted">{read}</span>
            </div>
            <table class="w-full border-collapse">
                <caption class="sr-only">{td_string!(l, news.report)}</caption>
                <tbody>{report.iter().map(|line| row(l, line)).collect_view()}</tbody>
            </table>
            <a class="link" href=format!("/desk/news/deliveries?object={id}")>{td_string!(l, news.deliveries)}</a>
        }
        .into_any()
    };
    view! { <Card title=td_string!(l, news.report)><div class="stack gap-3">{lines}</div></Card> }
}

fn row(l: Locale, line: &NewsReportLine) -> impl IntoView + use<> {
    let (tone, icon) = delivery_look(line.state);
    view! {
        <tr class="border-b border-line last:border-b-0">
            <td class="py-1.5 pr-2">{words::channel(l, line.channel)}</td>
            <td class="py-1.5 pr-2"><Pill text=notices::state(l, line.state) tone=tone icon=icon /></td>
            <td class="py-1.5 text-right num">{line.people}</td>
        </tr>
    }
}
