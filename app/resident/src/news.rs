//! What the company writes: the newest at home, all of it in a list, each on a page of its own.

use api::session::{use_live, use_now};
use chrono::TimeDelta;
use i18n::{failure, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Code, NewsId, news::MyNews};
use parts::{Answer, locale};
use ui::prelude::*;

/// At home news stay for so long once they are read; important ones until they are over.
const FRESH: TimeDelta = TimeDelta::days(7);
/// At home there is room for so many.
const AT_HOME: usize = 3;

fn found() -> Resource<api::ApiResult<Vec<MyNews>>> {
    let lang = i18n::lang(locale());
    let beat: Signal<u64> = use_debounced(use_live().of_notices(), 500);
    Resource::new(move || beat.get(), move |_| api::news::mine(lang))
}

/// A line that opens the whole text; what is not read yet is bold.
#[component]
fn Row(news: MyNews) -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let at = news.at;
    let title =
        if news.read { "block [overflow-wrap:anywhere]" } else { "block font-semibold [overflow-wrap:anywhere]" };
    let mark = news.important.then(|| {
        view! {
            <span class="tone-warning tone-text mr-1.5"><Icon name="circle-alert" size=IconSize::Small label=td_string!(l, news.important) /></span>
        }
    });
    view! {
        <a class="app-row" href=format!("/my/news/{}", news.id)>
            <Icon name="megaphone" size=IconSize::Large class="text-muted" />
            <span class="grow min-w-0">
                {(!news.read).then(|| view! { <span class="sr-only">{td_string!(l, notices.unread)}": "</span> })}
                <span class=title>{mark}{news.title}</span>
                <span class="block text-sm text-muted line-clamp-2">{news.text}</span>
                <span class="block text-sm text-muted">{move || when::moment(l, at, now.get())}</span>
            </span>
            <Icon name="chevron-right" class="text-muted" />
        </a>
    }
}

/// News at home: what is not read, and what was written lately.
#[component]
pub(crate) fn HomeNews() -> impl IntoView {
    let now = use_now();
    let found = found();
    view! {
        <Transition>
            {move || {
                let mut rows = found.get().and_then(Result::ok).unwrap_or_default();
                let today = now.get_untracked();
                rows.retain(|news| !news.read || news.important || today - news.at < FRESH);
                rows.truncate(AT_HOME);
                (!rows.is_empty()).then(|| view! {
                    <section class="panel">{rows.into_iter().map(|news| view! { <Row news=news /> }).collect_view()}</section>
                })
            }}
        </Transition>
    }
}

/// `/my/news`.
#[component]
pub fn NewsPage() -> impl IntoView {
    let l = locale();
    let found = found();
    view! {
        <Title text=td_string!(l, news.title) />
        <Answer from=found lines=6 let:all>
            {move || {
                let rows = all.get();
                if rows.is_empty() {
                    view! { <EmptyState icon="megaphone" text=td_string!(l, news.my_empty) /> }.into_any()
                } else {
                    view! { <section class="panel">{rows.into_iter().map(|news| view! { <Row news=news /> }).collect_view()}</section> }.into_any()
                }
            }}
        </Answer>
    }
    .into_any()
}

/// `/my/news/:id`. Whoever opens it has read it.
#[component]
pub fn OneNewsPage() -> impl IntoView {
    let (l, now) = (locale(), use_now());
    let lang = i18n::lang(l);
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<NewsId>().ok()));
    let found = Resource::new(
        move || id.get(),
        move |id| async move {
            match id {
                Some(id) => api::news::open(id, lang).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let shown = move |news: MyNews| {
        let at = news.at;
        view! {
            <article class="panel p-4 stack gap-2">
                {news.important.then(|| view! { <div><Pill text=td_string!(l, news.important) tone=Tone::Warning icon="circle-alert" /></div> })}
                <h2 class="m-0 text-xl font-semibold [overflow-wrap:anywhere]">{news.title}</h2>
                <p class="m-0 text-sm text-muted">{move || when::moment(l, at, now.get())}</p>
                <p class="m-0 whitespace-pre-line [overflow-wrap:anywhere]">{news.text}</p>
            </article>
        }
    };
    view! {
        <Title text=td_string!(l, news.my_one) />
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(news) => shown(news).into_any(),
                Err(error) => view! { <ErrorState text=failure::sentence(l, &error.0) /> }.into_any(),
            })}
        </Transition>
    }
    .into_any()
}
