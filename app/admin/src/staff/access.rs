//! What somebody may see and do: role, trade, zone and view, as fields of the invitation and of the card.

use crate::util::{lang, tell_failure};
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    Role,
    property::{BuildingChoice, ComplexRow},
    staff::{ROLES, Skill, StaffCard, Visibility},
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// The values behind the fields.
#[derive(Clone, Copy)]
pub(super) struct Access {
    pub role: RwSignal<String>,
    pub visibility: RwSignal<String>,
    pub skills: RwSignal<BTreeSet<String>>,
    /// Parts of the zone: `c:<complex>` and `b:<building>`, each with its name.
    pub zone: RwSignal<Vec<(String, String)>>,
}

impl Access {
    pub fn new(role: Role) -> Self {
        Self {
            role: RwSignal::new(role.as_str().to_owned()),
            visibility: RwSignal::new(Visibility::usual(role).as_str().to_owned()),
            skills: RwSignal::default(),
            zone: RwSignal::default(),
        }
    }

    pub fn of(card: &StaffCard) -> Self {
        let complexes = card.complexes.iter().map(|c| (format!("c:{}", c.id), c.name.clone()));
        let buildings = card.buildings.iter().map(|b| (format!("b:{}", b.id), b.address.clone()));
        Self {
            role: RwSignal::new(card.role.as_str().to_owned()),
            visibility: RwSignal::new(card.visibility.as_str().to_owned()),
            skills: RwSignal::new(card.skills.iter().map(|s| s.as_str().to_owned()).collect()),
            zone: RwSignal::new(complexes.chain(buildings).collect()),
        }
    }

    pub fn role(self) -> Role {
        self.role.get_untracked().parse().unwrap_or(Role::Staff)
    }

    /// The chosen level, or the usual one where the role does not know it.
    pub fn visibility(self) -> Visibility {
        let role = self.role();
        let chosen = self.visibility.get_untracked().parse().ok();
        chosen.filter(|level| Visibility::choices(role).contains(level)).unwrap_or(Visibility::usual(role))
    }

    pub fn skills(self) -> Vec<Skill> {
        self.skills.with_untracked(|all| all.iter().filter_map(|s| s.parse().ok()).collect())
    }

    /// The ids of one kind of the zone's parts.
    pub fn zone<T: std::str::FromStr>(self, kind: &str) -> Vec<T> {
        self.zone.with_untracked(|all| {
            all.iter().filter_map(|(key, _)| key.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()).collect()
        })
    }
}

#[component]
pub(super) fn AccessFields(
    access: Access,
    /// The highest role that may be given.
    limit: Role,
    error: Signal<Option<api::ApiError>>,
) -> impl IntoView {
    let l = lang();
    let roles: Vec<Opt> = ROLES
        .into_iter()
        .filter(|role| limit.may_manage(*role))
        .map(|role| Opt::new(role.as_str(), words::role(l, role)))
        .collect();
    let role = Memo::new(move |_| access.role.get().parse().unwrap_or(Role::Staff));
    let levels = Signal::derive(move || {
        Visibility::choices(role.get())
            .iter()
            .map(|level| Opt::new(level.as_str(), words::visibility(l, *level)))
            .collect::<Vec<_>>()
    });
    // A new role starts with what is usual for it.
    effect_after(move |before: Option<Role>| {
        let now = role.get();
        if before.is_some_and(|before| before != now) {
            access.visibility.set(Visibility::usual(now).as_str().to_owned());
        }
        now
    });
    let wrong = move |name: &'static str| crate::util::field_error(error, l, name);
    view! {
        <div class="grid gap-4 sm:grid-cols-2">
            <Field label=td_string!(l, people.role) name="role" error=wrong("role")>
                <Select name="role" options=roles value=access.role />
            </Field>
            <Field label=td_string!(l, staff_admin.sees) name="visibility" help=td_string!(l, staff_admin.sees_help) error=wrong("visibility")>
                <Select name="visibility" options=levels value=access.visibility />
            </Field>
        </div>
        {move || (role.get() == Role::Staff).then(|| view! {
            <Field label=td_string!(l, people.skills) name="skills" group=true error=wrong("skills")>
                <div class="flex flex-wrap gap-1.5">
                    {Skill::ALL.iter().map(|skill| {
                        let key = skill.as_str().to_owned();
                        let for_toggle = key.clone();
                        let on = Signal::derive(move || access.skills.with(|all| all.contains(&key)));
                        view! {
                            <Chip text=words::skill(l, *skill) active=on on_click=move |()| access.skills.update(|all| {
                                if !all.remove(&for_toggle) { all.insert(for_toggle.clone()); }
                            }) />
                        }
                    }).collect_view()}
                </div>
            </Field>
        })}
        {move || (role.get() != Role::Admin).then(|| view! {
            <Field label=td_string!(l, staff_admin.zone) name="zone" group=true error=wrong("building_ids")>
                <ZonePicker zone=access.zone />
            </Field>
        })}
    }
}

