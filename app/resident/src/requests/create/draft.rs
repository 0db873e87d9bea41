//! What is typed so far. It survives a reload, a lost connection and a wrong turn.

use crate::home::HOME_KEY;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use model::{
    BuildingId, FileId,
    property::Home,
    requests::{Category, CreateRequest},
};
use serde::{Deserialize, Serialize};
use ui::dom::{store, stored};
use ui::hooks::effect_after;

const KEY: &str = "new-request";

/// The fields of the form, as the form spells them.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub category: RwSignal<String>,
    /// Empty = a common place of `building`.
    pub unit: RwSignal<String>,
    pub building: RwSignal<String>,
    pub words: RwSignal<String>,
    /// Said to be about this, of what the words suggest.
    pub problem: RwSignal<String>,
    /// Photos that came in with a post that was refused for something else.
    pub files: RwSignal<Vec<FileId>>,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    category: String,
    unit: Option<String>,
    building: String,
    words: String,
}

impl Draft {
    /// What the address brings back from a refused post, what was chosen before the page came alive, or a fresh start.
    pub fn new(query: &ParamsMap, homes: &[Home]) -> Self {
        let asked = |name: &str| query.get(name).filter(|text| !text.is_empty());
        let first = homes.first();
        let building = asked("building_id").or_else(|| first.map(|home| home.building_id.to_string()));
        let unit = match (asked("unit_id"), asked("building_id")) {
            (None, None) => picked("unit_id").or_else(|| first.map(|home| home.unit_id.to_string())),
            (unit, _) => unit,
        };
        Self {
            category: RwSignal::new(asked("category").or_else(|| picked("category")).unwrap_or_default()),
            unit: RwSignal::new(unit.unwrap_or_default()),
            building: RwSignal::new(building.unwrap_or_default()),
            words: RwSignal::new(asked("description").unwrap_or_default()),
            problem: RwSignal::new(String::new()),
            files: RwSignal::new(
                asked("file_ids").unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect(),
            ),
        }
    }

    /// The kept photos as the form sends them.
    pub fn file_ids(self) -> String {
        self.files.with_untracked(|ids| ids.iter().map(FileId::to_string).collect::<Vec<_>>().join(","))
    }

    /// Nothing was entered yet.
    pub fn is_blank(self) -> bool {
        self.category.with(String::is_empty) && self.words.with(|words| words.trim().is_empty())
    }

    /// Keeps every change on this device. The first look brings an earlier draft back into an untouched form.
    pub fn keep(self, homes: Vec<Home>) {
        effect_after(move |started: Option<()>| {
            let now = Kept {
                category: self.category.get(),
                unit: Some(self.unit.get()),
                building: self.building.get(),
                words: self.words.get(),
            };
            if started.is_some() {
                if let Ok(text) = serde_json::to_string(&now) {
                    store(KEY, (!self.is_blank()).then_some(text.as_str()));
                }
                return;
            }
            if !now.category.is_empty() || !now.words.is_empty() {
                return;
            }
            let old: Kept = stored(KEY).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            // The home chosen on the first page is the likely place of trouble.
            let unit = old.unit.or_else(|| stored(HOME_KEY));
            if let Some(unit) =
                unit.filter(|unit| unit.is_empty() || homes.iter().any(|h| h.unit_id.to_string() == *unit))
            {
                self.unit.set(unit);
            }
            if homes.iter().any(|home| home.building_id.to_string() == old.building) {
                self.building.set(old.building);
            }
            self.category.set(old.category);
            self.words.set(old.words);
        });
    }

    /// The request is filed: the next one starts empty.
    pub fn forget(self) {
        store(KEY, None);
    }

    /// The command behind the form. A photo without a category is "other": the dispatcher sees what it is.
    pub fn command(self, homes: &[Home], uploaded: Vec<FileId>) -> CreateRequest {
        let file_ids = self.files.with_untracked(|kept| kept.iter().copied().chain(uploaded).collect());
        let unit_id = self.unit.with_untracked(|id| id.parse().ok());
        let building: Option<BuildingId> = self.building.with_untracked(|id| id.parse().ok());
        let common = building.filter(|_| unit_id.is_none());
        CreateRequest {
            unit_id,
            building_id: common,
            entrance_id: common.and_then(|id| homes.iter().find(|home| home.building_id == id)?.entrance_id),
            contact_id: None,
            contact_name: None,
            contact_phone: None,
            source: None,
            category: self.category.with_untracked(|text| text.parse().unwrap_or(Category::Other)),
            problem_id: self.problem.with_untracked(|id| id.parse().ok()),
            kind: None,
            priority: None,
            description: self.words.with_untracked(|text| text.trim().to_owned()),
            hidden: false,
            file_ids,
        }
    }
}

/// The radio chosen in the server's page before it came alive.
fn picked(name: &str) -> Option<String> {
    use leptos::wasm_bindgen::JsCast;
    if !cfg!(target_arch = "wasm32") {
        return None;
    }
    let radio = document().query_selector(&format!("input[name={name}]:checked")).ok().flatten()?;
    Some(radio.dyn_into::<web_sys::HtmlInputElement>().ok()?.value())
}

/// The building of a home: its address without the flat.
pub(super) fn building_address(home: &Home) -> &str {
    home.address.rsplit_once(", №").map_or(home.address.as_str(), |(building, _)| building)
}
