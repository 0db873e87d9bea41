//! Who calls and where: people found by phone or name, places found by words.

use super::draft::Form;
use crate::util::{lang, looked_up, requests_about};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    BuildingId,
    people::{ContactFilter, ContactRow},
    property::BuildingChoice,
    requests::{SimilarQuery, SimilarRequest, Source},
};
use ui::prelude::*;

/// Phone and name; the people who fit are offered underneath.
#[component]
pub(super) fn Caller(form: Form) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let found = RwSignal::new(Vec::<ContactRow>::new());
    let known = move || form.contact_id.with(|id| !id.is_empty());
    let wanted = Signal::derive(move || {
        let digits = form.phone.with(|text| phone_digits(text));
        let name = form.name.with(|text| text.trim().to_owned());
        match (known(), digits.len() >= 4, name.chars().count() >= 3) {
            // A piece of a number, without the country.
            (false, true, _) => digits,
            (false, false, true) => name,
            // Somebody is chosen already, or too little is typed.
            _ => String::new(),
        }
    });
    let settled: Signal<String> = use_debounced(wanted, 250);
    effect(move || {
        let text = settled.get();
        if text.is_empty() {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let filter = ContactFilter { text: Some(text.clone()), ..Default::default() };
            let answer = api::people::contacts(filter).await;
            if settled.try_get_untracked() != Some(text) {
                return;
            }
            if let Some(page) = looked_up(toasts, l, answer) {
                found.set(page.items.into_iter().take(6).collect());
            }
        });
    });
    let offer = move |person: ContactRow| {
        let homes = person.homes.iter().map(|home| home.address.as_str()).collect::<Vec<_>>().join("; ");
        let phones = person.phones.iter().map(|phone| phone.shown.as_str()).collect::<Vec<_>>().join(", ");
        let name = person.name.clone();
        view! {
            <button type="button" class="menu-row min-h-12" on:click=move |_| {
                form.choose_person(l, &person.id.to_string(), &person.name, person.phones.iter().find_map(|phone| phone.number.as_ref()), &person.homes);
                found.set(Vec::new());
            }>
                <Avatar name=name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block truncate">{name} <span class="text-muted">" " {phones}</span></span>
                    <span class="block truncate text-xs text-muted">{homes}</span>
                </span>
            </button>
        }
    };
    let sources = vec![
        Opt::new(Source::Call.as_str(), words::source(l, Source::Call)),
        Opt::new(Source::Desk.as_str(), td_string!(l, requests.source_other)),
    ];
    view! {
        <input type="hidden" name="contact_id" value=form.contact_id.get_untracked() prop:value=move || form.contact_id.get() />
        <div class="form-grid">
            <Field label=td_string!(l, requests.phone) name="contact_phone" error=form.error(l, &["contact_phone"])>
                <PhoneInput name="contact_phone" value=form.phone autofocus=true />
            </Field>
            <Field label=td_string!(l, requests.caller_name) name="contact_name" error=form.error(l, &["contact_name", "contact_id"])>
                <Input name="contact_name" value=form.name autocomplete="off" maxlength=200 placeholder=td_string!(l, requests.caller_placeholder) />
            </Field>
            <Field label=td_string!(l, requests.source) name="source" error=form.error(l, &["source"])>
                <Select name="source" options=sources value=form.source />
            </Field>
        </div>
        {move || known().then(|| view! {
            <div class="row">
                <a class="link" target="_blank" href=format!("/desk/people/{}", form.contact_id.get())>
                    <Icon name="user-check" size=IconSize::Small /> " " {td_string!(l, requests.caller_known)}
                </a>
                <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="x" on_click=move |_| form.forget_person()>
                    {td_string!(l, requests.other_caller)}
                </Button>
            </div>
        })}
        {move || {
            let all = found.get();
            (!all.is_empty()).then(|| view! {
                <div class="panel p-1" role="group" aria-label=td_string!(l, requests.people_found)>{all.into_iter().map(offer).collect_view()}</div>
            })
        }}
    }
}

