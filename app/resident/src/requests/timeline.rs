//! The history in plain words.

use chrono::{DateTime, Utc};
use i18n::{Locale, td_string, when};
use leptos::prelude::*;
use model::requests::{Change, HistoryEntry, RequestCard, Status};
use parts::{locale, status_icon, status_tone};
use ui::prelude::*;

#[derive(Clone, Debug, PartialEq)]
struct Line {
    title: String,
    icon: &'static str,
    tone: Tone,
    at: DateTime<Utc>,
    note: Option<String>,
}

/// What happened to the request, and what comes next.
#[component]
pub(super) fn History(#[prop(into)] card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let now = api::session::use_now();
    let lines = Memo::new(move |_| {
        card.with(|card| card.history.iter().filter_map(|entry| line(l, entry)).collect::<Vec<_>>())
    });
    let ahead = Memo::new(move |_| ahead(l, card.with(|card| card.status)));
    view! {
        <Timeline>
            {move || lines.get().into_iter().map(|line| {
                let at = line.at;
                view! {
                    <Step title=line.title icon=line.icon tone=line.tone time=Signal::derive(move || Some(when::moment(l, at, now.get())))>
                        {line.note.map(|note| view! { <p class="m-0 whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</p> })}
                    </Step>
                }
            }).collect_view()}
            {move || ahead.get().into_iter().map(|title| view! { <Step title=title icon="circle" future=true /> }).collect_view()}
        </Timeline>
    }
}

/// One entry in words; `None` for what another entry says already.
fn line(l: Locale, entry: &HistoryEntry) -> Option<Line> {
    let new = entry.new.clone();
    let (title, icon, tone) = match entry.change {
        Change::Created => (td_string!(l, resident.step_created).to_owned(), "send", Tone::Brand),
        Change::Assignee => match new {
            Some(name) => (td_string!(l, resident.step_assignee, name = name).to_string(), "user-check", Tone::Brand),
            None => (td_string!(l, resident.step_unassigned).to_owned(), "user", Tone::Neutral),
        },
        Change::Status => {
            let status: Status = new?.parse().ok()?;
            let title = match status {
                // The line about the worker says it.
                Status::Assigned => return None,
                Status::New => td_string!(l, resident.step_new),
                Status::InProgress => td_string!(l, resident.step_in_progress),
                Status::Deferred => td_string!(l, resident.step_deferred),
                Status::Done => td_string!(l, resident.step_done),
                Status::Returned => td_string!(l, resident.step_returned),
                Status::Closed => td_string!(l, resident.step_closed),
                Status::Cancelled => td_string!(l, resident.step_cancelled),
                Status::Rejected => td_string!(l, resident.step_rejected),
            };
            (title.to_owned(), status_icon(status), status_tone(status))
        }
        Change::Rating => (td_string!(l, resident.step_rated, n = new?).to_string(), "star", Tone::Success),
        Change::File => (td_string!(l, resident.step_photos).to_owned(), "image", Tone::Neutral),
        Change::Confirmation | Change::Estimate => {
            let icon = if entry.change == Change::Estimate { "receipt" } else { "badge-check" };
            (i18n::work_words::change(l, entry.change, entry.old.as_deref(), entry.new.as_deref()), icon, Tone::Info)
        }
        Change::Waiting if new.as_deref() == Some("true") => {
            (td_string!(l, deadlines.you_are_asked).to_owned(), "circle-pause", Tone::Warning)
        }
        // An answer stands in the talk; how the company works among itself is not the resident's story.
        _ => return None,
    };
    Some(Line { title, icon, tone, at: entry.at, note: entry.reason.clone().filter(|text| !text.trim().is_empty()) })
}

/// The rest of the road, so that waiting has a shape.
fn ahead(l: Locale, status: Status) -> Vec<String> {
    let (assign, work, rate) =
        (td_string!(l, resident.next_assign), td_string!(l, resident.next_work), td_string!(l, resident.next_rate));
    let road: &[&str] = match status {
        Status::New => &[assign, work, rate],
        Status::Assigned | Status::Deferred | Status::Returned => &[work, rate],
        Status::InProgress | Status::Done => &[rate],
        Status::Closed | Status::Cancelled | Status::Rejected => &[],
    };
    road.iter().map(|&step| step.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(change: Change, new: Option<&str>) -> HistoryEntry {
        HistoryEntry {
            at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
            actor: String::new(),
            actor_role: None,
            change,
            old: None,
            new: new.map(str::to_owned),
            reason: None,
            sent_at: None,
        }
    }

    #[test]
    fn an_assignment_is_told_once() {
        let told = [entry(Change::Assignee, Some("Рустам")), entry(Change::Status, Some("assigned"))];
        let lines: Vec<_> = told.iter().filter_map(|e| line(Locale::ru, e)).collect();
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].title, "Назначен мастер: Рустам");
    }

    #[test]
    fn inner_edits_stay_inside() {
        assert_eq!(line(Locale::uz, &entry(Change::Priority, Some("high"))), None);
    }
}
