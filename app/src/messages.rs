//! What the person wants to be told, by which channels, and when they sleep: on their own page.

use api::{ApiError, notices as door};
use chrono::NaiveTime;
use i18n::{Locale, failure, notices as words, td_string, use_locale};
use leptos::{prelude::*, task::spawn_local};
use model::{
    FieldError,
    notices::{NoticeChannel, NoticeChoice, NoticeKind, NoticePreferences, QuietHours, SaveNoticePreferences},
};
use ui::prelude::*;

/// The grid of kinds and channels, and the quiet hours.
#[component]
pub fn MessagesCard() -> impl IntoView {
    let l = use_locale();
    let found = Resource::new(|| (), |()| door::preferences());
    view! {
        <Card title=td_string!(l, notices.prefs_title)>
            <span id="messages"></span>
            <p class="m-0 mb-3 text-muted">{td_string!(l, notices.prefs_lead)}</p>
            <Transition fallback=|| view! { <Skeleton lines=6 /> }>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(own) => view! { <Grid l=l own=own /> }.into_any(),
                        Err(error) => view! { <ErrorState text=failure::sentence(l, &error.0) /> }.into_any(),
                    }
                })}
            </Transition>
        </Card>
    }
}

#[component]
fn Grid(l: Locale, own: NoticePreferences) -> impl IntoView {
    let toasts = use_toasts();
    let (busy, tried) = (RwSignal::new(false), RwSignal::new(false));
    let (on, from, till) =
        (RwSignal::new(own.quiet.on), RwSignal::new(clock(own.quiet.from)), RwSignal::new(clock(own.quiet.till)));
    let reachable = own.reachable.clone();
    let kinds: Vec<NoticeKind> =
        own.choices.iter().filter(|c| c.channel == NoticeChannel::InApp).map(|c| c.kind).collect();
    let choices = StoredValue::new(own.choices.into_iter().map(|c| (c, RwSignal::new(c.wanted))).collect::<Vec<_>>());
    let lacks = move |field: RwSignal<String>| {
        Signal::derive(move || {
            let missing = tried.get() && field.with(|text| time(text).is_none());
            missing.then(|| failure::field(l, &FieldError::new("/quiet", "required")))
        })
    };
    let save = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        tried.set(true);
        let Some((from, till)) = time(&from.get_untracked()).zip(time(&till.get_untracked())) else { return };
        let quiet = Some(QuietHours { on: on.get_untracked(), from, till });
        let changed = choices.with_value(|all| {
            let now =
                |(c, wanted): &(NoticeChoice, RwSignal<bool>)| NoticeChoice { wanted: wanted.get_untracked(), ..*c };
            all.iter().map(now).collect()
        });
        busy.set(true);
        spawn_local(async move {
            match door::save_preferences(SaveNoticePreferences { choices: changed, quiet, lang: None }).await {
                Ok(_) => toasts.info(td_string!(l, notices.prefs_saved)),
                Err(ApiError(error)) => {
                    toasts.error(failure::sentence(l, &error), Some(error.code.as_str().to_owned()));
                }
            }
            busy.set(false);
        });
    };
    let cell = move |kind: NoticeKind, channel: NoticeChannel| {
        let wanted = choices.with_value(|all| {
            all.iter().find(|(c, _)| c.kind == kind && c.channel == channel).map(|(_, wanted)| *wanted)
        })?;
        let label = format!("{}: {}", words::kind(l, kind), words::channel(l, channel));
        Some(view! {
            <td class="text-center">
                <label class="inline-flex items-center justify-center min-h-11 min-w-11">
                    <input type="checkbox" class="checkbox" aria-label=label prop:checked=move || wanted.get() checked=wanted.get_untracked()
                        on:change=move |ev| wanted.set(event_target_checked(&ev)) />
                </label>
            </td>
        })
    };
    view! {
        <form class="stack" on:submit=save>
            <div class="overflow-x-auto -mx-2">
                <table class="w-full text-sm">
                    <thead>
                        <tr>
                            <th class="text-left font-semibold px-2">{td_string!(l, notices.prefs_kind)}</th>
                            {NoticeChannel::ALL.iter().map(|channel| {
                                let far = !reachable.contains(channel);
                                view! {
                                    <th class="px-1 font-semibold align-bottom">
                                        {words::channel(l, *channel)}
                                        {far.then(|| view! { <span class="block text-xs font-normal text-muted">{td_string!(l, notices.prefs_unreachable)}</span> })}
                                    </th>
                                }
                            }).collect_view()}
                        </tr>
                    </thead>
                    <tbody>
                        {kinds.into_iter().map(|kind| view! {
                            <tr class="border-t border-base-300">
                                <th scope="row" class="text-left font-normal px-2 min-w-32">{words::kind(l, kind)}</th>
                                {NoticeChannel::ALL.iter().filter_map(|channel| cell(kind, *channel)).collect_view()}
                            </tr>
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
            <label class="row min-h-11">
                <input type="checkbox" class="checkbox" prop:checked=move || on.get() checked=on.get_untracked()
                    on:change=move |ev| on.set(event_target_checked(&ev)) />
                <span>{td_string!(l, notices.prefs_quiet)}</span>
            </label>
            <div class="row items-end flex-wrap">
                <Field label=td_string!(l, notices.prefs_from) name="quiet_from" error=lacks(from)><Input name="quiet_from" kind="time" value=from /></Field>
                <Field label=td_string!(l, notices.prefs_till) name="quiet_till" error=lacks(till)><Input name="quiet_till" kind="time" value=till /></Field>
            </div>
            <p class="m-0 text-sm text-muted">{td_string!(l, notices.prefs_quiet_help)}</p>
            <div class="row"><Button submit=true kind=ButtonKind::Primary loading=busy>{td_string!(l, notices.prefs_save)}</Button></div>
        </form>
    }
}

fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// A time as the field holds it.
fn time(text: &str) -> Option<NaiveTime> {
    let (hours, minutes) = text.split_once(':')?;
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.get(..2)?.parse().ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_were() {
        for text in ["00:00", "08:05", "22:00"] {
            assert_eq!(clock(time(text).unwrap()), text);
        }
        assert_eq!((time("25:00"), time("8"), time("")), (None, None, None));
    }
}
