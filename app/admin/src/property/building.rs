//! One building: its chart, facts, units and documents, and what may be done to it.

use super::{
    chart::Chart,
    documents::Documents,
    form::{Refusal, Sending, exact_area},
    id_of_page, unit_address,
    unit_form::{UnitDialog, UnitTask},
};
use crate::{
    audit::History,
    outages::Risers,
    util::{Failed, encode, lang},
};
use api::session::{use_live, use_me};
use i18n::{Locale, td_string, words};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    BuildingId, Code, Permission,
    audit::ObjectType,
    property::{BuildingCard, UnitRow},
};
use ui::prelude::*;

/// `/desk/buildings/:id`.
#[component]
pub fn BuildingPage() -> impl IntoView {
    let id = id_of_page::<BuildingId>();
    let version = use_live().version();
    // A storm of events asks once in two seconds.
    let beat: Signal<u64> = use_debounced(version, 2000);
    let found = Resource::new(
        move || (id.get(), beat.get()),
        |(id, _)| async move {
            match id {
                Some(id) => api::property::building(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let card = RwSignal::new(None::<BuildingCard>);
    effect(move || {
        if let Some(Ok(fresh)) = found.get()
            && card.with_untracked(|known| known.as_ref() != Some(&fresh))
        {
            card.set(Some(fresh));
        }
    });
    // Awaited once, the same on the server and while hydrating; a live update then changes numbers and never closes what
    // is open.
    let first = Suspend::new(async move {
        match found.await {
            Ok(first) => {
                let live = Signal::derive(move || card.get().unwrap_or_else(|| first.clone()));
                view! { <Building card=live changed=move |fresh| card.set(Some(fresh)) /> }.into_any()
            }
            Err(error) => view! {
                <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card>
            }
            .into_any(),
        }
    });
    view! { <Transition fallback=|| view! { <Skeleton lines=12 /> }>{first}</Transition> }.into_any()
}

#[component]
fn Building(card: Signal<BuildingCard>, #[prop(into)] changed: Callback<BuildingCard>) -> impl IntoView {
    let l = lang();
    let id = card.with_untracked(|c| c.id);
    let address = Memo::new(move |_| card.with(|c| c.facts.address.clone()));
    let complex = Memo::new(move |_| card.with(|c| c.complex.clone()));
    let archived = Memo::new(move |_| card.with(|c| c.archived));
    let units = Memo::new(move |_| card.with(|c| c.units.clone()));
    let entrances = Memo::new(move |_| card.with(|c| c.entrances.clone()));
    let me = use_me();
    let (manages, sees_outages) = (me.can(Permission::BuildingsManage), me.can(Permission::OutagesRead));
    let task = RwSignal::new(None::<UnitTask>);
    let refresh = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            if let Ok(fresh) = api::property::building(id).await {
                let _ = changed.try_run(fresh);
            }
        });
    });
    view! {
        <Title text=move || address.get() />
        <PageHeader
            title=address
            subtitle=complex
            back="/desk/buildings"
            tags=move || archived.get().then(|| view! { <Pill text=td_string!(l, property.archived) icon="history" /> })
            actions=move || {
                let href = format!("/desk/requests/new?building_id={id}&address={}", encode(&address.get()));
                view! {
                    {sees_outages.then(|| view! { <Button href=format!("/desk/outages?building={id}") icon="zap">{td_string!(l, outages.title)}</Button> })}
                    <Button href=format!("/desk?building={id}") icon="inbox">{td_string!(l, property.requests_here)}</Button>
                    {(!archived.get()).then(|| view! {
                        <Button kind=ButtonKind::Primary href=href icon="plus">{td_string!(l, desk.new_request)}</Button>
                    })}
                    <Actions card=card changed=changed task=task />
                }
            }
        />
        <div class="stack">
            <div class="split">
                <Card title=td_string!(l, property.chart)>
                    <Chart card=card on_change=refresh />
                </Card>
                <Card title=td_string!(l, property.facts)>{move || facts(l, card.get())}</Card>
            </div>
            <Units address=address units=units />
            {sees_outages.then(|| view! { <Risers id=id manages=manages entrances=entrances units=units /> })}
            <Documents building=Some(id) />
            <div class="max-w-3xl">
                <History object_type=ObjectType::Building id=id.0 version=Signal::derive(move || card.with(|c| c.version)) />
            </div>
        </div>
        <UnitDialog task=task on_done=move |_| refresh.run(()) />
    }
}

