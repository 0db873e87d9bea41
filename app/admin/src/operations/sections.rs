//! The parts of the page that only show.

use super::Known;
use crate::util::lang;
use chrono::{DateTime, Utc};
use i18n::{Locale, notices, operations as words, td_string, when};
use leptos::prelude::*;
use model::{
    notices::DeliveryState,
    operations::{
        DatabaseState, DeliveryCount, Dependency, RunOutcome, ScheduleRow, ScheduleRun, SlowQuery, TaskQueue,
    },
};
use ui::prelude::*;

/// A part, or that it cannot be read.
#[component]
pub(super) fn Part<T>(of: Memo<Option<Option<T>>>, body: impl Fn(T) -> AnyView + Send + Sync + 'static) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let l = lang();
    move || match of.get() {
        Some(Some(part)) => body(part),
        Some(None) => {
            view! { <div class="p-3"><Banner tone=Tone::Warning text=td_string!(l, operations.unread) /></div> }
                .into_any()
        }
        None => view! { <Skeleton lines=3 /> }.into_any(),
    }
}

/// How long ago, with the whole moment behind it.
fn ago(l: Locale, at: Option<DateTime<Utc>>) -> AnyView {
    let now = api::session::use_now();
    match at {
        Some(at) => view! { <span title=when::full(l, at)>{move || when::ago(l, at, now.get())}</span> }.into_any(),
        None => view! { <span class="text-muted">{td_string!(l, operations.never)}</span> }.into_any(),
    }
}

#[component]
pub(super) fn Dependencies(known: Known) -> impl IntoView {
    let l = lang();
    let rows = Memo::new(move |_| known.0.with(|all| all.as_ref().map(|all| all.dependencies.clone())));
    let state = move |row: &Dependency| {
        let (text, tone) = match row.is_down() {
            Some(false) => (td_string!(l, operations.dep_up), Tone::Success),
            Some(true) => (td_string!(l, operations.dep_down), Tone::Danger),
            None => (td_string!(l, operations.dep_unknown), Tone::Neutral),
        };
        view! { <Pill text=text tone=tone plain=true /> }
    };
    let columns = vec![
        Column::new("name", td_string!(l, operations.dep_name), move |row: &Dependency| words::dependency(l, row.name)),
        Column::new("state", td_string!(l, operations.dep_state), state),
        Column::new("ok", td_string!(l, operations.dep_ok), move |row: &Dependency| ago(l, row.ok_at)),
        Column::new("failed", td_string!(l, operations.dep_failed), move |row: &Dependency| ago(l, row.failed_at)),
        Column::new("error", td_string!(l, operations.error), |row: &Dependency| row.error.clone())
            .class("break-words"),
    ];
    view! {
        <Card title=td_string!(l, operations.dependencies) flush=true>
            <DataTable columns=columns rows=rows key=|row: &Dependency| row.name.to_string()
                caption=td_string!(l, operations.dependencies) stack=true />
            <p class="m-0 p-3 text-muted">{td_string!(l, operations.dep_here)}</p>
        </Card>
    }
}

#[component]
pub(super) fn Queues(known: Known) -> impl IntoView {
    let l = lang();
    let columns = move || {
        vec![
            Column::new("task", td_string!(l, operations.task), |row: &TaskQueue| row.task.clone()),
            Column::new("ready", td_string!(l, operations.ready), |row: &TaskQueue| row.ready).num(),
            Column::new("running", td_string!(l, operations.running), |row: &TaskQueue| row.running).num(),
            Column::new("waiting", td_string!(l, operations.waiting), |row: &TaskQueue| row.waiting).num(),
            Column::new("retrying", td_string!(l, operations.retrying), |row: &TaskQueue| row.retrying).num(),
            Column::new("dead", td_string!(l, operations.dead), |row: &TaskQueue| row.dead).num(),
        ]
    };
    let body = move |queues: Vec<TaskQueue>| {
        view! {
            <DataTable columns=columns() rows=Signal::stored(Some(queues)) key=|row: &TaskQueue| row.task.clone()
                caption=td_string!(l, operations.queues) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, operations.no_jobs) icon="circle-check" /> } />
        }
        .into_any()
    };
    view! { <Card title=td_string!(l, operations.queues) flush=true><Part of=known.part(|all| &all.queues) body=body /></Card> }
}

fn last_run(l: Locale, run: Option<&ScheduleRun>) -> AnyView {
    let Some(run) = run else {
        return view! { <Pill text=td_string!(l, operations.run_never) plain=true /> }.into_any();
    };
    let (text, tone) = match run.outcome {
        RunOutcome::Running => (td_string!(l, operations.run_running).to_owned(), Tone::Info),
        RunOutcome::Succeeded => (td_string!(l, operations.run_ok).to_owned(), Tone::Success),
        RunOutcome::Failed if run.failures > 1 => {
            (td_string!(l, operations.run_failed_n, n = run.failures.to_string()).to_string(), Tone::Danger)
        }
        RunOutcome::Failed => (td_string!(l, operations.run_failed).to_owned(), Tone::Danger),
    };
    let took = run.ended_at.map(|end| words::took(l, end - run.started_at));
    let took = took.map(|time| td_string!(l, operations.took, time = time).to_string());
    let error = run.error.clone();
    view! {
        <span class="inline-flex flex-wrap items-center gap-2">
            <Pill text=text tone=tone plain=true />
            {ago(l, Some(run.started_at))}
            {took.map(|took| view! { <span class="text-muted">{took}</span> })}
        </span>
        {error.map(|error| view! { <div class="text-muted break-words whitespace-normal">{error}</div> })}
    }
    .into_any()
}

