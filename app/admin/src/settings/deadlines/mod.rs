//! `/desk/settings/deadlines`: the rules requests are promised by, whom to tell, and what other rules would change.

mod rules;
mod watch;
mod what_if;

use super::{ConflictNote, Frame, loaded};
use crate::util::{lang, toast_failure};
use api::{ApiError, ApiResult, session::use_now};
use i18n::{Locale, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    deadlines::{DeadlineSettings, SaveRules},
    property::ComplexRow,
    staff::StaffRow,
};
use rules::{RuleList, Rules};
use ui::prelude::*;
use watch::WatchForm;

pub use what_if::WhatIfPage;

const PATH: &str = "/desk/settings/deadlines";

/// Everything the page is drawn from.
type Found = (DeadlineSettings, Vec<ComplexRow>, Vec<StaffRow>);

async fn find() -> ApiResult<Found> {
    // One after the other: on the server they share a connection's worth of time, and the browser loads this page rarely.
    Ok((api::deadlines::settings().await?, api::property::complexes().await?, api::staff::list().await?))
}

#[component]
pub fn DeadlinesPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| find());
    view! {
        <Frame path=PATH>
            {loaded(found, |(saved, complexes, people)| view! {
                <div class="stack max-w-6xl">
                    <RulesForm saved=saved.clone() complexes=complexes />
                    <WatchForm saved=saved people=people />
                </div>
            })}
        </Frame>
    }
    .into_any()
}

/// Who decided an edition; those taken over from earlier settings have no author.
fn author(l: Locale, author: Option<String>) -> String {
    author.filter(|name| !name.is_empty()).unwrap_or_else(|| td_string!(l, deadlines.migrated).to_owned())
}

#[component]
fn RulesForm(saved: DeadlineSettings, complexes: Vec<ComplexRow>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let rules = Rules::new(&saved.policy.rules);
    let (busy, conflict) = (RwSignal::new(false), RwSignal::new(false));
    let error = RwSignal::new(None::<ApiError>);
    let no_hours = saved.no_hours;
    let known = RwSignal::new(saved);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        let number = known.with_untracked(|known| known.policy.number);
        let command = SaveRules { rules: rules.read() };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::deadlines::save_rules(number, command).await {
                Ok(fresh) => {
                    // In the order in which they will be tried.
                    rules.show(&fresh.policy.rules);
                    known.set(fresh);
                    conflict.set(false);
                    toasts.success(td_string!(l, settings.saved));
                }
                Err(refused) if refused.code() == Code::Conflict => {
                    if let Ok(fresh) = api::deadlines::settings().await {
                        known.set(fresh);
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
    let edition = move || {
        let policy = known.with(|known| known.policy.clone());
        match policy.since {
            Some(since) => td_string!(
                l,
                deadlines.edition_now,
                n = policy.number.to_string(),
                time = when::moment(l, since, now.get()),
                author = author(l, policy.author)
            )
            .to_string(),
            None => td_string!(l, deadlines.edition_usual).to_owned(),
        }
    };
    let past = move || known.with(|known| known.past.clone());
    view! {
        <Card title=td_string!(l, deadlines.rules)>
            <form class="stack" on:submit=submit>
                <p class="text-muted m-0 max-w-4xl">{td_string!(l, deadlines.rules_lead)}</p>
                {no_hours.then(|| view! {
                    <Banner tone=Tone::Warning text=td_string!(l, deadlines.no_hours)>
                        <Button size=ButtonSize::Small href="/desk/settings/calendar">{td_string!(l, deadlines.open_calendar)}</Button>
                    </Banner>
                })}
                <ConflictNote shown=conflict />
                <RuleList rules=rules complexes=complexes error=error />
                <div class="row justify-end">
                    <span class="grow text-sm text-muted">{edition}</span>
                    <Button href=format!("{PATH}/what-if") icon="chart-line">{td_string!(l, deadlines.try_rules)}</Button>
                    <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, deadlines.save_rules)}</Button>
                </div>
                {move || (!past().is_empty()).then(|| view! {
                    <details>
                        <summary class="link cursor-pointer">{td_string!(l, deadlines.past)}</summary>
                        <ul class="m-0 mt-2 pl-5 text-sm text-muted">
                            {past().into_iter().map(|p| view! {
                                <li>{td_string!(l, deadlines.past_line, n = p.number.to_string(), time = when::full(l, p.since), author = author(l, p.author)).to_string()}</li>
                            }).collect_view()}
                        </ul>
                    </details>
                })}
            </form>
        </Card>
    }
}
