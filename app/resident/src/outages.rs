//! What is off at my homes, what neighbours told of, "me too", and how to reach the company.

use api::{
    ApiResult,
    session::{use_live, use_now},
};
use chrono::Timelike;
use i18n::{Locale, failure, outages as words, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Phone, UnitId,
    outages::{CommonProblem, OutageNotice, OutageStatus, Resource as Off},
    requests::Category,
    settings::CompanyContacts,
};
use parts::{StatusPill, category_icon, locale, tel_href};
use ui::prelude::*;

type Notices = Resource<ApiResult<Vec<OutageNotice>>>;
type Problems = Resource<ApiResult<Vec<CommonProblem>>>;

/// Outages of my homes; fetched anew when something about them changes.
pub(crate) fn notices() -> Notices {
    let touched = use_live().of_outages();
    Resource::new(move || touched.get(), |_| api::outages::mine())
}

/// Problems of my houses that neighbours told of.
pub(crate) fn problems() -> Problems {
    let version = use_live().version();
    Resource::new(move || version.get(), |_| api::outages::common())
}

const fn icon(resource: Off) -> &'static str {
    match resource {
        Off::ColdWater => "droplets",
        Off::HotWater => "waves",
        Off::Heating => "thermometer",
        Off::Electricity => "zap",
        Off::Gas => "flame",
        Off::Lift => "arrow-up-down",
        Off::Other => "wrench",
    }
}

/// One outage in plain words, with "me too".
#[component]
fn Notice(notice: OutageNotice, from: Notices) -> impl IntoView {
    let (l, now, toasts) = (locale(), use_now(), use_toasts());
    let tone = match notice.status {
        OutageStatus::Running if notice.late => Tone::Danger,
        OutageStatus::Running => Tone::Warning,
        OutageStatus::Planned => Tone::Info,
        OutageStatus::Ended | OutageStatus::Cancelled => Tone::Success,
    };
    let (id, mine, running) = (notice.id, notice.mine, notice.status == OutageStatus::Running);
    let facts = words::Facts::from(&notice);
    let (head, shown) = (words::headline(l, notice.status, notice.resource), facts.clone());
    let ended = matches!(notice.status, OutageStatus::Ended | OutageStatus::Cancelled);
    let title = Signal::derive(move || {
        if ended { head.to_owned() } else { format!("{head} · {}", words::time(l, &shown, now.get())) }
    });
    let texts = notice.texts.clone();
    let busy = RwSignal::new(false);
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = if mine { api::outages::leave(id).await } else { api::outages::join(id).await.map(|_| ()) };
            let _ = busy.try_set(false);
            match answer {
                Ok(()) if mine => toasts.success(td_string!(l, outages.me_too_left)),
                Ok(()) => toasts.success(td_string!(l, outages.me_too_done)),
                Err(error) => toasts.error(failure::code(l, error.code()), Some(error.code().to_string())),
            }
            from.refetch();
        });
    };
    view! {
        <Banner tone=tone icon=icon(notice.resource) title=title>
            <div class="grid gap-2 w-full">
                <p class="m-0 whitespace-pre-wrap">{move || words::says(l, &facts, &texts, now.get())}</p>
                {running.then(|| view! {
                    <div class="row">
                        {mine.then(|| view! { <span class="text-sm">{td_string!(l, outages.me_too_mine)}</span> })}
                        <Button kind=if mine { ButtonKind::Ghost } else { ButtonKind::Secondary } loading=busy class="min-h-11" on_click=press>
                            {if mine { td_string!(l, outages.me_too_leave) } else { td_string!(l, outages.me_too) }}
                        </Button>
                    </div>
                })}
            </div>
        </Banner>
    }
}

/// The banner of the home page.
#[component]
pub(crate) fn HomeOutages() -> impl IntoView {
    let found = notices();
    view! {
        <Transition>
            {move || found.get().and_then(Result::ok).unwrap_or_default().into_iter().map(|notice| view! {
                <Notice notice=notice from=found />
            }).collect_view()}
        </Transition>
    }
}

