//! The form of a new request as state: prefilled from the address, kept as a draft on this device.

use crate::outages::caller;
use i18n::{Locale, failure};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use model::{
    Code, Failure, FieldError, FileId, Phone,
    outages::OutageCall,
    people::{ContactCard, HomeCard},
    requests::{CreateRequest, Kind, Source},
};
use serde::{Deserialize, Serialize};
use ui::hooks::effect_after;
use ui::{
    dom::{store, stored},
    input::Opt,
};

const KEY: &str = "draft-new-request";

/// What is typed; also what the plain form sends and gets back in the address when it is refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    pub phone: String,
    pub name: String,
    pub contact_id: String,
    /// `unit:<id>` or `building:<id>`.
    pub place: String,
    pub place_label: String,
    /// Only of the plain form, beside its choice of building.
    pub unit_number: String,
    /// Of a house; nothing where a flat is chosen.
    pub entrance: String,
    /// Only of the plain form, as the flat's.
    pub entrance_number: String,
    /// How it came to the desk.
    pub source: String,
    pub category: String,
    pub problem: String,
    pub kind: String,
    pub priority: String,
    pub description: String,
    /// `true` when its resident is not shown it.
    pub hidden: String,
}

impl Draft {
    /// Reads the address of the page.
    pub(super) fn read(query: &ParamsMap) -> Self {
        let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).unwrap_or_default();
        let (unit, building) = (word("unit_id"), word("building_id"));
        let place = match (unit.is_empty(), building.is_empty()) {
            (false, _) => format!("unit:{unit}"),
            (true, false) => format!("building:{building}"),
            (true, true) => String::new(),
        };
        let phone = [word("contact_phone"), word("phone")].into_iter().find(|v| !v.is_empty()).unwrap_or_default();
        Self {
            phone: Phone::parse(&phone).map_or(phone, |p| p.pretty()),
            name: word("contact_name"),
            contact_id: word("contact_id"),
            place,
            place_label: word("address"),
            unit_number: word("unit_number"),
            entrance: word("entrance_id"),
            entrance_number: word("entrance_number"),
            source: word("source"),
            category: word("category"),
            problem: word("problem_id"),
            kind: word("kind"),
            priority: word("priority"),
            description: word("description"),
            hidden: word("hidden"),
        }
    }
}

/// The failure that a refused plain form brought back in the address.
pub(super) fn refused(query: &ParamsMap) -> Option<Failure> {
    let code = query.get("error")?;
    let code = Code::ALL.iter().copied().find(|c| c.as_str() == code).unwrap_or(Code::Invalid);
    let fields = FIELDS
        .iter()
        .filter_map(|name| {
            let text = query.get(&format!("field.{name}"))?;
            let (code, limit) = text.split_once(':').unwrap_or((&text, ""));
            Some(FieldError { limit: limit.parse().ok(), ..FieldError::new(format!("/{name}"), code) })
        })
        .collect();
    let retry_after = query.get("wait").and_then(|wait| wait.parse().ok());
    Some(Failure { code, fields, trace_id: query.get("trace"), retry_after })
}

const FIELDS: [&str; 15] = [
    "contact_id",
    "contact_name",
    "contact_phone",
    "unit_id",
    "building_id",
    "unit_number",
    "entrance_id",
    "entrance_number",
    "source",
    "category",
    "problem_id",
    "kind",
    "description",
    "hidden",
    "photos",
];

/// The signals behind the controls.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub phone: RwSignal<String>,
    pub name: RwSignal<String>,
    pub contact_id: RwSignal<String>,
    /// Addresses of the chosen person.
    pub homes: RwSignal<Vec<Opt>>,
    pub place: RwSignal<String>,
    /// The chosen place with its words.
    pub chosen: RwSignal<Option<Opt>>,
    pub unit_number: RwSignal<String>,
    pub entrance: RwSignal<String>,
    pub entrance_number: RwSignal<String>,
    pub source: RwSignal<String>,
    pub category: RwSignal<String>,
    /// From the classifier; it brings its category.
    pub problem: RwSignal<String>,
    pub kind: RwSignal<String>,
    pub priority: RwSignal<String>,
    pub description: RwSignal<String>,
    pub hidden: RwSignal<String>,
    pub failure: RwSignal<Option<Failure>>,
}

