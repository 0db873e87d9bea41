//! The list of requests: what the dispatcher looks at all day.

use super::{
    board::Board,
    bulk::{self, Ask, Bulk, BulkBar},
    chosen::{chosen, chosen_chips, names},
    filters::{FilterLine, QuickChips, StatusTabs},
    groups::groups,
    more::ShowMenu,
    preview::Preview,
    query::{ListQuery, Show},
};
use crate::{
    lists::{Columns as ColumnsMenu, Setup, ViewsMenu},
    util::{Due, Failed, StatusPill, category_icon, lang},
};
use api::session::{use_live, use_me, use_now};
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    Page, Permission, RequestId,
    requests::{Kind, RequestRow, Sort},
    search::List,
};
use ui::prelude::*;

/// `/desk`: requests by tabs, chips and filters, all of it in the address.
#[component]
pub fn RequestsPage() -> impl IntoView {
    let (l, me, live) = (lang(), use_me(), use_live());
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(|p| ListQuery::read(|name| p.get(name))));
    let user = me.user_id;
    let beat: Signal<u64> = use_debounced(live.version(), 500);
    let page = Resource::new(
        move || (query.get(), beat.get()),
        move |(query, _)| async move {
            // The board asks for itself.
            let rows = match query.show {
                Show::Board => Ok(Page { items: Vec::new(), next: None }),
                _ => api::requests::list(query.filter(user)).await,
            };
            (query.href(), rows)
        },
    );
    // News changes the rows, not what they are narrowed by.
    let narrowed = Memo::new(move |_| query.with(chosen));
    let named = Resource::new(move || narrowed.get(), move |narrowed| names(l, narrowed));

    // Rows newer than the view wait behind the pill: nothing moves under the mouse.
    let mark = RwSignal::new(None::<(String, DateTime<Utc>)>);
    effect(move || {
        if let Some((key, Ok(rows))) = page.get()
            && mark.with_untracked(|mark| mark.as_ref().is_none_or(|(of, _)| *of != key))
        {
            mark.set(newest(&rows).map(|at| (key, at)));
        }
    });
    let split = move || {
        let (key, rows) = page.get().and_then(|(key, rows)| rows.ok().map(|rows| (key, rows)))?;
        // By deadline a new row is not the first one: it stands where it belongs.
        let by_coming = query.with(ListQuery::order) == Sort::Newest;
        let until = mark.with(|mark| mark.as_ref().filter(|(of, _)| by_coming && *of == key).map(|(_, at)| *at));
        let (seen, waiting): (Vec<_>, Vec<_>) =
            rows.items.into_iter().partition(|row| until.is_none_or(|until| row.created_at <= until));
        Some((seen, waiting.len(), rows.next))
    };
    let show = Memo::new(move |_| query.with(|q| q.show));
    // The cards of the board are none of this list's rows.
    let rows = Signal::derive(move || split().filter(|_| show.get() != Show::Board).map(|(seen, ..)| seen));
    let waiting = Signal::derive(move || split().map_or(0, |(_, waiting, _)| waiting));
    let next = Signal::derive(move || {
        let cursor = split().and_then(|(.., next)| next)?;
        Some(query.with(|q| q.but(&[("cursor", Some(&cursor))])))
    });
    let show_waiting = move |_| {
        if let Some((key, Ok(rows))) = page.get_untracked() {
            mark.set(newest(&rows).map(|at| (key, at)));
        }
    };
    let changed = RwSignal::new(0_u32);
    let bulk = bulk::many(
        rows,
        Callback::new(move |()| {
            page.refetch();
            changed.update(|n| *n += 1);
        }),
    );
    let preview = RwSignal::new(None::<RequestId>);
    keys(bulk, preview);
    let setup = Setup::load(List::Requests, "/desk");
    let columns = Columns(setup);
    let may_export = me.can(Permission::RequestsExport);
    let (navigate, sorted) = (use_navigate(), use_navigate());
    let open = Callback::new(move |row: RequestRow| navigate(&href(&row), NavigateOptions::default()));
    let sort = Signal::derive(move || {
        Some(match query.with(ListQuery::order) {
            Sort::Due => ("due".to_owned(), SortDir::Asc),
            Sort::Newest => ("age".to_owned(), SortDir::Desc),
        })
    });
    let on_sort = Callback::new(move |by: String| {
        let sort = if by == "due" { Sort::Due } else { Sort::Newest };
        let href = query.with_untracked(|q| q.but(&[("sort", Some(sort.as_str()))]));
        sorted(&href, NavigateOptions::default());
    });
    // On a phone a row is a card of four lines; its parts speak for themselves, without header words.
    let table = move |rows: Signal<Option<Vec<RequestRow>>>| {
        view! {
            <div class="max-sm:[&_tbody_tr]:grid-cols-[minmax(0,1fr)_auto] max-sm:[&_td[colspan]]:col-span-2">
            <DataTable
                columns=columns.all(l)
                rows=rows
                key=|row: &RequestRow| row.id.to_string()
                caption=td_string!(l, common.requests)
                href=|row: RequestRow| href(&row)
                on_open=open
                active=bulk.rows.active
                selected=bulk.rows.selected
                sort=sort
                on_sort=on_sort
                stack=true
                empty=move || view! { <Nothing query=query /> }
            />
            </div>
        }
    };
    view! {
        <Title text=td_string!(l, common.requests) />
        <h1 class="sr-only">{td_string!(l, common.requests)}</h1>
        <StatusTabs query=query />
        <div class="pt-2.5"><QuickChips query=query /></div>
        <FilterLine query=query tools=move || view! {
            <ShowMenu query=query />
            <ViewsMenu setup=setup query=Signal::derive(move || query.get().kept()) />
            <ColumnsMenu setup=setup of=COLUMNS.map(|key| (key, Columns::title(l, key))).to_vec() />
            {may_export.then(|| view! {
                <a class="btn btn-plain" rel="external" href=move || query.get().export_href(user, &columns.exported())
                    title=td_string!(l, desk.export_hint)>
                    <Icon name="file-spreadsheet" />
                    <span class="max-2xl:sr-only">{td_string!(l, desk.export)}</span>
                </a>
                <a class="btn btn-plain" rel="external" href=move || query.get().csv_href(user, &columns.exported())>
                    <Icon name="download" />
                    <span class="max-2xl:sr-only">{td_string!(l, receipts.csv)}</span>
                </a>
            })}
        } />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || {
                let named = named.get().unwrap_or_default();
                query.with(|query| chosen_chips(l, query, &named))
            }}
            // Floats over the head of the table: not even the pill moves the rows.
            <div class="sticky top-14 z-[6] flex h-0 justify-center" aria-live="polite">
                {move || (waiting.get() > 0).then(|| view! {
                    <button type="button" class="news-pill static m-0! translate-y-0.5" on:click=show_waiting>
                        <Icon name="arrow-up" size=IconSize::Small />
                        {td_string!(l, desk.news, n = waiting.get().to_string()).to_string()}
                    </button>
                })}
            </div>
            {move || match page.get() {
                Some((_, Err(error))) => {
                    let retry = move |()| {
                        page.refetch();
                        named.refetch();
                    };
                    Some(view! { <Failed failure=error.0 back="/desk" on_retry=retry /> }.into_any())
                }
                _ => None,
            }}
            <div hidden=move || page.get().is_some_and(|(_, rows)| rows.is_err())>
                {move || match show.get() {
                    Show::List => table(rows).into_any(),
                    Show::Board => view! { <Board query=query bulk=bulk changed=changed /> }.into_any(),
                    by => view! {
                        {move || {
                            let all = rows.get().map(|rows| groups(l, rows, by));
                            match all {
                                None => table(Signal::stored(None)).into_any(),
                                Some(all) if all.is_empty() => view! { <Nothing query=query /> }.into_any(),
                                Some(all) => all.into_iter().map(|group| view! {
                                    <section class="pb-4">
                                        <h2 class="m-0 row gap-2 py-2 text-base font-semibold">
                                            {group.title.clone()}
                                            <span class="text-sm font-normal text-muted">
                                                {td_string!(l, together.group_shown, n = group.rows.len().to_string()).to_string()}
                                            </span>
                                        </h2>
                                        {table(Signal::stored(Some(group.rows)))}
                                    </section>
                                }).collect_view().into_any(),
                            }
                        }}
                    }.into_any(),
                }}
            </div>
            <div class="row justify-end">
                {move || query.with(|q| q.cursor.is_some()).then(|| view! {
                    <Button kind=ButtonKind::Ghost icon="chevrons-up-down" href=query.with(|q| q.but(&[]))>
                        {td_string!(l, desk.to_newest)}
                    </Button>
                })}
                <Pager next=next />
            </div>
        </Transition>
        <BulkBar bulk=bulk columns=Signal::derive(move || columns.exported().join(",")) />
        <Preview shown=preview rows=rows />
    }
    .into_any()
}

