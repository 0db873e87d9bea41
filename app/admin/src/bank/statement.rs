//! `/desk/payments/bank/:id`: one statement, its sums, and where each line went.

use super::{
    days,
    page::document,
    queue::{Parts, ReleaseDialog},
};
use crate::{
    audit::History,
    live_page::live_page,
    util::{Failed, lang},
};
use api::session::{use_live, use_me};
use i18n::{Locale, bank as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Money, Permission, StatementId,
    audit::ObjectType,
    payments::{BankLine, LineState, SkippedLine, StatementCard, StatementRow},
};
use ui::prelude::*;

#[component]
pub fn StatementPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<StatementId>().ok()));
    let found = live_page(
        move || id.get(),
        use_debounced(use_live().of_payments(), 1000),
        |id| async move {
            match id {
                Some(id) => api::bank::statement(id).await,
                None => Err(model::Code::NotFound.into()),
            }
        },
    );
    let changed = Callback::new(move |()| found.refetch());
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Body card=card changed=changed /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/payments/bank" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
        // Outside: what it asks for must not hang on the statement's own answer.
        {id.get_untracked().map(|id| view! {
            <div class="mt-4 max-w-3xl"><History object_type=ObjectType::BankStatement id=id.0 version=Signal::stored(0) /></div>
        })}
    }
    .into_any()
}

#[component]
fn Body(card: StatementCard, changed: Callback<()>) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let refunds = me.can(Permission::PaymentsRefund);
    let row = card.row.clone();
    let releasing = RwSignal::new(None::<BankLine>);
    let by = format!("{} · {}", row.created_by, when::full(l, row.created_at));
    let accounts = row.own_accounts.join(", ");
    let columns = columns(l, refunds, releasing);
    view! {
        <Title text=row.file_name.clone() />
        <PageHeader title=row.file_name.clone() subtitle=format!("{} · {accounts}", days(l, row.from, row.to)) back="/desk/payments/bank" />
        <p class="text-sm text-muted mt-0 mb-3">{by}</p>
        <Sums row=row />
        <Card title=td_string!(l, bank.lines) flush=true>
            <DataTable columns=columns rows=Signal::stored(Some(card.lines)) key=|line: &BankLine| line.id.to_string()
                caption=td_string!(l, bank.lines) stack=true empty=move || view! { <EmptyState text=td_string!(l, bank.no_lines) icon="banknote" /> } />
        </Card>
        {(!card.skipped.is_empty()).then(|| view! { <Skipped lines=card.skipped /> })}
        {refunds.then(|| view! { <ReleaseDialog line=releasing changed=changed /> })}
    }
}

/// What came in and what became of it; the parts add up to the whole.
#[component]
fn Sums(row: StatementRow) -> impl IntoView {
    let l = lang();
    let lines = move |n: i64| td_string!(l, bank.lines_count, n = n.to_string()).to_string();
    let waits = if row.waiting > Money::ZERO { Tone::Warning } else { Tone::Neutral };
    let off = row.declared.and_then(|declared| declared.checked_sub(row.total)).filter(|off| *off != Money::ZERO);
    view! {
        <StatGrid>
            <Stat label=td_string!(l, bank.col_total) value=row.total.to_string() note=lines(row.total_count) />
            <Stat label=td_string!(l, bank.col_matched) value=row.matched.to_string() note=lines(row.matched_count) />
            <Stat label=td_string!(l, bank.col_waiting) value=row.waiting.to_string() note=lines(row.waiting_count) tone=waits href="/desk/payments/bank" />
            {(row.aside_count > 0).then(|| view! {
                <Stat label=td_string!(l, bank.col_aside) value=row.aside.to_string() note=lines(row.aside_count) href="/desk/payments/bank?tab=aside" />
            })}
            {(row.repeated_count > 0).then(|| view! {
                <Stat label=td_string!(l, bank.col_repeated) value=row.repeated.to_string() note=lines(row.repeated_count) />
            })}
            {(row.outgoing_count > 0).then(|| view! {
                <Stat label=td_string!(l, bank.col_outgoing) value=row.outgoing.to_string() note=td_string!(l, bank.outgoing_note) />
            })}
        </StatGrid>
        {row.declared.map(|_| match off {
            None => view! { <p class="my-2"><Pill text=td_string!(l, bank.adds_up) tone=Tone::Success icon="check" /></p> }.into_any(),
            Some(off) => view! { <Banner tone=Tone::Warning text=td_string!(l, bank.off_by, sum = off.to_string()).to_string() /> }.into_any(),
        })}
    }
}

fn look(state: LineState) -> (Tone, &'static str) {
    match state {
        LineState::Waiting => (Tone::Warning, "clock"),
        LineState::Allocated => (Tone::Success, "check"),
        LineState::Aside => (Tone::Neutral, "circle-x"),
    }
}

fn columns(l: Locale, refunds: bool, releasing: RwSignal<Option<BankLine>>) -> Vec<Column<BankLine>> {
    vec![
        Column::new("document", td_string!(l, payments.reference), move |line: &BankLine| {
            view! { <span class="whitespace-nowrap">{document(l, line)}</span> }
        }),
        Column::new("amount", td_string!(l, payments.amount), |line: &BankLine| line.amount.to_string()).num(),
        Column::new("payer", td_string!(l, payments.payer), |line: &BankLine| {
            let (payer, purpose) = (line.payer.clone(), line.purpose.clone());
            view! {
                <div class="min-w-0">
                    <span class="block max-w-96 truncate" title=payer.clone()>{payer.clone()}</span>
                    <span class="block max-w-96 truncate text-sm text-muted" title=purpose.clone()>{purpose.clone()}</span>
                </div>
            }
        }),
        Column::new("state", td_string!(l, payments.state), move |line: &BankLine| {
            let (tone, icon) = look(line.state);
            let left = (line.state == LineState::Waiting && line.left != line.amount)
                .then(|| td_string!(l, bank.left, sum = line.left.to_string()).to_string());
            view! {
                <div class="min-w-0">
                    <Pill text=words::state(l, line.state) tone=tone icon=icon />
                    {left.map(|left| view! { <span class="text-sm text-muted">" "{left}</span> })}
                    {line.aside_reason.clone().map(|reason| view! { <span class="block text-sm text-muted">{reason}</span> })}
                </div>
            }
        }),
        Column::new("parts", td_string!(l, payments.account), move |line: &BankLine| {
            let touched = line.state == LineState::Aside || !line.parts.is_empty();
            let whole = StoredValue::new(line.clone());
            view! {
                <div class="min-w-0">
                    <Parts line=line.clone() />
                    {(refunds && touched).then(|| view! {
                        <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="undo-2" on_click=move |_| releasing.set(Some(whole.get_value()))>
                            {td_string!(l, bank.release)}
                        </Button>
                    })}
                </div>
            }
        }),
    ]
}

#[component]
fn Skipped(lines: Vec<SkippedLine>) -> impl IntoView {
    let l = lang();
    view! {
        <Card title=td_string!(l, bank.skipped) class="mt-4">
            <ul class="m-0 p-0 list-none grid gap-1">
                {lines.into_iter().map(|line| view! {
                    <li class="flex flex-wrap gap-x-3">
                        <span class="text-muted num">{td_string!(l, bank.skipped_line, n = line.line.to_string()).to_string()}</span>
                        <span class="num">{line.amount.map(|sum| sum.to_string())}</span>
                        <span class="break-words min-w-0">{line.what}</span>
                        <span class="text-muted">{words::skipped(l, line.why)}</span>
                    </li>
                }).collect_view()}
            </ul>
        </Card>
    }
}
