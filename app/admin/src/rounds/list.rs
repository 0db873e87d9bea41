//! `/desk/rounds`: what was and will be walked, and the routes.

use super::{RoundPill, give::GiveDialog};
use crate::{
    plans::PlanTabs,
    util::{Failed, lang},
};
use i18n::{td_string, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    RouteId,
    rounds::{RoundFilter, RoundRow, RouteCard},
};
use ui::prelude::*;

#[component]
pub fn RoundsPage() -> impl IntoView {
    let l = lang();
    let rounds = Resource::new(|| (), |()| api::rounds::list(RoundFilter::default()));
    let routes = Resource::new(|| (), |()| api::rounds::routes());
    let giving = RwSignal::new(false);
    let route = RwSignal::new(None::<RouteId>);
    let give = Callback::new(move |id: Option<RouteId>| {
        route.set(id);
        giving.set(true);
    });
    let known = Signal::derive(move || routes.get().and_then(Result::ok).unwrap_or_default());
    view! {
        <Title text=td_string!(l, plans.rounds) />
        <PageHeader title=td_string!(l, plans.rounds) actions=move || view! {
            <Button icon="plus" href="/desk/routes/new">{td_string!(l, plans.new_route)}</Button>
            <Button kind=ButtonKind::Primary icon="clipboard-check" on_click=move |_| give.run(None)>{td_string!(l, plans.give)}</Button>
        } />
        <PlanTabs current="/desk/rounds" />
        <div class="stack pt-4">
            <Card flush=true title=td_string!(l, plans.routes)><Routes routes=routes give=give /></Card>
            <Card flush=true title=td_string!(l, plans.rounds)><Rounds rounds=rounds /></Card>
        </div>
        <GiveDialog open=giving route=route routes=known done=move |()| rounds.refetch() />
    }
    .into_any()
}

#[component]
fn Routes(routes: Resource<api::ApiResult<Vec<RouteCard>>>, give: Callback<Option<RouteId>>) -> impl IntoView {
    let l = lang();
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, plans.name), |r: &RouteCard| r.facts.name.clone()),
            Column::new("points", td_string!(l, plans.points), |r: &RouteCard| r.facts.points.len().to_string()).num(),
            Column::new("act", "", move |r: &RouteCard| {
                let id = r.id;
                view! {
                    <span class="flex justify-end">
                        <IconButton icon="clipboard-check" size=ButtonSize::Small label=td_string!(l, plans.give) on_click=move |_| give.run(Some(id)) />
                    </span>
                }
            }),
        ]
    };
    let table = move |rows: Signal<Option<Vec<RouteCard>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|r: &RouteCard| r.id.to_string() caption=td_string!(l, plans.routes) skeleton_rows=2
                href=|r: RouteCard| format!("/desk/routes/{}", r.id)
                empty=move || view! { <EmptyState text=td_string!(l, plans.routes_empty) icon="map-pin" /> } />
        }
    };
    let rows = Signal::derive(move || routes.get().and_then(Result::ok));
    view! {
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match routes.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| routes.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
    }
}

#[component]
fn Rounds(rounds: Resource<api::ApiResult<Vec<RoundRow>>>) -> impl IntoView {
    let l = lang();
    let columns = move || {
        vec![
            Column::new("due", td_string!(l, plans.due_on), move |r: &RoundRow| work_words::day(l, r.due_on)),
            Column::new("name", td_string!(l, plans.route), |r: &RoundRow| r.name.clone()),
            Column::new("who", td_string!(l, plans.give_to), |r: &RoundRow| r.assignee.name.clone()),
            Column::new("state", td_string!(l, plans.result), |r: &RoundRow| view! { <RoundPill state=r.state /> }),
            Column::new("marked", td_string!(l, plans.points), |r: &RoundRow| format!("{} / {}", r.marked, r.points))
                .num(),
            Column::new("failed", td_string!(l, plans.failed), |r: &RoundRow| {
                let n = r.failed;
                if n > 0 {
                    view! { <Pill text=n.to_string() tone=Tone::Danger icon="alert-triangle" /> }.into_any()
                } else {
                    "—".into_any()
                }
            })
            .num(),
        ]
    };
    let table = move |rows: Signal<Option<Vec<RoundRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|r: &RoundRow| r.id.to_string() caption=td_string!(l, plans.rounds) stack=true
                href=|r: RoundRow| format!("/desk/rounds/{}", r.id)
                empty=move || view! { <EmptyState text=td_string!(l, plans.rounds_empty) icon="clipboard-check" /> } />
        }
    };
    let rows = Signal::derive(move || rounds.get().and_then(Result::ok));
    view! {
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match rounds.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| rounds.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
    }
}
