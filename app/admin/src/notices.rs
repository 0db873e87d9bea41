//! The bell of the desk: what the person was told, in a menu; the whole list is a page of its own.

use crate::util::lang;
use api::session::use_live;
use i18n::td_string;
use leptos::{prelude::*, task::spawn_local};
use model::notices::{Notices, ReadNotices};
use parts::NoticeItem;
use ui::prelude::*;

/// So many fit into the menu.
const SHOWN: usize = 12;

/// The bell: a counter, and the newest notices in a menu.
#[component]
pub(crate) fn Bell() -> impl IntoView {
    let l = lang();
    let beat: Signal<u64> = use_debounced(use_live().of_notices(), 500);
    let found = Resource::new(move || beat.get(), move |_| api::notices::list(i18n::lang(l), None));
    let known = RwSignal::new(Notices::default());
    effect(move || {
        if let Some(Ok(fresh)) = found.get() {
            known.set(fresh);
        }
    });
    let unread = Signal::derive(move || u32::try_from(known.with(|all| all.unread)).unwrap_or(u32::MAX));
    let read_all = move |()| {
        spawn_local(async move {
            if api::notices::read(ReadNotices::default()).await.is_ok() {
                found.refetch();
            }
        });
    };
    view! {
        <Menu label=td_string!(l, notices.title) end=true trigger=move || view! {
            <Icon name="bell" />
            <Count value=unread tone=Tone::Danger />
        }>
            <MenuTitle text=td_string!(l, notices.title) />
            <div class="max-h-[70dvh] w-96 max-w-[calc(100vw-2rem)] overflow-y-auto">
                {move || {
                    let all = known.with(|all| all.items.iter().take(SHOWN).cloned().collect::<Vec<_>>());
                    if all.is_empty() {
                        view! { <p class="m-0 px-2.5 py-2 text-muted whitespace-normal">{td_string!(l, notices.none)}</p> }.into_any()
                    } else {
                        all.into_iter().map(|notice| view! { <NoticeItem notice=notice short=true /> }).collect_view().into_any()
                    }
                }}
            </div>
            <MenuLine />
            {move || (unread.get() > 0).then(|| view! {
                <MenuItem text=td_string!(l, notices.read_all) icon="check-check" on_click=read_all />
            })}
            <MenuItem text=td_string!(l, notices.all) icon="list" href="/desk/notices" />
        </Menu>
    }
}

/// The whole list.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let l = lang();
    view! {
        <div class="mx-auto w-full max-w-3xl">
            <PageHeader title=td_string!(l, notices.title) />
            <parts::NoticesPage />
        </div>
    }
}
