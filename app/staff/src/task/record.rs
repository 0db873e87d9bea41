//! What the worker records on the spot: ticks, materials, time, costs. Each is one tap and at most one small sheet.

use super::Source;
use api::{
    ApiError,
    session::{use_me, use_now},
};
use i18n::{failure, td_string, when, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Money,
    requests::RequestCard,
    work::{Catalogue, CatalogueItem, CheckItem, Checklist, FieldWork, Quantity, RecordWork, WorkPart},
};
use parts::locale;
use ui::prelude::*;
use uuid::Uuid;

/// Sends one record and shows the newer card.
#[derive(Clone, Copy)]
pub(super) struct Recorder {
    card: Signal<RequestCard>,
    from: Source,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
    toasts: Toasts,
}

impl Recorder {
    pub(super) fn new(card: Signal<RequestCard>, from: Source) -> Self {
        Self { card, from, busy: RwSignal::new(false), fault: RwSignal::new(None), toasts: use_toasts() }
    }

    fn may(self) -> Memo<bool> {
        let card = self.card;
        Memo::new(move |_| card.with(|card| card.work.may_work))
    }

    fn part<T: PartialEq + Send + Sync + 'static>(
        self,
        pick: impl Fn(&FieldWork) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let card = self.card;
        Memo::new(move |_| card.with(|card| pick(&card.work)))
    }

    /// From a sheet, which closes when it is done and keeps what was typed when it is not.
    fn send(self, command: RecordWork, sheet: Option<RwSignal<bool>>) {
        if self.busy.get_untracked() {
            return;
        }
        let (l, id) = (locale(), self.card.with_untracked(|card| card.id));
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            match api::work::record(id, command).await {
                Ok(card) => {
                    self.from.set(Some(Ok(card)));
                    if let Some(open) = sheet {
                        open.set(false);
                        self.toasts.success(td_string!(l, work.saved));
                    }
                }
                Err(error) if sheet.is_some() => self.fault.set(Some(error)),
                Err(error) => {
                    self.toasts.error(failure::code(l, error.code()), error.0.trace_id);
                    self.from.refetch();
                }
            }
            self.busy.set(false);
        });
    }

    fn tap(self, command: RecordWork) {
        self.send(command, None);
    }

    fn fault(self) -> impl IntoView {
        let l = locale();
        move || {
            self.fault.get().map(|error| {
                let field = error.0.fields.first().map(|field| failure::field(l, field));
                view! { <Banner tone=Tone::Danger text=field.unwrap_or_else(|| failure::sentence(l, &error.0)) /> }
            })
        }
    }

    fn remove_button(self, what: WorkPart, id: Uuid) -> impl IntoView {
        let may = self.may();
        view! {
            <Show when=move || may.get()>
                <IconButton icon="x" label=td_string!(locale(), work.remove) on_click=move |_| self.tap(RecordWork::Remove { what, id }) />
            </Show>
        }
    }
}

/// The checklist: big lines to tick, and one to add.
#[component]
pub(super) fn Checks(by: Recorder) -> impl IntoView {
    let l = locale();
    let may = by.may();
    let items = by.part(|work| work.checklist.clone());
    let text = RwSignal::new(String::new());
    let ready = RwSignal::new(Vec::<Checklist>::new());
    let list = RwSignal::new(String::new());
    let shown = Memo::new(move |_| may.get() || items.with(|items| !items.is_empty()));
    let progress = move || {
        items.with(|items| {
            let done = items.iter().filter(|item| item.done_at.is_some()).count();
            let all = items.len().to_string();
            (!items.is_empty())
                .then(|| td_string!(l, work.checklist_progress, done = done.to_string(), all = all).to_string())
        })
    };
    let add = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let words = text.get_untracked().trim().to_owned();
        if !words.is_empty() {
            text.set(String::new());
            by.tap(RecordWork::AddCheck { text: words });
        }
    };
    let offer = move |_| {
        spawn_local(async move {
            if let Ok(all) = api::work::checklists().await {
                ready.set(all);
            }
        });
    };
    let options = Signal::derive(move || {
        ready.with(|all| all.iter().map(|c| Opt::new(c.id.to_string(), c.name.clone())).collect::<Vec<_>>())
    });
    move || {
        shown.get().then(|| view! {
            <Card title=td_string!(l, work.checklist) actions=move || view! { <span class="num text-muted">{progress}</span> }>
                <ul class="m-0 p-0 list-none grid">
                    <For each=move || items.get() key=|item| (item.id, item.done_at) let:item>
                        <Check item=item by=by may=may />
                    </For>
                </ul>
                <Show when=move || may.get()>
                    <form class="flex gap-2 mt-2" on:submit=add>
                        <Input name="new-check" value=text maxlength=300 label=td_string!(l, work.add_check) placeholder=td_string!(l, work.add_check_placeholder) class="grow" />
                        <Button icon="plus" submit=true class="min-h-11" disabled=Signal::derive(move || text.with(|t| t.trim().is_empty()))>
                            {td_string!(l, work.add_check)}
                        </Button>
                    </form>
                    <Show
                        when=move || ready.with(|all| !all.is_empty())
                        fallback=move || view! {
                            <Button kind=ButtonKind::Ghost icon="list" class="min-h-11" on_click=offer>{td_string!(l, work.use_checklist)}</Button>
                        }
                    >
                        <Select name="ready-list" options=options value=list placeholder=td_string!(l, work.use_checklist) label=td_string!(l, work.use_checklist)
                            on_change=move |id: String| {
                                if let Ok(checklist_id) = id.parse() {
                                    by.tap(RecordWork::UseChecklist { checklist_id });
                                    list.set(String::new());
                                    ready.set(Vec::new());
                                }
                            } />
                    </Show>
                </Show>
            </Card>
        })
    }
}

