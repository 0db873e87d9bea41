//! The week: a column a day, the hours without a dispatcher above it.

use super::edit::{CopyDialog, EditDialog, Target};
use crate::util::lang;
use api::session::{use_me, use_now};
use chrono::{Datelike, Days, NaiveDate};
use i18n::{Locale, audit::weekday, td_string, when, words};
use leptos::prelude::*;
use model::{
    Permission,
    shifts::{Duty, Gap, ShiftSlot, ShiftWeek},
};
use ui::prelude::*;

/// `23.11`, and the year where it is another one.
pub(super) fn short_day(day: NaiveDate) -> String {
    when::day_month(&day)
}

pub(super) fn hours(slot: &ShiftSlot) -> String {
    format!("{}–{}", when::clock(&slot.starts), when::clock(&slot.ends))
}

#[component]
pub(super) fn Week(week: ShiftWeek) -> impl IntoView {
    let l = lang();
    let manages = use_me().can(Permission::ShiftsManage);
    let shown = RwSignal::new(week);
    let target = RwSignal::new(None::<Target>);
    let (open, copying) = (RwSignal::new(false), RwSignal::new(false));
    let monday = move || shown.with(|week| week.monday);
    let to = move |days: i64| {
        let day = monday() + chrono::TimeDelta::days(days);
        format!("/desk/shifts?day={day}")
    };
    let start = Callback::new(move |wanted: Target| {
        target.set(Some(wanted));
        open.set(true);
    });
    let days = move || (0..7).map(|n| monday() + Days::new(n)).collect::<Vec<_>>();
    view! {
        <div class="stack">
            <div class="row">
                {move || view! {
                    <IconButton icon="chevron-left" label=td_string!(l, shifts.previous) href=to(-7) />
                    <span class="num font-semibold">{format!("{} – {}", short_day(monday()), when::date(&(monday() + Days::new(6))))}</span>
                    <IconButton icon="chevron-right" label=td_string!(l, shifts.next) href=to(7) />
                }}
                <Button size=ButtonSize::Small href="/desk/shifts">{td_string!(l, shifts.this_week)}</Button>
                <span class="grow"></span>
                {manages.then(|| view! {
                    <Button icon="copy" on_click=move |_| copying.set(true)>{td_string!(l, shifts.copy)}</Button>
                    <Button kind=ButtonKind::Primary icon="plus" on_click=move |_| start.run(Target::New(monday()))>{td_string!(l, shifts.add)}</Button>
                })}
            </div>
            {move || view! { <Gaps gaps=shown.with(|week| week.gaps.clone()) /> }}
            <div class="grid gap-2 lg:grid-cols-7 items-start">
                {move || days().into_iter().enumerate().map(|(n, day)| {
                    let slots = shown.with(|week| week.slots.iter().filter(|s| s.day == day).cloned().collect::<Vec<_>>());
                    view! { <Day n=n + 1 day=day slots=slots manages=manages start=start /> }
                }).collect_view()}
            </div>
        </div>
        <EditDialog shown=shown target=target open=open />
        <CopyDialog shown=shown open=copying />
    }
}

/// A silent phone is told loudly; more than three spans as a number.
#[component]
fn Gaps(gaps: Vec<Gap>) -> impl IntoView {
    let l = lang();
    (!gaps.is_empty()).then(|| {
        let more = gaps.len().saturating_sub(3);
        let lines = gaps.into_iter().take(3).map(move |gap| {
            let text = td_string!(l, shifts.gap, from = moment(l, gap.from), to = moment(l, gap.to)).to_string();
            view! { <li>{text}</li> }
        });
        view! {
            <Banner tone=Tone::Warning icon="phone">
                <ul class="m-0 pl-0 list-none num">
                    {lines.collect_view()}
                    {(more > 0).then(|| view! { <li class="text-muted">{td_string!(l, shifts.gaps_more, n = more.to_string()).to_string()}</li> })}
                </ul>
            </Banner>
        }
    })
}

/// `Mon 20:00`, where the company is.
fn moment(l: Locale, at: chrono::DateTime<chrono::Utc>) -> String {
    let local = at.with_timezone(&when::zone());
    let day = usize::try_from(local.weekday().number_from_monday()).unwrap_or(1);
    format!("{} {}", weekday(l, day), when::clock(&local))
}

#[component]
fn Day(n: usize, day: NaiveDate, slots: Vec<ShiftSlot>, manages: bool, start: Callback<Target>) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let today = move || now.get().with_timezone(&when::zone()).date_naive() == day;
    let none = slots.is_empty();
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2 class="grow">
                    {weekday(l, n)} " " <span class="num text-muted">{short_day(day)}</span>
                </h2>
                {move || today().then(|| view! { <span class="dot tone-brand" aria-hidden="true"></span> })}
                {manages.then(|| view! {
                    <IconButton icon="plus" size=ButtonSize::Small label=td_string!(l, shifts.add) on_click=move |_| start.run(Target::New(day)) />
                })}
            </div>
            <div class="grid gap-1 p-2">
                {none.then(|| view! { <p class="m-0 px-2 text-sm text-muted">{td_string!(l, shifts.empty_day)}</p> })}
                {slots.into_iter().map(|duty| view! { <DutyRow duty=duty manages=manages start=start /> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn DutyRow(duty: ShiftSlot, manages: bool, start: Callback<Target>) -> impl IntoView {
    let (l, slot) = (lang(), duty);
    let (icon, tone) = match slot.duty {
        Duty::Dispatcher => ("phone", "tone-brand"),
        Duty::Field => ("wrench", "tone-neutral"),
    };
    let trades = slot.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", ");
    let what = if trades.is_empty() { words::duty(l, slot.duty).to_owned() } else { trades };
    let (name, time, weekly, note) = (slot.person.name.clone(), hours(&slot), slot.weekly, slot.note.clone());
    let kept = StoredValue::new(slot);
    let inner = view! {
        <span class=format!("pt-0.5 tone-text {tone}")><Icon name=icon size=IconSize::Small /></span>
        <span class="grow min-w-0">
            <span class="block text-sm wrap-anywhere">{name}</span>
            <span class="block text-xs text-muted"><span class="num">{time}</span> " · " {what}</span>
            {note.map(|note| view! { <span class="block text-xs text-muted wrap-anywhere">{note}</span> })}
        </span>
        {weekly.then(|| view! { <span title=td_string!(l, shifts.repeats)><Icon name="refresh-cw" size=IconSize::Small class="text-muted" /></span> })}
    };
    if manages {
        view! {
            <button type="button" class="menu-row items-start py-1.5" on:click=move |_| start.run(Target::Slot(kept.get_value()))>{inner}</button>
        }
        .into_any()
    } else {
        view! { <div class="menu-row items-start py-1.5">{inner}</div> }.into_any()
    }
}
