//! Files of long lists: being made, or ready to be taken away.

use super::TaskProgress;
use crate::util::{Failed, lang};
use i18n::{td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use model::tasks::{TaskState, TaskView};
use ui::prelude::*;

/// `/desk/exports`: the person's own, while they run or can be taken away.
#[component]
pub fn ExportsPage() -> impl IntoView {
    let l = lang();
    let all = Resource::new(|| (), |()| api::tasks::own());
    view! {
        <Title text=td_string!(l, imports.exports) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, imports.exports) back="/desk" />
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>
                {move || all.get().map(|answer| match answer {
                    Ok(tasks) if tasks.is_empty() => view! {
                        <Card><EmptyState text=td_string!(l, imports.no_exports) icon="file-spreadsheet" /></Card>
                    }
                    .into_any(),
                    Ok(tasks) => tasks.into_iter().map(|task| view! {
                        <Card class="mb-4"><One task=task on_over=move |()| all.refetch() /></Card>
                    }).collect_view().into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn One(task: TaskView, #[prop(into)] on_over: Callback<()>) -> impl IntoView {
    let l = lang();
    match (task.state, task.file_name.clone()) {
        (TaskState::Waiting | TaskState::Running, _) => {
            view! { <TaskProgress task=task label=td_string!(l, imports.export_making) on_over=on_over /> }.into_any()
        }
        (TaskState::Done, Some(name)) => view! {
            <div class="row">
                <div class="grow">
                    <div class="font-semibold">{td_string!(l, imports.export_ready)}</div>
                    <div class="text-sm text-muted">{name} {task.expires_at.map(|at| format!(" · {} {}", td_string!(l, imports.until), when::full(l, at)))}</div>
                </div>
                <a class="btn btn-primary" rel="external" download="" href=format!("/tasks/{}/file", task.id)>
                    <Icon name="download" />
                    {td_string!(l, imports.export_take)}
                </a>
            </div>
        }
        .into_any(),
        _ => view! { <Banner tone=Tone::Danger title=td_string!(l, imports.task_failed) /> }.into_any(),
    }
}
