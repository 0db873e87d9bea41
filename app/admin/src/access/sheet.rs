//! A sheet to print and hang up at the entrances of a house: where its residents apply.

use crate::util::{Failed, lang};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{BuildingId, Code, access::HouseSheet};
use ui::prelude::*;

/// `/desk/buildings/:id/sheet`.
#[component]
pub fn HouseSheetPage() -> impl IntoView {
    let l = lang();
    let params = use_params_map();
    let found = Resource::new(
        move || params.with(|p| p.get("id")).and_then(|id| id.parse::<BuildingId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::access::sheet(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let back = Signal::derive(move || params.with(|p| p.get("id")).map(|id| format!("/desk/buildings/{id}")));
    view! {
        <Title text=td_string!(l, access.sheet) />
        <div class="print:hidden">
            <PageHeader title=td_string!(l, access.sheet) back=back actions=move || view! {
                <Button kind=ButtonKind::Primary icon="printer" on_click=move |_| { let _ = window().print(); }>{td_string!(l, access.print)}</Button>
            } />
        </div>
        <Transition fallback=|| view! { <Skeleton lines=8 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(sheet) => view! { <Sheet sheet=sheet /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Sheet(sheet: HouseSheet) -> impl IntoView {
    // For everybody in the house, whatever language the desk works in.
    let lines = [i18n::Locale::uz, i18n::Locale::ru]
        .map(|l| (td_string!(l, access.sheet_title), td_string!(l, access.sheet_text)));
    view! {
        <article class="panel mx-auto w-full max-w-xl p-8 text-center stack gap-4">
            <p class="m-0 text-lg font-semibold">{sheet.company}</p>
            <p class="m-0 text-muted">{sheet.address}</p>
            {lines.into_iter().map(|(title, text)| view! {
                <div>
                    <h2 class="m-0 text-2xl font-semibold">{title}</h2>
                    <p class="m-0 mt-1">{text}</p>
                </div>
            }).collect_view()}
            <div class="bg-white rounded-box p-3 mx-auto w-64" role="img" aria-label=sheet.link.clone() inner_html=sheet.qr></div>
            <p class="m-0 text-sm [overflow-wrap:anywhere]">{sheet.link}</p>
            {sheet.company_phone.map(|phone| view! { <p class="m-0 text-xl font-semibold num">{phone.pretty()}</p> })}
        </article>
    }
}
