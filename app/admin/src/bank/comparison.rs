//! `/desk/payments/reconciliation/:id`: where a registry and our books differ, and what to do about each.

use super::{
    days,
    reason::{ReasonDialog, Sent, Words},
};
use crate::util::{Failed, lang};
use api::session::{use_me, use_now};
use i18n::{bank as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    DifferenceId, Permission, ReconciliationId,
    payments::{Difference, DifferenceKind, ReconciliationCard, SettleDifference, Standing},
};
use ui::prelude::*;

#[component]
pub fn ComparisonPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse::<ReconciliationId>().ok()));
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::bank::reconciliation(id).await,
                None => Err(model::Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Body card=card changed=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/payments/reconciliation" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(card: ReconciliationCard, changed: Callback<()>) -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let records = me.can(Permission::PaymentsRecord);
    let row = card.row;
    let title = format!("{} · {}", row.kassa, days(l, Some(row.from), Some(row.to)));
    let lines = move |n: i64| td_string!(l, payments.total_count, n = n.to_string()).to_string();
    let tone = if row.theirs == row.ours { Tone::Neutral } else { Tone::Warning };
    let unsettled = if row.open > 0 { Tone::Warning } else { Tone::Neutral };
    let settling = RwSignal::new(None::<DifferenceId>);
    let good = card.items.is_empty();
    view! {
        <Title text=title.clone() />
        <PageHeader title=title subtitle=row.file_name back="/desk/payments/reconciliation" />
        <StatGrid>
            <Stat label=td_string!(l, bank.rec_theirs) value=row.theirs.to_string() note=lines(row.theirs_count) />
            <Stat label=td_string!(l, bank.rec_ours) value=row.ours.to_string() note=lines(row.ours_count) tone=tone />
            <Stat label=td_string!(l, bank.rec_agreed) value=row.agreed_count.to_string() />
            <Stat label=td_string!(l, bank.rec_differences) value=row.differences.to_string()
                note=td_string!(l, bank.rec_open, n = row.open.to_string()).to_string()
                tone=unsettled />
            {(row.unread_count > 0).then(|| view! {
                <Stat label=td_string!(l, bank.rec_unread) value=row.unread_count.to_string() tone=Tone::Warning />
            })}
        </StatGrid>
        {good.then(|| view! { <EmptyState text=td_string!(l, bank.rec_no_differences) icon="circle-check" /> })}
        <div class="stack">
            {card.items.into_iter().map(|item| view! { <Item item=item records=records settling=settling /> }).collect_view()}
        </div>
        {records.then(|| view! { <SettleDialog id=settling changed=changed /> })}
    }
}

#[component]
fn Item(item: Difference, records: bool, settling: RwSignal<Option<DifferenceId>>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let id = item.id;
    let open = item.settled_at.is_none();
    let side = |sum: Option<model::Money>, standing: Option<Standing>| match (sum, standing) {
        (Some(sum), Some(standing)) => format!("{sum} · {}", words::standing(l, standing)),
        _ => "—".to_owned(),
    };
    let (theirs, ours) = (side(item.theirs, item.theirs_state), side(item.ours, item.ours_state));
    let paid_here = item.ours_state == Some(Standing::Paid);
    let tone = match item.kind {
        _ if !open => Tone::Neutral,
        DifferenceKind::MissingHere | DifferenceKind::State => Tone::Danger,
        DifferenceKind::MissingThere | DifferenceKind::Sum | DifferenceKind::Twice => Tone::Warning,
    };
    let settled = item
        .settled_by
        .zip(item.settled_note)
        .map(|(name, note)| td_string!(l, bank.rec_settled_by, name = name, note = note).to_string());
    view! {
        <section class="panel p-3 grid gap-2" class:opacity-70=!open>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Pill text=words::difference(l, item.kind) tone=tone />
                <span class="num break-all font-semibold">{item.reference}</span>
                {item.at.map(|at| view! { <span class="text-sm text-muted" title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span> })}
                {item.payment_id.map(|id| view! { <a class="link" href=format!("/desk/payments/{id}")>{td_string!(l, bank.rec_payment)}</a> })}
            </div>
            <div class="flex flex-wrap gap-x-6 gap-y-1">
                <span><span class="text-muted">{td_string!(l, bank.rec_theirs)}": "</span><span class="num">{theirs}</span></span>
                <span><span class="text-muted">{td_string!(l, bank.rec_ours)}": "</span><span class="num">{ours}</span></span>
            </div>
            {open.then(|| view! { <p class="m-0 max-w-3xl">{words::remedy(l, item.kind, paid_here)}</p> })}
            {settled.map(|text| view! { <p class="m-0 text-sm flex gap-2"><Icon name="check" />{text}</p> })}
            {(records && open).then(|| view! {
                <div><Button size=ButtonSize::Small icon="check" on_click=move |_| settling.set(Some(id))>{td_string!(l, bank.rec_settle)}</Button></div>
            })}
        </section>
    }
}

#[component]
fn SettleDialog(id: RwSignal<Option<DifferenceId>>, changed: Callback<()>) -> impl IntoView {
    let l = lang();
    let words = Words {
        text: td_string!(l, bank.rec_settle_text),
        reason: td_string!(l, bank.rec_settle_note),
        action: td_string!(l, bank.rec_settle),
        done: td_string!(l, bank.rec_settled),
    };
    let send = |id, note| -> Sent {
        Box::pin(async move { api::bank::settle(id, SettleDifference { note }).await.map(|_| ()) })
    };
    view! {
        <ReasonDialog what=id title=td_string!(l, bank.rec_settle_title) words=words kind=ButtonKind::Primary send=send changed=changed />
    }
}
