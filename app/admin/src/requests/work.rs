//! The work on a request as the desk sees it: what it came from, what was done and spent, its proof and its price.

use super::page::Open;
use crate::util::lang;
use api::session::use_now;
use i18n::{td_string, when, work_words};
use leptos::prelude::*;
use model::{
    Money,
    work::{FieldWork, Origin},
};
use parts::{CheckList, Confirmed, EstimateFacts, EstimateSheet, Recorder, SpentList, origin_text};
use ui::prelude::*;

/// Cards that are there only when there is something in them, or something may be put there.
#[component]
pub(super) fn Work(open: Open) -> impl IntoView {
    let l = lang();
    let confirmation = open.part(|card| card.work.confirmation.clone());
    view! {
        <Where open=open />
        <EstimateCard open=open />
        <Recorded open=open />
        {move || confirmation.get().map(|word| view! {
            <Card title=td_string!(l, work.confirmation)><Confirmed word=word /></Card>
        })}
    }
}

/// The plan or the round that made the request.
#[component]
fn Where(open: Open) -> impl IntoView {
    let l = lang();
    let origin = open.part(|card| card.work.origin.clone());
    move || {
        origin.get().map(|origin| {
            let (href, name) = match &origin {
                Origin::Plan { id, title, .. } => (format!("/desk/plans/{id}"), title.clone()),
                Origin::Round { id, name, .. } => (format!("/desk/rounds/{id}"), name.clone()),
            };
            view! {
                <Banner tone=Tone::Info icon="calendar-clock" title=origin_text(l, &origin)>
                    <a class="link" href=href>{name}</a>
                </Banner>
            }
        })
    }
}

#[component]
fn EstimateCard(open: Open) -> impl IntoView {
    let l = lang();
    let making = RwSignal::new(false);
    let estimate = open.part(|card| card.work.estimate.clone());
    let may = open.part(|card| card.work.may_estimate);
    let waits = open.part(|card| card.work.start_waits);
    let make = move || {
        may.get().then(|| {
            let text = if estimate.with(Option::is_some) {
                td_string!(l, work.new_estimate)
            } else {
                td_string!(l, work.make_estimate)
            };
            view! { <Button size=ButtonSize::Small icon="receipt" on_click=move |_| making.set(true)>{text}</Button> }
        })
    };
    view! {
        {move || (may.get() || estimate.with(Option::is_some)).then(|| view! {
            <Card title=td_string!(l, work.estimate) actions=make>
                <div class="stack gap-3">
                    {move || waits.get().then(|| view! { <Banner tone=Tone::Warning icon="hourglass" text=td_string!(l, work.waits_for_estimate) /> })}
                    {move || match estimate.get() {
                        Some(estimate) => view! { <EstimateFacts estimate=estimate /> }.into_any(),
                        None => view! { <p class="m-0 text-muted">{td_string!(l, work.no_estimate)}</p> }.into_any(),
                    }}
                </div>
            </Card>
        })}
        <EstimateSheet open=making id=Signal::stored(open.id) done=move |card| open.take(card) />
    }
}

fn is_empty(work: &FieldWork) -> bool {
    work.checklist.is_empty()
        && work.materials.is_empty()
        && work.time.is_empty()
        && work.costs.is_empty()
        && work.required.is_empty()
}

/// Checklist, materials, time and costs with their sums, and what is still missing to finish. The desk may record in the
/// worker's place, which opens the lists to be written in.
#[component]
fn Recorded(open: Open) -> impl IntoView {
    let l = lang();
    let work = open.part(|card| card.work.clone());
    let may = open.part(|card| card.work.may_work);
    let empty = Memo::new(move |_| work.with(is_empty));
    let wanted = RwSignal::new(false);
    let writes = Memo::new(move |_| wanted.get() && may.get());
    let by = Recorder::at_desk(
        open.card.into(),
        Callback::new(move |card| open.take(card)),
        Callback::new(move |()| open.reload()),
    );
    let turn = move || {
        may.get().then(|| {
            let (icon, text) = if writes.get() {
                ("check", td_string!(l, work.record_end))
            } else {
                ("pencil", td_string!(l, work.record))
            };
            view! { <Button size=ButtonSize::Small icon=icon on_click=move |_| wanted.update(|on| *on = !*on)>{text}</Button> }
        })
    };
    let read = move || {
        view! {
            {move || empty.get().then(|| view! { <p class="m-0 text-muted">{td_string!(l, work.nothing_yet)}</p> })}
            {move || {
                let work = work.get();
                view! { <Ticks work=work.clone() /> <Sums work=work /> }
            }}
        }
    };
    view! {
        {move || (may.get() || !empty.get()).then(|| view! {
            <Card title=td_string!(l, work.title) actions=turn>
                <div class="stack gap-4">
                    {move || view! { <Needed work=work.get() /> }}
                    {move || if writes.get() {
                        view! { <section><CheckList by=by headed=true /></section> <SpentList by=by /> }.into_any()
                    } else {
                        read().into_any()
                    }}
                </div>
            </Card>
        })}
    }
}