impl Form {
    pub(super) fn new(l: Locale, draft: Draft, contact: Option<&ContactCard>, failure: Option<Failure>) -> Self {
        let form = Self {
            phone: RwSignal::new(draft.phone),
            name: RwSignal::new(draft.name),
            contact_id: RwSignal::new(draft.contact_id),
            homes: RwSignal::new(Vec::new()),
            place: RwSignal::new(draft.place.clone()),
            chosen: RwSignal::new(None),
            unit_number: RwSignal::new(draft.unit_number),
            entrance: RwSignal::new(draft.entrance),
            entrance_number: RwSignal::new(draft.entrance_number),
            source: RwSignal::new(or_desk(draft.source)),
            category: RwSignal::new(draft.category),
            problem: RwSignal::new(draft.problem),
            kind: RwSignal::new(if draft.kind.is_empty() { Kind::Regular.to_string() } else { draft.kind }),
            priority: RwSignal::new(draft.priority),
            description: RwSignal::new(draft.description),
            hidden: RwSignal::new(or_shown(draft.hidden)),
            failure: RwSignal::new(failure),
        };
        if let Some(contact) = contact {
            let homes: Vec<_> = contact.current_homes().map(HomeCard::to_row).collect();
            let phone = contact.phones.iter().find_map(|phone| phone.number.as_ref());
            form.choose_person(l, &contact.id.to_string(), &contact.name, phone, &homes);
        }
        if !draft.place.is_empty() {
            let known = form.homes.with_untracked(|homes| homes.iter().find(|home| home.value == draft.place).cloned());
            let opt =
                known.or_else(|| (!draft.place_label.is_empty()).then(|| Opt::new(draft.place, draft.place_label)));
            form.chosen.set(opt);
        }
        form
    }

    /// Takes a known person: the only home becomes the address at once.
    pub(super) fn choose_person(
        self,
        l: Locale,
        id: &str,
        name: &str,
        phone: Option<&Phone>,
        homes: &[model::people::HomeRef],
    ) {
        self.contact_id.set(id.to_owned());
        self.name.set(name.to_owned());
        if let Some(phone) = phone.filter(|_| Phone::parse(&self.phone.get_untracked()).is_none()) {
            self.phone.set(phone.pretty());
        }
        let homes: Vec<Opt> = homes
            .iter()
            .map(|home| {
                Opt::new(format!("unit:{}", home.unit_id), home.address.clone())
                    .hint(i18n::words::relation(l, home.relation))
            })
            .collect();
        if let ([only], true) = (homes.as_slice(), self.place.with_untracked(String::is_empty)) {
            self.choose_place(Some(only.clone()));
        }
        self.homes.set(homes);
    }

    pub(super) fn forget_person(self) {
        self.contact_id.set(String::new());
        self.name.set(String::new());
        self.homes.set(Vec::new());
    }

    pub(super) fn choose_place(self, place: Option<Opt>) {
        self.place.set(place.as_ref().map(|p| p.value.clone()).unwrap_or_default());
        self.chosen.set(place);
    }

    fn draft(self) -> Draft {
        Draft {
            phone: self.phone.get(),
            name: self.name.get(),
            contact_id: self.contact_id.get(),
            place: self.place.get(),
            place_label: self.chosen.get().map(|opt| opt.label).unwrap_or_default(),
            unit_number: String::new(),
            entrance: self.entrance.get(),
            entrance_number: String::new(),
            source: self.source.get(),
            category: self.category.get(),
            problem: self.problem.get(),
            kind: self.kind.get(),
            priority: self.priority.get(),
            description: self.description.get(),
            hidden: self.hidden.get(),
        }
    }

    fn fill(self, draft: Draft) {
        self.phone.set(draft.phone);
        self.name.set(draft.name);
        self.contact_id.set(draft.contact_id);
        self.chosen.set((!draft.place.is_empty()).then(|| Opt::new(draft.place.clone(), draft.place_label)));
        self.place.set(draft.place);
        self.entrance.set(draft.entrance);
        self.source.set(or_desk(draft.source));
        self.category.set(draft.category);
        self.problem.set(draft.problem);
        self.kind.set(draft.kind);
        self.priority.set(draft.priority);
        self.description.set(draft.description);
        self.hidden.set(or_shown(draft.hidden));
    }

