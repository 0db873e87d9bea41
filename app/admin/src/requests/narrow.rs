//! The place, the problem and the person in the window of filters: choices that are fetched when it opens.

use crate::util::lang;
use api::{
    narrow::{self, Choice, Chosen, Narrow},
    session::use_me,
};
use i18n::{Locale, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{BuildingId, ContactId, Permission, requests::Category};
use ui::prelude::*;

/// Fetches choices and hands them over. Those that do not come leave the filter as it is: the list itself says what is wrong.
fn fetch(l: Locale, of: Narrow, take: impl FnOnce(Vec<Choice>) + 'static) {
    spawn_local(async move {
        if let Ok(found) = narrow::choices(i18n::lang(l), of).await {
            take(found);
        }
    });
}

fn opt(choice: Choice) -> Opt {
    Opt::new(choice.id, choice.name).hint(choice.hint)
}

/// Complex, house and, once there is a house, its entrance.
#[component]
pub(super) fn Places(
    open: RwSignal<bool>,
    complex: RwSignal<String>,
    building: RwSignal<String>,
    entrance: RwSignal<String>,
) -> impl IntoView {
    let l = lang();
    let (complexes, houses) = (RwSignal::new(Vec::<Opt>::new()), RwSignal::new(Vec::<Opt>::new()));
    let doors = RwSignal::new(Vec::<Opt>::new());
    effect(move || {
        if open.get() && complexes.with_untracked(Vec::is_empty) {
            fetch(l, Narrow::Complex, move |found| {
                let _ = complexes.try_set(found.into_iter().map(opt).collect());
            });
        }
    });
    let typed = RwSignal::new(String::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    effect(move || {
        let (shown, text, chosen) = (open.get(), settled.get(), building.get());
        if shown {
            spawn_local(async move {
                if let Ok(rows) = api::property::choices(text, chosen.parse().ok()).await {
                    let all = rows.into_iter().map(|row| Opt::new(row.id.to_string(), row.address)).collect();
                    let _ = houses.try_set(all);
                }
            });
        }
    });
    let house = Memo::new(move |_| building.with(|id| id.parse::<BuildingId>().ok()));
    effect(move || {
        let (shown, id) = (open.get(), house.get());
        let Some(id) = id.filter(|_| shown) else {
            doors.set(Vec::new());
            return;
        };
        fetch(l, Narrow::Entrance(id), move |found| {
            // An answer that was overtaken by another choice is dropped.
            if house.try_get_untracked() == Some(Some(id)) {
                let named = |n: String| td_string!(l, property.entrance_n, n = n).to_string();
                doors.set(found.into_iter().map(|door| Opt::new(door.id, named(door.name))).collect());
            }
        });
    });
    let moved = Callback::new(move |_: String| entrance.set(String::new()));
    view! {
        <Field label=td_string!(l, together.filter_complex) name="filter-complex">
            <Select name="filter-complex" options=complexes value=complex placeholder=td_string!(l, together.filter_any) />
        </Field>
        <Field label=td_string!(l, desk.building) name="filter-building">
            <Combobox name="filter-building" options=houses value=building placeholder=td_string!(l, desk.any_building)
                on_query=move |text: String| typed.set(text) on_change=moved />
        </Field>
        {move || {
            let all = doors.get();
            (!all.is_empty()).then(|| view! {
                <Field label=td_string!(l, property.entrance) name="filter-entrance">
                    <Select name="filter-entrance" options=all value=entrance placeholder=td_string!(l, together.filter_any) />
                </Field>
            })
        }}
    }
}

/// A problem of the classifier, of the chosen category first of all.
#[component]
pub(super) fn Problems(open: RwSignal<bool>, category: RwSignal<String>, problem: RwSignal<String>) -> impl IntoView {
    let l = lang();
    let options = RwSignal::new(Vec::<Opt>::new());
    let wanted = Memo::new(move |_| category.with(|text| text.parse::<Category>().ok()));
    effect(move || {
        let (shown, of) = (open.get(), wanted.get());
        if shown {
            fetch(l, Narrow::Problem(of), move |found| {
                if wanted.try_get_untracked() == Some(of) {
                    options.set(found.into_iter().map(opt).collect());
                }
            });
        }
    });
    view! {
        <Field label=td_string!(l, classifier.problem) name="filter-problem">
            <Combobox name="filter-problem" options=options value=problem placeholder=td_string!(l, together.filter_any) />
        </Field>
    }
}

/// Who the request is from, for those who may look people up.
#[component]
pub(super) fn Person(open: RwSignal<bool>, contact: RwSignal<String>) -> impl IntoView {
    let l = lang();
    let may = use_me().can(Permission::ResidentsRead);
    let typed = RwSignal::new(String::new());
    let settled: Signal<String> = use_debounced(typed, 250);
    let found = RwSignal::new(Vec::<Opt>::new());
    let chosen = RwSignal::new(None::<Opt>);
    // The address knows the id alone.
    effect(move || {
        let (shown, id) = (open.get(), contact.get());
        let known = chosen.with_untracked(|opt| opt.as_ref().is_some_and(|opt| opt.value == id));
        let Some(id) = id.parse::<ContactId>().ok().filter(|_| shown && may && !known) else { return };
        spawn_local(async move {
            let asked = Chosen { contact: Some(id), ..Chosen::default() };
            let named = narrow::names(i18n::lang(l), asked).await.ok().and_then(|named| named.contact);
            if let Some(name) = named {
                let _ = chosen.try_set(Some(Opt::new(id.to_string(), name)));
            }
        });
    });
    effect(move || {
        let text = settled.get();
        if !may || text.trim().chars().count() < 3 {
            found.set(Vec::new());
            return;
        }
        fetch(l, Narrow::Contact(text.clone()), move |answer| {
            if settled.try_get_untracked().as_ref() == Some(&text) {
                found.set(answer.into_iter().map(opt).collect());
            }
        });
    });
    let options = Signal::derive(move || {
        let mut all = found.get();
        if let Some(chosen) = chosen.get().filter(|chosen| all.iter().all(|opt| opt.value != chosen.value)) {
            all.push(chosen);
        }
        all
    });
    let take = Callback::new(move |value: String| {
        let opt = options.with_untracked(|all| all.iter().find(|opt| opt.value == value).cloned());
        chosen.set(opt);
    });
    may.then(|| {
        view! {
            <Field label=td_string!(l, requests.caller) name="filter-contact">
                <Combobox name="filter-contact" options=options value=contact placeholder=td_string!(l, requests.caller_find)
                    on_query=move |text: String| typed.set(text) on_change=take />
            </Field>
        }
    })
}
