//! The list of residents and other contacts: filtered and paged by the server, the filter in the address line.

use super::{
    many::{ManyBar, many},
    parts::Telephone,
};
use crate::{
    access::Handouts,
    lists::{Columns, Order, Setup, TakeAway, ViewsMenu},
    util::{Failed, encode, lang, tell_failure},
};
use api::session::use_me;
use i18n::{td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{
    Permission,
    access::Handout,
    auth::Danger,
    people::{ContactFilter, ContactRow, PeopleSort, Relation},
    search::List,
};
use ui::prelude::*;

fn read(query: &ParamsMap) -> ContactFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let order = Order::<PeopleSort>::read(word("sort").as_deref(), word("reverse").as_deref());
    ContactFilter {
        ids: Vec::new(),
        text: word("text"),
        relation: word("relation").and_then(|text| text.parse().ok()),
        building_id: word("building").and_then(|id| id.parse().ok()),
        has_login: word("has_login").and_then(|text| text.parse().ok()),
        phone: None,
        sort: Some(order.by).filter(|by| *by != PeopleSort::default()),
        reverse: order.reverse,
        cursor: word("cursor"),
    }
}

fn order(filter: &ContactFilter) -> Order<PeopleSort> {
    Order { by: filter.sort.unwrap_or_default(), reverse: filter.reverse }
}

fn query_of(filter: &ContactFilter) -> String {
    let mut pairs = narrowed(filter);
    pairs.extend(order(filter).pairs().map(|(name, value)| format!("{name}={value}")));
    pairs.extend(filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor))));
    pairs.join("&")
}

/// Whom the list shows, without order and page.
fn narrowed(filter: &ContactFilter) -> Vec<String> {
    let mut pairs = Vec::new();
    pairs.extend(filter.text.as_deref().map(|text| format!("text={}", encode(text))));
    pairs.extend(filter.relation.map(|relation| format!("relation={relation}")));
    pairs.extend(filter.building_id.map(|id| format!("building={id}")));
    pairs.extend(filter.has_login.map(|has| format!("has_login={has}")));
    pairs
}

/// Columns and order of a file, as its address says them.
fn shown(filter: &ContactFilter, setup: Setup) -> String {
    let Order { by, reverse } = order(filter);
    let columns: Vec<_> = ["name", "phones", "homes", "login"].into_iter().filter(|key| !setup.hides(key)).collect();
    format!("sort={by}&reverse={reverse}&columns={}", columns.join(","))
}

fn href(filter: &ContactFilter) -> String {
    let query = query_of(filter);
    if query.is_empty() { "/desk/people".to_owned() } else { format!("/desk/people?{query}") }
}