    /// Who calls, as far as the form knows.
    pub(super) fn caller(self) -> OutageCall {
        let text = |signal: RwSignal<String>| signal.get_untracked();
        caller(&text(self.contact_id), &text(self.place), &text(self.name), &text(self.phone))
    }

    /// Empties the form and its draft.
    pub(super) fn clear(self) {
        self.homes.set(Vec::new());
        self.failure.set(None);
        self.fill(Draft { kind: Kind::Regular.to_string(), ..Draft::default() });
        forget();
    }

    /// Brings an old draft back (unless the address already says something) and keeps the new one.
    pub(super) fn keep(self, may_restore: bool) -> Signal<bool> {
        let restored = RwSignal::new(false);
        effect_after(move |known: Option<Draft>| {
            let now = self.draft();
            match known {
                Some(before) if before != now => {
                    if let Ok(text) = serde_json::to_string(&now) {
                        store(KEY, Some(&text));
                    }
                }
                None if may_restore => {
                    let old = stored(KEY).and_then(|text| serde_json::from_str::<Draft>(&text).ok());
                    if let Some(old) = old.filter(|old| *old != now) {
                        self.fill(old);
                        restored.set(true);
                    }
                }
                Some(_) | None => {}
            }
            now
        });
        restored.into()
    }

    /// The command, or what is still missing.
    pub(super) fn command(self, file_ids: Vec<FileId>, photos: usize) -> Result<CreateRequest, Failure> {
        let mut wrong = Vec::new();
        let mut word = |field: &str, code: &str| wrong.push(FieldError::new(format!("/{field}"), code));
        let text = |signal: RwSignal<String>| Some(signal.get_untracked().trim().to_owned()).filter(|t| !t.is_empty());
        let phone = text(self.phone);
        let contact_phone = phone.as_deref().and_then(Phone::parse);
        if phone.is_some() && contact_phone.is_none() {
            word("contact_phone", "bad_phone");
        }
        let place = text(self.place).unwrap_or_default();
        let unit_id = place.strip_prefix("unit:").and_then(|id| id.parse().ok());
        let building_id = place.strip_prefix("building:").and_then(|id| id.parse().ok());
        if unit_id.is_none() && building_id.is_none() {
            word("unit_id", "required");
        }
        let category = text(self.category).and_then(|c| c.parse().ok());
        if category.is_none() {
            word("category", "required");
        }
        let description = text(self.description).unwrap_or_default();
        if description.is_empty() && photos == 0 {
            word("description", "required");
        }
        let (Some(category), true) = (category, wrong.is_empty()) else { return Err(Failure::invalid(wrong)) };
        let contact_id = text(self.contact_id).and_then(|id| id.parse().ok());
        let command = CreateRequest {
            unit_id,
            building_id,
            entrance_id: text(self.entrance).and_then(|id| id.parse().ok()).filter(|_| building_id.is_some()),
            contact_id,
            contact_name: text(self.name).filter(|_| contact_id.is_none()),
            contact_phone,
            source: text(self.source).and_then(|word| word.parse().ok()),
            category,
            problem_id: text(self.problem).and_then(|id| id.parse().ok()),
            kind: text(self.kind).and_then(|k| k.parse().ok()),
            priority: text(self.priority).and_then(|p| p.parse().ok()),
            description,
            hidden: self.hidden.with_untracked(|word| word == "true"),
            file_ids,
        };
        model::validate::check(&command).map(|()| command)
    }

    /// The error of a field in words; several names may share one control.
    pub(super) fn error(self, l: Locale, names: &'static [&'static str]) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.failure.with(|f| {
                f.as_ref().and_then(|f| names.iter().find_map(|name| f.field(name))).map(|e| failure::field(l, e))
            })
        })
    }
}

/// Nobody said how it came: the desk itself.
fn or_desk(source: String) -> String {
    if source.is_empty() { Source::Desk.to_string() } else { source }
}

/// Residents see what is about them, unless somebody says otherwise.
fn or_shown(hidden: String) -> String {
    if hidden.is_empty() { false.to_string() } else { hidden }
}

/// Removes the draft: it became a request.
pub(super) fn forget() {
    store(KEY, None);
}