#[component]
fn Check(item: CheckItem, by: Recorder, may: Memo<bool>) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let (id, done, added) = (item.id, item.done_at.is_some(), item.added);
    let said =
        item.done_at.zip(item.done_by).map(|(at, who)| move || format!("{who} · {}", when::moment(l, at, now.get())));
    let icon = if done { "circle-check" } else { "circle" };
    view! {
        <li class="flex gap-1 items-center">
            <button
                type="button"
                role="checkbox"
                aria-checked=if done { "true" } else { "false" }
                class="grow flex gap-2.5 items-center min-h-11 text-left bg-transparent border-0 p-0 text-inherit"
                disabled=move || !may.get()
                on:click=move |_| by.tap(RecordWork::Check { item_id: id, done: !done })
            >
                <span class=if done { "tone-success tone-text" } else { "text-muted" }><Icon name=icon size=IconSize::Large /></span>
                <span class="min-w-0 [overflow-wrap:anywhere]">
                    {item.text}
                    {said.map(|said| view! { <span class="block text-sm text-muted">{said}</span> })}
                </span>
            </button>
            {added.then(|| by.remove_button(WorkPart::Check, id))}
        </li>
    }
}

/// Materials, time and costs with what they come to.
#[component]
pub(super) fn Spent(by: Recorder) -> impl IntoView {
    let l = locale();
    let may = by.may();
    let totals = by.part(|work| work.totals);
    let shown = Memo::new(move |_| may.get() || totals.with(|t| t.minutes > 0 || t.money != model::Money::ZERO));
    move || {
        shown.get().then(|| {
            view! {
                <Card title=td_string!(l, work.title)>
                    <div class="stack gap-4">
                        <Time by=by />
                        <Materials by=by />
                        <Costs by=by />
                        <p class="m-0 flex justify-between gap-3 font-semibold border-t border-line pt-2">
                            <span>{td_string!(l, work.total)}</span>
                            <span class="num">{move || work_words::money(l, totals.get().money)}</span>
                        </p>
                    </div>
                </Card>
            }
        })
    }
}

/// One heading with its sum.
fn head(title: &'static str, sum: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    view! {
        <h4 class="m-0 flex justify-between gap-3 text-base">
            <span>{title}</span>
            <span class="num font-normal text-muted">{sum}</span>
        </h4>
    }
}

