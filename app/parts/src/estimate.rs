//! An estimate as everybody sees it, and the sheet in which the desk or a worker makes one.

use api::{ApiError, session::use_now};
use i18n::{failure, td_string, when, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Money, RequestId,
    requests::RequestCard,
    work::{Catalogue, CatalogueItem, Estimate, EstimateState, MakeEstimate, NewLine, Quantity},
};
use ui::prelude::*;

/// Lines, total and what became of it.
#[component]
pub fn EstimateFacts(estimate: Estimate) -> impl IntoView {
    let (l, now) = (crate::locale(), use_now());
    let (tone, icon) = match estimate.state {
        EstimateState::Accepted => (Tone::Success, "check"),
        EstimateState::Declined => (Tone::Danger, "x"),
        EstimateState::Sent if !estimate.expired => (Tone::Warning, "hourglass"),
        EstimateState::Sent | EstimateState::Replaced => (Tone::Neutral, "clock"),
    };
    let state = work_words::estimate_state(l, estimate.state, estimate.expired);
    let decided = estimate.decided_at.zip(estimate.decided_by.clone()).map(|(at, name)| {
        let time = move || when::moment(l, at, now.get());
        move || td_string!(l, work.decided_by, name = name.clone(), time = time()).to_string()
    });
    let line = |line: model::work::EstimateLine| {
        view! {
            <li class="flex flex-wrap gap-x-3 gap-y-0 justify-between py-1.5 border-b border-line">
                <span class="min-w-0 grow [overflow-wrap:anywhere]">{work_words::name(l, &line.names)}</span>
                <span class="num whitespace-nowrap text-muted">
                    {format!("{} {} × {}", line.quantity, work_words::unit(l, line.unit), line.price)}
                </span>
                <span class="num whitespace-nowrap min-w-24 text-right">{line.total.to_string()}</span>
            </li>
        }
    };
    view! {
        <div class="grid gap-1.5">
            <div class="flex flex-wrap gap-2 items-center">
                <Pill text=state tone=tone icon=icon />
                <span class="text-muted text-sm">
                    {td_string!(l, work.valid_until_day, day = work_words::day(l, estimate.valid_until)).to_string()}
                </span>
            </div>
            <ul class="m-0 p-0 list-none">{estimate.lines.into_iter().map(line).collect_view()}</ul>
            <div class="flex justify-between gap-3 items-baseline font-semibold text-lg">
                <span>{td_string!(l, work.to_pay)}</span>
                <span class="num">{work_words::money(l, estimate.total)}</span>
            </div>
            {estimate.note.map(|note| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</p> })}
            <p class="m-0 text-sm text-muted">
                {td_string!(l, work.made_by, name = estimate.made_by).to_string()}
                {decided.map(|text| view! { " · " {text} })}
            </p>
            {estimate.reason.map(|reason| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{reason}</p> })}
        </div>
    }
}

/// One line being written.
#[derive(Clone, Copy)]
struct Draft {
    key: u32,
    service: RwSignal<String>,
    name: RwSignal<String>,
    price: RwSignal<String>,
    quantity: RwSignal<String>,
}

impl Draft {
    fn new(key: u32) -> Self {
        let empty = || RwSignal::new(String::new());
        Self { key, service: empty(), name: empty(), price: empty(), quantity: RwSignal::new("1".to_owned()) }
    }

    fn read(self) -> Option<NewLine> {
        let service = self.service.with(|id| id.parse().ok());
        Some(NewLine {
            service_id: service,
            name: Some(self.name.get()).filter(|name| service.is_none() && !name.trim().is_empty()),
            price: self.price.with(|text| Money::read(text)),
            quantity: self.quantity.with(|text| text.parse::<Quantity>().ok())?,
        })
    }

    fn total(self) -> Option<Money> {
        let line = self.read()?;
        line.quantity.cost(line.price?)
    }
}

