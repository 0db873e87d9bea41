//! What the worker needs to know before going up the stairs.

use super::ask::How;
use api::session::use_now;
use i18n::{deadlines::left, td_string, when, words};
use leptos::prelude::*;
use model::requests::{Kind, Moment, RequestCard, Status};
use parts::{StatusPill, category_icon, locale, map_href, origin_text, photos, route_href, standing_tone, tel_href};
use ui::prelude::*;

/// Deadline, address, the house's secrets, map.
#[component]
pub(super) fn Where(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let status = Memo::new(move |_| card.with(|card| card.status));
    let due = move || {
        let time = card.with(RequestCard::time);
        let (text, standing) = left(l, &time, now.get())?;
        let tone = standing_tone(standing);
        let text = match time.next() {
            Some((_, at)) => format!("{text} · {}", when::moment(l, at, now.get())),
            None => text,
        };
        Some(
            view! { <span class=format!("flex gap-1.5 items-center font-semibold tone-text {}", tone.class())><Icon name="clock" />{text}</span> },
        )
    };
    let note = move || {
        let (reason, until) = card.with(|card| (card.reason.clone(), card.deferred_until));
        let text = match (status.get(), reason) {
            (Status::Returned, Some(reason)) => td_string!(l, staff.returned_because, reason = reason).to_string(),
            (Status::Deferred, Some(reason)) => td_string!(l, staff.deferred_because, reason = reason).to_string(),
            _ => return None,
        };
        let until = until.filter(|_| status.get() == Status::Deferred);
        let until =
            until.map(|at| td_string!(l, staff.deferred_until, time = when::moment(l, at, now.get())).to_string());
        Some(view! { <Banner tone=Tone::Warning title=text text=until /> })
    };
    view! {
        {note}
        <section class="panel p-4 grid gap-2">
            <div class="flex flex-wrap gap-2 items-center justify-between">
                <span class="text-muted">{move || td_string!(l, staff.number, n = card.with(|card| card.number).to_string()).to_string()}</span>
                <span class="flex flex-wrap gap-2">
                    {move || card.with(|card| card.kind == Kind::Emergency).then(|| view! {
                        <Pill text=td_string!(l, staff.emergency) tone=Tone::Danger icon="siren" />
                    })}
                    <StatusPill status=status />
                </span>
            </div>
            {move || card.with(|card| card.work.origin.as_ref().map(|origin| origin_text(l, origin))).map(|text| view! {
                <span class="flex gap-1.5 items-center text-muted"><Icon name="calendar-clock" />{text}</span>
            })}
            <h2 class="m-0 text-3xl [overflow-wrap:anywhere]">{move || card.with(|card| card.address.clone())}</h2>
            {due}
            <How card=card />
            {move || card.with(|card| card.building_hint.clone()).map(|hint| view! {
                <p class="m-0 flex gap-2 items-start">
                    <Icon name="key" class="text-muted mt-1" />
                    <span class="min-w-0"><span class="block text-sm text-muted">{td_string!(l, staff.hint)}</span>{hint}</span>
                </p>
            })}
            {move || {
                let (route, map) = card.with(|card| {
                    let point = card.latitude.zip(card.longitude);
                    (route_href(point, &card.address), map_href(point, &card.address))
                });
                view! {
                    <div class="grid grid-cols-2 gap-2">
                        <a class="btn btn-plain min-h-11" href=route target="_blank" rel="noopener"><Icon name="car" />{td_string!(l, staff.route)}</a>
                        <a class="btn btn-plain min-h-11" href=map target="_blank" rel="noopener"><Icon name="map-pin" />{td_string!(l, common.on_map)}</a>
                    </div>
                }
            }}
        </section>
    }
}

/// The trouble in words and pictures.
#[component]
pub(super) fn Problem(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let shots = Memo::new(move |_| {
        card.with(|card| {
            photos(l, &card.files.iter().filter(|f| f.moment == Moment::Before).cloned().collect::<Vec<_>>())
        })
    });
    let text = move || {
        card.with(|card| match card.description.is_empty() {
            true => td_string!(l, staff.no_words).to_owned(),
            false => card.description.clone(),
        })
    };
    view! {
        <section class="panel p-4 stack gap-3">
            <div>
                <h3 class="m-0 flex gap-2 items-center text-sm font-normal text-muted">
                    {move || card.with(|card| view! { <Icon name=category_icon(card.category) />{words::category(l, card.category)} })}
                </h3>
                <p class="m-0 text-lg whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
            </div>
            {move || shots.with(|shots| !shots.is_empty()).then(|| view! { <PhotoStrip photos=shots /> })}
        </section>
    }
}

/// Who filed it, one tap from their voice.
#[component]
pub(super) fn Contact(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let contact = Memo::new(move |_| card.with(|card| (card.contact_name.clone(), card.contact_phone.clone())));
    move || {
        let (name, phone) = contact.get();
        let name = name.unwrap_or_else(|| td_string!(l, staff.no_contact).to_owned());
        view! {
            <section class="panel p-4 flex flex-wrap gap-3 items-center">
                <div class="grow min-w-0">
                    <span class="block text-sm text-muted">{td_string!(l, staff.contact)}</span>
                    <span class="block font-semibold">{name}</span>
                    {phone.clone().map(|phone| view! { <span class="block text-muted">{phone.pretty()}</span> })}
                </div>
                {phone.map(|phone| view! { <Button icon="phone" class="w-full min-h-11" href=tel_href(&phone)>{td_string!(l, common.call)}</Button> })}
            </section>
        }
    }
}

/// What was done, once there is something to show.
#[component]
pub(super) fn Outcome(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let words = Memo::new(move |_| card.with(|card| card.result.clone()).filter(|text| !text.trim().is_empty()));
    let shots = Memo::new(move |_| {
        card.with(|card| {
            photos(l, &card.files.iter().filter(|f| f.moment == Moment::After).cloned().collect::<Vec<_>>())
        })
    });
    let rating = Memo::new(move |_| card.with(|card| card.rating.and_then(|stars| u8::try_from(stars).ok())));
    move || {
        (words.with(Option::is_some) || shots.with(|shots| !shots.is_empty())).then(|| {
            view! {
                <Card title=td_string!(l, staff.result)>
                    <div class="stack gap-3">
                        {move || words.get().map(|text| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p> })}
                        <PhotoStrip photos=shots />
                        {move || rating.get().map(|stars| view! { <StarsShown value=stars /> })}
                    </div>
                </Card>
            }
        })
    }
}
