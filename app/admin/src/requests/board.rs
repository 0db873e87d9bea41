//! The board: a column for each state, cards to be dragged where the graph allows. Every card has the same moves in a
//! menu, for the keyboard and for touch.

use super::{
    bulk::{Ask, Bulk, run},
    list::short,
    query::ListQuery,
};
use crate::util::{Due, Failed, category_icon, lang, status_look};
use api::session::{use_live, use_me};
use i18n::{td_string, words};
use leptos::prelude::*;
use model::{
    Permission,
    requests::{Action, BoardColumn, BulkAction, Kind, RequestRow, Status},
};
use std::collections::BTreeSet;
use ui::prelude::*;

/// A card under the hand.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    id: String,
    from: Status,
}

/// The states a card may go to, with the action that leads there. Work that begins needs somebody who does it.
fn moves(row: &RequestRow) -> Vec<(Status, Action)> {
    Status::ALL
        .iter()
        .copied()
        .filter_map(|to| Some((to, row.status.road_to(to)?)))
        .filter(|(_, action)| *action != Action::Start || row.assignee.is_some())
        .filter(|(_, action)| *action != Action::Reject)
        .collect()
}

/// Does what leads from one column to another: at once, or after asking for what is needed.
fn go(bulk: Bulk, toasts: Toasts, id: &str, action: Action) {
    bulk.rows.selected.set(BTreeSet::from([id.to_owned()]));
    match action {
        Action::Assign => bulk.ask(Ask::Assign),
        Action::Defer => bulk.ask(Ask::Defer),
        Action::Return => bulk.ask(Ask::Return),
        Action::Cancel | Action::Reject => bulk.ask(Ask::Cancel),
        Action::Start => run(bulk, toasts, BulkAction::Start),
        Action::Complete => run(bulk, toasts, BulkAction::Complete),
        Action::Close => run(bulk, toasts, BulkAction::Close),
    }
}

#[component]
pub(super) fn Board(query: Memo<ListQuery>, bulk: Bulk, changed: RwSignal<u32>) -> impl IntoView {
    let (me, live) = (use_me(), use_live());
    let user = me.user_id;
    let beat: Signal<u64> = use_debounced(live.version(), 500);
    let columns = Resource::new(
        move || (query.get(), beat.get(), changed.get()),
        move |(query, ..)| api::together::board(query.filter(user)),
    );
    let held = RwSignal::new(None::<Held>);
    let may_move = me.can(Permission::RequestsUpdate);
    view! {
        <Transition fallback=|| view! { <Skeleton lines=12 /> }>
            {move || columns.get().map(|answer| match answer {
                Err(error) => view! { <Failed failure=error.0 back="/desk" on_retry=move |()| columns.refetch() /> }.into_any(),
                Ok(all) => view! {
                    <div class="grid grid-flow-col auto-cols-[minmax(15rem,1fr)] gap-3 overflow-x-auto pb-3 snap-x" tabindex="0">
                        {all.into_iter().map(|column| view! { <Lane column=column query=query bulk=bulk held=held may_move=may_move /> }).collect_view()}
                    </div>
                }.into_any(),
            })}
        </Transition>
    }
}