/// In the flow of a new request: what is known already about the place and the trouble.
#[component]
pub(crate) fn WeKnow(
    /// The chosen unit; empty for a common place.
    unit: RwSignal<String>,
    category: RwSignal<String>,
) -> impl IntoView {
    let l = locale();
    let (found, shared) = (notices(), problems());
    let chosen = move || category.with(|text| text.parse::<Category>().ok());
    let known = move || {
        let here: Option<UnitId> = unit.with(|id| id.parse().ok());
        let all = found.get().and_then(Result::ok).unwrap_or_default();
        all.into_iter()
            .filter(|notice| notice.status.is_live())
            .filter(|notice| here.is_none_or(|unit| notice.unit_ids.contains(&unit)))
            .filter(|notice| chosen().is_none_or(|c| c == notice.resource.category() || notice.resource == Off::Other))
            .collect::<Vec<_>>()
    };
    let told = move || {
        let common = unit.with(String::is_empty);
        let all = shared.get().and_then(Result::ok).unwrap_or_default();
        all.into_iter()
            .filter(|problem| common && problem.status.is_open() && chosen().is_none_or(|c| c == problem.category))
            .collect::<Vec<_>>()
    };
    view! {
        <Transition>
            {move || {
                let rows = known();
                (!rows.is_empty()).then(|| view! {
                    <section class="stack gap-2" aria-live="polite">
                        <h3 class="m-0">{td_string!(l, outages.we_know)}</h3>
                        {rows.into_iter().map(|notice| view! { <Notice notice=notice from=found /> }).collect_view()}
                        <p class="m-0 text-muted">{td_string!(l, outages.we_know_help)}</p>
                    </section>
                })
            }}
            {move || {
                let rows = told();
                (!rows.is_empty()).then(|| view! {
                    <section class="stack gap-2" aria-live="polite">
                        <h3 class="m-0">{td_string!(l, outages.common_same)}</h3>
                        {rows.into_iter().map(|problem| view! { <Problem problem=problem from=shared /> }).collect_view()}
                    </section>
                })
            }}
        </Transition>
    }
}

/// Shared problems for the list of my requests: those I joined come first.
#[component]
pub(crate) fn SharedProblems(
    /// Only those I joined.
    #[prop(optional)]
    joined: bool,
) -> impl IntoView {
    let l = locale();
    let shared = problems();
    view! {
        <Transition>
            {move || {
                let mut rows = shared.get().and_then(Result::ok).unwrap_or_default();
                rows.retain(|problem| problem.mine || !joined);
                (!rows.is_empty()).then(|| view! {
                    <h2 class="section-title mb-0">{td_string!(l, outages.common_title)}</h2>
                    {(!joined).then(|| view! { <p class="m-0 text-muted">{td_string!(l, outages.common_text)}</p> })}
                    {rows.into_iter().map(|problem| view! { <Problem problem=problem from=shared /> }).collect_view()}
                })
            }}
        </Transition>
    }
}

/// What, where and how it stands; nothing of whose it is.
#[component]
fn Problem(problem: CommonProblem, from: Problems) -> impl IntoView {
    let (l, toasts) = (locale(), use_toasts());
    let (id, mine, open) = (problem.request_id, problem.mine, problem.status.is_open());
    let place = match problem.entrance {
        Some(n) => format!("{}, {}", problem.address, td_string!(l, outages.place_entrance, n = n.to_string())),
        None => problem.address.clone(),
    };
    let busy = RwSignal::new(false);
    let press = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = if mine {
                api::outages::leave_common(id).await
            } else {
                api::outages::join_common(id).await.map(|_| ())
            };
            let _ = busy.try_set(false);
            match answer {
                Ok(()) if mine => toasts.success(td_string!(l, outages.me_too_left)),
                Ok(()) => toasts.success(td_string!(l, outages.me_too_done)),
                Err(error) => toasts.error(failure::code(l, error.code()), Some(error.code().to_string())),
            }
            from.refetch();
        });
    };
    view! {
        <section class="panel p-4 flex gap-3">
            <Icon name=category_icon(problem.category) size=IconSize::Large class="text-muted mt-0.5" />
            <div class="grow min-w-0 grid gap-1">
                <div class="flex flex-wrap gap-x-2 gap-y-1 items-center justify-between">
                    <span class="font-semibold">{i18n::words::category(l, problem.category)}</span>
                    <StatusPill status=problem.status />
                </div>
                <span class="[overflow-wrap:anywhere]">{place}</span>
                {(problem.joined > 0).then(|| view! {
                    <span class="text-sm text-muted">{td_string!(l, outages.joined_n, n = problem.joined.to_string()).to_string()}</span>
                })}
                {(mine || open).then(|| view! {
                    <Button kind=if mine { ButtonKind::Ghost } else { ButtonKind::Secondary } loading=busy class="min-h-11 justify-self-start" on_click=press>
                        {if mine { td_string!(l, outages.me_too_leave) } else { td_string!(l, outages.me_too) }}
                    </Button>
                })}
            </div>
        </section>
    }
}