/// The address: one search line, or plain selects until the page is alive.
#[component]
pub(super) fn Place(form: Form, buildings: Vec<BuildingChoice>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let alive = use_hydrated();
    let buildings = StoredValue::new(buildings);
    let (building, number) = (RwSignal::new(String::new()), form.unit_number);
    if let Some(id) = form.place.get_untracked().strip_prefix("building:") {
        building.set(id.to_owned());
    }
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Opt>::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    let search = move |text: String, take_first: bool| {
        spawn_local(async move {
            let answer = api::property::find_places(text.clone()).await;
            // An answer that was overtaken by more letters is dropped.
            if !take_first && settled.try_get_untracked() != Some(text) {
                return;
            }
            let Some(places) = looked_up(toasts, l, answer) else { return };
            let options: Vec<Opt> = places
                .into_iter()
                .map(|place| match place.unit_id {
                    Some(unit) => Opt::new(format!("unit:{unit}"), place.address),
                    None => Opt::new(format!("building:{}", place.building_id), place.address)
                        .hint(td_string!(l, common.common_area)),
                })
                .collect();
            if let (true, Some(first)) = (take_first, options.first()) {
                form.choose_place(Some(first.clone()));
            }
            found.set(options);
        });
    };
    effect(move || {
        let text = settled.get();
        if !text.trim().is_empty() {
            search(text, false);
        }
    });
    // What was chosen in the plain selects before the page came alive is carried over.
    effect(move || {
        let id = building.get();
        if alive.get() && !id.is_empty() && form.chosen.with_untracked(Option::is_none) {
            let address =
                buildings.with_value(|all| all.iter().find(|b| b.id.to_string() == id).map(|b| b.address.clone()));
            if let Some(address) = address {
                search(format!("{address} {}", number.get_untracked()).trim().to_owned(), true);
            }
        }
    });
    let options = Signal::derive(move || {
        let mut all = if typed.with(|text| text.trim().is_empty()) { form.homes.get() } else { found.get() };
        if let Some(chosen) = form.chosen.get()
            && !all.iter().any(|opt| opt.value == chosen.value)
        {
            all.push(chosen);
        }
        all
    });
    let choose = Callback::new(move |value: String| {
        let opt = options.with_untracked(|all| all.iter().find(|opt| opt.value == value).cloned());
        form.choose_place(opt);
        typed.set(String::new());
    });
    let error = form.error(l, &["unit_id", "building_id", "unit_number"]);
    move || {
        if alive.get() {
            view! {
                <Field label=td_string!(l, requests.address) name="place" error=error help=td_string!(l, requests.place_help)>
                    <Combobox name="place" options=options value=form.place placeholder=td_string!(l, requests.place_placeholder)
                        on_query=move |text| typed.set(text) on_change=choose />
                </Field>
                <Entrance form=form />
                <Nearby form=form />
            }
            .into_any()
        } else {
            let homes = form.homes.get_untracked();
            let unit = form.place.get_untracked().strip_prefix("unit:").map(str::to_owned).unwrap_or_default();
            let mut units = homes;
            if let Some(chosen) =
                form.chosen.get_untracked().filter(|c| !unit.is_empty() && !units.iter().any(|u| u.value == c.value))
            {
                units.push(chosen);
            }
            let units: Vec<Opt> = units
                .into_iter()
                .map(|opt| Opt { value: opt.value.trim_start_matches("unit:").to_owned(), ..opt })
                .collect();
            let houses: Vec<Opt> =
                buildings.with_value(|all| all.iter().map(|b| Opt::new(b.id.to_string(), b.address.clone())).collect());
            view! {
                {(!units.is_empty()).then(|| view! {
                    <Field label=td_string!(l, requests.home) name="unit_id">
                        <Select name="unit_id" options=units initial=unit placeholder=td_string!(l, requests.other_address) />
                    </Field>
                })}
                <div class="form-grid">
                    <Field label=td_string!(l, desk.building) name="building_id" error=error>
                        <Select name="building_id" options=houses value=building placeholder=td_string!(l, requests.choose_building) />
                    </Field>
                    <Field label=td_string!(l, requests.unit_number) name="unit_number" help=td_string!(l, requests.unit_number_help)>
                        <Input name="unit_number" value=number autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, property.entrance) name="entrance_number" optional=true help=td_string!(l, requests.entrance_help)
                        error=form.error(l, &["entrance_number", "entrance_id"])>
                        <Input name="entrance_number" value=form.entrance_number autocomplete="off" />
                    </Field>
                </div>
            }
            .into_any()
        }
    }
}

