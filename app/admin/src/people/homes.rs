//! Giving a person a home, changing and ending it, in a dialog.

use super::parts::share_text;
use crate::{
    property::{
        form::{Refusal, Sending, typed},
        unit_form::Buttons,
    },
    util::{lang, looked_up},
};
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    ContactId, Failure, FieldError, UnitId,
    people::{AddHome, ContactFilter, HomeCard, Relation, Share, UpdateHome},
};
use ui::prelude::*;

/// What the dialog is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum HomeTask {
    /// For this person; the unit may be known.
    Add {
        contact: ContactId,
        unit: Option<(UnitId, String)>,
    },
    /// For this unit; the person is chosen.
    Settle {
        unit: UnitId,
    },
    Edit(HomeCard),
    End(HomeCard),
}

/// Opens when there is a task.
#[component]
pub(crate) fn HomeDialog(task: RwSignal<Option<HomeTask>>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    effect(move || open.set(task.with(Option::is_some)));
    let title = Signal::derive(move || match task.get() {
        Some(HomeTask::Edit(_)) => td_string!(l, people.edit_home).to_owned(),
        Some(HomeTask::End(_)) => td_string!(l, people.end_home).to_owned(),
        Some(HomeTask::Settle { .. }) => td_string!(l, people.settle).to_owned(),
        Some(HomeTask::Add { .. }) | None => td_string!(l, people.add_home).to_owned(),
    });
    let done = Callback::new(move |()| {
        task.set(None);
        on_done.run(());
    });
    view! {
        <Dialog open=open title=title on_close=move |()| task.set(None)>
            {move || task.get().map(|task| match task {
                HomeTask::End(home) => view! { <EndForm home=home open=open done=done /> }.into_any(),
                task => view! { <HomeForm task=task open=open done=done /> }.into_any(),
            })}
        </Dialog>
    }
}

/// A share as it is typed; the failure points at the field.
pub(super) fn share_of(text: RwSignal<String>, relation: Relation, wrong: &mut Vec<FieldError>) -> Option<Share> {
    // A share typed before the relation was changed is nobody's.
    let text = typed(text).filter(|_| relation == Relation::Owner)?;
    let share = Share::parse(&text);
    if share.is_none() {
        wrong.push(FieldError::new("/share", "bad_share"));
    }
    share
}

/// A day of a date input.
pub(super) fn day_of(text: RwSignal<String>) -> Option<chrono::NaiveDate> {
    text.get_untracked().parse().ok()
}

/// Units whose address holds what is typed.
#[component]
pub(super) fn UnitPicker(
    value: RwSignal<String>,
    known: Option<(UnitId, String)>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let query = RwSignal::new(String::new());
    let found =
        RwSignal::new(known.map(|(id, address)| Opt::new(id.to_string(), address)).into_iter().collect::<Vec<_>>());
    let settled: Signal<String> = use_debounced(query, 200);
    effect(move || {
        let text = settled.get();
        if text.trim().is_empty() {
            return;
        }
        spawn_local(async move {
            let answer = api::property::find_places(text.clone()).await;
            // More may be typed, or the dialog closed, by now.
            if settled.try_get_untracked() != Some(text) {
                return;
            }
            let Some(places) = looked_up(toasts, l, answer) else { return };
            let chosen = |all: &Vec<Opt>| all.iter().find(|o| o.value == value.get_untracked()).cloned();
            // The dialog may be closed by now.
            let Some(chosen) = found.try_with_untracked(chosen) else { return };
            let units = places.into_iter().filter_map(|p| Some(Opt::new(p.unit_id?.to_string(), p.address)));
            found.set(units.chain(chosen).collect());
        });
    });
    view! {
        <Field label=td_string!(l, people.unit) name="unit_id" required=true error=error help=td_string!(l, people.unit_help)>
            <Combobox name="unit_id" options=found value=value placeholder=td_string!(l, people.unit_placeholder)
                on_query=move |text: String| query.set(text) />
        </Field>
    }
}

/// People whose name or number holds what is typed.
#[component]
fn PersonPicker(value: RwSignal<String>, unit: UnitId, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Opt>::new());
    let settled: Signal<String> = use_debounced(query, 250);
    effect(move || {
        let text = settled.get();
        if text.trim().chars().count() < 3 {
            return;
        }
        spawn_local(async move {
            let filter = ContactFilter { text: Some(text.clone()), ..ContactFilter::default() };
            let answer = api::people::contacts(filter).await;
            if settled.try_get_untracked() != Some(text) {
                return;
            }
            let Some(page) = looked_up(toasts, l, answer) else { return };
            let chosen = |all: &Vec<Opt>| all.iter().find(|o| o.value == value.get_untracked()).cloned();
            // The dialog may be closed by now.
            let Some(chosen) = found.try_with_untracked(chosen) else { return };
            let people = page.items.into_iter().take(12).map(|person| {
                let phones = person.phones.into_iter().map(|p| p.shown);
                let hint: Vec<String> = phones.chain(person.homes.into_iter().map(|h| h.address)).collect();
                Opt::new(person.id.to_string(), person.name).hint(hint.join(" · "))
            });
            found.set(people.chain(chosen).collect());
        });
    });
    view! {
        <Field label=td_string!(l, people.person) name="person" required=true error=error help=td_string!(l, people.person_help)>
            <Combobox name="person" options=found value=value placeholder=td_string!(l, people.search)
                on_query=move |text: String| query.set(text) />
        </Field>
        <a class="link" href=format!("/desk/people/new?unit_id={unit}")>{td_string!(l, people.not_there)}</a>
    }
}

