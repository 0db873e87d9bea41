//! Home: where I live, what is going on, what to do.

use crate::{
    news::HomeNews,
    outages::{Contacts, HomeOutages, SharedProblems},
    requests::{OPEN, RequestTile},
};
use api::session::use_live;
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{
    billing::MyBill,
    property::Home,
    requests::{RequestFilter, RequestRow, Status},
};
use parts::{Answer, locale};
use ui::prelude::*;

/// The key of the chosen home on this device.
pub(crate) const HOME_KEY: &str = "home";

/// `/my`.
#[component]
pub fn HomePage() -> impl IntoView {
    let l = locale();
    let version = use_live().version();
    let homes = Resource::new_blocking(|| (), |()| api::property::homes());
    let open = Resource::new_blocking(
        move || version.get(),
        |_| api::requests::list(RequestFilter { status: OPEN.to_vec(), limit: Some(50), ..Default::default() }),
    );
    let bills = Resource::new_blocking(move || version.get(), |_| api::billing::mine());
    view! {
        <Title text=td_string!(l, resident.home) />
        <Answer from=homes lines=3 let:homes>
            <HomeCard homes=homes />
        </Answer>
        <Answer from=bills lines=2 let:bills>
            <Owed bills=bills />
        </Answer>
        <HomeOutages />
        <HomeNews />
        <Answer from=open lines=5 let:page>
            <MyRequests rows=Signal::derive(move || page.with(|page| page.items.clone())) />
        </Answer>
        <SharedProblems />
        <section class="panel">
            <AppRow title=td_string!(l, payments.pay_title) text=td_string!(l, payments.history) icon="wallet" href="/my/pay" />
            <AppRow title=td_string!(l, access.my_homes) text=td_string!(l, access.my_homes_hint) icon="home" href="/my/homes" />
            <AppRow title=td_string!(l, news.title) text=td_string!(l, news.my_all) icon="megaphone" href="/my/news" />
            <AppRow title=td_string!(l, resident.documents) text=td_string!(l, resident.documents_hint) icon="file-text" href="/my/documents" />
        </section>
        <Contacts />
    }
    .into_any()
}

/// The address and account of the chosen home, and the one thing people come for.
#[component]
fn HomeCard(homes: Signal<Vec<Home>>) -> impl IntoView {
    let l = locale();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get("home")));
    let kept = use_local_storage(HOME_KEY);
    effect(move || {
        if let Some(id) = asked.get() {
            kept.set(Some(id));
        }
    });
    let chosen = Memo::new(move |_| {
        let id = asked.get().or_else(|| kept.get());
        homes.with(|homes| {
            homes.iter().find(|home| Some(home.unit_id.to_string()) == id).or_else(|| homes.first()).cloned()
        })
    });
    let switcher = move || {
        homes.with(|homes| homes.len() > 1).then(|| {
            view! {
                <nav class="row" aria-label=td_string!(l, resident.your_homes)>
                    {homes.get().into_iter().map(|home| {
                        let id = home.unit_id;
                        view! {
                            <Chip
                                text=home.address
                                href=format!("/my?home={id}")
                                active=Signal::derive(move || chosen.with(|now| now.as_ref().is_some_and(|now| now.unit_id == id)))
                            />
                        }
                    }).collect_view()}
                </nav>
            }
        })
    };
    view! {
        {switcher}
        {move || match chosen.get() {
            Some(home) => view! {
                <section class="panel glass p-4 stack">
                    <div>
                        <span class="stat-label"><Icon name="home" />{td_string!(l, resident.your_home)}</span>
                        <p class="m-0 text-xl font-semibold [overflow-wrap:anywhere]">{home.address}</p>
                        {home.account.map(|number| view! {
                            <p class="m-0 text-muted">{td_string!(l, resident.account, number = number).to_string()}</p>
                        })}
                    </div>
                    <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="plus" href="/my/new">
                        {td_string!(l, resident.file_request)}
                    </Button>
                </section>
            }
            .into_any(),
            None => view! { <Banner tone=Tone::Warning text=td_string!(l, resident.no_homes) /> }.into_any(),
        }}
    }
}

/// What each home owes; a tap shows how it came about.
#[component]
fn Owed(bills: Signal<Vec<MyBill>>) -> impl IntoView {
    let l = locale();
    let several = move || bills.with(|bills| bills.len() > 1);
    let row = move |bill: MyBill| {
        let (word, sum, tone) = crate::bills::standing(l, bill.balance);
        view! {
            <a class="app-row" href="/my/bills">
                <Icon name="receipt" size=IconSize::Large class="text-muted" />
                <span class="grow min-w-0">
                    <span class="block text-sm text-muted">
                        {word}
                        {several().then(|| format!(" {}", bill.address))}
                    </span>
                    <span class=format!("block text-xl font-semibold tabular-nums wrap-anywhere tone-text {}", tone.class())>{sum}</span>
                </span>
                <Icon name="chevron-right" class="text-muted" />
            </a>
        }
    };
    move || {
        bills
            .with(|bills| !bills.is_empty())
            .then(|| view! { <section class="panel">{bills.get().into_iter().map(row).collect_view()}</section> })
    }
}

/// So many open requests fit on the first page; the rest is one tap away.
const SHOWN: usize = 5;

/// What waits for my word first, then what is under way.
#[component]
fn MyRequests(rows: Signal<Vec<RequestRow>>) -> impl IntoView {
    let l = locale();
    let done = |row: &RequestRow| row.status == Status::Done;
    let to_rate =
        Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| done(row)).cloned().collect::<Vec<_>>()));
    let open = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| !done(row)).cloned().collect::<Vec<_>>()));
    view! {
        <For each=move || to_rate.get() key=|row| row.id let:row>
            <section class="panel p-4 stack gap-2">
                <p class="m-0 font-semibold flex gap-2 items-center">
                    <span class="tone-success tone-text"><Icon name="circle-check" size=IconSize::Large /></span>
                    {td_string!(l, resident.rate_title)}
                </p>
                <p class="m-0">{crate::requests::headline(l, &row)}</p>
                <p class="m-0 text-muted">{td_string!(l, resident.rate_text)}</p>
                <Button icon="star" size=ButtonSize::Big href=format!("/my/requests/{}?rate=1", row.id)>
                    {td_string!(l, resident.rate)}
                </Button>
            </section>
        </For>
        <h2 class="section-title mb-0">{td_string!(l, resident.my_requests)}</h2>
        <For each=move || open.with(|rows| rows.iter().take(SHOWN).cloned().collect::<Vec<_>>()) key=|row| (row.id, row.clone().status, row.comments, row.photos) let:row>
            <RequestTile row=row />
        </For>
        {move || open.with(|rows| rows.len() > SHOWN).then(|| view! {
            <Button size=ButtonSize::Big href="/my/requests">{td_string!(l, common.show_all)}</Button>
        })}
        {move || open.with(Vec::is_empty).then(|| view! { <p class="panel p-4 m-0 text-muted">{td_string!(l, resident.no_open)}</p> })}
    }
}
