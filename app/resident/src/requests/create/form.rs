//! The form around the three screens: checks, sending, and the way between screens.

use super::{
    draft::Draft,
    steps::{Faults, Screen, What, Where, Words},
};
use crate::outages::WeKnow;
use i18n::{Locale, failure, td_string};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    params::ParamsMap,
};
use model::{Code, Failure, FieldError, property::Home};
use parts::{DOCK, TALL, Uploads, locale};
use ui::prelude::*;

#[component]
pub(super) fn Form(homes: Vec<Home>) -> impl IntoView {
    let l = locale();
    let query = use_query_map();
    let start = query.get_untracked();
    let draft = Draft::new(&start, &homes);
    let uploads = Uploads::default();
    let faults = Faults::default();
    let refused = refusal(&start);
    show_fields(l, faults, refused.as_ref());
    let fault = RwSignal::new(refused.as_ref().map(|failure| failure::sentence(l, failure)));
    let busy = RwSignal::new(false);
    // Sending was asked for while photos were still on their way.
    let wanted = RwSignal::new(false);
    let homes = StoredValue::new(homes);

    // Whoever already works on the long page keeps it; everybody else gets one task a screen.
    let whole = RwSignal::new(true);
    let has_error = refused.is_some();
    let touched = !draft.words.with_untracked(String::is_empty) || !draft.category.with_untracked(String::is_empty);
    effect(move || {
        let scrolled = window().scroll_y().is_ok_and(|y| y > 120.0);
        whole.set(has_error || touched || scrolled);
    });
    let step = Signal::derive(move || {
        (!whole.get()).then(|| {
            query.with(|query| query.get_str("step").and_then(|step| step.parse::<u8>().ok())).unwrap_or(1).clamp(1, 3)
        })
    });
    let on_the_way = Memo::new(move |_| step.get().is_some_and(|step| step < 3));
    draft.keep(homes.get_value());

    let navigate = StoredValue::new(use_navigate());
    let go = move |n: u8| {
        if step.get_untracked().is_some_and(|step| step != n) {
            let _ =
                navigate.try_with_value(|navigate| navigate(&format!("/my/new?step={n}"), NavigateOptions::default()));
        }
    };
    // The first screen with something missing, its words put beside the field.
    let missing = move |upto: u8| -> Option<u8> {
        let no_photo = untrack(move || uploads.is_empty() && draft.files.with(Vec::is_empty));
        let place = draft.unit.with_untracked(String::is_empty) && draft.building.with_untracked(String::is_empty);
        let checks = [
            (
                faults.what,
                no_photo && draft.category.with_untracked(String::is_empty),
                td_string!(l, resident.what_needed),
            ),
            (faults.place, place, td_string!(l, resident.where_needed)),
            (
                faults.words,
                no_photo && draft.words.with_untracked(|words| words.trim().is_empty()),
                td_string!(l, resident.words_needed),
            ),
        ];
        let mut first = None;
        for (n, (signal, wrong, text)) in (1..=upto).zip(checks) {
            signal.set(wrong.then(|| text.to_owned()));
            if wrong && first.is_none() {
                first = Some(n);
            }
        }
        first
    };
    let send = move || {
        if busy.get_untracked() {
            return;
        }
        if let Some(n) = missing(3) {
            return go(n);
        }
        if untrack(move || uploads.busy()) {
            return wanted.set(true);
        }
        if untrack(move || uploads.failed()) {
            faults.what.set(Some(td_string!(l, resident.photo_failed).to_owned()));
            return go(1);
        }
        busy.set(true);
        fault.set(None);
        let command = homes.with_value(|homes| draft.command(homes, untrack(move || uploads.ids())));
        spawn_local(async move {
            match api::requests::create(command).await {
                Ok(card) => {
                    draft.forget();
                    let options = NavigateOptions { replace: true, ..Default::default() };
                    let _ = navigate
                        .try_with_value(|navigate| navigate(&format!("/my/requests/{}?filed=1", card.id), options));
                }
                Err(error) => {
                    show_fields(l, faults, Some(&error.0));
                    fault.set(Some(failure::sentence(l, &error.0)));
                    busy.set(false);
                }
            }
        });
    };
    effect(move || {
        if wanted.get() && !uploads.busy() {
            wanted.set(false);
            send();
        }
    });
    let next = move || {
        let here = step.get_untracked().unwrap_or(3);
        match missing(here) {
            Some(n) => go(n),
            None => go(here + 1),
        }
    };
    view! {
        <form
            class=TALL
            method="post"
            action="/my/requests"
            enctype="multipart/form-data"
            on:submit=move |ev: SubmitEvent| {
                ev.prevent_default();
                // Enter on an early screen means "next".
                if on_the_way.get_untracked() { next() } else { send() }
            }
        >
            {move || fault.get().map(|text| view! { <Banner tone=Tone::Danger text=text /> })}
            <input type="hidden" name="file_ids" value=draft.file_ids() />
            <Screen n=1 step=step title=td_string!(l, resident.what_title)>
                <What draft=draft uploads=uploads faults=faults />
            </Screen>
            <Screen n=2 step=step title=td_string!(l, resident.where_title)>
                <Where draft=draft homes=homes.get_value() faults=faults />
                <WeKnow unit=draft.unit category=draft.category />
            </Screen>
            <Screen n=3 step=step title=td_string!(l, resident.words_title)>
                <Words draft=draft faults=faults />
            </Screen>
            <div class=DOCK>
                // Two buttons for good: one that turned from "next" into "send" under the finger would send at once.
                <div class="grow" hidden=move || !on_the_way.get()>
                    <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="arrow-right" on_click=move |_| next()>
                        {td_string!(l, resident.next)}
                    </Button>
                </div>
                <div class="grow" hidden=move || on_the_way.get()>
                    <Button
                        kind=ButtonKind::Primary
                        size=ButtonSize::Big
                        icon="send"
                        submit=true
                        loading=Signal::derive(move || busy.get() || wanted.get())
                    >
                        {move || if wanted.get() { td_string!(l, resident.sending_photos) } else { td_string!(l, resident.send) }}
                    </Button>
                </div>
            </div>
        </form>
    }
}

/// What a plain post was refused for: `error=<code>` and `field.<name>=<code>` in the address.
fn refusal(query: &ParamsMap) -> Option<Failure> {
    let text = query.get("error")?;
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == text).unwrap_or(Code::Internal);
    let fields = ["category", "unit_id", "building_id", "entrance_id", "description", "photos", "file_ids"]
        .into_iter()
        .filter_map(|name| {
            // `too_long:4000`: the limit comes along where there is one.
            let text = query.get(&format!("field.{name}"))?;
            let (code, limit) = text.split_once(':').map_or((text.as_str(), None), |(code, n)| (code, n.parse().ok()));
            Some(FieldError { limit, ..FieldError::new(format!("/{name}"), code) })
        })
        .collect();
    Some(Failure { fields, ..Failure::new(code) })
}

fn show_fields(l: Locale, faults: Faults, failure: Option<&Failure>) {
    let Some(failure) = failure else { return };
    let of = |names: &[&str]| names.iter().find_map(|name| failure.field(name)).map(|error| failure::field(l, error));
    faults.what.set(of(&["category", "photos", "file_ids"]));
    faults.place.set(of(&["unit_id", "building_id", "entrance_id"]));
    faults.words.set(of(&["description"]));
}
