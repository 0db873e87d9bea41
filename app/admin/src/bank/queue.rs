//! Lines that wait, each with who it may be for; one press gives it. And lines that were put aside.

use super::{
    allocate::AllocateDialog,
    page::document,
    reason::{ReasonDialog, Sent, Words},
};
use crate::util::{lang, toast_failure};
use api::session::use_me;
use i18n::{Locale, bank as words, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    BankLineId, Money, Permission,
    payments::{AllocateLine, AllocatePart, BankLine, RefundPayment, SetAside, Suggestion},
};
use ui::prelude::*;

/// Suggestions that have a key of their own.
const KEYS: [&str; 4] = ["1", "2", "3", "4"];

#[component]
pub(super) fn Queue(lines: Vec<BankLine>, aside: bool, changed: Callback<()>) -> impl IntoView {
    let (l, me, toasts) = (lang(), use_me(), use_toasts());
    if lines.is_empty() {
        let (text, icon) = if aside {
            (td_string!(l, bank.empty_aside), "banknote")
        } else {
            (td_string!(l, bank.empty_waiting), "circle-check")
        };
        return view! { <EmptyState text=text icon=icon /> }.into_any();
    }
    let (records, refunds) = (me.can(Permission::PaymentsRecord), me.can(Permission::PaymentsRefund));
    let all = StoredValue::new(lines.clone());
    let keys = RowKeys::new(Signal::stored(Some(lines.clone())), |line: &BankLine| line.id.to_string());
    let (choosing, putting, releasing) =
        (RwSignal::new(None::<BankLine>), RwSignal::new(None::<BankLine>), RwSignal::new(None::<BankLine>));
    let busy = RwSignal::new(None::<BankLineId>);
    let give = Callback::new(move |(id, account): (BankLineId, String)| {
        if busy.get_untracked().is_some() {
            return;
        }
        busy.set(Some(id));
        spawn_local(async move {
            let command = AllocateLine { parts: vec![AllocatePart { account, amount: None }] };
            match api::bank::allocate(id, command).await {
                Ok(_) => {
                    toasts.success(td_string!(l, bank.given));
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(None);
        });
    });
    let current = move || {
        let key = keys.active.get_untracked()?;
        all.with_value(|lines| lines.iter().find(|line| line.id.to_string() == key).cloned())
    };
    if records && !aside {
        keys.walks(|_| ());
        for (n, key) in KEYS.into_iter().enumerate() {
            use_hotkey(key, move |_| {
                if let Some(line) = current()
                    && let Some(suggestion) = line.suggestions.get(n)
                {
                    give.run((line.id, suggestion.account_number.clone()));
                }
            });
        }
        use_hotkey("s", move |_| {
            if let Some(line) = current() {
                choosing.set(Some(line));
            }
        });
    }
    let rows = lines.into_iter().map(|line| {
        view! { <Row line=line aside=aside records=records refunds=refunds keys=keys busy=busy give=give choosing=choosing putting=putting releasing=releasing /> }
    }).collect_view();
    view! {
        {(records && !aside).then(|| view! { <p class="text-sm text-muted my-2 max-lg:hidden">{td_string!(l, bank.keys_hint)}</p> })}
        <div class="stack">{rows}</div>
        {records.then(|| view! {
            <AllocateDialog line=choosing changed=changed />
            <AsideDialog line=putting changed=changed />
        })}
        {refunds.then(|| view! { <ReleaseDialog line=releasing changed=changed /> })}
    }
    .into_any()
}

#[component]
fn Row(
    line: BankLine,
    aside: bool,
    records: bool,
    refunds: bool,
    keys: RowKeys,
    busy: RwSignal<Option<BankLineId>>,
    give: Callback<(BankLineId, String)>,
    choosing: RwSignal<Option<BankLine>>,
    putting: RwSignal<Option<BankLine>>,
    releasing: RwSignal<Option<BankLine>>,
) -> impl IntoView {
    let l = lang();
    let (id, key) = (line.id, line.id.to_string());
    let active = {
        let key = key.clone();
        Signal::derive(move || keys.active.get().is_some_and(|active| active == key))
    };
    let touched = line.left != line.amount;
    let or = |text: &str, none: &'static str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    let (payer, purpose) =
        (or(&line.payer, td_string!(l, bank.no_payer)), or(&line.purpose, td_string!(l, bank.no_purpose)));
    let suggestions = line.suggestions.clone();
    let none = suggestions.is_empty();
    let whole = StoredValue::new(line.clone());
    view! {
        <section class="panel p-3 grid gap-3 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]" tabindex="0" data-key=key.clone() aria-current=move || active.get().then_some("true")
            class:outline-2=active on:focusin=move |_| keys.active.set(Some(key.clone()))>
            <div class="min-w-0 grid gap-1 content-start">
                <div class="flex flex-wrap items-baseline gap-x-3">
                    <span class="text-lg font-semibold num">{line.left.to_string()}</span>
                    {touched.then(|| view! { <span class="text-sm text-muted num">{format!("/ {}", line.amount)}</span> })}
                    <span class="text-sm text-muted">{document(l, &line)}</span>
                </div>
                <div class="font-semibold break-words">{payer}</div>
                <p class="m-0 break-words">{purpose}</p>
                {line.aside_reason.clone().map(|reason| view! {
                    <p class="m-0 text-sm text-muted">{td_string!(l, bank.reason)}": "{reason}</p>
                })}
                <Parts line=line.clone() />
            </div>
            <div class="min-w-0 grid gap-2 content-start">
                {(!aside).then(|| suggestions.into_iter().enumerate().map(|(n, suggestion)| view! {
                    <SuggestionRow n=n suggestion=suggestion id=id records=records busy=busy give=give />
                }).collect_view())}
                {(!aside && none).then(|| view! { <p class="m-0 text-muted">{td_string!(l, bank.no_suggestions)}</p> })}
                <div class="flex flex-wrap gap-2">
                    {(records && !aside).then(|| view! {
                        <Button icon="search" on_click=move |_| choosing.set(Some(whole.get_value()))>{td_string!(l, bank.choose)}</Button>
                        <Button kind=ButtonKind::Ghost icon="circle-x" on_click=move |_| putting.set(Some(whole.get_value()))>{td_string!(l, bank.aside)}</Button>
                    })}
                    {(refunds && (aside || touched)).then(|| view! {
                        <Button kind=ButtonKind::Ghost icon="undo-2" on_click=move |_| releasing.set(Some(whole.get_value()))>{td_string!(l, bank.release)}</Button>
                    })}
                </div>
            </div>
        </section>
    }
}

/// What an account owes or has ahead.
pub(super) fn owes(l: Locale, balance: Money) -> String {
    match balance.tiyin() {
        0 => String::new(),
        1.. => td_string!(l, bank.owes, sum = balance.to_string()).to_string(),
        _ => td_string!(l, bank.ahead, sum = Money::from_tiyin(-balance.tiyin()).to_string()).to_string(),
    }
}

#[component]
fn SuggestionRow(
    n: usize,
    suggestion: Suggestion,
    id: BankLineId,
    records: bool,
    busy: RwSignal<Option<BankLineId>>,
    give: Callback<(BankLineId, String)>,
) -> impl IntoView {
    let l = lang();
    let tone = if suggestion.confidence >= 80 { Tone::Success } else { Tone::Neutral };
    let why: Vec<&str> = suggestion.grounds.iter().map(|ground| words::ground(l, *ground)).collect();
    let money = owes(l, suggestion.balance);
    let account = suggestion.account_number.clone();
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-field border border-base-300 px-3 py-2">
            <div class="min-w-0 grow">
                <div class="flex flex-wrap items-center gap-x-2">
                    <a class="link num font-semibold" href=format!("/desk/accounts/{}", suggestion.account_id)>{suggestion.account_number.clone()}</a>
                    <span class="truncate">{suggestion.address.clone()}</span>
                    <Pill text=td_string!(l, bank.confidence, n = suggestion.confidence.to_string()).to_string() tone=tone plain=true />
                    {suggestion.closed.then(|| view! { <Pill text=td_string!(l, bank.closed) tone=Tone::Warning plain=true /> })}
                </div>
                <div class="text-sm text-muted">{why.join(" · ")}{(!money.is_empty()).then(|| format!(" · {money}"))}</div>
            </div>
            {records.then(|| view! {
                <Button size=ButtonSize::Small icon="check" loading=Signal::derive(move || busy.get() == Some(id))
                    on_click=move |_| give.run((id, account.clone()))>
                    {td_string!(l, bank.give)}
                    <kbd class="max-lg:hidden opacity-70">{n + 1}</kbd>
                </Button>
            })}
        </div>
    }
}

/// Where parts of a line went.
#[component]
pub(super) fn Parts(line: BankLine) -> impl IntoView {
    let l = lang();
    line.parts.into_iter().map(move |part| view! {
        <div class="text-sm flex flex-wrap gap-x-2">
            <a class="link" href=format!("/desk/payments/{}", part.payment_id)>{format!("№{}", part.number)}</a>
            <span class="num">{part.amount.to_string()}</span>
            <span>"→"</span>
            <a class="link num" href=format!("/desk/accounts/{}", part.account_id)>{part.account_number.clone()}</a>
            <span class="text-muted">{part.address.clone()}</span>
            {part.automatic.then(|| view! { <span class="text-muted">{td_string!(l, bank.automatic)}</span> })}
        </div>
    }).collect_view()
}

#[component]
fn AsideDialog(line: RwSignal<Option<BankLine>>, changed: Callback<()>) -> impl IntoView {
    let l = lang();
    let title = Signal::derive(move || {
        let sum = line.with(|line| line.as_ref().map(|line| line.left.to_string())).unwrap_or_default();
        td_string!(l, bank.aside_title, sum = sum).to_string()
    });
    let words = Words {
        text: td_string!(l, bank.aside_text),
        reason: td_string!(l, bank.reason),
        action: td_string!(l, bank.put_aside),
        done: td_string!(l, bank.was_put_aside),
    };
    let send = |line: BankLine, reason| -> Sent {
        Box::pin(async move { api::bank::set_aside(line.id, SetAside { reason }).await.map(|_| ()) })
    };
    view! { <ReasonDialog what=line title=title words=words kind=ButtonKind::Primary send=send changed=changed /> }
}

/// Takes back what was done with a line.
#[component]
pub(super) fn ReleaseDialog(line: RwSignal<Option<BankLine>>, changed: Callback<()>) -> impl IntoView {
    let l = lang();
    let title = Signal::derive(move || {
        let sum = line.with(|line| line.as_ref().map(|line| line.amount.to_string())).unwrap_or_default();
        td_string!(l, bank.release_title, sum = sum).to_string()
    });
    let words = Words {
        text: td_string!(l, bank.release_text),
        reason: td_string!(l, bank.reason),
        action: td_string!(l, bank.release),
        done: td_string!(l, bank.released),
    };
    let send = |line: BankLine, reason| -> Sent {
        Box::pin(async move { api::bank::release(line.id, RefundPayment { reason }).await.map(|_| ()) })
    };
    view! { <ReasonDialog what=line title=title words=words kind=ButtonKind::Danger send=send changed=changed /> }
}
