//! A look at a request beside the list: what one needs to decide on the next step.

use crate::util::{Due, Failed, PhoneLink, StatusPill, lang};
use api::{ApiResult, session::use_now};
use i18n::{td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{RequestId, requests::RequestCard};
use ui::prelude::*;

/// The panel. `shown` is the request to look at; the list keeps the keyboard.
#[component]
pub(super) fn Preview(shown: RwSignal<Option<RequestId>>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    let card = RwSignal::new(None::<ApiResult<RequestCard>>);
    Effect::new(move |_| {
        let Some(id) = shown.get() else {
            open.set(false);
            return;
        };
        card.set(None);
        open.set(true);
        spawn_local(async move {
            let answer = api::requests::get(id).await;
            if shown.get_untracked() == Some(id) {
                card.set(Some(answer));
            }
        });
    });
    let title = Signal::derive(move || {
        card.with(|card| match card {
            Some(Ok(card)) => format!("№{}", card.number),
            _ => "…".to_owned(),
        })
    });
    view! {
        <Drawer open=open title=title modal=false on_close=move |()| shown.set(None) actions=move || view! {
            {move || shown.get().map(|id| view! {
                <IconButton icon="external-link" label=td_string!(l, search.preview_open) href=format!("/desk/requests/{id}") />
            })}
        }>
            {move || match card.get() {
                None => view! { <Skeleton lines=8 /> }.into_any(),
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" /> }.into_any(),
                Some(Ok(card)) => view! { <Facts card=card /> }.into_any(),
            }}
        </Drawer>
    }
}

#[component]
fn Facts(card: RequestCard) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let latest: Vec<_> = card.comments.iter().rev().take(3).cloned().collect();
    view! {
        <div class="stack">
            <div class="row">
                <StatusPill status=card.status />
                <Due time=card.time() />
                <span class="text-muted text-xs">{words::category(l, card.category)} " · " {words::priority(l, card.priority)}</span>
            </div>
            <p class="m-0 font-semibold">{card.address.clone()}</p>
            <p class="m-0 whitespace-pre-wrap">
                {if card.description.is_empty() { td_string!(l, requests.no_words).to_owned() } else { card.description.clone() }}
            </p>
            {(!card.files.is_empty()).then(|| view! {
                <div class="row">
                    {card.files.iter().take(4).map(|file| view! {
                        <img class="size-16 rounded-lg object-cover" src=file.thumb_url() alt="" loading="lazy" />
                    }).collect_view()}
                </div>
            })}
            <KeyValues>
                <Fact label=td_string!(l, requests.caller)>
                    {card.contact_name.clone().unwrap_or_else(|| "—".to_owned())} " "
                    {card.contact_phone.clone().map(|phone| view! { <PhoneLink phone=phone /> })}
                </Fact>
                <Fact label=td_string!(l, requests.assignee)>
                    {card.assignee.as_ref().map_or_else(|| td_string!(l, common.nobody).to_owned(), |person| person.name.clone())}
                </Fact>
                {card.building_hint.clone().map(|hint| view! { <Fact label=td_string!(l, requests.hint)>{hint}</Fact> })}
            </KeyValues>
            {(!latest.is_empty()).then(|| view! {
                <div class="grid gap-2">
                    <div class="menu-title px-0!">{td_string!(l, search.preview_last)}</div>
                    {latest.into_iter().map(|comment| view! {
                        <div>
                            <div class="text-xs text-muted">{comment.author} " · " {move || when::ago(l, comment.created_at, now.get())}</div>
                            <div class="whitespace-pre-wrap">{comment.body}</div>
                        </div>
                    }).collect_view()}
                </div>
            })}
            <Button kind=ButtonKind::Primary href=format!("/desk/requests/{}", card.id)>{td_string!(l, search.preview_open)}</Button>
        </div>
    }
}
