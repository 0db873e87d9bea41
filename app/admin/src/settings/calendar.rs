//! `/desk/settings/calendar`: the working week, holidays and moved days.

use super::{ConflictNote, Frame, loaded};
use crate::util::{lang, toast_failure};
use api::{ApiError, session::use_now};
use chrono::{Datelike, NaiveDate, NaiveTime};
use i18n::{Locale, audit::weekday, failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    settings::{FIXED_HOLIDAYS, Lunch, SaveCalendar, SpecialDay, WorkCalendar, WorkDay},
};
use ui::prelude::*;

#[component]
pub fn CalendarPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::settings::calendar());
    view! { <Frame path="/desk/settings/calendar">{loaded(found, |saved| view! { <Form saved=saved /> })}</Frame> }
        .into_any()
}

/// One day of the week as typed.
#[derive(Clone, Copy)]
struct Hours {
    weekday: i16,
    works: RwSignal<bool>,
    opens: RwSignal<String>,
    closes: RwSignal<String>,
    lunch: RwSignal<bool>,
    lunch_from: RwSignal<String>,
    lunch_to: RwSignal<String>,
}

impl Hours {
    fn of(weekday: i16, day: Option<&WorkDay>) -> Self {
        let time =
            |t: Option<NaiveTime>, usual: &str| RwSignal::new(t.map_or_else(|| usual.to_owned(), |t| when::clock(&t)));
        let lunch = day.and_then(|d| d.lunch);
        Self {
            weekday,
            works: RwSignal::new(day.is_some()),
            opens: time(day.map(|d| d.opens), "09:00"),
            closes: time(day.map(|d| d.closes), "18:00"),
            lunch: RwSignal::new(lunch.is_some()),
            lunch_from: time(lunch.map(|l| l.from), "13:00"),
            lunch_to: time(lunch.map(|l| l.to), "14:00"),
        }
    }

    /// Nothing for a free day.
    fn read(self) -> Option<WorkDay> {
        let time = |typed: RwSignal<String>| {
            let text = typed.get_untracked();
            NaiveTime::parse_from_str(text.get(..5).unwrap_or(&text), "%H:%M").unwrap_or_default()
        };
        self.works.get_untracked().then(|| WorkDay {
            weekday: self.weekday,
            opens: time(self.opens),
            closes: time(self.closes),
            lunch: self.lunch.get_untracked().then(|| Lunch { from: time(self.lunch_from), to: time(self.lunch_to) }),
        })
    }
}

/// A special day as typed; the key keeps its row while others go.
#[derive(Clone, Copy)]
struct Day {
    key: u32,
    day: RwSignal<String>,
    name: RwSignal<String>,
    works: RwSignal<bool>,
}

