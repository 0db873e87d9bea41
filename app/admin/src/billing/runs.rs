//! `/desk/charges`: choose a month, look, book; close months.

use super::{fields::months, houses::Houses, penalty_runs::PenaltyRuns, print::PrintHouse};
use crate::{
    live_page::live_page,
    property::form::{Refusal, Sending},
    util::{Failed, lang},
};
use api::{
    confirm::use_confirming,
    session::{use_live, use_now},
};
use i18n::{Locale, billing as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    BuildingId,
    billing::{CloseMonth, PenaltyRunRow, RunRow, RunState, Runs, StartRun},
};
use ui::prelude::*;

pub(super) fn state_look(state: RunState, locked: bool) -> (Tone, &'static str) {
    match state {
        RunState::Posted if locked => (Tone::Neutral, "lock"),
        RunState::Previewing | RunState::Posting | RunState::Undoing => (Tone::Info, "clock"),
        RunState::Ready => (Tone::Warning, "circle-pause"),
        RunState::Posted => (Tone::Success, "check"),
        RunState::Undone => (Tone::Neutral, "undo-2"),
        RunState::Stopped => (Tone::Danger, "circle-x"),
    }
}

pub(super) fn state_word(l: Locale, run: &RunRow) -> &'static str {
    if run.locked && run.state == RunState::Posted {
        td_string!(l, billing.run_locked)
    } else {
        words::run_state(l, run.state)
    }
}

async fn find() -> api::ApiResult<(Runs, Vec<PenaltyRunRow>)> {
    Ok((api::billing::runs().await?, api::penalties::runs().await?))
}

