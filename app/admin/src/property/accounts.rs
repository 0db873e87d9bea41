//! Opening, replacing, correcting and closing a personal account.

use super::{
    form::{Refusal, Sending, typed},
    unit_form::Buttons,
};
use crate::util::lang;
use i18n::{td_string, when};
use leptos::prelude::*;
use model::{
    Failure, FieldError, UnitId,
    property::{AccountFacts, AccountRow, OpenAccount},
};
use ui::prelude::*;

/// What the dialog is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AccountTask {
    Open { unit: UnitId, replace: bool },
    Correct(AccountRow),
    Close(AccountRow),
}

/// Opens when there is a task.
#[component]
pub(super) fn AccountDialog(task: RwSignal<Option<AccountTask>>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    effect(move || open.set(task.with(Option::is_some)));
    let title = Signal::derive(move || {
        match task.get() {
            Some(AccountTask::Open { replace: true, .. }) => td_string!(l, property.replace_account),
            Some(AccountTask::Correct(_)) => td_string!(l, property.edit_account),
            Some(AccountTask::Close(_)) => td_string!(l, property.close_account),
            Some(AccountTask::Open { .. }) | None => td_string!(l, property.open_account),
        }
        .to_owned()
    });
    let done = Callback::new(move |()| {
        task.set(None);
        on_done.run(());
    });
    view! {
        <Dialog open=open title=title on_close=move |()| task.set(None)>
            {move || task.get().map(|task| view! { <AccountForm task=task open=open done=done /> })}
        </Dialog>
    }
}

#[component]
fn AccountForm(task: AccountTask, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let today = api::session::use_now().get_untracked().with_timezone(&when::zone()).date_naive().to_string();
    let (number, opened, closed) = match &task {
        AccountTask::Open { .. } => (String::new(), today, String::new()),
        AccountTask::Correct(row) => {
            (row.number.clone(), row.opened_on.to_string(), row.closed_on.map(|d| d.to_string()).unwrap_or_default())
        }
        AccountTask::Close(row) => (row.number.clone(), row.opened_on.to_string(), today),
    };
    let (number, opened, closed) = (RwSignal::new(number), RwSignal::new(opened), RwSignal::new(closed));
    let (opening, closing) = (matches!(task, AccountTask::Open { .. }), matches!(task, AccountTask::Close(_)));
    let replacing = matches!(task, AccountTask::Open { replace: true, .. });
    let task = StoredValue::new(task);
    let save = Callback::new(move |()| {
        let opened_on = opened.get_untracked().parse().ok();
        let closed_on = typed(closed).and_then(|day| day.parse().ok());
        match task.get_value() {
            AccountTask::Open { unit, replace } => {
                let command = OpenAccount { number: typed(number), opened_on, replace };
                sending.send(api::property::open_account(unit, command), move |_| {
                    toasts.success(td_string!(l, property.saved));
                    done.run(());
                });
            }
            AccountTask::Correct(row) | AccountTask::Close(row) => {
                let Some(opened_on) = opened_on else {
                    return sending.refuse(Failure::invalid(vec![FieldError::new("/opened_on", "required")]));
                };
                let command = AccountFacts { number: typed(number).unwrap_or_default(), opened_on, closed_on };
                sending.send(api::property::correct_account(row.id, row.version, command), move |_| {
                    toasts.success(td_string!(l, property.saved));
                    done.run(());
                });
            }
        }
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let help = opening.then(|| td_string!(l, property.account_number_help).to_owned());
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            {replacing.then(|| view! { <p class="m-0">{td_string!(l, property.replace_account_hint)}</p> })}
            {(!closing).then(|| view! {
                <Field label=td_string!(l, property.account_number) name="account-number" help=help error=sending.error("number")>
                    <Input name="account-number" value=number maxlength=30 autofocus=true autocomplete="off" />
                </Field>
                <Field label=td_string!(l, property.opened_on) name="opened_on" error=sending.error("opened_on")>
                    <DateInput name="opened_on" value=opened />
                </Field>
            })}
            {(!opening).then(|| view! {
                <Field label=td_string!(l, property.closed_on) name="closed_on" error=sending.error("closed_on")>
                    <DateInput name="closed_on" value=closed />
                </Field>
            })}
            <Buttons sending=sending open=open />
        </form>
    }
}
