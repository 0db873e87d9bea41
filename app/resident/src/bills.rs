//! What my homes owe, month by month, and how each sum came about.

use api::session::use_live;
use chrono::{Months, NaiveDate};
use i18n::{Locale, billing as words, penalties, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    AccountId, Money,
    billing::{BillLine, MonthBill, MonthSums, MyBill, PenaltyRow},
};
use parts::{Answer, locale};
use ui::prelude::*;

/// All homes and the month that was tapped.
type Found = (Vec<MyBill>, Option<MonthBill>);

async fn find(asked: Option<(AccountId, NaiveDate)>) -> api::ApiResult<Found> {
    let bills = api::billing::mine().await?;
    let month = match asked {
        Some((account, month)) => Some(api::billing::month(account, month).await?),
        None => None,
    };
    Ok((bills, month))
}

/// `/my/bills?account=&month=`.
#[component]
pub fn BillsPage() -> impl IntoView {
    let l = locale();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|q| {
            Some((q.get("account").and_then(|id| id.parse().ok())?, q.get("month").and_then(|day| day.parse().ok())?))
        })
    });
    let beat: Signal<u64> = use_debounced(use_live().of_money(), 500);
    let found = Resource::new_blocking(move || (asked.get(), beat.get()), |(asked, _)| find(asked));
    view! {
        <Title text=td_string!(l, billing.my_bills) />
        <Answer from=found lines=8 let:now>
            {move || {
                let (bills, month) = now.get();
                match month {
                    Some(bill) => view! { <Month bill=bill /> }.into_any(),
                    None if bills.is_empty() => view! { <EmptyState icon="receipt" text=td_string!(l, billing.no_bills) /> }.into_any(),
                    None => bills.into_iter().map(|bill| view! { <Home bill=bill /> }).collect_view().into_any(),
                }
            }}
        </Answer>
    }
    .into_any()
}

/// What is to be paid: a debt or what was paid ahead, with the word for it, or that all is paid.
pub(crate) fn standing(l: Locale, balance: Money) -> (Option<&'static str>, String, Tone) {
    match balance {
        Money::ZERO => (None, td_string!(l, billing.all_paid_thanks).to_owned(), Tone::Success),
        debt if debt > Money::ZERO => (Some(td_string!(l, billing.owed)), words::soum(l, debt), Tone::Neutral),
        ahead => {
            let sum = Money::ZERO.checked_sub(ahead).unwrap_or(ahead);
            (Some(td_string!(l, billing.ahead)), words::soum(l, sum), Tone::Success)
        }
    }
}

#[component]
fn Home(bill: MyBill) -> impl IntoView {
    let l = locale();
    let (word, text, tone) = standing(l, bill.balance);
    let id = bill.account_id;
    let due = bill.due_on.filter(|_| bill.balance > Money::ZERO);
    let row = move |month: MonthSums| {
        view! {
            <AppRow title=words::month(l, month.period)
                text=format!("{}: {} · {}: {}", td_string!(l, billing.charged), month.charged, td_string!(l, billing.paid), month.paid)
                href=format!("/my/bills?account={id}&month={}", month.period)
                end=move || view! { <span class="num font-semibold">{month.closing.to_string()}</span> } />
        }
    };
    let any = !bill.months.is_empty();
    // The newest month is the first; nothing moved after it.
    let year = bill.months.first().and_then(|newest| {
        let from = newest.period.checked_sub_months(Months::new(11))?;
        let to = newest.period.checked_add_months(Months::new(1))?.pred_opt()?;
        Some(format!("/accounts/{id}/statement.pdf?from={from}&to={to}"))
    });
    view! {
        <section class="panel p-4 stack gap-1">
            <p class="m-0 text-muted">{bill.address.clone()}</p>
            {word.map(|word| view! { <p class="m-0 text-sm">{word}</p> })}
            <p class=format!("m-0 text-[28px] leading-[34px] font-semibold tabular-nums wrap-anywhere {} tone-text", tone.class())>{text}</p>
            {due.map(|day| view! { <p class="m-0">{td_string!(l, billing.due_on, day = words::day(day)).to_string()}</p> })}
            <p class="m-0 text-sm text-muted">{td_string!(l, billing.account, number = bill.number.clone()).to_string()}</p>
            <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="credit-card" href="/my/pay">{td_string!(l, payments.pay)}</Button>
        </section>
        {any.then(|| view! {
            <section class="panel">
                <p class="m-0 p-4 pb-0 text-sm text-muted">{td_string!(l, billing.tap_sum)}</p>
                {bill.months.into_iter().map(row).collect_view()}
                {year.map(|href| view! {
                    <p class="m-0 p-4">
                        <a class="btn btn-plain" rel="external" target="_blank" href=href>
                            <Icon name="file-text" />
                            {td_string!(l, receipts.year)}
                        </a>
                    </p>
                })}
            </section>
        })}
    }
}

