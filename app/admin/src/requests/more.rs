//! The window with every filter, and how the rows are laid out.

use super::{
    filters::pair,
    narrow::Picker,
    query::{ListQuery, Show},
};
use crate::util::{category_options, count, kind_options, lang, looked_up, priority_options};
use api::session::use_me;
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    Permission,
    requests::{Source, narrow::Narrow},
};
use ui::prelude::*;

/// Yes-or-no filters by their names in the address.
const SWITCHES: [&str; 9] =
    ["overdue", "soon", "late", "reopened", "unanswered", "unread", "watching", "control", "photos"];
/// Filters of one value.
const CHOICES: [&str; 16] = [
    "complex",
    "building",
    "entrance",
    "kind",
    "category",
    "problem",
    "priority",
    "source",
    "contact",
    "assignee",
    "responsible",
    "rating",
    "from",
    "to",
    "due_from",
    "due_to",
];

fn switch_word(l: Locale, name: &str) -> &'static str {
    match name {
        "overdue" => td_string!(l, desk.overdue),
        "soon" => td_string!(l, deadlines.soon_filter),
        "late" => td_string!(l, deadlines.late_filter),
        "reopened" => td_string!(l, deadlines.reopened),
        "unanswered" => td_string!(l, together.unanswered),
        "unread" => td_string!(l, together.unread_only),
        "watching" => td_string!(l, together.watching),
        "control" => td_string!(l, together.control_wait),
        _ => td_string!(l, together.filter_photos),
    }
}

