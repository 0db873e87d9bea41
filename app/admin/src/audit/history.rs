//! What happened to one record, for its card.

use super::{changes, who};
use crate::util::{Failed, lang};
use api::session::use_now;
use i18n::{audit as words, td_string, when};
use leptos::prelude::*;
use model::audit::{AuditRow, ObjectType};
use ui::prelude::*;

/// The history of a record as a card. Put it on pages whose readers may see it (`domain::audit::of_object` decides).
#[component]
pub fn History(
    object_type: ObjectType,
    id: uuid::Uuid,
    /// Fetches anew when it changes: give it the version of the record.
    #[prop(optional, into)]
    version: Signal<i32>,
) -> impl IntoView {
    let l = lang();
    let found = Resource::new(move || version.get(), move |_| api::audit::of_object(object_type, id));
    view! {
        <Card title=td_string!(l, audit.history)>
            <Transition fallback=|| view! { <Skeleton lines=4 /> }>
                {move || found.get().map(|answer| match answer {
                    Ok(rows) if rows.is_empty() => view! { <EmptyState text=td_string!(l, audit.empty) icon="history" /> }.into_any(),
                    Ok(rows) => view! { <Timeline>{rows.into_iter().map(|row| view! { <Entry row=row /> }).collect_view()}</Timeline> }.into_any(),
                    Err(error) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /> }.into_any(),
                })}
            </Transition>
        </Card>
    }
}

#[component]
fn Entry(row: AuditRow) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let at = row.at;
    let icon = match row.action.rsplit('.').next().unwrap_or_default() {
        "create" => "plus",
        "update" => "pencil",
        "block" | "dismiss" | "login_failed" => "lock",
        "unblock" => "lock-open",
        "login" | "enter" => "door-open",
        "reveal" => "eye",
        "export" => "download",
        _ => "circle-dot",
    };
    view! {
        <Step title=words::action(l, &row.action) time=Signal::derive(move || when::moment(l, at, now.get())) icon=icon>
            <div class="text-sm text-muted" title=when::full(l, at)>{who(l, &row)} " · " {words::door(l, row.door)}</div>
            <div class="text-sm">{changes(l, &row)}</div>
        </Step>
    }
}
