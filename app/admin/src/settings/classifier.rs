//! `/desk/settings/classifier`: what requests are about, in the company's order; its own problems beside the shipped.

use super::{
    Frame,
    classifier_edit::{PlaceDialog, ProblemDialog},
};
use crate::util::{Failed, category_icon, category_options, lang, toast_failure};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    classifier::{Classifier, ClassifierFilter, OrderProblems, PlaceRow, ProblemRow},
    requests::{Kind, Priority},
};
use ui::prelude::*;

#[component]
pub fn ClassifierPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::classifier::list(ClassifierFilter { all: true }));
    let page = Page {
        again: Callback::new(move |()| found.refetch()),
        text: RwSignal::new(String::new()),
        place: RwSignal::new(String::new()),
        category: RwSignal::new(String::new()),
        hidden: RwSignal::new(false),
        problem: RwSignal::new(None),
        problem_open: RwSignal::new(false),
        edited_place: RwSignal::new(None),
        place_open: RwSignal::new(false),
    };
    view! {
        <Frame path="/desk/settings/classifier">
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok(all) => view! { <List all=StoredValue::new(all) page=page /> }.into_any(),
                    Err(error) => view! {
                        <Card><Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /></Card>
                    }
                    .into_any(),
                })}
            </Transition>
        </Frame>
    }
    .into_any()
}

/// What the list is narrowed to and what is being edited; stays while the list is fetched again.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub again: Callback<()>,
    text: RwSignal<String>,
    place: RwSignal<String>,
    category: RwSignal<String>,
    hidden: RwSignal<bool>,
    pub problem: RwSignal<Option<ProblemRow>>,
    pub problem_open: RwSignal<bool>,
    pub edited_place: RwSignal<Option<PlaceRow>>,
    pub place_open: RwSignal<bool>,
}

impl Page {
    fn edit(self, problem: Option<ProblemRow>) {
        self.problem.set(problem);
        self.problem_open.set(true);
    }

    fn edit_place(self, place: Option<PlaceRow>) {
        self.edited_place.set(place);
        self.place_open.set(true);
    }

    /// The problems of a place that are shown.
    fn shown(self, all: &Classifier, place: &PlaceRow) -> Vec<ProblemRow> {
        let (text, chosen, category) = (self.text.get().to_lowercase(), self.place.get(), self.category.get());
        let hidden = self.hidden.get();
        let wanted = |p: &ProblemRow| {
            let names = format!("{} {} {}", p.names.ru, p.names.uz, p.names.en).to_lowercase();
            p.place == place.key
                && (hidden || !p.hidden)
                && (category.is_empty() || p.category.as_str() == category)
                && text.split_whitespace().all(|word| names.contains(word))
        };
        if (!chosen.is_empty() && chosen != place.key) || (place.hidden && !hidden) {
            return Vec::new();
        }
        all.problems.iter().filter(|p| wanted(p)).cloned().collect()
    }
}

#[component]
fn List(all: StoredValue<Classifier>, page: Page) -> impl IntoView {
    let l = lang();
    let tongue = i18n::lang(l);
    let places = all
        .with_value(|all| all.places.iter().map(|p| Opt::new(p.key.clone(), p.names.of(tongue))).collect::<Vec<_>>());
    let empty = move || {
        all.with_value(|all| all.places.iter().all(|place| page.shown(all, place).is_empty()))
            .then(|| view! { <Card><EmptyState text=td_string!(l, classifier.empty) icon="search" /></Card> })
    };
    view! {
        <div class="stack">
            <p class="text-muted m-0 max-w-3xl">{td_string!(l, classifier.lead)}</p>
            <div class="row items-center">
                <div class="grow min-w-48"><Input name="classifier-search" icon="search" value=page.text autocomplete="off"
                    placeholder=td_string!(l, classifier.search) label=td_string!(l, classifier.search) /></div>
                <Select name="classifier-place" options=places value=page.place placeholder=td_string!(l, classifier.all_places)
                    label=td_string!(l, classifier.place) class="w-auto" />
                <Select name="classifier-category" options=category_options(l) value=page.category
                    placeholder=td_string!(l, classifier.all_categories) label=td_string!(l, classifier.category) class="w-auto" />
                <Checkbox name="classifier-hidden" label=td_string!(l, classifier.show_hidden) checked=page.hidden />
                <Button icon="plus" on_click=move |_| page.edit_place(None)>{td_string!(l, classifier.add_place)}</Button>
                <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| page.edit(None)>{td_string!(l, classifier.add_problem)}</Button>
            </div>
            {empty}
            {all.with_value(|known| known.places.iter().cloned().map(|place| view! { <Place place=place all=all page=page /> }).collect_view())}
        </div>
        <ProblemDialog all=all page=page />
        <PlaceDialog page=page />
    }
}

