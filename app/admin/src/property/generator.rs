//! The second step of a new house: all its units out of a few numbers, previewed while they are typed.

use super::{
    form::{Refusal, Sending, number, shown, typed},
    id_of_page,
};
use crate::util::{Failed, lang};
use i18n::{failure, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    BuildingId, Code, Failure, FieldError,
    property::{BuildingCard, ChartPlan, Ground, PlannedUnit, UnitKind},
};
use std::collections::BTreeMap;
use ui::prelude::*;

/// Entrances drawn in the preview; the rest looks the same.
const DRAWN: usize = 4;

/// `/desk/buildings/:id/chart`.
#[component]
pub fn GeneratorPage() -> impl IntoView {
    let l = lang();
    let id = id_of_page::<BuildingId>();
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::property::building(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Title text=td_string!(l, property.generate_title) />
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Generator card=card /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// What is typed, as it is typed.
#[derive(Clone, Copy)]
struct Form {
    kind: RwSignal<String>,
    entrances: RwSignal<String>,
    floors: RwSignal<String>,
    per_floor: RwSignal<String>,
    first: RwSignal<String>,
    skip: RwSignal<String>,
    ground: RwSignal<String>,
    shops: RwSignal<String>,
    storages: RwSignal<String>,
    parking: RwSignal<String>,
}

impl Form {
    fn new(card: &BuildingCard) -> Self {
        // Numbers go on after the last flat that is there.
        let last = card.units.iter().filter(|u| u.kind.is_home());
        let last = last.filter_map(|u| u.number.trim_end_matches(char::is_alphabetic).parse::<i32>().ok()).max();
        Self {
            kind: RwSignal::new(UnitKind::Flat.to_string()),
            entrances: shown(Some(card.entrances.len().max(1))),
            floors: shown(Some(card.facts.storeys)),
            per_floor: shown(Some(4)),
            first: shown(Some(last.unwrap_or(0) + 1)),
            skip: RwSignal::new(String::new()),
            ground: RwSignal::new(Ground::Homes.to_string()),
            shops: shown(Some(0)),
            storages: shown(Some(0)),
            parking: shown(Some(0)),
        }
    }

    fn track(self) {
        for field in [
            self.kind,
            self.entrances,
            self.floors,
            self.per_floor,
            self.first,
            self.skip,
            self.ground,
            self.shops,
            self.storages,
            self.parking,
        ] {
            field.track();
        }
    }

    /// The plan, or what is wrong with it.
    fn plan(self) -> Result<(ChartPlan, Vec<PlannedUnit>), Failure> {
        let mut wrong = Vec::new();
        let mut need = |signal, name: &str| {
            if typed(signal).is_none() {
                wrong.push(FieldError::new(format!("/{name}"), "required"));
            }
            number::<i16>(signal, name, &mut wrong).unwrap_or_default()
        };
        let (entrances, floors, per_floor) =
            (need(self.entrances, "entrances"), need(self.floors, "floors"), need(self.per_floor, "per_floor"));
        let first_number = number(self.first, "first_number", &mut wrong).unwrap_or(1);
        let mut count = |signal, name: &str| number::<i16>(signal, name, &mut wrong).unwrap_or_default();
        let (shops, storages, parking) =
            (count(self.shops, "shops"), count(self.storages, "storages"), count(self.parking, "parking"));
        let skipped: Option<Vec<i16>> = self
            .skip
            .get_untracked()
            .split([',', ';', ' '])
            .filter(|word| !word.is_empty())
            .map(|word| word.parse().ok())
            .collect();
        if skipped.is_none() {
            wrong.push(FieldError::new("/skip_floors", "out_of_range"));
        }
        if !wrong.is_empty() {
            return Err(Failure::invalid(wrong));
        }
        let plan = ChartPlan {
            kind: self.kind.get_untracked().parse().unwrap_or(UnitKind::Flat),
            entrances,
            floors,
            per_floor,
            first_number,
            skip_floors: skipped.unwrap_or_default(),
            ground: self.ground.get_untracked().parse().unwrap_or(Ground::Homes),
            shops,
            storages,
            parking,
        };
        let units = plan.units()?;
        Ok((plan, units))
    }
}

#[component]
fn Generator(card: BuildingCard) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let form = Form::new(&card);
    let sending = Sending::new();
    let id = card.id;
    let back = format!("/desk/buildings/{id}");
    let go = StoredValue::new((use_navigate(), back.clone()));
    let planned = Memo::new(move |_| {
        form.track();
        form.plan().map(|(_, units)| units)
    });
    let make = Callback::new(move |()| match form.plan() {
        Ok((plan, units)) => {
            let count = units.len();
            sending.send(api::property::generate(id, plan), move |_| {
                toasts.success(td_string!(l, property.plan_done, n = count.to_string()).to_string());
                go.with_value(|(go, back)| go(back, NavigateOptions { replace: true, ..Default::default() }));
            });
        }
        Err(failure) => sending.refuse(failure),
    });
    use_hotkey("ctrl+enter", move |_| make.run(()));
    use_hotkey("escape", move |_| go.with_value(|(go, back)| go(back, NavigateOptions::default())));
    // A wrong number is said at once, at its field; other fields speak when the form is sent.
    let error = move |name: &'static str| {
        let sent = sending.error(name);
        Signal::derive(move || {
            let now = planned.with(|p| {
                let field = p.as_ref().err().and_then(|f| f.field(name)).filter(|f| f.code != "required");
                field.map(|field| failure::field(l, field))
            });
            now.or_else(|| sent.get())
        })
    };
    let kinds: Vec<Opt> =
        [UnitKind::Flat, UnitKind::Apartment].map(|k| Opt::new(k.as_str(), words::unit_kind(l, k))).into();
    let grounds: Vec<Opt> = Ground::ALL.iter().map(|g| Opt::new(g.as_str(), words::ground(l, *g))).collect();
    let field = move |label: &'static str, name: &'static str, value: RwSignal<String>, first: bool| {
        view! {
            <Field label=label name=name error=error(name)>
                <Input name=name value=value inputmode="numeric" autocomplete="off" autofocus=first />
            </Field>
        }
    };
    let shops = move || {
        (form.ground.get() == Ground::Shops.as_str())
            .then(|| field(td_string!(l, property.plan_shops), "shops", form.shops, false))
    };
    let total = move || {
        let count = planned.with(|p| p.as_ref().map_or(0, Vec::len));
        td_string!(l, property.plan_total, n = count.to_string()).to_string()
    };
    view! {
        <PageHeader title=td_string!(l, property.generate_title) subtitle=card.facts.address back=back.clone() />
        <form class="split" on:submit=move |ev| { ev.prevent_default(); make.run(()); } novalidate>
            <Card>
                <div class="stack">
                    <Refusal of=sending />
                    <p class="m-0 text-muted">{td_string!(l, property.generate_hint)}</p>
                    <div class="grid grid-cols-2 gap-4 sm:grid-cols-3">
                        {field(td_string!(l, property.plan_entrances), "entrances", form.entrances, true)}
                        {field(td_string!(l, property.plan_floors), "floors", form.floors, false)}
                        {field(td_string!(l, property.plan_per_floor), "per_floor", form.per_floor, false)}
                        {field(td_string!(l, property.plan_first), "first_number", form.first, false)}
                        <Field label=td_string!(l, property.plan_kind) name="kind" error=error("kind")>
                            <Select name="kind" options=kinds value=form.kind />
                        </Field>
                        <Field label=td_string!(l, property.plan_ground) name="ground" error=error("ground")>
                            <Select name="ground" options=grounds value=form.ground />
                        </Field>
                        {shops}
                        {field(td_string!(l, property.plan_storages), "storages", form.storages, false)}
                        {field(td_string!(l, property.plan_parking), "parking", form.parking, false)}
                    </div>
                    <Field label=td_string!(l, property.plan_skip) name="skip_floors" optional=true error=error("skip_floors") help=td_string!(l, property.plan_skip_help)>
                        <Input name="skip_floors" value=form.skip autocomplete="off" />
                    </Field>
                    <p class="m-0 font-semibold" role="status">{total}</p>
                    <div class="flex justify-end gap-2">
                        <Button href=back>{td_string!(l, property.plan_later)}</Button>
                        <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy>{td_string!(l, property.plan_make)}</Button>
                    </div>
                </div>
            </Card>
            <Card title=td_string!(l, property.preview)>
                {move || planned.with(|p| p.as_ref().ok().map(|units| preview(units)))}
            </Card>
        </form>
    }
}

