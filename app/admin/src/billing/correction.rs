//! The corrections of an account by hand: asked for here, large ones decided by a second person.

use super::{fields::asked_sum, named, tariff_form::Save};
use crate::{
    property::form::{Refusal, Sending},
    util::{lang, toast_failure},
};
use api::{confirm::use_confirming, filling::Filling, session::use_me};
use i18n::{billing as words, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    AccountId, CorrectionId, Failure, FieldError, Money, Permission,
    billing::{CorrectionRow, DecideRecalculation, NewCorrection, RecalculationState, ServiceRow},
};
use ui::prelude::*;

#[component]
pub(super) fn Corrections(
    account: AccountId,
    rows: Vec<CorrectionRow>,
    services: Vec<ServiceRow>,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts, me, asking) = (lang(), use_toasts(), use_me(), use_confirming());
    let (corrects, approves) = (me.can(Permission::LedgerCorrect), me.can(Permission::LedgerApprove));
    let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
    let services = StoredValue::new(services);
    let decide = Callback::new(move |(id, approve): (CorrectionId, bool)| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let decide = move || api::billing::decide_correction(id, DecideRecalculation { approve });
            match asking.sure(decide).await {
                Ok(_) => {
                    toasts.success(td_string!(l, billing.saved));
                    let _ = on_done.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    });
    let columns = vec![
        Column::new("day", td_string!(l, billing.correction_day), |r: &CorrectionRow| {
            r.booked_on.map(words::day).unwrap_or_default()
        }),
        Column::new("against", td_string!(l, billing.service), move |r: &CorrectionRow| {
            r.service.as_ref().map(|name| named(l, name)).or_else(|| r.other.clone()).unwrap_or_default()
        }),
        Column::new("amount", td_string!(l, billing.amount), |r: &CorrectionRow| r.amount.to_string()).num(),
        Column::new("reason", td_string!(l, billing.reason), |r: &CorrectionRow| r.reason.clone()),
        Column::new("by", td_string!(l, billing.asked_by), |r: &CorrectionRow| r.author.clone()).class("text-muted"),
        Column::new("state", "", move |r: &CorrectionRow| {
            let (text, tone) = match r.state {
                RecalculationState::Waiting => (td_string!(l, billing.recalc_waiting), Tone::Warning),
                RecalculationState::Booked => (td_string!(l, billing.run_posted), Tone::Success),
                RecalculationState::Refused => (td_string!(l, billing.recalc_refused), Tone::Neutral),
            };
            view! { <span title=r.decided_by.clone()><Pill text=text tone=tone /></span> }
        }),
        Column::new("act", "", move |r: &CorrectionRow| {
            let id = r.id;
            (approves && !r.own && r.state == RecalculationState::Waiting).then(|| view! {
                <span class="flex justify-end gap-1">
                    <Button size=ButtonSize::Small icon="check" on_click=move |_| decide.run((id, true))>{td_string!(l, billing.approve)}</Button>
                    <Button size=ButtonSize::Small icon="x" on_click=move |_| decide.run((id, false))>{td_string!(l, billing.refuse)}</Button>
                </span>
            })
        }),
    ];
    let done = Callback::new(move |()| {
        open.set(false);
        on_done.run(());
    });
    view! {
        <Card flush=true title=td_string!(l, billing.corrections) actions=move || corrects.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| open.set(true)>{td_string!(l, billing.new_correction)}</Button>
        })>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &CorrectionRow| r.id.to_string() caption=td_string!(l, billing.corrections) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_corrections)}</p> } />
        </Card>
        <Dialog open=open title=td_string!(l, billing.new_correction)>
            <New account=account services=services.get_value() open=open done=done />
        </Dialog>
    }
}

#[component]
fn New(account: AccountId, services: Vec<ServiceRow>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    // Sent again after a lost answer, it is the same correction.
    let filling = Filling::default();
    let empty = || RwSignal::new(String::new());
    let (what, sum, service, other) = (RwSignal::new("less".to_owned()), empty(), empty(), empty());
    let (day, reason) = (empty(), empty());
    let ways = vec![
        Opt::new("less", td_string!(l, billing.correction_less)),
        Opt::new("more", td_string!(l, billing.correction_more)),
    ];
    let mut options = vec![Opt::new("", "—")];
    options.extend(services.iter().map(|s| Opt::new(s.id.to_string(), named(l, &s.name))));
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let wrong = |pointer: &str, code: &str| sending.refuse(Failure::invalid(vec![FieldError::new(pointer, code)]));
        let amount = match asked_sum(sum, "/amount") {
            Ok(amount) => amount,
            Err(failure) => return sending.refuse(failure),
        };
        let amount = if what.get_untracked() == "less" { Money::ZERO.checked_sub(amount) } else { Some(amount) };
        let Some(amount) = amount else { return wrong("/amount", "out_of_range") };
        let (asked_day, asked_other) = (day.get_untracked(), other.get_untracked().trim().to_owned());
        let booked_on = match asked_day.as_str() {
            "" => None,
            text => match text.parse() {
                Ok(day) => Some(day),
                Err(_) => return wrong("/booked_on", "out_of_range"),
            },
        };
        let command = NewCorrection {
            amount,
            // The first choice is no service.
            service_id: service.get_untracked().parse().ok(),
            other: Some(asked_other).filter(|number| !number.is_empty()),
            booked_on,
            reason: reason.get_untracked(),
        };
        sending.send(api::billing::correct(filling.word(), account, command), move |_| {
            filling.done();
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <p class="m-0 text-muted">{td_string!(l, billing.correction_lead)}</p>
            <div class="form-grid">
                <Field label=td_string!(l, billing.correction_what) name="what">
                    <Select name="what" options=ways value=what />
                </Field>
                <Field label=td_string!(l, billing.amount) name="amount" required=true error=sending.error("amount")>
                    <Input name="amount" value=sum inputmode="decimal" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, billing.service) name="service_id" error=sending.error("service_id")>
                    <Select name="service_id" options=options value=service />
                </Field>
                <Field label=td_string!(l, billing.correction_other) name="other" help=td_string!(l, billing.correction_other_help) error=sending.error("other")>
                    <Input name="other" value=other autocomplete="off" maxlength=30 />
                </Field>
                <Field label=td_string!(l, billing.correction_day) name="booked_on" help=td_string!(l, billing.correction_day_help) error=sending.error("booked_on")>
                    <DateInput name="booked_on" value=day />
                </Field>
            </div>
            <Field label=td_string!(l, billing.reason) name="reason" required=true error=sending.error("reason")>
                <Textarea name="reason" value=reason rows=2 maxlength=500 />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}
