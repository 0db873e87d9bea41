//! One unit: facts, people, accounts and requests; beside the chart and on a page of its own.

use super::{
    accounts::{AccountDialog, AccountTask},
    form::{Refusal, Sending, exact_area},
    id_of_page, unit_address,
    unit_form::{UnitDialog, UnitTask},
};
use crate::access::InviteButton;
use crate::audit::History;
use crate::people::{HomeDialog, HomeTask, share_text};
use crate::util::{Due, Failed, StatusPill, encode, lang, requests_about};
use api::session::use_me;
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Code, Permission, UnitId,
    audit::ObjectType,
    property::{AccountRow, UnitCard, UnitPerson},
    requests::{RequestFilter, RequestRow},
};
use ui::prelude::*;

/// Requests shown with a unit; the rest is one press away.
const SHOWN: u32 = 5;

/// `/desk/units/:id`.
#[component]
pub fn UnitPage() -> impl IntoView {
    let id = id_of_page::<UnitId>();
    view! {
        {move || match id.get() {
            Some(id) => view! { <UnitView id=id page=true /> }.into_any(),
            None => view! { <Card><Failed failure=Code::NotFound.into() back="/desk/buildings" /></Card> }.into_any(),
        }}
    }
    .into_any()
}

async fn load(id: UnitId) -> api::ApiResult<(UnitCard, Vec<RequestRow>)> {
    let card = api::property::unit(id).await?;
    let filter = RequestFilter { unit_id: Some(id), limit: Some(SHOWN), ..RequestFilter::default() };
    let requests = api::requests::list(filter).await?.items;
    Ok((card, requests))
}

/// A unit with all that belongs to it. `page` gives it a header and two columns.
#[component]
pub(super) fn UnitView(
    id: UnitId,
    #[prop(optional)] page: bool,
    /// After something was changed.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let found = Resource::new(move || id, load);
    let (task, account) = (RwSignal::new(None::<UnitTask>), RwSignal::new(None::<AccountTask>));
    let home = RwSignal::new(None::<HomeTask>);
    let changed = Callback::new(move |()| {
        found.refetch();
        if let Some(run) = on_change {
            run.run(());
        }
    });
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok((card, requests)) => view! { <Unit card=card requests=requests page=page task=task account=account home=home changed=changed /> }.into_any(),
                Err(error) => view! { <Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /> }.into_any(),
            })}
        </Transition>
        <UnitDialog task=task on_done=move |()| changed.run(()) />
        <AccountDialog task=account on_done=move |()| changed.run(()) />
        <HomeDialog task=home on_done=move |()| changed.run(()) />
    }
}

#[component]
fn Unit(
    card: UnitCard,
    requests: Vec<RequestRow>,
    page: bool,
    task: RwSignal<Option<UnitTask>>,
    account: RwSignal<Option<AccountTask>>,
    home: RwSignal<Option<HomeTask>>,
    changed: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let place = unit_address(&card.address, &card.facts.number);
    let manages = use_me().can(Permission::BuildingsManage);
    let (kind, building) = (card.facts.kind, card.building_id);
    let new = format!("/desk/requests/new?unit_id={}&address={}", card.id, encode(&place));
    let archived = card.archived;
    let buttons = StoredValue::new((card.clone(), new));
    let actions = move || {
        let (card, new) = buttons.get_value();
        view! {
            {(!archived).then(|| view! {
                <Button kind=ButtonKind::Primary icon="plus" href=new>{td_string!(l, desk.new_request)}</Button>
            })}
            {manages.then(|| view! { <UnitActions card=card task=task changed=changed /> })}
        }
    };
    let drawn = facts(l, card.clone());
    let facts = view! { <Card title=td_string!(l, property.unit)>{drawn}</Card> };
    let people = view! { <People unit=card.id people=card.people.clone() archived=archived home=home /> };
    let id = card.id;
    let accounts = view! { <Accounts card=card manages=manages task=account /> };
    let about = requests_about(&place);
    let requests = view! { <Requests rows=requests all=about /> };
    if page {
        view! {
            <Title text=place.clone() />
            <PageHeader title=place subtitle=words::unit_kind(l, kind) back=format!("/desk/buildings/{building}")
                tags=move || archived.then(|| view! { <Pill text=td_string!(l, property.archived) icon="history" /> })
                actions=actions />
            <div class="split">
                <div class="stack">{people} {requests}</div>
                <div class="stack">
                    {facts} {accounts}
                    <History object_type=ObjectType::Unit id=id.0 />
                </div>
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="stack">
                <div class="row">{actions()}</div>
                {people} {requests} {accounts} {facts}
            </div>
        }
        .into_any()
    }
}

