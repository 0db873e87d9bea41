//! `/desk/plans`.

use super::PlanTabs;
use crate::util::{Failed, category_icon, lang};
use i18n::{td_string, words, work_words};
use leptos::prelude::*;
use leptos_meta::Title;
use model::plans::PlanRow;
use ui::prelude::*;

#[component]
pub fn PlansPage() -> impl IntoView {
    let l = lang();
    let all = Resource::new(|| (), |()| api::plans::list());
    let columns = move || {
        vec![
            Column::new("title", td_string!(l, plans.name), move |p: &PlanRow| {
                let paused = p.paused.then(
                    || view! { <Pill text=td_string!(l, plans.paused) tone=Tone::Warning icon="circle-pause" /> },
                );
                view! {
                    <span class="inline-flex flex-wrap gap-2 items-center">
                        <Icon name=category_icon(p.category) class="text-muted" /> {p.title.clone()} {paused}
                    </span>
                }
            }),
            Column::new("rhythm", td_string!(l, plans.rhythm), move |p: &PlanRow| {
                work_words::rhythm(l, p.rhythm, p.season)
            }),
            Column::new("who", td_string!(l, plans.who), move |p: &PlanRow| {
                let skill = p.skill.map(|skill| words::skill(l, skill).to_owned());
                p.assignee
                    .as_ref()
                    .map(|person| person.name.clone())
                    .or(skill)
                    .unwrap_or_else(|| td_string!(l, plans.who_desk).to_owned())
            }),
            Column::new("places", td_string!(l, plans.places), |p: &PlanRow| p.places.to_string()).num(),
            Column::new("next", td_string!(l, plans.next_on), move |p: &PlanRow| {
                p.next_on.map_or_else(|| "—".to_owned(), |day| work_words::day(l, day))
            }),
        ]
    };
    let table = move |rows: Signal<Option<Vec<PlanRow>>>| {
        view! {
            <DataTable columns=columns() rows=rows key=|p: &PlanRow| p.id.to_string() caption=td_string!(l, plans.title) stack=true
                href=|p: PlanRow| format!("/desk/plans/{}", p.id)
                empty=move || view! {
                    <EmptyState text=td_string!(l, plans.empty) icon="calendar-clock">
                        <Button kind=ButtonKind::Primary icon="plus" href="/desk/plans/new">{td_string!(l, plans.new_plan)}</Button>
                    </EmptyState>
                } />
        }
    };
    let rows = Signal::derive(move || all.get().and_then(Result::ok));
    view! {
        <Title text=td_string!(l, plans.title) />
        <PageHeader title=td_string!(l, plans.title) actions=move || view! {
            <Button kind=ButtonKind::Primary icon="plus" href="/desk/plans/new">{td_string!(l, plans.new_plan)}</Button>
        } />
        <PlanTabs current="/desk/plans" />
        <div class="pt-4">
            <Transition fallback=move || table(Signal::stored(None))>
                {move || match all.get() {
                    Some(Err(error)) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| all.refetch() /> }.into_any(),
                    _ => table(rows).into_any(),
                }}
            </Transition>
        </div>
    }
    .into_any()
}