/// Which entrance of the house, when it is about the house and not a flat; nothing where a house has none.
#[component]
fn Entrance(form: Form) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let doors = RwSignal::new(Vec::<Opt>::new());
    let house = Memo::new(move |_| {
        form.place.with(|place| place.strip_prefix("building:").and_then(|id| id.parse::<BuildingId>().ok()))
    });
    effect(move || {
        let Some(id) = house.get() else {
            doors.set(Vec::new());
            return;
        };
        spawn_local(async move {
            let answer = api::property::building(id).await;
            // An answer that was overtaken by another choice is dropped.
            if house.try_get_untracked() == Some(Some(id)) {
                let found = looked_up(toasts, l, answer).map(|house| house.entrances).unwrap_or_default();
                // A number typed before the page came alive is a choice, too.
                let typed = form.entrance_number.get_untracked();
                if let Some(door) = found.iter().find(|door| door.number.to_string() == typed.trim()) {
                    form.entrance.set(door.id.to_string());
                    form.entrance_number.set(String::new());
                }
                // One of another house is none.
                let chosen = form.entrance.get_untracked();
                if !chosen.is_empty() && found.iter().all(|door| door.id.to_string() != chosen) {
                    form.entrance.set(String::new());
                }
                let named = |n: i16| td_string!(l, property.entrance_n, n = n.to_string()).to_string();
                doors.set(found.into_iter().map(|door| Opt::new(door.id.to_string(), named(door.number))).collect());
            }
        });
    });
    move || {
        let all = doors.get();
        (!all.is_empty()).then(|| view! {
            <Field label=td_string!(l, property.entrance) name="entrance_id" optional=true error=form.error(l, &["entrance_id"])>
                <Select name="entrance_id" options=all value=form.entrance placeholder=td_string!(l, plans.whole_house) />
            </Field>
        })
    }
}

/// Open requests at the chosen place: perhaps the call is about one of them.
#[component]
fn Nearby(form: Form) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let found = RwSignal::new(Vec::<SimilarRequest>::new());
    let query = Memo::new(move |_| {
        let place = form.place.get();
        SimilarQuery {
            unit_id: place.strip_prefix("unit:").and_then(|id| id.parse().ok()),
            building_id: place.strip_prefix("building:").and_then(|id| id.parse().ok()),
            category: form.category.with(|word| word.parse().ok()),
            except: None,
        }
    });
    effect(move || {
        let asked = query.get();
        if asked.unit_id.is_none() && asked.building_id.is_none() {
            found.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let answer = api::together::similar(asked).await;
            // Another place may have been chosen meanwhile.
            if query.try_get_untracked() != Some(asked) {
                return;
            }
            found.set(looked_up(toasts, l, answer).unwrap_or_default());
        });
    });
    move || {
        let rows = found.get();
        let all = form.chosen.with(|c| c.as_ref().map(|c| requests_about(&c.label)));
        let same = rows.iter().any(|near| near.same_category);
        (!rows.is_empty()).then(|| view! {
            <Banner tone=if same { Tone::Warning } else { Tone::Info }
                title=if same { td_string!(l, together.similar_title) } else { td_string!(l, requests.nearby) }>
                <div class="grid gap-1 min-w-0 w-full">
                    {rows.into_iter().map(|near| {
                        let text = format!("№{} · {} · {} · {}", near.request.number, i18n::words::status(l, near.request.status),
                            super::related::near_words(l, &near), near.request.description);
                        view! { <a class="link block truncate" target="_blank" href=format!("/desk/requests/{}", near.request.id)>{text}</a> }
                    }).collect_view()}
                    {all.map(|all| view! { <a class="link" target="_blank" href=all>{td_string!(l, requests.same_address)}</a> })}
                </div>
            </Banner>
        })
    }
}