fn href(row: &RequestRow) -> String {
    format!("/desk/requests/{}", row.id)
}

fn newest(page: &Page<RequestRow>) -> Option<DateTime<Utc>> {
    page.items.iter().map(|row| row.created_at).max()
}

/// The keys of every list, and of this one: Space looks, A assigns, S changes the state.
fn keys(bulk: Bulk, preview: RwSignal<Option<RequestId>>) {
    bulk.rows.walks(move |key| {
        // An open look follows the cursor.
        if preview.with_untracked(Option::is_some) {
            preview.set(key.parse().ok());
        }
    });
    bulk.rows.selects(move || preview.try_update(Option::take).flatten().is_some());
    use_hotkey("space", move |_| {
        let here = bulk.rows.active.get_untracked().and_then(|key| key.parse().ok());
        preview.update(|shown| *shown = if *shown == here { None } else { here });
    });
    use_hotkey("a", move |_| bulk.ask(Ask::Assign));
    use_hotkey("s", move |_| bulk.ask(Ask::Status));
}

/// Says why the list is empty and what to do about it.
#[component]
fn Nothing(query: Memo<ListQuery>) -> impl IntoView {
    let l = lang();
    let filtered = query.with(|q| *q != ListQuery { view: q.view, show: q.show, ..ListQuery::default() });
    if filtered {
        view! {
            <EmptyState text=td_string!(l, requests.nothing_fits) icon="search">
                <Button href="/desk">{td_string!(l, desk.reset)}</Button>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState text=td_string!(l, requests.empty) icon="inbox">
                <Button kind=ButtonKind::Primary icon="plus" href="/desk/requests/new">{td_string!(l, desk.new_request)}</Button>
                {use_me().can(Permission::SettingsManage).then(|| view! {
                    <Button icon="circle-check" href="/desk/settings/start">{td_string!(l, settings.guide_title)}</Button>
                })}
            </EmptyState>
        }
        .into_any()
    }
}

