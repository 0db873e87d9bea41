//! The list of houses: filtered, ordered and paged by the server, all of it in the address line.

use super::buildings_many::{ManyBar, many};
use crate::{
    lists::{Columns, Order, Setup, TakeAway, ViewsMenu},
    util::{Failed, encode, lang, tell_failure},
};
use api::session::use_me;
use i18n::{Locale, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{
    Permission,
    property::{BuildingFilter, BuildingRow, BuildingSort, ComplexRow},
    search::List,
};
use ui::prelude::*;

const PATH: &str = "/desk/buildings";

fn read(query: &ParamsMap) -> BuildingFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let order = Order::<BuildingSort>::read(word("sort").as_deref(), word("reverse").as_deref());
    BuildingFilter {
        text: word("text"),
        complex_id: word("complex").and_then(|id| id.parse().ok()),
        archived: query.get("archived").is_some(),
        sort: Some(order.by).filter(|by| *by != BuildingSort::default()),
        reverse: order.reverse,
        cursor: word("cursor"),
        limit: None,
    }
}

fn order(filter: &BuildingFilter) -> Order<BuildingSort> {
    Order { by: filter.sort.unwrap_or_default(), reverse: filter.reverse }
}

/// What the address says, without the page.
fn kept(filter: &BuildingFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.text.as_deref().map(|text| format!("text={}", encode(text))));
    pairs.extend(filter.complex_id.map(|id| format!("complex={id}")));
    pairs.extend(filter.archived.then(|| "archived=1".to_owned()));
    pairs.extend(order(filter).pairs().map(|(name, value)| format!("{name}={value}")));
    pairs.join("&")
}

fn href(filter: &BuildingFilter) -> String {
    let cursor = filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor)));
    let all: Vec<String> = [kept(filter)].into_iter().chain(cursor).filter(|part| !part.is_empty()).collect();
    if all.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", all.join("&")) }
}

/// The same houses, all pages of them, as a file with the columns that are shown.
fn export(filter: &BuildingFilter, form: &str, columns: &[&str]) -> String {
    let Order { by, reverse } = order(filter);
    let pairs = [
        ("text", filter.text.as_deref().map(encode)),
        ("complex_id", filter.complex_id.map(|id| id.to_string())),
        ("archived", filter.archived.then(|| "true".to_owned())),
        ("sort", Some(by.to_string())),
        ("reverse", reverse.then(|| "true".to_owned())),
        ("columns", Some(columns.join(","))),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    format!("/desk/exports/buildings.{form}?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// Columns one can hide.
fn titles(l: Locale) -> Vec<(&'static str, &'static str)> {
    vec![
        ("complex", td_string!(l, property.complex)),
        ("storeys", td_string!(l, property.storeys)),
        ("entrances", td_string!(l, property.entrances)),
        ("units", td_string!(l, property.units)),
        ("open", td_string!(l, property.open_requests)),
    ]
}

fn columns(l: Locale, setup: Setup) -> Vec<Column<BuildingRow>> {
    let hidden = |column: Column<BuildingRow>| {
        let key = column.key;
        column.hidden(setup.hidden(key))
    };
    vec![
        Column::new("address", td_string!(l, property.address), |b: &BuildingRow| b.address.clone()).sortable(),
        hidden(Column::new("complex", td_string!(l, property.complex), |b: &BuildingRow| b.complex.clone()))
            .class("text-muted")
            .sortable(),
        hidden(Column::new("storeys", td_string!(l, property.storeys), |b: &BuildingRow| b.storeys)).num().sortable(),
        hidden(Column::new("entrances", td_string!(l, property.entrances), |b: &BuildingRow| b.entrances)).num(),
        hidden(Column::new("units", td_string!(l, property.units), |b: &BuildingRow| {
            (b.units > 0).then(|| view! { <a class="link" href=format!("/desk/units?building={}", b.id)>{b.units}</a> })
        }))
        .num(),
        hidden(Column::new("open", td_string!(l, property.open_requests), |b: &BuildingRow| {
            (b.open_requests > 0)
                .then(|| view! { <a class="link" href=format!("/desk?building={}", b.id)>{b.open_requests}</a> })
        }))
        .num()
        .sortable(),
    ]
}

/// `/desk/buildings?text=&complex=&archived=&sort=&reverse=&cursor=`.
#[component]
pub fn BuildingsPage() -> impl IntoView {
    let l = lang();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(read));
    let page = Resource::new(move || filter.get(), api::property::buildings);
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok)?.next;
        cursor.is_some().then(|| href(&BuildingFilter { cursor, ..filter.get() }))
    });
    let setup = Setup::load(List::Buildings, PATH);
    let complexes = Resource::new(|| (), |()| api::property::complexes());
    tell_failure(complexes);
    let known = Signal::derive(move || complexes.get().and_then(Result::ok));
    let of = many(rows, Callback::new(move |()| page.refetch()));
    of.rows.walks(|_| ());
    let manages = use_me().can(Permission::BuildingsManage);
    if manages {
        of.rows.selects(|| false);
    }
    let sorted = use_navigate();
    let on_sort = Callback::new(move |column: String| {
        let now = filter.get_untracked();
        let Order { by, reverse } = order(&now).pressed(&column);
        sorted(&href(&BuildingFilter { sort: Some(by), reverse, cursor: None, ..now }), NavigateOptions::default());
    });
    let filtered = move || {
        let now = filter.get();
        now != BuildingFilter { sort: now.sort, reverse: now.reverse, ..BuildingFilter::default() }
    };
    let empty = move || {
        if filtered() {
            view! { <EmptyState text=td_string!(l, property.nothing_found) icon="search">
                <Button href=PATH>{td_string!(l, desk.reset)}</Button>
            </EmptyState> }
            .into_any()
        } else {
            view! { <EmptyState text=td_string!(l, property.empty) icon="building-2"><NewButton /></EmptyState> }
                .into_any()
        }
    };
    let file = move |form: &'static str| {
        let keys = ["address", "complex", "storeys", "entrances", "units", "open"];
        let shown: Vec<&str> = keys.into_iter().filter(|key| !setup.hides(key)).collect();
        filter.with(|filter| export(filter, form, &shown))
    };
    let table = move |rows: Signal<Option<Vec<BuildingRow>>>| {
        let sort = Signal::derive(move || Some(order(&filter.get()).shown()));
        view! {
            <DataTable columns=columns(l, setup) rows=rows key=|b: &BuildingRow| b.id.to_string() caption=td_string!(l, common.buildings)
                href=|b: BuildingRow| format!("{PATH}/{}", b.id) stack=true empty=empty active=of.rows.active
                selected=of.rows.selected selectable=manages sort=sort on_sort=on_sort />
        }
    };
    view! {
        <Title text=td_string!(l, common.buildings) />
        <h1 class="sr-only">{td_string!(l, common.buildings)}</h1>
        <super::RegisterTabs current=PATH />
        <FilterLine filter=filter complexes=known tools=move || view! {
            <ViewsMenu setup=setup query=Signal::derive(move || kept(&filter.get())) />
            <Columns setup=setup of=titles(l) />
            {manages.then(|| view! { <TakeAway href=Callback::new(file) /> })}
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || page.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back=PATH on_retry=move |()| page.refetch() />
            })}
            <div hidden=move || page.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
            <Pager next=next />
        </Transition>
        <ManyBar of=of complexes=known archived=Signal::derive(move || filter.get().archived) />
    }
    .into_any()
}