/// `/desk/people?text=&relation=&building=&has_login=&sort=&reverse=&cursor=`.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let l = lang();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(read));
    let page = Resource::new(move || filter.get(), api::people::contacts);
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok)?.next;
        cursor.is_some().then(|| href(&ContactFilter { cursor, ..filter.get() }))
    });
    let setup = Setup::load(List::People, "/desk/people");
    let manages = use_me().can(Permission::ResidentsManage);
    let of = many(rows, Callback::new(move |()| page.refetch()));
    // Shown instead of the list until they are put away.
    let invited = RwSignal::new(Vec::<Handout>::new());
    of.rows.walks(|_| ());
    if manages {
        of.rows.selects(|| false);
    }
    let columns = move || {
        vec![
            Column::new("name", td_string!(l, people.name), |p: &ContactRow| {
                let name = p.name.clone();
                view! { <span class="inline-flex items-center gap-2"><Avatar name=name.clone() decorative=true /> {name}</span> }
            })
            .sortable(),
            Column::new("phones", td_string!(l, people.phones), |p: &ContactRow| {
                view! {
                    <span class="inline-flex gap-x-3 whitespace-nowrap max-sm:flex-wrap max-sm:justify-end">
                        {p.phones.iter().cloned().map(|phone| view! { <Telephone phone=phone /> }).collect_view()}
                    </span>
                }
            })
            .hidden(setup.hidden("phones")),
            Column::new("homes", td_string!(l, people.homes), move |p: &ContactRow| {
                let homes: Vec<String> = p
                    .homes
                    .iter()
                    .map(|h| format!("{} ({})", h.address, words::relation(l, h.relation).to_lowercase()))
                    .collect();
                let text = homes.join("; ");
                view! { <span title=text.clone()>{text.clone()}</span> }
            })
            .class("cell-cut")
            .hidden(setup.hidden("homes")),
            Column::new("login", td_string!(l, people.app), move |p: &ContactRow| {
                p.has_login.then(|| view! { <Pill text=td_string!(l, people.has_login) tone=Tone::Success icon="smartphone" plain=true /> })
            })
            .hidden(setup.hidden("login")),
        ]
    };
    let sorted = use_navigate();
    let on_sort = Callback::new(move |column: String| {
        let now = filter.get_untracked();
        let Order { by, reverse } = order(&now).pressed(&column);
        let sort = Some(by).filter(|by| *by != PeopleSort::default());
        sorted(&href(&ContactFilter { sort, reverse, cursor: None, ..now }), NavigateOptions::default());
    });
    let empty = move || {
        if filter.with(|filter| narrowed(filter).is_empty()) {
            view! { <EmptyState text=td_string!(l, people.nobody_yet) icon="users"><NewButton /></EmptyState> }
                .into_any()
        } else {
            view! { <EmptyState text=td_string!(l, people.empty) icon="search">
                <Button href="/desk/people">{td_string!(l, desk.reset)}</Button>
            </EmptyState> }
            .into_any()
        }
    };
    let table = move |rows: Signal<Option<Vec<ContactRow>>>| {
        let sort = Signal::derive(move || Some(filter.with(|filter| order(filter).shown())));
        view! {
            <DataTable columns=columns() rows=rows key=|p: &ContactRow| p.id.to_string() caption=td_string!(l, common.people)
                href=|p: ContactRow| format!("/desk/people/{}", p.id) stack=true empty=empty active=of.rows.active
                selected=of.rows.selected selectable=manages sort=sort on_sort=on_sort />
        }
    };
    view! {
        <Title text=td_string!(l, common.people) />
        <div class=move || if invited.with(Vec::is_empty) { "contents" } else { "hidden" }>
            <h1 class="sr-only">{td_string!(l, common.people)}</h1>
            <FilterLine filter=filter setup=setup tools=move || view! {
                <ViewsMenu setup=setup query=Signal::derive(move || query_of(&ContactFilter { cursor: None, ..filter.get() })) />
                <Columns setup=setup of=vec![
                    ("phones", td_string!(l, people.phones)), ("homes", td_string!(l, people.homes)), ("login", td_string!(l, people.app)),
                ] />
            } />
            <Transition fallback=move || table(Signal::stored(None))>
                {move || match page.get() {
                    Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| page.refetch() /> }.into_any(),
                    _ => table(rows).into_any(),
                }}
                <Pager next=next />
            </Transition>
        </div>
        {manages.then(|| view! {
            <Handouts of=invited />
            <ManyBar of=of invited=invited shown=Signal::derive(move || filter.with(|filter| shown(filter, setup))) />
        })}
    }
    .into_any()
}

#[component]
fn NewButton() -> impl IntoView {
    let l = lang();
    use_me().can(Permission::ResidentsCreate).then(|| {
        view! { <Button kind=ButtonKind::Primary icon="user-plus" href="/desk/people/new">{td_string!(l, people.new_person)}</Button> }
    })
}

