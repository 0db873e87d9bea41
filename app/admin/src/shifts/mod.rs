//! Duties: the week as a grid, who is there now, and the hand-over between shifts.

mod edit;
mod now;
mod week;

use crate::util::{Failed, lang};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::shifts::ShiftFilter;
use ui::prelude::*;

/// `/desk/shifts`; `?day=` chooses the week, `?view=now` shows the present.
#[component]
pub fn ShiftsPage() -> impl IntoView {
    let l = lang();
    let query = use_query_map();
    let present = Memo::new(move |_| query.with(|q| q.get("view").as_deref() == Some("now")));
    let day = Memo::new(move |_| query.with(|q| q.get("day")).and_then(|day| day.parse().ok()));
    let tabs = Signal::derive(move || {
        let tab = |label: &str, href: &str, icon, current| Tab {
            label: label.to_owned(),
            href: href.to_owned(),
            icon: Some(icon),
            current,
            ..Tab::default()
        };
        vec![
            tab(td_string!(l, shifts.week), "/desk/shifts", "calendar", !present.get()),
            tab(td_string!(l, shifts.now_tab), "/desk/shifts?view=now", "user-check", present.get()),
        ]
    });
    view! {
        <Title text=td_string!(l, shifts.title) />
        <PageHeader title=td_string!(l, shifts.title) />
        <Tabs tabs=tabs label=td_string!(l, shifts.title) />
        <div class="pt-4">
            {move || if present.get() {
                view! { <Present /> }.into_any()
            } else {
                view! { <Schedule day=day /> }.into_any()
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Schedule(day: Memo<Option<chrono::NaiveDate>>) -> impl IntoView {
    let found = Resource::new(move || day.get(), |day| api::shifts::week(ShiftFilter { day }));
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(week) => view! { <week::Week week=week /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Present() -> impl IntoView {
    let found = Resource::new(|| (), |()| api::shifts::now());
    view! {
        <Transition fallback=|| view! { <Skeleton lines=10 /> }>
            {move || found.get().map(|answer| match answer {
                Ok(state) => view! { <now::Now state=state /> }.into_any(),
                Err(error) => view! { <Card><Failed failure=error.0 back="/desk" on_retry=move |()| found.refetch() /></Card> }.into_any(),
            })}
        </Transition>
    }
}
