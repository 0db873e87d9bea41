//! The list of payments with its sums.

use super::{
    StateMark,
    query::{Filters, Query},
    record::RecordDialog,
    source,
};
use crate::{
    lists::TakeAway,
    util::{Failed, lang},
};
use api::session::{use_live, use_me, use_now};
use i18n::{Locale, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Money, Page, Permission,
    payments::{PaymentRow, PaymentTotals},
};
use ui::prelude::*;

/// Everything of the page comes with its first resource, so that nothing is asked for inside what another suspends.
type Found = api::ApiResult<(Page<PaymentRow>, PaymentTotals)>;

async fn load(query: Query) -> Found {
    let filter = query.filter();
    let page = api::payments::list(filter.clone()).await?;
    let totals = api::payments::totals(filter).await?;
    Ok((page, totals))
}

fn columns(l: Locale, now: Signal<chrono::DateTime<chrono::Utc>>) -> Vec<Column<PaymentRow>> {
    vec![
        Column::new("number", td_string!(l, payments.number), |p: &PaymentRow| format!("№{}", p.number)),
        Column::new("when", td_string!(l, payments.when), move |p: &PaymentRow| {
            let at = p.paid_at;
            view! { <span class="whitespace-nowrap" title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span> }
        }),
        Column::new(
            "state",
            td_string!(l, payments.state),
            |p: &PaymentRow| view! { <StateMark value=p.state disputed=p.disputed /> },
        ),
        Column::new("amount", td_string!(l, payments.amount), |p: &PaymentRow| p.amount.to_string()).num(),
        Column::new("source", td_string!(l, payments.source), move |p: &PaymentRow| source(l, p.source)),
        Column::new("account", td_string!(l, payments.account), |p: &PaymentRow| {
            let (number, href) = (p.account_number.clone(), format!("/desk/accounts/{}", p.account_id));
            view! { <a class="link num" href=href>{number}</a> }
        }),
        Column::new("address", td_string!(l, payments.address), |p: &PaymentRow| {
            let text = p.address.clone();
            view! { <span class="block max-w-72 truncate" title=text.clone()>{text.clone()}</span> }
        }),
        Column::new("reference", td_string!(l, payments.reference), |p: &PaymentRow| {
            let text = p.reference.clone();
            view! { <span class="block max-w-40 truncate num" title=text.clone()>{text.clone()}</span> }
        })
        .class("text-muted"),
    ]
}

/// `/desk/payments?source=&state=&from=&to=&text=&account=&disputed=&cursor=`.
#[component]
pub fn PaymentsPage() -> impl IntoView {
    let (l, me, now) = (lang(), use_me(), use_now());
    let records = me.can(Permission::PaymentsRecord);
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| Query::read(|name| p.get(name))));
    let beat: Signal<u64> = use_debounced(use_live().of_payments(), 1000);
    let found = Resource::new(move || (query.get(), beat.get()), |(query, _)| load(query));
    let good = Signal::derive(move || found.get().and_then(Result::ok));
    let rows = Signal::derive(move || good.get().map(|(page, _)| page.items));
    let next = Signal::derive(move || {
        let cursor = good.get().and_then(|(page, _)| page.next)?;
        Some(Query { cursor, ..query.get() }.href())
    });
    let keys = RowKeys::new(rows, |row: &PaymentRow| row.id.to_string());
    keys.walks(|_| ());
    let recording = RwSignal::new(false);
    let open = use_navigate();
    let done = Callback::new(move |id: model::PaymentId| {
        recording.set(false);
        open(&format!("/desk/payments/{id}"), NavigateOptions::default());
    });
    let table = move |rows: Signal<Option<Vec<PaymentRow>>>| {
        view! {
            <DataTable columns=columns(l, now) rows=rows key=|row: &PaymentRow| row.id.to_string() caption=td_string!(l, payments.title)
                stack=true active=keys.active href=|row: PaymentRow| format!("/desk/payments/{}", row.id)
                empty=move || if query.get() == Query::default() {
                    view! { <EmptyState text=td_string!(l, payments.empty) icon="wallet" /> }.into_any()
                } else {
                    view! {
                        <EmptyState text=td_string!(l, payments.nothing_fits) icon="search">
                            <Button href="/desk/payments">{td_string!(l, desk.reset)}</Button>
                        </EmptyState>
                    }.into_any()
                } />
        }
    };
    let tabs = Signal::derive(move || {
        let now = query.get();
        let tab = |label: &str, disputed: bool| Tab {
            label: label.to_owned(),
            href: Query { disputed, cursor: String::new(), ..now.clone() }.href(),
            current: now.disputed == disputed,
            ..Tab::default()
        };
        vec![tab(td_string!(l, payments.title), false), tab(td_string!(l, payments.only_disputed), true)]
    });
    let file = move |form: &'static str| query.with(|q| q.export(form));
    view! {
        <Title text=td_string!(l, payments.title) />
        <PageHeader title=td_string!(l, payments.title) actions=move || view! {
            <TakeAway href=Callback::new(file) />
            {records.then(|| view! { <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| recording.set(true)>{td_string!(l, payments.record)}</Button> })}
        } />
        <Tabs tabs=tabs label=td_string!(l, payments.state) />
        <Filters query=query />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || found.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back="/desk/payments" on_retry=move |()| found.refetch() />
            })}
            <div hidden=move || found.get().is_some_and(|rows| rows.is_err())>
                {move || good.get().map(|(_, totals)| view! { <Sums totals=totals /> })}
                {table(rows)}
            </div>
            <Pager next=next />
        </Transition>
        {records.then(|| view! { <RecordDialog open=recording on_done=done /> })}
    }
    .into_any()
}

/// Sums of everything the filter shows, each leading to what it is made of.
#[component]
fn Sums(totals: PaymentTotals) -> impl IntoView {
    let l = lang();
    let parts = totals.by_source.clone();
    view! {
        <StatGrid>
            <Stat label=td_string!(l, payments.total) value=totals.completed.to_string()
                note=td_string!(l, payments.total_count, n = totals.count.to_string()).to_string() href="/desk/payments?state=completed" />
            {parts.into_iter().map(|part| view! {
                <Stat label=source(l, part.source) value=part.amount.to_string()
                    note=td_string!(l, payments.total_count, n = part.count.to_string()).to_string()
                    href=format!("/desk/payments?source={}&state=completed", part.source) />
            }).collect_view()}
            {(totals.refunded > Money::ZERO).then(|| view! {
                <Stat label=td_string!(l, payments.total_refunded) value=totals.refunded.to_string() href="/desk/payments?state=refunded" />
            })}
        </StatGrid>
    }
}
