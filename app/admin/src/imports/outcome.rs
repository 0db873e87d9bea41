//! What a check found, and what a run did; the wrong rows in both.

use super::page::Desk;
use crate::util::lang;
use api::confirm::use_confirming;
use i18n::{import_words, td_string};
use leptos::prelude::*;
use model::imports::{Field, FirstRow, ImportCard, ImportCounts, ImportKind, ImportState, KeptRow, Verdict, WrongRow};
use ui::prelude::*;

/// A checked import: counts, wrong rows, and the button that writes.
#[component]
pub(super) fn Checked(desk: Desk, card: ImportCard) -> impl IntoView {
    let l = lang();
    let id = card.id;
    let good = card.counts.new + card.counts.changed;
    view! {
        <Counts counts=card.counts />
        {(good == 0).then(|| view! { <Banner tone=Tone::Info text=td_string!(l, imports.nothing_to_run) /> })}
        <div class="row justify-end">
            <Button icon="columns-3" on_click=move |_| desk.columns.set(true)>{td_string!(l, imports.to_columns)}</Button>
            <Button kind=ButtonKind::Primary icon="check" loading=desk.busy disabled={good == 0}
                on_click=move |_| desk.call(api::imports::start(id))>
                {td_string!(l, imports.run, n = good.to_string()).to_string()}
            </Button>
        </div>
        <First rows=card.first.clone() kind=card.kind />
        <Wrong card=card.clone() />
        <Rows title=td_string!(l, imports.warnings) rows=card.warnings />
    }
}

/// The first rows as they would be written, with the columns that say something.
#[component]
fn First(rows: Vec<FirstRow>, kind: ImportKind) -> impl IntoView {
    let l = lang();
    let said = |field: Field| rows.iter().any(|row| row.values.iter().any(|value| value.field == field));
    let cells = kind.fields().iter().copied().filter(|field| said(*field)).map(|field| {
        Column::new(field.as_str(), import_words::field(l, field), move |r: &FirstRow| {
            r.values.iter().find(|value| value.field == field).map(|value| import_words::value(l, field, &value.value))
        })
    });
    let columns: Vec<Column<FirstRow>> = [
        Column::new("line", td_string!(l, imports.line), |r: &FirstRow| r.line).num(),
        Column::new("verdict", td_string!(l, imports.becomes), move |r: &FirstRow| {
            let tone = match r.verdict {
                Verdict::New => Tone::Success,
                Verdict::Changed => Tone::Info,
                Verdict::Same => Tone::Neutral,
                Verdict::Wrong => Tone::Danger,
            };
            view! { <Pill text=import_words::verdict(l, r.verdict) tone=tone /> }
        }),
    ]
    .into_iter()
    .chain(cells)
    .chain([Column::new("reason", td_string!(l, imports.reason), move |r: &FirstRow| {
        import_words::troubles(l, &r.troubles)
    })
    .class("min-w-64 whitespace-normal!")])
    .collect();
    let title = td_string!(l, imports.first_rows);
    (!rows.is_empty()).then(|| view! {
        <Card title=title flush=true>
            <p class="panel-body m-0 text-muted">{td_string!(l, imports.first_rows_hint)}</p>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &FirstRow| r.line.to_string() caption=title stack=true />
        </Card>
    })
}

/// An import that wrote: what stands, what is wrong, and the way back.
#[component]
pub(super) fn Outcome(desk: Desk, card: ImportCard) -> impl IntoView {
    let l = lang();
    let (id, state, counts) = (card.id, card.state, card.counts);
    let (asking, confirming) = (RwSignal::new(false), use_confirming());
    let text = match state {
        ImportState::Undone if counts.kept > 0 => {
            (Tone::Warning, td_string!(l, imports.undone_part, n = counts.kept.to_string()).to_string())
        }
        ImportState::Undone => (Tone::Info, td_string!(l, imports.undone_all).to_owned()),
        ImportState::Stopped => (Tone::Warning, td_string!(l, imports.stopped_text).to_owned()),
        _ => (Tone::Success, td_string!(l, imports.result_done, n = counts.done.to_string()).to_string()),
    };
    let can_undo = state != ImportState::Undone || counts.kept > 0;
    let undo_word =
        if state == ImportState::Undone { td_string!(l, imports.undo_again) } else { td_string!(l, imports.undo) };
    view! {
        <Banner tone=text.0 title=text.1 text=td_string!(l, imports.result_made, n = counts.made.to_string()).to_string() />
        <Counts counts=counts />
        <div class="row justify-end">
            {can_undo.then(|| view! {
                <Button kind=ButtonKind::Danger icon="undo-2" loading=desk.busy on_click=move |_| asking.set(true)>{undo_word}</Button>
            })}
            {(state == ImportState::Stopped).then(|| view! {
                <Button kind=ButtonKind::Primary icon="play" loading=desk.busy on_click=move |_| desk.call(api::imports::start(id))>
                    {td_string!(l, imports.go_on)}
                </Button>
            })}
            <Button icon="upload" href="/desk/imports/new">{td_string!(l, imports.another)}</Button>
        </div>
        <Kept rows=card.kept.clone() />
        <Wrong card=card />
        <Confirm open=asking title=td_string!(l, imports.undo_title) text=td_string!(l, imports.undo_text) verb=undo_word
            on_confirm=move |()| {
                asking.set(false);
                desk.call(confirming.sure(move || api::imports::undo(id)));
            } />
    }
}

