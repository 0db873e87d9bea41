//! The list of news: state, audience, how many read it.

use super::state_look;
use crate::util::{Failed, encode, lang};
use api::session::{use_me, use_now};
use i18n::{news as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{
    Permission,
    news::{NewsFilter, NewsRow, NewsState},
};
use ui::prelude::*;

fn read(query: &ParamsMap) -> NewsFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    NewsFilter {
        state: word("state").and_then(|state| state.parse().ok()),
        text: word("text"),
        cursor: word("cursor"),
        limit: None,
    }
}

fn href(filter: &NewsFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.state.map(|state| format!("state={state}")));
    pairs.extend(filter.text.as_deref().map(|text| format!("text={}", encode(text))));
    pairs.extend(filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor))));
    if pairs.is_empty() { "/desk/news".to_owned() } else { format!("/desk/news?{}", pairs.join("&")) }
}

/// `/desk/news?state=&text=&cursor=`.
#[component]
pub fn NewsListPage() -> impl IntoView {
    let l = lang();
    let sends = use_me().can(Permission::NotificationsSend);
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(read));
    view! {
        <Title text=td_string!(l, news.title) />
        <PageHeader title=td_string!(l, news.title) actions=move || view! {
            <Button icon="list" href="/desk/news/deliveries">{td_string!(l, news.deliveries)}</Button>
            {sends.then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" href="/desk/news/new">{td_string!(l, news.new)}</Button>
            })}
        } />
        <FilterLine filter=filter />
        <Rows filter=filter sends=sends />
    }
    .into_any()
}

#[component]
fn Rows(filter: Memo<NewsFilter>, sends: bool) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let page = Resource::new(move || filter.get(), api::news::list);
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok)?.next;
        cursor.is_some().then(|| href(&NewsFilter { cursor, ..filter.get() }))
    });
    let columns = move || {
        vec![
            Column::new("title", td_string!(l, news.col_title), move |row: &NewsRow| {
                let mark = row.important.then(|| {
                    let label = td_string!(l, news.important);
                    view! { <span class="tone-warning tone-text mr-1.5" title=label><Icon name="circle-alert" size=IconSize::Small label=label /></span> }
                });
                view! { {mark}{row.title.clone()} }
            })
            .class("max-w-96 truncate"),
            Column::new("state", td_string!(l, news.state), move |row: &NewsRow| {
                let (tone, icon) = state_look(row.state);
                view! { <Pill text=words::state(l, row.state) tone=tone icon=icon /> }
            }),
            Column::new("whom", td_string!(l, news.col_whom), move |row: &NewsRow| {
                words::audience(l, row.who, &row.places, row.debt_from, 2)
            })
            .class("max-w-96 truncate"),
            Column::new("people", td_string!(l, news.col_people), |row: &NewsRow| {
                (row.counts.told > 0).then_some(row.counts.told)
            })
            .num(),
            Column::new("read", td_string!(l, news.col_read), |row: &NewsRow| {
                let told = i64::from(row.counts.told);
                (told > 0).then(|| format!("{} ({} %)", row.counts.read, row.counts.read * 100 / told))
            })
            .num(),
            Column::new("when", td_string!(l, news.col_when), move |row: &NewsRow| {
                when::moment(l, row.due_at.unwrap_or(row.created_at), now.get())
            })
            .class("num text-muted"),
            Column::new("author", td_string!(l, news.col_author), |row: &NewsRow| row.author.clone())
                .class("max-w-48 truncate text-muted"),
        ]
    };
    let empty = move || {
        let bare = filter.get() == NewsFilter::default();
        let text = if bare { td_string!(l, news.empty) } else { td_string!(l, news.nothing_found) };
        view! {
            <EmptyState text=text icon="megaphone">
                {(bare && sends).then(|| view! {
                    <Button kind=ButtonKind::Primary icon="plus" href="/desk/news/new">{td_string!(l, news.new)}</Button>
                })}
                {(!bare).then(|| view! { <Button href="/desk/news">{td_string!(l, desk.reset)}</Button> })}
            </EmptyState>
        }
    };
    let table = move |rows: Signal<Option<Vec<NewsRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|row: &NewsRow| row.id.to_string() caption=td_string!(l, news.title)
                href=|row: NewsRow| format!("/desk/news/{}", row.id) stack=true empty=empty />
        }
    };
    view! {
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match page.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/news" on_retry=move |()| page.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
            <Pager next=next />
        </Transition>
    }
}

/// Words and state in one line; a GET form until the page is alive.
#[component]
fn FilterLine(filter: Memo<NewsFilter>) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let typed = RwSignal::new(start.text.unwrap_or_default());
    let state = RwSignal::new(start.state.map(|state| state.to_string()).unwrap_or_default());
    let settled: Signal<String> = use_debounced(typed, 300);
    effect(move || {
        let now = filter.get();
        let pairs =
            [(typed, now.text.unwrap_or_default()), (state, now.state.map(|s| s.to_string()).unwrap_or_default())];
        for (field, value) in pairs {
            if field.get_untracked().trim() != value {
                field.set(value);
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let now = filter.get_untracked();
        let next = NewsFilter {
            state: state.get_untracked().parse().ok(),
            text: Some(typed.get_untracked().trim().to_owned()).filter(|t| !t.is_empty()),
            cursor: None,
            limit: None,
        };
        if next != (NewsFilter { cursor: None, ..now }) {
            navigate(&href(&next), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(());
        }
    });
    let states: Vec<Opt> = NewsState::ALL.iter().map(|s| Opt::new(s.as_str(), words::state(l, *s))).collect();
    view! {
        <form class="flex flex-wrap items-center gap-2 py-2" role="search" method="get" action="/desk/news"
            on:submit=move |ev| { ev.prevent_default(); go.run(()); }>
            <div class="w-full sm:w-72">
                <Input name="text" icon="search" value=typed autocomplete="off" placeholder=td_string!(l, news.search) label=td_string!(l, news.search) />
            </div>
            <div class="w-full sm:w-56">
                <Select name="state" options=states value=state placeholder=td_string!(l, news.all_states)
                    label=td_string!(l, news.state) on_change=move |_| go.run(()) />
            </div>
            {move || (!alive.get()).then(|| view! { <Button submit=true>{td_string!(l, desk.apply)}</Button> })}
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_line_reads_back() {
        let mut query = ParamsMap::new();
        assert_eq!(href(&read(&query)), "/desk/news");
        for (name, value) in [("state", "sent"), ("text", " a ")] {
            query.insert(name, value.to_owned());
        }
        assert_eq!(href(&read(&query)), "/desk/news?state=sent&text=a");
    }
}
