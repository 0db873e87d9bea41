//! The building as it stands: entrances side by side, floors from the roof down, flats with open requests coloured.

use super::building::unit_address;
use crate::util::{encode, lang, requests_about};
use i18n::td_string;
use leptos::prelude::*;
use model::property::{BuildingCard, UnitKind, UnitRow};
use std::collections::BTreeMap;

type Floors = BTreeMap<i16, Vec<UnitRow>>;

/// Flats by entrance and floor; what has no floor is only in the table below.
fn entrances(units: &[UnitRow]) -> BTreeMap<i16, Floors> {
    let mut all: BTreeMap<i16, Floors> = BTreeMap::new();
    for unit in units.iter().filter(|unit| unit.kind == UnitKind::Flat) {
        if let (Some(entrance), Some(floor)) = (unit.entrance, unit.floor) {
            all.entry(entrance).or_default().entry(floor).or_default().push(unit.clone());
        }
    }
    all
}

#[component]
pub(super) fn Chart(card: BuildingCard) -> impl IntoView {
    let l = lang();
    let all = entrances(&card.units);
    if all.is_empty() {
        return view! { <p class="m-0 text-muted">{td_string!(l, property.no_chart)}</p> }.into_any();
    }
    let address = card.address;
    let cell = move |unit: UnitRow| {
        let place = unit_address(&address, &unit);
        let title = if unit.open_requests > 0 {
            td_string!(l, property.unit_open, address = place.clone(), n = unit.open_requests.to_string()).to_string()
        } else {
            place.clone()
        };
        let (class, href) = if unit.open_requests > 0 {
            ("bg-warning/20 text-warning ring-1 ring-warning/50 font-semibold", requests_about(&place))
        } else {
            (
                "bg-base-200 hover:bg-base-300",
                format!("/desk/requests/new?unit_id={}&address={}", unit.id, encode(&place)),
            )
        };
        view! {
            <a class=format!("grid place-items-center min-w-9 h-7 px-1 rounded text-xs tabular-nums {class}") href=href
                title=title.clone() aria-label=title>{unit.number}</a>
        }
    };
    view! {
        <div class="overflow-x-auto p-0.5" tabindex="0" role="region" aria-label=td_string!(l, property.chart)>
            <div class="flex gap-6 w-max">
                {all.into_iter().map(|(entrance, floors)| view! {
                    <section class="grid gap-1 content-end">
                        {floors.into_iter().rev().map(|(floor, units)| view! {
                            <div class="flex items-center gap-1">
                                <span class="w-6 text-right text-xs text-muted" title=td_string!(l, property.floor)>{floor}</span>
                                {units.into_iter().map(&cell).collect_view()}
                            </div>
                        }).collect_view()}
                        <h3 class="pl-7 pt-1 text-xs text-muted">{td_string!(l, property.entrance_n, n = entrance.to_string()).to_string()}</h3>
                    </section>
                }).collect_view()}
            </div>
        </div>
        <p class="mb-0 mt-3 flex items-baseline gap-2 text-xs text-muted">
            <span class="inline-block size-3 shrink-0 rounded bg-warning/20 ring-1 ring-warning/50" aria-hidden="true"></span>
            {td_string!(l, property.legend_open)}
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_flats_with_a_floor_are_drawn() {
        let unit = |kind, floor| UnitRow {
            id: uuid::Uuid::nil().into(),
            kind,
            number: "1".into(),
            entrance: Some(2),
            floor,
            rooms: None,
            area_cm2: None,
            account: None,
            people: 0,
            open_requests: 0,
        };
        let all =
            entrances(&[unit(UnitKind::Flat, Some(3)), unit(UnitKind::Flat, None), unit(UnitKind::Parking, Some(0))]);
        assert_eq!(all[&2].keys().copied().collect::<Vec<_>>(), [3]);
    }
}
