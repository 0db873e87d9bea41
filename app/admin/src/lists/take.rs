//! A list as a file: a workbook or CSV, exactly what it shows.

use crate::util::{lang, toast_failure};
use api::confirm::use_confirming;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    auth::Danger,
    exports::{ExportFormat, ExportList},
    requests::CHOSEN_MOST,
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// The two buttons beside a list.
#[component]
pub(crate) fn TakeAway(
    /// The address of the file in one form: `xlsx` or `csv`.
    #[prop(into)]
    href: Callback<&'static str, String>,
    /// What needs a fresh proof first.
    #[prop(optional)]
    danger: Option<Danger>,
    /// What is in the file, where that is more than the list shows.
    #[prop(optional)]
    hint: &'static str,
) -> impl IntoView {
    let l = lang();
    view! {
        <FileLink href=Signal::derive(move || href.run("xlsx")) danger=danger hint=hint>
            <Icon name="file-spreadsheet" />
            <span class="max-2xl:sr-only">{td_string!(l, desk.export)}</span>
        </FileLink>
        <FileLink href=Signal::derive(move || href.run("csv")) danger=danger hint=hint>
            <Icon name="download" />
            <span class="max-2xl:sr-only">{td_string!(l, receipts.csv)}</span>
        </FileLink>
    }
}

/// The menu of the bar of chosen rows: exactly these as a file.
#[component]
pub(crate) fn TakeChosen(
    list: ExportList,
    selected: RwSignal<BTreeSet<String>>,
    /// What follows the ids in the address: the columns, the order.
    #[prop(into)]
    shown: Signal<String>,
    /// What needs a fresh proof first.
    #[prop(optional)]
    danger: Option<Danger>,
) -> impl IntoView {
    let l = lang();
    view! {
        <Menu label=td_string!(l, together.bulk_export) up=true end=true bordered=true trigger=move || view! {
            <Icon name="file-spreadsheet" /><span class="max-xl:sr-only">{td_string!(l, together.bulk_export)}</span>
        }>
            {ExportFormat::ALL.iter().copied().map(|format| {
                let text = match format {
                    ExportFormat::Xlsx => td_string!(l, together.bulk_export_xlsx),
                    ExportFormat::Csv => td_string!(l, together.bulk_export_csv),
                };
                let href = Signal::derive(move || chosen_href(list, &selected.get(), format, &shown.get()));
                view! {
                    <FileLink href=href danger=danger class="menu-row">
                        <Icon name="file-spreadsheet" /><span>{text}</span>
                    </FileLink>
                }
            }).collect_view()}
        </Menu>
    }
}

/// Exactly the chosen rows as a file. Nothing chosen is no file: without ids the door would give the whole list.
fn chosen_href(list: ExportList, selected: &BTreeSet<String>, format: ExportFormat, shown: &str) -> String {
    if selected.is_empty() {
        return "/desk".to_owned();
    }
    let ids: Vec<String> = selected.iter().take(CHOSEN_MOST).map(|id| format!("ids={id}")).collect();
    format!("/desk/exports/{list}.{format}?{}&{shown}", ids.join("&"))
}

/// A link to a file. A dangerous one asks for a proof when it is needed, and then goes there.
#[component]
pub(crate) fn FileLink(
    #[prop(into)] href: Signal<String>,
    danger: Option<Danger>,
    #[prop(default = "btn btn-plain")] class: &'static str,
    #[prop(optional)] hint: &'static str,
    children: Children,
) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let follow = move |ev: leptos::ev::MouseEvent| {
        let Some(danger) = danger else { return };
        ev.prevent_default();
        let to = href.get_untracked();
        spawn_local(async move {
            match asking.sure(move || api::auth::proven(danger)).await {
                Ok(()) => {
                    let _ = window().location().set_href(&to);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    view! {
        <a class=class rel="external" title=(!hint.is_empty()).then_some(hint) href=move || href.get() on:click=follow>{children()}</a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_chosen_names_each_of_them() {
        let chosen = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
        assert_eq!(
            chosen_href(ExportList::Requests, &chosen, ExportFormat::Csv, "columns=number,status"),
            "/desk/exports/requests.csv?ids=a&ids=b&columns=number,status"
        );
        assert_eq!(chosen_href(ExportList::People, &BTreeSet::new(), ExportFormat::Xlsx, "columns=name"), "/desk");
    }
}
