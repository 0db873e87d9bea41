//! A new outage, and changing one: what, when, where, and the words that residents read.

use super::{
    kind_options,
    picker::{Picked, Picker},
    resource_options,
};
use crate::{
    property::{
        form::{Refusal, Sending, typed},
        id_of_page,
    },
    util::{Failed, lang, local_input, local_moment},
};
use api::session::use_now;
use i18n::{Locale, outages as words, td_string};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use model::{
    BuildingId, Code, Failure, FieldError, Lang, OutageId,
    outages::{HousePlaces, OutageCard, OutageFacts, OutageKind, OutageTexts, Resource as Off, status_at},
};
use ui::prelude::*;

/// `/desk/outages/new?building_id=&resource=`.
#[component]
pub fn NewOutagePage() -> impl IntoView {
    let l = lang();
    let query = use_query_map();
    let start = Resource::new(
        move || query.with(|q| q.get("building_id")).and_then(|id| id.parse::<BuildingId>().ok()),
        |id| async move {
            match id {
                Some(id) => api::outages::house_places(id).await.map(|house| vec![house]),
                None => Ok(Vec::new()),
            }
        },
    );
    view! {
        <Title text=td_string!(l, outages.new) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, outages.new) back="/desk/outages" />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || start.get().map(|found| match found {
                    Ok(houses) => view! { <Sheet card=None houses=houses /> }.into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk/outages" /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// `/desk/outages/:id/edit`.
#[component]
pub fn EditOutagePage() -> impl IntoView {
    let l = lang();
    let id = id_of_page::<OutageId>();
    let found = Resource::new(
        move || id.get(),
        |id| async move {
            let Some(id) = id else { return Err(api::ApiError::from(Code::NotFound)) };
            let card = api::outages::get(id).await?;
            let mut ids: Vec<BuildingId> = card.facts.places.iter().map(|place| place.building_id).collect();
            ids.dedup();
            let mut houses: Vec<HousePlaces> = Vec::new();
            for id in ids {
                if houses.iter().all(|house| house.building_id != id) {
                    houses.push(api::outages::house_places(id).await?);
                }
            }
            Ok((card, houses))
        },
    );
    view! {
        <Title text=td_string!(l, outages.edit_title) />
        <div class="mx-auto max-w-3xl">
            <PageHeader title=td_string!(l, outages.edit_title) back=Signal::derive(move || id.get().map_or_else(|| "/desk/outages".to_owned(), |id| format!("/desk/outages/{id}"))) />
            <Transition fallback=|| view! { <Skeleton lines=12 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok((card, houses)) => view! { <Sheet card=Some(card) houses=houses /> }.into_any(),
                    Err(error) => view! { <Card><Failed failure=error.0 back="/desk/outages" on_retry=move |()| found.refetch() /></Card> }.into_any(),
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// One language of the text: it follows the facts until somebody writes their own.
#[derive(Clone, Copy)]
struct Said {
    lang: Lang,
    text: RwSignal<String>,
    ready: Memo<String>,
}

impl Said {
    fn new(lang: Lang, known: Option<&str>, facts: Memo<words::Facts>, now: chrono::DateTime<chrono::Utc>) -> Self {
        let ready = Memo::new(move |_| facts.with(|facts| words::ready(i18n::locale(lang), facts, now)));
        let text = RwSignal::new(known.map_or_else(|| ready.get_untracked(), str::to_owned));
        effect_after(move |before: Option<String>| {
            let fresh = ready.get();
            if before.is_some_and(|before| text.with_untracked(|text| text.trim() == before)) {
                text.set(fresh.clone());
            }
            fresh
        });
        Self { lang, text, ready }
    }

    /// What is kept: nothing while the words are the ready ones.
    fn written(self) -> Option<String> {
        let ready = self.ready.get_untracked();
        typed(self.text).filter(|text| *text != ready)
    }
}

#[component]
fn Sheet(card: Option<OutageCard>, houses: Vec<HousePlaces>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now().get_untracked());
    let query = use_query_map().get_untracked();
    let known = card.as_ref().map(|card| (card.id, card.version));
    let reach = card.as_ref().map(|card| card.reach);
    let facts = card.map(|card| card.facts);
    let kind = RwSignal::new(facts.as_ref().map_or(OutageKind::Emergency, |f| f.kind).to_string());
    let asked = query.get("resource").and_then(|r| r.parse().ok()).unwrap_or(Off::ColdWater);
    let resource = RwSignal::new(facts.as_ref().map_or(asked, |f| f.resource).to_string());
    let starts = RwSignal::new(local_input(facts.as_ref().map_or(now, |f| f.starts_at)));
    let ends = RwSignal::new(facts.as_ref().and_then(|f| f.ends_at).map(local_input).unwrap_or_default());
    let note = RwSignal::new(facts.as_ref().and_then(|f| f.note.clone()).unwrap_or_default());
    let picked = Picked { houses: RwSignal::new(Vec::new()), places: RwSignal::new(Vec::new()), resource };
    let fresh = facts.is_none();
    for house in houses {
        picked.add(house, fresh);
    }
    if let Some(facts) = &facts {
        picked.places.set(facts.places.clone());
    }
    // To the minute, as the field shows it; the old moment stays exact while the field is not touched.
    let kept_start = facts.as_ref().map(|f| f.starts_at);
    let starts_at = move || {
        let text = starts.get();
        kept_start.filter(|at| local_input(*at) == text).or_else(|| local_moment(&text))
    };
    let shown = Memo::new(move |_| {
        let starts_at = starts_at().unwrap_or(now);
        words::Facts {
            kind: kind.with(|k| k.parse().unwrap_or(OutageKind::Emergency)),
            resource: resource.with(|r| r.parse().unwrap_or(Off::Other)),
            status: status_at(starts_at, now),
            starts_at,
            ends_at: ends.with(|text| local_moment(text)),
        }
    });
    let texts = facts.map(|f| f.texts).unwrap_or_default();
    let said = Lang::ALL.map(|lang| Said::new(lang, texts.get(lang), shown, now));
    let sending = Sending::new();
    let go = StoredValue::new(use_navigate());
    let save = Callback::new(move |()| {
        let mut wrong = Vec::new();
        let starts_at = untrack(starts_at);
        if starts_at.is_none() {
            wrong.push(FieldError::new("/starts_at", "required"));
        }
        let end = typed(ends);
        let ends_at = end.as_deref().and_then(local_moment);
        if end.is_some() && ends_at.is_none() {
            wrong.push(FieldError::new("/ends_at", "out_of_range"));
        }
        let places = untrack(|| picked.chosen());
        if places.is_empty() {
            wrong.push(FieldError::new("/places", "required"));
        }
        let (Some(starts_at), true) = (starts_at, wrong.is_empty()) else {
            return sending.refuse(Failure::invalid(wrong));
        };
        let text = |lang| said.iter().find(|said| said.lang == lang).and_then(|said| said.written());
        let facts = OutageFacts {
            kind: kind.get_untracked().parse().unwrap_or(OutageKind::Emergency),
            resource: resource.get_untracked().parse().unwrap_or(Off::Other),
            starts_at,
            ends_at,
            places,
            texts: OutageTexts { ru: text(Lang::Ru), uz: text(Lang::Uz), en: text(Lang::En) },
            note: typed(note),
        };
        let call = async move {
            match known {
                Some((id, version)) => api::outages::update(id, version, facts).await,
                None => api::outages::create(facts).await,
            }
        };
        sending.send(call, move |card| {
            toasts.success(td_string!(l, outages.saved));
            let to = format!("/desk/outages/{}", card.id);
            go.with_value(|go| go(&to, NavigateOptions { replace: true, ..Default::default() }));
        });
    });
    use_hotkey("ctrl+enter", move |_| save.run(()));
    let back = known.map_or_else(|| "/desk/outages".to_owned(), |(id, _)| format!("/desk/outages/{id}"));
    let places_error = Signal::derive(move || {
        sending.failure.with(|f| {
            let wrong = f.as_ref()?.fields.iter().find(|field| field.pointer.starts_with("/places"))?;
            Some(i18n::failure::field(l, wrong))
        })
    });
    view! {
        <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
            <Refusal of=sending />
            <Card title=td_string!(l, outages.section_what)>
                <div class="stack">
                    <Field label=td_string!(l, outages.kind) name="kind" group=true error=sending.error("kind")>
                        <RadioCards name="kind" options=kind_options(l) value=kind />
                    </Field>
                    <Field label=td_string!(l, outages.resource) name="resource" group=true error=sending.error("resource")>
                        <div class="sm:[&>.choice-grid]:grid-cols-4">
                            <RadioCards name="resource" options=resource_options(l) value=resource />
                        </div>
                    </Field>
                    <div class="form-grid">
                        <Field label=td_string!(l, outages.from) name="starts_at" required=true error=sending.error("starts_at")>
                            <DateInput name="starts_at" value=starts with_time=true />
                        </Field>
                        <Field label=td_string!(l, outages.to) name="ends_at" error=sending.error("ends_at") help=td_string!(l, outages.to_help)>
                            <DateInput name="ends_at" value=ends with_time=true />
                        </Field>
                    </div>
                </div>
            </Card>
            <Card title=td_string!(l, outages.section_where)>
                <div class="stack"><Picker picked=picked error=places_error start=reach /></div>
            </Card>
            <Card title=td_string!(l, outages.section_words)>
                <div class="stack">
                    <p class="m-0 text-muted">{td_string!(l, outages.words_help)}</p>
                    {said.map(|said| view! { <Words l=l said=said /> }).into_iter().collect_view()}
                    <Field label=td_string!(l, outages.note) name="note" optional=true error=sending.error("note") help=td_string!(l, outages.note_help)>
                        <Textarea name="note" value=note rows=2 maxlength=4000 />
                    </Field>
                </div>
            </Card>
            <div class="action-bar glass-raised">
                <span class="grow"></span>
                <Button href=back>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy class="max-sm:grow">{td_string!(l, outages.save)}</Button>
            </div>
        </form>
    }
}

#[component]
fn Words(l: Locale, said: Said) -> impl IntoView {
    let name = match said.lang {
        Lang::Ru => "text-ru",
        Lang::Uz => "text-uz",
        Lang::En => "text-en",
    };
    let own = Signal::derive(move || said.text.with(|text| text.trim() != said.ready.get()));
    view! {
        <div class="grid gap-1">
            <Field label=i18n::words::language(said.lang) name=name>
                <Textarea name=name value=said.text rows=2 maxlength=2000 />
            </Field>
            {move || own.get().then(|| view! {
                <div class="row text-sm">
                    <Pill text=td_string!(l, outages.words_own) icon="pencil" />
                    <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="rotate-ccw" on_click=move |_| said.text.set(said.ready.get_untracked())>
                        {td_string!(l, outages.words_auto)}
                    </Button>
                </div>
            })}
        </div>
    }
}