#[component]
fn Counts(counts: ImportCounts) -> impl IntoView {
    let l = lang();
    let one = move |verdict, n: i32, tone: Tone| {
        let tone = if n > 0 { tone } else { Tone::Neutral };
        view! { <Stat label=import_words::verdict(l, verdict) value=n.to_string() tone=tone /> }
    };
    view! {
        <StatGrid>
            {one(Verdict::New, counts.new, Tone::Success)}
            {one(Verdict::Changed, counts.changed, Tone::Info)}
            {one(Verdict::Same, counts.same, Tone::Neutral)}
            {one(Verdict::Wrong, counts.wrong, Tone::Danger)}
        </StatGrid>
    }
}

/// The wrong rows and the file to correct them in.
#[component]
fn Wrong(card: ImportCard) -> impl IntoView {
    let l = lang();
    let (wrong, id) = (card.counts.wrong, card.id);
    (wrong > 0).then(|| view! {
        <Banner tone=Tone::Danger title=format!("{}: {wrong}", td_string!(l, imports.wrong_rows)) text=td_string!(l, imports.wrong_hint)>
            <a class="btn btn-plain" rel="external" download="" href=format!("/imports/{id}/errors.xlsx")>
                <Icon name="download" />
                {td_string!(l, imports.error_file)}
            </a>
        </Banner>
        <Rows title=td_string!(l, imports.wrong_rows) rows=card.wrong />
    })
}

#[component]
fn Rows(title: &'static str, rows: Vec<WrongRow>) -> impl IntoView {
    let l = lang();
    let cut = rows.len() >= 100;
    let columns = vec![
        Column::new("line", td_string!(l, imports.line), |r: &WrongRow| r.line).num(),
        Column::new("reason", td_string!(l, imports.reason), move |r: &WrongRow| {
            import_words::troubles(l, &r.troubles)
        })
        .class("min-w-64 whitespace-normal!"),
        Column::new("row", td_string!(l, imports.row), |r: &WrongRow| {
            let text = r.cells.iter().filter(|c| !c.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
            view! { <span title=text.clone()>{text.clone()}</span> }
        })
        .class("cell-cut text-muted"),
    ];
    (!rows.is_empty()).then(|| view! {
        <Card title=title flush=true>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &WrongRow| r.line.to_string() caption=title stack=true />
            {cut.then(|| view! { <p class="panel-body text-muted">{td_string!(l, imports.first_hundred)}</p> })}
        </Card>
    })
}

/// What an undo had to leave, and why.
#[component]
fn Kept(rows: Vec<KeptRow>) -> impl IntoView {
    let l = lang();
    let columns = vec![
        Column::new("what", td_string!(l, imports.kind), move |r: &KeptRow| import_words::object(l, &r.object_type)),
        Column::new("why", td_string!(l, imports.reason), move |r: &KeptRow| import_words::kept(l, &r.reason)),
        Column::new("count", td_string!(l, imports.count), |r: &KeptRow| r.count).num(),
        Column::new("lines", td_string!(l, imports.line), |r: &KeptRow| {
            r.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        })
        .class("text-muted"),
    ];
    (!rows.is_empty()).then(|| view! {
        <Card flush=true>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &KeptRow| format!("{}-{}", r.object_type, r.reason)
                caption=td_string!(l, imports.reason) stack=true />
        </Card>
    })
}
