//! Tabs, chips and the filter line. Links and a GET form, so they work before the page is alive.

use super::{
    more::MoreFilters,
    query::{Assignee, ListQuery, View},
};
use crate::{
    frame::Counts,
    util::{category_options, count, kind_options, lang, tell_failure},
};
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::requests::{Kind, RequestCounts, Status};
use ui::prelude::*;

/// Tabs with counters. The counters ignore the other filters: they tell the state of the day.
#[component]
pub(super) fn StatusTabs(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    let Counts(counts) = expect_context::<Counts>();
    let tabs = Signal::derive(move || {
        let counts = counts.get().and_then(Result::ok).unwrap_or_default().requests;
        let now = query.get();
        let tab = |view: View, label: &str, count: u32, tone| Tab {
            label: label.to_owned(),
            href: now.but(&[("status", Some(view.as_str()))]),
            count,
            tone,
            icon: None,
            current: now.shown() == view,
        };
        let only = |status: Status, label: &str, n: i64, tone| tab(View::Only(status), label, count(n), tone);
        let RequestCounts { new, assigned, in_progress, deferred, returned, done, .. } = counts;
        vec![
            tab(View::Open, td_string!(l, desk.tab_open), count(counts.open()), Tone::Neutral),
            only(Status::New, td_string!(l, desk.tab_new), new, Tone::Info),
            only(Status::Assigned, td_string!(l, desk.tab_assigned), assigned, Tone::Neutral),
            only(Status::InProgress, td_string!(l, desk.tab_in_progress), in_progress, Tone::Neutral),
            only(Status::Deferred, td_string!(l, desk.tab_deferred), deferred, Tone::Neutral),
            only(Status::Returned, td_string!(l, desk.tab_returned), returned, Tone::Danger),
            only(Status::Done, td_string!(l, desk.tab_done), done, Tone::Neutral),
            tab(View::Ended, td_string!(l, desk.tab_ended), 0, Tone::Neutral),
            tab(View::All, td_string!(l, common.all), 0, Tone::Neutral),
        ]
    });
    view! {
        <Transition fallback=|| view! { <div class="min-h-9"></div> }>
            <Tabs tabs=tabs label=td_string!(l, desk.tabs) />
        </Transition>
    }
}

/// One press for what is asked most, with how many there are; a second press takes it away.
#[component]
pub(super) fn QuickChips(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    let Counts(counts) = expect_context::<Counts>();
    view! {
        <Transition fallback=|| view! { <div class="min-h-8"></div> }>
            {move || {
                let n = counts.get().and_then(Result::ok).unwrap_or_default().requests;
                let now = query.get();
                let mine = now.assignee == Assignee::Me;
                let nobody = now.assignee == Assignee::Nobody;
                let returned = now.shown() == View::Only(Status::Returned);
                let flip = |on: bool| (!on).then_some("1");
                let search = now.text.clone().map(|text| {
                    let without = now.but(&[("text", None), ("status", Some(now.shown().as_str()))]);
                    view! {
                        <a class="chip max-w-64" aria-current="true" href=without title=td_string!(l, desk.search_clear)>
                            <span class="truncate">"«" {text} "»"</span>
                            <Icon name="x" size=IconSize::Small label=td_string!(l, desk.search_clear) />
                        </a>
                    }
                });
                let kind = |wanted: Kind, icon, n| {
                    let on = now.kind == Some(wanted);
                    (words::kind(l, wanted), icon, on, n, now.but(&[("kind", (!on).then_some(wanted.as_str()))]))
                };
                // What is over is neither overdue nor due soon.
                let running = |name: &'static str, on: bool| {
                    let tab = now.running_tab().map(View::as_str);
                    if on { now.but(&[(name, None)]) } else { now.but(&[(name, Some("1")), ("late", None), ("status", tab)]) }
                };
                let chips = [
                    kind(Kind::Emergency, "siren", n.emergency),
                    kind(Kind::Paid, "wallet", n.paid),
                    kind(Kind::Warranty, "shield-check", n.warranty),
                    (td_string!(l, together.returned), "undo-2", returned, n.returned,
                        now.but(&[("status", (!returned).then_some(Status::Returned.as_str()))])),
                    (td_string!(l, desk.overdue), "alarm-clock", now.overdue, n.overdue, running("overdue", now.overdue)),
                    (td_string!(l, deadlines.soon_filter), "hourglass", now.soon, n.soon, running("soon", now.soon)),
                    (td_string!(l, deadlines.late_filter), "circle-alert", now.late, 0,
                        now.but(&[("late", flip(now.late)), ("status", None)])),
                    (td_string!(l, desk.mine), "user-check", mine, n.mine, now.but(&[("assignee", (!mine).then_some("me"))])),
                    (td_string!(l, desk.unassigned), "user", nobody, n.unassigned,
                        now.but(&[("assignee", (!nobody).then_some("none"))])),
                    (td_string!(l, together.unanswered), "message-circle", now.unanswered, n.unanswered,
                        now.but(&[("unanswered", flip(now.unanswered))])),
                    (td_string!(l, together.control_wait), "phone-call", now.control, n.control, now.but(&[("control", flip(now.control))])),
                ];
                view! {
                    <div class="row gap-1.5">
                        {search}
                        {chips.into_iter().map(|(word, icon, active, n, to)| {
                            let text = if n > 0 { format!("{word} {n}") } else { word.to_owned() };
                            view! { <Chip text=text icon=icon active=active href=to /> }
                        }).collect_view()}
                    </div>
                }
            }}
        </Transition>
    }
}

