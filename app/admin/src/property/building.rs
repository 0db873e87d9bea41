//! One building: facts, a chart of its flats, and the list of all units.

use super::chart::Chart;
use crate::util::{Failed, encode, lang, requests_about};
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    BuildingId, Code,
    property::{BuildingCard, UnitRow},
};
use ui::prelude::*;

/// `/desk/buildings/:id`.
#[component]
pub fn BuildingPage() -> impl IntoView {
    let params = use_params_map();
    let found = Resource::new(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<BuildingId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::property::building(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(card) => view! { <Building card=card /> }.into_any(),
                Err(error) => view! {
                    <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card>
                }
                .into_any(),
            })}
        </Transition>
    }
    .into_any()
}

/// The address of a unit, as requests write it.
pub(super) fn unit_address(building: &str, unit: &UnitRow) -> String {
    format!("{building}, №{}", unit.number)
}

/// Square metres with one digit, out of exact square centimetres.
fn area(l: Locale, cm2: i64) -> String {
    let tenths = (cm2 + 500) / 1000;
    let mark = if l == Locale::en { '.' } else { ',' };
    format!("{}{mark}{}", tenths / 10, tenths % 10)
}

#[component]
fn Building(card: BuildingCard) -> impl IntoView {
    let l = lang();
    let open: i32 = card.units.iter().map(|unit| unit.open_requests).sum();
    let (address, id) = (card.address.clone(), card.id);
    let new_href = format!("/desk/requests/new?building_id={id}&address={}", encode(&address));
    let units = card.units.clone();
    let (hint, drawn) = (card.hint.clone().filter(|hint| !hint.is_empty()), card.clone());
    view! {
        <Title text=address.clone() />
        <PageHeader
            title=address.clone()
            subtitle=card.complex.clone()
            back="/desk/buildings"
            actions=move || view! {
                <Button href=format!("/desk?building={id}") icon="inbox">{td_string!(l, property.requests_here)}</Button>
                <Button kind=ButtonKind::Primary href=new_href.clone() icon="plus">{td_string!(l, desk.new_request)}</Button>
            }
        />
        <div class="stack">
            <div class="split">
                <Card title=td_string!(l, property.chart)>
                    <Chart card=drawn />
                </Card>
                    <Card title=td_string!(l, property.facts)>
                        <KeyValues>
                            {card.year.map(|year| view! { <Fact label=td_string!(l, property.year)>{year}</Fact> })}
                            <Fact label=td_string!(l, property.storeys)>{card.storeys}</Fact>
                            <Fact label=td_string!(l, property.entrances)>{card.entrances.len()}</Fact>
                            <Fact label=td_string!(l, property.units)>{card.units.len()}</Fact>
                            <Fact label=td_string!(l, property.lift)>
                                {if card.has_lift { td_string!(l, common.yes) } else { td_string!(l, common.no) }}
                            </Fact>
                            <Fact label=td_string!(l, property.open_in_units)>{open}</Fact>
                            {hint.map(|hint| view! {
                                <Fact label=td_string!(l, property.hint)><span class="whitespace-pre-wrap">{hint}</span></Fact>
                            })}
                        </KeyValues>
                    </Card>
            </div>
            <Units address=address units=units />
        </div>
    }
}

#[component]
fn Units(address: String, units: Vec<UnitRow>) -> impl IntoView {
    let l = lang();
    let place = StoredValue::new(address);
    let named = move |unit: &UnitRow| place.with_value(|address| unit_address(address, unit));
    let columns = vec![
        Column::new("number", td_string!(l, property.unit), |u: &UnitRow| format!("№{}", u.number)),
        Column::new("kind", td_string!(l, property.kind), move |u: &UnitRow| words::unit_kind(l, u.kind)),
        Column::new("entrance", td_string!(l, property.entrance), |u: &UnitRow| u.entrance).num(),
        Column::new("floor", td_string!(l, property.floor), |u: &UnitRow| u.floor).num(),
        Column::new("rooms", td_string!(l, property.rooms), |u: &UnitRow| u.rooms).num(),
        Column::new("area", td_string!(l, property.area), move |u: &UnitRow| u.area_cm2.map(|cm2| area(l, cm2))).num(),
        Column::new("account", td_string!(l, property.account), |u: &UnitRow| u.account.clone()).class("text-muted"),
        Column::new("people", td_string!(l, property.residents), |u: &UnitRow| u.people).num(),
        Column::new("open", td_string!(l, property.open_requests), move |u: &UnitRow| {
            (u.open_requests > 0)
                .then(|| view! { <a class="link" href=requests_about(&named(u))>{u.open_requests}</a> })
        })
        .num(),
        Column::new("new", "", move |u: &UnitRow| {
            let href = format!("/desk/requests/new?unit_id={}&address={}", u.id, encode(&named(u)));
            view! { <IconButton icon="plus" size=ButtonSize::Small label=td_string!(l, desk.new_request) href=href /> }
        }),
    ];
    view! {
        <DataTable columns=columns rows=Some(units) key=|u: &UnitRow| u.id.to_string() caption=td_string!(l, property.units)
            href=move |u: UnitRow| requests_about(&named(&u)) stack=true tall=true
            empty=move || view! { <EmptyState text=td_string!(l, property.no_units) icon="door-open" /> } />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_round_to_a_tenth() {
        assert_eq!(area(Locale::ru, 452_000), "45,2");
        assert_eq!(area(Locale::en, 1_000_450), "100.0");
    }
}
