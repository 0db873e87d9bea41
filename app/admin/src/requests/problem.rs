//! The problem of a request: chosen from the classifier, suggested by the words, confirmed when the system chose it.

use super::{draft::Form, page::Open};
use crate::util::{category_icon, lang, looked_up, toast_failure};
use i18n::{Locale, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    ProblemId,
    classifier::{Classifier, ClassifierFilter, Names, ProblemRow, SuggestProblem, Suggestion},
    requests::{Category, UpdateRequest},
};
use ui::prelude::*;

/// `Flat · Tap leaks` in the language of the page.
pub(super) fn full_name(l: Locale, place: &Names, names: &Names) -> String {
    names.within(place).of(i18n::lang(l)).to_owned()
}

/// The classifier, fetched once the page is alive: the form without scripts does without it.
pub(super) fn use_classifier() -> RwSignal<Option<Classifier>> {
    let (l, toasts) = (lang(), use_toasts());
    let all = RwSignal::new(None);
    effect(move || {
        spawn_local(async move {
            if let Some(found) = looked_up(toasts, l, api::classifier::list(ClassifierFilter::default()).await) {
                let _ = all.try_set(Some(found));
            }
        });
    });
    all
}

/// The problems of a category; all of them while none is chosen.
pub(crate) fn problem_options(l: Locale, all: &Classifier, category: Option<Category>) -> Vec<Opt> {
    let lang = i18n::lang(l);
    all.problems
        .iter()
        .filter(|p| category.is_none_or(|c| c == p.category || c == Category::Other))
        .map(|p| {
            let place = all.place(&p.place).map(|place| place.names.of(lang).to_owned()).unwrap_or_default();
            Opt::new(p.id.to_string(), p.names.of(lang)).hint(place).icon(category_icon(p.category))
        })
        .collect()
}

fn find(all: RwSignal<Option<Classifier>>, id: &str) -> Option<ProblemRow> {
    all.with_untracked(|all| all.as_ref()?.problems.iter().find(|p| p.id.to_string() == id).cloned())
}

/// What it is about, in the form of a new request. A problem brings category, kind and priority along.
#[component]
pub(super) fn ProblemField(form: Form) -> impl IntoView {
    let (l, all) = (lang(), use_classifier());
    let options = Signal::derive(move || {
        let category = form.category.with(|text| text.parse::<Category>().ok());
        all.with(|all| all.as_ref().map(|all| problem_options(l, all, category)).unwrap_or_default())
    });
    let taken = Callback::new(move |id: String| {
        if let Some(problem) = find(all, &id) {
            form.category.set(problem.category.to_string());
            form.kind.set(problem.kind.to_string());
            form.priority.set(problem.priority.to_string());
        }
    });
    // Another category chosen by hand: the problem does not belong to it any more.
    effect(move || {
        let category = form.category.get();
        let id = form.problem.get_untracked();
        if find(all, &id).is_some_and(|p| p.category.to_string() != category) {
            form.problem.set(String::new());
        }
    });
    view! {
        <Field label=td_string!(l, classifier.problem) name="problem_id" optional=true error=form.error(l, &["problem_id"])
            help=td_string!(l, classifier.optional_help)>
            <Combobox name="problem_id" options=options value=form.problem placeholder=td_string!(l, classifier.choose) on_change=taken />
        </Field>
    }
}

/// What the description seems to be about, with the words that say so. Never set without a press.
#[component]
pub(super) fn Suggested(form: Form) -> impl IntoView {
    let l = lang();
    let typed: Signal<String> = use_debounced(form.description, 600);
    let found = RwSignal::new(None::<Suggestion>);
    effect(move || {
        let text = typed.get();
        if text.trim().chars().count() < 4 {
            found.set(None);
            return;
        }
        spawn_local(async move {
            let command = SuggestProblem { text: text.clone(), category: None };
            let answer = api::classifier::suggest(command).await.unwrap_or_default();
            // An answer that was overtaken by typing is dropped.
            if typed.try_get_untracked().is_some_and(|now| now == text) {
                let _ = found.try_set(answer.into_iter().next());
            }
        });
    });
    let take = move |suggestion: Suggestion| {
        form.category.set(suggestion.category.to_string());
        form.problem.set(suggestion.problem_id.to_string());
        form.kind.set(suggestion.kind.to_string());
        form.priority.set(suggestion.priority.to_string());
    };
    move || {
        let suggestion = found.get().filter(|s| s.problem_id.to_string() != form.problem.get())?;
        let name = full_name(l, &suggestion.place, &suggestion.names);
        let why = td_string!(l, classifier.because, words = suggestion.words.join(", ")).to_string();
        let chosen = StoredValue::new(suggestion);
        Some(view! {
            <Banner tone=Tone::Info icon="sparkles">
                <span class="grow min-w-0">
                    <span class="text-muted">{td_string!(l, classifier.suggested)} ": "</span>
                    <span class="font-semibold">{name}</span>
                    <span class="block text-sm text-muted">{why}</span>
                </span>
                <Button size=ButtonSize::Small icon="check" on_click=move |_| take(chosen.get_value())>{td_string!(l, classifier.take)}</Button>
            </Banner>
        })
    }
}

/// The problem on the page of a request; what the words alone decided can be confirmed in one press.
#[component]
pub(super) fn ProblemFact(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let problem = open.part(|card| card.problem.clone());
    let may_edit = open.part(|card| card.may_edit);
    let busy = RwSignal::new(false);
    let confirm = move |id: ProblemId| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let version = open.card.with_untracked(|card| card.version);
        spawn_local(async move {
            let command = UpdateRequest { problem_id: Some(Some(id)), ..UpdateRequest::default() };
            match api::requests::update(open.id, version, command).await {
                Ok(card) => {
                    open.take(card);
                    toasts.success(td_string!(l, classifier.confirmed));
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <Fact label=td_string!(l, classifier.problem)>
            {move || match problem.get() {
                None => view! { <span class="text-muted">{td_string!(l, classifier.none)}</span> }.into_any(),
                Some(problem) => {
                    let id = problem.id;
                    view! {
                        {full_name(l, &problem.place, &problem.names)}
                        {problem.auto.then(|| view! {
                            <div class="row gap-2 mt-1">
                                <Pill text=td_string!(l, classifier.auto) tone=Tone::Warning icon="sparkles" />
                                {move || may_edit.get().then(|| view! {
                                    <Button size=ButtonSize::Small icon="check" loading=busy on_click=move |_| confirm(id)>{td_string!(l, classifier.confirm)}</Button>
                                })}
                            </div>
                        })}
                    }
                    .into_any()
                }
            }}
        </Fact>
    }
}
