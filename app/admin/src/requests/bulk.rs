//! One action on all selected requests.

use super::assign::{fitting, words_of};
use crate::{
    lists::{Many, Refusals, TakeChosen, count_of, opened},
    util::{lang, local_input, local_moment, priority_options, toast_failure},
};
use i18n::{failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure, Permission, RequestId, UserId,
    bulk::Outcome,
    exports::ExportList,
    requests::{Action, BulkAction, BulkCommand, BulkUndo, RequestRow},
    staff::StaffRow,
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// What is asked before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Assign,
    Status,
    Cancel,
    Comment,
    Defer,
    Return,
}

/// The chosen requests.
pub(super) type Bulk = Many<Ask>;

pub(super) fn many(rows: Signal<Option<Vec<RequestRow>>>, changed: Callback<()>) -> Bulk {
    let number = move |id: String| {
        let found = rows
            .with_untracked(|rows| rows.iter().flatten().find(|row| row.id.to_string() == id).map(|row| row.number));
        found.map(|number| format!("№{number}")).unwrap_or_default()
    };
    Many::new(RowKeys::new(rows, |row: &RequestRow| row.id.to_string()), number, changed)
}

/// Does it to the chosen requests. What an ordinary step can take back is offered to be taken back.
pub(super) fn run(bulk: Bulk, toasts: Toasts, action: BulkAction) {
    run_on(bulk, toasts, chosen(bulk), action);
}

fn run_on(bulk: Bulk, toasts: Toasts, ids: Vec<RequestId>, action: BulkAction) {
    let l = lang();
    if ids.is_empty() || bulk.busy.get_untracked() {
        return;
    }
    bulk.busy.set(true);
    spawn_local(async move {
        match api::requests::bulk(BulkCommand { ids, action }).await {
            Ok(outcomes) => {
                let back: Vec<_> = outcomes.iter().filter_map(|one| Some((one.id, one.undo.clone()?))).collect();
                let told = outcomes.into_iter().map(|one| Outcome { id: one.id.0, failure: one.failure }).collect();
                let (done, failed) = bulk.report(told);
                let said = td_string!(l, search.bulk_done, n = done.to_string()).to_string();
                if !back.is_empty() {
                    toasts.success_undo(said, move || take_back(bulk, toasts, back.clone()));
                } else if failed == 0 {
                    toasts.success(said);
                }
            }
            Err(error) => toast_failure(toasts, l, &error),
        }
        bulk.busy.set(false);
    });
}

fn chosen(bulk: Bulk) -> Vec<RequestId> {
    bulk.rows.selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect()
}

/// Each request goes back by an ordinary step; what has moved on meanwhile is told with its reason.
fn take_back(bulk: Bulk, toasts: Toasts, steps: Vec<(RequestId, BulkUndo)>) {
    let l = lang();
    spawn_local(async move {
        match api::together::undo_many(steps).await {
            Ok(told) => {
                let (done, _) = bulk.report(told);
                toasts.success(td_string!(l, together.bulk_undone, n = done.to_string()).to_string());
            }
            Err(error) => toast_failure(toasts, l, &error),
        }
    });
}

/// The first filed of the chosen takes the others in: ids grow with time.
fn join(bulk: Bulk, toasts: Toasts) {
    let mut ids = chosen(bulk);
    if let Some(main) = ids.iter().copied().min_by_key(|id| id.0) {
        ids.retain(|id| *id != main);
        run_on(bulk, toasts, ids, BulkAction::Join { into: main });
    }
}

