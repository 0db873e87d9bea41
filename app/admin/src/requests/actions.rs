//! The status button: the next legal step is the main one, the others stand in the menu.

use super::{assign::AssignDialog, page::Open};
use crate::util::{lang, local_input, local_moment, toast_failure};
use api::session::use_now;
use chrono::TimeDelta;
use i18n::{Locale, failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code, Failure,
    requests::{Action, CompleteRequest, MoveRequest, PrintKind, RequestCard},
};
use ui::prelude::*;

/// Legal steps, the most likely first. Who has a worker rarely needs another one.
fn steps(card: &RequestCard) -> Vec<Action> {
    let taken = card.assignee.is_some();
    let (late, mut first): (Vec<_>, Vec<_>) = card
        .actions
        .iter()
        .copied()
        .filter(|action| taken || *action != Action::Start)
        .partition(|action| taken && *action == Action::Assign);
    first.extend(late);
    first
}

fn icon(action: Action) -> &'static str {
    match action {
        Action::Assign => "user-plus",
        Action::Start => "play",
        Action::Defer => "circle-pause",
        Action::Complete => "check",
        Action::Return => "undo-2",
        Action::Close => "check-check",
        Action::Cancel | Action::Reject => "circle-x",
    }
}

fn verb(l: Locale, action: Action, taken: bool) -> &'static str {
    if action == Action::Assign && taken { td_string!(l, requests.reassign) } else { words::action(l, action) }
}

fn is_final(action: Action) -> bool {
    matches!(action, Action::Cancel | Action::Reject)
}

#[component]
pub(super) fn Actions(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let steps = open.part(|card| (steps(card), card.assignee.is_some()));
    let busy = RwSignal::new(false);
    let asking = RwSignal::new(None::<Action>);
    let assigning = RwSignal::new(false);
    let run = Callback::new(move |action: Action| match action {
        Action::Assign => assigning.set(true),
        Action::Start | Action::Close => {
            busy.set(true);
            spawn_local(async move {
                match api::requests::step(open.id, MoveRequest { action, reason: None, until: None }).await {
                    Ok(card) => open.take(card),
                    Err(error) => {
                        toast_failure(toasts, l, &error);
                        open.reload();
                    }
                }
                busy.set(false);
            });
        }
        _ => asking.set(Some(action)),
    });
    use_hotkey("a", move |_| {
        if steps.with_untracked(|(all, _)| all.contains(&Action::Assign)) {
            assigning.set(true);
        }
    });
    // Paper opens beside the page: it is a document of its own, not a page of the app.
    let paper = move |kind: PrintKind, text: &'static str| {
        view! {
            <a class="menu-row" rel="external" target="_blank" href=format!("/desk/print/{kind}?ids={}", open.id)>
                <Icon name="printer" /><span>{text}</span>
            </a>
        }
    };
    let print = move || {
        view! {
            <Menu label=td_string!(l, together.bulk_print) end=true bordered=true trigger=|| view! { <Icon name="printer" /> }>
                {paper(PrintKind::Sheet, td_string!(l, together.print_sheet))}
                {paper(PrintKind::Act, td_string!(l, together.print_act))}
            </Menu>
        }
    };
    view! {
        {move || {
            let (all, taken) = steps.get();
            let rest: Vec<Action> = all.iter().skip(1).copied().collect();
            let menu = (!rest.is_empty()).then(|| view! {
                <Menu label=td_string!(l, requests.other_steps) end=true bordered=true
                    trigger=move || view! { <span class="max-sm:sr-only">{td_string!(l, requests.other_steps)}</span> <Icon name="chevron-down" /> }>
                    {rest.iter().copied().map(|action| view! {
                        <MenuItem text=verb(l, action, taken) icon=icon(action) danger=is_final(action) on_click=move |()| run.run(action) />
                    }).collect_view()}
                </Menu>
            });
            let main = all.first().copied().map(|action| view! {
                <Button kind=ButtonKind::Primary icon=icon(action) loading=busy on_click=move |_| run.run(action)>
                    {verb(l, action, taken)}
                </Button>
            });
            view! { <div class="flex gap-2 max-sm:flex-row-reverse">{print()} {menu} {main}</div> }
        }}
        <AssignDialog open=open shown=assigning />
        <StepDialog open=open asking=asking />
    }
}

/// Asks for the reason (or the result) of a step. A refusal keeps every word.
#[component]
fn StepDialog(open: Open, asking: RwSignal<Option<Action>>) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), use_now());
    let shown = RwSignal::new(false);
    let action = RwSignal::new(Action::Defer);
    let (reason, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let (reason_error, until_error) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let refused = RwSignal::new(None::<Failure>);
    effect(move || {
        if let Some(wanted) = asking.get() {
            if action.get_untracked() != wanted {
                reason.set(String::new());
            }
            action.set(wanted);
            until.set(local_input(now.get_untracked() + TimeDelta::days(1)));
            reason_error.set(None);
            until_error.set(None);
            refused.set(None);
            shown.set(true);
            asking.set(None);
        }
    });
    let send = Callback::new(move |()| {
        let action = action.get_untracked();
        let text = Some(reason.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        if action.needs_reason() && text.is_none() {
            reason_error.set(Some(td_string!(l, errors.field_required).to_owned()));
            return;
        }
        let until = (action == Action::Defer).then(|| local_moment(&until.get_untracked())).flatten();
        busy.set(true);
        spawn_local(async move {
            let answer = if action == Action::Complete {
                api::requests::complete(open.id, CompleteRequest { result: text, file_ids: Vec::new() }).await
            } else {
                api::requests::step(open.id, MoveRequest { action, reason: text, until }).await
            };
            busy.set(false);
            match answer {
                Ok(card) => {
                    open.take(card);
                    reason.set(String::new());
                    shown.set(false);
                }
                Err(error) => {
                    reason_error.set(error.0.field("reason").map(|f| failure::field(l, f)));
                    until_error.set(error.0.field("until").map(|f| failure::field(l, f)));
                    refused.set((error.code() == Code::ProofMissing).then(|| error.0.clone()));
                    if error.0.fields.is_empty() {
                        toast_failure(toasts, l, &error);
                    }
                }
            }
        });
    });
    let title = Signal::derive(move || words::action(l, action.get()).to_owned());
    let label = move || {
        if action.get() == Action::Complete { td_string!(l, requests.result) } else { td_string!(l, requests.reason) }
    };
    view! {
        <Dialog
            open=shown
            title=title
            footer=move || view! {
                <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=if is_final(action.get()) { ButtonKind::Danger } else { ButtonKind::Primary } loading=busy
                    on_click=move |_| send.run(())>{move || title.get()}</Button>
            }
        >
            // Each missing thing by its name.
            {move || refused.get().map(|refusal| view! {
                <Banner tone=Tone::Danger title=failure::sentence(l, &refusal)>
                    <ul class="m-0 pl-5">
                        {refusal.fields.iter().map(|f| view! { <li>{failure::field(l, f)}</li> }).collect_view()}
                    </ul>
                </Banner>
            })}
            {move || (action.get() == Action::Defer).then(|| view! {
                <Field label=td_string!(l, requests.defer_until) name="step-until" error=until_error>
                    <DateInput name="step-until" value=until with_time=true />
                </Field>
            })}
            <Field label=Signal::derive(move || label().to_owned()) name="step-reason" error=reason_error
                help=td_string!(l, requests.reason_help)>
                <Textarea name="step-reason" value=reason rows=3 maxlength=1000 on_submit=send />
            </Field>
        </Dialog>
    }
}
