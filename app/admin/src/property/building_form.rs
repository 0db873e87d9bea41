//! A new house, and what is known of one that exists.

use super::{
    form::{Refusal, Sending, area_of, exact_area, number, shown, typed},
    id_of_page,
};
use crate::util::{Failed, lang, looked_up};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    BuildingId, Code, Failure, FieldError,
    property::{BuildingCard, BuildingFacts, ComplexFacts, Network},
};
use ui::prelude::*;

/// `/desk/buildings/new`: the facts; the flats are the second step.
#[component]
pub fn NewBuildingPage() -> impl IntoView {
    let l = lang();
    view! {
        <Title text=td_string!(l, property.new_building) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, property.new_building) back="/desk/buildings" />
            <BuildingForm card=None />
        </div>
    }
    .into_any()
}

/// `/desk/buildings/:id/edit`.
#[component]
pub fn EditBuildingPage() -> impl IntoView {
    let l = lang();
    let id = id_of_page::<BuildingId>();
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::property::building(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    let back = Signal::derive(move || id.get().map(|id| format!("/desk/buildings/{id}")));
    view! {
        <Title text=td_string!(l, property.edit_building) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, property.edit_building) back=back />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok(card) => view! { <BuildingForm card=Some(card) /> }.into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk/buildings" on_retry=move |()| found.refetch() /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn BuildingForm(card: Option<BuildingCard>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let fresh = card.is_none();
    let known = card.as_ref().map(|c| (c.id, c.version));
    let start = card.map_or_else(|| BuildingFacts { storeys: 1, ..BuildingFacts::default() }, |c| c.facts);
    let address = RwSignal::new(start.address);
    let complex = shown(start.complex_id);
    let (year, code) = (shown(start.year), shown(start.code));
    let storeys = shown((!fresh).then_some(start.storeys));
    let area = shown(start.area_cm2.map(|cm2| exact_area(l, cm2)));
    let has_lift = RwSignal::new(start.has_lift);
    let hint = RwSignal::new(start.hint.unwrap_or_default());
    let (latitude, longitude) = (shown(start.latitude), shown(start.longitude));
    let networks: Vec<(Network, RwSignal<bool>)> =
        Network::ALL.iter().map(|n| (*n, RwSignal::new(start.networks.contains(n)))).collect();
    let chosen = StoredValue::new(networks.clone());
    let back = known.map_or_else(|| "/desk/buildings".to_owned(), |(id, _)| format!("/desk/buildings/{id}"));
    let navigate = use_navigate();
    let go = StoredValue::new(navigate);
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        if typed(address).is_none() {
            wrong.push(FieldError::new("/address", "required"));
        }
        let facts = BuildingFacts {
            complex_id: complex.get_untracked().parse().ok(),
            address: typed(address).unwrap_or_default(),
            code: number(code, "code", &mut wrong),
            year: number(year, "year", &mut wrong),
            storeys: number(storeys, "storeys", &mut wrong).unwrap_or(1),
            has_lift: has_lift.get_untracked(),
            area_cm2: area_of(area, &mut wrong),
            networks: chosen
                .with_value(|all| all.iter().filter(|(_, on)| on.get_untracked()).map(|(n, _)| *n).collect()),
            hint: typed(hint),
            latitude: number(latitude, "latitude", &mut wrong),
            longitude: number(longitude, "longitude", &mut wrong),
        };
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let call = async move {
            match known {
                Some((id, version)) => api::property::update_building(id, version, facts).await,
                None => api::property::create_building(facts).await,
            }
        };
        sending.send(call, move |card| {
            toasts.success(td_string!(l, property.saved));
            let next = if fresh {
                format!("/desk/buildings/{}/chart", card.id)
            } else {
                format!("/desk/buildings/{}", card.id)
            };
            go.with_value(|go| go(&next, NavigateOptions { replace: true, ..Default::default() }));
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let cancel = back.clone();
    use_hotkey("escape", move |_| {
        // A dialog above the form closes first.
        if document().query_selector("dialog[open]").ok().flatten().is_none() {
            go.with_value(|go| go(&back, NavigateOptions::default()));
        }
    });
    let verb = if fresh { td_string!(l, property.save_and_next) } else { td_string!(l, common.save) };
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Card title=td_string!(l, property.section_main)>
                <div class="stack">
                    <Field label=td_string!(l, property.address) name="address" required=true error=sending.error("address") help=td_string!(l, property.address_help)>
                        <Input name="address" value=address maxlength=300 autofocus=true autocomplete="off" />
                    </Field>
                    <ComplexPicker value=complex error=sending.error("complex_id") />
                    <div class="form-grid">
                        <Field label=td_string!(l, property.storeys) name="storeys" error=sending.error("storeys")>
                            <Input name="storeys" value=storeys inputmode="numeric" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, property.year) name="year" optional=true error=sending.error("year")>
                            <Input name="year" value=year inputmode="numeric" autocomplete="off" />
                        </Field>
                    </div>
                    <Checkbox name="has_lift" label=td_string!(l, property.has_lift) checked=has_lift />
                    <Field label=td_string!(l, property.hint) name="hint" optional=true error=sending.error("hint") help=td_string!(l, property.hint_help)>
                        <Textarea name="hint" value=hint rows=3 maxlength=2000 />
                    </Field>
                </div>
            </Card>
            <Card title=td_string!(l, property.section_more)>
                <div class="stack">
                    <Field label=td_string!(l, property.networks) name="networks" group=true error=sending.error("networks")>
                        <div class="grid grid-cols-2 gap-x-4 sm:grid-cols-3">
                            {networks.into_iter().map(|(network, on)| view! {
                                <Checkbox name=network.as_str() label=words::network(l, network) checked=on />
                            }).collect_view()}
                        </div>
                    </Field>
                    <div class="form-grid">
                        <Field label=td_string!(l, property.total_area) name="area_cm2" optional=true error=sending.error("area_cm2")>
                            <Input name="area_cm2" value=area inputmode="decimal" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, property.code) name="code" optional=true error=sending.error("code") help=td_string!(l, property.code_help)>
                            <Input name="code" value=code inputmode="numeric" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, property.latitude) name="latitude" optional=true error=sending.error("latitude")>
                            <Input name="latitude" value=latitude inputmode="decimal" placeholder="41.3111" autocomplete="off" />
                        </Field>
                        <Field label=td_string!(l, property.longitude) name="longitude" optional=true error=sending.error("longitude")>
                            <Input name="longitude" value=longitude inputmode="decimal" placeholder="69.2797" autocomplete="off" />
                        </Field>
                    </div>
                </div>
            </Card>
            <div class="action-bar glass-raised">
                <span class="grow"></span>
                <Button href=cancel>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy class="max-sm:grow">{verb}</Button>
            </div>
        </form>
    }
}

