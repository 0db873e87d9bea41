//! The risers of a house, on its card: made from the positions on the floor, corrected by hand.

use super::{resource_icon, resource_options};
use crate::{
    property::{
        form::{Refusal, Sending, typed},
        unit_form::Buttons,
    },
    util::{Failed, lang},
};
use i18n::{outages as words, td_string};
use leptos::prelude::*;
use model::{
    BuildingId, Failure, FieldError, UnitId,
    outages::{GenerateRisers, Resource as Off, RiserFacts, RiserRow},
    property::{EntranceRow, UnitRow},
};
use ui::prelude::*;

#[component]
pub(crate) fn Risers(
    id: BuildingId,
    manages: bool,
    #[prop(into)] entrances: Signal<Vec<EntranceRow>>,
    #[prop(into)] units: Signal<Vec<UnitRow>>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let all = Resource::new(|| (), move |()| api::outages::risers(id));
    let (generating, editing) = (RwSignal::new(false), RwSignal::new(false));
    let edited = RwSignal::new(None::<RiserRow>);
    let away = RwSignal::new(None::<RiserRow>);
    let asks = RwSignal::new(false);
    let archiving = Sending::new();
    let archive = Callback::new(move |()| {
        let Some(riser) = away.get_untracked() else { return };
        archiving.send(api::outages::archive_riser(riser.id, riser.version), move |()| {
            asks.set(false);
            toasts.success(td_string!(l, outages.riser_archived));
            all.refetch();
        });
    });
    let row = move |riser: RiserRow| {
        let numbers = riser.units.iter().map(|u| u.number.as_str()).collect::<Vec<_>>().join(", ");
        let place = riser.entrance.map(|n| td_string!(l, outages.place_entrance, n = n.to_string()).to_string());
        let (edit, put) = (StoredValue::new(riser.clone()), StoredValue::new(riser.clone()));
        view! {
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5 border-b border-line last:border-b-0">
                <Icon name=resource_icon(riser.resource) class="text-muted" />
                <span class="w-40">{words::resource(l, riser.resource)}</span>
                <span class="w-28 text-muted">{place.unwrap_or_else(|| td_string!(l, outages.riser_whole).to_owned())}</span>
                <span class="w-16 font-semibold">{riser.name}</span>
                <span class="grow min-w-40 num text-muted">{numbers}</span>
                {manages.then(|| view! {
                    <span class="flex gap-1">
                        <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, common.edit) on_click=move |_| {
                            edited.set(Some(edit.get_value()));
                            editing.set(true);
                        } />
                        <IconButton icon="history" size=ButtonSize::Small label=td_string!(l, property.to_archive) on_click=move |_| {
                            archiving.failure.set(None);
                            away.set(Some(put.get_value()));
                            asks.set(true);
                        } />
                    </span>
                })}
            </div>
        }
    };
    view! {
        <Card title=td_string!(l, outages.risers_title) flush=true actions=move || manages.then(|| view! {
            <Button size=ButtonSize::Small icon="layout-grid" on_click=move |_| generating.set(true)>{td_string!(l, outages.risers_generate)}</Button>
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| { edited.set(None); editing.set(true); }>{td_string!(l, outages.riser_new)}</Button>
        })>
            <p class="m-0 px-4 py-2 text-muted">{td_string!(l, outages.risers_lead)}</p>
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>
                <div class="max-h-96 overflow-auto" tabindex="0" role="group" aria-label=td_string!(l, outages.risers)>
                    {move || all.get().map(|answer| match answer {
                        Ok(rows) if rows.is_empty() => view! { <EmptyState text=td_string!(l, outages.risers_empty) icon="columns-3" /> }.into_any(),
                        Ok(rows) => rows.into_iter().map(row).collect_view().into_any(),
                        Err(error) => view! { <Failed failure=error.0 back="/desk/buildings" on_retry=move |()| all.refetch() /> }.into_any(),
                    })}
                </div>
            </Transition>
        </Card>
        <Dialog open=generating title=td_string!(l, outages.risers_generate)>
            <Generate id=id open=generating on_done=move |()| all.refetch() />
        </Dialog>
        <Dialog open=editing title=Signal::derive(move || if edited.with(Option::is_some) { td_string!(l, outages.riser_edit) } else { td_string!(l, outages.riser_new) }.to_owned())>
            <RiserForm id=id riser=edited.get_untracked() open=editing entrances=entrances units=units on_done=move |()| all.refetch() />
        </Dialog>
        <Dialog open=asks title=td_string!(l, property.to_archive) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=archiving.busy on_click=move |_| archive.run(())>{td_string!(l, property.to_archive)}</Button>
        }>
            <div class="stack">
                <Refusal of=archiving />
                <p class="m-0">{move || away.get().map(|r| format!("{}: ", r.name))}{td_string!(l, outages.riser_archive_text)}</p>
            </div>
        </Dialog>
    }
}

#[component]
fn Generate(id: BuildingId, open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let usual = [Off::ColdWater, Off::HotWater];
    let choices = StoredValue::new(
        Off::ALL.iter().filter(|r| r.has_risers()).map(|r| (*r, RwSignal::new(usual.contains(r)))).collect::<Vec<_>>(),
    );
    let send = Callback::new(move |()| {
        let resources: Vec<Off> =
            choices.with_value(|all| all.iter().filter(|(_, on)| on.get_untracked()).map(|(r, _)| *r).collect());
        if resources.is_empty() {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/resources", "required")]));
        }
        sending.send(api::outages::generate_risers(id, GenerateRisers { resources }), move |_| {
            open.set(false);
            toasts.success(td_string!(l, outages.risers_generated));
            on_done.run(());
        });
    });
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); send.run(()); } novalidate>
            <Refusal of=sending />
            <p class="m-0 text-muted">{td_string!(l, outages.risers_empty)}</p>
            <Field label=td_string!(l, outages.risers_for) name="resources" group=true error=sending.error("resources")>
                <div class="grid gap-x-4 sm:grid-cols-2">
                    {choices.get_value().into_iter().map(|(resource, on)| view! {
                        <Checkbox name=resource.as_str() label=words::resource(l, resource) checked=on />
                    }).collect_view()}
                </div>
            </Field>
            <Buttons sending=sending open=open />
        </form>
    }
}