/// How to reach the company: the emergency first, then the desk, the city and the hours.
#[component]
pub(crate) fn Contacts() -> impl IntoView {
    let l = locale();
    let found = Resource::new(|| (), |()| api::settings::contacts());
    view! {
        <Transition fallback=|| view! { <Skeleton lines=4 /> }>
            {move || found.get().and_then(Result::ok).map(|contacts| view! { <Card title=td_string!(l, outages.contacts)>{card(l, contacts)}</Card> })}
        </Transition>
    }
}

fn card(l: Locale, contacts: CompanyContacts) -> impl IntoView {
    let call = |phone: Phone, label: &'static str, loud: bool| {
        let kind = if loud { ButtonKind::Danger } else { ButtonKind::Secondary };
        view! {
            <div class="grid gap-1">
                <span class="text-sm text-muted">{label}</span>
                <Button kind=kind size=ButtonSize::Big icon="phone-call" href=tel_href(&phone)>{phone.pretty()}</Button>
            </div>
        }
    };
    let emergency = contacts.emergency_phone.clone();
    view! {
        <div class="stack gap-3">
            {(emergency.is_some() || contacts.short_number.is_some()).then(|| view! {
                <p class="m-0 flex gap-3">
                    <span class="tone-danger tone-text"><Icon name="siren" size=IconSize::Large /></span>
                    {td_string!(l, resident.emergency)}
                </p>
            })}
            {emergency.map(|phone| call(phone, td_string!(l, outages.contacts_emergency), true))}
            {contacts.phone.map(|phone| call(phone, td_string!(l, outages.contacts_company), false))}
            {contacts.short_number.map(|number| view! {
                <p class="m-0 flex flex-wrap gap-2 justify-between">
                    <span class="text-muted">{td_string!(l, outages.contacts_city)}</span>
                    <a class="link num font-semibold min-h-11 inline-flex items-center" rel="external" href=format!("tel:{number}")>{number.clone()}</a>
                </p>
            })}
            {contacts.address.map(|address| view! {
                <p class="m-0 flex flex-wrap gap-2 justify-between">
                    <span class="text-muted">{td_string!(l, outages.contacts_address)}</span><span>{address}</span>
                </p>
            })}
            {(!contacts.week.is_empty()).then(|| view! {
                <div class="grid gap-1">
                    <span class="text-sm text-muted">{td_string!(l, outages.contacts_hours)}</span>
                    {hours(l, &contacts.week).into_iter().map(|(days, time)| view! {
                        <span class="flex flex-wrap gap-2 justify-between"><span>{days}</span><span class="num">{time}</span></span>
                    }).collect_view()}
                    {contacts.special.into_iter().filter(|special| !special.works).map(|special| view! {
                        <span class="flex flex-wrap gap-2 justify-between text-muted">
                            <span class="num">{when::day_month(&special.day)} " · " {special.name}</span>
                            <span>{td_string!(l, outages.contacts_free)}</span>
                        </span>
                    }).collect_view()}
                </div>
            })}
        </div>
    }
}

/// Days with the same hours as one line: `пн–пт 09:00–18:00`.
fn hours(l: Locale, week: &[model::settings::WorkDay]) -> Vec<(String, String)> {
    let time = |t: chrono::NaiveTime| format!("{:02}:{:02}", t.hour(), t.minute());
    let said = |day: &model::settings::WorkDay| {
        let open = format!("{}–{}", time(day.opens), time(day.closes));
        match day.lunch {
            Some(lunch) => {
                let pause = td_string!(l, outages.contacts_lunch, from = time(lunch.from), to = time(lunch.to));
                format!("{open}, {pause}")
            }
            None => open,
        }
    };
    let name = |n: i16| i18n::audit::weekday(l, usize::try_from(n).unwrap_or(1));
    let mut runs: Vec<(i16, i16, String)> = Vec::new();
    for day in week {
        let text = said(day);
        match runs.last_mut() {
            Some((_, last, same)) if *last + 1 == day.weekday && *same == text => *last = day.weekday,
            _ => runs.push((day.weekday, day.weekday, text)),
        }
    }
    runs.into_iter()
        .map(|(first, last, text)| {
            let days =
                if first == last { name(first).to_owned() } else { format!("{} – {}", name(first), name(last)) };
            (days, text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::settings::WorkDay;

    #[test]
    fn days_alike_are_one_line() {
        let day = |weekday, closes: u32| WorkDay {
            weekday,
            opens: chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            closes: chrono::NaiveTime::from_hms_opt(closes, 0, 0).unwrap(),
            lunch: None,
        };
        let week = [day(1, 18), day(2, 18), day(3, 18), day(6, 14)];
        let lines = hours(Locale::ru, &week);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], ("понедельник – среда".to_owned(), "09:00–18:00".to_owned()));
        assert_eq!(lines[1], ("суббота".to_owned(), "09:00–14:00".to_owned()));
    }
}
