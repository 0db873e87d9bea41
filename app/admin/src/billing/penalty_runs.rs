//! Runs of penalties: the list on the page of charges, and `/desk/charges/penalties/:id`.

use super::{
    fields::months,
    moves::{Moves, working},
    runs::state_look,
};
use crate::{
    imports::{TaskFailure, TaskProgress},
    live_page::live_page,
    property::form::{Refusal, Sending},
    util::{Failed, lang},
};
use api::{
    confirm::use_confirming,
    session::{use_live, use_now},
};
use i18n::{Locale, billing as words, penalties as explained, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};
use model::{
    Code, RunId,
    billing::{HouseTotal, PenaltyExample, PenaltyRunCard, PenaltyRunRow, RunState, StartPenaltyRun},
    tasks::TaskState,
};
use ui::prelude::*;

fn state_word(l: Locale, run: &PenaltyRunRow) -> &'static str {
    if run.locked && run.state == RunState::Posted {
        td_string!(l, billing.run_locked)
    } else {
        words::run_state(l, run.state)
    }
}

/// All runs, and looking at a month that is over.
#[component]
pub(super) fn PenaltyRuns(
    rows: Vec<PenaltyRunRow>,
    month: chrono::NaiveDate,
    closed: Option<chrono::NaiveDate>,
) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let sending = Sending::new();
    let open: Vec<Opt> = months(l, month, 12, 0)
        .into_iter()
        .skip(1)
        .filter(|o| closed.is_none_or(|closed| o.value > closed.to_string()))
        .collect();
    let period = RwSignal::new(open.first().map(|o| o.value.clone()).unwrap_or_default());
    let go = StoredValue::new(use_navigate());
    let look = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(period) = period.get_untracked().parse() else { return };
        sending.send(api::penalties::start_run(StartPenaltyRun { period }), move |card| {
            go.with_value(|go| go(&format!("/desk/charges/penalties/{}", card.run.id), NavigateOptions::default()));
        });
    };
    let columns = vec![
        Column::new("period", td_string!(l, billing.month), move |r: &PenaltyRunRow| words::month(l, r.period)),
        Column::new("state", "", move |r: &PenaltyRunRow| {
            let (tone, icon) = state_look(r.state, r.locked);
            view! { <Pill text=state_word(l, r) tone=tone icon=icon /> }
        }),
        Column::new("accounts", td_string!(l, billing.accounts), |r: &PenaltyRunRow| r.accounts).num(),
        Column::new("amount", td_string!(l, billing.amount), |r: &PenaltyRunRow| r.amount.to_string()).num(),
        Column::new("by", "", move |r: &PenaltyRunRow| {
            td_string!(l, billing.started_by, name = r.author.clone(), time = when::moment(l, r.created_at, now.get()))
                .to_string()
        })
        .class("text-muted"),
    ];
    let any = !open.is_empty();
    view! {
        <Card flush=true title=td_string!(l, debts.penalty_runs) actions=move || view! {
            <Button size=ButtonSize::Small icon="settings" href="/desk/settings/billing">{td_string!(l, debts.to_rules)}</Button>
        }>
            <div class="p-4 stack">
                <Refusal of=sending />
                <p class="m-0 text-muted max-w-4xl">{td_string!(l, debts.penalty_run_lead)}</p>
                {any.then(|| view! {
                    <form class="flex flex-wrap items-end gap-3" on:submit=look novalidate>
                        <div class="w-full sm:w-56">
                            <Field label=td_string!(l, billing.run_month) name="penalty_period" error=sending.error("period")>
                                <Select name="penalty_period" options=open value=period />
                            </Field>
                        </div>
                        <Button icon="search" submit=true loading=sending.busy>{td_string!(l, debts.count_penalties)}</Button>
                    </form>
                })}
            </div>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &PenaltyRunRow| r.id.to_string() caption=td_string!(l, debts.penalty_runs)
                href=|r: PenaltyRunRow| format!("/desk/charges/penalties/{}", r.id) stack=true
                empty=move || view! { <p class="m-0 p-4 pt-0 text-muted">{td_string!(l, debts.no_penalty_runs)}</p> } />
        </Card>
    }
}

