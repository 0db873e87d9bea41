//! My day: what burns, what is for today, what is in hand, what can wait.

use crate::queue::{Step, Steps, use_queue};
use api::session::{use_live, use_me, use_now};
use chrono::{DateTime, Datelike, Utc};
use i18n::{Locale, deadlines::left, failure, td_string, when, words, work_words};
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use model::{
    RequestId,
    requests::{Action, FieldStep, Kind, MoveRequest, Party, RequestFilter, RequestRow, Source, Status},
    rounds::{RoundFilter, RoundRow},
};
use parts::{Answer, StatusPill, category_icon, locale, route_href, standing_tone, tel_href};
use ui::prelude::*;

const OPEN: [Status; 5] = [Status::New, Status::Assigned, Status::InProgress, Status::Deferred, Status::Returned];

/// The part of the day a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Overdue,
    Today,
    InProgress,
    Later,
}

impl Part {
    const ALL: [Self; 4] = [Self::Overdue, Self::Today, Self::InProgress, Self::Later];

    fn of(row: &RequestRow, now: DateTime<Utc>) -> Self {
        let day = |at: DateTime<Utc>| at.with_timezone(&when::zone()).date_naive();
        match (row.due_at, row.status) {
            _ if row.time().overdue(now) => Self::Overdue,
            (_, Status::InProgress) => Self::InProgress,
            (_, Status::Deferred) => Self::Later,
            // What waits for the resident cannot be done today.
            _ if row.paused.is_some() => Self::Later,
            (Some(due), _) if day(due) <= day(now) => Self::Today,
            (None, _) => Self::Today,
            _ => Self::Later,
        }
    }

    fn word(self, l: Locale) -> &'static str {
        match self {
            Self::Overdue => td_string!(l, staff.overdue),
            Self::Today => td_string!(l, staff.today),
            Self::InProgress => td_string!(l, staff.in_progress),
            Self::Later => td_string!(l, staff.later),
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Overdue => Tone::Danger,
            Self::Today => Tone::Info,
            Self::InProgress => Tone::Brand,
            Self::Later => Tone::Neutral,
        }
    }
}

/// `/work`.
#[component]
pub fn DayPage() -> impl IntoView {
    let l = locale();
    let me = use_me().user_id;
    let now = use_now();
    let version = use_live().version();
    let mine = move |status: Vec<Status>| {
        api::requests::list(RequestFilter { assignee_id: Some(me), status, limit: Some(100), ..Default::default() })
    };
    let open = Resource::new_blocking(move || version.get(), move |_| mine(OPEN.to_vec()));
    let done = Resource::new_blocking(move || version.get(), move |_| mine(vec![Status::Done, Status::Closed]));
    let queue = use_queue();
    queue.follow(open, || Some("/work".to_owned()));
    let refused = Memo::new(move |_| queue.refused());
    let date = move || {
        let today = now.get().with_timezone(&when::zone());
        let weekday = td_string!(l, staff.weekdays).split(',').nth(today.weekday().num_days_from_monday() as usize);
        let day = when::full(l, now.get());
        // `12 May 2025 14:20` without the time
        let day = day.rsplit_once(' ').map_or(day.clone(), |(day, _)| day.to_owned());
        td_string!(l, staff.date, weekday = weekday.unwrap_or_default().to_owned(), day = day).to_string()
    };
    view! {
        <Title text=td_string!(l, staff.my_day) />
        <p class="m-0 text-muted first-letter:uppercase">{date}</p>
        <Steps steps=refused named=true />
        <Rounds />
        <Answer from=open lines=10 let:page>
            <Day rows=Signal::derive(move || page.with(|page| page.items.iter().cloned().map(|row| queue.row(row)).collect())) />
        </Answer>
        <Answer from=done lines=1 let:page>
            <DoneToday rows=Signal::derive(move || page.with(|page| page.items.clone())) />
        </Answer>
    }
    .into_any()
}