const COLUMNS: [&str; 6] = ["status", "address", "text", "due", "assignee", "age"];

/// Which columns this person hides, kept on the server.
#[derive(Clone, Copy)]
struct Columns(Setup);

impl Columns {
    fn hides(self, key: &str) -> bool {
        self.0.hides(key)
    }

    fn title(l: Locale, key: &str) -> &'static str {
        match key {
            "status" => td_string!(l, requests.status),
            "address" => td_string!(l, requests.address),
            "text" => td_string!(l, requests.text),
            "due" => td_string!(l, requests.due),
            "assignee" => td_string!(l, requests.assignee),
            _ => td_string!(l, requests.age),
        }
    }

    /// Columns of the file: it says more of a request than the list does, but nothing that is hidden there.
    fn exported(self) -> Vec<&'static str> {
        let all = [
            ("number", "number"),
            ("created", "age"),
            ("status", "status"),
            ("kind", "text"),
            ("priority", "text"),
            ("category", "text"),
            ("address", "address"),
            ("text", "text"),
            ("contact", "address"),
            ("phone", "address"),
            ("assignee", "assignee"),
            ("due", "due"),
            ("overdue", "due"),
            ("completed", "due"),
            ("rating", "number"),
            ("photos", "text"),
            ("comments", "text"),
        ];
        all.into_iter().filter(|(_, shown)| !self.hides(shown)).map(|(key, _)| key).collect()
    }

    fn all(self, l: Locale) -> Vec<Column<RequestRow>> {
        let now = use_now();
        let column = move |key: &'static str, cell: fn(&RequestRow, Locale) -> AnyView| {
            Column::new(key, Self::title(l, key), move |row: &RequestRow| cell(row, l))
                .hidden(Signal::derive(move || self.hides(key)))
        };
        vec![
            Column::new("number", td_string!(l, requests.number), |row: &RequestRow| format!("№{}", row.number))
                .class("num"),
            column("status", |row, _| view! { <StatusPill status=row.status /> }.into_any())
                .class("max-sm:before:hidden max-sm:justify-end!"),
            column("address", |row, _| {
                let title = row.address.clone();
                view! { <span class="block max-w-64 truncate" title=title>{row.address.clone()}</span> }.into_any()
            })
            .class("max-sm:before:hidden max-sm:col-span-2 max-sm:justify-start! max-sm:font-semibold"),
            column("text", text_cell)
                .class("cell-cut max-sm:before:hidden max-sm:col-span-2 max-sm:justify-start! max-sm:text-left!"),
            column("due", |row, _| view! { <Due time=row.time() /> }.into_any())
                .class("whitespace-nowrap max-sm:before:hidden max-sm:justify-start!")
                .sortable(),
            column("assignee", assignee_cell).class("max-sm:before:hidden max-sm:justify-end!"),
            Column::new("age", td_string!(l, requests.age), move |row: &RequestRow| {
                let at = row.created_at;
                view! { <span title=when::full(l, at)>{move || when::span(l, now.get() - at)}</span> }
            })
            .class("num text-muted max-sm:hidden!")
            .sortable()
            .hidden(Signal::derive(move || self.hides("age"))),
        ]
    }
}

