//! The bell and the list behind it: what the person was told, in each of the three apps.

use crate::locale;
use api::session::{use_live, use_now};
use i18n::{failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::notices::{NoticeView, Notices, ReadNotices};
use ui::prelude::*;

/// How many notices wait. Asked anew when the person is told something or has read it elsewhere.
pub fn use_unread() -> Signal<u32> {
    let beat: Signal<u64> = use_debounced(use_live().of_notices(), 500);
    let found = Resource::new(move || beat.get(), |_| api::notices::unread());
    let known = RwSignal::new(0_u32);
    effect(move || {
        if let Some(Ok(fresh)) = found.get() {
            known.set(u32::try_from(fresh).unwrap_or(u32::MAX));
        }
    });
    known.into()
}

/// The bell of the apps: a link to the list, with how many wait.
#[component]
pub fn BellLink(href: &'static str) -> impl IntoView {
    let unread = use_unread();
    let label = td_string!(locale(), notices.title);
    view! {
        <a class="btn btn-quiet btn-square relative" href=href aria-label=label title=label>
            <Icon name="bell" />
            <Count value=unread tone=Tone::Danger />
        </a>
    }
}

/// One notice. The link goes through `/notices/{id}`, which marks it as read and leads on: so it works before any script
/// has loaded, and also to another part of the product.
#[component]
pub fn NoticeItem(notice: NoticeView, #[prop(optional)] class: &'static str) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let at = notice.at;
    let title = if notice.read { "block" } else { "block font-semibold" };
    let dot = if notice.read { "mt-2 size-2 shrink-0" } else { "dot tone-brand mt-2 shrink-0" };
    let inner = view! {
        <span class=dot aria-hidden="true"></span>
        <span class="grow min-w-0">
            <span class=title>{notice.title}</span>
            {(!notice.text.is_empty()).then(|| view! { <span class="block whitespace-pre-line text-sm line-clamp-3">{notice.text}</span> })}
            <span class="block text-xs text-muted">{move || when::moment(l, at, now.get())}</span>
        </span>
    };
    let class = format!("menu-row items-start whitespace-normal {class}");
    match notice.href {
        Some(_) => {
            view! { <a class=class rel="external" href=format!("/notices/{}", notice.id)>{inner}</a> }.into_any()
        }
        None => view! { <div class=class>{inner}</div> }.into_any(),
    }
}

/// The whole list, with what was told before below it.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let l = locale();
    let lang = i18n::lang(l);
    let beat: Signal<u64> = use_debounced(use_live().of_notices(), 500);
    let found = Resource::new(move || beat.get(), move |_| api::notices::list(lang, None));
    // Older pages, which no event changes.
    let older = RwSignal::new(Vec::<NoticeView>::new());
    let next = RwSignal::new(None::<Option<model::NoticeId>>);
    let busy = RwSignal::new(false);
    let more = move |after: model::NoticeId| {
        busy.set(true);
        spawn_local(async move {
            if let Ok(page) = api::notices::list(lang, Some(after)).await {
                older.update(|all| all.extend(page.items));
                next.set(Some(page.next));
            }
            busy.set(false);
        });
    };
    let read_all = move |_| {
        spawn_local(async move {
            if api::notices::read(ReadNotices::default()).await.is_ok() {
                older.update(|all| all.iter_mut().for_each(|notice| notice.read = true));
                found.refetch();
            }
        });
    };
    let page = move |all: Notices| {
        let (unread, first) = (all.unread, all.next);
        if all.items.is_empty() {
            return view! { <EmptyState icon="bell" text=td_string!(l, notices.none) /> }.into_any();
        }
        view! {
            <div class="row justify-between flex-wrap mb-2">
                <a class="link" rel="external" href="/profile#messages">{td_string!(l, notices.settings)}</a>
                {(unread > 0).then(|| view! {
                    <Button icon="check-check" on_click=read_all>{td_string!(l, notices.read_all)}</Button>
                })}
            </div>
            <Card>
                <div class="flex flex-col -mx-2">
                    {all.items.into_iter().map(|notice| view! { <NoticeItem notice=notice /> }).collect_view()}
                    {move || older.get().into_iter().map(|notice| view! { <NoticeItem notice=notice /> }).collect_view()}
                </div>
            </Card>
            {move || next.get().unwrap_or(first).map(|after| view! {
                <div class="row justify-center mt-3">
                    <Button loading=busy on_click=move |_| more(after)>{td_string!(l, notices.more)}</Button>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <Title text=td_string!(l, notices.title) />
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(all) => page(all),
                    Err(error) => view! { <ErrorState text=failure::sentence(l, &error.0) /> }.into_any(),
                }
            })}
        </Transition>
    }
}
