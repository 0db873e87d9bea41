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

pub use accounts::AccountRulePage;
pub use building::BuildingPage;
pub use building_form::{EditBuildingPage, NewBuildingPage};
pub use buildings::BuildingsPage;
pub use companies::CompaniesPage;
pub use complexes::ComplexesPage;
pub use documents::DocumentsPage;
pub use generator::GeneratorPage;
pub use unit::UnitPage;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// The `:id` of the address.
fn id_of_page<T: FromStr + Copy + PartialEq + Send + Sync + 'static>() -> Memo<Option<T>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|p| p.get("id")).and_then(|id| id.parse().ok()))
}

/// The address of a unit, as requests write it.
fn unit_address(building: &str, number: &str) -> String {
    format!("{building}, №{number}")
}