#[component]
fn NewButton() -> impl IntoView {
    let l = lang();
    use_me().can(Permission::BuildingsManage).then(|| {
        view! {
            <Button kind=ButtonKind::Primary icon="plus" href="/desk/buildings/new">{td_string!(l, property.new_building)}</Button>
        }
    })
}

/// Words, complex and archive in one line; a GET form until the page is alive.
#[component]
fn FilterLine(
    filter: Memo<BuildingFilter>,
    complexes: Signal<Option<Vec<ComplexRow>>>,
    #[prop(into)] tools: ViewFn,
) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let typed = RwSignal::new(start.text.unwrap_or_default());
    let complex = RwSignal::new(start.complex_id.map(|id| id.to_string()).unwrap_or_default());
    let settled: Signal<String> = use_debounced(typed, 300);
    let options = Signal::derive(move || {
        let rows = complexes.get().unwrap_or_default();
        rows.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect::<Vec<_>>()
    });
    // The address moves the fields (back button), the fields move the address.
    effect(move || {
        let now = filter.get();
        let text = now.text.unwrap_or_default();
        if typed.get_untracked().trim() != text {
            typed.set(text);
        }
        let id = now.complex_id.map(|id| id.to_string()).unwrap_or_default();
        if complex.get_untracked() != id {
            complex.set(id);
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let now = filter.get_untracked();
        let next = BuildingFilter {
            text: Some(typed.get_untracked().trim().to_owned()).filter(|t| !t.is_empty()),
            complex_id: complex.get_untracked().parse().ok(),
            cursor: None,
            ..now.clone()
        };
        if next != (BuildingFilter { cursor: None, ..now }) {
            navigate(&href(&next), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(());
        }
    });
    let archive = move || {
        let now = filter.get();
        href(&BuildingFilter { archived: !now.archived, cursor: None, ..now })
    };
    let manages = use_me().can(Permission::BuildingsManage);
    view! {
        <div class="flex flex-wrap items-center gap-2 pb-2">
            <form class="flex flex-1 max-sm:basis-full flex-wrap items-center gap-2" role="search" method="get" action="/desk/buildings"
                on:submit=move |ev| { ev.prevent_default(); go.run(()); }>
                <div class="w-full sm:w-80">
                    <Input name="text" icon="search" value=typed autocomplete="off" placeholder=td_string!(l, property.search) label=td_string!(l, property.search) />
                </div>
                <Transition>
                    <div class="w-full sm:w-56">
                        <Select name="complex" options=options value=complex placeholder=td_string!(l, property.all_complexes)
                            label=td_string!(l, property.complex) on_change=move |_| go.run(()) />
                    </div>
                </Transition>
                {move || view! { <Chip text=td_string!(l, property.archive_shown) icon="history" active=filter.get().archived href=archive() /> }}
                {move || order(&filter.get()).pairs().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()}
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
            </form>
            <div class="row ml-auto">
                {tools.run()}
                <Menu label=td_string!(l, property.more) end=true trigger=|| view! { <Icon name="more-horizontal" /> }>
                    <MenuItem text=td_string!(l, property.company_documents) icon="file-text" href="/desk/documents" />
                    {manages.then(|| view! {
                        <MenuItem text=td_string!(l, property.rule_title) icon="receipt" href="/desk/settings/numbers" />
                    })}
                </Menu>
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
        assert_eq!(href(&read(&query)), "/desk/buildings");
        for (name, value) in
            [("text", " Навои "), ("archived", "1"), ("cursor", "c"), ("complex", "nonsense"), ("sort", "open")]
        {
            query.insert(name, value.to_owned());
        }
        let filter = read(&query);
        assert_eq!(filter.text.as_deref(), Some("Навои"));
        assert_eq!(href(&filter), "/desk/buildings?text=%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8&archived=1&sort=open&cursor=c");
        assert_eq!(
            export(&filter, "csv", &["address", "open"]),
            "/desk/exports/buildings.csv?text=%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8&archived=true&sort=open&columns=address,open"
        );
    }
}
