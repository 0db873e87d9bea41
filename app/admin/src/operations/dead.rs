//! Dead jobs: another chance for one, for all of a task, or none for ever.

use super::{Known, sections::Part};
use crate::util::{lang, toast_failure};
use api::{ApiResult, session::use_me};
use i18n::{td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Permission as P,
    operations::{DeadJob, DeadJobs, JobsRetried},
};
use std::collections::BTreeSet;
use ui::prelude::*;

#[component]
pub(super) fn Dead(known: Known, on_done: Callback<()>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), api::session::use_now());
    let may = use_me().can(P::OperationsManage);
    let found = known.part(|all| &all.dead);
    let chosen = RwSignal::new(None::<DeadJob>);
    let asking = RwSignal::new(false);
    let retry = move |call: ApiCall| {
        spawn_local(async move {
            match call.send().await {
                Ok(done) => toasts.success(td_string!(l, operations.retried, n = done.jobs.to_string()).to_string()),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = on_done.try_run(());
        });
    };
    let discard = move |()| {
        let Some(job) = chosen.get_untracked() else { return };
        asking.set(false);
        spawn_local(async move {
            match api::operations::discard(job.id).await {
                Ok(()) => toasts.success(td_string!(l, operations.discarded)),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = on_done.try_run(());
        });
    };
    let columns = move || {
        let mut columns = vec![
            Column::new("task", td_string!(l, operations.task), |job: &DeadJob| format!("{} №{}", job.task, job.id)),
            Column::new("payload", td_string!(l, operations.payload), |job: &DeadJob| {
                view! { <code class="text-xs break-all">{job.payload.clone()}</code> }
            }),
            Column::new("error", td_string!(l, operations.error), |job: &DeadJob| job.error.clone())
                .class("break-words"),
            Column::new("attempts", td_string!(l, operations.attempts), |job: &DeadJob| job.attempts).num(),
            Column::new("at", td_string!(l, operations.died), move |job: &DeadJob| {
                let at = job.failed_at;
                view! { <span title=when::full(l, at)>{move || when::ago(l, at, now.get())}</span> }
            }),
        ];
        if may {
            columns.push(Column::new("act", "", move |job: &DeadJob| {
                let (id, job) = (job.id, StoredValue::new(job.clone()));
                view! {
                    <span class="flex justify-end gap-1">
                        <IconButton icon="rotate-ccw" size=ButtonSize::Small label=td_string!(l, operations.retry)
                            on_click=move |_| retry(ApiCall::One(id)) />
                        <IconButton icon="trash-2" size=ButtonSize::Small label=td_string!(l, operations.discard)
                            on_click=move |_| { chosen.set(Some(job.get_value())); asking.set(true); } />
                    </span>
                }
            }));
        }
        columns
    };
    let body = move |dead: DeadJobs| {
        let tasks: BTreeSet<String> = dead.items.iter().map(|job| job.task.clone()).collect();
        let shown = dead.items.len();
        let more = usize::try_from(dead.total).is_ok_and(|total| total > shown);
        let all = may.then(|| {
            let button = |task: String| {
                let word = td_string!(l, operations.retry_all, task = task.clone()).to_string();
                let task = StoredValue::new(task);
                view! {
                    <Button size=ButtonSize::Small icon="rotate-ccw" on_click=move |_| retry(ApiCall::All(task.get_value()))>{word}</Button>
                }
            };
            view! { <div class="flex flex-wrap gap-2 p-3">{tasks.into_iter().map(button).collect_view()}</div> }
        });
        view! {
            {(shown > 0).then_some(all).flatten()}
            {more.then(|| view! {
                <p class="m-0 px-3 pb-2 text-muted">
                    {td_string!(l, operations.dead_more, shown = shown.to_string(), total = dead.total.to_string()).to_string()}
                </p>
            })}
            <DataTable columns=columns() rows=Signal::stored(Some(dead.items)) key=|job: &DeadJob| job.id.to_string()
                caption=td_string!(l, operations.dead_title) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, operations.dead_none) icon="circle-check" /> } />
        }
        .into_any()
    };
    let question = Signal::derive(move || {
        chosen
            .with(|job| {
                job.as_ref().map(|job| {
                    td_string!(l, operations.discard_text, task = job.task.clone(), id = job.id.to_string()).to_string()
                })
            })
            .unwrap_or_default()
    });
    view! {
        <Card title=td_string!(l, operations.dead_title) flush=true><Part of=found body=body /></Card>
        <Confirm open=asking title=td_string!(l, operations.discard_title) text=question
            verb=td_string!(l, operations.discard) on_confirm=discard />
    }
}

/// Whom to give another chance.
enum ApiCall {
    One(i64),
    All(String),
}

impl ApiCall {
    async fn send(self) -> ApiResult<JobsRetried> {
        match self {
            Self::One(id) => api::operations::retry(id).await,
            Self::All(task) => api::operations::retry_all(task).await,
        }
    }
}
