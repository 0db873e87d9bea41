//! The penalties of an account, how each was counted, and forgiving them; and who has to pay the account.

use super::tariff_form::Save;
use crate::{
    property::form::{Refusal, Sending},
    util::{lang, toast_failure},
};
use api::{confirm::use_confirming, session::use_me};
use i18n::{billing as words, penalties as explained, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    AccountId, Permission, WaiverId,
    billing::{DecideRecalculation, Payer, PenaltyRow, RecalculationState as State, SetPayer, WaivePenalty},
};
use ui::prelude::*;

#[component]
pub(super) fn Penalties(
    account: AccountId,
    rows: Vec<PenaltyRow>,
    payer: Option<Payer>,
    pays: Payer,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts, me, confirming) = (lang(), use_toasts(), use_me(), use_confirming());
    let (corrects, approves) = (me.can(Permission::LedgerCorrect), me.can(Permission::LedgerApprove));
    let asking = RwSignal::new(None::<PenaltyRow>);
    let decide = Callback::new(move |(id, approve): (WaiverId, bool)| {
        spawn_local(async move {
            let decide = move || api::penalties::decide_waiver(id, DecideRecalculation { approve });
            match confirming.sure(decide).await {
                Ok(_) => {
                    toasts.success(td_string!(l, billing.saved));
                    let _ = on_done.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    let columns = vec![
        Column::new("month", td_string!(l, billing.month), move |p: &PenaltyRow| words::month(l, p.period)),
        Column::new("how", td_string!(l, billing.how), move |p: &PenaltyRow| view! {
            {p.lines.iter().map(|line| view! { <span class="block">{explained::explain(l, line)}</span> }).collect_view()}
        })
        .class("text-muted"),
        Column::new("amount", td_string!(l, billing.amount), |p: &PenaltyRow| p.amount.to_string()).num(),
        Column::new("state", "", move |p: &PenaltyRow| {
            let (text, tone) = match p.waiver.as_ref().map(|w| w.state) {
                Some(State::Booked) => (td_string!(l, debts.waived), Tone::Success),
                Some(State::Waiting) => (td_string!(l, billing.recalc_waiting), Tone::Warning),
                Some(State::Refused) | None => (td_string!(l, debts.penalty_booked), Tone::Neutral),
            };
            let why = p.waiver.as_ref().map(|w| format!("{}: {}", w.author, w.reason));
            view! { <span title=why><Pill text=text tone=tone /></span> }
        }),
        Column::new("act", "", move |p: &PenaltyRow| {
            let row = StoredValue::new(p.clone());
            match p.waiver.as_ref().map(|w| (w.id, w.state, w.own)) {
                Some((id, State::Waiting, false)) if approves => view! {
                    <span class="flex justify-end gap-1">
                        <Button size=ButtonSize::Small icon="check" on_click=move |_| decide.run((id, true))>{td_string!(l, billing.approve)}</Button>
                        <Button size=ButtonSize::Small icon="x" on_click=move |_| decide.run((id, false))>{td_string!(l, billing.refuse)}</Button>
                    </span>
                }
                .into_any(),
                None | Some((_, State::Refused, _)) if corrects => view! {
                    <span class="flex justify-end">
                        <Button size=ButtonSize::Small on_click=move |_| asking.set(Some(row.get_value()))>{td_string!(l, debts.waive)}</Button>
                    </span>
                }
                .into_any(),
                _ => ().into_any(),
            }
        }),
    ];
    let open = RwSignal::new(false);
    effect(move || open.set(asking.with(Option::is_some)));
    let title = Signal::derive(move || {
        let month = asking.with(|p| p.as_ref().map(|p| words::month(l, p.period))).unwrap_or_default();
        td_string!(l, debts.waive_title, month = month).to_string()
    });
    let done = Callback::new(move |()| {
        asking.set(None);
        on_done.run(());
    });
    view! {
        <Card flush=true title=td_string!(l, debts.penalties) actions=move || view! {
            <Payers account=account payer=payer pays=pays manages=me.can(Permission::ChargesManage) on_done=on_done />
        }>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|p: &PenaltyRow| p.id.to_string() caption=td_string!(l, debts.penalties) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, debts.no_penalties)}</p> } />
        </Card>
        <Dialog open=open title=title on_close=move |()| asking.set(None)>
            {move || asking.get().map(|penalty| view! { <Waive penalty=penalty open=open done=done /> })}
        </Dialog>
    }
}

/// Who has to pay: chosen here, or by the kind of the unit.
#[component]
fn Payers(
    account: AccountId,
    payer: Option<Payer>,
    pays: Payer,
    manages: bool,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let chosen = RwSignal::new(payer.map(|p| p.to_string()).unwrap_or_default());
    let options: Vec<Opt> = Payer::ALL.iter().map(|p| Opt::new(p.as_str(), explained::payer(l, *p))).collect();
    let save = Callback::new(move |value: String| {
        spawn_local(async move {
            match api::penalties::set_payer(account, SetPayer { payer: value.parse().ok() }).await {
                Ok(()) => {
                    toasts.success(td_string!(l, billing.saved));
                    let _ = on_done.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    if !manages {
        return view! { <span class="text-muted text-sm">{explained::payer(l, pays)}</span> }.into_any();
    }
    let by_unit = match payer {
        None => td_string!(l, debts.payer_by_unit, payer = explained::payer(l, pays)).to_string(),
        Some(_) => td_string!(l, debts.payer_unit).to_owned(),
    };
    view! {
        <span class="w-64" title=td_string!(l, debts.payer_help)>
            <Select name="payer" options=options value=chosen placeholder=by_unit label=td_string!(l, debts.payer) on_change=save />
        </span>
    }
    .into_any()
}

#[component]
fn Waive(penalty: PenaltyRow, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (id, reason) = (penalty.id, RwSignal::new(String::new()));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        sending.send(api::penalties::waive(id, WaivePenalty { reason: reason.get_untracked() }), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <p class="m-0">{td_string!(l, debts.waive_text, sum = penalty.amount.to_string()).to_string()}</p>
            <Field label=td_string!(l, billing.reason) name="reason" required=true error=sending.error("reason")>
                <Textarea name="reason" value=reason rows=2 maxlength=500 />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}
