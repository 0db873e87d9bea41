//! Where an outage is: houses found by words, and of each the whole, entrances or risers; with the number of homes and
//! people hit.

use crate::util::{lang, looked_up, tell_failure};
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::{
    BuildingId,
    outages::{HousePlaces, OutagePlace, OutageReach, Resource as Off, RiserRow},
};
use ui::prelude::*;

/// What is picked so far.
#[derive(Clone, Copy)]
pub(crate) struct Picked {
    pub houses: RwSignal<Vec<HousePlaces>>,
    pub places: RwSignal<Vec<OutagePlace>>,
    /// What is off: only its risers are offered.
    pub resource: RwSignal<String>,
}

impl Picked {
    /// Takes a house in, whole until something narrower is chosen.
    pub(crate) fn add(self, house: HousePlaces, whole: bool) {
        let id = house.building_id;
        if self.houses.with_untracked(|all| all.iter().any(|known| known.building_id == id)) {
            return;
        }
        self.houses.update(|all| all.push(house));
        if whole {
            self.places.update(|all| all.push(OutagePlace { building_id: id, entrance_id: None, riser_id: None }));
        }
    }

    fn remove(self, id: BuildingId) {
        self.houses.update(|all| all.retain(|house| house.building_id != id));
        self.places.update(|all| all.retain(|place| place.building_id != id));
    }

    /// Whether a riser carries what is off.
    fn carries(riser: &RiserRow, resource: Option<Off>) -> bool {
        resource == Some(Off::Other) || resource == Some(riser.resource)
    }

    fn off(self) -> Option<Off> {
        self.resource.with(|text| text.parse().ok())
    }

    /// The picked places that make sense for what is off.
    pub(crate) fn chosen(self) -> Vec<OutagePlace> {
        let resource = self.off();
        let houses = self.houses.get();
        self.places.with(|all| {
            let fits = |place: &&OutagePlace| {
                place.riser_id.is_none_or(|id| {
                    houses.iter().flat_map(|h| &h.risers).any(|r| r.id == id && Self::carries(r, resource))
                })
            };
            all.iter().filter(fits).copied().collect()
        })
    }

    /// Presses a place: the whole house excludes its parts and the other way round.
    fn toggle(self, place: OutagePlace) {
        self.places.update(|all| {
            if let Some(at) = all.iter().position(|known| *known == place) {
                all.remove(at);
                return;
            }
            let whole = |p: &OutagePlace| p.entrance_id.is_none() && p.riser_id.is_none();
            let fresh_is_whole = whole(&place);
            all.retain(|known| known.building_id != place.building_id || !(fresh_is_whole || whole(known)));
            all.push(place);
        });
    }
}

#[component]
pub(super) fn Picker(
    picked: Picked,
    #[prop(into)] error: Signal<Option<String>>,
    start: Option<OutageReach>,
) -> impl IntoView {
    view! {
        <Houses picked=picked error=error />
        <Hit picked=picked start=start />
    }
}