/// Words, relation, house and login in one line; a GET form until the page is alive.
#[component]
fn FilterLine(filter: Memo<ContactFilter>, setup: Setup, #[prop(into)] tools: ViewFn) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let fields = |filter: &ContactFilter| {
        (
            filter.text.clone().unwrap_or_default(),
            filter.relation.map(|r| r.to_string()).unwrap_or_default(),
            filter.building_id.map(|id| id.to_string()).unwrap_or_default(),
            filter.has_login.map(|has| has.to_string()).unwrap_or_default(),
        )
    };
    let (text, relation, building, login) = fields(&start);
    let (typed, relation, building, login) =
        (RwSignal::new(text), RwSignal::new(relation), RwSignal::new(building), RwSignal::new(login));
    let settled: Signal<String> = use_debounced(typed, 300);
    let house = RwSignal::new(String::new());
    let house_settled: Signal<String> = use_debounced(house, 200);
    let houses = Resource::new(
        move || (house_settled.get(), building.get()),
        |(text, chosen)| api::property::choices(text, chosen.parse().ok()),
    );
    tell_failure(houses);
    let house_options = Signal::derive(move || {
        let rows = houses.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter().map(|b| Opt::new(b.id.to_string(), b.address)).collect::<Vec<_>>()
    });
    // The address moves the fields (back button), the fields move the address.
    effect(move || {
        let (text, role, house, has) = fields(&filter.get());
        if typed.get_untracked().trim() != text {
            typed.set(text);
        }
        for (field, now) in [(relation, role), (building, house), (login, has)] {
            if field.get_untracked() != now {
                field.set(now);
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let now = filter.get_untracked();
        let next = ContactFilter {
            text: Some(typed.get_untracked().trim().to_owned()).filter(|t| !t.is_empty()),
            relation: relation.get_untracked().parse().ok(),
            building_id: building.get_untracked().parse().ok(),
            has_login: login.get_untracked().parse().ok(),
            sort: now.sort,
            reverse: now.reverse,
            ..ContactFilter::default()
        };
        if next != (ContactFilter { cursor: None, ..now }) {
            navigate(&href(&next), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(());
        }
    });
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    let logins = vec![
        Opt::new("true", td_string!(l, people.with_login)),
        Opt::new("false", td_string!(l, people.without_login)),
    ];
    let may_export = use_me().can(Permission::ResidentsManage);
    let file = move |form: &'static str| {
        let mut query = filter.with(narrowed);
        query.push(filter.with(|filter| shown(filter, setup)));
        format!("/desk/exports/people.{form}?{}", query.join("&"))
    };
    view! {
        <div class="flex flex-wrap items-center gap-2 pb-2">
            <form class="flex flex-1 max-sm:basis-full flex-wrap items-center gap-2" role="search" method="get" action="/desk/people"
                on:submit=move |ev| { ev.prevent_default(); go.run(()); }>
                <div class="w-full sm:w-72">
                    <Input name="text" icon="search" value=typed autocomplete="off" placeholder=td_string!(l, people.search) label=td_string!(l, people.search) />
                </div>
                <div class="max-sm:flex-1 sm:w-44">
                    <Select name="relation" options=relations value=relation placeholder=td_string!(l, people.any_relation)
                        label=td_string!(l, people.relation) on_change=move |_| go.run(()) />
                </div>
                <div class="max-sm:flex-1 sm:w-40">
                    <Select name="has_login" options=logins value=login placeholder=td_string!(l, people.any_login)
                        label=td_string!(l, people.app) on_change=move |_| go.run(()) />
                </div>
                <Transition>
                    <div class="w-full sm:w-56">
                        <Combobox name="building" options=house_options value=building placeholder=td_string!(l, desk.any_building)
                            label=td_string!(l, desk.building) on_query=move |text: String| house.set(text) on_change=move |_| go.run(()) />
                    </div>
                </Transition>
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
            </form>
            <div class="row ml-auto">
                {tools.run()}
                {may_export.then(|| view! { <TakeAway href=Callback::new(file) danger=Danger::ExportPeople /> })}
                <NewButton />
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_line_reads_back() {
        let mut query = ParamsMap::new();
        assert_eq!(href(&read(&query)), "/desk/people");
        for (name, value) in [
            ("text", " Каримов "),
            ("relation", "tenant"),
            ("has_login", "false"),
            ("building", "nonsense"),
            ("cursor", "c"),
        ] {
            query.insert(name, value.to_owned());
        }
        let filter = read(&query);
        assert_eq!(
            (filter.relation, filter.has_login, filter.building_id),
            (Some(Relation::Tenant), Some(false), None)
        );
        assert!(href(&filter).ends_with("&relation=tenant&has_login=false&cursor=c"));
    }
}
