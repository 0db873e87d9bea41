//! `/desk/payments/bank?tab=&cursor=`: what waits for an account, what was put aside, and the statements.

use super::{days, queue::Queue, upload::UploadDialog};
use crate::{
    live_page::live_page,
    util::{Failed, count, encode, lang},
};
use api::session::{use_live, use_me, use_now};
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Money, Page, Permission,
    payments::{BankLine, BankLineFilter, LineState, StatementFilter, StatementRow, UnmatchedTotals},
};
use serde::{Deserialize, Serialize};
use ui::prelude::*;

const PATH: &str = "/desk/payments/bank";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Show {
    #[default]
    Waiting,
    Aside,
    Statements,
}

impl Show {
    fn read(word: Option<String>) -> Self {
        match word.as_deref() {
            Some("aside") => Self::Aside,
            Some("statements") => Self::Statements,
            _ => Self::Waiting,
        }
    }

    fn href(self, cursor: Option<&str>) -> String {
        let tab = match self {
            Self::Waiting => None,
            Self::Aside => Some("tab=aside".to_owned()),
            Self::Statements => Some("tab=statements".to_owned()),
        };
        let pairs: Vec<String> =
            tab.into_iter().chain(cursor.map(|cursor| format!("cursor={}", encode(cursor)))).collect();
        if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Listed {
    Lines(Page<BankLine>),
    Statements(Page<StatementRow>),
}

/// Everything of the page comes with its first resource, so that nothing is asked for inside what another suspends.
type Found = api::ApiResult<(UnmatchedTotals, Listed)>;

async fn load(show: Show, cursor: Option<String>) -> Found {
    let totals = api::bank::unmatched().await?;
    let state = match show {
        Show::Waiting => LineState::Waiting,
        Show::Aside => LineState::Aside,
        Show::Statements => {
            let page = api::bank::statements(StatementFilter { cursor, limit: None }).await?;
            return Ok((totals, Listed::Statements(page)));
        }
    };
    let filter = BankLineFilter { state: Some(state), cursor, ..BankLineFilter::default() };
    Ok((totals, Listed::Lines(api::bank::lines(filter).await?)))
}

#[component]
pub fn BankPage() -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let records = me.can(Permission::PaymentsRecord);
    let params = use_query_map();
    let show = Memo::new(move |_| Show::read(params.with(|p| p.get("tab"))));
    let cursor = Memo::new(move |_| params.with(|p| p.get("cursor")).filter(|c| !c.is_empty()));
    let found = live_page(
        move || (show.get(), cursor.get()),
        use_debounced(use_live().of_payments(), 1000),
        |(show, cursor)| load(show, cursor),
    );
    let changed = Callback::new(move |()| found.refetch());
    let totals = Signal::derive(move || found.get().and_then(Result::ok).map(|(totals, _)| totals).unwrap_or_default());
    let next = Signal::derive(move || {
        let (_, listed) = found.get().and_then(Result::ok)?;
        let next = match listed {
            Listed::Lines(page) => page.next,
            Listed::Statements(page) => page.next,
        }?;
        Some(show.get().href(Some(&next)))
    });
    // Drawn with the answer: a count that the browser knows and the server did not yet would not fit the page.
    let tabs = Signal::derive(move || {
        let (now, totals) = (show.get(), totals.get());
        let tab = |label: &str, show: Show, n: i64, tone: Tone| Tab {
            label: label.to_owned(),
            href: show.href(None),
            count: count(n),
            tone,
            current: now == show,
            ..Tab::default()
        };
        vec![
            tab(td_string!(l, bank.tab_waiting), Show::Waiting, totals.waiting_count, Tone::Warning),
            tab(td_string!(l, bank.tab_aside), Show::Aside, totals.aside_count, Tone::Neutral),
            tab(td_string!(l, bank.tab_statements), Show::Statements, 0, Tone::Neutral),
        ]
    });
    let uploading = RwSignal::new(false);
    let open = use_navigate();
    let uploaded = Callback::new(move |id: model::StatementId| {
        uploading.set(false);
        open(&format!("{PATH}/{id}"), NavigateOptions::default());
    });
    view! {
        <Title text=td_string!(l, bank.title) />
        <PageHeader title=td_string!(l, bank.title) subtitle=td_string!(l, bank.lead) actions=move || view! {
            <a class="btn btn-plain" href="/desk/payments/reconciliation"><Icon name="clipboard-check" />{td_string!(l, bank.rec_nav)}</a>
            {records.then(|| view! {
                <Button kind=ButtonKind::Primary icon="upload" on_click=move |_| uploading.set(true)>{td_string!(l, bank.upload)}</Button>
            })}
        } />
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            <Tabs tabs=tabs label=td_string!(l, bank.tabs) />
            {move || found.get().map(|answer| match answer {
                Ok((totals, listed)) => view! {
                    <Sums totals=totals />
                    {match listed {
                        Listed::Lines(page) => view! { <Queue lines=page.items aside=show.get_untracked() == Show::Aside changed=changed /> }.into_any(),
                        Listed::Statements(page) => view! { <Statements rows=page.items /> }.into_any(),
                    }}
                }
                .into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/payments" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
            <Pager next=next />
        </Transition>
        {records.then(|| view! { <UploadDialog open=uploading on_done=uploaded /> })}
    }
    .into_any()
}

/// Money that is nobody's yet; nothing is shown while there is none.
#[component]
fn Sums(totals: UnmatchedTotals) -> impl IntoView {
    let l = lang();
    let lines = move |n: i64| td_string!(l, bank.lines_count, n = n.to_string()).to_string();
    let tone = if totals.waiting > Money::ZERO { Tone::Warning } else { Tone::Neutral };
    (totals.waiting_count + totals.aside_count > 0).then(|| {
        view! {
            <StatGrid>
                <Stat label=td_string!(l, bank.waiting_sum) value=totals.waiting.to_string() note=lines(totals.waiting_count)
                    tone=tone href=Show::Waiting.href(None) />
                <Stat label=td_string!(l, bank.aside_sum) value=totals.aside.to_string() note=lines(totals.aside_count)
                    href=Show::Aside.href(None) />
            </StatGrid>
        }
    })
}

fn columns(l: Locale, now: Signal<DateTime<Utc>>) -> Vec<Column<StatementRow>> {
    let money = |key, title: &'static str, of: fn(&StatementRow) -> Money| {
        Column::new(key, title, move |row: &StatementRow| match of(row) {
            Money::ZERO => String::new(),
            sum => sum.to_string(),
        })
        .num()
    };
    vec![
        Column::new("file", td_string!(l, bank.col_file), move |row: &StatementRow| {
            let (name, at) = (row.file_name.clone(), row.created_at);
            view! {
                <span class="block max-w-56 truncate" title=name.clone()>{name.clone()}</span>
                <span class="block text-sm text-muted" title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span>
            }
        }),
        Column::new("days", td_string!(l, bank.col_days), move |row: &StatementRow| {
            view! { <span class="whitespace-nowrap num">{days(l, row.from, row.to)}</span> }
        }),
        money("total", td_string!(l, bank.col_total), |row| row.total),
        money("matched", td_string!(l, bank.col_matched), |row| row.matched),
        Column::new("waiting", td_string!(l, bank.col_waiting), |row: &StatementRow| {
            (row.waiting > Money::ZERO)
                .then(|| view! { <span class="tone-warning font-semibold">{row.waiting.to_string()}</span> })
        })
        .num(),
        money("aside", td_string!(l, bank.col_aside), |row| row.aside),
        money("repeated", td_string!(l, bank.col_repeated), |row| row.repeated),
        money("outgoing", td_string!(l, bank.col_outgoing), |row| row.outgoing).class("num text-muted"),
        Column::new("by", td_string!(l, bank.col_by), |row: &StatementRow| row.created_by.clone()).class("text-muted"),
    ]
}

#[component]
fn Statements(rows: Vec<StatementRow>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    view! {
        <DataTable columns=columns(l, now) rows=Signal::stored(Some(rows)) key=|row: &StatementRow| row.id.to_string()
            caption=td_string!(l, bank.tab_statements) stack=true href=|row: StatementRow| format!("{PATH}/{}", row.id)
            empty=move || view! { <EmptyState text=td_string!(l, bank.empty_statements) icon="file-spreadsheet" /> } />
    }
}

/// `№ 17 от 12.05.2026`.
pub(super) fn document(l: Locale, line: &BankLine) -> String {
    let day = when::date(&line.received_on);
    if line.number.is_empty() {
        td_string!(l, bank.document_day, day = day).to_string()
    } else {
        td_string!(l, bank.document, n = line.number.clone(), day = day).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back() {
        for (word, show) in
            [("aside", Show::Aside), ("statements", Show::Statements), ("", Show::Waiting), ("x", Show::Waiting)]
        {
            assert_eq!(Show::read(Some(word.to_owned())), show);
        }
        assert_eq!(Show::Waiting.href(None), PATH);
        assert_eq!(Show::Aside.href(Some("1.a")), "/desk/payments/bank?tab=aside&cursor=1.a");
    }
}
