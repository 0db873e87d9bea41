//! Choosing a house, or one entrance of it.

use crate::util::{lang, tell_failure};
use i18n::{td_string, work_words};
use leptos::prelude::*;
use model::{
    BuildingId,
    plans::{PlaceName, PlanPlace},
};
use ui::prelude::*;

/// A house or an entrance with what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub place: PlanPlace,
    pub name: PlaceName,
}

/// A search for the house, then its entrances. `chosen` is empty until a house is.
#[component]
pub(crate) fn SpotPicker(chosen: RwSignal<Option<Spot>>) -> impl IntoView {
    let l = lang();
    let query = RwSignal::new(String::new());
    let asked: Signal<String> = use_debounced(query, 250);
    let houses = LocalResource::new(move || api::property::choices(asked.get(), None));
    tell_failure(houses);
    let house = RwSignal::new(String::new());
    let entrance = RwSignal::new(String::new());
    let id = Memo::new(move |_| house.with(|id| id.parse::<BuildingId>().ok()));
    let entrances = LocalResource::new(move || {
        let id = id.get();
        async move {
            match id {
                Some(id) => api::property::building(id).await.map(|card| card.entrances),
                None => Ok(Vec::new()),
            }
        }
    });
    tell_failure(entrances);
    let known = Memo::new(move |_| houses.get().and_then(Result::ok).unwrap_or_default());
    let options = Signal::derive(move || {
        let mut all: Vec<Opt> = known.get().into_iter().map(|h| Opt::new(h.id.to_string(), h.address)).collect();
        // What was chosen stays in the list when the next search does not find it.
        if let Some(spot) = chosen.get()
            && all.iter().all(|opt| opt.value != spot.place.building_id.to_string())
        {
            all.push(Opt::new(spot.place.building_id.to_string(), spot.name.address));
        }
        all
    });
    let doors = Signal::derive(move || {
        let all = entrances.get().and_then(Result::ok).unwrap_or_default();
        let name = |n: i16| work_words::entrance(l, n);
        all.into_iter().map(|e| Opt::new(e.id.to_string(), name(e.number))).collect::<Vec<_>>()
    });
    let choose = move |value: String| {
        entrance.set(String::new());
        let found = options.with_untracked(|all| all.iter().find(|opt| opt.value == value).cloned());
        chosen.set(value.parse().ok().zip(found).map(|(building_id, opt)| Spot {
            place: PlanPlace { building_id, entrance_id: None },
            name: PlaceName { address: opt.label, entrance: None },
        }));
    };
    let narrow = move |value: String| {
        let all = entrances.get_untracked().and_then(Result::ok).unwrap_or_default();
        let found = all.iter().find(|e| e.id.to_string() == value).cloned();
        chosen.update(|spot| {
            if let Some(spot) = spot {
                spot.place.entrance_id = found.as_ref().map(|e| e.id);
                spot.name.entrance = found.map(|e| e.number);
            }
        });
    };
    // Whoever took the choice empties it: the fields follow.
    effect(move || {
        if chosen.with(Option::is_none) {
            house.set(String::new());
            entrance.set(String::new());
        }
    });
    view! {
        <div class="grid gap-4 sm:grid-cols-2">
            <Field label=td_string!(l, plans.house) name="spot-house">
                <Combobox name="spot-house" options=options value=house on_query=move |text| query.set(text) on_change=choose placeholder=td_string!(l, plans.choose_house) />
            </Field>
            <Field label=td_string!(l, plans.entrance) name="spot-entrance">
                <Select name="spot-entrance" options=doors value=entrance placeholder=td_string!(l, plans.whole_house) on_change=narrow />
            </Field>
        </div>
    }
}