#[component]
fn RiserForm(
    id: BuildingId,
    riser: Option<RiserRow>,
    open: RwSignal<bool>,
    entrances: Signal<Vec<EntranceRow>>,
    units: Signal<Vec<UnitRow>>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let known = riser.as_ref().map(|r| (r.id, r.version));
    let resource = RwSignal::new(riser.as_ref().map_or(Off::ColdWater, |r| r.resource).to_string());
    let entrance = RwSignal::new(riser.as_ref().and_then(|r| r.entrance_id).map(|e| e.to_string()).unwrap_or_default());
    let name = RwSignal::new(riser.as_ref().map(|r| r.name.clone()).unwrap_or_default());
    let numbers = RwSignal::new(
        riser.map(|r| r.units.into_iter().map(|u| u.number).collect::<Vec<_>>().join(", ")).unwrap_or_default(),
    );
    let strange = RwSignal::new(None::<String>);
    let save = Callback::new(move |()| {
        strange.set(None);
        let (unit_ids, unknown) = units.with_untracked(|all| found(all, &numbers.get_untracked()));
        if !unknown.is_empty() {
            return strange
                .set(Some(td_string!(l, outages.riser_unknown_units, numbers = unknown.join(", ")).to_string()));
        }
        let mut wrong = Vec::new();
        if typed(name).is_none() {
            wrong.push(FieldError::new("/name", "required"));
        }
        if unit_ids.is_empty() {
            wrong.push(FieldError::new("/unit_ids", "required"));
        }
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let facts = RiserFacts {
            resource: resource.get_untracked().parse().unwrap_or(Off::ColdWater),
            entrance_id: entrance.get_untracked().parse().ok(),
            name: typed(name).unwrap_or_default(),
            unit_ids,
        };
        let call = async move {
            match known {
                Some((riser, version)) => api::outages::update_riser(riser, version, facts).await,
                None => api::outages::create_riser(id, facts).await,
            }
        };
        sending.send(call, move |_| {
            open.set(false);
            toasts.success(td_string!(l, outages.riser_saved));
            on_done.run(());
        });
    });
    let resources: Vec<Opt> =
        resource_options(l).into_iter().filter(|o| o.value.parse().is_ok_and(|r: Off| r.has_risers())).collect();
    let places = Signal::derive(move || {
        entrances
            .get()
            .into_iter()
            .map(|e| {
                Opt::new(e.id.to_string(), td_string!(l, outages.place_entrance, n = e.number.to_string()).to_string())
            })
            .collect::<Vec<_>>()
    });
    let units_error = Signal::derive(move || strange.get().or_else(|| sending.error("unit_ids").get()));
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <div class="form-grid">
                <Field label=td_string!(l, outages.riser_name) name="name" required=true error=sending.error("name")>
                    <Input name="name" value=name maxlength=40 autofocus=true autocomplete="off" placeholder="R2" />
                </Field>
                <Field label=td_string!(l, outages.resource) name="resource" error=sending.error("resource")>
                    <Select name="resource" options=resources value=resource />
                </Field>
            </div>
            <Field label=td_string!(l, outages.riser_entrance) name="entrance" error=sending.error("entrance_id")>
                <Select name="entrance" options=places value=entrance placeholder=td_string!(l, outages.riser_whole) />
            </Field>
            <Field label=td_string!(l, outages.riser_units) name="units" required=true error=units_error help=td_string!(l, outages.riser_units_help)>
                <Textarea name="units" value=numbers rows=3 maxlength=4000 />
            </Field>
            <Buttons sending=sending open=open />
        </form>
    }
}

/// The units of typed numbers, and the numbers nobody has. Homes come before other units with the same number.
fn found(units: &[UnitRow], text: &str) -> (Vec<UnitId>, Vec<String>) {
    let (mut ids, mut unknown) = (Vec::new(), Vec::new());
    for number in text.split([',', ';', ' ', '\n']).map(str::trim).filter(|n| !n.is_empty()) {
        let plain = model::property::unit_number(number);
        let hit = units
            .iter()
            .filter(|unit| unit.number == plain || unit.number == number)
            .min_by_key(|unit| !unit.kind.is_home());
        match hit {
            Some(unit) if !ids.contains(&unit.id) => ids.push(unit.id),
            Some(_) => {}
            None => unknown.push(number.to_owned()),
        }
    }
    (ids, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::property::UnitKind;

    #[test]
    fn typed_numbers_become_units() {
        let unit = |n: u128, number: &str, kind| UnitRow {
            id: uuid::Uuid::from_u128(n).into(),
            kind,
            number: number.to_owned(),
            entrance: None,
            floor: None,
            rooms: None,
            area_cm2: None,
            account: None,
            people: 0,
            open_requests: 0,
            overdue: 0,
            debt: None,
            phone: false,
        };
        let units = [unit(1, "2", UnitKind::Shop), unit(2, "2", UnitKind::Flat), unit(3, "12а", UnitKind::Flat)];
        let id = |n: u128| UnitId(uuid::Uuid::from_u128(n));
        assert_eq!(found(&units, "2, 12A 2"), (vec![id(2), id(3)], Vec::new()));
        assert_eq!(found(&units, "2,99"), (vec![id(2)], vec!["99".to_owned()]));
    }
}
