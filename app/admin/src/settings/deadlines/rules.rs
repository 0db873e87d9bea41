//! The list of rules as a form: conditions at the left, times at the right, in the order in which they are tried.

use crate::util::{category_options, kind_options, lang, priority_options};
use api::ApiError;
use i18n::{Locale, deadlines as words, failure, td_string};
use leptos::prelude::*;
use model::{
    deadlines::{Counting, Rule, usual_rules},
    property::ComplexRow,
};
use ui::prelude::*;

/// A time as typed, with its unit.
#[derive(Clone, Copy)]
struct Time {
    number: RwSignal<String>,
    unit: RwSignal<String>,
}

impl Time {
    /// Full hours as hours, anything else in minutes.
    fn of(minutes: i32) -> Self {
        let (number, unit) = if minutes % 60 == 0 { (minutes / 60, "60") } else { (minutes, "1") };
        Self { number: RwSignal::new(number.to_string()), unit: RwSignal::new(unit.to_owned()) }
    }

    /// What is no number is out of every range.
    fn read(self) -> i32 {
        let part = |typed: RwSignal<String>| typed.get_untracked().trim().parse::<i32>().unwrap_or(0);
        part(self.number).saturating_mul(part(self.unit))
    }
}

/// One rule as typed; the key keeps its line while others go.
#[derive(Clone, Copy)]
struct Line {
    key: u32,
    kind: RwSignal<String>,
    complex: RwSignal<String>,
    category: RwSignal<String>,
    priority: RwSignal<String>,
    answer: Time,
    solution: Time,
    counting: RwSignal<String>,
}

impl Line {
    fn of(key: u32, rule: &Rule) -> Self {
        let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
        Self {
            key,
            kind: text(rule.kind.map(|v| v.to_string())),
            complex: text(rule.complex_id.map(|v| v.to_string())),
            category: text(rule.category.map(|v| v.to_string())),
            priority: text(rule.priority.map(|v| v.to_string())),
            answer: Time::of(rule.answer_minutes),
            solution: Time::of(rule.solution_minutes),
            counting: RwSignal::new(rule.counting.to_string()),
        }
    }

    fn read(self) -> Rule {
        Rule {
            kind: self.kind.get_untracked().parse().ok(),
            complex_id: self.complex.get_untracked().parse().ok(),
            category: self.category.get_untracked().parse().ok(),
            priority: self.priority.get_untracked().parse().ok(),
            answer_minutes: self.answer.read(),
            solution_minutes: self.solution.read(),
            counting: self.counting.get_untracked().parse().unwrap_or(Counting::Working),
        }
    }
}

/// The rules of a form.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    lines: RwSignal<Vec<Line>>,
    last: StoredValue<u32>,
}

impl Rules {
    pub fn new(rules: &[Rule]) -> Self {
        let all = Self { lines: RwSignal::new(Vec::new()), last: StoredValue::new(0) };
        all.show(rules);
        all
    }

    /// Replaces what is typed.
    pub fn show(self, rules: &[Rule]) {
        self.lines.set(rules.iter().map(|rule| Line::of(self.key(), rule)).collect());
    }

    pub fn read(self) -> Vec<Rule> {
        self.lines.with_untracked(|lines| lines.iter().map(|line| line.read()).collect())
    }

    fn key(self) -> u32 {
        self.last.update_value(|n| *n += 1);
        self.last.get_value()
    }

    /// A line to fill in, above the one for all the rest.
    fn add(self) {
        let Some(rule) = usual_rules().pop() else { return };
        let fresh = Line::of(self.key(), &rule);
        self.lines.update(|lines| lines.insert(0, fresh));
    }
}

/// What was wrong with the rule in a place of the list.
fn wrong(l: Locale, error: &ApiError, place: usize) -> Option<String> {
    let at = format!("/rules/{place}/");
    let field = error.0.fields.iter().find(|f| f.pointer.starts_with(&at))?;
    Some(match field.code.as_str() {
        "taken" => td_string!(l, deadlines.same_twice).to_owned(),
        "out_of_range" => td_string!(l, deadlines.solution_help).to_owned(),
        _ => failure::field(l, field),
    })
}

