//! What the worker records on the spot, in two cards.

use i18n::{Locale, td_string, work_words};
use leptos::prelude::*;
use model::{requests::RequestCard, work::RecordWork};
use parts::{CheckList, Recorder, SpentList, locale};
use ui::prelude::*;

/// The checklist.
#[component]
pub(super) fn Checks(by: Recorder) -> impl IntoView {
    let l = locale();
    let (shown, progress) = (by.has_checks(), by.checks_done());
    move || {
        shown.get().then(|| view! {
            <Card title=td_string!(l, work.checklist) actions=move || view! { <span class="num text-muted">{move || progress.get()}</span> }>
                <CheckList by=by />
            </Card>
        })
    }
}

/// Materials, time and costs with what they come to.
#[component]
pub(super) fn Spent(by: Recorder) -> impl IntoView {
    let l = locale();
    let shown = by.has_spent();
    move || shown.get().then(|| view! { <Card title=td_string!(l, work.title)><SpentList by=by /></Card> })
}

/// A record in words, for as long as it waits for a connection.
pub(super) fn said(l: Locale, card: &RequestCard, command: &RecordWork) -> String {
    match command {
        RecordWork::Check { item_id, done } => {
            let point = card.work.checklist.iter().find(|item| item.id == *item_id);
            let text = point.map(|item| item.text.clone()).unwrap_or_default();
            if *done {
                td_string!(l, staff.did_check, text = text).to_string()
            } else {
                td_string!(l, staff.did_uncheck, text = text).to_string()
            }
        }
        RecordWork::AddCheck { text } => td_string!(l, staff.did_add_check, text = text.clone()).to_string(),
        RecordWork::UseChecklist { .. } => td_string!(l, staff.did_checklist).to_owned(),
        RecordWork::UseMaterial { quantity, .. } => {
            td_string!(l, staff.did_material, text = quantity.to_string()).to_string()
        }
        RecordWork::StartTimer => td_string!(l, staff.did_timer_on).to_owned(),
        RecordWork::StopTimer => td_string!(l, staff.did_timer_off).to_owned(),
        RecordWork::AddTime { minutes, .. } => {
            td_string!(l, staff.did_time, text = work_words::minutes(l, i64::from(*minutes))).to_string()
        }
        RecordWork::AddCost { amount, reason } => {
            td_string!(l, staff.did_cost, text = format!("{} · {reason}", work_words::money(l, *amount))).to_string()
        }
        RecordWork::Remove { .. } => td_string!(l, staff.did_remove).to_owned(),
    }
}
