//! How the product itself is doing: for our own support, at night. Refreshes itself while somebody looks.

mod dead;
mod sections;

use crate::util::{Failed, lang};
use dead::Dead;
use i18n::{failure, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use model::operations::{Operations, RunOutcome};
use sections::{Database, Deliveries, Dependencies, Queues, Schedules};
use ui::prelude::*;

/// Between two looks, milliseconds.
const EVERY: u64 = 10_000;

/// What all parts of the page read from.
#[derive(Clone, Copy)]
struct Known(RwSignal<Option<Operations>>);

impl Known {
    /// One part; it is drawn anew only when it changed. Absent while nothing is known, `Some(None)` when it could not be read.
    fn part<T>(self, of: fn(&Operations) -> &Option<T>) -> Memo<Option<Option<T>>>
    where
        T: Clone + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.0.with(|all| all.as_ref().map(|all| of(all).clone())))
    }
}

/// `/desk/operations`.
#[component]
pub fn OperationsPage() -> impl IntoView {
    let l = lang();
    let found = Resource::new(|| (), |()| api::operations::overview());
    let known = Known(RwSignal::new(None));
    let take = move || {
        if let Some(Ok(fresh)) = found.get() {
            known.0.set(Some(fresh));
        }
    };
    use_interval(EVERY, move || {
        if !document().hidden() {
            found.refetch();
        }
    });
    let again = Callback::new(move |()| found.refetch());
    view! {
        <Title text=td_string!(l, operations.title) />
        <PageHeader title=td_string!(l, operations.title) />
        <Transition fallback=move || view! { <Skeleton lines=8 /> }>
            {move || {
                take();
                match (found.get(), known.0.with_untracked(Option::is_some)) {
                    (Some(Err(error)), false) => view! { <Failed failure=error.0 back="/desk" on_retry=again /> }.into_any(),
                    // What was known stays; that it is no longer fresh is said.
                    (Some(Err(error)), true) => {
                        view! { <Banner tone=Tone::Warning text=failure::code(l, error.code()) /> }.into_any()
                    }
                    (_, true) => ().into_any(),
                    _ => view! { <Skeleton lines=8 /> }.into_any(),
                }
            }}
            <Show when=move || known.0.with(Option::is_some)>
                <div class="stack">
                    <Head known=known />
                    <Dependencies known=known />
                    <Dead known=known on_done=again />
                    <Queues known=known />
                    <Schedules known=known />
                    <Deliveries known=known />
                    <Database known=known />
                </div>
            </Show>
        </Transition>
    }
    .into_any()
}

/// The numbers that tell whether to look further.
#[component]
fn Head(known: Known) -> impl IntoView {
    let (l, now) = (lang(), api::session::use_now());
    let about = move || {
        known.0.with(|all| {
            let all = all.as_ref()?;
            let since = when::moment(l, all.started_at, all.at);
            Some(td_string!(l, operations.about, version = all.version.clone(), since = since).to_string())
        })
    };
    // A part that could not be read is a dash, not a zero.
    let number = move |of: fn(&Operations) -> Option<i64>| {
        Signal::derive(move || {
            known.0.with(|all| all.as_ref().and_then(of)).map_or_else(|| "—".to_owned(), |n| n.to_string())
        })
    };
    let tone = move |of: fn(&Operations) -> Option<i64>, tone: Tone| {
        Signal::derive(
            move || if known.0.with(|all| all.as_ref().and_then(of)) > Some(0) { tone } else { Tone::Neutral },
        )
    };
    let oldest = Signal::derive(move || {
        let at = known
            .0
            .with(|all| all.as_ref()?.queues.iter().flatten().filter_map(|queue| queue.oldest_ready_at).min())?;
        Some(td_string!(l, operations.stat_waits_note, age = when::ago(l, at, now.get())).to_string())
    });
    let late = Signal::derive(move || {
        let at = known.0.with(|all| all.as_ref()?.outbox?.oldest_at)?;
        Some(td_string!(l, operations.stat_waits_note, age = when::ago(l, at, now.get())).to_string())
    });
    let connections = Signal::derive(move || {
        known
            .0
            .with(|all| {
                all.as_ref()?.database.as_ref().map(|db| format!("{} / {}", db.connections_busy, db.connections_max))
            })
            .unwrap_or_else(|| "—".to_owned())
    });
    view! {
        <p class="m-0 text-muted">{about}</p>
        <StatGrid>
            <Stat label=td_string!(l, operations.stat_dead) value=number(dead) tone=tone(dead, Tone::Danger) icon="circle-x" />
            <Stat label=td_string!(l, operations.stat_waits) value=number(ready) note=oldest icon="list" />
            <Stat label=td_string!(l, operations.stat_outbox) value=number(waiting) note=late icon="send" />
            <Stat label=td_string!(l, operations.stat_schedules) value=number(troubled) tone=tone(troubled, Tone::Danger) icon="calendar-clock" />
            <Stat label=td_string!(l, operations.stat_failed) value=number(failed) tone=tone(failed, Tone::Warning) icon="mail" />
            <Stat label=td_string!(l, operations.stat_connections) value=connections icon="gauge" />
        </StatGrid>
    }
}

fn dead(all: &Operations) -> Option<i64> {
    all.dead.as_ref().map(|dead| dead.total)
}

fn ready(all: &Operations) -> Option<i64> {
    all.queues.as_ref().map(|queues| queues.iter().map(|queue| queue.ready).sum())
}

fn waiting(all: &Operations) -> Option<i64> {
    all.outbox.map(|outbox| outbox.waiting)
}

fn troubled(all: &Operations) -> Option<i64> {
    let troubled = all.schedules.as_ref()?.iter().filter(|row| {
        row.late || row.last.as_ref().is_some_and(|run| run.outcome == RunOutcome::Failed || run.failures > 0)
    });
    i64::try_from(troubled.count()).ok()
}

fn failed(all: &Operations) -> Option<i64> {
    use model::notices::DeliveryState;
    let failed = all.deliveries.as_ref()?.iter().filter(|row| row.state == DeliveryState::Failed);
    Some(failed.map(|row| row.count).sum())
}