/// Makes an estimate; `done` gets the request with it.
#[component]
pub fn EstimateSheet(
    open: RwSignal<bool>,
    #[prop(into)] id: Signal<RequestId>,
    #[prop(into)] done: Callback<RequestCard>,
) -> impl IntoView {
    let (l, now, toasts) = (crate::locale(), use_now(), use_toasts());
    let services = RwSignal::new(Vec::<CatalogueItem>::new());
    let next = StoredValue::new(0_u32);
    let lines = RwSignal::new(Vec::<Draft>::new());
    let (until, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<ApiError>);
    let add = move || {
        let key = next.get_value();
        next.set_value(key.wrapping_add(1));
        lines.update(|lines| lines.push(Draft::new(key)));
    };
    effect(move || {
        if !open.get() {
            return;
        }
        if lines.with_untracked(Vec::is_empty) {
            add();
        }
        if until.with_untracked(String::is_empty) {
            let week = now.get_untracked().with_timezone(&when::zone()) + chrono::TimeDelta::days(7);
            until.set(when::iso_date(&week));
        }
        spawn_local(async move {
            if let Ok(all) = api::work::items(Catalogue::Service).await {
                services.try_set(all);
            }
        });
    });
    let options = Signal::derive(move || {
        services.with(|all| {
            all.iter().map(|s| Opt::new(s.id.to_string(), work_words::name(l, &s.names))).collect::<Vec<_>>()
        })
    });
    let total = move || {
        lines.with(|lines| {
            lines.iter().try_fold(Money::ZERO, |sum, line| sum.checked_add(line.total().unwrap_or_default()))
        })
    };
    let command = move || {
        Some(MakeEstimate {
            lines: lines.with(|lines| lines.iter().map(|line| line.read()).collect::<Option<Vec<_>>>())?,
            valid_until: until.with(|day| day.parse().ok())?,
            note: Some(note.get()).filter(|text| !text.trim().is_empty()),
        })
    };
    let ready = Signal::derive(move || command().is_some_and(|c| !c.lines.is_empty()));
    let send = move |_| {
        let Some(command) = untrack(command) else { return };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            match api::work::estimate(id.get_untracked(), command).await {
                Ok(card) => {
                    open.set(false);
                    lines.set(Vec::new());
                    note.set(String::new());
                    let _ = done.try_run(card);
                    toasts.success(td_string!(l, work.estimate_gone));
                }
                Err(error) => fault.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let row = move |line: Draft| {
        let name = move |part: &str| format!("{part}-{}", line.key);
        let own = move || line.service.with(String::is_empty);
        view! {
            <div class="panel p-3 grid gap-3">
                <Field label=td_string!(l, work.service) name=name("service")>
                    <Select name=name("service") options=options value=line.service placeholder=td_string!(l, work.other_service)
                        on_change=move |id: String| {
                            let price = services.with_untracked(|all| all.iter().find(|s| s.id.to_string() == id).map(|s| s.price));
                            line.price.set(price.map(Money::plain).unwrap_or_default());
                        } />
                </Field>
                <Show when=own>
                    <Field label=td_string!(l, work.service_name) name=name("name")>
                        <Input name=name("name") value=line.name maxlength=200 autocomplete="off" />
                    </Field>
                </Show>
                <div class="grid grid-cols-2 gap-3">
                    <Field label=td_string!(l, work.quantity) name=name("quantity")>
                        <Input name=name("quantity") value=line.quantity inputmode="decimal" autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, work.price_soum) name=name("price")>
                        <Input name=name("price") value=line.price inputmode="decimal" autocomplete="off" />
                    </Field>
                </div>
                <div class="flex justify-between gap-3 items-center">
                    <span class="num text-muted">{move || line.total().map(|sum| work_words::money(l, sum))}</span>
                    <IconButton icon="trash-2" label=td_string!(l, work.remove)
                        on_click=move |_| lines.update(|lines| lines.retain(|other| other.key != line.key)) />
                </div>
            </div>
        }
    };
    view! {
        <Dialog
            open=open
            title=td_string!(l, work.make_estimate)
            footer=move || view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="send" loading=busy
                    disabled=Signal::derive(move || !ready.get()) on_click=send>{td_string!(l, work.send_estimate)}</Button>
            }
        >
            <div class="stack gap-3">
                <For each=move || lines.get() key=|line| line.key let:line>{row(line)}</For>
                <Button icon="plus" class="min-h-11" on_click=move |_| add()>{td_string!(l, work.add_line)}</Button>
                <Field label=td_string!(l, work.valid_until) name="estimate-until">
                    <DateInput name="estimate-until" value=until />
                </Field>
                <Field label=td_string!(l, work.note) name="estimate-note" optional=true>
                    <Textarea name="estimate-note" value=note maxlength=1000 rows=2 />
                </Field>
                <div class="flex justify-between gap-3 items-baseline font-semibold text-lg">
                    <span>{td_string!(l, work.total)}</span>
                    <span class="num">{move || total().map(|sum| work_words::money(l, sum))}</span>
                </div>
                {move || fault.get().map(|error| {
                    let fields: Vec<String> = error.0.fields.iter().map(|field| failure::field(l, field)).collect();
                    view! { <Banner tone=Tone::Danger title=failure::sentence(l, &error.0) text=fields.join(". ") /> }
                })}
            </div>
        </Dialog>
    }
}
