//! One action on all selected requests. What could not be done stays selected, each with its reason.

use super::assign::{fitting, words_of};
use crate::util::{lang, local_input, local_moment, priority_options, toast_failure};
use i18n::{failure, td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Failure, Permission, RequestId, UserId,
    requests::{Action, BulkAction, BulkCommand, BulkUndo, JoinRequests, RequestRow},
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

/// The selection and what hangs on it.
#[derive(Clone, Copy)]
pub(super) struct Bulk {
    pub selected: RwSignal<BTreeSet<String>>,
    rows: Signal<Option<Vec<RequestRow>>>,
    busy: RwSignal<bool>,
    asking: RwSignal<Option<Ask>>,
    failed: RwSignal<Vec<(String, Failure)>>,
    done: RwSignal<usize>,
    changed: Callback<()>,
}

impl Bulk {
    pub fn new(rows: Signal<Option<Vec<RequestRow>>>, changed: Callback<()>) -> Self {
        Self {
            selected: RwSignal::new(BTreeSet::new()),
            rows,
            busy: RwSignal::new(false),
            asking: RwSignal::new(None),
            failed: RwSignal::new(Vec::new()),
            done: RwSignal::new(0),
            changed,
        }
    }

    /// Asks about the selection, or about the row under the cursor when nothing is selected.
    pub fn ask(self, ask: Ask, active: Option<String>) {
        if self.selected.with_untracked(BTreeSet::is_empty)
            && let Some(active) = active
        {
            self.selected.set(BTreeSet::from([active]));
        }
        if !self.selected.with_untracked(BTreeSet::is_empty) {
            self.asking.set(Some(ask));
        }
    }

    pub fn toggle(self, key: &str) {
        self.selected.update(|set| {
            if !set.remove(key) {
                set.insert(key.to_owned());
            }
        });
    }

    fn number(self, id: RequestId) -> String {
        self.rows
            .with_untracked(|rows| rows.iter().flatten().find(|row| row.id == id).map(|row| format!("№{}", row.number)))
            .unwrap_or_default()
    }

    pub(super) fn run(self, toasts: Toasts, action: BulkAction) {
        let l = lang();
        let ids: Vec<RequestId> = self.selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() || self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            match api::requests::bulk(BulkCommand { ids, action }).await {
                Ok(outcomes) => {
                    let done = outcomes.iter().filter(|one| one.failure.is_none()).count();
                    let back: Vec<_> =
                        outcomes.iter().filter_map(|one| Some((one.id, one.undo.clone()?))).collect();
                    let failed: Vec<_> = outcomes.into_iter().filter_map(|one| Some((one.id, one.failure?))).collect();
                    self.selected.set(failed.iter().map(|(id, _)| id.to_string()).collect());
                    self.done.set(done);
                    let said = td_string!(l, search.bulk_done, n = done.to_string()).to_string();
                    if done > 0 && !back.is_empty() {
                        toasts.success_undo(said, move || self.take_back(toasts, back.clone()));
                    } else if failed.is_empty() {
                        toasts.success(said);
                    }
                    self.failed.set(failed.into_iter().map(|(id, failure)| (self.number(id), failure)).collect());
                    self.asking.set(None);
                    self.changed.run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            self.busy.set(false);
        });
    }
}

impl Bulk {
    /// Each request goes back by an ordinary step; what has moved on meanwhile is told with its reason.
    fn take_back(self, toasts: Toasts, steps: Vec<(RequestId, BulkUndo)>) {
        let l = lang();
        spawn_local(async move {
            match api::together::undo_many(steps).await {
                Ok(outcomes) => {
                    let done = outcomes.iter().filter(|one| one.failure.is_none()).count();
                    toasts.success(td_string!(l, together.bulk_undone, n = done.to_string()).to_string());
                    let failed: Vec<_> = outcomes.into_iter().filter_map(|one| Some((one.id, one.failure?))).collect();
                    self.done.set(done);
                    self.failed.set(failed.into_iter().map(|(id, failure)| (self.number(id), failure)).collect());
                    self.changed.run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
        });
    }

    /// The oldest of the selected takes the others in.
    fn join(self, toasts: Toasts) {
        let l = lang();
        let mut ids: Vec<RequestId> = self.selected.get_untracked().iter().filter_map(|id| id.parse().ok()).collect();
        let filed = |id: &RequestId| {
            self.rows.with_untracked(|rows| rows.iter().flatten().find(|row| row.id == *id).map(|row| row.created_at))
        };
        ids.sort_by_key(|id| (filed(id), id.0));
        let Some((main, duplicates)) = ids.split_first() else { return };
        if duplicates.is_empty() || self.busy.get_untracked() {
            return;
        }
        let (main, duplicates, number) = (*main, duplicates.to_vec(), self.number(*main));
        self.busy.set(true);
        spawn_local(async move {
            match api::together::join(main, JoinRequests { duplicates: duplicates.clone() }).await {
                Ok(_) => {
                    self.selected.update(BTreeSet::clear);
                    let said = format!("{} → {number}", duplicates.len());
                    toasts.success_undo(said, move || {
                        let duplicates = duplicates.clone();
                        spawn_local(async move {
                            for id in duplicates {
                                if let Err(error) = api::together::take_out(id).await {
                                    toast_failure(toasts, l, &error);
                                }
                            }
                            self.changed.run(());
                        });
                    });
                    self.changed.run(());
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            self.busy.set(false);
        });
    }
}

#[component]
pub(super) fn BulkBar(bulk: Bulk) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let me = api::session::use_me();
    let (assigns, updates) = (me.can(Permission::RequestsAssign), me.can(Permission::RequestsUpdate));
    let busy = bulk.busy;
    view! {
        <SelectionBar selected=bulk.selected>
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
                            <MenuItem text=opt.label on_click=move |()| bulk.run(toasts, BulkAction::Priority { priority }) />
                        })
                    }).collect_view()}
                </Menu>
                <Button icon="message-square" disabled=busy on_click=move |_| bulk.asking.set(Some(Ask::Comment))>
                    <span class="max-xl:sr-only">{td_string!(l, together.bulk_comment)}</span>
                </Button>
                <Button icon="git-merge" disabled=Signal::derive(move || busy.get() || bulk.selected.with(|set| set.len() < 2))
                    on_click=move |_| bulk.join(toasts)>
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
                href=move || print_href(&bulk.selected.get())>
                <Icon name="printer" /><span class="max-xl:sr-only">{td_string!(l, together.bulk_print)}</span>
            </a>
        </SelectionBar>
        <AssignMany bulk=bulk />
        <ChooseStep bulk=bulk />
        <Because bulk=bulk ask=Ask::Cancel action=Action::Cancel />
        <Because bulk=bulk ask=Ask::Return action=Action::Return />
        <Because bulk=bulk ask=Ask::Defer action=Action::Defer />
        <CommentMany bulk=bulk />
        <Refusals bulk=bulk />
    }
}

