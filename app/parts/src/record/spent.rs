//! Materials, time and costs, with what they come to.

use super::Recorder;
use crate::locale;
use api::session::{use_me, use_now};
use i18n::{Locale, td_string, when, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Money, UserId,
    work::{Catalogue, CatalogueItem, Quantity, RecordWork, TimeEntry, WorkPart},
};
use ui::prelude::*;

impl Recorder {
    /// Something was spent, or may be recorded.
    pub fn has_spent(self) -> Memo<bool> {
        let (may, totals) = (self.may(), self.part(|work| work.totals));
        Memo::new(move |_| may.get() || totals.with(|t| t.minutes > 0 || t.money != Money::ZERO))
    }
}

/// All three, and the sum.
#[component]
pub fn SpentList(by: Recorder) -> impl IntoView {
    let l = locale();
    let totals = by.part(|work| work.totals);
    view! {
        <div class="stack gap-4">
            <Time by=by />
            <Materials by=by />
            <Costs by=by />
            <p class="m-0 flex justify-between gap-3 font-semibold border-t border-line pt-2">
                <span>{td_string!(l, work.total)}</span>
                <span class="num">{move || work_words::money(l, totals.get().money)}</span>
            </p>
        </div>
    }
}

/// One heading with its sum.
pub(super) fn head(title: &'static str, sum: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    view! {
        <h4 class="m-0 flex justify-between gap-3 text-base">
            <span>{title}</span>
            <span class="num font-normal text-muted">{sum}</span>
        </h4>
    }
}

/// How a time came into the list, when no clock counted it.
fn hand(l: Locale, entry: &TimeEntry) -> Option<String> {
    let how = match &entry.entered_by {
        Some(name) => td_string!(l, work.entered_by, name = name.clone()).to_string(),
        None => td_string!(l, work.by_hand).to_owned(),
    };
    entry.by_hand.then(|| format!(" · {how}"))
}

#[component]
fn Time(by: Recorder) -> impl IntoView {
    let (l, now, me) = (locale(), use_now(), by.me);
    let (may, own, worker) = (by.may(), by.own(), by.worker());
    let all = by.part(|work| work.time.clone());
    let minutes = by.part(|work| work.totals.minutes);
    let running = Memo::new(move |_| {
        all.with(|all| all.iter().find(|t| t.minutes.is_none() && t.user_id == me).map(|t| t.started_at))
    });
    let open = RwSignal::new(false);
    let (typed, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let whose = RwSignal::new(String::new());
    let my_name = use_me().name;
    let people = Signal::derive(move || {
        let mine = Opt::new(me.to_string(), my_name.clone());
        let theirs = worker.get().map(|worker| Opt::new(worker.id.to_string(), worker.name));
        theirs.into_iter().chain([mine]).collect::<Vec<_>>()
    });
    let start = move |_| {
        typed.set(String::new());
        note.set(String::new());
        // The worker's, as long as nobody says otherwise.
        whose.set(worker.get_untracked().map_or_else(|| me.to_string(), |worker| worker.id.to_string()));
        open.set(true);
    };
    let read = move || typed.with(|text| text.trim().parse::<i32>().ok().filter(|n| (1..=1440).contains(n)));
    let save = move |_| {
        let Some(minutes) = untrack(read) else { return };
        let note = Some(note.get_untracked()).filter(|text| !text.trim().is_empty());
        let user_id = whose.with_untracked(|id| id.parse::<UserId>().ok()).filter(|id| *id != me);
        by.send(RecordWork::AddTime { minutes, note, user_id }, Some(open));
    };
    view! {
        <section class="grid gap-1.5">
            {head(td_string!(l, work.time), move || work_words::minutes(l, minutes.get()))}
            <ul class="m-0 p-0 list-none">
                <For each=move || all.get() key=|t| (t.id, t.minutes) let:entry>
                    <li class="flex gap-2 items-center justify-between min-h-9">
                        <span class="min-w-0">
                            {entry.by.clone()} {hand(l, &entry)}
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
                            <Button icon="circle-pause" class=by.height() loading=by.busy on_click=move |_| by.tap(RecordWork::StopTimer)>{td_string!(l, work.stop_timer)}</Button>
                        }
                        .into_any(),
                        None if own.get() => view! {
                            <Button icon="play" class=by.height() loading=by.busy on_click=move |_| by.tap(RecordWork::StartTimer)>{td_string!(l, work.start_timer)}</Button>
                        }
                        .into_any(),
                        None => ().into_any(),
                    }}
                    <Button icon="clock" class=by.height() on_click=start>
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
                <Show when=move || worker.with(Option::is_some)>
                    <Field label=td_string!(l, work.whose) name="time-whose">
                        <Select name="time-whose" options=people value=whose />
                    </Field>
                </Show>
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
                <Button icon="plus" class=by.height() on_click=start>{td_string!(l, work.add_material)}</Button>
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
                <Button icon="plus" class=by.height() on_click=move |_| { typed.set(String::new()); reason.set(String::new()); open.set(true); }>
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