fn text_cell(row: &RequestRow, l: Locale) -> AnyView {
    let category = words::category(l, row.category);
    let text = if row.description.is_empty() { category.to_owned() } else { row.description.clone() };
    view! {
        <span class="flex items-center gap-1.5 min-w-0 max-sm:items-start">
            {(row.kind == Kind::Emergency).then(|| view! {
                <Icon name="siren" class="text-error" label=words::kind(l, Kind::Emergency) />
            })}
            <span class="text-muted" title=category><Icon name=category_icon(row.category) label=category /></span>
            <span class="truncate max-sm:whitespace-normal" title=text.clone()>{text.clone()}</span>
            {(row.photos > 0).then(|| view! {
                <Icon name="camera" size=IconSize::Small class="text-muted" label=td_string!(l, requests.has_photos) />
            })}
            {row.hidden.then(|| view! {
                <Icon name="eye-off" size=IconSize::Small class="text-warning" label=td_string!(l, requests.hidden) />
            })}
            {(row.returns > 0).then(|| view! {
                <span class="tone-danger tone-text text-xs whitespace-nowrap" title=td_string!(l, deadlines.returns)>
                    <Icon name="undo-2" size=IconSize::Small label=td_string!(l, deadlines.returns) /> " " {row.returns}
                </span>
            })}
            {row.awaits_answer.then(|| view! {
                <Icon name="message-circle" size=IconSize::Small class="text-warning" label=td_string!(l, together.awaits) />
            })}
            // What a resident wrote is answered first; what colleagues wrote among themselves has a mark of its own.
            {(row.comments > 0).then(|| {
                let (class, unread) = match (row.unread_public, row.unread_internal) {
                    (true, _) => ("text-primary font-semibold text-xs whitespace-nowrap", Some(td_string!(l, together.unread_public))),
                    (_, true) => ("tone-warning tone-text font-semibold text-xs whitespace-nowrap", Some(td_string!(l, together.unread_internal))),
                    _ => ("text-muted text-xs whitespace-nowrap", None),
                };
                let icon = if row.unread_internal && !row.unread_public { "lock" } else { "message-square" };
                view! {
                    <span class=class title=unread>
                        <Icon name=icon size=IconSize::Small label=unread.unwrap_or(td_string!(l, requests.comments)) /> " " {row.comments}
                    </span>
                }
            })}
        </span>
    }
    .into_any()
}

/// `Karimova G.`: names are short in lists, in full on cards.
pub(super) fn short(name: &str) -> String {
    let mut words = name.split_whitespace();
    match (words.next(), words.next().and_then(|word| word.chars().next())) {
        (Some(first), Some(initial)) => format!("{first} {initial}."),
        _ => name.to_owned(),
    }
}

fn assignee_cell(row: &RequestRow, l: Locale) -> AnyView {
    match row.assignee.clone() {
        Some(person) => view! {
            <span class="inline-flex items-center gap-1.5 whitespace-nowrap" title=person.name.clone()>
                <Avatar name=person.name.clone() decorative=true />
                {short(&person.name)}
            </span>
        }
        .into_any(),
        None => view! { <span class="text-muted whitespace-nowrap">{td_string!(l, common.nobody)}</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn names_shorten() {
        assert_eq!(short("Joʻrayev Dilshod Oʻtkir oʻgʻli"), "Joʻrayev D.");
        assert_eq!(short("Rustam"), "Rustam");
    }
}
