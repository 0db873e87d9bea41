//! Tabs, chips and the filter line. Links and a GET form, so they work before the page is alive.

use super::query::{Assignee, ListQuery, View};
use crate::{
    frame::Counts,
    util::{category_options, count, kind_options, lang},
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
        let counts = counts.get().and_then(Result::ok).unwrap_or_default();
        let now = query.get();
        let tab = |view: View, label: &str, count: u32, tone| Tab {
            label: label.to_owned(),
            href: ListQuery { view: Some(view), cursor: None, ..now.clone() }.href(),
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

/// One press for what is asked most; a second press takes it away.
#[component]
pub(super) fn QuickChips(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    move || {
        let now = ListQuery { cursor: None, ..query.get() };
        let emergency = now.kind == Some(Kind::Emergency);
        let whose = |wanted: Assignee| if now.assignee == wanted { Assignee::Anyone } else { wanted };
        let search = now.text.clone().map(|text| {
            let without = ListQuery { text: None, view: Some(now.shown()), ..now.clone() };
            view! {
                <a class="chip max-w-64" aria-current="true" href=without.href() title=td_string!(l, desk.search_clear)>
                    <span class="truncate">"«" {text} "»"</span>
                    <Icon name="x" size=IconSize::Small label=td_string!(l, desk.search_clear) />
                </a>
            }
        });
        view! {
            <div class="row gap-1.5">
                {search}
                <Chip text=words::kind(l, Kind::Emergency) icon="siren" active=emergency
                    href=ListQuery { kind: (!emergency).then_some(Kind::Emergency), ..now.clone() }.href() />
                <Chip text=td_string!(l, desk.overdue) icon="alarm-clock" active=now.overdue
                    href=ListQuery { overdue: !now.overdue, ..now.clone() }.href() />
                <Chip text=td_string!(l, deadlines.late_filter) icon="circle-alert" active=now.late
                    href=ListQuery { late: !now.late, view: None, ..now.clone() }.href() />
                <Chip text=td_string!(l, desk.mine) icon="user-check" active=now.assignee == Assignee::Me
                    href=ListQuery { assignee: whose(Assignee::Me), ..now.clone() }.href() />
                <Chip text=td_string!(l, desk.unassigned) icon="user" active=now.assignee == Assignee::Nobody
                    href=ListQuery { assignee: whose(Assignee::Nobody), ..now.clone() }.href() />
            </div>
        }
    }
}

/// Building, assignee, category, kind and period in one line; on a phone behind one button.
#[component]
pub(super) fn FilterLine(query: Memo<ListQuery>, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let l = lang();
    let alive = use_hydrated();
    let field = |pick: fn(&ListQuery) -> String| RwSignal::new(query.with_untracked(pick));
    let building = field(|q| q.building.map(|v| v.to_string()).unwrap_or_default());
    let assignee = field(|q| pair(q, "assignee"));
    let category = field(|q| pair(q, "category"));
    let kind = field(|q| pair(q, "kind"));
    let (from, to) = (field(|q| pair(q, "from")), field(|q| pair(q, "to")));
    // The address is the truth: back button, chips and links move the controls.
    Effect::new(move |_| {
        let now = query.get();
        for (signal, name) in [
            (building, "building"),
            (assignee, "assignee"),
            (category, "category"),
            (kind, "kind"),
            (from, "from"),
            (to, "to"),
        ] {
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
            "from" => Some(from.get_untracked()),
            "to" => Some(to.get_untracked()),
            _ => None,
        };
        let picked = ListQuery::read(chosen);
        let now = query.get_untracked();
        let next = ListQuery {
            view: now.view,
            overdue: now.overdue,
            late: now.late,
            text: now.text.clone(),
            sort: now.sort,
            ..picked
        };
        if next != (ListQuery { cursor: None, ..now }) {
            navigate(&next.href(), NavigateOptions::default());
        }
    });
    let active = move || {
        let q = query.get();
        let set = [
            q.building.is_some(),
            q.assignee != Assignee::Anyone,
            q.category.is_some(),
            q.kind.is_some(),
            q.from.is_some() || q.to.is_some(),
        ];
        count(set.into_iter().filter(|on| *on).count())
    };
    let typed = RwSignal::new(String::new());
    let settled: Signal<String> = use_debounced(typed, 200);
    let houses = Resource::new(
        move || (settled.get(), building.get()),
        |(text, chosen)| api::property::choices(text, chosen.parse().ok()),
    );
    let people = Resource::new(|| (), |()| api::staff::list());
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
                    let kept = ListQuery { view: now.view, overdue: now.overdue, late: now.late, text: now.text, sort: now.sort, ..ListQuery::default() };
                    kept.pairs().into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
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
                <div class="flex items-center gap-1 max-sm:w-full">
                    <div class="w-36 max-sm:flex-1">
                        <DateInput name="from" value=from label=td_string!(l, desk.period_from) on_change=apply />
                    </div>
                    <span class="text-muted" aria-hidden="true">"–"</span>
                    <div class="w-36 max-sm:flex-1">
                        <DateInput name="to" value=to label=td_string!(l, desk.period_to) on_change=apply />
                    </div>
                </div>
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
                {move || (active() > 0).then(|| {
                    let now = query.get();
                    let clean = ListQuery { view: now.view, overdue: now.overdue, late: now.late, text: now.text, sort: now.sort, ..ListQuery::default() };
                    view! { <Button kind=ButtonKind::Ghost href=clean.href()>{td_string!(l, desk.reset)}</Button> }
                })}
            </form>
            <div class="row ml-auto flex-nowrap gap-1">{tools.run()}</div>
        </div>
    }
}

fn pair(query: &ListQuery, name: &str) -> String {
    query.pairs().into_iter().find(|(n, _)| *n == name).map(|(_, value)| value).unwrap_or_default()
}
