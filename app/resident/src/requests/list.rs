//! All my requests, open and finished.

use super::{FINISHED, OPEN, RequestTile};
use crate::outages::SharedProblems;
use api::{ApiResult, session::use_live};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    Page,
    requests::{RequestFilter, RequestRow},
};
use parts::{Answer, locale};
use ui::prelude::*;

/// `/my/requests?tab=finished&pages=2`: what is shown lives in the address.
#[component]
pub fn RequestsPage() -> impl IntoView {
    let l = locale();
    let query = use_query_map();
    let finished = Memo::new(move |_| query.with(|query| query.get_str("tab") == Some("finished")));
    let pages = Memo::new(move |_| {
        query.with(|query| query.get_str("pages").and_then(|n| n.parse::<u32>().ok())).unwrap_or(1).clamp(1, 50)
    });
    let version = use_live().version();
    let list = Resource::new_blocking(
        move || (finished.get(), pages.get(), version.get()),
        |(finished, pages, _)| read(finished, pages),
    );
    let tabs = Signal::derive(move || {
        let tab = |label: &str, href: &str, current| Tab {
            label: label.to_owned(),
            href: href.to_owned(),
            current,
            ..Default::default()
        };
        vec![
            tab(td_string!(l, resident.tab_open), "/my/requests", !finished.get()),
            tab(td_string!(l, resident.tab_finished), "/my/requests?tab=finished", finished.get()),
        ]
    });
    let more = move || {
        let tab = if finished.get() { "tab=finished&" } else { "" };
        format!("/my/requests?{tab}pages={}", pages.get() + 1)
    };
    view! {
        <Title text=td_string!(l, resident.my_requests) />
        <Tabs tabs=tabs label=td_string!(l, resident.tabs) />
        <Answer from=list lines=8 let:page>
            <For
                each=move || page.with(|page| page.items.clone())
                key=|row| (row.id, row.status, row.rating, row.assignee.clone().map(|person| person.id), row.due_at)
                let:row
            >
                <RequestTile row=row />
            </For>
            {move || (!finished.get()).then(|| view! { <SharedProblems joined=true /> })}
            {move || page.with(|page| page.items.is_empty()).then(|| if finished.get() {
                view! { <EmptyState icon="clipboard-check" text=td_string!(l, resident.no_finished) /> }.into_any()
            } else {
                view! {
                    <EmptyState icon="inbox" text=td_string!(l, resident.no_open)>
                        <Button kind=ButtonKind::Primary icon="plus" href="/my/new">{td_string!(l, resident.file_request)}</Button>
                    </EmptyState>
                }
                .into_any()
            })}
            {move || page.with(|page| page.next.is_some()).then(|| view! {
                <a class="btn btn-plain btn-big" href=more() data-noscroll="">{td_string!(l, resident.show_more)}</a>
            })}
        </Answer>
    }
    .into_any()
}

/// The first pages as one, so that a live update renews everything on the screen.
async fn read(finished: bool, pages: u32) -> ApiResult<Page<RequestRow>> {
    let status = if finished { FINISHED.to_vec() } else { OPEN.to_vec() };
    let mut all = Page { items: Vec::new(), next: None };
    for _ in 0..pages {
        let filter =
            RequestFilter { status: status.clone(), cursor: all.next.take(), limit: Some(20), ..Default::default() };
        let page = api::requests::list(filter).await?;
        all.items.extend(page.items);
        all.next = page.next;
        if all.next.is_none() {
            break;
        }
    }
    Ok(all)
}