/// Building, assignee, category and kind in one line; on a phone behind one button.
#[component]
pub(super) fn FilterLine(query: Memo<ListQuery>, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let l = lang();
    let alive = use_hydrated();
    let field = |pick: fn(&ListQuery) -> String| RwSignal::new(query.with_untracked(pick));
    let building = field(|q| q.building.map(|v| v.to_string()).unwrap_or_default());
    let assignee = field(|q| pair(q, "assignee"));
    let category = field(|q| pair(q, "category"));
    let kind = field(|q| pair(q, "kind"));
    // The address is the truth: back button, chips and links move the controls.
    effect(move || {
        let now = query.get();
        for (signal, name) in [(building, "building"), (assignee, "assignee"), (category, "category"), (kind, "kind")] {
            let wanted = pair(&now, name);
            if signal.get_untracked() != wanted {
                signal.set(wanted);
            }
        }
    });
    let navigate = use_navigate();
    let apply = Callback::new(move |_: String| {
        let chosen = |name: &str| match name {
            "building" => Some(building.get_untracked()),
            "assignee" => Some(assignee.get_untracked()),
            "category" => Some(category.get_untracked()),
            "kind" => Some(kind.get_untracked()),
            _ => None,
        };
        let picked = ListQuery::read(chosen);
        let now = query.get_untracked();
        let next = ListQuery {
            building: picked.building,
            // An entrance belongs to its house.
            entrance: now.entrance.filter(|_| now.building == picked.building),
            assignee: picked.assignee,
            category: picked.category,
            kind: picked.kind,
            cursor: None,
            ..now.clone()
        };
        if next != (ListQuery { cursor: None, ..now }) {
            navigate(&next.href(), NavigateOptions::default());
        }
    });
    let active = move || count(query.with(ListQuery::active));
    let typed = RwSignal::new(String::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    let houses = Resource::new(
        move || (settled.get(), building.get()),
        |(text, chosen)| api::property::choices(text, chosen.parse().ok()),
    );
    let people = Resource::new(|| (), |()| api::staff::list());
    tell_failure(houses);
    tell_failure(people);
    let house_options = Signal::derive(move || {
        let rows = houses.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter()
            .map(|b| {
                let opt = Opt::new(b.id.to_string(), b.address);
                b.complex.map_or(opt.clone(), |complex| opt.hint(complex))
            })
            .collect::<Vec<_>>()
    });
    let people_options = Signal::derive(move || {
        let rows = people.get().and_then(Result::ok).unwrap_or_default();
        [Opt::new("me", td_string!(l, desk.mine)), Opt::new("none", td_string!(l, common.nobody))]
            .into_iter()
            .chain(rows.into_iter().map(|p| Opt::new(p.id.to_string(), p.name)))
            .collect::<Vec<_>>()
    });
    view! {
        <div class="flex flex-wrap items-center gap-2 py-2">
            <label class="btn btn-plain lg:hidden" for="list-filters">
                <Icon name="filter" />
                {td_string!(l, desk.filters)}
                <Count value=Signal::derive(active) tone=Tone::Brand />
            </label>
            <input type="checkbox" id="list-filters" class="peer sr-only lg:hidden" />
            <form method="get" action="/desk"
                class="hidden peer-checked:flex max-lg:order-last max-lg:w-full lg:flex flex-1 flex-wrap gap-2 items-center">
                {move || {
                    let now = query.get();
                    let shown = ["building", "assignee", "category", "kind", "cursor"];
                    let mut kept = now.pairs();
                    kept.retain(|(name, _)| !shown.contains(name));
                    kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
                }}
                <Transition>
                    <div class="w-full sm:w-56">
                        <Combobox name="building" options=house_options value=building placeholder=td_string!(l, desk.any_building)
                            label=td_string!(l, desk.building) on_query=move |text: String| typed.set(text) on_change=apply />
                    </div>
                    <div class="w-full sm:w-44">
                        <Combobox name="assignee" options=people_options value=assignee placeholder=td_string!(l, desk.any_assignee)
                            label=td_string!(l, desk.assignee) on_change=apply />
                    </div>
                </Transition>
                <div class="w-full sm:w-40">
                    <Select name="category" options=category_options(l) value=category placeholder=td_string!(l, desk.any_category)
                        label=td_string!(l, desk.category) on_change=apply />
                </div>
                <div class="w-full sm:w-32">
                    <Select name="kind" options=kind_options(l) value=kind placeholder=td_string!(l, desk.any_kind)
                        label=td_string!(l, desk.kind) on_change=apply />
                </div>
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
                {move || (active() > 0).then(|| {
                    let clean = query.with(ListQuery::bare);
                    view! { <Button kind=ButtonKind::Ghost href=clean.href()>{td_string!(l, desk.reset)}</Button> }
                })}
            </form>
            <div class="row ml-auto flex-nowrap gap-1"><MoreFilters query=query /> {tools.run()}</div>
        </div>
    }
}

pub(super) fn pair(query: &ListQuery, name: &str) -> String {
    query.pairs().into_iter().find(|(n, _)| *n == name).map(|(_, value)| value).unwrap_or_default()
}
