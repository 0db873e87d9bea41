//! `/desk/tariffs`: what the company charges for, and every edition of each price.

use super::{
    fields::{months, this_month},
    named,
    tariff_form::{ServiceForm, TariffForm},
};
use crate::{
    property::form::{Refusal, Sending},
    util::{Failed, lang},
};
use api::session::use_me;
use i18n::{Locale, billing as words, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Permission,
    billing::{EndTariff, ServiceRow, TariffBook, TariffRow},
    property::ComplexRow,
};
use ui::prelude::*;

/// What a dialog is about.
#[derive(Clone, Debug, PartialEq)]
enum Task {
    Service(Option<ServiceRow>),
    Archive(ServiceRow),
    Price(ServiceRow),
    End(TariffRow),
}

/// Everything the page is drawn from.
pub(super) type Found = (TariffBook, Vec<ComplexRow>);

async fn find(manages: bool) -> api::ApiResult<Found> {
    let book = api::billing::book().await?;
    if !manages {
        return Ok((book, Vec::new()));
    }
    Ok((book, api::property::complexes().await?))
}

#[component]
pub fn TariffsPage() -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::TariffsManage);
    let found = Resource::new(|| (), move |()| find(manages));
    let task = RwSignal::new(None::<Task>);
    view! {
        <Title text=td_string!(l, billing.tariffs) />
        <PageHeader title=td_string!(l, billing.tariffs) actions=move || manages.then(|| view! {
            <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| task.set(Some(Task::Service(None)))>
                {td_string!(l, billing.new_service)}
            </Button>
        }) />
        <p class="text-muted mt-0 max-w-4xl">{td_string!(l, billing.tariff_lead)}</p>
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(found_now) => view! { <Book found=found_now task=task manages=manages on_done=Callback::new(move |()| found.refetch()) /> }.into_any(),
                Err(error) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Book(found: Found, task: RwSignal<Option<Task>>, manages: bool, on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let (book, complexes) = found;
    let places = StoredValue::new(complexes);
    let now = this_month();
    let cards = book
        .services
        .iter()
        .map(|service| {
            let own: Vec<TariffRow> = book.tariffs.iter().filter(|t| t.service_id == service.id).cloned().collect();
            view! { <ServiceCard service=service.clone() tariffs=own task=task manages=manages now=now /> }
        })
        .collect_view();
    let open = RwSignal::new(false);
    effect(move || open.set(task.with(Option::is_some)));
    let title = Signal::derive(move || match task.get() {
        Some(Task::Service(Some(service))) => named(l, &service.name),
        Some(Task::Price(service)) => format!("{}: {}", named(l, &service.name), td_string!(l, billing.new_tariff)),
        Some(Task::Archive(_)) => td_string!(l, billing.archive_service).to_owned(),
        Some(Task::End(_)) => td_string!(l, billing.end_tariff).to_owned(),
        Some(Task::Service(None)) | None => td_string!(l, billing.new_service).to_owned(),
    });
    let done = Callback::new(move |()| {
        task.set(None);
        on_done.run(());
    });
    view! {
        {if book.services.is_empty() {
            view! { <Card><EmptyState text=td_string!(l, billing.no_services) icon="receipt" /></Card> }.into_any()
        } else {
            view! { <div class="stack">{cards}</div> }.into_any()
        }}
        <Dialog open=open title=title on_close=move |()| task.set(None)>
            {move || task.get().map(|now_task| match now_task {
                Task::Service(service) => view! { <ServiceForm service=service open=open done=done /> }.into_any(),
                Task::Archive(service) => view! { <ArchiveForm service=service open=open done=done /> }.into_any(),
                Task::Price(service) => view! {
                    <TariffForm service=service complexes=places.get_value() open=open done=done />
                }.into_any(),
                Task::End(tariff) => view! { <EndForm tariff=tariff open=open done=done /> }.into_any(),
            })}
        </Dialog>
    }
}

/// Where an edition stands in time, seen from the month it is.
fn standing(l: Locale, tariff: &TariffRow, all: &[TariffRow], now: chrono::NaiveDate) -> (Tone, &'static str) {
    let same = |other: &TariffRow| {
        other.complex_id == tariff.complex_id
            && other.building_id == tariff.building_id
            && other.storeys_from == tariff.storeys_from
            && other.storeys_to == tariff.storeys_to
            && other.has_lift == tariff.has_lift
    };
    // The list is the newest first: whoever of the same scope stands before it and has begun took its place.
    let newer = all.iter().take_while(|other| other.id != tariff.id);
    if tariff.until.is_some_and(|until| until <= now) {
        (Tone::Neutral, td_string!(l, billing.state_past))
    } else if tariff.since > now {
        (Tone::Info, td_string!(l, billing.state_later))
    } else if newer
        .clone()
        .any(|other| same(other) && other.since <= now && other.until.is_none_or(|until| until > now))
    {
        (Tone::Neutral, td_string!(l, billing.state_covered))
    } else {
        (Tone::Success, td_string!(l, billing.state_now))
    }
}

#[component]
fn ServiceCard(
    service: ServiceRow,
    tariffs: Vec<TariffRow>,
    task: RwSignal<Option<Task>>,
    manages: bool,
    now: chrono::NaiveDate,
) -> impl IntoView {
    let l = lang();
    let all = StoredValue::new(tariffs.clone());
    let columns =
        vec![
            Column::new("price", td_string!(l, billing.price), |t: &TariffRow| t.price.to_string()).num(),
            Column::new("rule", td_string!(l, billing.rule), move |t: &TariffRow| words::whole_rule(l, t)),
            Column::new("scope", td_string!(l, billing.scope), move |t: &TariffRow| words::scope(l, t)),
            Column::new("holds", td_string!(l, billing.holds), move |t: &TariffRow| match t.until {
                Some(until) => {
                    td_string!(l, billing.holds_span, from = words::month(l, t.since), until = words::month(l, until))
                        .to_string()
                }
                None => td_string!(l, billing.holds_since, month = words::month(l, t.since)).to_string(),
            }),
            Column::new("state", "", move |t: &TariffRow| {
                let (tone, text) = all.with_value(|all| standing(l, t, all, now));
                view! { <Pill text=text tone=tone /> }
            }),
            Column::new("act", "", move |t: &TariffRow| {
                let tariff = StoredValue::new(t.clone());
                (manages && t.until.is_none()).then(|| view! {
                <span class="flex justify-end">
                    <Button size=ButtonSize::Small on_click=move |_| task.set(Some(Task::End(tariff.get_value())))>
                        {td_string!(l, billing.end_tariff)}
                    </Button>
                </span>
            })
            }),
        ];
    let title = named(l, &service.name);
    let service = StoredValue::new(service);
    let rows = Signal::stored(Some(tariffs));
    view! {
        <Card flush=true title=title.clone() actions=move || manages.then(|| view! {
            <span class="flex gap-1">
                <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, common.edit) on_click=move |_| task.set(Some(Task::Service(Some(service.get_value())))) />
                <IconButton icon="history" size=ButtonSize::Small label=td_string!(l, billing.archive_service) on_click=move |_| task.set(Some(Task::Archive(service.get_value()))) />
                <Button size=ButtonSize::Small icon="plus" on_click=move |_| task.set(Some(Task::Price(service.get_value())))>
                    {td_string!(l, billing.new_tariff)}
                </Button>
            </span>
        })>
            <DataTable columns=columns rows=rows key=|t: &TariffRow| t.id.to_string() caption=title stack=true
                empty=move || view! { <p class="m-0 p-4 text-muted">{td_string!(l, billing.no_tariffs)}</p> } />
        </Card>
    }
}

