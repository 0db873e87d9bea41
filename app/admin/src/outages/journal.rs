//! The journal of outages: what is off now, what is planned, what is over, and what the detector proposes.

use super::{kind_look, kind_options, proposals::Proposals, resource_icon, resource_options, status_look};
use crate::util::{Failed, count, encode, lang};
use api::session::{use_live, use_me, use_now};
use i18n::{outages as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{
    Permission,
    outages::{OutageFilter, OutageRow, OutageTab},
};
use ui::prelude::*;

/// What the address says: a page of the journal, or the proposals.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    filter: OutageFilter,
    proposals: bool,
}

fn read(query: &ParamsMap) -> Asked {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    let tab = word("tab");
    Asked {
        proposals: tab.as_deref() == Some("proposals"),
        filter: OutageFilter {
            tab: tab.and_then(|t| t.parse().ok()).filter(|tab| *tab != OutageTab::Now),
            resource: word("resource").and_then(|r| r.parse().ok()),
            kind: word("kind").and_then(|k| k.parse().ok()),
            building_id: word("building").and_then(|id| id.parse().ok()),
            text: word("text"),
            cursor: word("cursor"),
            limit: None,
        },
    }
}

fn href(filter: &OutageFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.tab.filter(|tab| *tab != OutageTab::Now).map(|tab| format!("tab={tab}")));
    pairs.extend(filter.resource.map(|r| format!("resource={r}")));
    pairs.extend(filter.kind.map(|k| format!("kind={k}")));
    pairs.extend(filter.building_id.map(|id| format!("building={id}")));
    pairs.extend(filter.text.as_deref().map(|text| format!("text={}", encode(text))));
    pairs.extend(filter.cursor.as_deref().map(|cursor| format!("cursor={}", encode(cursor))));
    if pairs.is_empty() { "/desk/outages".to_owned() } else { format!("/desk/outages?{}", pairs.join("&")) }
}

/// `/desk/outages?tab=&resource=&kind=&building=&text=&cursor=`.
#[component]
pub fn OutagesPage() -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::OutagesManage);
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(read));
    let touched = use_live().of_outages();
    let beat: Signal<u64> = use_debounced(touched, 500);
    let counts = Resource::new(move || beat.get(), |_| api::outages::counts());
    let tabs = move |now: Option<model::outages::OutageCounts>| {
        let now = now.unwrap_or_default();
        let asked = asked.get();
        let base = OutageFilter { cursor: None, ..asked.filter.clone() };
        let tab = |label: &str, tab: OutageTab, n: i64, tone| Tab {
            label: label.to_owned(),
            href: href(&OutageFilter { tab: Some(tab), ..base.clone() }),
            count: count(n),
            tone,
            icon: None,
            current: !asked.proposals && asked.filter.tab.unwrap_or(OutageTab::Now) == tab,
        };
        let mut all = vec![
            tab(
                td_string!(l, outages.tab_now),
                OutageTab::Now,
                now.running,
                if now.late > 0 { Tone::Danger } else { Tone::Warning },
            ),
            tab(td_string!(l, outages.tab_planned), OutageTab::Planned, now.planned, Tone::Neutral),
            tab(td_string!(l, outages.tab_ended), OutageTab::Ended, 0, Tone::Neutral),
        ];
        if manages {
            all.push(Tab {
                label: td_string!(l, outages.tab_proposals).to_owned(),
                href: "/desk/outages?tab=proposals".to_owned(),
                count: count(now.proposals),
                tone: Tone::Danger,
                icon: None,
                current: asked.proposals,
            });
        }
        all
    };
    view! {
        <Title text=td_string!(l, outages.title) />
        <PageHeader title=td_string!(l, outages.title) actions=move || manages.then(|| view! {
            <Button kind=ButtonKind::Primary icon="plus" href="/desk/outages/new">{td_string!(l, outages.new)}</Button>
        }) />
        <Transition fallback=move || view! { <Tabs tabs=Signal::derive(move || tabs(None)) label=td_string!(l, outages.tabs) /> }>
            {move || {
                let known = counts.get().and_then(Result::ok);
                view! { <Tabs tabs=Signal::derive(move || tabs(known)) label=td_string!(l, outages.tabs) /> }
            }}
        </Transition>
        {move || if asked.with(|asked| asked.proposals) && manages {
            view! { <Proposals beat=beat /> }.into_any()
        } else {
            view! { <Rows filter=Memo::new(move |_| asked.with(|asked| asked.filter.clone())) beat=beat /> }.into_any()
        }}
    }
    .into_any()
}

