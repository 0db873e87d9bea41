//! The dialogs of the week: a duty, and making this week like the last.

use super::week::short_day;
use crate::{
    property::form::{Refusal, Sending, typed},
    util::{lang, looked_up},
};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};
use i18n::{audit::weekday, td_string, when, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure, FieldError, Role,
    shifts::{AddShift, ChangeShift, CopyWeek, Duty, ShiftFacts, ShiftSlot, ShiftWeek},
    staff::StaffRow,
};
use ui::prelude::*;

/// What the dialog is about.
#[derive(Clone, PartialEq)]
pub(super) enum Target {
    /// A new duty on a day.
    New(NaiveDate),
    Slot(ShiftSlot),
}

fn time(signal: RwSignal<String>) -> Option<NaiveTime> {
    let text = signal.get_untracked();
    NaiveTime::parse_from_str(text.get(..5).unwrap_or(&text), "%H:%M").ok()
}

/// Adds a duty, changes one, or takes it away.
#[component]
pub(super) fn EditDialog(
    shown: RwSignal<ShiftWeek>,
    target: RwSignal<Option<Target>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let text = || RwSignal::new(String::new());
    let (person, duty, day, starts, ends, until, note, scope) =
        (text(), text(), text(), text(), text(), text(), text(), text());
    let weekly = RwSignal::new(false);
    let weekdays: Vec<RwSignal<bool>> = (0..7).map(|_| RwSignal::new(false)).collect();
    let weekdays = StoredValue::new(weekdays);
    let staff = RwSignal::new(Vec::<StaffRow>::new());
    effect(move || {
        if !open.get() {
            return;
        }
        sending.failure.set(None);
        weekly.set(false);
        scope.set("one".to_owned());
        until.set(String::new());
        let hhmm = |t: NaiveTime| when::clock(&t);
        match target.get_untracked() {
            Some(Target::Slot(slot)) => {
                person.set(slot.person.id.to_string());
                duty.set(slot.duty.to_string());
                day.set(slot.day.to_string());
                starts.set(hhmm(slot.starts));
                ends.set(hhmm(slot.ends));
                note.set(slot.note.unwrap_or_default());
            }
            other => {
                let first = match other {
                    Some(Target::New(day)) => day,
                    _ => shown.with_untracked(|week| week.monday),
                };
                person.set(String::new());
                duty.set(Duty::Dispatcher.to_string());
                day.set(first.to_string());
                starts.set("08:00".to_owned());
                ends.set("20:00".to_owned());
                note.set(String::new());
                weekdays.with_value(|all| {
                    for (n, chosen) in all.iter().enumerate() {
                        chosen.set(u32::try_from(n).is_ok_and(|n| n == first.weekday().num_days_from_monday()));
                    }
                });
            }
        }
        spawn_local(async move {
            if let Some(found) = looked_up(toasts, l, api::staff::list().await) {
                let _ = staff.try_set(found);
            }
        });
    });
    let people = Signal::derive(move || {
        let wanted = duty.with(|d| d.parse().unwrap_or(Duty::Dispatcher));
        staff.with(|all| {
            all.iter()
                .filter(|p| (p.role == Role::Staff) == (wanted == Duty::Field))
                .map(|p| {
                    let trades = p.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", ");
                    Opt::new(p.id.to_string(), p.name.clone()).hint(trades)
                })
                .collect::<Vec<_>>()
        })
    });
    // What is missing is said at its field, before anything is sent.
    let facts = move || -> Result<(ShiftFacts, NaiveDate), Failure> {
        let wrong = |field: &str, code: &str| Failure::invalid(vec![FieldError::new(format!("/{field}"), code)]);
        let user_id = typed(person).and_then(|id| id.parse().ok()).ok_or_else(|| wrong("user_id", "required"))?;
        let day = day.get_untracked().parse().map_err(|_| wrong("day", "required"))?;
        let facts = ShiftFacts {
            user_id,
            duty: duty.get_untracked().parse().unwrap_or(Duty::Dispatcher),
            starts: time(starts).ok_or_else(|| wrong("starts", "required"))?,
            ends: time(ends).ok_or_else(|| wrong("ends", "required"))?,
            note: typed(note),
        };
        Ok((facts, day))
    };
    let done = move |week: ShiftWeek| {
        shown.set(week);
        open.set(false);
        toasts.success(td_string!(l, shifts.saved));
    };
    let save = Callback::new(move |()| {
        let (facts, day) = match facts() {
            Ok(found) => found,
            Err(failure) => return sending.refuse(failure),
        };
        match target.get_untracked() {
            Some(Target::Slot(slot)) => {
                let following = scope.with_untracked(|s| s == "following");
                let command = ChangeShift { id: slot.shift_id, day: slot.day, following, to: Some(facts) };
                sending.send(api::shifts::change(command), done);
            }
            _ => {
                let chosen = weekdays.with_value(|all| {
                    let chosen = all.iter().zip(1..).filter(|(on, _)| on.get_untracked()).map(|(_, n)| n);
                    chosen.collect::<Vec<i16>>()
                });
                let ShiftFacts { user_id, duty, starts, ends, note } = facts;
                let weekly = weekly.get_untracked();
                let command = AddShift {
                    user_id,
                    duty,
                    day,
                    starts,
                    ends,
                    weekdays: if weekly { chosen } else { Vec::new() },
                    until: typed(until).filter(|_| weekly).and_then(|day| day.parse().ok()),
                    note,
                };
                sending.send(api::shifts::add(command), done);
            }
        }
    });
    let remove = Callback::new(move |()| {
        if let Some(Target::Slot(slot)) = target.get_untracked() {
            let following = scope.with_untracked(|s| s == "following");
            let command = ChangeShift { id: slot.shift_id, day: slot.day, following, to: None };
            sending.send(api::shifts::change(command), done);
        }
    });
    let is_new = move || !matches!(target.get(), Some(Target::Slot(_)));
    let repeats = move || matches!(target.get(), Some(Target::Slot(slot)) if slot.weekly);
    let title = Signal::derive(move || {
        if is_new() { td_string!(l, shifts.add) } else { td_string!(l, shifts.edit) }.to_owned()
    });
    let duties: Vec<Opt> = Duty::ALL.iter().map(|d| Opt::new(d.as_str(), words::duty(l, *d))).collect();
    let duties = StoredValue::new(duties);
    let scopes = StoredValue::new(vec![
        Opt::new("one", td_string!(l, shifts.only_this)),
        Opt::new("following", td_string!(l, shifts.following)),
    ]);
    view! {
        <Dialog open=open title=title>
            <form class="stack" on:submit=move |ev| { ev.prevent_default(); save.run(()); } novalidate>
                <Refusal of=sending />
                <Field label=td_string!(l, shifts.duty) name="shift-duty" error=sending.error("duty")>
                    <Select name="shift-duty" options=duties.get_value() value=duty />
                </Field>
                <Field label=td_string!(l, shifts.person) name="shift-person" required=true error=sending.error("user_id")>
                    <Combobox name="shift-person" options=people value=person placeholder=td_string!(l, shifts.choose_person) />
                </Field>
                <div class="grid gap-4 grid-cols-2">
                    <Field label=td_string!(l, shifts.starts) name="shift-starts" required=true error=sending.error("starts")>
                        <Input name="shift-starts" kind="time" value=starts />
                    </Field>
                    <Field label=td_string!(l, shifts.ends) name="shift-ends" required=true help=td_string!(l, shifts.ends_help) error=sending.error("ends")>
                        <Input name="shift-ends" kind="time" value=ends />
                    </Field>
                </div>
                {move || is_new().then(|| view! {
                    <Field label=td_string!(l, shifts.day) name="shift-day" required=true error=sending.error("day")>
                        <DateInput name="shift-day" value=day />
                    </Field>
                    <Checkbox name="shift-weekly" label=td_string!(l, shifts.weekly) checked=weekly switch=true />
                    {move || weekly.get().then(|| view! {
                        <Field label=td_string!(l, shifts.weekdays) name="shift-weekdays" group=true error=sending.error("weekdays")>
                            <div class="row">
                                {weekdays.with_value(|all| all.iter().enumerate().map(|(n, chosen)| {
                                    let chosen = *chosen;
                                    view! { <Chip text=weekday(l, n + 1) active=chosen on_click=move |()| chosen.update(|on| *on = !*on) /> }
                                }).collect_view())}
                            </div>
                        </Field>
                        <Field label=td_string!(l, shifts.until) name="shift-until" optional=true error=sending.error("until")>
                            <DateInput name="shift-until" value=until />
                        </Field>
                    })}
                })}
                <Field label=td_string!(l, shifts.note) name="shift-note" optional=true error=sending.error("note")>
                    <Input name="shift-note" value=note maxlength=200 autocomplete="off" />
                </Field>
                {move || repeats().then(|| view! {
                    <Field label=td_string!(l, shifts.scope) name="shift-scope">
                        <Select name="shift-scope" options=scopes.get_value() value=scope />
                    </Field>
                })}
                <div class="flex gap-2">
                    {move || (!is_new()).then(|| view! {
                        <Button kind=ButtonKind::Danger icon="trash-2" loading=sending.busy on_click=move |_| remove.run(())>{td_string!(l, shifts.remove)}</Button>
                    })}
                    <span class="grow"></span>
                    <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
                    <Button kind=ButtonKind::Primary icon="check" submit=true loading=sending.busy>{td_string!(l, common.save)}</Button>
                </div>
            </form>
        </Dialog>
    }
}

/// Makes this week like the one before.
#[component]
pub(super) fn CopyDialog(shown: RwSignal<ShiftWeek>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let copy = Callback::new(move |()| {
        let to = shown.with_untracked(|week| week.monday);
        let command = CopyWeek { from: to - TimeDelta::days(7), to };
        sending.send(api::shifts::copy_week(command), move |week| {
            shown.set(week);
            open.set(false);
            toasts.success(td_string!(l, shifts.copied));
        });
    });
    let span = move || {
        let to = shown.with(|week| week.monday);
        let from = to - TimeDelta::days(7);
        format!(
            "{} – {} → {} – {}",
            short_day(from),
            short_day(from + TimeDelta::days(6)),
            short_day(to),
            short_day(to + TimeDelta::days(6))
        )
    };
    view! {
        <Dialog open=open title=td_string!(l, shifts.copy) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="copy" loading=sending.busy on_click=move |_| copy.run(())>{td_string!(l, shifts.copy)}</Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <p class="m-0">{td_string!(l, shifts.copy_text)}</p>
                <p class="m-0 num text-muted">{span}</p>
            </div>
        </Dialog>
    }
}