fn facts(l: Locale, card: BuildingCard) -> impl IntoView {
    let facts = card.facts;
    let networks: Vec<&str> = facts.networks.iter().map(|n| words::network(l, *n)).collect();
    let map = facts
        .latitude
        .zip(facts.longitude)
        .map(|(lat, lon)| format!("https://yandex.uz/maps/?pt={lon},{lat}&z=17&l=map"));
    view! {
        <KeyValues>
            {facts.year.map(|year| view! { <Fact label=td_string!(l, property.year)>{year}</Fact> })}
            <Fact label=td_string!(l, property.storeys)>{facts.storeys}</Fact>
            <Fact label=td_string!(l, property.entrances)>{card.entrances.len()}</Fact>
            <Fact label=td_string!(l, property.units)>{card.units.len()}</Fact>
            {facts.area_cm2.map(|cm2| view! { <Fact label=td_string!(l, property.total_area)>{exact_area(l, cm2)}</Fact> })}
            <Fact label=td_string!(l, property.lift)>
                {if facts.has_lift { td_string!(l, common.yes) } else { td_string!(l, common.no) }}
            </Fact>
            {(!networks.is_empty()).then(|| view! { <Fact label=td_string!(l, property.networks)>{networks.join(", ")}</Fact> })}
            {facts.code.map(|code| view! { <Fact label=td_string!(l, property.code)>{code}</Fact> })}
            <Fact label=td_string!(l, property.open_in_units)>{card.open_requests}</Fact>
            {facts.hint.map(|hint| view! {
                <Fact label=td_string!(l, property.hint)><span class="whitespace-pre-wrap">{hint}</span></Fact>
            })}
            {map.map(|href| view! {
                <Fact label=td_string!(l, common.on_map)><a class="link" target="_blank" rel="noopener external" href=href>{td_string!(l, common.on_map)}</a></Fact>
            })}
        </KeyValues>
    }
}

/// What may be done to the house.
#[component]
fn Actions(
    card: Signal<BuildingCard>,
    changed: Callback<BuildingCard>,
    task: RwSignal<Option<UnitTask>>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    if !use_me().can(Permission::BuildingsManage) {
        return ().into_any();
    }
    let id = card.with_untracked(|c| c.id);
    let (sending, accounts) = (Sending::new(), Sending::new());
    let (asks_archive, asks_accounts) = (RwSignal::new(false), RwSignal::new(false));
    let navigate = use_navigate();
    let archive = move |archived: bool| {
        let version = card.with_untracked(|c| c.version);
        sending.send(api::property::archive_building(id, version, archived), move |fresh| {
            asks_archive.set(false);
            toasts.success(td_string!(l, property.saved));
            changed.run(fresh);
        });
    };
    let open_accounts = Callback::new(move |()| {
        accounts.send(api::property::generate_accounts(id), move |made| {
            asks_accounts.set(false);
            toasts.success(td_string!(l, property.accounts_opened, n = made.count.to_string()).to_string());
            leptos::task::spawn_local(async move {
                if let Ok(fresh) = api::property::building(id).await {
                    let _ = changed.try_run(fresh);
                }
            });
        });
    });
    let go = Callback::new(move |place: &'static str| {
        navigate(&format!("/desk/buildings/{id}/{place}"), NavigateOptions::default());
    });
    let archived = Memo::new(move |_| card.with(|c| c.archived));
    view! {
        <Menu label=td_string!(l, property.more) end=true trigger=|| view! { <Icon name="more-horizontal" /> }>
            <MenuItem text=td_string!(l, common.edit) icon="pencil" on_click=move |_| go.run("edit") />
            {move || if archived.get() {
                view! { <MenuItem text=td_string!(l, property.restore) icon="rotate-ccw" on_click=move |_| archive(false) /> }.into_any()
            } else {
                view! {
                    <MenuItem text=td_string!(l, property.add_unit) icon="plus" on_click=move |_| task.set(Some(UnitTask::Add(id))) />
                    <MenuItem text=td_string!(l, property.generate) icon="layout-grid" on_click=move |_| go.run("chart") />
                    <MenuItem text=td_string!(l, property.accounts_for_all) icon="receipt" on_click=move |_| asks_accounts.set(true) />
                    <MenuItem text=td_string!(l, access.sheet) icon="printer" on_click=move |_| go.run("sheet") />
                    <MenuLine />
                    <MenuItem text=td_string!(l, property.to_archive) icon="history" on_click=move |_| {
                        sending.failure.set(None);
                        asks_archive.set(true);
                    } />
                }
                .into_any()
            }}
        </Menu>
        <Archive open=asks_archive sending=sending address=Signal::derive(move || card.with(|c| c.facts.address.clone()))
            on_confirm=move |()| archive(true) />
        <Confirm open=asks_accounts title=td_string!(l, property.accounts_for_all) text=td_string!(l, property.accounts_for_all_text)
            verb=td_string!(l, property.open_account) calm=true busy=accounts.busy on_confirm=open_accounts />
    }
    .into_any()
}

