//! Adding, changing and renumbering a unit, in a dialog.

use super::form::{Refusal, Sending, area_of, exact_area, number, shown, typed};
use crate::util::lang;
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    BuildingId, Failure, FieldError,
    property::{Renumber, UnitCard, UnitFacts, UnitKind},
};
use ui::prelude::*;

/// What the dialog is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum UnitTask {
    Add(BuildingId),
    Edit(UnitCard),
    Renumber(UnitCard),
}

/// Opens when there is a task.
#[component]
pub(super) fn UnitDialog(task: RwSignal<Option<UnitTask>>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    effect(move || open.set(task.with(Option::is_some)));
    let title = Signal::derive(move || match task.get() {
        Some(UnitTask::Edit(_)) => td_string!(l, property.edit_unit).to_owned(),
        Some(UnitTask::Renumber(_)) => td_string!(l, property.renumber).to_owned(),
        Some(UnitTask::Add(_)) | None => td_string!(l, property.add_unit).to_owned(),
    });
    let done = Callback::new(move |()| {
        task.set(None);
        on_done.run(());
    });
    view! {
        <Dialog open=open title=title on_close=move |()| task.set(None)>
            {move || task.get().map(|task| match task {
                UnitTask::Renumber(card) => view! { <RenumberForm card=card open=open done=done /> }.into_any(),
                UnitTask::Edit(card) => view! { <UnitForm card=Some(card) building=None open=open done=done /> }.into_any(),
                UnitTask::Add(id) => view! { <UnitForm card=None building=Some(id) open=open done=done /> }.into_any(),
            })}
        </Dialog>
    }
}

#[component]
fn UnitForm(
    card: Option<UnitCard>,
    building: Option<BuildingId>,
    open: RwSignal<bool>,
    done: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let known = card.as_ref().map(|c| c.facts.clone());
    let kind = RwSignal::new(known.as_ref().map_or(UnitKind::Flat, |f| f.kind).to_string());
    let number_text = RwSignal::new(known.as_ref().map(|f| f.number.clone()).unwrap_or_default());
    let entrance = shown(known.as_ref().and_then(|f| f.entrance));
    let floor = shown(known.as_ref().and_then(|f| f.floor));
    let rooms = shown(known.as_ref().and_then(|f| f.rooms));
    let area = shown(known.as_ref().and_then(|f| f.area_cm2).map(|cm2| exact_area(l, cm2)));
    let cadastral = shown(known.and_then(|f| f.cadastral));
    let target = StoredValue::new((card.map(|c| (c.id, c.version)), building));
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        if typed(number_text).is_none() {
            wrong.push(FieldError::new("/number", "required"));
        }
        let facts = UnitFacts {
            kind: kind.get_untracked().parse().unwrap_or(UnitKind::Flat),
            number: typed(number_text).unwrap_or_default(),
            entrance: number(entrance, "entrance", &mut wrong),
            floor: number(floor, "floor", &mut wrong),
            rooms: number(rooms, "rooms", &mut wrong),
            area_cm2: area_of(area, &mut wrong),
            cadastral: typed(cadastral),
        };
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let (known, building) = target.get_value();
        let fresh = known.is_none();
        let call = async move {
            match (known, building) {
                (Some((id, version)), _) => api::property::update_unit(id, version, facts).await,
                (None, Some(building)) => api::property::create_unit(building, facts).await,
                (None, None) => Err(model::Code::NotFound.into()),
            }
        };
        sending.send(call, move |_| {
            toasts.success(if fresh { td_string!(l, property.unit_made) } else { td_string!(l, property.saved) });
            done.run(());
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let kinds: Vec<Opt> = UnitKind::ALL.iter().map(|k| Opt::new(k.as_str(), words::unit_kind(l, *k))).collect();
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <div class="form-grid">
                <Field label=td_string!(l, property.number) name="number" required=true error=sending.error("number") help=td_string!(l, property.number_help)>
                    <Input name="number" value=number_text maxlength=20 autofocus=true autocomplete="off" />
                </Field>
                <Field label=td_string!(l, property.kind) name="kind" error=sending.error("kind")>
                    <Select name="kind" options=kinds value=kind />
                </Field>
            </div>
            <div class="grid grid-cols-3 gap-4">
                <Field label=td_string!(l, property.entrance) name="entrance" error=sending.error("entrance")>
                    <Input name="entrance" value=entrance inputmode="numeric" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, property.floor) name="floor" error=sending.error("floor")>
                    <Input name="floor" value=floor autocomplete="off" />
                </Field>
                <Field label=td_string!(l, property.rooms) name="rooms" error=sending.error("rooms")>
                    <Input name="rooms" value=rooms inputmode="numeric" autocomplete="off" />
                </Field>
            </div>
            <div class="form-grid">
                <Field label=td_string!(l, property.area) name="area_cm2" error=sending.error("area_cm2")>
                    <Input name="area_cm2" value=area inputmode="decimal" autocomplete="off" />
                </Field>
                <Field label=td_string!(l, property.cadastral) name="cadastral" error=sending.error("cadastral")>
                    <Input name="cadastral" value=cadastral maxlength=40 autocomplete="off" />
                </Field>
            </div>
            <Buttons sending=sending open=open />
        </form>
    }
}

#[component]
fn RenumberForm(card: UnitCard, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let value = RwSignal::new(card.facts.number.clone());
    let following = RwSignal::new(true);
    let (id, version) = (card.id, card.version);
    let save = Callback::new(move |()| {
        let Some(number) = typed(value) else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/number", "required")]));
        };
        let command = Renumber { number, following: following.get_untracked() };
        sending.send(api::property::renumber(id, version, command), move |_| {
            toasts.success(td_string!(l, property.renumbered));
            done.run(());
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Field label=td_string!(l, property.number) name="number" required=true error=sending.error("number") help=td_string!(l, property.number_help)>
                <Input name="number" value=value maxlength=20 autofocus=true autocomplete="off" />
            </Field>
            <Checkbox name="following" label=td_string!(l, property.renumber_following) hint=td_string!(l, property.renumber_hint) checked=following />
            <Buttons sending=sending open=open />
        </form>
    }
}

/// Cancel and save, at the end of a form in a dialog.
#[component]
pub(crate) fn Buttons(sending: Sending, open: RwSignal<bool>) -> impl IntoView {
    let l = lang();
    view! {
        <div class="flex justify-end gap-2">
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
        </div>
    }
}
