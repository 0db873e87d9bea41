//! Requests beside an outage: those it explains, and those that look like it.

use crate::util::{StatusPill, lang, toast_failure};
use api::session::use_now;
use i18n::{td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    OutageId, RequestId,
    outages::{LinkRequests, OutageCard},
    requests::LinkedRequest,
};
use ui::prelude::*;

/// One request in one line.
#[component]
pub(super) fn RequestLine(request: LinkedRequest, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = request.created_at;
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 border-b border-line last:border-b-0">
            <a class="link num" href=format!("/desk/requests/{}", request.id)>{format!("№{}", request.number)}</a>
            <StatusPill status=request.status />
            <span class="grow min-w-48">
                <span class="block truncate">{request.address}</span>
                <span class="block truncate text-sm text-muted">{request.description}</span>
            </span>
            <span class="text-sm text-muted" title=when::full(l, at)>{move || when::moment(l, at, now.get())}</span>
            {children.map(|children| children())}
        </div>
    }
}

/// What the outage explains; and what it may explain as well, one click away.
#[component]
pub(super) fn Requests(
    id: OutageId,
    card: Signal<OutageCard>,
    manages: bool,
    #[prop(into)] on_card: Callback<OutageCard>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let linked = Memo::new(move |_| card.with(|card| card.requests.clone()));
    let similar = Memo::new(move |_| card.with(|card| card.similar.clone()));
    let send = Callback::new(move |command: LinkRequests| {
        spawn_local(async move {
            match api::outages::link(id, command).await {
                Ok(fresh) => {
                    toasts.success(td_string!(l, outages.linked_done));
                    let _ = on_card.try_run(fresh);
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    });
    let add = move |link: Vec<RequestId>| send.run(LinkRequests { link, unlink: Vec::new() });
    let take = move |request: RequestId| send.run(LinkRequests { link: Vec::new(), unlink: vec![request] });
    view! {
        <Card title=td_string!(l, outages.linked)>
            {move || {
                let rows = linked.get();
                if rows.is_empty() {
                    return view! { <EmptyState text=td_string!(l, outages.no_linked) icon="inbox" /> }.into_any();
                }
                rows.into_iter().map(|request| {
                    let id = request.id;
                    view! {
                        <RequestLine request=request>
                            {manages.then(|| view! {
                                <IconButton icon="x" size=ButtonSize::Small label=td_string!(l, outages.unlink) on_click=move |_| take(id) />
                            })}
                        </RequestLine>
                    }
                }).collect_view().into_any()
            }}
        </Card>
        {move || {
            let rows = similar.get();
            (!rows.is_empty()).then(|| {
                let all = StoredValue::new(rows.iter().map(|r| r.id).collect::<Vec<_>>());
                view! {
                    <Card title=td_string!(l, outages.similar) actions=move || view! {
                        <Button size=ButtonSize::Small icon="link" on_click=move |_| add(all.get_value())>{td_string!(l, outages.link_all)}</Button>
                    }>
                        {rows.into_iter().map(|request| {
                            let id = request.id;
                            view! {
                                <RequestLine request=request>
                                    <Button size=ButtonSize::Small on_click=move |_| add(vec![id])>{td_string!(l, outages.link)}</Button>
                                </RequestLine>
                            }
                        }).collect_view()}
                    </Card>
                }
            })
        }}
    }
}