#[component]
pub fn PenaltyRunPage() -> impl IntoView {
    let params = use_params_map();
    let found = live_page(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<RunId>().ok()),
        use_debounced(use_live().of_charges(), 1000),
        |id| async move {
            match id {
                Some(id) => api::penalties::get_run(id).await,
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

#[component]
fn Run(card: PenaltyRunCard, on_change: Callback<()>) -> impl IntoView {
    let l = lang();
    let run = card.run.clone();
    let title = td_string!(l, debts.penalty_run_title, month = words::month(l, run.period)).to_string();
    let (tone, icon) = state_look(run.state, run.locked);
    let state = state_word(l, &run);
    let working = working(l, run.state);
    let busy = card.task.clone().filter(|task| !task.state.is_over());
    let failed = card.task.clone().filter(|task| task.state == TaskState::Failed);
    let looked = run.state != RunState::Previewing;
    view! {
        <Title text=title.clone() />
        <PageHeader title=title back="/desk/charges" tags=move || view! { <Pill text=state tone=tone icon=icon /> } />
        <div class="stack">
            {busy.map(|task| view! { <Card><TaskProgress task=task label=working on_over=on_change /></Card> })}
            <TaskFailure task=failed />
            {looked.then(|| view! { <Found card=card.clone() on_change=on_change /> })}
        </div>
    }
}

#[component]
fn Found(card: PenaltyRunCard, on_change: Callback<()>) -> impl IntoView {
    let l = lang();
    let run = card.run;
    let (amount, accounts) = (run.amount, run.accounts);
    let (id, version, sending) = (run.id, run.version, Sending::new());
    let post = Callback::new(move |()| sending.send(api::penalties::post_run(id, version), move |_| on_change.run(())));
    let asking = use_confirming();
    let undo = Callback::new(move |()| {
        let call = asking.sure(move || api::penalties::undo_run(id, version));
        sending.send(call, move |_| on_change.run(()));
    });
    let houses = vec![
        Column::new("house", td_string!(l, billing.house), |h: &HouseTotal| h.address.clone()),
        Column::new("accounts", td_string!(l, billing.accounts), |h: &HouseTotal| h.lines).num(),
        Column::new("amount", td_string!(l, billing.amount), |h: &HouseTotal| h.amount.to_string()).num(),
        Column::new("before", td_string!(l, billing.before), |h: &HouseTotal| h.before.to_string())
            .class("num text-muted"),
    ];
    let largest = vec![
        Column::new("account", td_string!(l, billing.account_number), |e: &PenaltyExample| e.number.clone()),
        Column::new("address", td_string!(l, billing.address), |e: &PenaltyExample| e.address.clone()),
        Column::new("how", td_string!(l, billing.how), move |e: &PenaltyExample| view! {
            {e.lines.iter().map(|line| view! { <span class="block">{explained::explain(l, line)}</span> }).collect_view()}
        })
        .class("text-muted"),
        Column::new("amount", td_string!(l, billing.amount), |e: &PenaltyExample| e.amount.to_string()).num(),
    ];
    view! {
        <StatGrid>
            <Stat label=td_string!(l, debts.penalty_runs) value=words::soum(l, amount) />
            <Stat label=td_string!(l, billing.accounts) value=accounts.to_string() />
        </StatGrid>
        <Moves sending=sending state=run.state locked=run.locked empty=accounts == 0 on_post=post on_undo=undo
            post_text=td_string!(l, debts.post_penalties_text, sum = amount.to_string()).to_string()
            undo_verb=td_string!(l, debts.undo_penalties) undo_text=td_string!(l, debts.undo_penalties_text) />
        {(accounts == 0).then(|| view! { <Banner tone=Tone::Success text=td_string!(l, debts.no_finds) /> })}
        {(accounts > 0).then(|| view! {
            <Card flush=true title=td_string!(l, debts.largest)>
                <DataTable columns=largest rows=Signal::stored(Some(card.examples)) key=|e: &PenaltyExample| e.account_id.to_string()
                    caption=td_string!(l, debts.largest) stack=true href=|e: PenaltyExample| format!("/desk/accounts/{}", e.account_id) />
            </Card>
            <Card flush=true title=td_string!(l, billing.by_house)>
                <DataTable columns=houses rows=Signal::stored(Some(card.houses)) key=|h: &HouseTotal| h.building_id.to_string()
                    caption=td_string!(l, billing.by_house) stack=true href=|h: HouseTotal| format!("/desk/debts?building={}", h.building_id) />
            </Card>
        })}
    }
}
