//! The dialogs of the classifier: a problem, a place.

use super::classifier::Page;
use crate::{
    property::{
        form::{Refusal, Sending, number, typed},
        unit_form::Buttons,
    },
    util::{category_options, kind_options, lang, looked_up, priority_options},
};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure,
    classifier::{AddProblem, Classifier, Names, PlaceFacts, ProblemFacts},
    requests::{Category, Kind, Priority},
    staff::{Skill, StaffRow},
};
use ui::prelude::*;

/// The three names as typed.
#[derive(Clone, Copy)]
struct Typed {
    ru: RwSignal<String>,
    uz: RwSignal<String>,
    en: RwSignal<String>,
}

impl Typed {
    fn new() -> Self {
        Self { ru: RwSignal::new(String::new()), uz: RwSignal::new(String::new()), en: RwSignal::new(String::new()) }
    }

    fn fill(self, names: Option<&Names>) {
        let names = names.cloned().unwrap_or_default();
        self.ru.set(names.ru);
        self.uz.set(names.uz);
        self.en.set(names.en);
    }

    fn read(self) -> Names {
        Names { ru: self.ru.get_untracked(), uz: self.uz.get_untracked(), en: self.en.get_untracked() }.trimmed()
    }
}

#[component]
fn NameFields(names: Typed, sending: Sending) -> impl IntoView {
    let l = lang();
    // A new problem has its names one level deeper than a changed one.
    let error = move |one: &'static str, other: &'static str| {
        let (a, b) = (sending.error(one), sending.error(other));
        Signal::derive(move || a.get().or_else(|| b.get()))
    };
    view! {
        <Field label=td_string!(l, classifier.name_ru) name="name-ru" required=true error=error("names/ru", "facts/names/ru")>
            <Input name="name-ru" value=names.ru maxlength=100 autocomplete="off" autofocus=true />
        </Field>
        <Field label=td_string!(l, classifier.name_uz) name="name-uz" required=true error=error("names/uz", "facts/names/uz")>
            <Input name="name-uz" value=names.uz maxlength=100 autocomplete="off" />
        </Field>
        <Field label=td_string!(l, classifier.name_en) name="name-en" required=true error=error("names/en", "facts/names/en")>
            <Input name="name-en" value=names.en maxlength=100 autocomplete="off" />
        </Field>
    }
}

