//! A look at a request beside the list: what one needs to decide on the next step.

use crate::util::{Due, Failed, PhoneLink, StatusPill, lang};
use api::{ApiResult, session::use_now};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    RequestId,
    requests::{RequestLook, RequestRow, thumb_url},
};
use ui::prelude::*;

/// The panel. `shown` is the request to look at, one of `rows`; the list keeps the keyboard.
#[component]
pub(super) fn Preview(shown: RwSignal<Option<RequestId>>, rows: Signal<Option<Vec<RequestRow>>>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    let more = RwSignal::new(None::<ApiResult<RequestLook>>);
    // A row that has left the list meanwhile stays in view as it was.
    let row = Memo::new(move |before: Option<&Option<RequestRow>>| {
        let id = shown.get()?;
        let fresh = rows.with(|rows| rows.iter().flatten().find(|row| row.id == id).cloned());
        fresh.or_else(|| before?.clone().filter(|row| row.id == id))
    });
    effect(move || {
        let Some(id) = shown.get() else {
            open.set(false);
            return;
        };
        more.set(None);
        open.set(true);
        spawn_local(async move {
            let answer = api::requests::look(id).await;
            if shown.try_get_untracked() == Some(Some(id)) {
                more.set(Some(answer));
            }
        });
    });
    let title = Signal::derive(move || {
        row.with(|row| row.as_ref().map_or_else(|| "…".to_owned(), |row| format!("№{}", row.number)))
    });
    view! {
        <Drawer open=open title=title modal=false on_close=move |()| shown.set(None) actions=move || view! {
            {move || shown.get().map(|id| view! {
                <IconButton icon="external-link" label=td_string!(l, search.preview_open) href=format!("/desk/requests/{id}") />
            })}
        }>
            {move || row.get().map(|row| view! { <Facts row=row more=more /> })}
        </Drawer>
    }
}

#[component]
fn Facts(row: RequestRow, more: RwSignal<Option<ApiResult<RequestLook>>>) -> impl IntoView {
    let l = lang();
    view! {
        <div class="stack">
            <div class="row">
                <StatusPill status=row.status />
                <Due time=row.time() />
                <span class="text-muted text-xs">{words::category(l, row.category)} " · " {words::priority(l, row.priority)}</span>
            </div>
            <p class="m-0 font-semibold">{row.address.clone()}</p>
            <p class="m-0 whitespace-pre-wrap">
                {if row.description.is_empty() { td_string!(l, requests.no_words).to_owned() } else { row.description.clone() }}
            </p>
            <KeyValues>
                <Fact label=td_string!(l, requests.caller)>
                    {row.contact_name.clone().unwrap_or_else(|| "—".to_owned())} " "
                    {row.contact_phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })}
                </Fact>
                <Fact label=td_string!(l, requests.assignee)>
                    {row.assignee.as_ref().map_or_else(|| td_string!(l, common.nobody).to_owned(), |person| person.name.clone())}
                </Fact>
            </KeyValues>
            {move || match more.get() {
                None => view! { <Skeleton lines=4 /> }.into_any(),
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" /> }.into_any(),
                Some(Ok(look)) => details(l, look).into_any(),
            }}
            <Button kind=ButtonKind::Primary href=format!("/desk/requests/{}", row.id)>{td_string!(l, search.preview_open)}</Button>
        </div>
    }
}

/// What the row does not have.
fn details(l: Locale, look: RequestLook) -> impl IntoView {
    let now = use_now();
    view! {
        {look.building_hint.map(|hint| view! {
            <KeyValues><Fact label=td_string!(l, requests.hint)>{hint}</Fact></KeyValues>
        })}
        {(!look.photos.is_empty()).then(|| view! {
            <div class="row">
                {look.photos.into_iter().map(|id| view! {
                    <img class="size-16 rounded-lg object-cover" src=thumb_url(id) alt="" loading="lazy" />
                }).collect_view()}
            </div>
        })}
        {(!look.latest.is_empty()).then(|| view! {
            <div class="grid gap-2">
                <div class="menu-title px-0!">{td_string!(l, search.preview_last)}</div>
                {look.latest.into_iter().map(|said| view! {
                    <div>
                        <div class="text-xs text-muted">{said.author} " · " {move || when::ago(l, said.at, now.get())}</div>
                        <div class="whitespace-pre-wrap">{said.body}</div>
                    </div>
                }).collect_view()}
            </div>
        })}
    }
}
