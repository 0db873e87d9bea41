//! Who will do it: staff with skills and load, the least loaded first. One press assigns.

use super::page::Open;
use crate::util::{lang, toast_failure};
use api::ApiResult;
use i18n::{Locale, failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{Role, requests::AssignRequest, staff::StaffRow};
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
    let wanted: Vec<String> = typed.to_lowercase().split_whitespace().map(str::to_owned).collect();
    all.iter()
        .filter(|person| {
            let text = format!("{} {}", person.name, words_of(l, person)).to_lowercase();
            wanted.iter().all(|word| text.contains(word.as_str()))
        })
        .cloned()
        .collect()
}

#[component]
pub(super) fn AssignDialog(open: Open, shown: RwSignal<bool>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let staff = RwSignal::new(None::<ApiResult<Vec<StaffRow>>>);
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let load = move || {
        staff.set(None);
        spawn_local(async move { staff.set(Some(api::staff::list().await)) });
    };
    // The load changes all day: ask each time the dialog opens.
    Effect::new(move |_| {
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
        view! {
            <button type="button" class="menu-row min-h-12" disabled=move || busy.get() on:click=move |_| give.run(chosen.clone())>
                <Avatar name=person.name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block truncate">{person.name}</span>
                    <span class="block truncate text-xs text-muted">{skills}</span>
                </span>
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
