//! What each column of the file is: guessed, shown, and open to change.

use super::page::Desk;
use crate::util::lang;
use i18n::{import_words, td_string};
use leptos::prelude::*;
use model::imports::{Field as Meaning, ImportCard, SetColumns};
use ui::prelude::*;

#[component]
pub(super) fn Columns(desk: Desk, card: ImportCard) -> impl IntoView {
    let l = lang();
    let (id, version, kind) = (card.id, card.version, card.kind);
    let sheet = RwSignal::new(card.sheet.to_string());
    let header = RwSignal::new(card.header_row.to_string());
    let chosen: Vec<RwSignal<String>> =
        card.columns.iter().map(|c| RwSignal::new(c.field.map(|f| f.to_string()).unwrap_or_default())).collect();
    let choices = StoredValue::new(chosen.clone());
    let number = |text: RwSignal<String>| text.get_untracked().parse::<i32>().unwrap_or(0);
    let elsewhere = move |_: String| {
        let command = SetColumns { sheet: number(sheet), header_row: number(header), columns: None };
        desk.call(api::imports::choose(id, version, command));
    };
    let check = move |_| {
        let columns = choices.with_value(|all| all.iter().map(|c| c.get_untracked().parse().ok()).collect());
        let command = SetColumns { sheet: number(sheet), header_row: number(header), columns: Some(columns) };
        desk.call(async move {
            api::imports::choose(id, version, command).await?;
            api::imports::check(id).await
        });
    };
    // What is missing follows the choices, before the server says so.
    let missing = Signal::derive(move || {
        let taken: Vec<String> = choices.with_value(|all| all.iter().map(|c| c.get()).collect());
        kind.fields()
            .iter()
            .filter(|f| kind.requires(**f) && !taken.iter().any(|t| t == f.as_str()))
            .map(|f| import_words::field(l, *f))
            .collect::<Vec<_>>()
    });
    let options: Vec<Opt> =
        kind.fields().iter().map(|f: &Meaning| Opt::new(f.as_str(), import_words::field(l, *f))).collect();
    let options = Signal::stored(options);
    let sheets: Vec<Opt> =
        card.sheets.iter().enumerate().map(|(n, name)| Opt::new(n.to_string(), name.clone())).collect();
    let several = sheets.len() > 1;
    let rows: Vec<Opt> = card
        .head
        .iter()
        .enumerate()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
        .map(|(n, cells)| {
            let words: Vec<&str> = cells.iter().map(String::as_str).filter(|c| !c.is_empty()).take(4).collect();
            let row = td_string!(l, imports.row_n, n = (n + 1).to_string()).to_string();
            let text: String = words.join(" · ").chars().take(70).collect();
            Opt::new(n.to_string(), format!("{row}: {text}"))
        })
        .collect();
    let lines = card.columns.into_iter().zip(chosen).enumerate().map(move |(n, (column, value))| {
        let title = if column.title.is_empty() {
            td_string!(l, imports.no_title, n = (n + 1).to_string()).to_string()
        } else {
            column.title
        };
        let label = format!("{}: {title}", td_string!(l, imports.means));
        let examples = column.examples.join(", ");
        view! {
            <tr>
                <td class="max-w-64"><span class="line-clamp-2">{title}</span></td>
                <td class="w-64 min-w-44">
                    <Select name=format!("column-{n}") options=options value=value placeholder=td_string!(l, imports.skip) label=label />
                </td>
                <td class="cell-cut text-muted" title=examples.clone()>{examples.clone()}</td>
            </tr>
        }
    });
    view! {
        <Card>
            <div class="grid gap-4 sm:grid-cols-2">
                {several.then(|| view! {
                    <Field label=td_string!(l, imports.sheet) name="sheet">
                        <Select name="sheet" options=sheets value=sheet on_change=elsewhere disabled=desk.busy />
                    </Field>
                })}
                <Field label=td_string!(l, imports.header_row) name="header">
                    <Select name="header" options=rows value=header on_change=elsewhere disabled=desk.busy />
                </Field>
            </div>
        </Card>
        {move || {
            let list = missing.get().join(", ");
            (!list.is_empty()).then(|| view! { <Banner tone=Tone::Warning text=td_string!(l, imports.missing, list = list).to_string() /> })
        }}
        <Card flush=true>
            <div class="table-frame" tabindex="0">
                <table class="tbl">
                    <caption class="sr-only">{td_string!(l, imports.step_columns)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{td_string!(l, imports.in_file)}</th>
                            <th scope="col">{td_string!(l, imports.means)}</th>
                            <th scope="col">{td_string!(l, imports.examples)}</th>
                        </tr>
                    </thead>
                    <tbody>{lines.collect_view()}</tbody>
                </table>
            </div>
        </Card>
        <div class="row justify-end">
            <Button kind=ButtonKind::Primary icon="clipboard-check" loading=desk.busy
                disabled=Signal::derive(move || !missing.get().is_empty()) on_click=check>
                {td_string!(l, imports.check)}
            </Button>
        </div>
    }
}