#[component]
fn Time(by: Recorder) -> impl IntoView {
    let (l, now, me) = (locale(), use_now(), use_me().user_id);
    let may = by.may();
    let all = by.part(|work| work.time.clone());
    let minutes = by.part(|work| work.totals.minutes);
    let running = Memo::new(move |_| {
        all.with(|all| all.iter().find(|t| t.minutes.is_none() && t.user_id == me).map(|t| t.started_at))
    });
    let open = RwSignal::new(false);
    let (typed, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let read = move || typed.with(|text| text.trim().parse::<i32>().ok().filter(|n| (1..=1440).contains(n)));
    let save = move |_| {
        let Some(minutes) = untrack(read) else { return };
        let note = Some(note.get_untracked()).filter(|text| !text.trim().is_empty());
        by.send(RecordWork::AddTime { minutes, note }, Some(open));
    };
    view! {
        <section class="grid gap-1.5">
            {head(td_string!(l, work.time), move || work_words::minutes(l, minutes.get()))}
            <ul class="m-0 p-0 list-none">
                <For each=move || all.get() key=|t| (t.id, t.minutes) let:entry>
                    <li class="flex gap-2 items-center justify-between min-h-9">
                        <span class="min-w-0">
                            {entry.by.clone()} {entry.by_hand.then(|| format!(" · {}", td_string!(l, work.by_hand)))}
                            {entry.note.clone().map(|note| view! { <span class="block text-sm text-muted">{note}</span> })}
                        </span>
                        <span class="flex gap-1 items-center num whitespace-nowrap">
                            {match entry.minutes {
                                Some(n) => work_words::minutes(l, n.into()).into_any(),
                                None => view! { <Pill text=td_string!(l, work.timer_runs, time = when::moment(l, entry.started_at, now.get_untracked())).to_string() tone=Tone::Brand icon="clock" /> }.into_any(),
                            }}
                            {entry.minutes.is_some().then(|| by.remove_button(WorkPart::Time, entry.id))}
                        </span>
                    </li>
                </For>
            </ul>
            <Show when=move || may.get()>
                <div class="grid grid-cols-2 gap-2">
                    {move || match running.get() {
                        Some(_) => view! {
                            <Button icon="circle-pause" class="min-h-11" loading=by.busy on_click=move |_| by.tap(RecordWork::StopTimer)>{td_string!(l, work.stop_timer)}</Button>
                        }
                        .into_any(),
                        None => view! {
                            <Button icon="play" class="min-h-11" loading=by.busy on_click=move |_| by.tap(RecordWork::StartTimer)>{td_string!(l, work.start_timer)}</Button>
                        }
                        .into_any(),
                    }}
                    <Button icon="clock" class="min-h-11" on_click=move |_| { typed.set(String::new()); note.set(String::new()); open.set(true); }>
                        {td_string!(l, work.add_time)}
                    </Button>
                </div>
            </Show>
            <Dialog open=open title=td_string!(l, work.add_time) footer=move || view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" loading=by.busy
                    disabled=Signal::derive(move || read().is_none()) on_click=save>{td_string!(l, common.save)}</Button>
            }>
                <Field label=td_string!(l, work.minutes) name="minutes">
                    <Input name="minutes" value=typed kind="number" inputmode="numeric" min="1" max="1440" autofocus=true />
                </Field>
                <Field label=td_string!(l, work.note) name="time-note" optional=true>
                    <Input name="time-note" value=note maxlength=300 />
                </Field>
                {by.fault()}
            </Dialog>
        </section>
    }
}