#[component]
fn Day(rows: Signal<Vec<RequestRow>>) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let planned = RwSignal::new(false);
    let any_planned = Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| row.source == Source::Plan)));
    let wanted = move |row: &&RequestRow| !planned.get() || row.source == Source::Plan;
    let of = move |part: Part| {
        Memo::new(move |_| {
            let mut mine: Vec<_> = rows.with(|rows| {
                rows.iter().filter(wanted).filter(|row| Part::of(row, now.get()) == part).cloned().collect()
            });
            mine.sort_by_key(|row: &RequestRow| (row.kind != Kind::Emergency, row.due_at.is_none(), row.due_at));
            mine
        })
    };
    let parts = Part::ALL.map(|part| (part, of(part)));
    let counter = move |(part, rows): (Part, Memo<Vec<RequestRow>>)| {
        let count = move || rows.with(Vec::len);
        let class = move || {
            let tone = if count() > 0 { part.tone() } else { Tone::Neutral };
            format!("text-3xl font-semibold tone-text {}", tone.class())
        };
        view! {
            <a class="panel grid justify-items-center content-start py-2.5 px-1 text-center text-inherit no-underline" href=format!("#{part:?}") rel="external">
                <span class=class>{count}</span>
                <span class="text-xs text-muted">{part.word(l)}</span>
            </a>
        }
    };
    view! {
        <nav class="grid grid-cols-4 gap-2" aria-label=td_string!(l, staff.counters)>{parts.map(counter).into_iter().collect_view()}</nav>
        {move || (any_planned.get() || planned.get()).then(|| view! {
            <div class="row">
                <Chip text=td_string!(l, plans.only_planned) icon="calendar-clock" active=planned on_click=move |()| planned.update(|on| *on = !*on) />
            </div>
        })}
        {move || rows.with(Vec::is_empty).then(|| view! { <EmptyState icon="circle-check" text=td_string!(l, staff.all_done) /> })}
        {parts.map(|(part, rows)| view! {
            <section class="stack gap-2 scroll-mt-16" id=format!("{part:?}") hidden=move || rows.with(Vec::is_empty)>
                <h2 class="section-title mb-0">{part.word(l)}</h2>
                <For each=move || rows.get() key=|row| (row.id, row.status, row.due_at, row.paused, row.comments, row.photos) let:row>
                    <TaskCard row=row />
                </For>
            </section>
        }).into_iter().collect_view()}
    }
}

/// Rounds that are due: today's and those that were left.
#[component]
fn Rounds() -> impl IntoView {
    let l = locale();
    let now = use_now();
    let today = now.get_untracked().with_timezone(&when::zone()).date_naive();
    let due =
        Resource::new_blocking(|| (), move |()| api::rounds::list(RoundFilter { open: true, until: Some(today) }));
    let row = move |round: RoundRow| {
        let late = round.due_on < today;
        let progress = td_string!(l, plans.progress, marked = round.marked.to_string(), all = round.points.to_string());
        view! {
            <AppRow
                title=round.name
                text=if late { format!("{} · {progress}", work_words::day(l, round.due_on)) } else { progress.clone() }
                icon="clipboard-check"
                href=format!("/work/rounds/{}", round.id)
                end=move || late.then(|| view! { <Pill text=td_string!(l, staff.overdue) tone=Tone::Danger icon="clock" /> })
            />
        }
    };
    view! {
        <Answer from=due lines=1 let:rounds>
            {move || rounds.with(|all| !all.is_empty()).then(|| view! {
                <section class="stack gap-2">
                    <h2 class="section-title mb-0">{td_string!(l, plans.my_rounds)}</h2>
                    <div class="panel">{rounds.get().into_iter().map(row).collect_view()}</div>
                </section>
            })}
        </Answer>
    }
}

