//! The icon and tone beside each word of a request, the same on every screen.

use chrono::{DateTime, TimeDelta, Utc};
use i18n::{deadlines::Standing, words};
use leptos::prelude::*;
use model::requests::{Category, Status};
use ui::prelude::*;

/// The icon of a category.
pub const fn category_icon(category: Category) -> &'static str {
    match category {
        Category::Plumbing => "droplets",
        Category::Electrical => "zap",
        Category::Heating => "thermometer",
        Category::Elevator => "arrow-up-down",
        Category::Cleaning => "sparkles",
        Category::Doors => "door-open",
        Category::Yard => "tree-pine",
        Category::Other => "more-horizontal",
    }
}

/// The icon of a status.
pub const fn status_icon(status: Status) -> &'static str {
    match status {
        Status::New => "circle-dot",
        Status::Assigned => "user-check",
        Status::InProgress => "wrench",
        Status::Deferred => "circle-pause",
        Status::Done => "check",
        Status::Returned => "undo-2",
        Status::Closed => "check-check",
        Status::Cancelled | Status::Rejected => "circle-x",
    }
}

/// What a status means for the eye.
pub const fn status_tone(status: Status) -> Tone {
    match status {
        Status::New => Tone::Info,
        Status::Assigned | Status::InProgress => Tone::Brand,
        Status::Done => Tone::Success,
        Status::Deferred => Tone::Warning,
        Status::Returned => Tone::Danger,
        Status::Closed | Status::Cancelled | Status::Rejected => Tone::Neutral,
    }
}

/// How near a deadline is: red when past, amber in its last four hours.
pub fn due_tone(due_at: DateTime<Utc>, now: DateTime<Utc>) -> Tone {
    match due_at - now {
        left if left < TimeDelta::zero() => Tone::Danger,
        left if left < TimeDelta::hours(4) => Tone::Warning,
        _ => Tone::Neutral,
    }
}

/// How a deadline stands, as a colour.
pub const fn standing_tone(standing: Standing) -> Tone {
    match standing {
        Standing::Calm | Standing::Paused => Tone::Neutral,
        Standing::Near => Tone::Warning,
        Standing::Missed => Tone::Danger,
    }
}

/// The status as a pill.
#[component]
pub fn StatusPill(#[prop(into)] status: Signal<Status>) -> impl IntoView {
    let l = crate::locale();
    view! {
        <Pill
            text=Signal::derive(move || words::status(l, status.get()).to_owned())
            tone=Signal::derive(move || status_tone(status.get()))
            icon=Signal::derive(move || Some(status_icon(status.get())))
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_warn_before_they_shout() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(due_tone(now + TimeDelta::hours(5), now), Tone::Neutral);
        assert_eq!(due_tone(now + TimeDelta::hours(3), now), Tone::Warning);
        assert_eq!(due_tone(now - TimeDelta::minutes(1), now), Tone::Danger);
    }
}
