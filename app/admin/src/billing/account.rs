//! `/desk/accounts/:id?month=&from=&to=`: what an account owes, how it came about, every movement.

use super::{
    bill::Bill, correction::Corrections, fields::today, penalties::Penalties, recalculation::Recalculations,
    relief::Reliefs, talks::Talks,
};
use crate::{
    audit::History,
    live_page::live_page,
    util::{Failed, lang},
};
use api::session::{use_live, use_me};
use chrono::{Datelike, NaiveDate};
use i18n::{billing as words, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    AccountId, Code, Money, Permission,
    audit::ObjectType,
    billing::{AccountMoney, MonthBill, MonthSums, Movement, ReminderRules, ServiceRow, Statement},
};
use parts::{Trouble, field_in};
use ui::prelude::*;

/// What the address asks for.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    id: Option<AccountId>,
    month: Option<NaiveDate>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

type Found = (AccountMoney, Option<MonthBill>, Option<Statement>, Vec<ServiceRow>, Option<ReminderRules>);

/// Everything of the page at once; the newest month when none is asked for.
async fn find(asked: Asked, debts: bool) -> api::ApiResult<Found> {
    let Some(id) = asked.id else { return Err(Code::NotFound.into()) };
    let money = api::billing::account(id).await?;
    let month = asked.month.or_else(|| money.months.first().map(|m| m.period));
    let bill = match month {
        Some(month) => Some(api::billing::month(id, month).await?),
        None => None,
    };
    let statement = match (asked.from, asked.to) {
        (Some(from), Some(to)) => Some(api::billing::statement(id, from, to).await?),
        _ => None,
    };
    let services = api::billing::book().await?.services;
    let ladder = if debts { Some(api::reminders::rules().await?) } else { None };
    Ok((money, bill, statement, services, ladder))
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let (l, params, query) = (lang(), use_params_map(), use_query_map());
    let debts = use_me().can(Permission::DebtsManage);
    let asked = Memo::new(move |_| {
        let day = |name: &str| query.with(|q| q.get(name)).and_then(|day| day.parse().ok());
        Asked {
            id: params.with(|p| p.get("id")).and_then(|id| id.parse().ok()),
            month: day("month"),
            from: day("from"),
            to: day("to"),
        }
    });
    let news = use_live().of_account(Signal::derive(move || asked.with(|a| a.id)));
    let found = live_page(move || asked.get(), use_debounced(news, 500), move |asked| find(asked, debts));
    view! {
        // A letter that was refused.
        <Trouble />
        {move || query.with(|q| field_in(q, "step", l)).map(|text| view! { <p class="field-error m-0">{text}</p> })}
        <Transition fallback=|| view! { <Skeleton lines=14 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(all) => view! { <Account found=all on_done=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// Whether more is owed than what is not to be paid yet. A bill says how long after the end of its month it is to be paid.
fn is_late(balance: Money, months: &[MonthSums], bill: Option<&MonthBill>, today: NaiveDate) -> bool {
    let end = |period: NaiveDate| period.checked_add_months(chrono::Months::new(1)).unwrap_or(period);
    let Some(wait) = bill.map(|bill| bill.due_on - end(bill.sums.period)) else { return balance > Money::ZERO };
    let ahead = months.iter().filter(|m| end(m.period) + wait >= today);
    balance.tiyin() > ahead.map(|m| m.charged.tiyin() + m.recalculated.tiyin()).sum::<i64>().max(0)
}

#[component]
fn Account(found: Found, on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let me = use_me();
    let (money, bill, statement, services, ladder) = found;
    let title = td_string!(l, billing.account, number = money.number.clone()).to_string();
    let (id, unit) = (money.account_id, money.unit_id);
    let (label, sum, tone) = match money.balance {
        Money::ZERO => (td_string!(l, billing.all_paid), Money::ZERO, Tone::Success),
        debt if debt > Money::ZERO => (td_string!(l, billing.owed), debt, Tone::Danger),
        ahead => (td_string!(l, billing.ahead), Money::ZERO.checked_sub(ahead).unwrap_or(ahead), Tone::Success),
    };
    let now = bill.as_ref().map(|b| b.sums);
    let ladder = ladder.filter(|_| is_late(money.balance, &money.months, bill.as_ref(), today()));
    let chosen = now.map(|now| now.period);
    view! {
        <Title text=title.clone() />
        <PageHeader title=title subtitle=money.address.clone() actions=move || view! {
            <Button href=format!("/desk/units/{unit}") icon="door-open">{td_string!(l, billing.to_unit)}</Button>
        } />
        <div class="stack">
            <StatGrid>
                <Stat label=label value=words::soum(l, sum) tone=tone />
                {now.map(|now| view! {
                    <Stat label=td_string!(l, billing.charged) value=words::soum(l, now.charged) note=words::month(l, now.period) />
                    <Stat label=td_string!(l, billing.paid) value=words::soum(l, now.paid) note=words::month(l, now.period) />
                })}
            </StatGrid>
            {bill.map(|bill| view! { <Bill bill=bill /> })}
            <Months id=id rows=money.months chosen=chosen />
            <StatementCard id=id statement=statement />
            <Penalties account=id rows=money.penalties payer=money.payer pays=money.pays on_done=on_done />
            <Talks account=id reminders=money.reminders promises=money.promises ladder=ladder on_done=on_done />
            <Recalculations account=id rows=money.recalculations services=services.clone() on_done=on_done />
            <Corrections account=id rows=money.corrections services=services.clone() on_done=on_done />
            <Reliefs account=id rows=money.reliefs services=services manages=me.can(Permission::ChargesManage) on_done=on_done />
            {me.can(Permission::BuildingsRead).then(|| view! {
                <div class="max-w-3xl"><History object_type=ObjectType::Account id=id.0 /></div>
            })}
        </div>
    }
}

#[component]
fn Months(id: AccountId, rows: Vec<MonthSums>, chosen: Option<NaiveDate>) -> impl IntoView {
    let l = lang();
    let sum = |title: &'static str, key: &'static str, get: fn(&MonthSums) -> Money| {
        Column::new(key, title, move |m: &MonthSums| get(m).to_string()).num()
    };
    let columns = vec![
        Column::new("month", td_string!(l, billing.month), move |m: &MonthSums| words::month(l, m.period)),
        sum(td_string!(l, billing.opening), "opening", |m| m.opening),
        sum(td_string!(l, billing.charged), "charged", |m| m.charged),
        sum(td_string!(l, billing.recalculated), "recalculated", |m| m.recalculated),
        sum(td_string!(l, billing.penalty), "penalty", |m| m.penalty),
        sum(td_string!(l, billing.paid), "paid", |m| m.paid),
        sum(td_string!(l, billing.closing), "closing", |m| m.closing),
    ];
    let active = Signal::stored(chosen.map(|month| month.to_string()));
    view! {
        <Card flush=true title=td_string!(l, billing.history)>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|m: &MonthSums| m.period.to_string() caption=td_string!(l, billing.history) active=active
                href=move |m: MonthSums| format!("/desk/accounts/{id}?month={}", m.period) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, billing.no_months) icon="receipt" /> } />
        </Card>
    }
}

/// A GET form: the days stand in the address line.
#[component]
fn StatementCard(id: AccountId, statement: Option<Statement>) -> impl IntoView {
    let l = lang();
    let today = today();
    let first = today.with_day(1).and_then(|day| day.checked_sub_months(chrono::Months::new(2))).unwrap_or(today);
    let from = statement.as_ref().map_or(first, |s| s.from).to_string();
    let to = statement.as_ref().map_or(today, |s| s.to).to_string();
    let columns = vec![
        Column::new("day", td_string!(l, billing.day), |(_, m): &(usize, Movement)| words::day(m.booked_on)),
        Column::new("what", td_string!(l, billing.what), move |(_, m): &(usize, Movement)| {
            let reason = m.reason.clone().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{}{reason}", words::movement(l, m.kind, m.of))
        }),
        Column::new("amount", td_string!(l, billing.amount), |(_, m): &(usize, Movement)| m.amount.to_string()).num(),
        Column::new("balance", td_string!(l, billing.balance), |(_, m): &(usize, Movement)| m.balance.to_string())
            .num(),
        Column::new("by", "", |(_, m): &(usize, Movement)| m.author.clone()).class("text-muted"),
    ];
    view! {
        <Card flush=true title=td_string!(l, billing.statement)>
            <form method="get" action=format!("/desk/accounts/{id}") class="flex flex-wrap items-end gap-3 p-4">
                <Field label=td_string!(l, billing.from_day) name="from"><DateInput name="from" initial=from /></Field>
                <Field label=td_string!(l, billing.to_day) name="to"><DateInput name="to" initial=to /></Field>
                <Button submit=true>{td_string!(l, billing.statement_show)}</Button>
            </form>
            {statement.map(|statement| {
                let (opening, closing) = (statement.opening, statement.closing);
                let file = |kind: &str| format!("/accounts/{id}/statement.{kind}?from={}&to={}", statement.from, statement.to);
                let (pdf, xlsx) = (file("pdf"), file("xlsx"));
                let rows: Vec<(usize, Movement)> = statement.movements.into_iter().enumerate().collect();
                view! {
                    <p class="m-0 px-4 pb-3 flex flex-wrap gap-2">
                        <a class="btn btn-plain btn-sm" rel="external" target="_blank" href=pdf>
                            <Icon name="printer" />
                            {td_string!(l, receipts.print)}
                        </a>
                        <a class="btn btn-plain btn-sm" rel="external" download="" href=xlsx>
                            <Icon name="file-spreadsheet" />
                            {td_string!(l, receipts.excel)}
                        </a>
                    </p>
                    <p class="m-0 px-4 pb-3 row justify-between">
                        <span>{td_string!(l, billing.opening)}": "<strong class="num">{opening.to_string()}</strong></span>
                        <span>{td_string!(l, billing.closing)}": "<strong class="num">{closing.to_string()}</strong></span>
                    </p>
                    <DataTable columns=columns.clone() rows=Signal::stored(Some(rows)) key=|(n, _): &(usize, Movement)| n.to_string()
                        caption=td_string!(l, billing.statement) stack=true
                        empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.statement_empty)}</p> } />
                }
            })}
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn month(period: &str, charged: i64) -> MonthSums {
        let (charged, none) = (Money::from_tiyin(charged), Money::ZERO);
        let period = day(period);
        MonthSums { period, opening: none, charged, recalculated: none, penalty: none, paid: none, closing: none }
    }

    #[test]
    fn what_is_charged_last_is_not_late_before_its_day() {
        let months = [month("2026-10-01", 500), month("2026-09-01", 400)];
        let bill = |sums: MonthSums, due_on: &str| MonthBill {
            account_id: uuid::Uuid::nil().into(),
            number: String::new(),
            address: String::new(),
            sums,
            due_on: day(due_on),
            lines: Vec::new(),
            penalty: None,
            movements: Vec::new(),
        };
        // Whichever month is looked at.
        for bill in [bill(months[0], "2026-11-15"), bill(months[1], "2026-10-15")] {
            for (balance, today, late) in [
                (500, "2026-11-15", false),
                (501, "2026-11-15", true),
                (500, "2026-11-16", true),
                (900, "2026-10-15", false),
                (0, "2026-11-16", false),
                (-100, "2026-11-16", false),
            ] {
                let found = is_late(Money::from_tiyin(balance), &months, Some(&bill), day(today));
                assert_eq!(found, late, "{balance} {today}");
            }
        }
        assert!(is_late(Money::from_tiyin(1), &[], None, day("2026-11-16")));
    }
}
