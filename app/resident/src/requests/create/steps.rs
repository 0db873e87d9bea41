//! The three screens of the form.

use super::draft::{Draft, building_address};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    classifier::{SuggestProblem, Suggestion},
    property::Home,
    requests::Category,
};
use parts::{PhotoField, Uploads, category_icon, locale};
use ui::prelude::*;

/// Errors of the fields, in words.
#[derive(Clone, Copy, Default)]
pub(super) struct Faults {
    pub what: RwSignal<Option<String>>,
    pub place: RwSignal<Option<String>>,
    pub words: RwSignal<Option<String>>,
}

/// One screen; all of them are visible until the page is alive.
#[component]
pub(super) fn Screen(n: u8, step: Signal<Option<u8>>, title: &'static str, children: Children) -> impl IntoView {
    let l = locale();
    view! {
        <section class="stack gap-3" hidden=move || step.get().is_some_and(|step| step != n)>
            <div>
                <span class="text-sm text-muted">{td_string!(l, resident.create_step, n = n.to_string()).to_string()}</span>
                <h2 class="m-0 text-xl">{title}</h2>
            </div>
            {children()}
        </section>
    }
}

/// A photo, or one of eight tiles.
#[component]
pub(super) fn What(draft: Draft, uploads: Uploads, faults: Faults) -> impl IntoView {
    let l = locale();
    let tiles: Vec<Opt> = Category::ALL
        .iter()
        .map(|&category| Opt::new(category.as_str(), words::category(l, category)).icon(category_icon(category)))
        .collect();
    let kept: Vec<Photo> = draft.files.with_untracked(|ids| {
        let alt = td_string!(l, common.photo_before);
        let photo = |id| Photo {
            src: format!("/files/{id}"),
            thumb: format!("/files/{id}/thumb"),
            alt: alt.to_owned(),
            caption: String::new(),
        };
        ids.iter().map(photo).collect()
    });
    view! {
        <Field label=td_string!(l, resident.what_photo) name="photos" group=true>
            <PhotoField uploads=uploads help=td_string!(l, resident.what_photo_help) />
            {(!kept.is_empty()).then(|| view! { <PhotoStrip photos=kept /> })}
        </Field>
        <Field label=td_string!(l, resident.what_category) name="category" group=true error=faults.what>
            <RadioCards name="category" options=tiles value=draft.category />
        </Field>
    }
}

/// One of my homes, or what I share with the neighbours.
#[component]
pub(super) fn Where(draft: Draft, homes: Vec<Home>, faults: Faults) -> impl IntoView {
    let l = locale();
    let mut buildings: Vec<Opt> = Vec::new();
    for home in &homes {
        let id = home.building_id.to_string();
        if !buildings.iter().any(|known| known.value == id) {
            buildings.push(Opt::new(id, building_address(home)));
        }
    }
    let entrance = homes.first().and_then(|home| home.entrance_id);
    let several = buildings.len() > 1;
    let common = Opt::new("", td_string!(l, resident.where_common)).icon("building");
    let options: Vec<Opt> = homes
        .iter()
        .map(|home| Opt::new(home.unit_id.to_string(), home.address.clone()).icon("home"))
        .chain([if several {
            common
        } else {
            common.hint(buildings.first().map(|b| b.label.clone()).unwrap_or_default())
        }])
        .collect();
    let alive = use_hydrated();
    view! {
        <Field label=td_string!(l, resident.where_title) name="unit_id" group=true error=faults.place class="[&_.choice-grid]:grid-cols-1 [&>legend]:sr-only">
            <RadioCards name="unit_id" options=options value=draft.unit />
        </Field>
        {if several {
            view! {
                <div hidden=move || alive.get() && draft.unit.with(|unit| !unit.is_empty())>
                    <Field label=td_string!(l, resident.where_house) name="building_id">
                        <Select name="building_id" options=buildings value=draft.building />
                    </Field>
                </div>
            }
            .into_any()
        } else {
            view! {
                <input type="hidden" name="building_id" value=move || draft.building.get() />
                <input type="hidden" name="entrance_id" value=entrance.map(|id| id.to_string()).unwrap_or_default() />
            }
            .into_any()
        }}
    }
}

/// Words, where a photo does not say it all.
#[component]
pub(super) fn Words(draft: Draft, faults: Faults) -> impl IntoView {
    let l = locale();
    view! {
        <Field label=td_string!(l, resident.words_label) name="description" help=td_string!(l, resident.words_help) error=faults.words>
            <Textarea
                name="description"
                value=draft.words
                rows=5
                class="min-h-36!"
                maxlength=4000
                placeholder=td_string!(l, resident.words_placeholder)
            />
        </Field>
        <About draft=draft />
    }
}

/// What the words seem to be about: one tap says so, and spares the dispatcher a question.
#[component]
fn About(draft: Draft) -> impl IntoView {
    let l = locale();
    let typed: Signal<String> = use_debounced(draft.words, 700);
    let found = RwSignal::new(Vec::<Suggestion>::new());
    effect(move || {
        let (text, category) = (typed.get(), draft.category.with(|c| c.parse::<Category>().ok()));
        if text.trim().chars().count() < 4 {
            found.set(Vec::new());
            draft.problem.set(String::new());
            return;
        }
        spawn_local(async move {
            let category = category.filter(|c| *c != Category::Other);
            let command = SuggestProblem { text: text.clone(), category };
            let answer = api::classifier::suggest(command).await.unwrap_or_default();
            if typed.try_get_untracked().is_some_and(|now| now == text) {
                // What was tapped for other words is not meant any more.
                let kept = draft.problem.with_untracked(|id| answer.iter().any(|s| s.problem_id.to_string() == *id));
                if !kept {
                    draft.problem.set(String::new());
                }
                let _ = found.try_set(answer);
            }
        });
    });
    move || {
        let all = found.get();
        (!all.is_empty()).then(move || {
            let chips = all.into_iter().map(move |suggestion| {
                let id = StoredValue::new(suggestion.problem_id.to_string());
                let chosen = Signal::derive(move || id.with_value(|id| draft.problem.with(|p| p == id)));
                let name = suggestion.names.of(i18n::lang(l)).to_owned();
                view! {
                    <Chip text=name active=chosen on_click=move |()| {
                        draft.problem.set(if chosen.get_untracked() { String::new() } else { id.get_value() });
                    } />
                }
            });
            view! {
                <Field label=td_string!(l, classifier.is_it_this) name="problem" group=true optional=true>
                    <div class="row">{chips.collect_view()}</div>
                </Field>
            }
        })
    }
}