/// A button with the number of filters that are on, and the window behind it.
#[component]
pub(super) fn MoreFilters(query: Memo<ListQuery>) -> impl IntoView {
    let (l, navigate, toasts) = (lang(), use_navigate(), use_toasts());
    let open = RwSignal::new(false);
    let values = StoredValue::new(CHOICES.map(|name| (name, RwSignal::new(String::new()))));
    let switches = StoredValue::new(SWITCHES.map(|name| (name, RwSignal::new(false))));
    let people = RwSignal::new(Vec::<Opt>::new());
    effect(move || {
        if !open.get() {
            return;
        }
        // The window shows what the address says when it opens.
        let now = query.get_untracked();
        values.with_value(|all| all.iter().for_each(|(name, signal)| signal.set(pair(&now, name))));
        switches.with_value(|all| all.iter().for_each(|(name, signal)| signal.set(!pair(&now, name).is_empty())));
        if people.with_untracked(Vec::is_empty) {
            leptos::task::spawn_local(async move {
                if let Some(rows) = looked_up(toasts, l, api::staff::list().await) {
                    people.set(rows.into_iter().map(|p| Opt::new(p.id.to_string(), p.name)).collect());
                }
            });
        }
    });
    let value = move |name: &str| {
        values.with_value(|all| all.iter().find(|(known, _)| *known == name).map(|(_, signal)| *signal))
    };
    let apply = Callback::new(move |()| {
        let now = query.get_untracked();
        let picked = ListQuery::read(|name| {
            if let Some(signal) = value(name) {
                return Some(signal.get_untracked());
            }
            switches.with_value(|all| {
                let found = all.iter().find(|(known, _)| *known == name)?;
                found.1.get_untracked().then(|| "1".to_owned())
            })
        });
        // What these ask for may be over: the tab of open requests would hide it.
        let anew = [
            (now.late, picked.late),
            (now.reopened, picked.reopened),
            (now.unanswered, picked.unanswered),
            (now.control, picked.control),
            (now.rating.is_some(), picked.rating.is_some()),
        ];
        let view = now.view.filter(|_| anew.iter().all(|(was, is)| *was || !is));
        // And what is finished is neither overdue nor due soon.
        let runs = (picked.overdue && !now.overdue) || (picked.soon && !now.soon);
        let view = if runs { ListQuery { view, ..now.clone() }.running().view } else { view };
        let next = ListQuery { entrance: picked.entrance.filter(|_| picked.building.is_some()), ..picked };
        let next = ListQuery { view, text: now.text, sort: now.sort, show: now.show, ..next };
        open.set(false);
        navigate(&next.href(), NavigateOptions::default());
    });
    let choice = move |name: &'static str, label: &'static str, options: Signal<Vec<Opt>>| {
        value(name).map(|signal| {
            view! {
                <Field label=label name=name>
                    <Select name=name options=options value=signal placeholder=td_string!(l, together.filter_any) />
                </Field>
            }
        })
    };
    let whose = Signal::derive(move || {
        [Opt::new("me", td_string!(l, desk.mine)), Opt::new("none", td_string!(l, common.nobody))]
            .into_iter()
            .chain(people.get())
            .collect::<Vec<_>>()
    });
    let sources: Vec<Opt> = Source::ALL.iter().map(|s| Opt::new(s.as_str(), words::source(l, *s))).collect();
    let stars: Vec<Opt> = (1..=5).map(|n| Opt::new(n.to_string(), n.to_string())).collect();
    let (sources, stars) = (StoredValue::new(sources), StoredValue::new(stars));
    let day = move |name: &'static str, label: &'static str| {
        value(name).map(|signal| {
            view! { <Field label=label name=name><DateInput name=name value=signal /></Field> }
        })
    };
    let active = Signal::derive(move || count(query.with(ListQuery::active)));
    let house = move || value("building")?.with(|id| id.parse().ok());
    let about = move || value("category")?.with(|word| word.parse().ok());
    let looks = use_me().can(Permission::ResidentsRead);
    let pick = move |name: &'static str, label: &'static str, of: Callback<(), Option<Narrow>>| {
        let field = format!("filter-{name}");
        value(name).map(|signal| view! { <Picker open=open name=field label=label value=signal of=of /> })
    };
    view! {
        <Button icon="sliders-horizontal" on_click=move |_| open.set(true)>
            <span class="max-2xl:sr-only">{td_string!(l, together.filters_all)}</span>
            <Count value=active tone=Tone::Brand />
        </Button>
        <Dialog open=open title=td_string!(l, together.filters_all) wide=true footer=move || view! {
            <Button kind=ButtonKind::Ghost href=query.with(ListQuery::bare).href()>{td_string!(l, desk.reset)}</Button>
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary on_click=move |_| apply.run(())>{td_string!(l, desk.apply)}</Button>
        }>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); apply.run(()); }>
                <div class="grid gap-3 sm:grid-cols-3">
                    {pick("complex", td_string!(l, together.filter_complex), Callback::new(|()| Some(Narrow::Complex)))}
                    {pick("building", td_string!(l, desk.building), Callback::new(|()| Some(Narrow::Building)))}
                    {pick("entrance", td_string!(l, property.entrance), Callback::new(move |()| house().map(Narrow::Entrance)))}
                    {choice("category", td_string!(l, desk.category), Signal::stored(category_options(l)))}
                    {pick("problem", td_string!(l, classifier.problem), Callback::new(move |()| Some(Narrow::Problem(about()))))}
                    {choice("kind", td_string!(l, desk.kind), Signal::stored(kind_options(l)))}
                    {choice("priority", td_string!(l, together.filter_priority), Signal::stored(priority_options(l)))}
                    {looks.then(|| pick("contact", td_string!(l, requests.caller), Callback::new(|()| Some(Narrow::Contact))))}
                    {choice("assignee", td_string!(l, desk.assignee), whose)}
                    {choice("responsible", td_string!(l, together.responsible), people.into())}
                    {choice("source", td_string!(l, together.filter_source), Signal::stored(sources.get_value()))}
                    {choice("rating", td_string!(l, together.filter_rating), Signal::stored(stars.get_value()))}
                    {day("from", td_string!(l, desk.period_from))}
                    {day("to", td_string!(l, desk.period_to))}
                    {day("due_from", td_string!(l, deadlines.due_from))}
                    {day("due_to", td_string!(l, deadlines.due_to))}
                </div>
                <div class="grid gap-x-3 sm:grid-cols-2">
                    {switches.with_value(|all| all.iter().map(|(name, signal)| {
                        view! { <Checkbox name=*name label=switch_word(l, name) checked=*signal switch=true /> }
                    }).collect_view())}
                </div>
            </form>
        </Dialog>
    }
}

/// List, headings or board; a link each, so a saved view keeps it.
#[component]
pub(super) fn ShowMenu(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    let word = move |show: Show| match show {
        Show::List => td_string!(l, together.as_list),
        Show::House => td_string!(l, together.as_house),
        Show::Assignee => td_string!(l, together.as_assignee),
        Show::Status => td_string!(l, together.as_status),
        Show::Board => td_string!(l, together.as_board),
    };
    let icon = |show: Show| match show {
        Show::List => "list",
        Show::House => "building",
        Show::Assignee => "user",
        Show::Status => "circle-dot",
        Show::Board => "layout-dashboard",
    };
    view! {
        <Menu label=td_string!(l, together.show_as) end=true bordered=true trigger=move || view! {
            {move || view! { <Icon name=icon(query.with(|q| q.show)) /> }}
            <span class="max-2xl:sr-only">{move || word(query.with(|q| q.show))}</span>
        }>
            <MenuTitle text=td_string!(l, together.show_as) />
            {move || {
                let now = query.get();
                Show::ALL.into_iter().map(|show| {
                    let layout = Some(show.as_str()).filter(|_| show != Show::List);
                    view! { <MenuItem text=word(show) icon=icon(show) href=now.but(&[("show", layout)]) /> }
                }).collect_view()
            }}
        </Menu>
    }
}
