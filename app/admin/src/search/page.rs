//! `/desk/search`: everything that was found, also without scripts.

use super::{HitLines, call_href, kind_word, recent, whole_number};
use crate::util::{Failed, lang, requests_about};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::search::{Found, SearchQuery};
use ui::prelude::*;

/// `/desk/search?q=`.
#[component]
pub fn SearchPage() -> impl IntoView {
    let l = lang();
    let params = use_query_map();
    let text = Memo::new(move |_| params.with(|p| p.get("q")).unwrap_or_default().trim().to_owned());
    let found = Resource::new(
        move || text.get(),
        |q| async move {
            if q.is_empty() {
                return Ok(None);
            }
            api::search::find(SearchQuery { q, limit: Some(20) }).await.map(Some)
        },
    );
    view! {
        <Title text=td_string!(l, search.title) />
        <h1 class="sr-only">{td_string!(l, search.title)}</h1>
        {move || whole_number(&text.get()).map(|phone| view! {
            <p><a class="btn btn-primary" href=call_href(&phone)><Icon name="phone-call" /> {td_string!(l, people.call_card)} " " {phone.pretty()}</a></p>
        })}
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(None) => view! { <EmptyState text=td_string!(l, search.start) icon="search" /> }.into_any(),
                Ok(Some(found)) => view! { <Results found=found text=text.get() /> }.into_any(),
                Err(error) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Results(found: Found, text: String) -> impl IntoView {
    let l = lang();
    let in_requests = td_string!(l, search.in_requests, text = text.clone()).to_string();
    let href = requests_about(&text);
    let nothing = found.groups.is_empty();
    let instead = found.instead.clone();
    let groups = found
        .groups
        .into_iter()
        .map(|group| {
            view! {
                <Card title=kind_word(l, group.kind) flush=true>
                    <div class="p-1">
                        {group.hits.into_iter().map(|hit| {
                            let (href, chosen) = (hit.href(), hit.clone());
                            view! { <a class="menu-row" href=href on:click=move |_| recent::remember(&chosen)><HitLines hit=hit /></a> }
                        }).collect_view()}
                    </div>
                </Card>
            }
        })
        .collect_view();
    view! {
        <div class="stack py-3">
            {instead.map(|text| view! { <Banner tone=Tone::Info text=td_string!(l, search.instead, text = text).to_string() /> })}
            {nothing.then(|| view! {
                <EmptyState text=td_string!(l, search.nothing, text = text.clone()).to_string() icon="search" />
            })}
            <div class="grid items-start gap-4 xl:grid-cols-2">{groups}</div>
            <div><Button href=href icon="inbox">{in_requests}</Button></div>
        </div>
    }
}