#[component]
fn Lane(
    column: BoardColumn,
    query: Memo<ListQuery>,
    bulk: Bulk,
    held: RwSignal<Option<Held>>,
    may_move: bool,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let status = column.status;
    let (tone, icon) = status_look(status);
    let n = column.rows.len();
    let takes = Signal::derive(move || held.with(|held| held.as_ref().and_then(|held| held.from.road_to(status))));
    let more = column.more.then(|| {
        let to = query.with_untracked(|q| q.but(&[("status", Some(status.as_str())), ("show", None)]));
        view! { <a class="link text-sm" href=to>{td_string!(l, together.board_more)}</a> }
    });
    view! {
        <section
            class="grid content-start gap-2 rounded-panel bg-base-200 p-2 snap-start min-h-40"
            class:outline-2=move || takes.get().is_some()
            class:outline-primary=move || takes.get().is_some()
            class:opacity-60=move || held.with(|held| held.as_ref().is_some_and(|held| held.from != status)) && takes.get().is_none()
            aria-label=words::status(l, status)
            on:dragover=move |ev| {
                // Only where it may go does the browser let it fall.
                if takes.get_untracked().is_some() {
                    ev.prevent_default();
                }
            }
            on:drop=move |ev| {
                ev.prevent_default();
                let action = takes.get_untracked();
                if let (Some(held), Some(action)) = (held.get_untracked(), action) {
                    go(bulk, toasts, &held.id, action);
                }
                held.set(None);
            }
        >
            <h2 class="m-0 row gap-2 text-sm font-semibold">
                <Pill text=words::status(l, status) tone=tone icon=icon plain=true />
                <span class="ml-auto num text-muted">{if column.more { format!("{n}+") } else { n.to_string() }}</span>
            </h2>
            {(n == 0).then(|| view! { <p class="m-0 text-sm text-muted">{td_string!(l, together.board_empty)}</p> })}
            {column.rows.into_iter().map(|row| view! { <BoardCard row=row bulk=bulk held=held may_move=may_move /> }).collect_view()}
            {more}
        </section>
    }
}

#[component]
fn BoardCard(row: RequestRow, bulk: Bulk, held: RwSignal<Option<Held>>, may_move: bool) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let (id, from) = (StoredValue::new(row.id.to_string()), row.status);
    let ways = if may_move { moves(&row) } else { Vec::new() };
    let movable = !ways.is_empty();
    let category = words::category(l, row.category);
    let text = if row.description.is_empty() { category.to_owned() } else { row.description.clone() };
    let label = td_string!(l, together.board_move, number = row.number.to_string()).to_string();
    view! {
        <article
            class="panel p-2.5 grid gap-1.5"
            class:cursor-grab=movable
            draggable=if movable { "true" } else { "false" }
            on:dragstart=move |ev| {
                if let Some(data) = ev.data_transfer() {
                    let _ = data.set_data("text/plain", &id.get_value());
                }
                held.set(Some(Held { id: id.get_value(), from }));
            }
            on:dragend=move |_| held.set(None)
        >
            <div class="row flex-nowrap gap-2">
                <a class="link num font-semibold" href=format!("/desk/requests/{}", row.id) draggable="false">{format!("№{}", row.number)}</a>
                {(row.kind == Kind::Emergency).then(|| view! { <Icon name="siren" class="text-error" label=words::kind(l, Kind::Emergency) /> })}
                {row.awaits_answer.then(|| view! { <Icon name="message-circle" class="text-warning" label=td_string!(l, together.awaits) /> })}
                <span class="ml-auto">
                    {movable.then(|| view! {
                        <Menu label=label end=true size=ButtonSize::Small trigger=|| view! { <Icon name="arrow-right" /> }>
                            {ways.into_iter().map(|(to, action)| {
                                let hint = words::status(l, to);
                                view! {
                                    <MenuItem text=words::action(l, action) hint=hint on_click=move |()| go(bulk, toasts, &id.get_value(), action) />
                                }
                            }).collect_view()}
                        </Menu>
                    })}
                </span>
            </div>
            <div class="truncate" title=row.address.clone()>{row.address.clone()}</div>
            <div class="text-sm text-muted line-clamp-2"><Icon name=category_icon(row.category) size=IconSize::Small class="mr-1" label=category />{text}</div>
            <div class="row flex-nowrap gap-2 text-sm">
                <Due time=row.time() />
                <span class="ml-auto truncate">{match row.assignee {
                    Some(person) => view! {
                        <span class="inline-flex items-center gap-1.5" title=person.name.clone()><Avatar name=person.name.clone() decorative=true />{short(&person.name)}</span>
                    }.into_any(),
                    None => view! { <span class="text-muted">{td_string!(l, common.nobody)}</span> }.into_any(),
                }}</span>
            </div>
        </article>
    }
}