/// What is done to the chosen rows; `columns` are those of the file they are taken away in.
#[component]
pub(super) fn BulkBar(bulk: Bulk, #[prop(into)] columns: Signal<String>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let me = api::session::use_me();
    let (assigns, updates) = (me.can(Permission::RequestsAssign), me.can(Permission::RequestsUpdate));
    let exports = me.can(Permission::RequestsExport);
    let busy = bulk.busy;
    view! {
        <SelectionBar selected=bulk.rows.selected>
            {assigns.then(|| view! {
                <Button icon="user-plus" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Assign))>
                    {words::action(l, Action::Assign)}<kbd class="kbd kbd-sm max-xl:hidden">"A"</kbd>
                </Button>
            })}
            {updates.then(|| view! {
                <Menu label=td_string!(l, search.bulk_priority) up=true end=true bordered=true trigger=move || view! {
                    <Icon name="flag" /><span class="max-sm:sr-only">{td_string!(l, search.bulk_priority)}</span>
                }>
                    {priority_options(l).into_iter().filter_map(|opt| {
                        let priority = opt.value.parse().ok()?;
                        Some(view! {
                            <MenuItem text=opt.label on_click=move |()| run(bulk, toasts, BulkAction::Priority { priority }) />
                        })
                    }).collect_view()}
                </Menu>
                <Button icon="message-square" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Comment))>
                    <span class="max-xl:sr-only">{td_string!(l, together.bulk_comment)}</span>
                </Button>
                <Button icon="git-merge" disabled=Signal::derive(move || busy.get() || bulk.rows.selected.with(|set| set.len() < 2))
                    on_click=move |_| join(bulk, toasts)>
                    <span class="max-xl:sr-only">{td_string!(l, together.bulk_join)}</span>
                </Button>
                <Button icon="circle-dot" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Status))>
                    {td_string!(l, requests.status)}<kbd class="kbd kbd-sm max-xl:hidden">"S"</kbd>
                </Button>
                <Button icon="circle-x" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Cancel))>
                    {words::action(l, Action::Cancel)}
                </Button>
            })}
            <a class="btn btn-plain" rel="external" target="_blank" title=td_string!(l, together.bulk_print)
                href=move || print_href(&bulk.rows.selected.get())>
                <Icon name="printer" /><span class="max-xl:sr-only">{td_string!(l, together.bulk_print)}</span>
            </a>
            {exports.then(|| view! {
                <TakeChosen list=ExportList::Requests selected=bulk.rows.selected
                    shown=Signal::derive(move || format!("columns={}", columns.get())) />
            })}
        </SelectionBar>
        <AssignMany bulk=bulk />
        <ChooseStep bulk=bulk />
        <Because bulk=bulk ask=Ask::Cancel action=Action::Cancel />
        <Because bulk=bulk ask=Ask::Return action=Action::Return />
        <Because bulk=bulk ask=Ask::Defer action=Action::Defer />
        <CommentMany bulk=bulk />
        <Refusals of=bulk />
    }
}

#[component]
fn AssignMany(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(bulk, Ask::Assign);
    let staff = RwSignal::new(None::<Result<Vec<StaffRow>, Failure>>);
    let typed = RwSignal::new(String::new());
    effect(move || {
        if open.get() {
            typed.set(String::new());
            staff.set(None);
            spawn_local(async move { staff.set(Some(api::staff::list().await.map_err(|error| error.0))) });
        }
    });
    let found = Signal::derive(move || {
        staff.with(|staff| match staff {
            Some(Ok(all)) => fitting(l, all, &typed.get()),
            _ => Vec::new(),
        })
    });
    let give = Callback::new(move |id: UserId| run(bulk, toasts, BulkAction::Assign { assignee_id: id }));
    let row = move |person: StaffRow| {
        let (id, skills) = (person.id, words_of(l, &person));
        view! {
            <button type="button" class="menu-row min-h-12" disabled=move || bulk.busy.get() on:click=move |_| give.run(id)>
                <Avatar name=person.name.clone() decorative=true />
                <span class="grow min-w-0">
                    <span class="block truncate">{person.name}</span>
                    <span class="block truncate text-xs text-muted">{skills}</span>
                </span>
                <span class="text-xs text-muted whitespace-nowrap">{td_string!(l, requests.load, n = person.load.to_string()).to_string()}</span>
            </button>
        }
    };
    let title = Signal::derive(move || td_string!(l, search.bulk_assign_title, n = count_of(bulk)).to_string());
    view! {
        <Dialog open=open title=title>
            <form on:submit=move |ev| {
                ev.prevent_default();
                if let Some(first) = found.with_untracked(|all| all.first().map(|person| person.id)) {
                    give.run(first);
                }
            }>
                <Input name="bulk-assign-search" icon="search" value=typed autocomplete="off" autofocus=true
                    placeholder=td_string!(l, requests.assign_search) label=td_string!(l, requests.assign_search) />
            </form>
            <div class="grid content-start gap-0.5 h-80 max-h-[55dvh] overflow-y-auto">
                {move || match staff.get() {
                    None => view! { <Skeleton lines=6 /> }.into_any(),
                    Some(Err(error)) => view! { <ErrorState text=failure::code(l, error.code) code=error.code.to_string() /> }.into_any(),
                    Some(Ok(_)) if found.with(Vec::is_empty) => view! { <p class="text-muted">{td_string!(l, requests.nobody_found)}</p> }.into_any(),
                    Some(Ok(_)) => found.get().into_iter().map(row).collect_view().into_any(),
                }}
            </div>
        </Dialog>
    }
}

