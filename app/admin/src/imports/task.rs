//! How far work in the background is. The task is a row on the server: the bar survives a reload.

use crate::util::{lang, toast_failure};
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    tasks::{TaskState, TaskView},
};
use ui::prelude::*;

/// Asks once in a while, which is enough for a bar.
const POLL_MS: u64 = 1_000;

/// A bar with a button to stop; calls back when the task is over, and again with each beat until the page moves on:
/// what the page reads then may still be the moment before the end.
#[component]
pub(crate) fn TaskProgress(
    task: TaskView,
    /// What is being done.
    #[prop(into)]
    label: Signal<String>,
    #[prop(into)] on_over: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let id = task.id;
    let shown = RwSignal::new(task);
    let asking = StoredValue::new(false);
    use_interval(POLL_MS, move || {
        if asking.try_get_value().unwrap_or(true) {
            return;
        }
        if shown.try_with_untracked(|t| t.state.is_over()).unwrap_or(false) {
            on_over.run(());
            return;
        }
        asking.set_value(true);
        spawn_local(async move {
            let fresh = api::tasks::get(id).await;
            let _ = asking.try_set_value(false);
            // A lost answer is asked for again by the next beat.
            if let Ok(fresh) = fresh {
                let over = fresh.state.is_over();
                if shown.try_set(fresh).is_none() && over {
                    let _ = on_over.try_run(());
                }
            }
        });
    });
    let stop = move |_| {
        spawn_local(async move {
            match api::tasks::cancel(id).await {
                Ok(fresh) => {
                    let _ = shown.try_set(fresh);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let words = Signal::derive(move || {
        shown.with(|t| match t.state {
            TaskState::Waiting => td_string!(l, imports.waiting).to_owned(),
            _ if t.cancelling => td_string!(l, imports.stopping).to_owned(),
            _ => match t.total {
                Some(total) => format!("{}: {} / {total}", label.get(), t.done),
                None if t.done > 0 => format!("{}: {}", label.get(), t.done),
                None => label.get(),
            },
        })
    });
    let percent = Signal::derive(move || shown.with(TaskView::percent));
    view! {
        <div class="stack gap-3" role="status" aria-live="polite">
            <Progress label=words value=percent />
            <div class="row">
                <Button size=ButtonSize::Small icon="x" disabled=Signal::derive(move || shown.with(|t| t.cancelling || t.state.is_over())) on_click=stop>
                    {td_string!(l, imports.stop)}
                </Button>
            </div>
        </div>
    }
}

/// Why the last task failed; nothing when it did not.
#[component]
pub(crate) fn TaskFailure(task: Option<TaskView>) -> impl IntoView {
    let l = lang();
    let code = task.filter(|t| t.state == TaskState::Failed).map(|t| {
        Code::ALL.iter().copied().find(|c| Some(c.as_str()) == t.message.as_deref()).unwrap_or(Code::Internal)
    });
    code.map(|code| view! { <Banner tone=Tone::Danger title=td_string!(l, imports.task_failed) text=failure::code(l, code) /> })
}
