//! The list of houses: filtered and paged by the server, the filter in the address line.

use crate::util::{Failed, encode, lang};
use api::session::use_me;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{
    Permission,
    property::{BuildingFilter, BuildingRow},
};
use ui::prelude::*;

fn read(query: &ParamsMap) -> BuildingFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    BuildingFilter {
        text: word("text"),
        complex_id: word("complex").and_then(|id| id.parse().ok()),
        archived: query.get("archived").is_some(),
        cursor: word("cursor"),
        limit: None,
    }
}

fn href(filter: &BuildingFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.text.as_deref().map(|text| format!("text={}", encode(text))));
    pairs.extend(filter.complex_id.map(|id| format!("complex={id}")));
    pairs.extend(filter.archived.then(|| "archived=1".to_owned()));
    pairs.extend(filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor))));
    if pairs.is_empty() { "/desk/buildings".to_owned() } else { format!("/desk/buildings?{}", pairs.join("&")) }
}

/// `/desk/buildings?text=&complex=&archived=&cursor=`.
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
    let columns = move || {
        vec![
            Column::new("address", td_string!(l, property.address), |b: &BuildingRow| b.address.clone()),
            Column::new("complex", td_string!(l, property.complex), |b: &BuildingRow| b.complex.clone())
                .class("text-muted"),
            Column::new("storeys", td_string!(l, property.storeys), |b: &BuildingRow| b.storeys).num(),
            Column::new("entrances", td_string!(l, property.entrances), |b: &BuildingRow| b.entrances).num(),
            Column::new("units", td_string!(l, property.units), |b: &BuildingRow| b.units).num(),
            Column::new("open", td_string!(l, property.open_requests), |b: &BuildingRow| {
                (b.open_requests > 0)
                    .then(|| view! { <a class="link" href=format!("/desk?building={}", b.id)>{b.open_requests}</a> })
            })
            .num(),
        ]
    };
    let filtered = move || filter.get() != BuildingFilter::default();
    let empty = move || {
        if filtered() {
            view! { <EmptyState text=td_string!(l, property.nothing_found) icon="search">
                <Button href="/desk/buildings">{td_string!(l, desk.reset)}</Button>
            </EmptyState> }
            .into_any()
        } else {
            view! { <EmptyState text=td_string!(l, property.empty) icon="building-2"><NewButton /></EmptyState> }
                .into_any()
        }
    };
    let table = move |rows: Signal<Option<Vec<BuildingRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|b: &BuildingRow| b.id.to_string() caption=td_string!(l, common.buildings)
                href=|b: BuildingRow| format!("/desk/buildings/{}", b.id) stack=true empty=empty />
        }
    };
    view! {
        <Title text=td_string!(l, common.buildings) />
        <h1 class="sr-only">{td_string!(l, common.buildings)}</h1>
        <FilterLine filter=filter />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match page.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/buildings" on_retry=move |()| page.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
            <Pager next=next />
        </Transition>
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
fn FilterLine(filter: Memo<BuildingFilter>) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let typed = RwSignal::new(start.text.unwrap_or_default());
    let complex = RwSignal::new(start.complex_id.map(|id| id.to_string()).unwrap_or_default());
    let settled: Signal<String> = use_debounced(typed, 300);
    let complexes = Resource::new(|| (), |()| api::property::complexes());
    let options = Signal::derive(move || {
        let rows = complexes.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect::<Vec<_>>()
    });
    // The address moves the fields (back button), the fields move the address.
    Effect::new(move |_| {
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
    Effect::new(move |first: Option<()>| {
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
            <form class="flex flex-1 flex-wrap items-center gap-2" role="search" method="get" action="/desk/buildings"
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
                {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
            </form>
            <div class="row ml-auto">
                <Menu label=td_string!(l, property.more) end=true trigger=|| view! { <Icon name="more-horizontal" /> }>
                    <MenuItem text=td_string!(l, property.complexes) icon="building" href="/desk/complexes" />
                    <MenuItem text=td_string!(l, property.company_documents) icon="file-text" href="/desk/documents" />
                    {manages.then(|| view! {
                        <MenuItem text=td_string!(l, property.rule_title) icon="receipt" href="/desk/accounts/rule" />
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
        for (name, value) in [("text", " Навои "), ("archived", "1"), ("cursor", "c"), ("complex", "nonsense")] {
            query.insert(name, value.to_owned());
        }
        let filter = read(&query);
        assert_eq!(filter.text.as_deref(), Some("Навои"));
        assert_eq!(href(&filter), "/desk/buildings?text=%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8&archived=1&cursor=c");
    }
}