#[component]
pub(super) fn RuleList(rules: Rules, complexes: Vec<ComplexRow>, error: RwSignal<Option<ApiError>>) -> impl IntoView {
    let l = lang();
    let complexes = StoredValue::new(complexes);
    let missing = move || {
        error.with(|e| e.as_ref().is_some_and(|e| e.0.field("rules").is_some())).then(|| {
            view! { <p class="field-error m-0" role="alert">{td_string!(l, deadlines.need_rest)}</p> }
        })
    };
    view! {
        <div class="grid gap-2">
            <For each=move || rules.lines.get() key=|line| line.key let:line>
                <LineFields line=line complexes=complexes on_remove=move || rules.lines.update(|all| all.retain(|other| other.key != line.key))
                    wrong=Signal::derive(move || {
                        let place = rules.lines.with(|all| all.iter().position(|other| other.key == line.key))?;
                        error.with(|e| wrong(l, e.as_ref()?, place))
                    }) />
            </For>
            {missing}
            <div class="row">
                <Button icon="plus" on_click=move |_| rules.add()>{td_string!(l, deadlines.add_rule)}</Button>
            </div>
        </div>
    }
}

#[component]
fn LineFields(
    line: Line,
    complexes: StoredValue<Vec<ComplexRow>>,
    on_remove: impl Fn() + Send + Sync + 'static,
    wrong: Signal<Option<String>>,
) -> impl IntoView {
    let l = lang();
    let key = line.key;
    let condition =
        move |name: &str, label: &'static str, any: &'static str, options: Vec<Opt>, value: RwSignal<String>| {
            view! {
                <div class="grid gap-1 min-w-0">
                    <span class="text-xs text-muted" aria-hidden="true">{label}</span>
                    <Select name=format!("{name}-{key}") options=options value=value placeholder=any label=label />
                </div>
            }
        };
    let units =
        vec![Opt::new("1", td_string!(l, deadlines.unit_min)), Opt::new("60", td_string!(l, deadlines.unit_hour))];
    let time = move |name: &str, label: &'static str, time: Time| {
        view! {
            <div class="grid gap-1">
                <span class="text-xs text-muted" aria-hidden="true">{label}</span>
                <div class="flex gap-1">
                    <div class="w-18"><Input name=format!("{name}-{key}") kind="number" inputmode="numeric" min="1" step="1" value=time.number label=label /></div>
                    <div class="w-20"><Select name=format!("{name}-unit-{key}") options=units.clone() value=time.unit label=label /></div>
                </div>
            </div>
        }
    };
    let counting: Vec<Opt> = Counting::ALL.iter().map(|c| Opt::new(c.as_str(), words::counting(l, *c))).collect();
    let houses =
        complexes.with_value(|all| all.iter().map(|c| Opt::new(c.id.to_string(), c.name.clone())).collect::<Vec<_>>());
    let (any, any_female) = (td_string!(l, deadlines.any), td_string!(l, deadlines.any_female));
    view! {
        <fieldset class="m-0 min-w-0 rounded-lg border border-line p-3 grid gap-2">
            <legend class="sr-only">{td_string!(l, deadlines.rule)}</legend>
            <div class="flex flex-wrap items-end gap-x-3 gap-y-2">
                <div class="grid grow gap-2 grid-cols-2 lg:grid-cols-4 min-w-0">
                    {condition("kind", td_string!(l, deadlines.kind), any, kind_options(l), line.kind)}
                    {condition("complex", td_string!(l, deadlines.complex), any, houses, line.complex)}
                    {condition("category", td_string!(l, deadlines.category), any_female, category_options(l), line.category)}
                    {condition("priority", td_string!(l, deadlines.priority), any, priority_options(l), line.priority)}
                </div>
                {time("answer", td_string!(l, deadlines.answer), line.answer)}
                {time("solution", td_string!(l, deadlines.solution), line.solution)}
                <div class="grid gap-1">
                    <span class="text-xs text-muted" aria-hidden="true">{td_string!(l, deadlines.counting)}</span>
                    <div class="w-44"><Select name=format!("counting-{key}") options=counting value=line.counting label=td_string!(l, deadlines.counting) /></div>
                </div>
                <IconButton icon="trash-2" label=td_string!(l, deadlines.remove_rule) on_click=move |_| on_remove() />
            </div>
            {move || wrong.get().map(|text| view! { <p class="field-error m-0" role="alert">{text}</p> })}
        </fieldset>
    }
}