/// The steps that make sense for many at once.
#[component]
fn ChooseStep(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(bulk, Ask::Status);
    let title = Signal::derive(move || td_string!(l, search.bulk_status_title, n = count_of(bulk)).to_string());
    view! {
        <Dialog open=open title=title>
            <div class="grid gap-1">
                <button type="button" class="menu-row min-h-11" autofocus on:click=move |_| bulk.asking.set(Some(Ask::Assign))>
                    <Icon name="user-plus" />{words::action(l, Action::Assign)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| run(bulk, toasts, BulkAction::Start)>
                    <Icon name="play" />{words::action(l, Action::Start)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.asking.set(Some(Ask::Defer))>
                    <Icon name="circle-pause" />{words::action(l, Action::Defer)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| run(bulk, toasts, BulkAction::Close)>
                    <Icon name="check-check" />{words::action(l, Action::Close)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.asking.set(Some(Ask::Return))>
                    <Icon name="undo-2" />{words::action(l, Action::Return)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.asking.set(Some(Ask::Cancel))>
                    <Icon name="circle-x" />{words::action(l, Action::Cancel)}
                </button>
            </div>
        </Dialog>
    }
}

/// Job sheets of the selected, as many as one batch takes.
fn print_href(selected: &BTreeSet<String>) -> String {
    let ids: Vec<&str> = selected.iter().take(model::requests::PRINT_MOST).map(String::as_str).collect();
    format!("/desk/print/sheet?ids={}", ids.join(","))
}

/// A step that makes no sense without a reason.
#[component]
fn Because(bulk: Bulk, ask: Ask, action: Action) -> impl IntoView {
    let (l, toasts, now) = (lang(), use_toasts(), api::session::use_now());
    let open = opened(bulk, ask);
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let until = RwSignal::new(String::new());
    effect(move || {
        if open.get() {
            until.set(local_input(now.get_untracked() + chrono::TimeDelta::days(1)));
        }
    });
    let send = Callback::new(move |()| {
        let text = reason.get_untracked().trim().to_owned();
        if text.is_empty() {
            error.set(Some(td_string!(l, errors.field_required).to_owned()));
            return;
        }
        error.set(None);
        run(
            bulk,
            toasts,
            match ask {
                Ask::Return => BulkAction::Return { reason: text },
                Ask::Defer => BulkAction::Defer { reason: text, until: local_moment(&until.get_untracked()) },
                _ => BulkAction::Cancel { reason: text },
            },
        );
    });
    let title = Signal::derive(move || match ask {
        Ask::Return => td_string!(l, together.bulk_return_title, n = count_of(bulk)).to_string(),
        Ask::Defer => td_string!(l, together.bulk_defer_title, n = count_of(bulk)).to_string(),
        _ => td_string!(l, search.bulk_cancel_title, n = count_of(bulk)).to_string(),
    });
    let kind = if ask == Ask::Cancel { ButtonKind::Danger } else { ButtonKind::Primary };
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=kind loading=bulk.busy on_click=move |_| send.run(())>{words::action(l, action)}</Button>
        }>
            {(ask == Ask::Defer).then(|| view! {
                <Field label=td_string!(l, requests.defer_until) name="bulk-until">
                    <DateInput name="bulk-until" value=until with_time=true />
                </Field>
            })}
            <Field label=td_string!(l, requests.reason) name="bulk-reason" error=error help=td_string!(l, requests.reason_help)>
                <Textarea name="bulk-reason" value=reason rows=3 maxlength=1000 on_submit=send />
            </Field>
        </Dialog>
    }
}

/// The same words on every selected request.
#[component]
fn CommentMany(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(bulk, Ask::Comment);
    let body = RwSignal::new(String::new());
    let internal = RwSignal::new(false);
    let send = Callback::new(move |()| {
        let text = body.get_untracked().trim().to_owned();
        if !text.is_empty() {
            run(bulk, toasts, BulkAction::Comment { body: text, internal: internal.get_untracked() });
            body.set(String::new());
        }
    });
    let title = Signal::derive(move || td_string!(l, together.bulk_comment_title, n = count_of(bulk)).to_string());
    let reach = move || {
        if internal.get() { td_string!(l, requests.internal_help) } else { td_string!(l, requests.with_resident_help) }
    };
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Primary icon="send" loading=bulk.busy on_click=move |_| send.run(())>
                {move || if internal.get() { td_string!(l, requests.write_internal) } else { td_string!(l, requests.write_resident) }}
            </Button>
        }>
            <Checkbox name="bulk-internal" label=td_string!(l, requests.internal) checked=internal switch=true />
            <Field label=td_string!(l, requests.comment_label) name="bulk-comment" help=Signal::derive(move || reach().to_owned())>
                <Textarea name="bulk-comment" value=body rows=4 maxlength=4000 on_submit=send />
            </Field>
        </Dialog>
    }
}