/// Relation, share and the day it began: the same for every form about a home.
#[component]
pub(super) fn HomeFields(
    sending: Sending,
    relation: RwSignal<String>,
    share: RwSignal<String>,
    since: RwSignal<String>,
    /// What stands before the names of fields in a larger form.
    #[prop(default = ["relation", "share", "since"])]
    names: [&'static str; 3],
) -> impl IntoView {
    let l = lang();
    let relations: Vec<Opt> = Relation::ALL.iter().map(|r| Opt::new(r.as_str(), words::relation(l, *r))).collect();
    let owns = move || relation.get() == Relation::Owner.as_str();
    let [relation_name, share_name, since_name] = names;
    view! {
        <div class="form-grid">
            <Field label=td_string!(l, people.relation) name="relation" error=sending.error(relation_name)>
                <Select name="relation" options=relations value=relation />
            </Field>
            <Field label=td_string!(l, people.since) name="since" error=sending.error(since_name)>
                <DateInput name="since" value=since />
            </Field>
        </div>
        <div hidden=move || !owns()>
            <Field label=td_string!(l, people.share) name="share" optional=true error=sending.error(share_name) help=td_string!(l, people.share_help)>
                <Input name="share" value=share maxlength=24 autocomplete="off" />
            </Field>
        </div>
    }
}

#[component]
fn HomeForm(task: HomeTask, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let known = match &task {
        HomeTask::Edit(home) => Some(home.clone()),
        _ => None,
    };
    let given = match &task {
        HomeTask::Add { unit, .. } => unit.clone(),
        _ => None,
    };
    let unit = RwSignal::new(given.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default());
    let person = RwSignal::new(String::new());
    let relation = RwSignal::new(known.as_ref().map_or(Relation::Owner, |h| h.relation).to_string());
    let share = RwSignal::new(known.as_ref().and_then(|h| h.share).map(|s| share_text(l, s)).unwrap_or_default());
    let since = RwSignal::new(known.as_ref().map(|h| h.since.to_string()).unwrap_or_default());
    let until = RwSignal::new(known.as_ref().and_then(|h| h.until).map(|d| d.to_string()).unwrap_or_default());
    let ended = known.as_ref().is_some_and(|h| h.until.is_some());
    let place = known.as_ref().map(|h| h.address.clone());
    let kept = StoredValue::new(task.clone());
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        let role = relation.get_untracked().parse().unwrap_or(Relation::Owner);
        let part = share_of(share, role, &mut wrong);
        let (contact, place) = match kept.get_value() {
            HomeTask::Add { contact, .. } => (Some(contact), unit.get_untracked().parse().ok()),
            HomeTask::Settle { unit } => (person.get_untracked().parse().ok(), Some(unit)),
            HomeTask::Edit(_) | HomeTask::End(_) => (None, None),
        };
        let edits = matches!(kept.get_value(), HomeTask::Edit(_));
        for (pointer, missing) in [("/person", contact.is_none()), ("/unit_id", place.is_none())] {
            if !edits && missing {
                wrong.push(FieldError::new(pointer, "required"));
            }
        }
        if !wrong.is_empty() {
            return sending.refuse(Failure::invalid(wrong));
        }
        let since = day_of(since);
        let call = async move {
            match (kept.get_value(), contact, place) {
                (HomeTask::Edit(home), ..) => {
                    let until = ended.then(|| day_of(until));
                    let command = UpdateHome { relation: Some(role), share: Some(part), since, until };
                    api::people::update_home(home.id, home.version, command).await
                }
                (_, Some(contact), Some(unit_id)) => {
                    api::people::add_home(contact, AddHome { unit_id, relation: role, share: part, since }).await
                }
                _ => Err(model::Code::NotFound.into()),
            }
        };
        sending.send(call, move |_| {
            toasts.success(td_string!(l, property.saved));
            done.run(());
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    // What the server says of the unit stands where the form has a place for it.
    let (at_unit, at_person) = (sending.error("unit_id"), sending.error("person"));
    let whose = Signal::derive(move || at_person.get().or_else(|| at_unit.get()));
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            {match task {
                HomeTask::Add { .. } => view! { <UnitPicker value=unit known=given error=sending.error("unit_id") /> }.into_any(),
                HomeTask::Settle { unit } => view! { <PersonPicker value=person unit=unit error=whose /> }.into_any(),
                HomeTask::Edit(_) | HomeTask::End(_) => view! {
                    <p class="m-0 font-semibold">{place}</p>
                    {move || at_unit.get().map(|text| view! { <Banner tone=Tone::Danger text=text /> })}
                }.into_any(),
            }}
            <HomeFields sending=sending relation=relation share=share since=since />
            {ended.then(|| view! {
                <Field label=td_string!(l, people.until) name="until" optional=true error=sending.error("until") help=td_string!(l, people.until_help)>
                    <DateInput name="until" value=until />
                </Field>
            })}
            <Buttons sending=sending open=open />
        </form>
    }
}

#[component]
fn EndForm(home: HomeCard, open: RwSignal<bool>, done: Callback<()>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let today = api::session::use_now().get_untracked().with_timezone(&i18n::when::zone()).date_naive();
    let until = RwSignal::new(today.to_string());
    let (id, version, address) = (home.id, home.version, home.address);
    let save = Callback::new(move |()| {
        let Some(day) = day_of(until) else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/until", "required")]));
        };
        let command = UpdateHome { until: Some(Some(day)), ..UpdateHome::default() };
        sending.send(api::people::update_home(id, version, command), move |_| {
            toasts.success(td_string!(l, people.home_ended));
            done.run(());
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <p class="m-0 font-semibold">{address}</p>
            <p class="m-0 text-muted">{td_string!(l, people.end_text)}</p>
            <Field label=td_string!(l, people.until) name="until" required=true error=sending.error("until")>
                <DateInput name="until" value=until max=today.to_string() />
            </Field>
            <Buttons sending=sending open=open />
        </form>
    }
}