#[component]
fn ArchiveForm(service: ServiceRow, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let (id, version) = (service.id, service.version);
    let go = move |_| {
        sending.send(api::billing::archive_service(id, version), move |()| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <div class="stack">
            <Refusal of=sending />
            <p class="m-0">{format!("{}. ", named(l, &service.name))}{td_string!(l, billing.archive_service_text)}</p>
            <div class="row justify-end">
                <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Danger loading=sending.busy on_click=go>{td_string!(l, billing.archive_service)}</Button>
            </div>
        </div>
    }
}

#[component]
fn EndForm(tariff: TariffRow, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let now = this_month();
    let until = RwSignal::new(now.checked_add_months(chrono::Months::new(1)).unwrap_or(now).to_string());
    let id = tariff.id;
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Ok(until) = until.get_untracked().parse() else { return };
        sending.send(api::billing::end_tariff(id, EndTariff { until }), move |_| {
            toasts.success(td_string!(l, billing.saved));
            done.run(());
        });
    };
    view! {
        <form class="stack" on:submit=save novalidate>
            <Refusal of=sending />
            <p class="m-0">{td_string!(l, billing.end_tariff_text)}</p>
            <Field label=td_string!(l, billing.until) name="until" error=sending.error("until")>
                <Select name="until" options=months(l, now, 12, 12) value=until />
            </Field>
            <div class="row justify-end">
                <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, billing.end_tariff)}</Button>
            </div>
        </form>
    }
}
