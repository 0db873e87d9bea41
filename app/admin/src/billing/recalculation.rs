//! The recalculations of an account: asked for here, large ones decided by a second person.

use super::{fields::asked_sum, named, tariff_form::Save};
use crate::{
    property::form::{Refusal, Sending},
    util::{lang, toast_failure},
};
use api::{confirm::use_confirming, session::use_me};
use i18n::{billing as words, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    AccountId, Failure, FieldError, Permission, RecalculationId,
    billing::{DecideRecalculation, NewRecalculation, RecalculationRow, RecalculationState, ServiceRow},
};
use ui::prelude::*;

#[component]
pub(super) fn Recalculations(
    account: AccountId,
    rows: Vec<RecalculationRow>,
    services: Vec<ServiceRow>,
    on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts, me, asking) = (lang(), use_toasts(), use_me(), use_confirming());
    let (corrects, approves) = (me.can(Permission::LedgerCorrect), me.can(Permission::LedgerApprove));
    let open = RwSignal::new(false);
    let services = StoredValue::new(services);
    let decide = Callback::new(move |(id, approve): (RecalculationId, bool)| {
        spawn_local(async move {
            let decide = move || api::billing::decide_recalculation(id, DecideRecalculation { approve });
            match asking.sure(decide).await {
                Ok(_) => {
                    toasts.success(td_string!(l, billing.saved));
                    let _ = on_done.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    let columns = vec![
        Column::new("service", td_string!(l, billing.service), move |r: &RecalculationRow| named(l, &r.service)),
        Column::new("days", td_string!(l, billing.days), |r: &RecalculationRow| {
            format!("{} – {}", words::day(r.from), words::day(r.to))
        }),
        Column::new("percent", td_string!(l, billing.percent), move |r: &RecalculationRow| {
            words::percent(l, r.percent_bp)
        })
        .num(),
        Column::new("amount", td_string!(l, billing.amount), |r: &RecalculationRow| format!("−{}", r.amount)).num(),
        Column::new("reason", td_string!(l, billing.reason), |r: &RecalculationRow| r.reason.clone()),
        Column::new("by", td_string!(l, billing.asked_by), |r: &RecalculationRow| r.author.clone()).class("text-muted"),
        Column::new("state", "", move |r: &RecalculationRow| {
            let (text, tone) = match r.state {
                RecalculationState::Waiting => (td_string!(l, billing.recalc_waiting), Tone::Warning),
                RecalculationState::Booked => (td_string!(l, billing.run_posted), Tone::Success),
                RecalculationState::Refused => (td_string!(l, billing.recalc_refused), Tone::Neutral),
            };
            view! { <span title=r.decided_by.clone()><Pill text=text tone=tone /></span> }
        }),
        Column::new("act", "", move |r: &RecalculationRow| {
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
        <Card flush=true title=td_string!(l, billing.recalculations) actions=move || corrects.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| open.set(true)>{td_string!(l, billing.new_recalculation)}</Button>
        })>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &RecalculationRow| r.id.to_string() caption=td_string!(l, billing.recalculations) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_recalculations)}</p> } />
        </Card>
        <Dialog open=open title=td_string!(l, billing.new_recalculation)>
            <New account=account services=services.get_value() open=open done=done />
        </Dialog>
    }
}

#[component]
fn New(account: AccountId, services: Vec<ServiceRow>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let first = services.first().map(|s| s.id.to_string()).unwrap_or_default();
    let service = RwSignal::new(first);
    let (from, to) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (percent, reason) = (RwSignal::new("100".to_owned()), RwSignal::new(String::new()));
    let options: Vec<Opt> = services.iter().map(|s| Opt::new(s.id.to_string(), named(l, &s.name))).collect();
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let wrong = |pointer: &str, code: &str| sending.refuse(Failure::invalid(vec![FieldError::new(pointer, code)]));
        let Ok(service_id) = service.get_untracked().parse() else { return wrong("/service_id", "required") };
        let Ok(first) = from.get_untracked().parse() else { return wrong("/from", "required") };
        let Ok(last) = to.get_untracked().parse() else { return wrong("/to", "required") };
        // A percentage with two digits after the mark reads like a sum: hundredths of it.
        let percent_bp = match asked_sum(percent, "/percent_bp") {
            Ok(bp) => i32::try_from(bp.tiyin()).unwrap_or(i32::MAX),
            Err(failure) => return sending.refuse(failure),
        };
        let command =
            NewRecalculation { service_id, from: first, to: last, percent_bp, reason: reason.get_untracked() };
        sending.send(api::billing::recalculate(account, command), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <p class="m-0 text-muted">{td_string!(l, billing.recalc_lead)}</p>
            <Field label=td_string!(l, billing.service) name="service_id" error=sending.error("service_id")>
                <Select name="service_id" options=options value=service />
            </Field>
            <div class="form-grid">
                <Field label=td_string!(l, billing.from_day) name="from" required=true error=sending.error("from")>
                    <DateInput name="from" value=from />
                </Field>
                <Field label=td_string!(l, billing.to_day) name="to" required=true error=sending.error("to")>
                    <DateInput name="to" value=to />
                </Field>
                <Field label=td_string!(l, billing.percent) name="percent_bp" error=sending.error("percent_bp")>
                    <Input name="percent_bp" value=percent inputmode="decimal" autocomplete="off" />
                </Field>
            </div>
            <Field label=td_string!(l, billing.reason) name="reason" required=true error=sending.error("reason")>
                <Textarea name="reason" value=reason rows=2 maxlength=500 />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}
