//! One import, at the step where it is. The step is a state on the server: a reload shows the same.

use super::{
    columns::Columns,
    outcome::{Checked, Outcome},
    state_look,
    task::{TaskFailure, TaskProgress},
};
use crate::util::{Failed, lang, toast_failure};
use api::ApiResult;
use i18n::{import_words, td_string};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, ImportId,
    imports::{ImportCard, ImportState},
};
use std::cmp::Ordering;
use ui::prelude::*;

/// `/desk/imports/:id`.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_params_map();
    let found = Resource::new(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<ImportId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::imports::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Import card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/imports" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// The card on the page and how it is replaced by a newer one.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub card: RwSignal<ImportCard>,
    /// A call is on its way.
    pub busy: RwSignal<bool>,
    /// Columns are being chosen anew after a check.
    pub columns: RwSignal<bool>,
    toasts: Toasts,
}

impl Desk {
    pub(super) fn id(self) -> ImportId {
        self.card.with_untracked(|card| card.id)
    }

    /// Shows what a call answers.
    pub(super) fn call(self, call: impl Future<Output = ApiResult<ImportCard>> + 'static) {
        let l = lang();
        self.busy.set(true);
        spawn_local(async move {
            match call.await {
                Ok(card) => {
                    if card.state != ImportState::Uploaded {
                        let _ = self.columns.try_set(false);
                    }
                    let _ = self.card.try_set(card);
                }
                Err(error) => toast_failure(self.toasts, l, &error),
            }
            let _ = self.busy.try_set(false);
        });
    }

    /// Reads the card anew. A lost answer is asked for again by whoever asks with each beat.
    pub(super) fn refresh(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            if let Ok(card) = api::imports::get(self.id()).await {
                let _ = self.card.try_set(card);
            }
            let _ = self.busy.try_set(false);
        });
    }
}

#[component]
fn Import(card: ImportCard) -> impl IntoView {
    let l = lang();
    let desk = Desk {
        card: RwSignal::new(card.clone()),
        busy: RwSignal::new(false),
        columns: RwSignal::new(false),
        toasts: use_toasts(),
    };
    let title = import_words::kind(l, card.kind);
    view! {
        <Title text=title />
        <PageHeader title=title subtitle=card.file_name.clone() back="/desk/imports" tags=move || {
            let state = desk.card.with(|c| c.state);
            let (tone, icon) = state_look(state);
            view! { <Pill text=import_words::state(l, state) tone=tone icon=icon /> }
        } />
        <div class="stack">
            <Steps desk=desk />
            {move || {
                let card = desk.card.get();
                let task = card.task.clone();
                let failed = view! { <TaskFailure task=task.clone() /> };
                let body = match (card.state, task) {
                    (ImportState::Checking | ImportState::Running | ImportState::Undoing, Some(task)) => {
                        let label = match card.state {
                            ImportState::Checking => td_string!(l, imports.checking),
                            ImportState::Running => td_string!(l, imports.running),
                            _ => td_string!(l, imports.undoing),
                        };
                        view! { <Card><TaskProgress task=task label=label on_over=move |()| desk.refresh() /></Card> }.into_any()
                    }
                    (ImportState::Checked, _) if !desk.columns.get() => view! { <Checked desk=desk card=card /> }.into_any(),
                    (ImportState::Uploaded | ImportState::Checked, _) => view! { <Columns desk=desk card=card /> }.into_any(),
                    _ => view! { <Outcome desk=desk card=card /> }.into_any(),
                };
                view! { {failed} {body} }
            }}
        </div>
    }
}

/// Where the import is on its way.
#[component]
fn Steps(desk: Desk) -> impl IntoView {
    let l = lang();
    let at = Signal::derive(move || match desk.card.with(|c| c.state) {
        ImportState::Uploaded => 1,
        ImportState::Checked if desk.columns.get() => 1,
        ImportState::Checking | ImportState::Checked => 2,
        _ => 3,
    });
    let words = [
        td_string!(l, imports.step_file),
        td_string!(l, imports.step_columns),
        td_string!(l, imports.step_check),
        td_string!(l, imports.step_result),
    ];
    view! {
        <ol class="flex flex-wrap gap-x-5 gap-y-1 text-sm" aria-label=td_string!(l, imports.steps)>
            {words.into_iter().enumerate().map(|(n, word)| view! {
                <li class=move || if at.get() == n { "row gap-1.5 font-semibold" } else { "row gap-1.5 text-muted" }
                    aria-current=move || (at.get() == n).then_some("step")>
                    {move || {
                        let icon = match at.get().cmp(&n) {
                            Ordering::Greater => "circle-check",
                            Ordering::Equal => "circle-dot",
                            Ordering::Less => "circle",
                        };
                        view! { <Icon name=icon /> }
                    }}
                    {word}
                </li>
            }).collect_view()}
        </ol>
    }
}
