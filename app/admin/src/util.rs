//! What every desk page needs: the language, failures in words, tones of statuses, links.

use api::{ApiError, ApiResult};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use i18n::{
    Locale,
    deadlines::{self, Standing},
    failure, td_string, use_locale, when, words,
};
use leptos::prelude::*;
use model::{
    Code, Failure, Phone,
    requests::{Category, Kind, Priority, Status, TimeLeft},
};
use std::fmt::Write as _;
use ui::prelude::*;

/// The language of the page. A change of language loads the page anew, so it needs no tracking.
pub(crate) fn lang() -> Locale {
    use_locale()
}

/// Percent-encodes a value for an address.
pub(crate) fn encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// The list of requests, open and ended, that mention a text.
pub(crate) fn requests_about(text: &str) -> String {
    format!("/desk?text={}", encode(text))
}

pub(crate) fn status_look(status: Status) -> (Tone, &'static str) {
    match status {
        Status::New => (Tone::Info, "circle-dot"),
        Status::Assigned => (Tone::Brand, "user-check"),
        Status::InProgress => (Tone::Brand, "wrench"),
        Status::Deferred => (Tone::Warning, "circle-pause"),
        Status::Done => (Tone::Success, "check"),
        Status::Returned => (Tone::Danger, "undo-2"),
        Status::Closed => (Tone::Neutral, "check-check"),
        Status::Cancelled | Status::Rejected => (Tone::Neutral, "circle-x"),
    }
}

pub(crate) fn category_icon(category: Category) -> &'static str {
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

pub(crate) fn category_options(l: Locale) -> Vec<Opt> {
    Category::ALL.iter().map(|c| Opt::new(c.as_str(), words::category(l, *c)).icon(category_icon(*c))).collect()
}

pub(crate) fn kind_options(l: Locale) -> Vec<Opt> {
    Kind::ALL.iter().map(|k| Opt::new(k.as_str(), words::kind(l, *k))).collect()
}

pub(crate) fn priority_options(l: Locale) -> Vec<Opt> {
    Priority::ALL.iter().map(|p| Opt::new(p.as_str(), words::priority(l, *p))).collect()
}

/// Who is shown a request.
pub(crate) fn hidden_options(l: Locale) -> Vec<Opt> {
    vec![
        Opt::new("false", td_string!(l, requests.seen_by_all)),
        Opt::new("true", td_string!(l, requests.seen_by_company)),
    ]
}

/// Where a request stands, in its one word.
#[component]
pub(crate) fn StatusPill(status: Status) -> impl IntoView {
    let (tone, icon) = status_look(status);
    view! { <Pill text=words::status(lang(), status) tone=tone icon=icon /> }
}

/// Time left, late, paused or done late; nothing when nothing is waited for.
#[component]
pub(crate) fn Due(time: TimeLeft, #[prop(optional)] ground: bool) -> impl IntoView {
    let (l, now) = (lang(), api::session::use_now());
    let known = deadlines::left(l, &time, now.get_untracked()).is_some();
    known.then(|| {
        let left = Memo::new(move |_| deadlines::left(l, &time, now.get()));
        let tone = Signal::derive(move || left.get().map_or(Tone::Neutral, |(_, standing)| standing_tone(standing)));
        let text = Signal::derive(move || left.get().map(|(text, _)| text).unwrap_or_default());
        // What is near and what is missed have marks of their own, not a colour alone.
        let icon = Signal::derive(move || {
            Some(match left.get().map(|(_, standing)| standing) {
                Some(Standing::Paused) => "circle-pause",
                Some(Standing::Near) => "hourglass",
                Some(Standing::Missed) => "alarm-clock",
                Some(Standing::Calm) | None => "clock",
            })
        });
        let title = time.next().map(|(_, at)| when::full(l, at)).filter(|_| !ground);
        view! { <span title=title><Pill text=text tone=tone icon=icon plain=!ground /></span> }
    })
}

pub(crate) fn standing_tone(standing: Standing) -> Tone {
    match standing {
        Standing::Calm | Standing::Paused => Tone::Neutral,
        Standing::Near => Tone::Warning,
        Standing::Missed => Tone::Danger,
    }
}

/// A number to call with one press.
#[component]
pub(crate) fn PhoneLink(phone: Phone) -> impl IntoView {
    view! {
        <a class="link num" href=format!("tel:{phone}") rel="external">{phone.pretty()}</a>
    }
}