/// The whole card opens the task; telephone and map are their own big targets.
#[component]
fn TaskCard(row: RequestRow) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let (id, status, time) = (row.id, row.status, row.time());
    let queue = use_queue();
    let state = Memo::new(move |_| queue.state(id));
    let next = view! { <Next id=id number=row.number address=row.address.clone() status=status /> };
    let text = if row.description.is_empty() { words::category(l, row.category).to_owned() } else { row.description };
    let marks = move || {
        left(l, &time, now.get()).map(|(text, standing)| {
            view! { <span class=format!("font-semibold tone-text {}", standing_tone(standing).class())>{text}</span> }
        })
    };
    view! {
        <article class="panel relative p-4 grid gap-2">
            <div class="flex flex-wrap gap-2 items-center justify-between text-sm">
                {marks}
                <span class="flex flex-wrap gap-2 items-center">
                    {(row.source == Source::Plan).then(|| view! { <Pill text=td_string!(l, plans.source_plan) tone=Tone::Info icon="calendar-clock" /> })}
                    {(row.kind == Kind::Emergency).then(|| view! { <Pill text=td_string!(l, staff.emergency) tone=Tone::Danger icon="siren" /> })}
                    {move || match state.get() {
                        (_, true) => Some(view! { <Pill text=td_string!(l, staff.refused_title) tone=Tone::Danger icon="alert-triangle" /> }.into_any()),
                        (true, false) => Some(view! { <Pill text=td_string!(l, staff.waiting_title) tone=Tone::Warning icon="clock" /> }.into_any()),
                        (false, false) => None,
                    }}
                    <StatusPill status=status />
                </span>
            </div>
            <a class="text-xl font-semibold text-inherit no-underline [overflow-wrap:anywhere] after:absolute after:inset-0" href=format!("/work/requests/{}", row.id)>
                {row.address.clone()}
            </a>
            <p class="m-0 flex gap-2 items-start">
                <Icon name=category_icon(row.category) size=IconSize::Large class="text-muted mt-0.5" />
                <span class="line-clamp-2 min-w-0 [overflow-wrap:anywhere]">{text}</span>
            </p>
            <div class="relative z-1 flex flex-wrap gap-2 items-center">
                {row.contact_phone.map(|phone| view! { <Button icon="phone" class="min-h-11" href=tel_href(&phone)>{td_string!(l, staff.call)}</Button> })}
                <a class="btn btn-plain min-h-11" href=route_href(None, &row.address) target="_blank" rel="noopener">
                    <Icon name="map-pin" />{td_string!(l, staff.route)}
                </a>
                <span class="grow"></span>
                {(row.photos > 0).then(|| view! {
                    <span class="flex gap-1 items-center text-sm text-muted" title=td_string!(l, staff.photos_count, n = row.photos.to_string()).to_string()>
                        <Icon name="image" />{row.photos}
                    </span>
                })}
                {(row.comments > 0).then(|| view! {
                    <span class="flex gap-1 items-center text-sm text-muted" title=td_string!(l, staff.comments_count, n = row.comments.to_string()).to_string()>
                        <Icon name="message-circle" />{row.comments}
                    </span>
                })}
            </div>
            {next}
        </article>
    }
}

/// The next legal step under the thumb: begun here with one tap, finished on the task's page, which asks for more.
#[component]
fn Next(id: RequestId, number: i64, address: String, status: Status) -> impl IntoView {
    let (l, live, toasts) = (locale(), use_live(), use_toasts());
    let busy = RwSignal::new(false);
    let address = StoredValue::new(address);
    let start = move |_| {
        if busy.get_untracked() {
            return;
        }
        let command = FieldStep::Move(MoveRequest { action: Action::Start, reason: None, until: None });
        let note = td_string!(l, staff.did_start);
        let step = address.with_value(|address| Step::on(id, number, address, command, note)).to(Status::InProgress);
        busy.set(true);
        spawn_local(async move {
            match step.take().await {
                Ok(Some(_)) => toasts.success(td_string!(l, staff.started)),
                Ok(None) => toasts.info(td_string!(l, staff.kept)),
                Err(error) => toasts.error(failure::code(l, error.code()), error.0.trace_id),
            }
            // The card may be drawn anew by then.
            busy.try_set(false);
            live.poll();
        });
    };
    match status.actions(Party::Executor).next() {
        Some(Action::Start) => {
            let word = if status == Status::Assigned { td_string!(l, staff.start) } else { td_string!(l, staff.resume) };
            let button = view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="play" class="w-full" loading=busy on_click=start>{word}</Button>
            };
            Some(view! { <div class="relative z-1 flex">{button}</div> }.into_any())
        }
        Some(Action::Complete) => Some(
            view! {
                <div class="relative z-1 flex">
                    <Button size=ButtonSize::Big icon="check" class="w-full" href=format!("/work/requests/{id}")>{td_string!(l, staff.open_to_finish)}</Button>
                </div>
            }
            .into_any(),
        ),
        _ => None,
    }
}