#[component]
pub fn ChargesPage() -> impl IntoView {
    let l = lang();
    let found = live_page(|| (), use_debounced(use_live().of_charges(), 1000), |()| find());
    view! {
        <Title text=td_string!(l, billing.charges) />
        <PageHeader title=td_string!(l, billing.charges) actions=move || view! {
            <Button href="/desk/tariffs" icon="receipt">{td_string!(l, billing.tariffs)}</Button>
        } />
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok((runs, penalties)) => view! { <Charges runs=runs penalties=penalties on_done=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Charges(runs: Runs, penalties: Vec<PenaltyRunRow>, on_done: Callback<()>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let columns = vec![
        Column::new("period", td_string!(l, billing.month), move |r: &RunRow| words::month(l, r.period)),
        Column::new("state", "", move |r: &RunRow| {
            let (tone, icon) = state_look(r.state, r.locked);
            view! { <Pill text=state_word(l, r) tone=tone icon=icon /> }
        }),
        Column::new("houses", td_string!(l, billing.run_houses), move |r: &RunRow| {
            if r.houses == 0 { td_string!(l, billing.all_houses).to_owned() } else { r.houses.to_string() }
        }),
        Column::new("accounts", td_string!(l, billing.accounts), |r: &RunRow| r.accounts).num(),
        Column::new("lines", td_string!(l, billing.lines), |r: &RunRow| r.lines).num(),
        Column::new("amount", td_string!(l, billing.amount), |r: &RunRow| r.amount.to_string()).num(),
        Column::new("before", td_string!(l, billing.before), |r: &RunRow| r.before.to_string()).class("num text-muted"),
        Column::new("by", "", move |r: &RunRow| {
            td_string!(l, billing.started_by, name = r.author.clone(), time = when::moment(l, r.created_at, now.get()))
                .to_string()
        })
        .class("text-muted"),
    ];
    let (closed, month) = (runs.closed_until, runs.month);
    // What people print is what was charged last.
    let printed = runs.runs.iter().find(|run| run.state == RunState::Posted).map_or(month, |run| run.period);
    view! {
        <div class="stack">
            <StartCard month=month closed=closed />
            <Card flush=true title=td_string!(l, billing.sums_in_soum)>
                <DataTable columns=columns rows=Signal::stored(Some(runs.runs)) key=|r: &RunRow| r.id.to_string() caption=td_string!(l, billing.charges)
                    href=|r: RunRow| format!("/desk/charges/{}", r.id) stack=true
                    empty=move || view! { <EmptyState text=td_string!(l, billing.no_runs) icon="receipt" /> } />
            </Card>
            <PenaltyRuns rows=penalties month=month closed=closed />
            <PrintHouse month=month chosen=printed />
            <CloseCard month=month closed=closed on_done=on_done />
        </div>
    }
}

#[component]
fn StartCard(month: chrono::NaiveDate, closed: Option<chrono::NaiveDate>) -> impl IntoView {
    let l = lang();
    let sending = Sending::new();
    let period = RwSignal::new(month.to_string());
    let all = RwSignal::new("all".to_owned());
    let chosen = RwSignal::new(Vec::<(BuildingId, String)>::new());
    let go = StoredValue::new(use_navigate());
    let open_months: Vec<Opt> = months(l, month, 23, 0)
        .into_iter()
        .filter(|o| closed.is_none_or(|closed| o.value > closed.to_string()))
        .collect();
    let look = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(period) = period.get_untracked().parse() else { return };
        let building_ids = if all.get_untracked() == "some" {
            chosen.with_untracked(|all| all.iter().map(|(id, _)| *id).collect())
        } else {
            Vec::<BuildingId>::new()
        };
        if all.get_untracked() == "some" && building_ids.is_empty() {
            return sending.refuse(model::Failure::invalid(vec![model::FieldError::new("/building_ids", "required")]));
        }
        sending.send(api::billing::start_run(StartRun { period, building_ids }), move |card| {
            go.with_value(|go| go(&format!("/desk/charges/{}", card.run.id), NavigateOptions::default()));
        });
    };
    view! {
        <Card title=td_string!(l, billing.new_run)>
            <form class="stack" on:submit=look novalidate>
                <Refusal of=sending />
                <p class="text-muted m-0 max-w-4xl">{td_string!(l, billing.preview_lead)}</p>
                <div class="flex flex-wrap items-end gap-3">
                    <div class="w-full sm:w-56">
                        <Field label=td_string!(l, billing.run_month) name="period" error=sending.error("period")>
                            <Select name="period" options=open_months value=period />
                        </Field>
                    </div>
                    <div class="w-full sm:w-56">
                        <Field label=td_string!(l, billing.run_houses) name="houses" error=sending.error("building_ids")>
                            <Select name="houses" value=all options=vec![
                                Opt::new("all", td_string!(l, billing.all_houses)),
                                Opt::new("some", td_string!(l, billing.some_houses)),
                            ] />
                        </Field>
                    </div>
                    <Button kind=ButtonKind::Primary icon="search" submit=true loading=sending.busy>{td_string!(l, billing.preview)}</Button>
                </div>
                {move || (all.get() == "some").then(|| view! { <Houses chosen=chosen /> })}
            </form>
        </Card>
    }
}

/// Months that are over can be closed, for good.
#[component]
fn CloseCard(month: chrono::NaiveDate, closed: Option<chrono::NaiveDate>, on_done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let over: Vec<Opt> = months(l, month, 12, 0)
        .into_iter()
        .skip(1)
        .filter(|o| closed.is_none_or(|closed| o.value > closed.to_string()))
        .collect();
    let period = RwSignal::new(over.first().map(|o| o.value.clone()).unwrap_or_default());
    let (asks, confirming) = (RwSignal::new(false), use_confirming());
    let chosen = move || period.with(|text| text.parse::<chrono::NaiveDate>().ok());
    let name = Signal::derive(move || chosen().map(|month| words::month(l, month)).unwrap_or_default());
    let confirm = Callback::new(move |()| {
        let Some(period) = untrack(chosen) else { return };
        asks.set(false);
        let call = confirming.sure(move || api::billing::close_month(CloseMonth { period }));
        sending.send(call, move |_| {
            toasts.success(td_string!(l, billing.saved));
            on_done.run(());
        });
    });
    let until = match closed {
        Some(closed) => td_string!(l, billing.closed_until, month = words::month(l, closed)).to_string(),
        None => td_string!(l, billing.nothing_closed).to_owned(),
    };
    let any = !over.is_empty();
    view! {
        <Card title=td_string!(l, billing.close_month)>
            <div class="stack">
                <Refusal of=sending />
                <p class="m-0 flex gap-2 items-center"><Icon name="lock" class="text-muted" />{until}</p>
                {any.then(|| view! {
                    <div class="flex flex-wrap items-end gap-3">
                        <div class="w-full sm:w-56">
                            <Field label=td_string!(l, billing.run_month) name="close" error=sending.error("period")>
                                <Select name="close" options=over value=period />
                            </Field>
                        </div>
                        <Button kind=ButtonKind::Danger icon="lock" loading=sending.busy on_click=move |_| asks.set(true)>
                            {td_string!(l, billing.close_month)}
                        </Button>
                    </div>
                })}
            </div>
        </Card>
        <Confirm open=asks title=td_string!(l, billing.close_month) verb=td_string!(l, billing.close_month) must_type=name
            text=Signal::derive(move || td_string!(l, billing.close_text, month = name.get()).to_string()) on_confirm=confirm />
    }
}