/// The houses alone, for whoever counts something else than homes.
#[component]
pub(crate) fn Houses(picked: Picked, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let typed = RwSignal::new(String::new());
    let value = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Opt>::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    let first = Resource::new(|| (), |()| api::property::choices(String::new(), None));
    let plain = RwSignal::new(Vec::<Opt>::new());
    tell_failure(first);
    effect(move || {
        if let Some(Ok(rows)) = first.get() {
            plain.set(rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
        }
    });
    effect(move || {
        let text = settled.get();
        if text.trim().is_empty() {
            return found.set(plain.get());
        }
        spawn_local(async move {
            let answer = api::property::choices(text.clone(), None).await;
            if settled.try_get_untracked() == Some(text)
                && let Some(rows) = looked_up(toasts, l, answer)
            {
                found.set(rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
            }
        });
    });
    let choose = Callback::new(move |id: String| {
        value.set(String::new());
        typed.set(String::new());
        let Ok(id) = id.parse::<BuildingId>() else { return };
        spawn_local(async move {
            if let Some(house) = looked_up(toasts, l, api::outages::house_places(id).await) {
                picked.add(house, true);
            }
        });
    });
    view! {
        <Field label=td_string!(l, outages.add_building) name="building" error=error>
            <Combobox name="building" options=found value=value placeholder=td_string!(l, outages.add_building_placeholder)
                on_query=move |text| typed.set(text) on_change=choose />
        </Field>
        <For each=move || picked.houses.get() key=|house| house.building_id let:house>
            <House house=house picked=picked />
        </For>
    }
}

#[component]
fn House(house: HousePlaces, picked: Picked) -> impl IntoView {
    let l = lang();
    let id = house.building_id;
    let chip = move |text: String, title: Option<String>, place: OutagePlace| {
        let active = Signal::derive(move || picked.places.with(|all| all.contains(&place)));
        view! { <span title=title><Chip text=text active=active on_click=move |()| picked.toggle(place) /></span> }
    };
    let place = move |entrance_id, riser_id| OutagePlace { building_id: id, entrance_id, riser_id };
    let whole = chip(td_string!(l, outages.whole_house).to_owned(), None, place(None, None));
    let entrances: Vec<_> = house
        .entrances
        .iter()
        .map(|e| {
            let text = td_string!(l, outages.place_entrance, n = e.number.to_string()).to_string();
            chip(text, None, place(Some(e.id), None))
        })
        .collect();
    let risers = StoredValue::new(house.risers.clone());
    let offered = move || {
        let resource = picked.off();
        let fitting: Vec<RiserRow> =
            risers.with_value(|all| all.iter().filter(|r| Picked::carries(r, resource)).cloned().collect());
        (!fitting.is_empty()).then(|| {
            view! {
                <div class="grid gap-1">
                    <span class="text-sm text-muted">{td_string!(l, outages.risers)}</span>
                    <div class="row gap-1.5">
                        {fitting.into_iter().map(|riser| {
                            let numbers = riser.units.iter().map(|u| u.number.as_str()).collect::<Vec<_>>().join(", ");
                            let text = match riser.entrance {
                                Some(n) => format!("{n} · {}", riser.name),
                                None => riser.name.clone(),
                            };
                            chip(text, Some(numbers), place(None, Some(riser.id)))
                        }).collect_view()}
                    </div>
                </div>
            }
        })
    };
    view! {
        <div class="panel p-3 grid gap-3">
            <div class="flex items-center gap-2">
                <Icon name="building-2" class="text-muted" />
                <span class="grow min-w-0 font-semibold truncate">{house.address.clone()}</span>
                <IconButton icon="x" size=ButtonSize::Small label=td_string!(l, outages.remove_building) on_click=move |_| picked.remove(id) />
            </div>
            <div class="grid gap-1">
                <span class="text-sm text-muted">{td_string!(l, outages.entrances)}</span>
                <div class="row gap-1.5">{whole}{entrances}</div>
            </div>
            {offered}
        </div>
    }
}

/// How many are hit, counted by the server.
#[component]
fn Hit(picked: Picked, start: Option<OutageReach>) -> impl IntoView {
    let l = lang();
    let reach = RwSignal::new(start);
    let wanted = Memo::new(move |_| picked.chosen());
    let settled: Signal<Vec<OutagePlace>> = use_debounced(wanted, 250);
    effect(move || {
        let places = settled.get();
        if places.is_empty() {
            return reach.set(None);
        }
        spawn_local(async move {
            if let Ok(fresh) = api::outages::reach(places.clone()).await
                && settled.try_get_untracked().as_ref() == Some(&places)
            {
                reach.set(Some(fresh));
            }
        });
    });
    view! {
        <p class="m-0 flex gap-2 items-center" aria-live="polite">
            <Icon name="users" class="text-muted" />
            {move || match reach.get() {
                Some(reach) => td_string!(l, outages.reach, units = reach.units.to_string(), residents = reach.residents.to_string()).to_string(),
                None => td_string!(l, outages.no_places).to_owned(),
            }}
        </p>
    }
}