/// The complex of a house; a new one is made on the spot.
#[component]
fn ComplexPicker(value: RwSignal<String>, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let known = RwSignal::new(Vec::<Opt>::new());
    let all = Resource::new(|| (), |()| api::property::complexes());
    effect(move || {
        if let Some(Ok(rows)) = all.get() {
            known.set(rows.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect());
        }
    });
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let sending = Sending::new();
    let make = Callback::new(move |()| {
        let command = ComplexFacts { name: name.get_untracked() };
        sending.send(api::property::create_complex(command), move |row| {
            let id = row.id.to_string();
            known.update(|all| all.push(Opt::new(id.clone(), row.name)));
            value.set(id);
            name.set(String::new());
            open.set(false);
            toasts.success(td_string!(l, property.complex_made));
        });
    });
    // The list is small; asking anew keeps it true when another tab made one.
    let again = move || {
        spawn_local(async move {
            if let Some(rows) = looked_up(toasts, l, api::property::complexes().await) {
                known.set(rows.into_iter().map(|c| Opt::new(c.id.to_string(), c.name)).collect());
            }
        });
    };
    view! {
        <Field label=td_string!(l, property.complex) name="complex_id" optional=true error=error>
            <div class="flex gap-2">
                <div class="grow min-w-0">
                    <Combobox name="complex_id" options=known value=value placeholder=td_string!(l, property.no_complex) />
                </div>
                <Button icon="plus" on_click=move |_| { sending.failure.set(None); again(); open.set(true); }>{td_string!(l, property.new_complex)}</Button>
            </div>
        </Field>
        <Dialog open=open title=td_string!(l, property.new_complex) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="check" loading=sending.busy on_click=move |_| make.run(())>{td_string!(l, common.add)}</Button>
        }>
            <Field label=td_string!(l, property.complex_name) name="complex-name" required=true error=sending.error("name")>
                <Input name="complex-name" value=name maxlength=200 autofocus=true autocomplete="off" on_change=move |_| sending.failure.set(None) />
            </Field>
        </Dialog>
    }
}
