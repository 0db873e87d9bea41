//! `/desk/settings/assignment`: what is done with a new request, by which rules, and how that compares with the past.

use super::{ConflictNote, Frame, loaded};
use crate::{
    property::{
        form::{Refusal, Sending, typed},
        unit_form::Buttons,
    },
    util::{category_options, lang, looked_up, toast_failure},
};
use api::session::use_now;
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    assignment::{AddRule, AssignmentRule, AssignmentSettings, Mode, Modes, Replay},
    classifier::ClassifierFilter,
    staff::Skill,
};
use ui::prelude::*;

#[component]
pub fn AssignmentPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::assignment::settings());
    view! {
        <Frame path="/desk/settings/assignment">
            {loaded(found, |saved| {
                let saved = RwSignal::new(saved);
                view! {
                    <div class="stack">
                        <ModesForm saved=saved />
                        <Rules saved=saved />
                        <Past />
                    </div>
                }
            })}
        </Frame>
    }
    .into_any()
}

#[component]
fn ModesForm(saved: RwSignal<AssignmentSettings>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let modes = saved.with_untracked(|s| s.modes);
    let [emergency, regular, paid, warranty] =
        [modes.emergency, modes.regular, modes.paid, modes.warranty].map(|mode| RwSignal::new(mode.to_string()));
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let read = |signal: RwSignal<String>| signal.get_untracked().parse().unwrap_or(Mode::Suggest);
        let command =
            Modes { emergency: read(emergency), regular: read(regular), paid: read(paid), warranty: read(warranty) };
        busy.set(true);
        spawn_local(async move {
            match api::assignment::save_modes(saved.with_untracked(|s| s.version), command).await {
                Ok(fresh) => {
                    saved.set(fresh);
                    conflict.set(false);
                    toasts.success(td_string!(l, assignment.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::assignment::settings().await {
                        saved.set(fresh);
                    }
                    conflict.set(true);
                }
                Err(refused) => toast_failure(toasts, l, &refused),
            }
            busy.set(false);
        });
    };
    let options: Vec<Opt> = Mode::ALL.iter().map(|mode| Opt::new(mode.as_str(), words::mode(l, *mode))).collect();
    let options = StoredValue::new(options);
    let line = move |label: &'static str, name: &'static str, value: RwSignal<String>| {
        view! { <Field label=label name=name><Select name=name options=options.get_value() value=value /></Field> }
    };
    view! {
        <Card class="max-w-3xl" title=td_string!(l, assignment.modes)>
            <form class="stack" on:submit=submit>
                <p class="text-muted m-0">{td_string!(l, assignment.lead)}</p>
                <ConflictNote shown=conflict />
                {move || (!saved.with(|s| s.has_shifts)).then(|| view! {
                    <Banner tone=Tone::Warning text=td_string!(l, assignment.no_shifts)>
                        <Button size=ButtonSize::Small icon="calendar-clock" href="/desk/shifts">{td_string!(l, assignment.to_shifts)}</Button>
                    </Banner>
                })}
                <div class="grid gap-4 sm:grid-cols-2">
                    {line(td_string!(l, assignment.kind_emergency), "mode-emergency", emergency)}
                    {line(td_string!(l, assignment.kind_regular), "mode-regular", regular)}
                    {line(td_string!(l, assignment.kind_paid), "mode-paid", paid)}
                    {line(td_string!(l, assignment.kind_warranty), "mode-warranty", warranty)}
                </div>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}

/// A rule as a sentence: what, where, to whom.
fn parts(l: Locale, rule: &AssignmentRule) -> [String; 3] {
    let tongue = i18n::lang(l);
    let what = match (&rule.problem, rule.category) {
        (Some(problem), _) => problem.names.of(tongue).to_owned(),
        (None, Some(category)) => words::category(l, category).to_owned(),
        (None, None) => td_string!(l, assignment.any_request).to_owned(),
    };
    let place = rule.building.as_ref().or(rule.complex.as_ref());
    let place = place.map_or_else(|| td_string!(l, assignment.anywhere).to_owned(), |place| place.name.clone());
    let whom = match (&rule.user, rule.skill) {
        (Some(user), _) => user.name.clone(),
        (None, Some(skill)) => words::skill(l, skill).to_owned(),
        (None, None) => String::new(),
    };
    [what, place, whom]
}

#[component]
fn Rules(saved: RwSignal<AssignmentSettings>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = RwSignal::new(false);
    let remove = move |id| {
        spawn_local(async move {
            match api::assignment::remove_rule(id).await {
                Ok(fresh) => {
                    saved.set(fresh);
                    toasts.success(td_string!(l, assignment.saved));
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    };
    let columns = vec![
        Column::new("what", td_string!(l, assignment.what), move |r: &AssignmentRule| parts(l, r)[0].clone()),
        Column::new("where", td_string!(l, assignment.place), move |r: &AssignmentRule| parts(l, r)[1].clone()),
        Column::new("whom", td_string!(l, assignment.whom), move |r: &AssignmentRule| parts(l, r)[2].clone()),
        Column::new("act", "", move |r: &AssignmentRule| {
            let id = r.id;
            view! {
                <span class="flex justify-end">
                    <IconButton icon="trash-2" size=ButtonSize::Small label=td_string!(l, assignment.remove_rule) on_click=move |_| remove(id) />
                </span>
            }
        }),
    ];
    let rows = Signal::derive(move || Some(saved.with(|s| s.rules.clone())));
    view! {
        <Card title=td_string!(l, assignment.rules) actions=move || view! {
            <Button size=ButtonSize::Small icon="plus" on_click=move |_| open.set(true)>{td_string!(l, assignment.add_rule)}</Button>
        }>
            <div class="stack">
                <p class="text-muted m-0">{td_string!(l, assignment.rules_lead)}</p>
                <DataTable columns=columns rows=rows key=|r: &AssignmentRule| r.id.to_string() caption=td_string!(l, assignment.rules)
                    empty=move || view! { <EmptyState text=td_string!(l, assignment.no_rules) icon="user-check" /> } />
            </div>
        </Card>
        <RuleDialog saved=saved open=open />
    }
}

#[component]
fn RuleDialog(saved: RwSignal<AssignmentSettings>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let text = || RwSignal::new(String::new());
    let (category, problem, building, complex, person, skill) = (text(), text(), text(), text(), text(), text());
    let list = || RwSignal::new(Vec::<Opt>::new());
    let (problems, buildings, complexes, people) = (list(), list(), list(), list());
    effect(move || {
        if !open.get() {
            return;
        }
        sending.failure.set(None);
        for signal in [category, problem, building, complex, person, skill] {
            signal.set(String::new());
        }
        spawn_local(async move {
            if let Some(all) = looked_up(toasts, l, api::classifier::list(ClassifierFilter::default()).await) {
                let _ = problems.try_set(crate::requests::problem_options(l, &all, None));
            }
            if let Some(all) = looked_up(toasts, l, api::property::choices(String::new(), None).await) {
                let _ = buildings.try_set(all.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
            }
            if let Some(all) = looked_up(toasts, l, api::property::complexes().await) {
                let _ = complexes.try_set(all.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect());
            }
            if let Some(all) = looked_up(toasts, l, api::staff::list().await) {
                let _ = people.try_set(all.into_iter().map(|p| Opt::new(p.id.to_string(), p.name)).collect());
            }
        });
    });
    // The houses of a large company do not fit into one list: they are searched.
    let asked = StoredValue::new(String::new());
    let search = Callback::new(move |query: String| {
        asked.set_value(query.clone());
        spawn_local(async move {
            let answer = api::property::choices(query.clone(), None).await;
            if asked.try_with_value(|asked| *asked == query) == Some(true)
                && let Some(all) = looked_up(toasts, l, answer)
            {
                let _ = buildings.try_set(all.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect());
            }
        });
    });
    let save = Callback::new(move |()| {
        let command = AddRule {
            problem_id: typed(problem).and_then(|id| id.parse().ok()),
            category: typed(category).and_then(|c| c.parse().ok()),
            building_id: typed(building).and_then(|id| id.parse().ok()),
            complex_id: typed(complex).and_then(|id| id.parse().ok()),
            user_id: typed(person).and_then(|id| id.parse().ok()),
            skill: typed(skill).and_then(|s| s.parse().ok()),
        };
        sending.send(api::assignment::add_rule(command), move |fresh| {
            saved.set(fresh);
            open.set(false);
            toasts.success(td_string!(l, assignment.saved));
        });
    });
    let skills: Vec<Opt> = Skill::ALL.iter().map(|s| Opt::new(s.as_str(), words::skill(l, *s))).collect();
    let skills = StoredValue::new(skills);
    view! {
        <Dialog open=open title=td_string!(l, assignment.add_rule) wide=true>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
                <Refusal of=sending />
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, assignment.by_category) name="rule-category" error=sending.error("category")>
                        <Select name="rule-category" options=category_options(l) value=category placeholder=td_string!(l, assignment.any_request) />
                    </Field>
                    <Field label=td_string!(l, assignment.by_problem) name="rule-problem" error=sending.error("problem_id")>
                        <Combobox name="rule-problem" options=problems value=problem placeholder=td_string!(l, classifier.choose) />
                    </Field>
                    <Field label=td_string!(l, assignment.building) name="rule-building" error=sending.error("building_id")>
                        <Combobox name="rule-building" options=buildings value=building on_query=search placeholder=td_string!(l, assignment.anywhere) />
                    </Field>
                    <Field label=td_string!(l, assignment.complex) name="rule-complex" error=sending.error("complex_id")>
                        <Select name="rule-complex" options=complexes value=complex placeholder=td_string!(l, assignment.anywhere) />
                    </Field>
                    <Field label=td_string!(l, assignment.person) name="rule-person" error=sending.error("user_id")>
                        <Combobox name="rule-person" options=people value=person placeholder=td_string!(l, classifier.assignee_none) />
                    </Field>
                    <Field label=td_string!(l, assignment.or_skill) name="rule-skill" error=sending.error("skill")>
                        <Select name="rule-skill" options=skills.get_value() value=skill placeholder=td_string!(l, classifier.assignee_none) />
                    </Field>
                </div>
                <Buttons sending=sending open=open />
            </form>
        </Dialog>
    }
}

/// What the system would have done, beside what people did.
#[component]
fn Past() -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let found = RwSignal::new(None::<Replay>);
    let busy = RwSignal::new(false);
    let run = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::assignment::replay().await {
                Ok(replay) => {
                    let _ = found.try_set(Some(replay));
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    let share = |n: i32, of: i32| if of == 0 { String::new() } else { format!("{} %", n * 100 / of) };
    view! {
        <Card title=td_string!(l, assignment.replay) actions=move || view! {
            <Button size=ButtonSize::Small icon="history" loading=busy on_click=run>{td_string!(l, assignment.replay_run)}</Button>
        }>
            <div class="stack">
                <p class="text-muted m-0">{td_string!(l, assignment.replay_lead)}</p>
                {move || found.get().map(|replay| {
                    let Replay { assigned, found, same, same_skill, median_wait, waited_hour, differences } = replay;
                    view! {
                        <StatGrid>
                            <Stat label=td_string!(l, assignment.replay_assigned) value=assigned.to_string() />
                            <Stat label=td_string!(l, assignment.replay_found) value=found.to_string() note=share(found, assigned) />
                            <Stat label=td_string!(l, assignment.replay_same) value=same.to_string() note=share(same, found) />
                            <Stat label=td_string!(l, assignment.replay_skill) value=same_skill.to_string() note=share(same_skill, found) />
                            <Stat label=td_string!(l, assignment.replay_wait) value=median_wait.to_string() />
                            <Stat label=td_string!(l, assignment.replay_hour) value=waited_hour.to_string() note=share(waited_hour, assigned) />
                        </StatGrid>
                        {(!differences.is_empty()).then(|| view! {
                            <h3 class="m-0 text-sm">{td_string!(l, assignment.replay_differences)}</h3>
                            <ul class="m-0 p-0 list-none divide-y divide-base-300">
                                {differences.into_iter().map(|d| view! {
                                    <li class="grid gap-1 py-2 sm:grid-cols-[1fr_1fr_1fr]">
                                        <span>
                                            <a class="link num" href=format!("/desk/requests/{}", d.id)>{format!("№{}", d.number)}</a>
                                            " " {words::category(l, d.category)}
                                            <span class="block text-xs text-muted">{d.address} " · " {move || when::moment(l, d.created_at, now.get())}</span>
                                        </span>
                                        <span><span class="text-muted">{td_string!(l, assignment.replay_people)} ": "</span>{d.people}</span>
                                        <span>
                                            <span class="text-muted">{td_string!(l, assignment.replay_system)} ": "</span>{d.system.name.clone()}
                                            <span class="block text-xs text-muted">{words::why(l, &d.system)}</span>
                                        </span>
                                    </li>
                                }).collect_view()}
                            </ul>
                        })}
                    }
                })}
            </div>
        </Card>
    }
}
