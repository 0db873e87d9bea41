//! One action on all selected requests.

use super::assign::{fitting, words_of};
use crate::{
    lists::{Many, Refusals, count_of, opened},
    util::{lang, priority_options},
};
use i18n::{failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure, Permission, UserId,
    requests::{Action, BulkAction, BulkCommand, RequestRow},
    staff::StaffRow,
};
use ui::prelude::*;

/// What is asked before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    Assign,
    Status,
    Cancel,
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

fn run(bulk: Bulk, toasts: Toasts, action: BulkAction) {
    bulk.run(toasts, |ids| api::requests::bulk(BulkCommand { ids, action }));
}

#[component]
pub(super) fn BulkBar(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let me = api::session::use_me();
    let (assigns, updates) = (me.can(Permission::RequestsAssign), me.can(Permission::RequestsUpdate));
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
                <Button icon="check-check" disabled=busy on_click=move |_| run(bulk, toasts, BulkAction::Close)>
                    {words::action(l, Action::Close)}
                </Button>
                <Button icon="circle-x" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Cancel))>
                    {words::action(l, Action::Cancel)}
                </Button>
            })}
        </SelectionBar>
        <AssignMany bulk=bulk />
        <ChooseStep bulk=bulk />
        <CancelMany bulk=bulk />
        <Refusals of=bulk />
    }
}

#[component]
fn AssignMany(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(bulk, Ask::Assign);
    let staff = RwSignal::new(None::<Result<Vec<StaffRow>, Failure>>);
    let typed = RwSignal::new(String::new());
    Effect::new(move |_| {
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
                <button type="button" class="menu-row min-h-11" on:click=move |_| run(bulk, toasts, BulkAction::Close)>
                    <Icon name="check-check" />{words::action(l, Action::Close)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.asking.set(Some(Ask::Cancel))>
                    <Icon name="circle-x" />{words::action(l, Action::Cancel)}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn CancelMany(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let open = opened(bulk, Ask::Cancel);
    let (reason, error) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let send = Callback::new(move |()| {
        let text = reason.get_untracked().trim().to_owned();
        if text.is_empty() {
            error.set(Some(td_string!(l, errors.field_required).to_owned()));
        } else {
            error.set(None);
            run(bulk, toasts, BulkAction::Cancel { reason: text });
        }
    });
    let title = Signal::derive(move || td_string!(l, search.bulk_cancel_title, n = count_of(bulk)).to_string());
    view! {
        <Dialog open=open title=title footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
            <Button kind=ButtonKind::Danger loading=bulk.busy on_click=move |_| send.run(())>{words::action(l, Action::Cancel)}</Button>
        }>
            <Field label=td_string!(l, requests.reason) name="bulk-reason" error=error help=td_string!(l, requests.reason_help)>
                <Textarea name="bulk-reason" value=reason rows=3 maxlength=1000 on_submit=send />
            </Field>
        </Dialog>
    }
}