fn facts(l: Locale, card: UnitCard) -> impl IntoView {
    let facts = card.facts;
    view! {
        <KeyValues>
            <Fact label=td_string!(l, property.kind)>{words::unit_kind(l, facts.kind)}</Fact>
            <Fact label=td_string!(l, property.address)>
                <a class="link" href=format!("/desk/buildings/{}", card.building_id)>{card.address}</a>
            </Fact>
            {facts.entrance.map(|n| view! { <Fact label=td_string!(l, property.entrance)>{n}</Fact> })}
            {facts.floor.map(|n| view! { <Fact label=td_string!(l, property.floor)>{n}</Fact> })}
            {facts.rooms.map(|n| view! { <Fact label=td_string!(l, property.rooms)>{n}</Fact> })}
            {facts.area_cm2.map(|cm2| view! { <Fact label=td_string!(l, property.area)>{exact_area(l, cm2)}</Fact> })}
            {facts.cadastral.map(|text| view! { <Fact label=td_string!(l, property.cadastral)>{text}</Fact> })}
        </KeyValues>
    }
}

#[component]
fn People(unit: UnitId, people: Vec<UnitPerson>, archived: bool, home: RwSignal<Option<HomeTask>>) -> impl IntoView {
    let l = lang();
    let me = use_me();
    if !me.can(Permission::ResidentsRead) {
        return ().into_any();
    }
    let adds = me.can(Permission::ResidentsManage) && !archived;
    let add = move || {
        adds.then(|| view! {
            <Button size=ButtonSize::Small icon="user-plus" on_click=move |_| home.set(Some(HomeTask::Settle { unit }))>{td_string!(l, property.add_person)}</Button>
            <InviteButton unit=unit />
        })
    };
    let rows = if people.is_empty() {
        view! { <p class="m-0 px-4 py-3 text-muted">{td_string!(l, property.no_people)}</p> }.into_any()
    } else {
        people
            .into_iter()
            .map(|person| {
                let share = person.share.map(|share| td_string!(l, property.share, share = share_text(l, share)).to_string());
                let about: Vec<String> = [Some(words::relation(l, person.relation).to_owned()), share].into_iter().flatten().collect();
                view! {
                    <a class="flex items-center gap-2 px-4 py-2 border-b border-line last:border-b-0 text-inherit no-underline hover:bg-base-200"
                        href=format!("/desk/people/{}", person.id)>
                        <Avatar name=person.name.clone() decorative=true />
                        <span class="grow min-w-0">
                            <span class="block">{person.name.clone()}</span>
                            <span class="block text-xs text-muted">{about.join(" · ")}</span>
                        </span>
                        <Icon name="chevron-right" class="text-muted" />
                    </a>
                }
            })
            .collect_view()
            .into_any()
    };
    view! { <Card title=td_string!(l, property.people) actions=add flush=true>{rows}</Card> }.into_any()
}

#[component]
fn Requests(rows: Vec<RequestRow>, all: String) -> impl IntoView {
    let l = lang();
    let more = (!rows.is_empty()).then_some(all);
    let list = if rows.is_empty() {
        view! { <p class="m-0 px-4 py-3 text-muted">{td_string!(l, property.no_requests)}</p> }.into_any()
    } else {
        rows.into_iter()
            .map(|row| view! {
                <a class="grid gap-1 px-4 py-2 border-b border-line last:border-b-0 text-inherit no-underline hover:bg-base-200"
                    href=format!("/desk/requests/{}", row.id)>
                    <span class="flex flex-wrap items-center gap-2">
                        <span class="num text-muted">"№" {row.number}</span>
                        <StatusPill status=row.status />
                        <Due time=row.time() />
                    </span>
                    <span class="truncate">{row.description}</span>
                </a>
            })
            .collect_view()
            .into_any()
    };
    view! {
        <Card title=td_string!(l, property.requests) flush=true
            actions=move || more.clone().map(|href| view! { <Button size=ButtonSize::Small href=href>{td_string!(l, property.all_requests)}</Button> })>
            {list}
        </Card>
    }
}

