//! Houses: lists, cards, charts, forms, personal accounts and documents.

mod accounts;
mod building;
mod building_form;
mod buildings;
mod buildings_many;
mod chart;
mod companies;
mod complexes;
mod documents;
pub(crate) mod form;
mod generator;
mod unit;
pub(crate) mod unit_form;
mod units;
mod units_filters;
mod units_many;
mod units_query;

pub use building::BuildingPage;
pub use building_form::{EditBuildingPage, NewBuildingPage};
pub use buildings::BuildingsPage;
pub use companies::CompaniesPage;
pub use complexes::ComplexesPage;
pub use documents::DocumentsPage;
pub use generator::GeneratorPage;
pub use unit::UnitPage;
pub use units::UnitsPage;

use crate::util::lang;
use i18n::td_string;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;
use ui::prelude::*;

/// The `:id` of the address.
pub(crate) fn id_of_page<T: FromStr + Copy + PartialEq + Send + Sync + 'static>() -> Memo<Option<T>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse().ok()))
}

/// The address of a unit, as requests write it.
fn unit_address(building: &str, number: &str) -> String {
    format!("{building}, №{number}")
}

/// The registers of what is managed: houses and their units.
#[component]
fn RegisterTabs(current: &'static str) -> impl IntoView {
    let l = lang();
    let tab = |label: &str, href: &str, icon| Tab {
        label: label.to_owned(),
        href: href.to_owned(),
        icon: Some(icon),
        current: href == current,
        ..Tab::default()
    };
    let tabs = vec![
        tab(td_string!(l, common.buildings), "/desk/buildings", "building-2"),
        tab(td_string!(l, lists.units_title), "/desk/units", "door-open"),
        tab(td_string!(l, property.complexes), "/desk/complexes", "building"),
    ];
    view! { <div class="pb-2"><Tabs tabs=Signal::stored(tabs) label=td_string!(l, common.buildings) /></div> }
}