/// A failure in the place of content. Missing things say so and lead back to the list.
#[component]
pub(crate) fn Failed(
    failure: Failure,
    /// Where to go when the thing does not exist.
    back: &'static str,
    #[prop(optional, into)] on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let l = lang();
    if failure.code == Code::NotFound {
        return view! {
            <EmptyState text=failure::code(l, Code::NotFound) icon="search">
                <Button href=back icon="arrow-left">{td_string!(l, desk.to_list)}</Button>
            </EmptyState>
        }
        .into_any();
    }
    let retry = on_retry.unwrap_or_else(|| {
        Callback::new(|()| {
            let _ = window().location().reload();
        })
    });
    let trace = failure.trace_id.clone().unwrap_or_else(|| failure.code.to_string());
    view! { <ErrorState text=failure::code(l, failure.code) code=trace on_retry=retry /> }.into_any()
}

/// Says in a toast why something was not done; what was typed stays where it is.
pub(crate) fn toast_failure(toasts: Toasts, l: Locale, error: &ApiError) {
    let text =
        error.0.fields.first().map_or_else(|| failure::code(l, error.code()).to_owned(), |f| failure::field(l, f));
    toasts.error(text, Some(error.0.trace_id.clone().unwrap_or_else(|| error.code().to_string())));
}

/// Says in a toast when something could not be looked up that is not shown when there is none: choices, what waits.
pub(crate) fn tell_failure<T: 'static>(found: impl With<Value = Option<ApiResult<T>>> + 'static) {
    let (l, toasts) = (lang(), use_toasts());
    effect(move || {
        found.with(|found| {
            if let Some(Err(error)) = found {
                toast_failure(toasts, l, error);
            }
        });
    });
}

/// What a look-up found. A failure is told: nothing found must not look like nothing there.
pub(crate) fn looked_up<T>(toasts: Toasts, l: Locale, answer: ApiResult<T>) -> Option<T> {
    answer.inspect_err(|error| toast_failure(toasts, l, error)).ok()
}

/// What was wrong with one field of a failed call, in words.
pub(crate) fn field_error(error: Signal<Option<ApiError>>, l: Locale, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|e| e.as_ref().and_then(|e| e.0.field(name)).map(|f| failure::field(l, f))))
}

/// A number that does not read as a telephone, refused before it is sent: an empty one would mean "none".
pub(crate) fn bad_phone(pointer: &str) -> ApiError {
    ApiError(Failure::invalid(vec![model::FieldError::new(pointer, "bad_phone")]))
}

/// Midnight of a day where the company is.
pub(crate) fn day_start(day: NaiveDate) -> Option<DateTime<Utc>> {
    day.and_time(NaiveTime::MIN).and_local_timezone(when::zone()).single().map(|at| at.to_utc())
}

/// `2026-05-12`, read by hand: chrono's reader brings every format it knows into the page.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// What `datetime-local` sends, read in the company's zone.
pub(crate) fn local_moment(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.split_once('T')?;
    let (hour, minute) = time.split_once(':')?;
    let at = day(date)?.and_hms_opt(hour.parse().ok()?, minute.parse().ok()?, 0)?;
    at.and_local_timezone(when::zone()).single().map(|at| at.to_utc())
}

/// A moment as `datetime-local` wants it.
pub(crate) fn local_input(at: DateTime<Utc>) -> String {
    let at = at.with_timezone(&when::zone());
    format!("{}T{}", when::iso_date(&at), when::clock(&at))
}

pub(crate) fn count(n: impl TryInto<u32>) -> u32 {
    n.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_any_text() {
        assert_eq!(encode("Навои 12, №4&x"), "%D0%9D%D0%B0%D0%B2%D0%BE%D0%B8%2012%2C%20%E2%84%964%26x");
    }

    #[test]
    fn local_moments_read_back() {
        assert_eq!(day("2026-02-28"), NaiveDate::from_ymd_opt(2026, 2, 28));
        for wrong in ["2026-02-30", "2026-02", "", "2026-02-28T09:30"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        let at = local_moment("2026-05-12T09:30").unwrap();
        assert_eq!(at.to_rfc3339(), "2026-05-12T04:30:00+00:00");
        assert_eq!(local_input(at), "2026-05-12T09:30");
    }
}