/// Asks for the address: a house is not put away by accident.
#[component]
fn Archive(
    open: RwSignal<bool>,
    sending: Sending,
    address: Signal<String>,
    #[prop(into)] on_confirm: Callback<()>,
) -> impl IntoView {
    let l = lang();
    let typed = RwSignal::new(String::new());
    let locked = Signal::derive(move || typed.get().trim() != address.get().trim());
    effect(move || {
        if !open.get() {
            typed.set(String::new());
        }
    });
    view! {
        <Dialog open=open title=td_string!(l, property.archive_title) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger disabled=locked loading=sending.busy on_click=move |_| on_confirm.run(())>{td_string!(l, property.to_archive)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <p class="m-0">{td_string!(l, property.archive_text)}</p>
                <Field label=address name="confirm-address">
                    <Input name="confirm-address" value=typed autocomplete="off" />
                </Field>
            </div>
        </Dialog>
    }
}

#[component]
fn Units(address: Memo<String>, units: Memo<Vec<UnitRow>>) -> impl IntoView {
    let l = lang();
    let columns = vec![
        Column::new("number", td_string!(l, property.unit), |u: &UnitRow| format!("№{}", u.number)),
        Column::new("kind", td_string!(l, property.kind), move |u: &UnitRow| words::unit_kind(l, u.kind)),
        Column::new("entrance", td_string!(l, property.entrance), |u: &UnitRow| u.entrance).num(),
        Column::new("floor", td_string!(l, property.floor), |u: &UnitRow| u.floor).num(),
        Column::new("rooms", td_string!(l, property.rooms), |u: &UnitRow| u.rooms).num(),
        Column::new("area", td_string!(l, property.area), move |u: &UnitRow| u.area_cm2.map(|cm2| exact_area(l, cm2)))
            .num(),
        Column::new("account", td_string!(l, property.account), |u: &UnitRow| u.account.clone()).class("text-muted"),
        Column::new("people", td_string!(l, property.residents), |u: &UnitRow| u.people).num(),
        Column::new("open", td_string!(l, property.open_requests), |u: &UnitRow| {
            (u.open_requests > 0).then_some(u.open_requests)
        })
        .num(),
        Column::new("new", "", move |u: &UnitRow| {
            let place = address.with_untracked(|address| unit_address(address, &u.number));
            let href = format!("/desk/requests/new?unit_id={}&address={}", u.id, encode(&place));
            view! { <IconButton icon="plus" size=ButtonSize::Small label=td_string!(l, desk.new_request) href=href /> }
        }),
    ];
    view! {
        <DataTable columns=columns rows=Signal::derive(move || Some(units.get())) key=|u: &UnitRow| u.id.to_string()
            caption=td_string!(l, property.units) href=|u: UnitRow| format!("/desk/units/{}", u.id) stack=true tall=true
            empty=move || view! { <EmptyState text=td_string!(l, property.no_units) icon="door-open" /> } />
    }
}
