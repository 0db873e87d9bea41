//! The reliefs of an account: given here, ended before a month.

use super::{
    fields::{asked_sum, months, this_month},
    named,
    tariff_form::Save,
};
use crate::{
    property::form::{Refusal, Sending},
    util::lang,
};
use i18n::{billing as words, td_string};
use leptos::prelude::*;
use model::{
    AccountId, Failure, FieldError,
    billing::{EndTariff, NewRelief, ReliefRow, ServiceRow},
};
use ui::prelude::*;

/// What a dialog is about.
#[derive(Clone, Debug, PartialEq)]
enum Task {
    New,
    End(ReliefRow),
}

#[component]
pub(super) fn Reliefs(
    account: AccountId,
    rows: Vec<ReliefRow>,
    services: Vec<ServiceRow>,
    manages: bool,
    on_done: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let task = RwSignal::new(None::<Task>);
    let open = RwSignal::new(false);
    effect(move || open.set(task.with(Option::is_some)));
    let services = StoredValue::new(services);
    let columns = vec![
        Column::new("service", td_string!(l, billing.service), move |r: &ReliefRow| match &r.service {
            Some(service) => named(l, service),
            None => td_string!(l, billing.all_services).to_owned(),
        }),
        Column::new("how", td_string!(l, billing.percent_or_sum), move |r: &ReliefRow| match (r.percent_bp, r.sum) {
            (Some(bp), _) => td_string!(l, billing.relief_percent, percent = words::percent(l, bp)).to_string(),
            (None, Some(sum)) => words::soum(l, sum),
            (None, None) => String::new(),
        })
        .num(),
        Column::new("holds", td_string!(l, billing.holds), move |r: &ReliefRow| match r.until {
            Some(until) => {
                td_string!(l, billing.holds_span, from = words::month(l, r.since), until = words::month(l, until))
                    .to_string()
            }
            None => td_string!(l, billing.holds_since, month = words::month(l, r.since)).to_string(),
        }),
        Column::new("reason", td_string!(l, billing.reason), |r: &ReliefRow| r.reason.clone()),
        Column::new("act", "", move |r: &ReliefRow| {
            let relief = StoredValue::new(r.clone());
            (manages && r.until.is_none()).then(|| {
                view! {
                    <Button size=ButtonSize::Small on_click=move |_| task.set(Some(Task::End(relief.get_value())))>
                        {td_string!(l, billing.end_tariff)}
                    </Button>
                }
            })
        }),
    ];
    let title = Signal::derive(move || match task.get() {
        Some(Task::End(_)) => td_string!(l, billing.end_tariff).to_owned(),
        Some(Task::New) | None => td_string!(l, billing.new_relief).to_owned(),
    });
    let done = Callback::new(move |()| {
        task.set(None);
        on_done.run(());
    });
    view! {
        <Card flush=true title=td_string!(l, billing.reliefs) actions=move || manages.then(|| view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| task.set(Some(Task::New))>{td_string!(l, billing.new_relief)}</Button>
        })>
            <DataTable columns=columns rows=Signal::stored(Some(rows)) key=|r: &ReliefRow| r.id.to_string() caption=td_string!(l, billing.reliefs) stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_reliefs)}</p> } />
        </Card>
        <Dialog open=open title=title on_close=move |()| task.set(None)>
            {move || task.get().map(|now_task| match now_task {
                Task::New => view! { <New account=account services=services.get_value() open=open done=done /> }.into_any(),
                Task::End(relief) => view! { <End relief=relief open=open done=done /> }.into_any(),
            })}
        </Dialog>
    }
}

#[component]
fn New(account: AccountId, services: Vec<ServiceRow>, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let now = this_month();
    let (service, since) = (RwSignal::new(String::new()), RwSignal::new(now.to_string()));
    let by = RwSignal::new("percent".to_owned());
    let (percent, sum, reason) =
        (RwSignal::new("50".to_owned()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let options: Vec<Opt> = services.iter().map(|s| Opt::new(s.id.to_string(), named(l, &s.name))).collect();
    let kinds =
        vec![Opt::new("percent", td_string!(l, billing.percent)), Opt::new("sum", td_string!(l, billing.sum_a_month))];
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(since) = since.get_untracked().parse() else { return };
        let percents = by.get_untracked() == "percent";
        let wrong = |pointer: &str| Failure::invalid(vec![FieldError::new(pointer, "out_of_range")]);
        // A percentage with two digits after the mark reads like a sum: hundredths of it.
        let amount = if percents { asked_sum(percent, "/percent_bp") } else { asked_sum(sum, "/sum") };
        let amount = match amount {
            Ok(amount) => amount,
            Err(failure) => return sending.refuse(failure),
        };
        let Ok(bp) = i32::try_from(amount.tiyin()) else {
            return sending.refuse(wrong(if percents { "/percent_bp" } else { "/sum" }));
        };
        let command = NewRelief {
            service_id: service.get_untracked().parse().ok(),
            percent_bp: percents.then_some(bp),
            sum: (!percents).then_some(amount),
            since,
            until: None,
            reason: reason.get_untracked(),
        };
        sending.send(api::billing::create_relief(account, command), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, billing.service) name="service_id">
                <Select name="service_id" options=options value=service placeholder=td_string!(l, billing.all_services) />
            </Field>
            <Field label=td_string!(l, billing.percent_or_sum) name="by" group=true>
                <RadioCards name="by" options=kinds value=by />
            </Field>
            {move || if by.get() == "percent" {
                view! {
                    <Field label=td_string!(l, billing.percent) name="percent_bp" error=sending.error("percent_bp")>
                        <Input name="percent_bp" value=percent inputmode="decimal" autocomplete="off" />
                    </Field>
                }.into_any()
            } else {
                view! {
                    <Field label=td_string!(l, billing.sum_a_month) name="sum" error=sending.error("sum")>
                        <Input name="sum" value=sum inputmode="decimal" autocomplete="off" />
                    </Field>
                }.into_any()
            }}
            <Field label=td_string!(l, billing.since) name="since" error=sending.error("since")>
                <Select name="since" options=months(l, now, 12, 12) value=since />
            </Field>
            <Field label=td_string!(l, billing.reason) name="reason" required=true error=sending.error("reason")>
                <Textarea name="reason" value=reason rows=2 maxlength=500 />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}

#[component]
fn End(relief: ReliefRow, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let now = this_month();
    let until = RwSignal::new(now.checked_add_months(chrono::Months::new(1)).unwrap_or(now).to_string());
    let id = relief.id;
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(until) = until.get_untracked().parse() else { return };
        sending.send(api::billing::end_relief(id, EndTariff { until }), move |()| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, billing.until) name="until" error=sending.error("until")>
                <Select name="until" options=months(l, now, 12, 12) value=until />
            </Field>
            <Save sending=sending open=open />
        </form>
    }
}
