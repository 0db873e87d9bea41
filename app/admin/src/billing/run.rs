//! `/desk/charges/:id`: what a look found, booking it, taking it back.

use super::{
    moves::{Moves, working},
    named,
    runs::{state_look, state_word},
};
use crate::{
    imports::{TaskFailure, TaskProgress},
    live_page::live_page,
    property::form::Sending,
    util::{Failed, lang},
};
use api::{confirm::use_confirming, session::use_live};
use i18n::{Locale, billing as words, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, Money, RunId,
    billing::{HouseTotal, RunCard, RunState, RunWarning, ServiceTotal},
    tasks::TaskState,
};
use ui::prelude::*;

#[component]
pub fn ChargeRunPage() -> impl IntoView {
    let params = use_params_map();
    let found = live_page(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<RunId>().ok()),
        use_debounced(use_live().of_charges(), 1000),
        |id| async move {
            match id {
                Some(id) => api::billing::get_run(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Run card=card on_change=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/charges" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// `+1 500` or `−1 500`, and nothing when nothing changed.
fn difference(now: Money, before: Money) -> String {
    let change = Money::from_tiyin(now.tiyin().saturating_sub(before.tiyin()));
    match change {
        Money::ZERO => "0".to_owned(),
        more if more > Money::ZERO => format!("+{more}"),
        less => less.to_string(),
    }
}

#[component]
fn Run(card: RunCard, on_change: Callback<()>) -> impl IntoView {
    let l = lang();
    let run = card.run.clone();
    let title = td_string!(l, billing.run_title, month = words::month(l, run.period)).to_string();
    let (tone, icon) = state_look(run.state, run.locked);
    let state = state_word(l, &run);
    let working = working(l, run.state);
    let busy = card.task.clone().filter(|task| !task.state.is_over());
    let failed = card.task.clone().filter(|task| task.state == TaskState::Failed);
    let houses = if run.houses == 0 {
        td_string!(l, billing.all_houses).to_owned()
    } else {
        td_string!(l, billing.houses_n, n = run.houses.to_string()).to_string()
    };
    let looked = run.state != RunState::Previewing;
    view! {
        <Title text=title.clone() />
        <PageHeader title=title subtitle=houses back="/desk/charges" tags=move || view! { <Pill text=state tone=tone icon=icon /> } />
        <div class="stack">
            {busy.map(|task| view! { <Card><TaskProgress task=task label=working on_over=on_change /></Card> })}
            <TaskFailure task=failed />
            {looked.then(|| view! { <Found card=card.clone() on_change=on_change /> })}
        </div>
    }
}

#[component]
fn Found(card: RunCard, on_change: Callback<()>) -> impl IntoView {
    let l = lang();
    let run = card.run.clone();
    let change = difference(run.amount, run.before);
    let (id, version, sending) = (run.id, run.version, Sending::new());
    let post = Callback::new(move |()| sending.send(api::billing::post_run(id, version), move |_| on_change.run(())));
    let asking = use_confirming();
    let undo = Callback::new(move |()| {
        let call = asking.sure(move || api::billing::undo_run(id, version));
        sending.send(call, move |_| on_change.run(()));
    });
    view! {
        <StatGrid>
            <Stat label=td_string!(l, billing.amount) value=words::soum(l, run.amount) />
            <Stat label=td_string!(l, billing.before) value=words::soum(l, run.before) />
            <Stat label=td_string!(l, billing.difference) value=change />
            <Stat label=td_string!(l, billing.accounts) value=run.accounts.to_string() />
            <Stat label=td_string!(l, billing.lines) value=run.lines.to_string() />
        </StatGrid>
        <Moves sending=sending state=run.state locked=run.locked empty=false on_post=post on_undo=undo
            post_text=td_string!(l, billing.post_text, sum = run.amount.to_string()).to_string()
            undo_verb=td_string!(l, billing.undo) undo_text=td_string!(l, billing.undo_text) />
        <Services l=l rows=card.services />
        <Warnings l=l counts=card.warning_counts.iter().map(|c| (c.kind, c.count)).collect() rows=card.warnings />
        <Houses l=l rows=card.houses />
    }
}

#[component]
fn Services(l: Locale, rows: Vec<ServiceTotal>) -> impl IntoView {
    let columns = vec![
        Column::new("service", td_string!(l, billing.service), move |s: &ServiceTotal| named(l, &s.service)),
        Column::new("lines", td_string!(l, billing.lines), |s: &ServiceTotal| s.lines).num(),
        Column::new("amount", td_string!(l, billing.amount), |s: &ServiceTotal| s.amount.to_string()).num(),
        Column::new("before", td_string!(l, billing.before), |s: &ServiceTotal| s.before.to_string())
            .class("num text-muted"),
        Column::new("difference", td_string!(l, billing.difference), |s: &ServiceTotal| difference(s.amount, s.before))
            .num(),
    ];
    view! {
        <Card flush=true title=td_string!(l, billing.by_service)>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|s: &ServiceTotal| s.service_id.to_string() caption=td_string!(l, billing.by_service) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.warn_no_tariff)}</p> } />
        </Card>
    }
}

#[component]
fn Houses(l: Locale, rows: Vec<HouseTotal>) -> impl IntoView {
    let columns = vec![
        Column::new("house", td_string!(l, billing.house), |h: &HouseTotal| h.address.clone()),
        Column::new("lines", td_string!(l, billing.lines), |h: &HouseTotal| h.lines).num(),
        Column::new("amount", td_string!(l, billing.amount), |h: &HouseTotal| h.amount.to_string()).num(),
        Column::new("before", td_string!(l, billing.before), |h: &HouseTotal| h.before.to_string())
            .class("num text-muted"),
        Column::new("difference", td_string!(l, billing.difference), |h: &HouseTotal| difference(h.amount, h.before))
            .num(),
    ];
    (!rows.is_empty()).then(|| view! {
        <Card flush=true title=td_string!(l, billing.by_house)>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|h: &HouseTotal| h.building_id.to_string() caption=td_string!(l, billing.by_house) stack=true
                href=|h: HouseTotal| format!("/desk/buildings/{}", h.building_id) />
        </Card>
    })
}

#[component]
fn Warnings(l: Locale, counts: Vec<(model::billing::WarningKind, i64)>, rows: Vec<RunWarning>) -> impl IntoView {
    let total: i64 = counts.iter().map(|(_, n)| n).sum();
    let shown = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let numbered: Vec<(usize, RunWarning)> = rows.into_iter().enumerate().collect();
    let columns = vec![
        Column::new("where", td_string!(l, billing.address), |(_, w): &(usize, RunWarning)| w.address.clone()),
        Column::new("account", td_string!(l, billing.account_number), |(_, w): &(usize, RunWarning)| {
            match (w.account.clone(), w.account_id) {
                (Some(number), Some(id)) => {
                    view! { <a class="link num" href=format!("/desk/accounts/{id}")>{number}</a> }.into_any()
                }
                _ => ().into_any(),
            }
        }),
        Column::new("what", td_string!(l, billing.what), move |(_, w): &(usize, RunWarning)| {
            let service = w.service.as_ref().map(|s| format!("{}: ", named(l, s))).unwrap_or_default();
            format!("{service}{}", words::warning(l, w.kind))
        }),
        Column::new("before", td_string!(l, billing.before), |(_, w): &(usize, RunWarning)| {
            w.before.map(|m| m.to_string())
        })
        .class("num text-muted"),
        Column::new("amount", td_string!(l, billing.amount), |(_, w): &(usize, RunWarning)| {
            w.amount.map(|m| m.to_string())
        })
        .num(),
    ];
    if total == 0 {
        return view! { <Banner tone=Tone::Success text=td_string!(l, billing.no_warnings) /> }.into_any();
    }
    view! {
        <Card flush=true title=format!("{}: {total}", td_string!(l, billing.warnings))>
            <div class="row p-4">
                {counts.into_iter().map(|(kind, n)| view! { <Pill tone=Tone::Warning text=format!("{}: {n}", words::warning(l, kind)) /> }).collect_view()}
                {(total > shown).then(|| view! { <span class="text-muted">{td_string!(l, billing.warnings_first, n = shown.to_string()).to_string()}</span> })}
            </div>
            <DataTable columns=columns rows=Signal::stored(Some(numbered)) key=|(n, _): &(usize, RunWarning)| n.to_string() caption=td_string!(l, billing.warnings) stack=true />
        </Card>
    }
    .into_any()
}
