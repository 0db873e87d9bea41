//! `/desk/plans/:id`: the form with the next dates, and what the plan has made.

use super::form::PlanForm;
use crate::{
    property::form::{Refusal, Sending},
    util::{Failed, StatusPill, lang},
};
use i18n::{td_string, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use model::{
    Code, PlanId,
    plans::{PlanCard, PlanRun},
};
use ui::prelude::*;

#[component]
pub fn PlanPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<PlanId>().ok()));
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::plans::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Page card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/plans" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Page(card: PlanCard) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let id = card.id;
    let card = RwSignal::new(card);
    let (pausing, ending) = (Sending::new(), Sending::new());
    let asks = RwSignal::new(false);
    let navigate = use_navigate();
    let title = Signal::derive(move || card.with(|card| card.facts.title.clone()));
    let paused = Memo::new(move |_| card.with(|card| card.paused));
    let pause = move |_| {
        let (version, to) = card.with_untracked(|card| (card.version, !card.paused));
        pausing.send(api::plans::pause(id, version, to), move |fresh| {
            toasts.success(if to { td_string!(l, plans.paused_toast) } else { td_string!(l, plans.resumed_toast) });
            card.set(fresh);
        });
    };
    let end = Callback::new(move |()| {
        let navigate = navigate.clone();
        let version = card.with_untracked(|card| card.version);
        ending.send(api::plans::archive(id, version), move |()| navigate("/desk/plans", NavigateOptions::default()));
    });
    let columns = move || {
        vec![
            Column::new("number", "№", |run: &PlanRun| run.number.to_string()).num(),
            Column::new("due", td_string!(l, plans.due_on), move |run: &PlanRun| work_words::day(l, run.due_on)),
            Column::new("address", td_string!(l, plans.places), |run: &PlanRun| run.address.clone()),
            Column::new(
                "status",
                td_string!(l, plans.result),
                |run: &PlanRun| view! { <StatusPill status=run.status /> },
            ),
        ]
    };
    let made = Signal::derive(move || Some(card.with(|card| card.made.clone())));
    view! {
        <Title text=title />
        <PageHeader
            title=title
            back="/desk/plans"
            tags=move || view! {
                {move || paused.get().then(|| view! { <Pill text=td_string!(l, plans.paused) tone=Tone::Warning icon="circle-pause" /> })}
            }
            actions=move || view! {
                {move || {
                    let (text, icon) = if paused.get() { (td_string!(l, plans.resume), "play") } else { (td_string!(l, plans.pause), "circle-pause") };
                    view! { <Button icon=icon loading=pausing.busy on_click=pause>{text}</Button> }
                }}
                <Button kind=ButtonKind::Danger icon="x" on_click=move |_| { ending.failure.set(None); asks.set(true); }>{td_string!(l, plans.end_plan)}</Button>
            }
        />
        <Refusal of=pausing />
        <div class="split">
            <PlanForm known=card saved=move |fresh| card.set(fresh) />
            <Card flush=true title=td_string!(l, plans.made)>
                <DataTable columns=columns() rows=made key=|run: &PlanRun| run.request_id.to_string() caption=td_string!(l, plans.made)
                    href=|run: PlanRun| format!("/desk/requests/{}", run.request_id)
                    empty=move || view! { <EmptyState text=td_string!(l, plans.made_none) icon="inbox" /> } />
            </Card>
        </div>
        <Dialog open=asks title=td_string!(l, plans.end_plan) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=ending.busy on_click=move |_| end.run(())>{td_string!(l, plans.end_plan)}</Button>
        }>
            <Refusal of=ending />
            <p class="m-0">{td_string!(l, plans.end_text)}</p>
        </Dialog>
    }
    .into_any()
}