/// One place with its problems.
#[component]
fn Place(place: PlaceRow, all: StoredValue<Classifier>, page: Page) -> impl IntoView {
    let l = lang();
    let (title, kept) = (place.names.of(i18n::lang(l)).to_owned(), StoredValue::new(place));
    let rows = Memo::new(move |_| kept.with_value(|place| all.with_value(|all| page.shown(all, place))));
    // An empty place of the company's own is shown: it was just added.
    let visible = move || {
        let own = kept.with_value(|p| !p.common && (!p.hidden || page.hidden.get()));
        !rows.with(Vec::is_empty) || (own && page.text.with(String::is_empty))
    };
    move || {
        visible().then(|| {
            let title = title.clone();
            let hidden = kept.with_value(|p| p.hidden);
            view! {
                <Card title=title flush=true actions=move || view! {
                    {hidden.then(|| view! { <Pill text=td_string!(l, classifier.hidden) tone=Tone::Neutral icon="eye-off" /> })}
                    <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, classifier.edit_place)
                        on_click=move |_| page.edit_place(Some(kept.get_value())) />
                }>
                    <ul class="m-0 p-0 list-none divide-y divide-base-300">
                        {move || rows.get().into_iter().map(|problem| view! { <Problem problem=problem rows=rows page=page /> }).collect_view()}
                    </ul>
                </Card>
            }
        })
    }
}

#[component]
fn Problem(problem: ProblemRow, rows: Memo<Vec<ProblemRow>>, page: Page) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let id = problem.id;
    let name = problem.names.of(i18n::lang(l)).to_owned();
    let mut brings = vec![words::category(l, problem.category).to_owned()];
    brings.extend((problem.kind != Kind::Regular).then(|| words::kind(l, problem.kind).to_owned()));
    brings.extend((problem.priority != Priority::Normal).then(|| words::priority(l, problem.priority).to_owned()));
    brings.extend(problem.hours.map(|hours| format!("{}: {hours}", td_string!(l, classifier.hours))));
    brings.extend(problem.skill.map(|skill| words::skill(l, skill).to_owned()));
    brings.extend(problem.assignee.as_ref().map(|person| person.name.clone()));
    let emergency = problem.kind == Kind::Emergency;
    let (hidden, own) = (problem.hidden, !problem.common);
    let icon = category_icon(problem.category);
    let kept = StoredValue::new(problem);
    // One step up or down among those that are shown.
    let step = move |by: isize| {
        let mut ids: Vec<_> = rows.with_untracked(|rows| rows.iter().map(|p| p.id).collect());
        let Some(at) = ids.iter().position(|other| *other == id) else { return };
        let Some(to) = at.checked_add_signed(by).filter(|to| *to < ids.len()) else { return };
        ids.swap(at, to);
        spawn_local(async move {
            match api::classifier::order(OrderProblems { ids }).await {
                Ok(()) => {
                    let _ = page.again.try_run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    view! {
        <li class="flex items-center gap-3 px-4 py-2">
            <Icon name=icon class="text-muted" />
            <span class="grow min-w-0">
                <span class=if hidden { "text-muted" } else { "" }>{name}</span>
                <span class="block text-xs text-muted">{brings.join(" · ")}</span>
            </span>
            {emergency.then(|| view! { <Pill text=words::kind(l, Kind::Emergency) tone=Tone::Danger icon="siren" plain=true /> })}
            {own.then(|| view! { <Pill text=td_string!(l, classifier.own) tone=Tone::Brand icon="tag" plain=true /> })}
            {hidden.then(|| view! { <Pill text=td_string!(l, classifier.hidden) tone=Tone::Neutral icon="eye-off" plain=true /> })}
            <span class="flex gap-1">
                <IconButton icon="arrow-up" size=ButtonSize::Small label=td_string!(l, classifier.up) on_click=move |_| step(-1) class="max-sm:hidden" />
                <IconButton icon="arrow-down" size=ButtonSize::Small label=td_string!(l, classifier.down) on_click=move |_| step(1) class="max-sm:hidden" />
                <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, common.edit) on_click=move |_| page.edit(Some(kept.get_value())) />
            </span>
        </li>
    }
}