#[component]
fn Month(bill: MonthBill) -> impl IntoView {
    let l = locale();
    let sums = bill.sums;
    let lang = i18n::lang(l);
    let line = move |line: BillLine| {
        let how = words::explain(l, &line);
        view! {
            <details class="border-b border-line last:border-0">
                <summary class="app-row cursor-pointer">
                    <span class="grow min-w-0 font-semibold">{line.service.get(lang).to_owned()}</span>
                    <span class="num">{line.amount.to_string()}</span>
                    <Icon name="chevron-down" class="text-muted" />
                </summary>
                <p class="m-0 px-4 pb-4 text-muted">{how}{line.relief_reason.map(|reason| format!(" ({reason})"))}</p>
            </details>
        }
    };
    let rows = [
        (td_string!(l, billing.opening), sums.opening),
        (td_string!(l, billing.charged), sums.charged),
        (td_string!(l, billing.recalculated), sums.recalculated),
        (td_string!(l, billing.penalty), sums.penalty),
        (td_string!(l, billing.paid), sums.paid),
    ];
    let none = bill.lines.is_empty() && bill.penalty.is_none();
    let paper = format!("/accounts/{}/bill.pdf?period={}", bill.account_id, sums.period);
    view! {
        <section class="panel p-4 stack gap-1">
            <h1 class="m-0 text-xl">{td_string!(l, billing.bill_for, month = words::month(l, sums.period)).to_string()}</h1>
            <p class="m-0 text-muted">{bill.address.clone()}</p>
            <p class="m-0 text-sm text-muted">{td_string!(l, billing.account, number = bill.number.clone()).to_string()}" · "{td_string!(l, billing.due_on, day = words::day(bill.due_on)).to_string()}</p>
            <a class="btn btn-plain self-start" rel="external" target="_blank" href=paper>
                <Icon name="printer" />
                {td_string!(l, receipts.print)}
            </a>
        </section>
        <section class="panel">
            {bill.lines.into_iter().map(line).collect_view()}
            {bill.penalty.map(|penalty| view! { <Penalty penalty=penalty /> })}
            {none.then(|| view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_lines)}</p> })}
        </section>
        <section class="panel p-4">
            <KeyValues>
                {rows.into_iter().filter(|(_, sum)| *sum != Money::ZERO).map(|(label, sum)| view! {
                    <Fact label=label><span class="num">{sum.to_string()}</span></Fact>
                }).collect_view()}
                <Fact label=td_string!(l, billing.closing)><strong class="num">{words::soum(l, sums.closing)}</strong></Fact>
            </KeyValues>
        </section>
        {(!bill.movements.is_empty()).then(|| view! {
            <section class="panel p-4 stack gap-2">
                <h2 class="section-title m-0">{td_string!(l, billing.movements)}</h2>
                {bill.movements.into_iter().map(|m| view! {
                    <p class="m-0 flex gap-2">
                        <span class="num text-muted">{words::day(m.booked_on)}</span>
                        <span class="grow">{words::movement(l, m.kind, m.of)}</span>
                        <span class="num">{m.amount.to_string()}</span>
                    </p>
                }).collect_view()}
            </section>
        })}
    }
}

/// What paying late cost, and how it was counted.
#[component]
fn Penalty(penalty: PenaltyRow) -> impl IntoView {
    let l = locale();
    let waived = penalty.waiver.is_some();
    view! {
        <details class="border-b border-line last:border-0">
            <summary class="app-row cursor-pointer">
                <span class="grow min-w-0 font-semibold">{td_string!(l, billing.penalty)}</span>
                {waived.then(|| view! { <Pill text=td_string!(l, debts.waived) tone=Tone::Success /> })}
                <span class="num">{penalty.amount.to_string()}</span>
                <Icon name="chevron-down" class="text-muted" />
            </summary>
            <div class="px-4 pb-4">
                {penalty.lines.iter().map(|line| view! { <p class="m-0 text-muted">{penalties::explain(l, line)}</p> }).collect_view()}
            </div>
        </details>
    }
}