#[component]
fn Accounts(card: UnitCard, manages: bool, task: RwSignal<Option<AccountTask>>) -> impl IntoView {
    let l = lang();
    let (unit, can) = (card.id, manages && !card.archived);
    let open = card.accounts.iter().any(|a| a.closed_on.is_none());
    let act = move || {
        can.then(|| {
            let word =
                if open { td_string!(l, property.replace_account) } else { td_string!(l, property.open_account) };
            view! {
                <Button size=ButtonSize::Small icon="plus" on_click=move |_| task.set(Some(AccountTask::Open { unit, replace: open }))>{word}</Button>
            }
        })
    };
    let row = move |account: AccountRow| {
        let dates = match account.closed_on {
            None => td_string!(l, property.account_since, date = when::date(&account.opened_on)).to_string(),
            Some(day) => td_string!(l, property.account_until, date = when::date(&day)).to_string(),
        };
        let closed = account.closed_on.is_some();
        let kept = StoredValue::new(account.clone());
        view! {
            <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
                <span class="grow min-w-32">
                    <a class=if closed { "link num" } else { "link num font-semibold" } href=format!("/desk/accounts/{}", account.id) title=td_string!(l, billing.money_of)>{account.number}</a>
                    <span class="block text-xs text-muted">{dates}</span>
                </span>
                {can.then(|| view! {
                    <IconButton icon="pencil" size=ButtonSize::Small label=td_string!(l, property.edit_account)
                        on_click=move |_| task.set(Some(AccountTask::Correct(kept.get_value()))) />
                    {(!closed).then(|| view! {
                        <Button size=ButtonSize::Small on_click=move |_| task.set(Some(AccountTask::Close(kept.get_value())))>{td_string!(l, property.close_account)}</Button>
                    })}
                })}
            </div>
        }
    };
    let rows = if card.accounts.is_empty() {
        view! { <p class="m-0 px-4 py-3 text-muted">{td_string!(l, property.no_accounts)}</p> }.into_any()
    } else {
        card.accounts.into_iter().map(row).collect_view().into_any()
    };
    view! { <Card title=td_string!(l, property.accounts) actions=act flush=true>{rows}</Card> }
}

/// What may be done to the unit.
#[component]
fn UnitActions(card: UnitCard, task: RwSignal<Option<UnitTask>>, changed: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let asks = RwSignal::new(false);
    let (id, version, archived) = (card.id, card.version, card.archived);
    let kept = StoredValue::new(card);
    let archive = move |away: bool| {
        sending.send(api::property::archive_unit(id, version, away), move |_| {
            asks.set(false);
            toasts.success(td_string!(l, property.saved));
            changed.run(());
        });
    };
    view! {
        <Menu label=td_string!(l, property.more) end=true trigger=|| view! { <Icon name="more-horizontal" /> }>
            <MenuItem text=td_string!(l, common.edit) icon="pencil" on_click=move |_| task.set(Some(UnitTask::Edit(kept.get_value()))) />
            {if archived {
                view! { <MenuItem text=td_string!(l, property.restore) icon="rotate-ccw" on_click=move |_| archive(false) /> }.into_any()
            } else {
                view! {
                    <MenuItem text=td_string!(l, property.renumber) icon="list" on_click=move |_| task.set(Some(UnitTask::Renumber(kept.get_value()))) />
                    <MenuLine />
                    <MenuItem text=td_string!(l, property.to_archive) icon="history" on_click=move |_| {
                        sending.failure.set(None);
                        asks.set(true);
                    } />
                }
                .into_any()
            }}
        </Menu>
        <Dialog open=asks title=td_string!(l, property.unit_archive_title) footer=move || view! {
            <Button on_click=move |_| asks.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=sending.busy on_click=move |_| archive(true)>{td_string!(l, property.to_archive)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <p class="m-0">{td_string!(l, property.unit_archive_text)}</p>
            </div>
        </Dialog>
    }
}
