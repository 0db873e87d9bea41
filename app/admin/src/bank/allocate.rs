//! Giving a line to an account that is looked for, or to several.

use super::{queue::owes, reason::opened};
use crate::util::{lang, looked_up, toast_failure};
use i18n::{Locale, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Money,
    payments::{AllocateLine, AllocatePart, BankLine, Suggestion},
};
use ui::prelude::*;

/// More accounts than this are a file of their own.
const MOST: usize = 20;

/// One account of the dialog.
#[derive(Clone, Copy)]
struct Part {
    id: usize,
    account: RwSignal<String>,
    sum: RwSignal<String>,
}

impl Part {
    fn new(id: usize, sum: &str) -> Self {
        Self { id, account: RwSignal::new(String::new()), sum: RwSignal::new(sum.to_owned()) }
    }
}

fn option(l: Locale, found: &Suggestion) -> Opt {
    let money = owes(l, found.balance);
    let closed = if found.closed { td_string!(l, bank.closed) } else { "" };
    let hint: Vec<&str> =
        [found.address.as_str(), &money, closed].into_iter().filter(|text| !text.is_empty()).collect();
    Opt::new(found.account_number.clone(), found.account_number.clone()).hint(hint.join(" · "))
}

#[component]
pub(super) fn AllocateDialog(line: RwSignal<Option<BankLine>>, changed: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(line);
    let parts = RwSignal::new(Vec::<Part>::new());
    let (last, busy) = (StoredValue::new(0_usize), RwSignal::new(false));
    let add = move |sum: &str| {
        last.update_value(|n| *n += 1);
        let part = Part::new(last.get_value(), sum);
        parts.update(|all| all.push(part));
    };
    // A fresh line begins with one account that takes everything.
    effect(move || {
        let left = line.with(|line| line.as_ref().map(|line| line.left));
        parts.set(Vec::new());
        if let Some(left) = left {
            add(&left.plain());
        }
    });
    let left = Signal::derive(move || line.with(|line| line.as_ref().map(|line| line.left)).unwrap_or_default());
    // What is not given yet; below zero when it is too much.
    let rest = Signal::derive(move || {
        let given = parts
            .get()
            .iter()
            .filter_map(|part| Money::read(&part.sum.get()))
            .try_fold(Money::ZERO, Money::checked_add);
        given.and_then(|given| left.get().checked_sub(given)).unwrap_or(Money::ZERO)
    });
    let title = Signal::derive(move || td_string!(l, bank.choose_title, sum = left.get().to_string()).to_string());
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(id) = line.with_untracked(|line| line.as_ref().map(|line| line.id)) else { return };
        let parts = parts.get_untracked().into_iter().map(|part| AllocatePart {
            account: part.account.get_untracked().trim().to_owned(),
            // A sum that does not read is no sum: the server says at which account.
            amount: Some(Money::read(&part.sum.get_untracked()).unwrap_or(Money::ZERO)),
        });
        let command = AllocateLine { parts: parts.collect() };
        busy.set(true);
        spawn_local(async move {
            match api::bank::allocate(id, command).await {
                Ok(_) => {
                    line.set(None);
                    toasts.success(td_string!(l, bank.given));
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open wide=true title=title>
            <form class="stack" on:submit=submit>
                {move || line.get().map(|line| view! { <p class="m-0 text-muted break-words">{format!("{} · {}", line.payer, line.purpose)}</p> })}
                <For each=move || parts.get() key=|part| part.id let:part>
                    <PartRow part=part />
                </For>
                <p class="m-0 text-sm" role="status">{move || match rest.get().tiyin() {
                    0 => String::new(),
                    1.. => td_string!(l, bank.rest, sum = rest.get().to_string()).to_string(),
                    _ => td_string!(l, bank.too_much, sum = Money::from_tiyin(-rest.get().tiyin()).to_string()).to_string(),
                }}</p>
                <div class="row justify-between">
                    <Button icon="plus" disabled=Signal::derive(move || parts.with(Vec::len) >= MOST)
                        on_click=move |_| add(&rest.get_untracked().max(Money::ZERO).plain())>{td_string!(l, bank.add_part)}</Button>
                    <Button kind=ButtonKind::Primary submit=true loading=busy disabled=Signal::derive(move || rest.get() < Money::ZERO)>
                        {td_string!(l, bank.give)}
                    </Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn PartRow(part: Part) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (typed, found) = (RwSignal::new(String::new()), RwSignal::new(Vec::<Opt>::new()));
    let settled: Signal<String> = use_debounced(typed, 200);
    effect(move || {
        let text = settled.get().trim().to_owned();
        if text.chars().count() < 2 {
            return;
        }
        spawn_local(async move {
            let answer = api::bank::find_accounts(text.clone()).await;
            if settled.try_with_untracked(|now| now.trim() == text) == Some(true)
                && let Some(all) = looked_up(toasts, l, answer)
            {
                let _ = found.try_set(all.iter().map(|one| option(l, one)).collect());
            }
        });
    });
    let name = format!("account-{}", part.id);
    let sum = format!("sum-{}", part.id);
    view! {
        <div class="grid gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <Field label=td_string!(l, bank.account) name=name.clone() required=true>
                <Combobox name=name options=found value=part.account on_query=move |text| typed.set(text) placeholder=td_string!(l, bank.account_search) />
            </Field>
            <Field label=td_string!(l, bank.sum) name=sum.clone() required=true>
                <Input name=sum value=part.sum inputmode="decimal" autocomplete="off" maxlength=20 />
            </Field>
        </div>
    }
}