#[component]
fn Needed(work: FieldWork) -> impl IntoView {
    let l = lang();
    (!work.required.is_empty()).then(|| {
        view! {
            <div class="row gap-2">
                {work.required.into_iter().map(|proof| {
                    let (tone, icon) = if proof.met { (Tone::Success, "check") } else { (Tone::Warning, "circle") };
                    view! { <Pill text=work_words::need(l, proof.need) tone=tone icon=icon /> }
                }).collect_view()}
            </div>
        }
    })
}

#[component]
fn Ticks(work: FieldWork) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let items = work.checklist;
    (!items.is_empty()).then(|| {
        let done = items.iter().filter(|item| item.done_at.is_some()).count().to_string();
        let progress = td_string!(l, work.checklist_progress, done = done, all = items.len().to_string()).to_string();
        let line = |item: model::work::CheckItem| {
            let done = item.done_at.is_some();
            let who = item
                .done_at
                .zip(item.done_by)
                .map(|(at, who)| move || format!("{who} · {}", when::moment(l, at, now.get())));
            view! {
                <li class="flex gap-2 items-start py-0.5">
                    <span class=if done { "tone-success tone-text" } else { "text-muted" }>
                        <Icon name=if done { "circle-check" } else { "circle" } />
                    </span>
                    <span class="min-w-0 grow wrap-anywhere">{item.text}</span>
                    {who.map(|who| view! { <span class="text-xs text-muted whitespace-nowrap">{who}</span> })}
                </li>
            }
        };
        view! {
            <section>
                <Heading title=td_string!(l, work.checklist) sum=progress />
                <ul class="m-0 p-0 list-none">{items.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Heading(title: &'static str, sum: String) -> impl IntoView {
    view! {
        <h4 class="m-0 flex justify-between gap-3 text-sm">
            <span>{title}</span>
            <span class="num font-normal text-muted">{sum}</span>
        </h4>
    }
}

#[component]
fn Sums(work: FieldWork) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let totals = work.totals;
    let row = |name: String, about: String, sum: String| {
        view! {
            <li class="flex gap-3 justify-between py-0.5">
                <span class="min-w-0 grow wrap-anywhere">{name} <span class="text-muted num">" " {about}</span></span>
                <span class="num whitespace-nowrap">{sum}</span>
            </li>
        }
    };
    let section = |title: &'static str, sum: String, rows: Vec<AnyView>| {
        (!rows.is_empty()).then(|| {
            view! {
                <section>
                    <Heading title=title sum=sum />
                    <ul class="m-0 p-0 list-none">{rows}</ul>
                </section>
            }
        })
    };
    let time = work.time.into_iter().map(|t| {
        let entered = t.entered_by.map(|name| td_string!(l, work.entered_by, name = name).to_string());
        let about = entered.into_iter().chain(t.note).collect::<Vec<_>>().join(" · ");
        let sum = match t.minutes {
            Some(n) => work_words::minutes(l, n.into()),
            None => {
                td_string!(l, work.timer_runs, time = when::moment(l, t.started_at, now.get_untracked())).to_string()
            }
        };
        row(t.by, about, sum).into_any()
    });
    let materials = work.materials.into_iter().map(|m| {
        let about = format!("{} {} × {}", m.quantity, work_words::unit(l, m.unit), m.price);
        row(work_words::name(l, &m.names), about, m.total.to_string()).into_any()
    });
    let costs = work.costs.into_iter().map(|c| row(c.reason, c.by, c.amount.to_string()).into_any());
    view! {
        {section(td_string!(l, work.time), work_words::minutes(l, totals.minutes), time.collect())}
        {section(td_string!(l, work.materials), work_words::money(l, totals.materials), materials.collect())}
        {section(td_string!(l, work.costs), work_words::money(l, totals.costs), costs.collect())}
        {(totals.money != Money::ZERO).then(|| view! {
            <p class="m-0 flex justify-between gap-3 font-semibold border-t border-line pt-2">
                <span>{td_string!(l, work.total)}</span>
                <span class="num">{work_words::money(l, totals.money)}</span>
            </p>
        })}
    }
}