/// A dialog that is open while `ask` is being asked.
fn opened(bulk: Bulk, ask: Ask) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(bulk.asking.get() == Some(ask)));
    Effect::new(move |was: Option<bool>| {
        let now = open.get();
        if was == Some(true) && !now && bulk.asking.get_untracked() == Some(ask) {
            bulk.asking.set(None);
        }
        now
    });
    open
}

fn count_of(bulk: Bulk) -> String {
    bulk.selected.with(BTreeSet::len).to_string()
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
    let give = Callback::new(move |id: UserId| bulk.run(toasts, BulkAction::Assign { assignee_id: id }));
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
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.run(toasts, BulkAction::Start)>
                    <Icon name="play" />{words::action(l, Action::Start)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.asking.set(Some(Ask::Defer))>
                    <Icon name="circle-pause" />{words::action(l, Action::Defer)}
                </button>
                <button type="button" class="menu-row min-h-11" on:click=move |_| bulk.run(toasts, BulkAction::Close)>
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
    Effect::new(move |_| {
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
        bulk.run(toasts, match ask {
            Ask::Return => BulkAction::Return { reason: text },
            Ask::Defer => BulkAction::Defer { reason: text, until: local_moment(&until.get_untracked()) },
            _ => BulkAction::Cancel { reason: text },
        });
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
            bulk.run(toasts, BulkAction::Comment { body: text, internal: internal.get_untracked() });
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

/// What was not done, and why.
#[component]
fn Refusals(bulk: Bulk) -> impl IntoView {
    let l = lang();
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(bulk.failed.with(|failed| !failed.is_empty())));
    let title = Signal::derive(move || {
        td_string!(l, search.bulk_failed_title, n = bulk.failed.with(Vec::len).to_string()).to_string()
    });
    view! {
        <Dialog open=open title=title on_close=move |()| bulk.failed.set(Vec::new())
            footer=move || view! { <Button kind=ButtonKind::Primary on_click=move |_| open.set(false)>{td_string!(l, search.key_close)}</Button> }>
            <p>{move || td_string!(l, search.bulk_failed_text, n = bulk.done.get().to_string()).to_string()}</p>
            <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 max-h-80 overflow-y-auto">
                {move || bulk.failed.get().into_iter().map(|(number, refusal)| {
                    let why = refusal.fields.first().map_or_else(|| failure::code(l, refusal.code).to_owned(), |f| failure::field(l, f));
                    view! { <dt class="num font-semibold">{number}</dt><dd class="m-0">{why}</dd> }
                }).collect_view()}
            </dl>
        </Dialog>
    }
}
