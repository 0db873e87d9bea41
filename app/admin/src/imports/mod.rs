//! Imports of spreadsheets: the list, a new file, and one import on its way.

mod columns;
mod exports;
mod outcome;
mod page;
mod start;
mod task;

pub use exports::ExportsPage;
pub use page::ImportPage;
pub use start::NewImportPage;
pub(crate) use task::{TaskFailure, TaskProgress};

use crate::util::{Failed, lang};
use api::session::use_now;
use i18n::{import_words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use model::imports::{ImportRow, ImportState};
use ui::prelude::*;

pub(super) fn state_look(state: ImportState) -> (Tone, &'static str) {
    match state {
        ImportState::Uploaded => (Tone::Info, "upload"),
        ImportState::Checking | ImportState::Running | ImportState::Undoing => (Tone::Brand, "loader-circle"),
        ImportState::Checked => (Tone::Info, "clipboard-check"),
        ImportState::Done => (Tone::Success, "check"),
        ImportState::Stopped => (Tone::Warning, "circle-pause"),
        ImportState::Undone => (Tone::Neutral, "undo-2"),
    }
}

/// `/desk/imports`: everything that was uploaded, and how it stands.
#[component]
pub fn ImportsPage() -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let all = Resource::new(|| (), |()| api::imports::list());
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    let keys = RowKeys::new(rows, |i: &ImportRow| i.id.to_string());
    keys.walks(|_| ());
    let columns = move || {
        vec![
            Column::new("kind", td_string!(l, imports.kind), move |i: &ImportRow| import_words::kind(l, i.kind)),
            Column::new("state", td_string!(l, imports.state), move |i: &ImportRow| {
                let (tone, icon) = state_look(i.state);
                view! { <Pill text=import_words::state(l, i.state) tone=tone icon=icon /> }
            }),
            Column::new("file", td_string!(l, imports.file_name), |i: &ImportRow| {
                let name = i.file_name.clone();
                view! { <span class="block max-w-64 truncate" title=name.clone()>{name.clone()}</span> }
            }),
            Column::new("rows", td_string!(l, imports.rows), |i: &ImportRow| i.counts.total).num(),
            Column::new("done", td_string!(l, imports.state_done), |i: &ImportRow| i.counts.done).num(),
            Column::new("wrong", td_string!(l, imports.wrong_short), |i: &ImportRow| i.counts.wrong).num(),
            Column::new("who", td_string!(l, imports.who), |i: &ImportRow| i.created_by.clone()).class("text-muted"),
            Column::new("when", td_string!(l, imports.when), move |i: &ImportRow| {
                let at = i.created_at;
                view! { <span title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span> }
            })
            .class("text-muted whitespace-nowrap"),
        ]
    };
    let table = move |rows: Signal<Option<Vec<ImportRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|i: &ImportRow| i.id.to_string() caption=td_string!(l, imports.title)
                href=|i: ImportRow| format!("/desk/imports/{}", i.id) stack=true active=keys.active
                empty=move || view! {
                    <EmptyState text=td_string!(l, imports.empty) icon="file-spreadsheet">
                        <Button kind=ButtonKind::Primary icon="upload" href="/desk/imports/new">{td_string!(l, imports.new)}</Button>
                    </EmptyState>
                } />
        }
    };
    view! {
        <Title text=td_string!(l, imports.title) />
        <PageHeader title=td_string!(l, imports.title) actions=move || view! {
            <Button kind=ButtonKind::Primary icon="upload" href="/desk/imports/new">{td_string!(l, imports.new)}</Button>
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || all.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() />
            })}
            <div hidden=move || all.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
        </Transition>
    }
    .into_any()
}
