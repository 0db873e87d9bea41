//! The register of units: flats, shops, storages, parking places of all houses.

use super::{
    form::exact_area,
    units_filters::FilterLine,
    units_many::{ManyBar, many},
    units_query::{PATH, UnitsQuery},
};
use crate::{
    lists::{Columns, Setup, TakeAway, ViewsMenu},
    util::{Failed, lang},
};
use api::session::use_me;
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{Permission, property::RegisterRow, search::List};
use ui::prelude::*;

/// Columns one can hide. Their keys are those of the exported file where it has them.
fn titles(l: Locale) -> Vec<(&'static str, &'static str)> {
    vec![
        ("address", td_string!(l, property.address)),
        ("kind", td_string!(l, property.kind)),
        ("entrance", td_string!(l, property.entrance)),
        ("floor", td_string!(l, property.floor)),
        ("rooms", td_string!(l, property.rooms)),
        ("area", td_string!(l, property.area)),
        ("account", td_string!(l, property.account)),
        ("people", td_string!(l, property.residents)),
        ("open", td_string!(l, property.open_requests)),
    ]
}

fn columns(l: Locale, setup: Setup) -> Vec<Column<RegisterRow>> {
    let hidden = |column: Column<RegisterRow>| {
        let key = column.key;
        column.hidden(setup.hidden(key))
    };
    let none = || view! { <span class="text-muted">"—"</span> }.into_any();
    vec![
        Column::new("place", td_string!(l, lists.number), |u: &RegisterRow| format!("№{}", u.number)).sortable(),
        hidden(Column::new("address", td_string!(l, property.address), |u: &RegisterRow| {
            view! { <a class="link" href=format!("/desk/buildings/{}", u.building_id)>{u.address.clone()}</a> }
        })),
        hidden(Column::new("kind", td_string!(l, property.kind), move |u: &RegisterRow| words::unit_kind(l, u.kind)))
            .class("text-muted"),
        hidden(Column::new("entrance", td_string!(l, property.entrance), |u: &RegisterRow| u.entrance)).num(),
        hidden(Column::new("floor", td_string!(l, property.floor), |u: &RegisterRow| u.floor)).num(),
        hidden(Column::new("rooms", td_string!(l, property.rooms), |u: &RegisterRow| u.rooms)).num(),
        hidden(Column::new("area", td_string!(l, property.area), move |u: &RegisterRow| match u.area_cm2 {
            Some(area) => exact_area(l, area).into_any(),
            None => none(),
        }))
        .num()
        .sortable(),
        hidden(Column::new("account", td_string!(l, property.account), move |u: &RegisterRow| {
            match u.account.clone() {
                Some(account) => view! { <span class="num">{account}</span> }.into_any(),
                None => none(),
            }
        }))
        .sortable(),
        hidden(Column::new("people", td_string!(l, property.residents), |u: &RegisterRow| u.people)).num(),
        hidden(Column::new("open", td_string!(l, property.open_requests), |u: &RegisterRow| {
            (u.open_requests > 0).then_some(u.open_requests)
        }))
        .num(),
    ]
}

/// Columns of the file, in the order of the list.
fn exported(setup: Setup) -> Vec<&'static str> {
    let all = ["address", "unit", "kind", "entrance", "floor", "rooms", "area", "account", "people"];
    all.into_iter().filter(|key| !setup.hides(key)).collect()
}

/// `/desk/units`.
#[component]
pub fn UnitsPage() -> impl IntoView {
    let (l, me) = (lang(), use_me());
    let manages = me.can(Permission::BuildingsManage);
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| UnitsQuery::read(|name| p.get(name))));
    let page = Resource::new(move || query.get(), |query| api::property::register(query.filter()));
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok)?.next?;
        Some(UnitsQuery { cursor: Some(cursor), ..query.get() }.href())
    });
    let setup = Setup::load(List::Units, PATH);
    let of = many(rows, Callback::new(move |()| page.refetch()));
    of.rows.walks(|_| ());
    if manages {
        of.rows.selects(|| false);
    }
    let sorted = use_navigate();
    let on_sort = Callback::new(move |column: String| {
        let now = query.get_untracked();
        let order = now.order.pressed(&column);
        sorted(&UnitsQuery { order, cursor: None, ..now }.href(), NavigateOptions::default());
    });
    let empty = move || {
        if query.with(UnitsQuery::is_narrow) {
            view! {
                <EmptyState text=td_string!(l, property.nothing_found) icon="search">
                    <Button href=PATH>{td_string!(l, desk.reset)}</Button>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <EmptyState text=td_string!(l, lists.units_empty) icon="door-open">
                    <Button icon="building-2" href="/desk/buildings">{td_string!(l, common.buildings)}</Button>
                </EmptyState>
            }
            .into_any()
        }
    };
    let file = move |form: &'static str| query.with(|q| q.export_href(form, &exported(setup)));
    let table = move |rows: Signal<Option<Vec<RegisterRow>>>| {
        let sort = Signal::derive(move || Some(query.with(|q| q.order.shown())));
        view! {
            <DataTable columns=columns(l, setup) rows=rows key=|u: &RegisterRow| u.id.to_string() caption=td_string!(l, lists.units_title)
                href=|u: RegisterRow| format!("{PATH}/{}", u.id) stack=true empty=empty active=of.rows.active
                selected=of.rows.selected selectable=manages sort=sort on_sort=on_sort />
        }
    };
    view! {
        <Title text=td_string!(l, lists.units_title) />
        <h1 class="sr-only">{td_string!(l, lists.units_title)}</h1>
        <super::RegisterTabs current=PATH />
        <FilterLine query=query tools=move || view! {
            <ViewsMenu setup=setup query=Signal::derive(move || query.with(UnitsQuery::kept)) />
            <Columns setup=setup of=titles(l) />
            {manages.then(|| view! { <TakeAway href=Callback::new(file) hint=td_string!(l, lists.unit_export_hint) /> })}
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || page.get().and_then(Result::err).map(|error| view! {
                <Failed failure=error.0 back=PATH on_retry=move |()| page.refetch() />
            })}
            <div hidden=move || page.get().is_some_and(|rows| rows.is_err())>{table(rows)}</div>
            <div class="row justify-end">
                {move || query.with(|q| q.cursor.is_some()).then(|| view! {
                    <Button kind=ButtonKind::Ghost icon="chevrons-up-down" href=UnitsQuery { cursor: None, ..query.get() }.href()>
                        {td_string!(l, desk.to_newest)}
                    </Button>
                })}
                <Pager next=next />
            </div>
        </Transition>
        <ManyBar of=of archived=Signal::derive(move || query.with(|q| q.archived)) />
    }
    .into_any()
}
