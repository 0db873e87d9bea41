//! The present: who is on duty, what stands, and the hand-over to the next shift.

use super::week::hours;
use crate::{
    property::form::{Refusal, Sending, typed},
    util::{Due, StatusPill, lang},
};
use api::session::use_now;
use i18n::{td_string, when, words};
use leptos::prelude::*;
use model::{
    HandoverId,
    shifts::{HandOverShift, Handing, HandoverRow, OnDuty, ShiftSlot, WorkLine},
};
use ui::prelude::*;

#[component]
pub(super) fn Now(state: OnDuty) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let state = RwSignal::new(state);
    let handing = Memo::new(move |_| state.with(|s| s.handing.clone()));
    let since = Memo::new(move |_| state.with(|s| s.since));
    view! {
        <div class="split">
            <div class="stack">
                <Card title=td_string!(l, shifts.stands)>
                    <div class="stack">
                        <p class="m-0 text-muted">{move || td_string!(l, shifts.since, time = when::moment(l, since.get(), now.get())).to_string()}</p>
                        {move || view! { <Standing handing=handing.get() /> }}
                    </div>
                </Card>
                <HandOver state=state />
            </div>
            <div class="stack">
                {move || view! { <People now=state.with(|s| s.now.clone()) next=state.with(|s| s.next.clone()) /> }}
                <History state=state />
            </div>
        </div>
    }
}

#[component]
fn People(now: Vec<ShiftSlot>, next: Vec<ShiftSlot>) -> impl IntoView {
    let (l, clock) = (lang(), use_now());
    let none = now.is_empty();
    let person = move |slot: ShiftSlot, coming: bool| {
        let at = if coming { slot.from } else { slot.to };
        let trades = slot.skills.iter().map(|s| words::skill(l, *s)).collect::<Vec<_>>().join(", ");
        let what = if trades.is_empty() { words::duty(l, slot.duty).to_owned() } else { trades };
        let time = hours(&slot);
        view! {
            <li class="flex items-center gap-2 py-1.5">
                <Avatar name=slot.person.name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block truncate">{slot.person.name}</span>
                    <span class="block text-xs text-muted">{what} " · " <span class="num">{time}</span></span>
                </span>
                <span class="text-xs text-muted whitespace-nowrap">
                    {move || {
                        let time = when::moment(l, at, clock.get());
                        if coming { time } else { td_string!(l, shifts.until_time, time = time).to_string() }
                    }}
                </span>
            </li>
        }
    };
    view! {
        <Card title=td_string!(l, shifts.on_duty)>
            {none.then(|| view! { <p class="m-0 text-muted">{td_string!(l, shifts.nobody)}</p> })}
            <ul class="m-0 p-0 list-none">{now.into_iter().map(|slot| person(slot, false)).collect_view()}</ul>
            {(!next.is_empty()).then(|| view! {
                <h3 class="mt-3 mb-1 text-sm text-muted">{td_string!(l, shifts.coming)}</h3>
                <ul class="m-0 p-0 list-none">{next.into_iter().map(|slot| person(slot, true)).collect_view()}</ul>
            })}
        </Card>
    }
}

/// The numbers of a shift, and the requests that must not be forgotten.
#[component]
fn Standing(handing: Handing) -> impl IntoView {
    let l = lang();
    let Handing { emergencies, overdue, unassigned, filed, assigned, done, returned, .. } = handing;
    let tone = |n: i32, bad: Tone| if n > 0 { bad } else { Tone::Neutral };
    view! {
        <StatGrid>
            <Stat label=td_string!(l, shifts.emergencies) value=emergencies.to_string() icon="siren" tone=tone(emergencies, Tone::Danger) href="/desk?kind=emergency" />
            <Stat label=td_string!(l, shifts.overdue) value=overdue.to_string() icon="alarm-clock" tone=tone(overdue, Tone::Danger) href="/desk?overdue=1" />
            <Stat label=td_string!(l, shifts.unassigned) value=unassigned.to_string() icon="user-plus" tone=tone(unassigned, Tone::Warning) href="/desk?assignee=none" />
        </StatGrid>
        <p class="m-0 text-sm">
            <span class="text-muted">{td_string!(l, shifts.during)} ": "</span>
            {format!(
                "{} {filed}, {} {assigned}, {} {done}, {} {returned}",
                td_string!(l, shifts.filed).to_lowercase(),
                td_string!(l, shifts.assigned).to_lowercase(),
                td_string!(l, shifts.done).to_lowercase(),
                td_string!(l, shifts.returned).to_lowercase(),
            )}
        </p>
        <Lines title=td_string!(l, shifts.emergencies) lines=handing.emergency_lines total=emergencies />
        <Lines title=td_string!(l, shifts.overdue) lines=handing.overdue_lines total=overdue />
        <Lines title=td_string!(l, shifts.unassigned) lines=handing.unassigned_lines total=unassigned />
    }
}