#[component]
pub(super) fn Schedules(known: Known) -> impl IntoView {
    let (l, now) = (lang(), api::session::use_now());
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, operations.schedule), move |row: &ScheduleRow| {
                view! { <span title=row.name.as_str() class="whitespace-normal">{words::schedule(l, row.name)}</span> }
            }),
            Column::new("when", td_string!(l, operations.when), move |row: &ScheduleRow| {
                words::starts(l, row.name.when())
            }),
            Column::new("last", td_string!(l, operations.last_run), move |row: &ScheduleRow| {
                let late = row.late.then(|| {
                    view! {
                        <Pill text=td_string!(l, operations.run_late) tone=Tone::Danger icon="alarm-clock" plain=true />
                    }
                });
                view! { {late} {last_run(l, row.last.as_ref())} }
            }),
            Column::new("done", td_string!(l, operations.done), |row: &ScheduleRow| {
                row.last.as_ref().and_then(|run| run.done)
            })
            .num(),
            Column::new("next", td_string!(l, operations.next_run), move |row: &ScheduleRow| {
                when::moment(l, row.next_at, now.get_untracked())
            }),
        ]
    };
    let body = move |rows: Vec<ScheduleRow>| {
        view! {
            <DataTable columns=columns() rows=Signal::stored(Some(rows)) key=|row: &ScheduleRow| row.name.to_string()
                caption=td_string!(l, operations.schedules) stack=true />
        }
        .into_any()
    };
    view! { <Card title=td_string!(l, operations.schedules) flush=true><Part of=known.part(|all| &all.schedules) body=body /></Card> }
}

#[component]
pub(super) fn Deliveries(known: Known) -> impl IntoView {
    let l = lang();
    let state = move |row: &DeliveryCount| {
        let tone = match row.state {
            DeliveryState::Failed => Tone::Danger,
            DeliveryState::Queued | DeliveryState::Sending => Tone::Info,
            DeliveryState::Captured => Tone::Neutral,
            DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Read => Tone::Success,
        };
        view! { <Pill text=notices::state(l, row.state) tone=tone plain=true /> }
    };
    let columns = move || {
        vec![
            Column::new("channel", td_string!(l, operations.channel), move |row: &DeliveryCount| {
                notices::channel(l, row.channel)
            }),
            Column::new("state", td_string!(l, operations.dep_state), state),
            Column::new("reason", td_string!(l, operations.reason), move |row: &DeliveryCount| {
                row.reason.map(|reason| notices::reason(l, reason))
            }),
            Column::new("count", td_string!(l, operations.count), |row: &DeliveryCount| row.count).num(),
        ]
    };
    let body = move |rows: Vec<DeliveryCount>| {
        view! {
            <DataTable columns=columns() rows=Signal::stored(Some(rows))
                key=|row: &DeliveryCount| format!("{} {} {:?}", row.channel, row.state, row.reason)
                caption=td_string!(l, operations.deliveries) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, operations.no_deliveries) icon="mail" /> } />
        }
        .into_any()
    };
    view! { <Card title=td_string!(l, operations.deliveries) flush=true><Part of=known.part(|all| &all.deliveries) body=body /></Card> }
}

#[component]
pub(super) fn Database(known: Known) -> impl IntoView {
    let l = lang();
    let columns = move || {
        vec![
            Column::new("query", td_string!(l, operations.query), |row: &SlowQuery| {
                view! { <code class="text-xs break-words whitespace-normal">{row.text.clone()}</code> }
            }),
            Column::new("calls", td_string!(l, operations.calls), move |row: &SlowQuery| {
                row.calls.map_or_else(|| td_string!(l, operations.running_now).to_owned(), |calls| calls.to_string())
            })
            .num(),
            Column::new("millis", td_string!(l, operations.millis), |row: &SlowQuery| row.millis).num(),
        ]
    };
    let body = move |state: DatabaseState| {
        let megabytes = td_string!(l, operations.megabytes, n = (state.size_bytes / 1_048_576).to_string()).to_string();
        view! {
            <div class="p-3">
                <KeyValues>
                    <Fact label=td_string!(l, operations.size)>{megabytes}</Fact>
                    <Fact label=td_string!(l, operations.stat_connections)>
                        {format!("{} / {} / {}", state.connections_busy, state.connections, state.connections_max)}
                    </Fact>
                </KeyValues>
            </div>
            <DataTable columns=columns() rows=Signal::stored(Some(state.slow)) key=|row: &SlowQuery| row.text.clone()
                caption=td_string!(l, operations.slow) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, operations.slow_none) icon="gauge" /> } />
        }
        .into_any()
    };
    view! { <Card title=td_string!(l, operations.database) flush=true><Part of=known.part(|all| &all.database) body=body /></Card> }
}
