//! The form of a plan. The next dates are worked out while one types, by the same rule that makes the requests.

use super::{Spot, SpotPicker};
use crate::{
    property::form::{Refusal, Sending},
    util::{category_options, lang, tell_failure},
};
use api::session::use_now;
use chrono::NaiveDate;
use i18n::{td_string, when, words, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    plans::{PlanCard, PlanFacts, Recurrence, Rhythm, Season},
    requests::Category,
    staff::Skill,
};
use ui::prelude::*;

/// Dates shown ahead.
const AHEAD: usize = 6;

/// `/desk/plans/new`.
#[component]
pub fn NewPlanPage() -> impl IntoView {
    let l = lang();
    let navigate = use_navigate();
    let saved = Callback::new(move |card: PlanCard| {
        navigate(&format!("/desk/plans/{}", card.id), NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    view! {
        <Title text=td_string!(l, plans.new_plan) />
        <PageHeader title=td_string!(l, plans.new_plan) back="/desk/plans" />
        <div class="max-w-3xl"><PlanForm saved=saved /></div>
    }
    .into_any()
}

/// What is typed.
#[derive(Clone, Copy)]
struct Draft {
    title: RwSignal<String>,
    description: RwSignal<String>,
    category: RwSignal<String>,
    unit: RwSignal<String>,
    every: RwSignal<String>,
    weekday: RwSignal<String>,
    day: RwSignal<String>,
    seasonal: RwSignal<bool>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    starts_on: RwSignal<String>,
    lead: RwSignal<String>,
    /// `skill:plumber`, an id, or nothing.
    who: RwSignal<String>,
    checklist: RwSignal<String>,
    places: RwSignal<Vec<Spot>>,
}

impl Draft {
    fn new(known: Option<&PlanCard>, today: NaiveDate) -> Self {
        let facts = known.map(|card| &card.facts);
        let text = |value: String| RwSignal::new(value);
        let (unit, every, weekday, day) = match facts.map(|f| f.rhythm) {
            Some(Rhythm::Week { every, weekday }) => ("week", every, weekday, 1),
            Some(Rhythm::Month { every, day }) => ("month", every, 1, day),
            None => ("month", 1, 1, 1),
        };
        let season = facts.and_then(|f| f.season);
        let who = facts.and_then(|f| {
            f.assignee_id.map(|id| id.to_string()).or_else(|| f.skill.map(|skill| format!("skill:{skill}")))
        });
        let places = known.map(|card| {
            let named = card.facts.places.iter().zip(&card.addresses);
            named.map(|(place, name)| Spot { place: *place, name: name.clone() }).collect()
        });
        Self {
            title: text(facts.map(|f| f.title.clone()).unwrap_or_default()),
            description: text(facts.map(|f| f.description.clone()).unwrap_or_default()),
            category: text(facts.map_or(Category::Other, |f| f.category).to_string()),
            unit: text(unit.to_owned()),
            every: text(every.to_string()),
            weekday: text(weekday.to_string()),
            day: text(day.to_string()),
            seasonal: RwSignal::new(season.is_some()),
            from: text(season.map_or(11, |s| s.from).to_string()),
            to: text(season.map_or(3, |s| s.to).to_string()),
            starts_on: text(facts.map_or(today, |f| f.starts_on).to_string()),
            lead: text(facts.map_or(0, |f| f.lead_days).to_string()),
            who: text(who.unwrap_or_default()),
            checklist: text(facts.and_then(|f| f.checklist_id).map(|id| id.to_string()).unwrap_or_default()),
            places: RwSignal::new(places.unwrap_or_default()),
        }
    }

    fn rhythm(self) -> Option<Rhythm> {
        let number = |signal: RwSignal<String>, most: i16| {
            signal.with(|text| text.trim().parse::<i16>().ok()).filter(|n| (1..=most).contains(n))
        };
        let every = number(self.every, 60)?;
        Some(if self.unit.with(|unit| unit == "week") {
            Rhythm::Week { every, weekday: number(self.weekday, 7)? }
        } else {
            Rhythm::Month { every, day: number(self.day, 31)? }
        })
    }

    fn season(self) -> Option<Season> {
        let month = |signal: RwSignal<String>| signal.with(|text| text.parse().unwrap_or(1));
        self.seasonal.get().then(|| Season { from: month(self.from), to: month(self.to) })
    }

    fn recurrence(self) -> Option<Recurrence> {
        let starts_on = self.starts_on.with(|day| day.parse().ok())?;
        Some(Recurrence { rhythm: self.rhythm()?, season: self.season(), starts_on })
    }

    fn read(self) -> Option<PlanFacts> {
        let Recurrence { rhythm, season, starts_on } = self.recurrence()?;
        let who = self.who.get();
        Some(PlanFacts {
            title: self.title.get(),
            description: self.description.get(),
            category: self.category.get().parse().unwrap_or(Category::Other),
            rhythm,
            season,
            starts_on,
            lead_days: self.lead.with(|text| text.trim().parse().ok())?,
            assignee_id: who.parse().ok(),
            skill: who.strip_prefix("skill:").and_then(|skill| skill.parse().ok()),
            checklist_id: self.checklist.with(|id| id.parse().ok()),
            places: self.places.with(|all| all.iter().map(|spot| spot.place).collect()),
        })
    }
}

/// Makes a plan, or changes the one that is `known`.
#[component]
pub(super) fn PlanForm(
    #[prop(optional)] known: Option<RwSignal<PlanCard>>,
    #[prop(into)] saved: Callback<PlanCard>,
) -> impl IntoView {
    let (l, now, toasts) = (lang(), use_now(), use_toasts());
    let today = now.get_untracked().with_timezone(&when::zone()).date_naive();
    let draft = Draft::new(known.map(|card| card.get_untracked()).as_ref(), today);
    let sending = Sending::new();
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let Some(facts) = untrack(move || draft.read()) else {
            let field = model::FieldError::new("/rhythm", "out_of_range");
            sending.refuse(model::Failure::invalid(vec![field]));
            return;
        };
        let call = async move {
            match known.map(|card| card.with_untracked(|card| (card.id, card.version))) {
                Some((id, version)) => api::plans::update(id, version, facts).await,
                None => api::plans::create(facts).await,
            }
        };
        sending.send(call, move |card| {
            toasts.success(td_string!(l, plans.saved));
            saved.run(card);
        });
    };
    view! {
        <form class="stack" on:submit=submit novalidate>
            <Refusal of=sending />
            <Card>
                <div class="stack">
                    <Field label=td_string!(l, plans.name) name="title" required=true error=sending.error("title")>
                        <Input name="title" value=draft.title maxlength=200 autocomplete="off" />
                    </Field>
                    <Field label=td_string!(l, plans.description) name="description" optional=true error=sending.error("description")>
                        <Textarea name="description" value=draft.description maxlength=2000 />
                    </Field>
                    <div class="grid gap-4 sm:grid-cols-2">
                        <Field label=td_string!(l, plans.category) name="category">
                            <Select name="category" options=category_options(l) value=draft.category />
                        </Field>
                        <Who draft=draft error=sending.error("assignee_id") />
                    </div>
                </div>
            </Card>
            <Card title=td_string!(l, plans.rhythm)>
                <When draft=draft sending=sending today=today />
            </Card>
            <Card title=td_string!(l, plans.places)>
                <Places draft=draft error=sending.error("places") />
            </Card>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}

/// A person, a trade, or whoever the desk chooses; and the checklist they get.
#[component]
fn Who(draft: Draft, error: Signal<Option<String>>) -> impl IntoView {
    let l = lang();
    let people = Resource::new(|| (), |()| api::staff::list());
    let lists = Resource::new(|| (), |()| api::work::checklists());
    tell_failure(people);
    tell_failure(lists);
    let who = Signal::derive(move || {
        let trades = Skill::ALL.iter().map(|skill| {
            let text = td_string!(l, plans.who_skill, skill = words::skill(l, *skill)).to_string();
            Opt::new(format!("skill:{skill}"), text)
        });
        let staff = people.get().and_then(Result::ok).unwrap_or_default();
        trades.chain(staff.into_iter().map(|person| Opt::new(person.id.to_string(), person.name))).collect::<Vec<_>>()
    });
    let options = Signal::derive(move || {
        let all = lists.get().and_then(Result::ok).unwrap_or_default();
        all.into_iter().map(|list| Opt::new(list.id.to_string(), list.name)).collect::<Vec<_>>()
    });
    view! {
        <Transition>
            <Field label=td_string!(l, plans.who) name="who" error=error>
                <Select name="who" options=who value=draft.who placeholder=td_string!(l, plans.who_desk) />
            </Field>
        </Transition>
        <Transition>
            <Field label=td_string!(l, plans.checklist) name="checklist">
                <Select name="checklist" options=options value=draft.checklist placeholder=td_string!(l, plans.no_checklist) />
            </Field>
        </Transition>
    }
}

/// The rhythm, its season, and what comes of them.
#[component]
fn When(draft: Draft, sending: Sending, today: NaiveDate) -> impl IntoView {
    let l = lang();
    let units =
        vec![Opt::new("week", td_string!(l, plans.unit_week)), Opt::new("month", td_string!(l, plans.unit_month))];
    let months: Vec<Opt> = (1..=12).map(|n| Opt::new(n.to_string(), work_words::month(l, n))).collect();
    let weekdays: Vec<Opt> = (1..=7).map(|n: usize| Opt::new(n.to_string(), i18n::audit::weekday(l, n))).collect();
    let (months, weekdays) = (StoredValue::new(months), StoredValue::new(weekdays));
    let weekly = Memo::new(move |_| draft.unit.with(|unit| unit == "week"));
    let words = move || draft.rhythm().map(|rhythm| work_words::rhythm(l, rhythm, draft.season()));
    let dates = move || {
        let yesterday = today.pred_opt().unwrap_or(today);
        draft.recurrence().map(|rule| rule.next(yesterday, AHEAD))
    };
    view! {
        <div class="stack">
            <div class="grid gap-4 sm:grid-cols-3">
                <Field label=td_string!(l, plans.rhythm) name="unit">
                    <Select name="unit" options=units value=draft.unit />
                </Field>
                <Field label=td_string!(l, plans.every) name="every" help=td_string!(l, plans.every_help) error=sending.error("rhythm")>
                    <Input name="every" kind="number" inputmode="numeric" min="1" max="60" value=draft.every />
                </Field>
                {move || if weekly.get() {
                    view! {
                        <Field label=td_string!(l, plans.weekday) name="weekday">
                            <Select name="weekday" options=weekdays.get_value() value=draft.weekday />
                        </Field>
                    }
                    .into_any()
                } else {
                    view! {
                        <Field label=td_string!(l, plans.month_day) name="day" help=td_string!(l, plans.month_day_help)>
                            <Input name="day" kind="number" inputmode="numeric" min="1" max="31" value=draft.day />
                        </Field>
                    }
                    .into_any()
                }}
            </div>
            <Checkbox name="seasonal" label=td_string!(l, plans.season) checked=draft.seasonal switch=true />
            {move || draft.seasonal.get().then(|| view! {
                <div class="grid gap-4 sm:grid-cols-2">
                    <Field label=td_string!(l, plans.season_from) name="season-from" error=sending.error("season")>
                        <Select name="season-from" options=months.get_value() value=draft.from />
                    </Field>
                    <Field label=td_string!(l, plans.season_to) name="season-to">
                        <Select name="season-to" options=months.get_value() value=draft.to />
                    </Field>
                </div>
            })}
            <div class="grid gap-4 sm:grid-cols-2">
                <Field label=td_string!(l, plans.starts_on) name="starts_on" error=sending.error("starts_on")>
                    <DateInput name="starts_on" value=draft.starts_on />
                </Field>
                <Field label=td_string!(l, plans.lead_days) name="lead_days" error=sending.error("lead_days")>
                    <Input name="lead_days" kind="number" inputmode="numeric" min="0" max="60" value=draft.lead />
                </Field>
            </div>
            <div class="grid gap-1.5" aria-live="polite">
                <p class="m-0 font-semibold first-letter:uppercase">{words}</p>
                <h4 class="m-0 text-sm font-normal text-muted">{td_string!(l, plans.next_dates)}</h4>
                {move || match dates() {
                    Some(days) if !days.is_empty() => view! {
                        <div class="row">{days.into_iter().map(|day| view! { <Pill text=work_words::day(l, day) plain=true /> }).collect_view()}</div>
                    }
                    .into_any(),
                    Some(_) => view! { <p class="m-0 tone-danger tone-text">{td_string!(l, plans.no_dates)}</p> }.into_any(),
                    None => view! { <p class="m-0 text-muted">"—"</p> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// The houses and entrances, added one by one.
#[component]
fn Places(draft: Draft, error: Signal<Option<String>>) -> impl IntoView {
    let l = lang();
    let chosen = RwSignal::new(None::<Spot>);
    let add = move |_| {
        if let Some(spot) = chosen.get_untracked() {
            draft.places.update(|all| {
                if all.iter().all(|known| known.place != spot.place) {
                    all.push(spot);
                }
            });
            chosen.set(None);
        }
    };
    view! {
        <div class="stack">
            {move || draft.places.with(Vec::is_empty).then(|| view! { <p class="m-0 text-muted">{td_string!(l, plans.no_places)}</p> })}
            <div class="row">
                <For each=move || draft.places.get() key=|spot| spot.place let:spot>
                    <Chip text=work_words::place(l, &spot.name) icon="building-2"
                        on_remove=move |()| draft.places.update(|all| all.retain(|known| known.place != spot.place)) />
                </For>
            </div>
            <SpotPicker chosen=chosen />
            <div>
                <Button icon="plus" disabled=Signal::derive(move || chosen.with(Option::is_none)) on_click=add>{td_string!(l, plans.add_place)}</Button>
            </div>
            {move || error.get().map(|text| view! { <p class="field-error m-0">{text}</p> })}
        </div>
    }
}
