//! A new import: what it is, a template for it, and the file.

use crate::{
    upload::{Chosen, send_table},
    util::{lang, toast_failure},
};
use i18n::{import_words, td_string};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::imports::ImportKind;
use ui::prelude::*;

const fn icon(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Property => "building-2",
        ImportKind::People => "users",
        ImportKind::Staff => "hard-hat",
        ImportKind::Requests => "inbox",
        ImportKind::Balances => "wallet",
    }
}

/// `/desk/imports/new`; the address may bring `kind`.
#[component]
pub fn NewImportPage() -> impl IntoView {
    let (l, toasts, alive, navigate) = (lang(), use_toasts(), use_hydrated(), use_navigate());
    let asked = use_query_map().with_untracked(|q| q.get("kind")).and_then(|k| k.parse::<ImportKind>().ok());
    let kind = RwSignal::new(asked.unwrap_or(ImportKind::Property).to_string());
    let options: Vec<Opt> = ImportKind::ALL
        .iter()
        .map(|k| Opt::new(k.as_str(), import_words::kind(l, *k)).hint(import_words::about_kind(l, *k)).icon(icon(*k)))
        .collect();
    let (files, chosen, sending) = (Chosen::new(), RwSignal::new(false), RwSignal::new(false));
    let send = move |_| {
        let Some(file) = files.get().into_iter().next() else { return };
        let navigate = navigate.clone();
        sending.set(true);
        spawn_local(async move {
            match send_table(&kind.get_untracked(), &file).await {
                Ok(card) => navigate(&format!("/desk/imports/{}", card.id), NavigateOptions::default()),
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = sending.try_set(false);
        });
    };
    let take = move |all: Vec<web_sys::File>| {
        chosen.set(!all.is_empty());
        files.set(all);
    };
    view! {
        <Title text=td_string!(l, imports.new_title) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, imports.new_title) back="/desk/imports" />
            <div class="stack">
                <Card>
                    <div class="stack">
                        <Field label=td_string!(l, imports.what) name="kind" group=true>
                            <RadioCards name="kind" options=options value=kind />
                        </Field>
                        <div class="row">
                            <a class="btn btn-plain" rel="external" download="" href=move || format!("/imports/templates/{}.xlsx", kind.get())
                                title=td_string!(l, imports.template_hint)>
                                <Icon name="download" />
                                {td_string!(l, imports.template)}
                            </a>
                        </div>
                    </div>
                </Card>
                <Card>
                    <div class="stack">
                        <Field label=td_string!(l, imports.file) name="file" group=true>
                            <FileDrop name="file" accept=".xlsx,.csv,.txt" camera=false max=1 help=td_string!(l, imports.file_help)
                                on_change=take />
                        </Field>
                        <div class="row justify-end">
                            <Button kind=ButtonKind::Primary icon="upload" loading=sending
                                disabled=Signal::derive(move || !alive.get() || !chosen.get()) on_click=send>
                                {td_string!(l, imports.upload)}
                            </Button>
                        </div>
                    </div>
                </Card>
            </div>
        </div>
    }
    .into_any()
}