/// Folded: proof of the day, not a task.
#[component]
fn DoneToday(rows: Signal<Vec<RequestRow>>) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let today = Memo::new(move |_| {
        let day = |at: DateTime<Utc>| at.with_timezone(&when::zone()).date_naive();
        let fresh = |row: &&RequestRow| row.completed_at.is_some_and(|at| day(at) == day(now.get()));
        rows.with(|rows| rows.iter().filter(fresh).cloned().collect::<Vec<_>>())
    });
    move || {
        today.with(|rows| !rows.is_empty()).then(|| {
            view! {
                <details class="panel mt-2">
                    <summary class="app-row">
                        <span class="tone-success tone-text"><Icon name="circle-check" size=IconSize::Large /></span>
                        <span class="grow font-semibold">{td_string!(l, staff.done_today)}</span>
                        <Count value=Signal::derive(move || u32::try_from(today.with(Vec::len)).unwrap_or(u32::MAX)) />
                        <Icon name="chevron-down" class="text-muted" />
                    </summary>
                    {today.get().into_iter().map(|row| view! {
                        <AppRow
                            title=row.address
                            text=if row.description.is_empty() { words::category(l, row.category).to_owned() } else { row.description }
                            href=format!("/work/requests/{}", row.id)
                        />
                    }).collect_view()}
                </details>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use model::{
        deadlines::PauseReason,
        requests::{Category, Priority},
    };

    fn row(status: Status, due_at: Option<DateTime<Utc>>) -> RequestRow {
        RequestRow {
            id: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
            number: 1,
            status,
            kind: Kind::Regular,
            priority: Priority::Normal,
            category: Category::Plumbing,
            source: Source::App,
            address: String::new(),
            description: String::new(),
            contact_name: None,
            contact_phone: None,
            assignee: None,
            photos: 0,
            comments: 0,
            created_at: DateTime::UNIX_EPOCH,
            respond_by: None,
            responded_at: None,
            due_at,
            paused_since: None,
            paused: None,
            deferred_until: None,
            soon_at: None,
            overdue: false,
            due_soon: false,
            late: false,
            returns: 0,
            completed_at: None,
            rating: None,
            responsible: None,
            unread_public: false,
            unread_internal: false,
            awaits_answer: false,
            hidden: false,
        }
    }

    #[test]
    fn the_day_ends_at_tashkent_midnight() {
        let now = DateTime::parse_from_rfc3339("2026-05-12T10:00:00Z").unwrap().to_utc(); // 15:00
        let part = |status, hours| Part::of(&row(status, Some(now + TimeDelta::hours(hours))), now);
        assert_eq!(part(Status::Assigned, -1), Part::Overdue);
        assert_eq!(part(Status::InProgress, -1), Part::Overdue);
        assert_eq!(part(Status::Assigned, 8), Part::Today);
        assert_eq!(part(Status::Assigned, 10), Part::Later);
        assert_eq!(part(Status::InProgress, 10), Part::InProgress);
        assert_eq!(part(Status::Deferred, 2), Part::Later);
        let paused =
            |status, paused| RequestRow { paused: Some(paused), ..row(status, Some(now - TimeDelta::hours(1))) };
        assert_eq!(
            Part::of(&paused(Status::Deferred, PauseReason::Deferred), now),
            Part::Later,
            "put off is not overdue"
        );
        assert_eq!(Part::of(&paused(Status::Assigned, PauseReason::WaitingResident), now), Part::Later);
    }
}
