//! Reminding chosen debtors by hand: who gets what is seen before anything is sent.

use super::letters::LettersDialog;
use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::{reminders as words, td_string};
use leptos::prelude::*;
use model::{
    AccountId,
    billing::{DebtFilter, RemindNow, ReminderLook},
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// The bar of chosen rows, with its dialog.
#[component]
pub(super) fn RemindBar(
    selected: RwSignal<BTreeSet<String>>,
    filter: Memo<DebtFilter>,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, prints) = (lang(), RwSignal::new(false));
    let open = RwSignal::new(false);
    let title = Signal::derive(move || {
        td_string!(l, debts.remind_title, n = selected.with(BTreeSet::len).to_string()).to_string()
    });
    let done = Callback::new(move |()| {
        open.set(false);
        selected.set(BTreeSet::new());
        on_done.run(());
    });
    view! {
        <SelectionBar selected=selected>
            <Button icon="bell" on_click=move |_| open.set(true)>{td_string!(l, debts.remind_now)}</Button>
            <Button icon="printer" on_click=move |_| prints.set(true)>{td_string!(l, letters.bar)}</Button>
        </SelectionBar>
        <LettersDialog open=prints filter=filter selected=selected />
        <Dialog open=open title=title wide=true>
            {move || open.get().then(|| {
                let ids: Vec<AccountId> = selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect();
                view! { <Remind ids=ids open=open done=done /> }
            })}
        </Dialog>
    }
}

#[component]
fn Remind(ids: Vec<AccountId>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let ids = StoredValue::new(ids);
    let (step, found) = (RwSignal::new(String::new()), RwSignal::new(None::<ReminderLook>));
    let command = move || RemindNow { account_ids: ids.get_value(), step: step.get_untracked().parse().ok() };
    // Looked at anew for each step that is chosen.
    effect(move || {
        step.track();
        sending.send(api::reminders::look(command()), move |look| {
            let _ = found.try_set(Some(look));
        });
    });
    let send = move |_| {
        sending.send(api::reminders::remind(command()), move |sent| {
            toasts.success(td_string!(l, debts.sent, n = sent.messages.to_string()).to_string());
            done.run(());
        });
    };
    let steps: Vec<Opt> =
        (1..=8).map(|n| Opt::new(n.to_string(), td_string!(l, debts.step_n, n = n.to_string()).to_string())).collect();
    let nobody = Signal::derive(move || found.with(|look| look.as_ref().is_none_or(|look| look.messages == 0)));
    view! {
        <div class="stack">
            <Refusal of=sending />
            <Field label=td_string!(l, debts.which_step) name="step" error=sending.error("step")>
                <Select name="step" options=steps value=step placeholder=td_string!(l, debts.own_step) />
            </Field>
            {move || found.get().map(|look| view! { <Look look=look /> })}
            <div class="row justify-end">
                <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary icon="send" loading=sending.busy disabled=nobody on_click=send>{td_string!(l, debts.send)}</Button>
            </div>
        </div>
    }
}

/// How many get it, who is left out and why, and the first of the texts.
#[component]
fn Look(look: ReminderLook) -> impl IntoView {
    let l = lang();
    let accounts = look.rows.iter().filter(|row| row.step.is_some()).count();
    let text = if look.messages == 0 {
        td_string!(l, debts.nobody_gets).to_owned()
    } else {
        td_string!(l, debts.will_get, n = look.messages.to_string(), accounts = accounts.to_string()).to_string()
    };
    let out: Vec<_> = look.rows.iter().filter_map(|row| Some((row.number.clone(), row.quiet?))).collect();
    view! {
        <p class="m-0 font-semibold" role="status">{text}</p>
        {look.sample.map(|sample| {
            let words_of = i18n::locale(sample.lang);
            let read = words::text(words_of, &sample.text, &sample.values, "");
            view! {
                <div class="grid gap-1">
                    <span class="text-sm text-muted">{td_string!(l, debts.sample)}": "{words::kind(l, sample.kind)}</span>
                    <p class="panel m-0 p-3 whitespace-pre-wrap wrap-anywhere">{read}</p>
                </div>
            }
        })}
        {(!out.is_empty()).then(|| view! {
            <div class="grid gap-1">
                <span class="text-sm text-muted">{td_string!(l, debts.left_out)}</span>
                <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 m-0 max-h-60 overflow-y-auto">
                    {out.into_iter().map(|(number, quiet)| view! { <dt class="num font-semibold">{number}</dt><dd class="m-0">{words::quiet(l, quiet)}</dd> }).collect_view()}
                </dl>
            </div>
        })}
    }
}