#[component]
fn Rows(filter: Memo<OutageFilter>, beat: Signal<u64>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let page = Resource::new(move || (filter.get(), beat.get()), |(filter, _)| api::outages::list(filter));
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let cursor = page.get().and_then(Result::ok)?.next;
        cursor.is_some().then(|| href(&OutageFilter { cursor, ..filter.get() }))
    });
    let columns = move || {
        vec![
            Column::new("what", td_string!(l, outages.col_what), move |o: &OutageRow| {
                let (tone, icon) = kind_look(o.kind);
                let emergency = (tone == Tone::Danger).then(|| view! {
                    <span class="tone-danger tone-text ml-1.5" title=words::kind(l, o.kind)><Icon name=icon size=IconSize::Small /></span>
                });
                view! {
                    <Icon name=resource_icon(o.resource) class="mr-1.5 text-muted" />
                    {words::resource(l, o.resource)}
                    {emergency}
                }
            }),
            Column::new("where", td_string!(l, outages.col_where), move |o: &OutageRow| words::places(l, &o.places, 2))
                .class("max-w-96 truncate"),
            Column::new("status", td_string!(l, requests.status), move |o: &OutageRow| {
                let (tone, icon) = status_look(o.status, o.late);
                let text = if o.late { td_string!(l, outages.late) } else { words::status(l, o.status) };
                view! { <Pill text=text tone=tone icon=icon /> }
            }),
            Column::new("from", td_string!(l, outages.from), move |o: &OutageRow| {
                when::moment(l, o.starts_at, now.get())
            })
            .class("num text-muted"),
            Column::new("to", td_string!(l, outages.to), move |o: &OutageRow| match o.ended_at.or(o.ends_at) {
                Some(end) => when::moment(l, end, now.get()),
                None => td_string!(l, outages.when_open).to_owned(),
            })
            .class("num"),
            Column::new("units", td_string!(l, outages.col_units), |o: &OutageRow| o.units).num(),
            Column::new("requests", td_string!(l, outages.col_requests), |o: &OutageRow| {
                (o.requests > 0).then_some(o.requests)
            })
            .num(),
            Column::new("joined", td_string!(l, outages.col_joined), |o: &OutageRow| {
                (o.joined > 0).then_some(o.joined)
            })
            .num(),
        ]
    };
    let empty = move || {
        let asked = filter.get();
        let bare = OutageFilter { tab: asked.tab, ..OutageFilter::default() };
        let text = match asked.tab.unwrap_or(OutageTab::Now) {
            _ if asked != bare => td_string!(l, outages.nothing_found),
            OutageTab::Now => td_string!(l, outages.empty_now),
            OutageTab::Planned => td_string!(l, outages.empty_planned),
            OutageTab::Ended => td_string!(l, outages.empty_ended),
        };
        view! {
            <EmptyState text=text icon="zap">
                {(asked != bare).then(|| view! { <Button href=href(&bare)>{td_string!(l, desk.reset)}</Button> })}
            </EmptyState>
        }
    };
    let table = move |rows: Signal<Option<Vec<OutageRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|o: &OutageRow| o.id.to_string() caption=td_string!(l, outages.title)
                href=|o: OutageRow| format!("/desk/outages/{}", o.id) stack=true empty=empty />
        }
    };
    view! {
        <FilterLine filter=filter />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match page.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/outages" on_retry=move |()| page.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
            <Pager next=next />
        </Transition>
    }
}

/// Words, resource and kind in one line; a GET form until the page is alive.
#[component]
fn FilterLine(filter: Memo<OutageFilter>) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let typed = RwSignal::new(start.text.unwrap_or_default());
    let resource = RwSignal::new(start.resource.map(|r| r.to_string()).unwrap_or_default());
    let kind = RwSignal::new(start.kind.map(|k| k.to_string()).unwrap_or_default());
    let settled: Signal<String> = use_debounced(typed, 300);
    // The address moves the fields (back button), the fields move the address.
    effect(move || {
        let now = filter.get();
        let pairs = [
            (typed, now.text.unwrap_or_default()),
            (resource, now.resource.map(|r| r.to_string()).unwrap_or_default()),
            (kind, now.kind.map(|k| k.to_string()).unwrap_or_default()),
        ];
        for (field, value) in pairs {
            if field.get_untracked().trim() != value {
                field.set(value);
            }
        }
    });
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let now = filter.get_untracked();
        let next = OutageFilter {
            text: Some(typed.get_untracked().trim().to_owned()).filter(|t| !t.is_empty()),
            resource: resource.get_untracked().parse().ok(),
            kind: kind.get_untracked().parse().ok(),
            cursor: None,
            ..now.clone()
        };
        if next != (OutageFilter { cursor: None, ..now }) {
            navigate(&href(&next), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    effect_after(move |first: Option<()>| {
        settled.track();
        if first.is_some() {
            go.run(());
        }
    });
    view! {
        <form class="flex flex-wrap items-center gap-2 py-2" role="search" method="get" action="/desk/outages"
            on:submit=move |ev| { ev.prevent_default(); go.run(()); }>
            {move || filter.get().tab.map(|tab| view! { <input type="hidden" name="tab" value=tab.as_str() /> })}
            <div class="w-full sm:w-72">
                <Input name="text" icon="search" value=typed autocomplete="off" placeholder=td_string!(l, outages.search) label=td_string!(l, outages.search) />
            </div>
            <div class="w-full sm:w-48">
                <Select name="resource" options=resource_options(l) value=resource placeholder=td_string!(l, outages.all_resources)
                    label=td_string!(l, outages.resource) on_change=move |_| go.run(()) />
            </div>
            <div class="w-full sm:w-56">
                <Select name="kind" options=kind_options(l) value=kind placeholder=td_string!(l, outages.all_kinds)
                    label=td_string!(l, outages.kind) on_change=move |_| go.run(()) />
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
        assert_eq!(href(&read(&query).filter), "/desk/outages");
        for (name, value) in [("tab", "ended"), ("resource", "gas"), ("kind", "nonsense"), ("text", " Навои ")] {
            query.insert(name, value.to_owned());
        }
        let asked = read(&query);
        assert!(!asked.proposals);
        assert_eq!(href(&asked.filter), "/desk/outages?tab=ended&resource=gas&text=%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8");
        let mut query = ParamsMap::new();
        query.insert("tab", "proposals".to_owned());
        assert!(read(&query).proposals);
    }
}
