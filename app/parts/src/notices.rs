//! The bell and the list behind it: what the person was told, in each of the three apps.

use crate::locale;
use api::{
    ApiError,
    session::{use_live, use_now},
};
use i18n::{failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    NoticeId,
    notices::{NoticeView, Notices, ReadNotices},
};
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

/// One notice. The link goes through `/notices/{id}`, which marks it as read and leads on, be it to the list: so it works
/// before any script has loaded, and also to another part of the product.
#[component]
pub fn NoticeItem(
    notice: NoticeView,
    /// The beginning of the text, where there is little room.
    #[prop(optional)]
    short: bool,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let at = notice.at;
    let title = if notice.read { "block" } else { "block font-semibold" };
    let dot = if notice.read { "mt-2 size-2 shrink-0" } else { "dot tone-brand mt-2 shrink-0" };
    let clamp = if short { " line-clamp-3" } else { "" };
    let text = format!("block whitespace-pre-line text-sm [overflow-wrap:anywhere]{clamp}");
    let class = format!("menu-row items-start whitespace-normal {class}");
    view! {
        <a class=class rel="external" href=format!("/notices/{}", notice.id)>
            <span class=dot aria-hidden="true"></span>
            <span class="grow min-w-0">
                {(!notice.read).then(|| view! { <span class="sr-only">{td_string!(l, notices.unread)}": "</span> })}
                <span class=title>{notice.title}</span>
                {(!notice.text.is_empty()).then(|| view! { <span class=text>{notice.text}</span> })}
                <span class="block text-xs text-muted">{move || when::moment(l, at, now.get())}</span>
            </span>
        </a>
    }
}

/// What stays below the first page once that was read anew: what was there, with what the new ones pushed out of it.
/// Nothing when something would be missing in between.
fn below(first: &[NoticeView], shown: &[NoticeView]) -> Option<Vec<NoticeView>> {
    let last = first.last()?.id;
    let at = shown.iter().position(|known| known.id == last)?;
    Some(shown.iter().skip(at + 1).cloned().collect())
}

/// The whole list, with what was told before below it.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let (l, toasts) = (locale(), use_toasts());
    let lang = i18n::lang(l);
    let beat: Signal<u64> = use_debounced(use_live().of_notices(), 500);
    let found = Resource::new(move || beat.get(), move |_| api::notices::list(lang, None));
    let failed = move |error: ApiError| {
        toasts.error(failure::sentence(l, &error.0), Some(error.0.code.as_str().to_owned()));
    };
    // What was asked for below the first page, and where it goes on.
    let older = RwSignal::new(Vec::<NoticeView>::new());
    let next = RwSignal::new(None::<Option<NoticeId>>);
    let newest = StoredValue::new(Vec::<NoticeView>::new());
    effect(move || {
        let Some(Ok(fresh)) = found.get() else { return };
        if next.with_untracked(Option::is_some) {
            let mut shown = newest.get_value();
            older.with_untracked(|all| shown.extend(all.iter().cloned()));
            let rest = below(&fresh.items, &shown);
            if rest.is_none() {
                next.set(None);
            }
            older.set(rest.unwrap_or_default());
        }
        newest.set_value(fresh.items);
    });
    let busy = RwSignal::new(false);
    let more = move |after: NoticeId| {
        busy.set(true);
        next.set(Some(Some(after)));
        spawn_local(async move {
            match api::notices::list(lang, Some(after)).await {
                // Else the list began anew meanwhile, or the page is gone.
                Ok(page) if next.try_get_untracked().flatten() == Some(Some(after)) => {
                    older.update(|all| all.extend(page.items));
                    next.set(Some(page.next));
                }
                Ok(_) => {}
                Err(error) => failed(error),
            }
            let _ = busy.try_set(false);
        });
    };
    let read_all = move |_| {
        spawn_local(async move {
            match api::notices::read(ReadNotices::default()).await {
                Ok(_) => {
                    let _ = older.try_update(|all| all.iter_mut().for_each(|notice| notice.read = true));
                    found.refetch();
                }
                Err(error) => failed(error),
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::notices::NoticeKind;

    fn notices(ids: &[u32]) -> Vec<NoticeView> {
        let notice = |n: &u32| NoticeView {
            id: format!("00000000-0000-7000-8000-{n:012}").parse().unwrap(),
            kind: NoticeKind::News,
            title: String::new(),
            text: String::new(),
            href: None,
            at: chrono::DateTime::UNIX_EPOCH,
            read: false,
        };
        ids.iter().map(notice).collect()
    }

    #[test]
    fn what_new_notices_push_out_of_the_first_page_stays_below_it() {
        let table: [(&[u32], Option<&[u32]>); 6] = [
            (&[6, 5, 4], Some(&[3, 2])),
            (&[8, 7, 6], Some(&[5, 4, 3, 2])),
            // One was taken back.
            (&[6, 4, 3], Some(&[2])),
            // So many are new that some of them are on no page.
            (&[10, 9, 8], None),
            (&[3, 2, 1], None),
            (&[], None),
        ];
        for (first, rest) in table {
            assert_eq!(below(&notices(first), &notices(&[6, 5, 4, 3, 2])), rest.map(notices), "{first:?}");
        }
    }
}