/// Adds a problem, or changes one. Place and category stay as they were made.
#[component]
pub(super) fn ProblemDialog(all: StoredValue<Classifier>, page: Page) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let names = Typed::new();
    let text = || RwSignal::new(String::new());
    let (place, category, kind, priority) = (text(), text(), text(), text());
    let (hours, skill, assignee) = (text(), text(), text());
    let hidden = RwSignal::new(false);
    let staff = RwSignal::new(Vec::<StaffRow>::new());
    effect(move || {
        if !page.problem_open.get() {
            return;
        }
        sending.failure.set(None);
        let old = page.problem.get_untracked();
        let old = old.as_ref();
        names.fill(old.map(|p| &p.names));
        place.set(old.map_or_else(
            || all.with_value(|all| all.places.first().map(|p| p.key.clone()).unwrap_or_default()),
            |p| p.place.clone(),
        ));
        category.set(old.map_or(Category::Plumbing, |p| p.category).to_string());
        kind.set(old.map_or(Kind::Regular, |p| p.kind).to_string());
        priority.set(old.map_or(Priority::Normal, |p| p.priority).to_string());
        hours.set(old.and_then(|p| p.hours).map(|h| h.to_string()).unwrap_or_default());
        skill.set(old.and_then(|p| p.skill).map(|s| s.to_string()).unwrap_or_default());
        assignee.set(old.and_then(|p| p.assignee.as_ref()).map(|a| a.id.to_string()).unwrap_or_default());
        hidden.set(old.is_some_and(|p| p.hidden));
        spawn_local(async move {
            if let Some(found) = looked_up(toasts, l, api::staff::list().await) {
                let _ = staff.try_set(found);
            }
        });
    });
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        let hours = number(hours, "hours", &mut wrong);
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let facts = ProblemFacts {
            names: names.read(),
            kind: kind.get_untracked().parse().unwrap_or(Kind::Regular),
            priority: priority.get_untracked().parse().unwrap_or(Priority::Normal),
            hours,
            skill: typed(skill).and_then(|s| s.parse().ok()),
            assignee_id: typed(assignee).and_then(|id| id.parse().ok()),
            hidden: hidden.get_untracked(),
        };
        let old = page.problem.get_untracked();
        let (place, category) = (place.get_untracked(), category.get_untracked().parse().unwrap_or(Category::Other));
        let call = async move {
            match old {
                Some(old) => api::classifier::update_problem(old.id, old.version, facts).await,
                None => api::classifier::add_problem(AddProblem { place, category, facts }).await,
            }
        };
        sending.send(call, move |_| {
            page.problem_open.set(false);
            toasts.success(td_string!(l, classifier.saved));
            page.again.run(());
        });
    });
    let is_new = move || page.problem.with(Option::is_none);
    let title = Signal::derive(move || {
        if is_new() { td_string!(l, classifier.add_problem) } else { td_string!(l, classifier.edit_problem) }.to_owned()
    });
    let skills: Vec<Opt> = Skill::ALL.iter().map(|s| Opt::new(s.as_str(), words::skill(l, *s))).collect();
    let skills = StoredValue::new(skills);
    let people = Signal::derive(move || {
        staff.with(|all| all.iter().map(|p| Opt::new(p.id.to_string(), p.name.clone())).collect::<Vec<_>>())
    });
    let places = StoredValue::new(all.with_value(|all| {
        all.places.iter().map(|p| Opt::new(p.key.clone(), p.names.of(i18n::lang(l)))).collect::<Vec<_>>()
    }));
    view! {
        <Dialog open=page.problem_open title=title wide=true>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
                <Refusal of=sending />
                <div class="form-grid">
                    <Field label=td_string!(l, classifier.place) name="problem-place" required=true error=sending.error("place")>
                        <Select name="problem-place" options=places.get_value() value=place disabled=Signal::derive(move || !is_new()) />
                    </Field>
                    <Field label=td_string!(l, classifier.category) name="problem-category" required=true>
                        <Select name="problem-category" options=category_options(l) value=category disabled=Signal::derive(move || !is_new()) />
                    </Field>
                </div>
                <NameFields names=names sending=sending />
                <h3 class="m-0 text-sm text-muted">{td_string!(l, classifier.defaults)}</h3>
                <div class="form-grid">
                    <Field label=td_string!(l, requests.kind) name="problem-kind">
                        <Select name="problem-kind" options=kind_options(l) value=kind />
                    </Field>
                    <Field label=td_string!(l, requests.priority) name="problem-priority">
                        <Select name="problem-priority" options=priority_options(l) value=priority />
                    </Field>
                    <Field label=td_string!(l, classifier.hours) name="problem-hours" help=td_string!(l, classifier.hours_help) error=sending.error("hours")>
                        <Input name="problem-hours" kind="number" inputmode="numeric" min="1" max="2000" value=hours />
                    </Field>
                    <Field label=td_string!(l, classifier.skill) name="problem-skill">
                        <Select name="problem-skill" options=skills.get_value() value=skill placeholder=td_string!(l, classifier.skill_usual) />
                    </Field>
                    <Field label=td_string!(l, classifier.assignee) name="problem-assignee" error=sending.error("assignee_id")>
                        <Combobox name="problem-assignee" options=people value=assignee placeholder=td_string!(l, classifier.assignee_none) />
                    </Field>
                </div>
                <Checkbox name="problem-hidden" label=td_string!(l, classifier.hide) hint=td_string!(l, classifier.hide_help) checked=hidden />
                <Buttons sending=sending open=page.problem_open />
            </form>
        </Dialog>
    }
}

/// Adds a place, or renames and hides one.
#[component]
pub(super) fn PlaceDialog(page: Page) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let names = Typed::new();
    let hidden = RwSignal::new(false);
    effect(move || {
        if page.place_open.get() {
            sending.failure.set(None);
            page.edited_place.with_untracked(|old| {
                names.fill(old.as_ref().map(|p| &p.names));
                hidden.set(old.as_ref().is_some_and(|p| p.hidden));
            });
        }
    });
    let save = Callback::new(move |()| {
        let facts = PlaceFacts { names: names.read(), hidden: hidden.get_untracked() };
        let old = page.edited_place.get_untracked();
        let call = async move {
            match old {
                Some(old) => api::classifier::update_place(old.key, facts).await,
                None => api::classifier::add_place(facts).await,
            }
        };
        sending.send(call, move |_| {
            page.place_open.set(false);
            toasts.success(td_string!(l, classifier.saved));
            page.again.run(());
        });
    });
    let title = Signal::derive(move || {
        if page.edited_place.with(Option::is_none) {
            td_string!(l, classifier.add_place)
        } else {
            td_string!(l, classifier.edit_place)
        }
        .to_owned()
    });
    view! {
        <Dialog open=page.place_open title=title>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
                <Refusal of=sending />
                <NameFields names=names sending=sending />
                <Checkbox name="place-hidden" label=td_string!(l, classifier.hide) hint=td_string!(l, classifier.hide_help) checked=hidden />
                <Buttons sending=sending open=page.place_open />
            </form>
        </Dialog>
    }
}
