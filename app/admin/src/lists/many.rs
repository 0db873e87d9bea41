//! One action on all chosen rows. What could not be done stays chosen, each with its reason.

use crate::util::{lang, toast_failure};
use api::ApiResult;
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{Failure, bulk::Outcome};
use std::{collections::BTreeSet, str::FromStr};
use ui::prelude::*;

/// The chosen rows and what hangs on them. `Ask` says what is asked before anything is done.
pub(crate) struct Many<Ask: 'static> {
    pub rows: RowKeys,
    pub busy: RwSignal<bool>,
    pub asking: RwSignal<Option<Ask>>,
    failed: RwSignal<Vec<(String, Failure)>>,
    done: RwSignal<usize>,
    /// What a person calls a row.
    name: Callback<String, String>,
    changed: Callback<()>,
}

impl<Ask> Clone for Many<Ask> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Ask> Copy for Many<Ask> {}

impl<Ask: Copy + PartialEq + Send + Sync + 'static> Many<Ask> {
    pub fn new(rows: RowKeys, name: impl Fn(String) -> String + Send + Sync + 'static, changed: Callback<()>) -> Self {
        Self {
            rows,
            busy: RwSignal::new(false),
            asking: RwSignal::new(None),
            failed: RwSignal::new(Vec::new()),
            done: RwSignal::new(0),
            name: Callback::new(name),
            changed,
        }
    }

    /// Asks about the chosen rows, or about the one under the cursor when nothing is chosen.
    pub fn ask(self, ask: Ask) {
        let RowKeys { active, selected, .. } = self.rows;
        if selected.with_untracked(BTreeSet::is_empty)
            && let Some(active) = active.get_untracked()
        {
            selected.set(BTreeSet::from([active]));
        }
        if !selected.with_untracked(BTreeSet::is_empty) {
            self.asking.set(Some(ask));
        }
    }

    /// Sends the chosen rows once and tells how it went.
    pub fn run<I: FromStr, F>(self, toasts: Toasts, send: impl FnOnce(Vec<I>) -> F)
    where
        F: Future<Output = ApiResult<Vec<Outcome>>> + 'static,
    {
        let l = lang();
        let ids: Vec<I> = self.rows.selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() || self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let call = send(ids);
        spawn_local(async move {
            match call.await {
                Ok(outcomes) => {
                    if let (done, 0) = self.report(outcomes) {
                        toasts.success(td_string!(l, search.bulk_done, n = done.to_string()).to_string());
                    }
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            self.busy.set(false);
        });
    }

    /// Keeps what was refused, chosen and with its reason; says how many were done and how many were not.
    pub fn report(self, outcomes: Vec<Outcome>) -> (usize, usize) {
        let done = outcomes.iter().filter(|one| one.failure.is_none()).count();
        let failed: Vec<_> = outcomes.into_iter().filter_map(|one| Some((one.id.to_string(), one.failure?))).collect();
        let refused = failed.len();
        self.rows.selected.set(failed.iter().map(|(id, _)| id.clone()).collect());
        self.done.set(done);
        // The answer may come after the page was left: there is nobody to name then, and nothing to fetch.
        let name = |id| self.name.try_run(id).unwrap_or_default();
        self.failed.set(failed.into_iter().map(|(id, failure)| (name(id), failure)).collect());
        self.asking.set(None);
        let _ = self.changed.try_run(());
        (done, refused)
    }
}

/// A dialog that is open while `ask` is being asked.
pub(crate) fn opened<Ask: Copy + PartialEq + Send + Sync + 'static>(many: Many<Ask>, ask: Ask) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    effect(move || open.set(many.asking.get() == Some(ask)));
    effect_after(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now && many.asking.get_untracked() == Some(ask) {
            many.asking.set(None);
        }
        now
    });
    open
}

/// How many rows are chosen, for titles.
pub(crate) fn count_of<Ask>(many: Many<Ask>) -> String {
    many.rows.selected.with(BTreeSet::len).to_string()
}

/// What was not done, and why.
#[component]
pub(crate) fn Refusals<Ask: Copy + PartialEq + Send + Sync + 'static>(of: Many<Ask>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    effect(move || open.set(of.failed.with(|failed| !failed.is_empty())));
    let title = Signal::derive(move || {
        td_string!(l, search.bulk_failed_title, n = of.failed.with(Vec::len).to_string()).to_string()
    });
    view! {
        <Dialog open=open title=title on_close=move |()| of.failed.set(Vec::new())
            footer=move || view! { <Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{td_string!(l, search.key_close)}</Button> }>
            <p>{move || td_string!(l, search.bulk_failed_text, n = of.done.get().to_string()).to_string()}</p>
            <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 max-h-80 overflow-y-auto">
                {move || of.failed.get().into_iter().map(|(name, refusal)| {
                    let why = refusal.fields.first().map_or_else(|| failure::code(l, refusal.code).to_owned(), |f| failure::field(l, f));
                    view! { <dt class="num font-semibold">{name}</dt><dd class="m-0">{why}</dd> }
                }).collect_view()}
            </dl>
        </Dialog>
    }
}
