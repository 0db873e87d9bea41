//! `/desk/rounds/:id`: what was found, point by point.

use super::RoundPill;
use crate::{
    property::form::{Refusal, Sending},
    util::{Failed, lang},
};
use api::session::use_now;
use i18n::{td_string, when, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, RoundId,
    rounds::{PointResult, RoundCard, RoundPoint},
};
use ui::prelude::*;

#[component]
pub fn DeskRoundPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<RoundId>().ok()));
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::rounds::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Page card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/rounds" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Page(card: RoundCard) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let card = RwSignal::new(card);
    let (asks, cancelling) = (RwSignal::new(false), Sending::new());
    let round = Memo::new(move |_| card.with(|card| card.round.clone()));
    let title = round.with_untracked(|round| round.name.clone());
    let subtitle = Signal::derive(move || {
        let finished = card.with(|card| card.finished_at).map(|at| format!(" · {}", when::moment(l, at, now.get())));
        round
            .with(|r| format!("{} · {}{}", work_words::day(l, r.due_on), r.assignee.name, finished.unwrap_or_default()))
    });
    let cancel = move |_| {
        let id = round.with_untracked(|round| round.id);
        cancelling.send(api::rounds::cancel(id), move |fresh| {
            asks.set(false);
            card.set(fresh);
        });
    };
    let columns = move || {
        vec![
            Column::new("place", td_string!(l, plans.places), move |p: &RoundPoint| {
                let spot =
                    (!p.place.is_empty()).then(|| view! { <div class="text-xs text-muted">{p.place.clone()}</div> });
                view! { <div>{work_words::place(l, &p.at)} {spot}</div> }
            }),
            Column::new("question", td_string!(l, plans.question), |p: &RoundPoint| p.question.clone()),
            Column::new("result", td_string!(l, plans.result), move |p: &RoundPoint| {
                let (text, tone, icon) = match p.result {
                    Some(PointResult::Good) => (td_string!(l, plans.good), Tone::Success, "circle-check"),
                    Some(PointResult::Failed) => (td_string!(l, plans.failed), Tone::Danger, "circle-x"),
                    None => (td_string!(l, plans.not_marked), Tone::Neutral, "circle"),
                };
                let value = p.value.as_ref().map(|v| format!(" {v} {}", p.unit.clone().unwrap_or_default()));
                view! { <span class="inline-flex gap-2 items-center"><Pill text=text tone=tone icon=icon /> <span class="num">{value}</span></span> }
            }),
            Column::new(
                "note",
                td_string!(l, plans.note),
                |p: &RoundPoint| view! { <span class="whitespace-pre-wrap wrap-anywhere">{p.note.clone()}</span> },
            ),
            Column::new("photo", td_string!(l, plans.photo), move |p: &RoundPoint| {
                p.file_id.map(|file| view! {
                    <a href=format!("/files/{file}") target="_blank" rel="external noopener">
                        <img src=format!("/files/{file}/thumb") alt=td_string!(l, plans.photo) loading="lazy" class="h-12 rounded border border-line" />
                    </a>
                })
            }),
            Column::new("request", "№", |p: &RoundPoint| {
                p.request_id
                    .zip(p.request_number)
                    .map(|(id, number)| view! { <a class="link num" href=format!("/desk/requests/{id}")>{number}</a> })
            }),
        ]
    };
    let rows = Signal::derive(move || Some(card.with(|card| card.points.clone())));
    view! {
        <Title text=title.clone() />
        <PageHeader title=title subtitle=subtitle back="/desk/rounds"
            tags=move || view! { {move || view! { <RoundPill state=round.with(|round| round.state) /> }} }
            actions=move || view! {
                {move || card.with(|card| card.may_cancel).then(|| view! {
                    <Button icon="circle-x" on_click=move |_| { cancelling.failure.set(None); asks.set(true); }>{td_string!(l, plans.cancel_round)}</Button>
                })}
            } />
        <DataTable columns=columns() rows=rows key=|p: &RoundPoint| p.id.to_string() caption=td_string!(l, plans.points) stack=true />
        <Dialog open=asks title=td_string!(l, plans.cancel_round) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=cancelling.busy on_click=cancel>{td_string!(l, plans.cancel_round)}</Button>
        }>
            <Refusal of=cancelling />
            <p class="m-0">{td_string!(l, plans.cancel_text)}</p>
        </Dialog>
    }
    .into_any()
}
