//! Houses: the list and one building.

mod building;
mod chart;

pub use building::BuildingPage;

use crate::util::{Failed, lang};
use api::session::use_me;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Permission, property::BuildingRow};
use ui::prelude::*;

/// `/desk/buildings`.
#[component]
pub fn BuildingsPage() -> impl IntoView {
    let l = lang();
    let may_export = use_me().can(Permission::BuildingsManage);
    let params = use_query_map();
    let text = Memo::new(move |_| params.with(|p| p.get("text")).unwrap_or_default());
    let all = Resource::new(|| (), |()| api::property::buildings());
    let rows = Signal::derive(move || {
        let wanted: Vec<String> = text.get().to_lowercase().split_whitespace().map(str::to_owned).collect();
        let fits = |b: &BuildingRow| {
            let text = format!("{} {}", b.address, b.complex.as_deref().unwrap_or_default()).to_lowercase();
            wanted.iter().all(|word| text.contains(word.as_str()))
        };
        all.get().and_then(Result::ok).map(|rows| rows.into_iter().filter(fits).collect::<Vec<_>>())
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
    let table = move |rows: Signal<Option<Vec<BuildingRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|b: &BuildingRow| b.id.to_string() caption=td_string!(l, common.buildings)
                href=|b: BuildingRow| format!("/desk/buildings/{}", b.id) stack=true
                empty=move || view! { <EmptyState text=td_string!(l, property.empty) icon="building-2" /> } />
        }
    };
    view! {
        <Title text=td_string!(l, common.buildings) />
        <h1 class="sr-only">{td_string!(l, common.buildings)}</h1>
        <div class="row">
            <div class="grow"><crate::people::SearchLine action="/desk/buildings" text=text placeholder=td_string!(l, property.search) /></div>
            {may_export.then(|| view! {
                <a class="btn btn-plain" rel="external" download="" href="/desk/exports/units.xlsx">
                    <Icon name="file-spreadsheet" />
                    <span class="max-sm:sr-only">{td_string!(l, desk.export)}</span>
                </a>
            })}
        </div>
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match all.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
        </Transition>
    }
    .into_any()
}
