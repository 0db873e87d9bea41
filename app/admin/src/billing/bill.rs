//! One month of an account: sums that add up, and each line with its arithmetic in words.

use super::named;
use crate::util::lang;
use i18n::{billing as words, penalties, td_string};
use leptos::prelude::*;
use model::billing::{BillLine, MonthBill, MonthSums};
use ui::prelude::*;

/// `opening + charged + recalculated + penalty - paid = closing`, as a list.
#[component]
pub(super) fn Sums(sums: MonthSums) -> impl IntoView {
    let l = lang();
    let rows = [
        (td_string!(l, billing.opening), sums.opening),
        (td_string!(l, billing.charged), sums.charged),
        (td_string!(l, billing.recalculated), sums.recalculated),
        (td_string!(l, billing.penalty), sums.penalty),
        (td_string!(l, billing.paid), sums.paid),
    ];
    view! {
        <KeyValues>
            {rows.into_iter().map(|(label, sum)| view! { <Fact label=label><span class="num">{sum.to_string()}</span></Fact> }).collect_view()}
            <Fact label=td_string!(l, billing.closing)><strong class="num">{sums.closing.to_string()}</strong></Fact>
        </KeyValues>
    }
}

#[component]
pub(super) fn Bill(bill: MonthBill) -> impl IntoView {
    let l = lang();
    let columns = vec![
        Column::new("service", td_string!(l, billing.service), move |line: &BillLine| named(l, &line.service)),
        Column::new("how", td_string!(l, billing.how), move |line: &BillLine| {
            let reason = line.relief_reason.clone().map(|reason| format!(" ({reason})")).unwrap_or_default();
            format!("{}{reason}", words::explain(l, line))
        })
        .class("text-muted"),
        Column::new("amount", td_string!(l, billing.amount), |line: &BillLine| line.amount.to_string()).num(),
    ];
    let title = td_string!(l, billing.bill_for, month = words::month(l, bill.sums.period)).to_string();
    let due = td_string!(l, billing.due_on, day = words::day(bill.due_on)).to_string();
    let paper = format!("/accounts/{}/bill.pdf?period={}", bill.account_id, bill.sums.period);
    view! {
        <Card flush=true title=title.clone() actions=move || view! {
            <span class="text-muted text-sm">{due.clone()}</span>
            <a class="btn btn-plain btn-sm" rel="external" target="_blank" href=paper.clone()>
                <Icon name="printer" />
                {td_string!(l, receipts.print)}
            </a>
        }>
            <DataTable columns=columns rows=Signal::stored(Some(bill.lines)) key=|line: &BillLine| line.service_id.to_string() caption=title stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_lines)}</p> } />
            {bill.penalty.map(|penalty| view! {
                <div class="px-4 pt-4 grid gap-1">
                    <p class="m-0 row justify-between"><strong>{td_string!(l, billing.penalty)}</strong><span class="num">{penalty.amount.to_string()}</span></p>
                    {penalty.lines.iter().map(|line| view! { <p class="m-0 text-sm text-muted">{penalties::explain(l, line)}</p> }).collect_view()}
                </div>
            })}
            <div class="p-4"><Sums sums=bill.sums /></div>
        </Card>
    }
}
