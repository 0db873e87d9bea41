//! `/desk/settings/deadlines`: hours to finish the work, by urgency.

use super::{ConflictNote, Frame, loaded};
use crate::util::{lang, toast_failure};
use api::ApiError;
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    settings::{DeadlineHours, Deadlines},
};
use ui::prelude::*;

#[component]
pub fn DeadlinesPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::settings::deadlines());
    view! { <Frame path="/desk/settings/deadlines">{loaded(found, |saved| view! { <Form saved=saved /> })}</Frame> }
        .into_any()
}

#[component]
fn Form(saved: Deadlines) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let version = RwSignal::new(saved.version);
    let hours = saved.hours;
    let [emergency, urgent, high, normal, low] = [hours.emergency, hours.urgent, hours.high, hours.normal, hours.low]
        .map(|hours| RwSignal::new(hours.to_string()));
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        // What is no number is out of every range.
        let read = |typed: RwSignal<String>| typed.get_untracked().trim().parse().unwrap_or(0);
        let command = DeadlineHours {
            emergency: read(emergency),
            urgent: read(urgent),
            high: read(high),
            normal: read(normal),
            low: read(low),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::settings::save_deadlines(version.get_untracked(), command).await {
                Ok(fresh) => {
                    version.set(fresh.version);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::settings::deadlines().await {
                        version.set(fresh.version);
                    }
                    conflict.set(true);
                }
                Err(refused) => {
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                    error.set(Some(refused));
                }
            }
            busy.set(false);
        });
    };
    let line = move |label: &'static str, name: &'static str, value: RwSignal<String>| {
        let wrong = Signal::derive(move || {
            error.with(|e| {
                let field = e.as_ref()?.0.field(name)?;
                // A number in its range that stands out of order has its own words.
                let fits = value.get_untracked().trim().parse::<i16>().is_ok_and(|n| (1..=2000).contains(&n));
                Some(if fits { td_string!(l, settings.order_help).to_owned() } else { failure::field(l, field) })
            })
        });
        view! {
            <Field label=format!("{label}, {}", td_string!(l, settings.hours)) name=name error=wrong required=true>
                <Input name=name kind="number" inputmode="numeric" min="1" max="2000" step="1" value=value />
            </Field>
        }
    };
    view! {
        <Card class="max-w-2xl">
            <form class="stack" on:submit=submit>
                <p class="text-muted m-0">{td_string!(l, settings.deadlines_lead)}</p>
                <ConflictNote shown=conflict />
                <div class="grid gap-4 sm:grid-cols-2">
                    {line(td_string!(l, settings.emergency), "emergency", emergency)}
                    {line(td_string!(l, settings.urgent), "urgent", urgent)}
                    {line(td_string!(l, settings.high), "high", high)}
                    {line(td_string!(l, settings.normal), "normal", normal)}
                    {line(td_string!(l, settings.low), "low", low)}
                </div>
                <div class="row justify-end">
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Card>
    }
}