#[component]
fn Materials(by: Recorder) -> impl IntoView {
    let l = locale();
    let may = by.may();
    let all = by.part(|work| work.materials.clone());
    let sum = by.part(|work| work.totals.materials);
    let open = RwSignal::new(false);
    let known = RwSignal::new(None::<Vec<CatalogueItem>>);
    let (chosen, quantity) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let start = move |_| {
        chosen.set(String::new());
        quantity.set("1".to_owned());
        open.set(true);
        spawn_local(async move {
            if let Ok(all) = api::work::items(Catalogue::Material).await {
                known.try_set(Some(all));
            }
        });
    };
    let item = Memo::new(move |_| {
        let id = chosen.get();
        known.with(|all| all.as_ref()?.iter().find(|item| item.id.to_string() == id).cloned())
    });
    let options = Signal::derive(move || {
        let option = |item: &CatalogueItem| {
            let price = format!("{} / {}", work_words::money(l, item.price), work_words::unit(l, item.unit));
            Opt::new(item.id.to_string(), work_words::name(l, &item.names)).hint(price)
        };
        known.with(|all| all.as_deref().unwrap_or_default().iter().map(option).collect::<Vec<_>>())
    });
    let amount = move || quantity.with(|text| text.parse::<Quantity>().ok().filter(|q| q.milli() > 0));
    let total = move || amount().zip(item.get()).and_then(|(q, item)| q.cost(item.price));
    let save = move |_| {
        let Some((quantity, item)) = untrack(move || amount().zip(item.get())) else { return };
        by.send(RecordWork::UseMaterial { material_id: item.id, quantity }, Some(open));
    };
    view! {
        <section class="grid gap-1.5">
            {head(td_string!(l, work.materials), move || work_words::money(l, sum.get()))}
            <ul class="m-0 p-0 list-none">
                <For each=move || all.get() key=|m| m.id let:used>
                    <li class="flex gap-2 items-center justify-between min-h-9">
                        <span class="min-w-0 [overflow-wrap:anywhere]">
                            {work_words::name(l, &used.names)}
                            <span class="block text-sm text-muted num">{format!("{} {} × {}", used.quantity, work_words::unit(l, used.unit), used.price)}</span>
                        </span>
                        <span class="flex gap-1 items-center num whitespace-nowrap">{used.total.to_string()} {by.remove_button(WorkPart::Material, used.id)}</span>
                    </li>
                </For>
            </ul>
            <Show when=move || may.get()>
                <Button icon="plus" class="min-h-11" on_click=start>{td_string!(l, work.add_material)}</Button>
            </Show>
            <Dialog open=open title=td_string!(l, work.add_material) footer=move || view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" loading=by.busy
                    disabled=Signal::derive(move || total().is_none()) on_click=save>{td_string!(l, common.save)}</Button>
            }>
                {move || known.with(|all| all.as_ref().is_some_and(Vec::is_empty)).then(|| view! {
                    <p class="m-0 text-muted">{td_string!(l, work.empty_catalogue)}</p>
                })}
                <Field label=td_string!(l, work.material) name="material">
                    <Combobox name="material" options=options value=chosen />
                </Field>
                <Field
                    label=Signal::derive(move || match item.get() {
                        Some(item) => format!("{}, {}", td_string!(l, work.quantity), work_words::unit(l, item.unit)),
                        None => td_string!(l, work.quantity).to_owned(),
                    })
                    name="material-quantity"
                >
                    <Input name="material-quantity" value=quantity inputmode="decimal" autocomplete="off" />
                </Field>
                <p class="m-0 num font-semibold">{move || total().map(|sum| work_words::money(l, sum))}</p>
                {by.fault()}
            </Dialog>
        </section>
    }
}

#[component]
fn Costs(by: Recorder) -> impl IntoView {
    let l = locale();
    let may = by.may();
    let all = by.part(|work| work.costs.clone());
    let sum = by.part(|work| work.totals.costs);
    let open = RwSignal::new(false);
    let (typed, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let amount = move || typed.with(|text| Money::read(text)).filter(|sum| sum.tiyin() > 0);
    let ready = Signal::derive(move || amount().is_some() && reason.with(|text| !text.trim().is_empty()));
    let save = move |_| {
        let Some(amount) = untrack(amount) else { return };
        by.send(RecordWork::AddCost { amount, reason: reason.get_untracked() }, Some(open));
    };
    view! {
        <section class="grid gap-1.5">
            {head(td_string!(l, work.costs), move || work_words::money(l, sum.get()))}
            <ul class="m-0 p-0 list-none">
                <For each=move || all.get() key=|c| c.id let:cost>
                    <li class="flex gap-2 items-center justify-between min-h-9">
                        <span class="min-w-0 [overflow-wrap:anywhere]">{cost.reason.clone()}</span>
                        <span class="flex gap-1 items-center num whitespace-nowrap">{cost.amount.to_string()} {by.remove_button(WorkPart::Cost, cost.id)}</span>
                    </li>
                </For>
            </ul>
            <Show when=move || may.get()>
                <Button icon="plus" class="min-h-11" on_click=move |_| { typed.set(String::new()); reason.set(String::new()); open.set(true); }>
                    {td_string!(l, work.add_cost)}
                </Button>
            </Show>
            <Dialog open=open title=td_string!(l, work.add_cost) footer=move || view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" loading=by.busy
                    disabled=Signal::derive(move || !ready.get()) on_click=save>{td_string!(l, common.save)}</Button>
            }>
                <Field label=td_string!(l, work.amount) name="amount">
                    <Input name="amount" value=typed inputmode="decimal" autocomplete="off" autofocus=true />
                </Field>
                <Field label=td_string!(l, work.cost_reason) name="cost-reason">
                    <Input name="cost-reason" value=reason maxlength=300 />
                </Field>
                {by.fault()}
            </Dialog>
        </section>
    }
}
