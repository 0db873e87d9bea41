//! `/desk/payments/reconciliation?cursor=`: what the nightly look found, and the registries that were compared.

use super::{days, upload::RegistryDialog};
use crate::{
    payments::answer,
    util::{Failed, encode, lang, toast_failure},
};
use api::session::{use_me, use_now};
use chrono::{DateTime, Utc};
use i18n::{Locale, bank as words, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Page, Permission,
    payments::{Finding, Findings, KassaName, ReconciliationFilter, ReconciliationRow},
};
use ui::prelude::*;

const PATH: &str = "/desk/payments/reconciliation";

/// Everything of the page comes with its first resource, so that nothing is asked for inside what another suspends.
type Found = api::ApiResult<(Findings, Page<ReconciliationRow>, Vec<KassaName>)>;

async fn load(cursor: Option<String>) -> Found {
    let findings = api::bank::findings().await?;
    let filter = ReconciliationFilter { cursor, ..ReconciliationFilter::default() };
    let page = api::bank::reconciliations(filter).await?;
    Ok((findings, page, api::bank::kassa_names().await?))
}

#[component]
pub fn ReconciliationPage() -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let records = me.can(Permission::PaymentsRecord);
    let params = use_query_map();
    let cursor = Memo::new(move |_| params.with(|p| p.get("cursor")).filter(|c| !c.is_empty()));
    let found = Resource::new(move || cursor.get(), load);
    let next = Signal::derive(move || {
        let (_, page, _) = found.get().and_then(Result::ok)?;
        page.next.map(|next| format!("{PATH}?cursor={}", encode(&next)))
    });
    let uploading = RwSignal::new(false);
    let open = use_navigate();
    let uploaded = Callback::new(move |id: model::ReconciliationId| {
        uploading.set(false);
        open(&format!("{PATH}/{id}"), NavigateOptions::default());
    });
    view! {
        <Title text=td_string!(l, bank.rec_title) />
        <PageHeader title=td_string!(l, bank.rec_title) subtitle=td_string!(l, bank.rec_lead) actions=move || records.then(|| view! {
            <Button kind=ButtonKind::Primary icon="upload"
                on_click=move |_| uploading.set(true)>{td_string!(l, bank.rec_upload)}</Button>
        }) />
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok((findings, page, kassas)) => view! {
                    <Look findings=findings records=records changed=Callback::new(move |()| found.refetch()) />
                    <Compared rows=page.items none=kassas.is_empty() />
                    {records.then(|| view! { <RegistryDialog open=uploading kassas=kassas on_done=uploaded /> })}
                }
                .into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/payments" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
            <Pager next=next />
        </Transition>
    }
    .into_any()
}

/// What was found without a file.
#[component]
fn Look(findings: Findings, records: bool, changed: Callback<()>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let busy = RwSignal::new(false);
    let look = move |_| {
        busy.set(true);
        spawn_local(async move {
            match api::bank::look().await {
                Ok(_) => {
                    let _ = changed.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    let looked = findings.looked_at;
    let at = move || match looked {
        Some(at) => td_string!(l, bank.find_looked, at = when::moment(l, at, now.get())).to_string(),
        None => td_string!(l, bank.find_never).to_owned(),
    };
    let good = looked.is_some() && findings.items.is_empty();
    view! {
        <Card title=td_string!(l, bank.find_title) actions=move || view! {
            <span class="text-sm text-muted">{at}</span>
            {records.then(|| view! { <Button size=ButtonSize::Small icon="refresh-cw" loading=busy on_click=look>{td_string!(l, bank.find_now)}</Button> })}
        }>
            {good.then(|| view! { <Pill text=td_string!(l, bank.find_none) tone=Tone::Success icon="check" /> })}
            {looked.is_none().then(|| view! { <p class="m-0 text-muted">{td_string!(l, bank.find_never)}</p> })}
            <ul class="m-0 p-0 list-none grid gap-3">
                {findings.items.into_iter().map(|finding| view! { <FindingRow finding=finding now=now /> }).collect_view()}
            </ul>
        </Card>
    }
}

#[component]
fn FindingRow(finding: Finding, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let l = lang();
    let at = finding.at;
    view! {
        <li class="grid gap-0.5">
            <span>{words::finding(l, finding.kind)}</span>
            <span class="text-sm text-muted flex flex-wrap gap-x-3">
                <span class="num">{finding.amount.to_string()}</span>
                {finding.kassa}
                {match finding.payment_id {
                    Some(id) => view! { <a class="link num" href=format!("/desk/payments/{id}")>{finding.reference}</a> }.into_any(),
                    None => view! { <span class="num break-all">{finding.reference}</span> }.into_any(),
                }}
                <span title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span>
                {finding.click.map(|said| view! { <span>"Click: "{answer(l, said)}</span> })}
            </span>
        </li>
    }
}

fn columns(l: Locale, now: Signal<DateTime<Utc>>) -> Vec<Column<ReconciliationRow>> {
    vec![
        Column::new("kassa", td_string!(l, bank.rec_kassa), |row: &ReconciliationRow| row.kassa.clone()),
        Column::new("days", td_string!(l, bank.col_days), move |row: &ReconciliationRow| {
            view! { <span class="whitespace-nowrap num">{days(l, Some(row.from), Some(row.to))}</span> }
        }),
        Column::new("theirs", td_string!(l, bank.rec_theirs), |row: &ReconciliationRow| row.theirs.to_string()).num(),
        Column::new("ours", td_string!(l, bank.rec_ours), |row: &ReconciliationRow| row.ours.to_string()).num(),
        Column::new("agreed", td_string!(l, bank.rec_agreed), |row: &ReconciliationRow| row.agreed_count).num(),
        Column::new("differences", td_string!(l, bank.rec_differences), move |row: &ReconciliationRow| {
            let (text, tone, icon) = match (row.differences, row.open) {
                (0, _) => (td_string!(l, bank.rec_all_good).to_owned(), Tone::Success, "check"),
                (n, 0) => (n.to_string(), Tone::Neutral, "check-check"),
                (_, open) => {
                    (td_string!(l, bank.rec_open, n = open.to_string()).to_string(), Tone::Warning, "circle-alert")
                }
            };
            view! { <Pill text=text tone=tone icon=icon /> }
        }),
        Column::new("by", td_string!(l, bank.col_by), move |row: &ReconciliationRow| {
            let (by, at) = (row.created_by.clone(), row.created_at);
            view! { <span class="text-muted" title=when::full(l, at)>{by}" · "{move || when::moment(l, at, now.get())}</span> }
        }),
    ]
}

#[component]
fn Compared(rows: Vec<ReconciliationRow>, none: bool) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    view! {
        <div class="mt-4">
            <DataTable columns=columns(l, now) rows=Signal::stored(Some(rows)) key=|row: &ReconciliationRow| row.id.to_string()
                caption=td_string!(l, bank.rec_title) stack=true href=|row: ReconciliationRow| format!("{PATH}/{}", row.id)
                empty=move || if none {
                    view! {
                        <EmptyState text=td_string!(l, bank.rec_no_kassas) icon="clipboard-check">
                            <Button href="/desk/settings/kassas">{td_string!(l, settings.title)}</Button>
                        </EmptyState>
                    }.into_any()
                } else {
                    view! { <EmptyState text=td_string!(l, bank.rec_empty) icon="clipboard-check" /> }.into_any()
                } />
        </div>
    }
}
