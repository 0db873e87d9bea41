//! Who is on a request besides the assignee: the responsible and the watchers.

use super::{
    assign::{fitting, words_of},
    control::Control,
    page::Open,
};
use crate::util::{lang, toast_failure};
use api::ApiResult;
use i18n::{failure, td_string};
use leptos::{prelude::*, task::spawn_local};
use model::{
    UserId,
    requests::{RequestCard, SetResponsible, WatchRequest},
    staff::StaffRow,
};
use std::future::Future;
use ui::prelude::*;

/// Sends a change and shows its answer, or why it was refused.
pub(super) fn send(open: Open, toasts: Toasts, call: impl Future<Output = ApiResult<RequestCard>> + 'static) {
    let l = lang();
    spawn_local(async move {
        match call.await {
            Ok(card) => open.take(card),
            Err(error) => toast_failure(toasts, l, &error),
        }
    });
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pick {
    Responsible,
    Watcher,
}

#[component]
pub(super) fn Watchers(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let together = open.part(|card| {
        let together = &card.together;
        (together.responsible.clone(), together.watchers.clone(), together.watching, together.may_arrange)
    });
    let picking = RwSignal::new(None::<Pick>);
    let watch = move |user_id: Option<UserId>, on: bool| {
        send(open, toasts, api::talk::watch(open.id, WatchRequest { user_id, on }));
    };
    view! {
        <Card title=td_string!(l, together.people) actions=move || view! {
            {move || {
                let watching = together.with(|t| t.2);
                let word = if watching { td_string!(l, together.unwatch_me) } else { td_string!(l, together.watch_me) };
                view! {
                    <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon=if watching { "eye-off" } else { "eye" }
                        on_click=move |_| watch(None, !watching)>{word}</Button>
                }
            }}
        }>
            <KeyValues>
                <Fact label=td_string!(l, together.responsible)>
                    {move || {
                        let (person, _, _, may) = together.get();
                        let word = if person.is_some() { td_string!(l, common.edit) } else { td_string!(l, together.responsible_set) };
                        let name = match person {
                            Some(person) => view! {
                                <span class="inline-flex items-center gap-2"><Avatar name=person.name.clone() decorative=true />{person.name}</span>
                            }.into_any(),
                            None => view! { <span class="text-muted">{td_string!(l, together.responsible_none)}</span> }.into_any(),
                        };
                        view! {
                            <span class="row gap-2">
                                {name}
                                {may.then(|| view! {
                                    <Button kind=ButtonKind::Ghost size=ButtonSize::Small on_click=move |_| picking.set(Some(Pick::Responsible))>{word}</Button>
                                })}
                            </span>
                        }
                    }}
                </Fact>
                <Fact label=td_string!(l, together.watchers)>
                    {move || {
                        let (_, people, _, may) = together.get();
                        let none = people.is_empty();
                        view! {
                            <span class="row gap-1.5">
                                {none.then(|| view! { <span class="text-muted">{td_string!(l, together.responsible_none)}</span> })}
                                {people.into_iter().map(|person| {
                                    let id = UserId(person.id);
                                    if may {
                                        let hint = td_string!(l, together.watch_remove, name = person.name.clone()).to_string();
                                        view! {
                                            <span title=hint><Chip text=person.name on_remove=move |()| watch(Some(id), false) /></span>
                                        }.into_any()
                                    } else {
                                        view! { <span class="chip">{person.name}</span> }.into_any()
                                    }
                                }).collect_view()}
                                {may.then(|| view! {
                                    <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="user-plus" on_click=move |_| picking.set(Some(Pick::Watcher))>
                                        {td_string!(l, together.watch_add)}
                                    </Button>
                                })}
                            </span>
                        }
                    }}
                </Fact>
            </KeyValues>
            <Control open=open />
        </Card>
        <PickDialog open=open picking=picking />
    }
}

#[component]
fn PickDialog(open: Open, picking: RwSignal<Option<Pick>>) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let shown = RwSignal::new(false);
    let staff = RwSignal::new(None::<ApiResult<Vec<StaffRow>>>);
    let typed = RwSignal::new(String::new());
    let what = RwSignal::new(Pick::Watcher);
    effect(move || {
        if let Some(pick) = picking.get() {
            what.set(pick);
            typed.set(String::new());
            picking.set(None);
            shown.set(true);
            spawn_local(async move { staff.set(Some(api::staff::list().await)) });
        }
    });
    let found = Signal::derive(move || {
        staff.with(|staff| match staff {
            Some(Ok(all)) => fitting(l, all, &typed.get()),
            _ => Vec::new(),
        })
    });
    let choose = Callback::new(move |user: Option<UserId>| {
        shown.set(false);
        match what.get_untracked() {
            Pick::Responsible => send(open, toasts, api::talk::responsible(open.id, SetResponsible { user_id: user })),
            Pick::Watcher => send(open, toasts, api::talk::watch(open.id, WatchRequest { user_id: user, on: true })),
        }
    });
    let title = Signal::derive(move || {
        let word = match what.get() {
            Pick::Responsible => td_string!(l, together.responsible),
            Pick::Watcher => td_string!(l, together.watchers),
        };
        word.to_owned()
    });
    view! {
        <Dialog open=shown title=title>
            {move || (what.get() == Pick::Responsible).then(|| view! {
                <p class="m-0 text-muted">{td_string!(l, together.responsible_help)}</p>
            })}
            <form on:submit=move |ev| {
                ev.prevent_default();
                if let Some(first) = found.with_untracked(|all| all.first().map(|person| person.id)) {
                    choose.run(Some(first));
                }
            }>
                <Input name="pick-search" icon="search" value=typed autocomplete="off" autofocus=true
                    placeholder=td_string!(l, together.pick_person) label=td_string!(l, together.pick_person) />
            </form>
            <div class="grid content-start gap-0.5 h-80 max-h-[55dvh] overflow-y-auto">
                {move || (what.get() == Pick::Responsible && open.card.with(|card| card.together.responsible.is_some())).then(|| view! {
                    <button type="button" class="menu-row min-h-11" on:click=move |_| choose.run(None)>
                        <Icon name="x" />{td_string!(l, together.responsible_none)}
                    </button>
                })}
                {move || match staff.get() {
                    None => view! { <Skeleton lines=6 /> }.into_any(),
                    Some(Err(error)) => view! { <ErrorState text=failure::code(l, error.code()) code=error.code().to_string() /> }.into_any(),
                    Some(Ok(_)) => found.get().into_iter().map(|person| {
                        let (id, about) = (person.id, words_of(l, &person));
                        view! {
                            <button type="button" class="menu-row min-h-12" on:click=move |_| choose.run(Some(id))>
                                <Avatar name=person.name.clone() decorative=true />
                                <span class="grow min-w-0">
                                    <span class="block truncate">{person.name}</span>
                                    <span class="block truncate text-xs text-muted">{about}</span>
                                </span>
                            </button>
                        }
                    }).collect_view().into_any(),
                }}
            </div>
        </Dialog>
    }
}