#[component]
fn Lines(title: &'static str, lines: Vec<WorkLine>, total: i32) -> impl IntoView {
    let l = lang();
    let more = total - i32::try_from(lines.len()).unwrap_or(0);
    (total > 0).then(|| view! {
        <details>
            <summary class="font-semibold cursor-pointer">{title} " " <span class="count">{total}</span></summary>
            <ul class="m-0 p-0 list-none divide-y divide-base-300">
                {lines.into_iter().map(|line| {
                    let time = line.time();
                    view! {
                        <li class="flex flex-wrap items-center gap-2 py-1.5">
                            <a class="link num" href=format!("/desk/requests/{}", line.id)>{format!("№{}", line.number)}</a>
                            <span class="grow min-w-40">
                                <span class="block text-sm">{line.address}</span>
                                <span class="block text-xs text-muted truncate">{line.description}</span>
                            </span>
                            <StatusPill status=line.status />
                            <Due time=time />
                        </li>
                    }
                }).collect_view()}
                {(more > 0).then(|| view! { <li class="py-1.5 text-sm text-muted">{td_string!(l, shifts.more, n = more.to_string()).to_string()}</li> })}
            </ul>
        </details>
    })
}

/// A word to the next, and the end of the shift.
#[component]
fn HandOver(state: RwSignal<OnDuty>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let note = RwSignal::new(String::new());
    let send = Callback::new(move |()| {
        let command = HandOverShift { note: typed(note) };
        sending.send(api::shifts::hand_over(command), move |fresh| {
            state.set(fresh);
            note.set(String::new());
            toasts.success(td_string!(l, shifts.handed_over));
        });
    });
    move || {
        state.with(|s| s.may_hand_over).then(|| view! {
            <Card title=td_string!(l, shifts.handover)>
                <form class="stack" on:submit=move |ev| { ev.prevent_default(); send.run(()); }>
                    <Refusal of=sending />
                    <Field label=td_string!(l, shifts.hand_over_note) name="handover-note" optional=true error=sending.error("note")>
                        <Textarea name="handover-note" value=note rows=4 maxlength=4000 on_submit=send
                            placeholder=td_string!(l, shifts.hand_over_placeholder) />
                    </Field>
                    <div class="row justify-end">
                        <Button kind=ButtonKind::Primary icon="check-check" submit=true loading=sending.busy>{td_string!(l, shifts.hand_over)}</Button>
                    </div>
                </form>
            </Card>
        })
    }
}

#[component]
fn History(state: RwSignal<OnDuty>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let sending = Sending::new();
    let take = Callback::new(move |id: HandoverId| {
        sending.send(api::shifts::acknowledge(id), move |fresh| {
            state.set(fresh);
            toasts.success(td_string!(l, shifts.taken_over));
        });
    });
    let row = move |row: HandoverRow| {
        let (id, ended) = (row.id, row.ended_at);
        let taken = row.acknowledged_by.zip(row.acknowledged_at);
        let waits = taken.is_none();
        let numbers = format!(
            "{}: {} · {}: {} · {}: {}",
            td_string!(l, shifts.emergencies),
            row.handing.emergencies,
            td_string!(l, shifts.overdue),
            row.handing.overdue,
            td_string!(l, shifts.unassigned),
            row.handing.unassigned,
        );
        view! {
            <Step title=row.from.name icon=if waits { "hourglass" } else { "check-check" }
                tone=if waits { Tone::Warning } else { Tone::Success }
                time=Signal::derive(move || when::moment(l, ended, now.get()))>
                {row.note.map(|note| view! { <div class="banner tone-warning"><span class="whitespace-pre-wrap wrap-anywhere">{note}</span></div> })}
                <div class="text-xs text-muted">{numbers}</div>
                {match taken {
                    Some((person, at)) => view! {
                        <div class="text-xs text-muted">
                            {move || td_string!(l, shifts.taken_by, name = person.name.clone(), time = when::moment(l, at, now.get())).to_string()}
                        </div>
                    }.into_any(),
                    None => view! { <div class="text-xs">{td_string!(l, shifts.waits)}</div> }.into_any(),
                }}
                {row.may_acknowledge.then(|| view! {
                    <Button size=ButtonSize::Small icon="check-check" loading=sending.busy on_click=move |_| take.run(id)>{td_string!(l, shifts.take_over)}</Button>
                })}
            </Step>
        }
    };
    view! {
        <Card title=td_string!(l, shifts.history)>
            <Refusal of=sending />
            {move || {
                let all = state.with(|s| s.handovers.clone());
                if all.is_empty() {
                    return view! { <p class="m-0 text-muted">{td_string!(l, shifts.no_history)}</p> }.into_any();
                }
                view! { <Timeline>{all.into_iter().map(row).collect_view()}</Timeline> }.into_any()
            }}
        </Card>
    }
}