#[component]
fn Form(saved: WorkCalendar) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let version = RwSignal::new(saved.version);
    let week = (1..=7).map(|n| Hours::of(n, saved.week.iter().find(|d| d.weekday == n))).collect::<Vec<_>>();
    let week = StoredValue::new(week);
    let last = StoredValue::new(0u32);
    let row = move |day: String, name: String, works: bool| {
        last.update_value(|n| *n += 1);
        Day { key: last.get_value(), day: RwSignal::new(day), name: RwSignal::new(name), works: RwSignal::new(works) }
    };
    let special =
        RwSignal::new(saved.special.into_iter().map(|d| row(d.day.to_string(), d.name, d.works)).collect::<Vec<_>>());
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let year = move || now.get().with_timezone(&when::zone()).year();
    let add_fixed = move |year: i32| {
        let have: Vec<String> = special.with_untracked(|all| all.iter().map(|d| d.day.get_untracked()).collect());
        let fresh = FIXED_HOLIDAYS.iter().filter_map(|(month, day, key)| {
            let day = NaiveDate::from_ymd_opt(year, *month, *day)?.to_string();
            (!have.contains(&day)).then(|| row(day, holiday(l, key).to_owned(), false))
        });
        let fresh: Vec<Day> = fresh.collect();
        special.update(|all| {
            all.extend(fresh);
            all.sort_by_key(|d| d.day.get_untracked());
        });
    };
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let command = SaveCalendar {
            week: week.with_value(|all| all.iter().filter_map(|d| d.read()).collect()),
            special: special.with_untracked(|all| {
                all.iter()
                    .map(|d| SpecialDay {
                        // An empty day is refused by the server at its row.
                        day: d.day.get_untracked().parse().unwrap_or_default(),
                        works: d.works.get_untracked(),
                        name: d.name.get_untracked(),
                    })
                    .collect()
            }),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::settings::save_calendar(version.get_untracked(), command).await {
                Ok(fresh) => {
                    version.set(fresh.version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::settings::calendar().await {
                        version.set(fresh.version);
                    }
                    conflict.set(true);
                }
                Err(refused) => {
                    toast_failure(toasts, l, &refused);
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    // Days are sent without the free ones, so a place in the list is found by what was sent.
    let wrong_day = move |n: i16| {
        error.with(|e| {
            let sent =
                week.with_value(|all| all.iter().filter_map(|d| d.read()).map(|d| d.weekday).collect::<Vec<_>>());
            let place = sent.iter().position(|weekday| *weekday == n)?;
            let at = format!("/week/{place}/");
            e.as_ref()?.0.fields.iter().find(|f| f.pointer.starts_with(&at)).map(|f| failure::field(l, f))
        })
    };
    let wrong_special = move |key: u32| {
        error.with(|e| {
            let place = special.with(|all| all.iter().position(|d| d.key == key))?;
            let at = format!("/special/{place}/");
            e.as_ref()?.0.fields.iter().find(|f| f.pointer.starts_with(&at)).map(|f| failure::field(l, f))
        })
    };
    view! {
        <form class="stack max-w-4xl" on:submit=save>
            <ConflictNote shown=conflict />
            <Card title=td_string!(l, settings.week) flush=true>
                {week.with_value(|all| all.iter().copied().map(|day| view! { <WeekRow day=day wrong=Signal::derive(move || wrong_day(day.weekday)) /> }).collect_view())}
            </Card>
            <Card title=td_string!(l, settings.special) flush=true>
                {move || special.with(Vec::is_empty).then(|| view! { <p class="text-muted px-4 py-2">{td_string!(l, settings.special_empty)}</p> })}
                <For each=move || special.get() key=|d| d.key let:day>
                    <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line">
                        <div class="w-40 max-sm:w-full"><DateInput name=format!("day-{}", day.key) value=day.day label=td_string!(l, settings.day) /></div>
                        <div class="grow min-w-40"><Input name=format!("name-{}", day.key) value=day.name maxlength=100 label=td_string!(l, settings.day_name) placeholder=td_string!(l, settings.day_name) /></div>
                        <Checkbox name=format!("works-{}", day.key) label=td_string!(l, settings.works) checked=day.works />
                        <IconButton icon="trash-2" label=td_string!(l, settings.remove) on_click=move |_| special.update(|all| all.retain(|d| d.key != day.key)) />
                        {move || wrong_special(day.key).map(|text| view! { <p class="field-error w-full" role="alert">{text}</p> })}
                    </div>
                </For>
                <div class="row px-4 py-3">
                    <Button icon="plus" on_click=move |_| {
                        let fresh = row(String::new(), String::new(), false);
                        special.update(|all| all.push(fresh));
                    }>{td_string!(l, settings.add_day)}</Button>
                    {[0, 1].into_iter().map(|later| view! {
                        <Button icon="calendar" on_click=move |_| add_fixed(year() + later)>
                            {move || td_string!(l, settings.add_fixed, year = (year() + later).to_string()).to_string()}
                        </Button>
                    }).collect_view()}
                </div>
                <p class="field-help px-4 pb-3">{td_string!(l, settings.hayit_help)}</p>
            </Card>
            <div class="row justify-end">
                <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
            </div>
        </form>
    }
}

#[component]
fn WeekRow(day: Hours, wrong: Signal<Option<String>>) -> impl IntoView {
    let l = lang();
    let n = day.weekday;
    let name = weekday(l, usize::try_from(n).unwrap_or(1));
    let time = move |key: &'static str, label: &'static str, value: RwSignal<String>| {
        view! { <div class="w-28"><Input name=format!("{key}-{n}") kind="time" value=value label=format!("{name}: {label}") /></div> }
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2 border-b border-line last:border-b-0 min-h-13">
            <div class="w-40"><Checkbox name=format!("works-{n}") label=name checked=day.works /></div>
            {move || if day.works.get() {
                view! {
                    <div class="flex items-center gap-1">
                        {time("opens", td_string!(l, settings.opens), day.opens)}
                        <span aria-hidden="true">"–"</span>
                        {time("closes", td_string!(l, settings.closes), day.closes)}
                    </div>
                    <Checkbox name=format!("lunch-{n}") label=td_string!(l, settings.lunch) checked=day.lunch />
                    {move || day.lunch.get().then(|| view! {
                        <div class="flex items-center gap-1">
                            {time("lunch_from", td_string!(l, settings.lunch_from), day.lunch_from)}
                            <span aria-hidden="true">"–"</span>
                            {time("lunch_to", td_string!(l, settings.lunch_to), day.lunch_to)}
                        </div>
                    })}
                }.into_any()
            } else {
                view! { <span class="text-muted">{td_string!(l, settings.free)}</span> }.into_any()
            }}
            {move || wrong.get().map(|text| view! { <p class="field-error w-full" role="alert">{text}</p> })}
        </div>
    }
}

/// The name of a public holiday in the language of the page.
fn holiday(l: Locale, key: &str) -> &'static str {
    match key {
        "new_year" => td_string!(l, settings.holiday_new_year),
        "women" => td_string!(l, settings.holiday_women),
        "navroz" => td_string!(l, settings.holiday_navroz),
        "remembrance" => td_string!(l, settings.holiday_remembrance),
        "independence" => td_string!(l, settings.holiday_independence),
        "teachers" => td_string!(l, settings.holiday_teachers),
        _ => td_string!(l, settings.holiday_constitution),
    }
}
