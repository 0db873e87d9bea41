//! A request as a card with a human sentence.

use api::session::use_now;
use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when, words};
use leptos::prelude::*;
use model::requests::{PersonRef, RequestRow, Status, TimeLeft};
use parts::{StatusPill, category_icon, due_tone, locale};
use ui::prelude::*;

/// The person's own words, or the category when a photo said it all.
pub(crate) fn headline(l: Locale, row: &RequestRow) -> String {
    if row.description.is_empty() { words::category(l, row.category).to_owned() } else { row.description.clone() }
}

/// Where a request stands, in one sentence.
pub(super) fn sentence(
    l: Locale,
    status: Status,
    assignee: Option<&PersonRef>,
    created_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> String {
    let name = assignee.map(|person| person.name.clone());
    match (status, name) {
        (Status::New, _) | (Status::Assigned, None) => {
            td_string!(l, resident.say_new, time = when::moment(l, created_at, now)).to_string()
        }
        (Status::Assigned, Some(name)) => td_string!(l, resident.say_assigned, name = name).to_string(),
        (Status::InProgress, Some(name)) => td_string!(l, resident.say_working, name = name).to_string(),
        (Status::InProgress, None) => td_string!(l, resident.say_working_nobody).to_owned(),
        (Status::Deferred, _) => td_string!(l, resident.say_deferred).to_owned(),
        (Status::Done, _) => td_string!(l, resident.say_done).to_owned(),
        (Status::Returned, _) => td_string!(l, resident.say_returned).to_owned(),
        (Status::Closed, _) => td_string!(l, resident.say_closed).to_owned(),
        (Status::Cancelled, _) => td_string!(l, resident.say_cancelled).to_owned(),
        (Status::Rejected, _) => td_string!(l, resident.say_rejected).to_owned(),
    }
}

/// What was promised, while it still matters.
pub(super) fn promise(l: Locale, time: &TimeLeft, now: DateTime<Utc>) -> Option<(String, Tone)> {
    // While the clock stands nothing is late, and the sentence above says what is waited for.
    let due_at = time.due_at.filter(|_| time.status.is_open() && time.paused.is_none())?;
    let text = if due_at < now {
        td_string!(l, resident.promise_late, late = when::due(l, due_at, now)).to_string()
    } else {
        td_string!(l, resident.promise, time = when::moment(l, due_at, now)).to_string()
    };
    Some((text, due_tone(due_at, now)))
}

/// The promise as a line; red only when it was broken.
#[component]
pub(super) fn Promise(#[prop(into)] time: Signal<TimeLeft>) -> impl IntoView {
    let l = locale();
    let now = use_now();
    move || {
        promise(l, &time.get(), now.get()).map(|(text, tone)| {
            let class = if tone == Tone::Danger { "tone-danger tone-text" } else { "text-muted" };
            view! { <span class=format!("flex gap-1.5 items-center text-sm {class}")><Icon name="clock" size=IconSize::Small />{text}</span> }
        })
    }
}

/// One request of a list.
#[component]
pub(crate) fn RequestTile(row: RequestRow) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let (status, created_at, time) = (row.status, row.created_at, row.time());
    let assignee = row.assignee.clone();
    view! {
        <a class="panel p-4 flex gap-3 text-inherit no-underline" href=format!("/my/requests/{}", row.id)>
            <Icon name=category_icon(row.category) size=IconSize::Large class="text-muted mt-0.5" />
            <span class="grow min-w-0 grid gap-1">
                <span class="flex flex-wrap gap-x-2 gap-y-1 items-center justify-between">
                    <span class="text-sm text-muted">
                        {td_string!(l, resident.number, n = row.number.to_string()).to_string()} " · " {row.address.clone()}
                    </span>
                    <StatusPill status=status />
                </span>
                <span class="font-semibold line-clamp-2 [overflow-wrap:anywhere]">{headline(l, &row)}</span>
                <span>{move || sentence(l, status, assignee.as_ref(), created_at, now.get())}</span>
                <Promise time=time />
                {row.rating.and_then(|stars| u8::try_from(stars).ok()).map(|stars| view! { <StarsShown value=stars /> })}
            </span>
        </a>
    }
}
