//! The journal of deliveries: did they get it?

use super::delivery_look;
use crate::util::{Failed, lang};
use api::session::use_now;
use i18n::{notices as words, td_string, when};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::notices::{DeliveryFilter, DeliveryState, DeliveryView, NoticeChannel, NoticeKind};
use ui::prelude::*;

fn read(query: &ParamsMap) -> DeliveryFilter {
    let word = |name: &str| query.get(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
    DeliveryFilter {
        kind: word("kind").and_then(|v| v.parse().ok()),
        channel: word("channel").and_then(|v| v.parse().ok()),
        state: word("state").and_then(|v| v.parse().ok()),
        object_id: word("object").and_then(|v| v.parse().ok()),
        after: word("after").and_then(|v| v.parse().ok()),
    }
}

fn href(filter: &DeliveryFilter) -> String {
    let mut pairs = Vec::new();
    pairs.extend(filter.kind.map(|v| format!("kind={v}")));
    pairs.extend(filter.channel.map(|v| format!("channel={v}")));
    pairs.extend(filter.state.map(|v| format!("state={v}")));
    pairs.extend(filter.object_id.map(|v| format!("object={v}")));
    pairs.extend(filter.after.map(|v| format!("after={v}")));
    let path = "/desk/news/deliveries";
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// `/desk/news/deliveries?kind=&channel=&state=&object=&after=`.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(read));
    let page = Resource::new(move || filter.get(), api::notices::journal);
    let rows = Signal::derive(move || page.get().and_then(Result::ok).map(|page| page.items));
    let next = Signal::derive(move || {
        let after = page.get().and_then(Result::ok)?.next;
        after.is_some().then(|| href(&DeliveryFilter { after, ..filter.get() }))
    });
    let outcome = move |row: &DeliveryView| {
        let (tone, icon) = delivery_look(row.state);
        let at = match (row.run_at, row.done_at) {
            (Some(at), _) => Some(words::goes_out(l, at, now.get_untracked())),
            (None, Some(at)) => Some(when::moment(l, at, now.get_untracked())),
            _ => None,
        };
        let why = row.reason.map(|reason| words::reason(l, reason));
        let note = [why.map(str::to_owned), at].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <Pill text=words::state(l, row.state) tone=tone icon=icon />
            <span class="ml-2 text-sm text-muted">{note}</span>
        }
    };
    let columns = move || {
        vec![
            Column::new("at", td_string!(l, news.journal_at), move |row: &DeliveryView| {
                when::moment(l, row.at, now.get_untracked())
            })
            .class("num text-muted"),
            Column::new("kind", td_string!(l, news.journal_kind), move |row: &DeliveryView| words::kind(l, row.kind))
                .class("max-w-60 truncate"),
            Column::new("name", td_string!(l, news.journal_to), |row: &DeliveryView| row.name.clone())
                .class("max-w-60 truncate"),
            Column::new("channel", td_string!(l, news.report_channel), move |row: &DeliveryView| {
                words::channel(l, row.channel)
            }),
            Column::new("address", td_string!(l, news.journal_address), |row: &DeliveryView| row.address.clone())
                .class("max-w-48 truncate num text-muted"),
            Column::new("state", td_string!(l, news.journal_done), outcome),
        ]
    };
    let empty = move || {
        let text = if filter.get() == DeliveryFilter::default() {
            td_string!(l, news.journal_empty)
        } else {
            td_string!(l, news.nothing_found)
        };
        view! { <EmptyState text=text icon="send" /> }
    };
    let table = move |rows: Signal<Option<Vec<DeliveryView>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|row: &DeliveryView| row.id.to_string() caption=td_string!(l, news.deliveries)
                stack=true empty=empty />
        }
    };
    view! {
        <Title text=td_string!(l, news.deliveries) />
        <PageHeader title=td_string!(l, news.deliveries) back="/desk/news" />
        <p class="m-0 text-muted">{td_string!(l, news.journal_lead)}</p>
        <FilterLine filter=filter />
        <Transition fallback=move || table(Signal::stored(None))>
            {move || match page.get() {
                Some(Err(error)) => view! { <Failed failure=error.0 back="/desk/news" on_retry=move |()| page.refetch() /> }.into_any(),
                _ => table(rows).into_any(),
            }}
            <Pager next=next />
        </Transition>
    }
    .into_any()
}

/// Kind, channel and state in one line; a GET form until the page is alive.
#[component]
fn FilterLine(filter: Memo<DeliveryFilter>) -> impl IntoView {
    let (l, alive) = (lang(), use_hydrated());
    let start = filter.get_untracked();
    let word = |text: Option<String>| RwSignal::new(text.unwrap_or_default());
    let kind = word(start.kind.map(|v| v.to_string()));
    let channel = word(start.channel.map(|v| v.to_string()));
    let state = word(start.state.map(|v| v.to_string()));
    effect(move || {
        let now = filter.get();
        kind.set(now.kind.map(|v| v.to_string()).unwrap_or_default());
        channel.set(now.channel.map(|v| v.to_string()).unwrap_or_default());
        state.set(now.state.map(|v| v.to_string()).unwrap_or_default());
    });
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        let next = DeliveryFilter {
            kind: kind.get_untracked().parse().ok(),
            channel: channel.get_untracked().parse().ok(),
            state: state.get_untracked().parse().ok(),
            object_id: filter.with_untracked(|now| now.object_id),
            after: None,
        };
        navigate(&href(&next), NavigateOptions { replace: true, scroll: false, ..Default::default() });
    });
    // The list in the app is no message of its own, and codes are nobody's journal.
    let kinds = NoticeKind::ALL.iter().filter(|kind| kind.is_optional());
    let kinds: Vec<Opt> = kinds.map(|v| Opt::new(v.as_str(), words::kind(l, *v))).collect();
    let channels: Vec<Opt> = NoticeChannel::CHAIN.iter().map(|v| Opt::new(v.as_str(), words::channel(l, *v))).collect();
    let states: Vec<Opt> = DeliveryState::ALL.iter().map(|v| Opt::new(v.as_str(), words::state(l, *v))).collect();
    view! {
        <form class="flex flex-wrap items-center gap-2 py-2" role="search" method="get" action="/desk/news/deliveries"
            on:submit=move |ev| { ev.prevent_default(); go.run(()); }>
            {move || filter.get().object_id.map(|id| view! { <input type="hidden" name="object" value=id.to_string() /> })}
            <div class="w-full sm:w-64">
                <Select name="kind" options=kinds value=kind placeholder=td_string!(l, news.journal_all_kinds)
                    label=td_string!(l, news.journal_kind) on_change=move |_| go.run(()) />
            </div>
            <div class="w-full sm:w-48">
                <Select name="channel" options=channels value=channel placeholder=td_string!(l, news.journal_all_channels)
                    label=td_string!(l, news.report_channel) on_change=move |_| go.run(()) />
            </div>
            <div class="w-full sm:w-48">
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
        assert_eq!(href(&read(&query)), "/desk/news/deliveries");
        for (name, value) in [("kind", "news"), ("channel", "sms"), ("state", "nonsense")] {
            query.insert(name, value.to_owned());
        }
        assert_eq!(href(&read(&query)), "/desk/news/deliveries?kind=news&channel=sms");
    }
}