fn preview(units: &[PlannedUnit]) -> impl IntoView + use<> {
    let l = lang();
    let mut entrances = BTreeMap::<i16, BTreeMap<i16, Vec<String>>>::new();
    let mut others = BTreeMap::<UnitKind, usize>::new();
    for unit in units {
        match unit.entrance {
            Some(entrance) => {
                entrances.entry(entrance).or_default().entry(unit.floor).or_default().push(unit.number.clone());
            }
            None => *others.entry(unit.kind).or_default() += 1,
        }
    }
    let more = entrances.len().saturating_sub(DRAWN);
    let column = |(entrance, floors): (i16, BTreeMap<i16, Vec<String>>)| {
        view! {
            <section class="grid gap-1 content-end">
                {floors.into_iter().rev().map(|(floor, numbers)| view! {
                    <div class="flex items-center gap-1">
                        <span class="w-6 text-right text-xs text-muted">{floor}</span>
                        {numbers.into_iter().map(|n| view! {
                            <span class="grid place-items-center min-w-8 h-6 px-1 rounded bg-base-200 text-xs tabular-nums">{n}</span>
                        }).collect_view()}
                    </div>
                }).collect_view()}
                <span class="pl-7 pt-1 text-xs text-muted">{td_string!(l, property.entrance_n, n = entrance.to_string()).to_string()}</span>
            </section>
        }
    };
    view! {
        <div class="overflow-auto max-h-[60vh] p-0.5" tabindex="0" role="group" aria-label=td_string!(l, property.chart)>
            <div class="flex gap-6 w-max items-end">
                {entrances.into_iter().take(DRAWN).map(column).collect_view()}
                {(more > 0).then(|| view! { <span class="text-muted">{format!("+{more}")}</span> })}
            </div>
        </div>
        <p class="m-0 mt-2 text-xs text-muted">
            {others.into_iter().map(|(kind, n)| format!("{}: {n}", words::unit_kind(l, kind))).collect::<Vec<_>>().join(" · ")}
        </p>
    }
}
