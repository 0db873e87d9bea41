//! Files for the bank's pages: a statement, a registry.

use crate::{
    upload::{Chosen, send_file},
    util::{lang, toast_failure},
};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, ReconciliationId, StatementId,
    payments::{KassaName, ReconciliationCard, StatementCard},
};
use ui::prelude::*;

const FILES: &str = ".txt,.xlsx,.csv";

#[component]
pub(super) fn UploadDialog(open: RwSignal<bool>, on_done: Callback<StatementId>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let own = RwSignal::new(String::new());
    let (files, chosen, sending) = (Chosen::new(), RwSignal::new(false), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(file) = files.get().into_iter().next() else { return };
        let fields = vec![("bank_account", own.get_untracked().trim().to_owned())];
        sending.set(true);
        spawn_local(async move {
            match send_file::<StatementCard>("/statements", fields, &file, Code::NotASpreadsheet).await {
                Ok(card) => {
                    toasts.success(td_string!(l, bank.uploaded));
                    let _ = on_done.try_run(card.row.id);
                }
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
        <Dialog open=open title=td_string!(l, bank.upload_title)>
            <form class="stack" on:submit=submit>
                <Field label=td_string!(l, bank.file) name="file" group=true>
                    <FileDrop name="file" accept=FILES camera=false max=1 help=td_string!(l, bank.file_help) on_change=take />
                </Field>
                <Field label=td_string!(l, bank.own_account) name="bank_account" help=td_string!(l, bank.own_account_help) optional=true>
                    <Input name="bank_account" value=own inputmode="numeric" autocomplete="off" maxlength=34 />
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary icon="upload" submit=true loading=sending disabled=Signal::derive(move || !chosen.get())>
                        {td_string!(l, bank.upload)}
                    </Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
pub(super) fn RegistryDialog(
    open: RwSignal<bool>,
    kassas: Vec<KassaName>,
    on_done: Callback<ReconciliationId>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let only = if kassas.len() == 1 { kassas.first().map(|kassa| kassa.id.to_string()) } else { None };
    let kassa = RwSignal::new(only.unwrap_or_default());
    let [from, to] = std::array::from_fn(|_| RwSignal::new(String::new()));
    let options: Vec<Opt> = kassas.iter().map(|kassa| Opt::new(kassa.id.to_string(), kassa.name.clone())).collect();
    let options = StoredValue::new(options);
    let (files, chosen, sending) = (Chosen::new(), RwSignal::new(false), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(file) = files.get().into_iter().next() else { return };
        let fields =
            vec![("kassa_id", kassa.get_untracked()), ("from", from.get_untracked()), ("to", to.get_untracked())];
        sending.set(true);
        spawn_local(async move {
            match send_file::<ReconciliationCard>("/registries", fields, &file, Code::NotASpreadsheet).await {
                Ok(card) => {
                    toasts.success(td_string!(l, bank.rec_done));
                    let _ = on_done.try_run(card.row.id);
                }
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
        <Dialog open=open title=td_string!(l, bank.rec_upload_title)>
            <form class="stack" on:submit=submit>
                <Field label=td_string!(l, bank.rec_kassa) name="kassa_id" required=true>
                    <Select name="kassa_id" options=options.get_value() value=kassa placeholder=td_string!(l, bank.rec_choose_kassa) />
                </Field>
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, bank.rec_from) name="from" help=td_string!(l, bank.rec_days_help) optional=true>
                        <DateInput name="from" value=from />
                    </Field>
                    <Field label=td_string!(l, bank.rec_to) name="to" optional=true><DateInput name="to" value=to /></Field>
                </div>
                <Field label=td_string!(l, bank.file) name="file" group=true>
                    <FileDrop name="file" accept=FILES camera=false max=1 help=td_string!(l, bank.rec_file_help) on_change=take />
                </Field>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary icon="upload" submit=true loading=sending
                        disabled=Signal::derive(move || !chosen.get() || kassa.with(String::is_empty))>
                        {td_string!(l, bank.rec_upload)}
                    </Button>
                </div>
            </form>
        </Dialog>
    }
}
