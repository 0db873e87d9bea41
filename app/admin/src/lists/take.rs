//! A list as a file: a workbook or CSV, exactly what it shows.

use crate::util::{lang, toast_failure};
use api::confirm::use_confirming;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::auth::Danger;
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

/// A link to a file. A dangerous one asks for a proof when it is needed, and then goes there.
#[component]
pub(crate) fn FileLink(
    #[prop(into)] href: Signal<String>,
    danger: Option<Danger>,
    #[prop(optional)] small: bool,
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
    let class = if small { "btn btn-plain btn-sm" } else { "btn btn-plain" };
    view! {
        <a class=class rel="external" title=(!hint.is_empty()).then_some(hint) href=move || href.get() on:click=follow>{children()}</a>
    }
}
