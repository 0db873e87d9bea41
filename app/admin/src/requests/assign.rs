//! Who will do it: everybody, the best first, each with the reason. One press assigns.

use super::page::Open;
use crate::util::{lang, toast_failure};
use api::ApiResult;
use i18n::{Locale, case::lower, failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Role, UserId,
    assignment::Proposal,
    requests::{AssignRequest, Status},
    staff::StaffRow,
};
use ui::prelude::*;

pub(super) fn words_of(l: Locale, person: &StaffRow) -> String {
    let mut all = vec![words::role(l, person.role)];
    if person.role == Role::Staff {
        all.clear();
    }
    all.extend(person.skills.iter().map(|skill| words::skill(l, *skill)));
    all.join(", ")
}

pub(super) fn fitting(l: Locale, all: &[StaffRow], typed: &str) -> Vec<StaffRow> {
    let wanted: Vec<String> = lower(typed).split_whitespace().map(str::to_owned).collect();
    all.iter()
        .filter(|person| {
            let text = lower(&format!("{} {}", person.name, words_of(l, person)));
            wanted.iter().all(|word| text.contains(word.as_str()))
        })
        .cloned()
        .collect()
}

#[component]
pub(super) fn AssignDialog(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let staff = RwSignal::new(None::<ApiResult<Vec<StaffRow>>>);
    // By person; without them the list is in its own order.
    let reasons = RwSignal::new(Vec::<Proposal>::new());
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let load = move || {
        staff.set(None);
        spawn_local(async move {
            let proposals = api::assignment::proposals(open.id).await.unwrap_or_default();
            let found = api::staff::list().await.map(|mut all| {
                let place = |p: &StaffRow| proposals.iter().position(|q| q.user_id == p.id).unwrap_or(usize::MAX);
                all.sort_by_key(place);
                all
            });
            let _ = reasons.try_set(proposals);
            let _ = staff.try_set(Some(found));
        });
    };
    // The load changes all day: ask each time the dialog opens.
    effect(move || {
        if shown.get() {
            typed.set(String::new());
            load();
        }
    });
    let found = Signal::derive(move || {
        staff.with(|staff| match staff {
            Some(Ok(all)) => fitting(l, all, &typed.get()),
            _ => Vec::new(),
        })
    });
    let give = Callback::new(move |person: StaffRow| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let command = AssignRequest { assignee_id: person.id, comment: None };
            match api::requests::assign(open.id, command).await {
                Ok(card) => {
                    open.take(card);
                    shown.set(false);
                    toasts.success(td_string!(l, requests.assigned_to, name = person.name).to_string());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    });
    let now = open.part(|card| card.assignee.as_ref().map(|person| person.id));
    let row = move |person: StaffRow| {
        let (current, chosen) = (now.get() == Some(person.id.0), person.clone());
        let skills = words_of(l, &person);
        let proposal = reasons.with(|all| all.iter().find(|p| p.user_id == person.id).cloned());
        let best = reasons.with(|all| all.iter().find(|p| p.fits).is_some_and(|p| p.user_id == person.id));
        let line = proposal.map_or(skills, |p| i18n::words::why(l, &p.why));
        view! {
            <button type="button" class="menu-row min-h-12" disabled=move || busy.get() on:click=move |_| give.run(chosen.clone())>
                <Avatar name=person.name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block truncate">{person.name}</span>
                    <span class="block text-xs text-muted">{line}</span>
                </span>
                {best.then(|| view! { <Pill text=td_string!(l, assignment.best) tone=Tone::Success icon="sparkles" /> })}
                {current.then(|| view! { <Pill text=td_string!(l, requests.current_assignee) tone=Tone::Brand icon="user-check" /> })}
                <span class="text-xs text-muted whitespace-nowrap">{td_string!(l, requests.load, n = person.load.to_string()).to_string()}</span>
            </button>
        }
    };
    view! {
        <Dialog open=shown title=td_string!(l, requests.assign_title)>
            <form on:submit=move |ev| {
                ev.prevent_default();
                if let Some(first) = found.get_untracked().into_iter().next() {
                    give.run(first);
                }
            }>
                <Input name="assign-search" icon="search" value=typed autocomplete="off" autofocus=true
                    placeholder=td_string!(l, requests.assign_search) label=td_string!(l, requests.assign_search) />
            </form>
            <div class="grid content-start gap-0.5 h-80 max-h-[55dvh] overflow-y-auto">
                {move || match staff.get() {
                    None => view! { <Skeleton lines=6 /> }.into_any(),
                    Some(Err(error)) => {
                        view! { <ErrorState text=failure::code(l, error.code()) code=error.code().to_string() on_retry=move |()| load() /> }.into_any()
                    }
                    Some(Ok(_)) if found.with(Vec::is_empty) => view! { <p class="text-muted">{td_string!(l, requests.nobody_found)}</p> }.into_any(),
                    Some(Ok(_)) => found.get().into_iter().map(row).collect_view().into_any(),
                }}
            </div>
        </Dialog>
    }
}

/// The system's choice for a new request, with its reason; one press assigns.
#[component]
pub(super) fn Suggestion(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let found = RwSignal::new(None::<Proposal>);
    let busy = RwSignal::new(false);
    let waits = open.part(|card| (card.status == Status::New && card.assignee.is_none(), card.version));
    effect(move || {
        if !waits.get().0 {
            found.set(None);
            return;
        }
        spawn_local(async move {
            // Who may not assign is not asked.
            let answer = api::assignment::proposal(open.id).await.ok().flatten();
            let _ = found.try_set(answer);
        });
    });
    let give = move |to: UserId| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match api::requests::assign(open.id, AssignRequest { assignee_id: to, comment: None }).await {
                Ok(card) => {
                    let name = card.assignee.as_ref().map(|person| person.name.clone()).unwrap_or_default();
                    open.take(card);
                    toasts.success(td_string!(l, requests.assigned_to, name = name).to_string());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            let _ = busy.try_set(false);
        });
    };
    move || {
        found.get().map(|proposal| {
            let (id, name) = (proposal.user_id, proposal.why.name.clone());
            view! {
                <Banner tone=Tone::Info icon="sparkles">
                    <span class="grow min-w-0">
                        <span class="text-muted">{td_string!(l, assignment.suggestion)} ": "</span>
                        <span class="font-semibold">{name.clone()}</span>
                        <span class="block text-sm text-muted">{words::why(l, &proposal.why)}</span>
                    </span>
                    <Button size=ButtonSize::Small icon="user-check" loading=busy on_click=move |_| give(id)>
                        {td_string!(l, assignment.assign_to, name = name).to_string()}
                    </Button>
                </Banner>
            }
        })
    }
}
