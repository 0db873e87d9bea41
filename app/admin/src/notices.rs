//! What the person was told: who called them in a comment, and news of what they watch.

use crate::util::{count, lang};
use api::session::{use_live, use_now};
use i18n::{Locale, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::requests::{NoticeKind, NoticeView, Notices};
use ui::prelude::*;

fn sentence(l: Locale, notice: &NoticeView) -> String {
    let name = if notice.actor.is_empty() { td_string!(l, requests.system).to_owned() } else { notice.actor.clone() };
    match notice.kind {
        NoticeKind::Mention => td_string!(l, together.notice_mention, name = name).to_string(),
        NoticeKind::Comment => td_string!(l, together.notice_comment, name = name).to_string(),
        NoticeKind::Responsible => td_string!(l, together.notice_responsible, name = name).to_string(),
        NoticeKind::Watching => td_string!(l, together.notice_watching, name = name).to_string(),
        NoticeKind::Status => {
            let status = notice.body.parse().map_or_else(|()| notice.body.clone(), |s| words::status(l, s).to_owned());
            td_string!(l, together.notice_status, name = name, status = status).to_string()
        }
    }
}

/// The bell: a counter, and the newest notices in a menu. Opening the request marks its notices as seen.
#[component]
pub(crate) fn Bell() -> impl IntoView {
    let (l, now, live) = (lang(), use_now(), use_live());
    let beat: Signal<u64> = use_debounced(live.version(), 1000);
    let found = Resource::new(move || beat.get(), |_| api::talk::my_notices());
    let known = RwSignal::new(Notices::default());
    effect(move || {
        if let Some(Ok(fresh)) = found.get() {
            known.set(fresh);
        }
    });
    let unseen = Signal::derive(move || count(known.with(|all| all.unseen)));
    let see_all = move |()| {
        spawn_local(async move {
            if api::talk::see_notices().await.is_ok() {
                found.refetch();
            }
        });
    };
    let row = move |notice: NoticeView| {
        let at = notice.at;
        let words = matches!(notice.kind, NoticeKind::Mention | NoticeKind::Comment).then(|| notice.body.clone());
        view! {
            <a class="menu-row items-start max-w-96 whitespace-normal" href=format!("/desk/requests/{}", notice.request_id)>
                <span class=if notice.seen { "mt-1.5 size-2 shrink-0" } else { "dot tone-brand mt-1.5 shrink-0" } aria-hidden="true"></span>
                <span class="grow min-w-0">
                    <span class=if notice.seen { "block" } else { "block font-semibold" }>{sentence(l, &notice)}</span>
                    <span class="block truncate text-xs text-muted">{format!("№{} · {} · ", notice.number, notice.address)} {move || when::moment(l, at, now.get())}</span>
                    {words.filter(|text| !text.is_empty()).map(|text| view! { <span class="block line-clamp-2 text-sm">{text}</span> })}
                </span>
            </a>
        }
    };
    view! {
        <Menu label=td_string!(l, together.notices) end=true trigger=move || view! {
            <Icon name="bell" />
            <Count value=unseen tone=Tone::Danger />
        }>
            <MenuTitle text=td_string!(l, together.notices) />
            <div class="max-h-[70dvh] w-96 max-w-[calc(100vw-2rem)] overflow-y-auto">
                {move || {
                    let all = known.with(|all| all.items.clone());
                    if all.is_empty() {
                        view! { <p class="m-0 px-2.5 py-2 text-muted whitespace-normal">{td_string!(l, together.notices_empty)}</p> }.into_any()
                    } else {
                        all.into_iter().map(row).collect_view().into_any()
                    }
                }}
            </div>
            {move || (unseen.get() > 0).then(|| view! {
                <MenuLine />
                <MenuItem text=td_string!(l, together.notices_seen) icon="check-check" on_click=see_all />
            })}
        </Menu>
    }
}