/// Whole complexes and single houses, added one by one and taken away by their chips.
#[component]
fn ZonePicker(zone: RwSignal<Vec<(String, String)>>) -> impl IntoView {
    let l = lang();
    let query = RwSignal::new(String::new());
    let asked: Signal<String> = use_debounced(query, 250);
    let complexes = LocalResource::new(api::property::complexes);
    let houses = LocalResource::new(move || api::property::choices(asked.get(), None));
    tell_failure(complexes);
    tell_failure(houses);
    let known = Memo::new(move |_| {
        let complexes = complexes.get().and_then(Result::ok).unwrap_or_default();
        options(complexes, houses.get().and_then(Result::ok).unwrap_or_default(), &asked.get())
    });
    let left = Signal::derive(move || {
        known
            .get()
            .into_iter()
            .filter(|(key, ..)| zone.with(|zone| zone.iter().all(|(have, _)| have != key)))
            .map(
                |(key, name, whole)| {
                    if whole { Opt::new(key, name).icon("building-2") } else { Opt::new(key, name).icon("building") }
                },
            )
            .collect::<Vec<_>>()
    });
    let typed = RwSignal::new(String::new());
    let add = Callback::new(move |key: String| {
        if let Some((key, name, _)) = known.get_untracked().into_iter().find(|(k, ..)| *k == key) {
            zone.update(|zone| zone.push((key, name)));
            typed.set(String::new());
        }
    });
    view! {
        <div class="grid gap-2">
            <div class="flex flex-wrap gap-1.5">
                {move || zone.get().into_iter().map(|(key, name)| view! {
                    <Chip text=name active=true on_remove=move |()| zone.update(|zone| zone.retain(|(k, _)| *k != key)) />
                }).collect_view()}
            </div>
            <Combobox name="zone-add" options=left value=typed placeholder=td_string!(l, staff_admin.add_zone)
                label=td_string!(l, staff_admin.add_zone) on_query=move |text| query.set(text) on_change=add />
        </div>
    }
}

/// Complexes with the words typed in their names first, then houses: key, name, whether it is a whole complex.
fn options(complexes: Vec<ComplexRow>, houses: Vec<BuildingChoice>, typed: &str) -> Vec<(String, String, bool)> {
    let (l, typed) = (lang(), typed.to_lowercase());
    let fits = |name: &str| typed.split_whitespace().all(|word| name.to_lowercase().contains(word));
    let whole = |c: ComplexRow| {
        (format!("c:{}", c.id), td_string!(l, staff_admin.whole_complex, name = c.name).to_string(), true)
    };
    let complexes = complexes.into_iter().filter(|c| fits(&c.name)).map(whole);
    complexes.chain(houses.into_iter().map(|h| (format!("b:{}", h.id), h.address, false))).collect()
}
