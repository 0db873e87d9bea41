//! `/desk/settings/deadlines/what-if`: other rules, tried on the requests of the last 90 days.

use super::{
    super::{Frame, loaded},
    PATH,
    rules::{RuleList, Rules},
};
use crate::util::{lang, toast_failure};
use api::{ApiError, ApiResult};
use i18n::{deadlines as said, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    deadlines::{Breaches, Changed, DeadlineSettings, WhatIf, WhatIfResult},
    property::ComplexRow,
};
use ui::prelude::*;

async fn find() -> ApiResult<(DeadlineSettings, Vec<ComplexRow>)> {
    Ok((api::deadlines::settings().await?, api::property::complexes().await?))
}

#[component]
pub fn WhatIfPage() -> impl IntoView {
    let found = Resource::new(|| (), |()| find());
    view! { <Frame path=PATH>{loaded(found, |(saved, complexes)| view! { <Try saved=saved complexes=complexes /> })}</Frame> }
        .into_any()
}

#[component]
fn Try(saved: DeadlineSettings, complexes: Vec<ComplexRow>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let rules = Rules::new(&saved.policy.rules);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let result = RwSignal::new(None::<WhatIfResult>);
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        busy.set(true);
        error.set(None);
        let command = WhatIf { rules: rules.read() };
        spawn_local(async move {
            match api::deadlines::what_if(command).await {
                Ok(found) => result.set(Some(found)),
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
    view! {
        <div class="stack max-w-6xl">
            <Card title=td_string!(l, deadlines.what_if)>
                <form class="stack" on:submit=submit>
                    <p class="text-muted m-0">{td_string!(l, deadlines.what_if_lead)}</p>
                    <RuleList rules=rules complexes=complexes error=error />
                    <div class="row justify-end">
                        <Button kind=ButtonKind::Ghost icon="arrow-left" href=PATH>{td_string!(l, deadlines.what_if_back)}</Button>
                        <Button kind=ButtonKind::Primary submit=true loading=busy>{td_string!(l, deadlines.what_if_run)}</Button>
                    </div>
                </form>
            </Card>
            <div aria-live="polite">{move || result.get().map(|found| view! { <Outcome found=found /> })}</div>
        </div>
    }
}

#[component]
fn Outcome(found: WhatIfResult) -> impl IntoView {
    let l = lang();
    let WhatIfResult { total, rows, changed, changed_total, cut } = found;
    if total.requests == 0 {
        return view! { <EmptyState text=td_string!(l, deadlines.what_if_empty) icon="inbox" /> }.into_any();
    }
    let line = move |name: String, b: Breaches, strong: bool| {
        view! {
            <tr class=if strong { "font-semibold" } else { "" }>
                <th scope="row" class=if strong { "" } else { "font-normal!" }>{name}</th>
                <td class="num text-right!">{b.requests}</td>
                <td class="num text-right!">{difference(b.answer_before, b.answer_after)}</td>
                <td class="num text-right!">{difference(b.solution_before, b.solution_after)}</td>
            </tr>
        }
    };
    let shown = changed.len();
    let note = if changed_total == 0 {
        td_string!(l, deadlines.what_if_same).to_owned()
    } else {
        let all = td_string!(l, deadlines.what_if_changed, n = changed_total.to_string()).to_string();
        match i64::try_from(shown) {
            Ok(n) if n < changed_total => {
                format!("{all}, {}", td_string!(l, deadlines.what_if_shown, n = shown.to_string()))
            }
            _ => all,
        }
    };
    view! {
        <div class="stack">
            {cut.then(|| view! { <Banner tone=Tone::Info text=td_string!(l, deadlines.what_if_cut) /> })}
            <div class="table-frame">
                <table class="tbl">
                    <caption class="sr-only">{td_string!(l, deadlines.what_if)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{td_string!(l, deadlines.kind)} " · " {td_string!(l, deadlines.category)}</th>
                            <th scope="col" class="text-right!">{td_string!(l, deadlines.col_requests)}</th>
                            <th scope="col" class="text-right!">{td_string!(l, deadlines.col_answer)}</th>
                            <th scope="col" class="text-right!">{td_string!(l, deadlines.col_solution)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {line(td_string!(l, deadlines.col_total).to_owned(), total, true)}
                        {rows.into_iter().map(|row| {
                            line(format!("{} · {}", words::kind(l, row.kind), words::category(l, row.category)), row.breaches, false)
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
            <p class="m-0 font-semibold">{note}</p>
            {(shown > 0).then(|| view! { <ChangedTable rows=changed /> })}
        </div>
    }
    .into_any()
}

/// `12 → 7`, and whether that is better.
fn difference(before: i64, after: i64) -> impl IntoView {
    let tone = match after.cmp(&before) {
        std::cmp::Ordering::Less => "tone-success tone-text",
        std::cmp::Ordering::Equal => "text-muted",
        std::cmp::Ordering::Greater => "tone-danger tone-text",
    };
    view! { <span class=tone>{before} " → " {after}</span> }
}

#[component]
fn ChangedTable(rows: Vec<Changed>) -> impl IntoView {
    let l = lang();
    let row = move |row: Changed| {
        let (text, tone) = if row.breaks {
            (td_string!(l, deadlines.breaks), Tone::Danger)
        } else {
            (td_string!(l, deadlines.keeps), Tone::Success)
        };
        view! {
            <tr>
                <td class="num"><a class="link" href=format!("/desk/requests/{}", row.id)>"№" {row.number}</a></td>
                <td class="cell-cut">{row.address}</td>
                <td>{words::kind(l, row.kind)} " · " {words::category(l, row.category)}</td>
                <td>{said::clock(l, row.clock)}</td>
                <td class="num whitespace-nowrap">{when::full(l, row.before)}</td>
                <td class="num whitespace-nowrap">{when::full(l, row.after)}</td>
                <td class="num whitespace-nowrap">{row.met_at.map_or_else(|| "—".to_owned(), |at| when::full(l, at))}</td>
                <td><Pill text=text tone=tone /></td>
            </tr>
        }
    };
    view! {
        <div class="table-frame">
            <table class="tbl">
                <caption class="sr-only">{td_string!(l, deadlines.what_if)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(l, requests.number)}</th>
                        <th scope="col">{td_string!(l, requests.address)}</th>
                        <th scope="col">{td_string!(l, deadlines.kind)}</th>
                        <th scope="col">{td_string!(l, deadlines.col_clock)}</th>
                        <th scope="col">{td_string!(l, deadlines.col_before)}</th>
                        <th scope="col">{td_string!(l, deadlines.col_after)}</th>
                        <th scope="col">{td_string!(l, deadlines.col_met)}</th>
                        <th scope="col">{td_string!(l, deadlines.col_verdict)}</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}
