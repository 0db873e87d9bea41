//! Blocking, and dismissing with a hand-over of the open work.

use crate::util::{Failed, StatusPill, category_icon, lang, tell_failure, toast_failure};
use api::confirm::use_confirming;
use i18n::{td_string, words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    UserId,
    staff::{DismissStaff, HandOver, OpenWork, StaffCard},
};
use ui::prelude::*;

/// The buttons of a card that end or give back access.
#[component]
pub(super) fn Leave(card: RwSignal<StaffCard>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let (blocking, dismissing, busy) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let name = Signal::derive(move || card.with(|c| c.name.clone()));
    let set_blocked = Callback::new(move |block: bool| {
        let id = card.with_untracked(|c| c.id);
        busy.set(true);
        spawn_local(async move {
            let answer = if block {
                asking.sure(move || api::staff::block(id)).await
            } else {
                asking.sure(move || api::staff::unblock(id)).await
            };
            match answer {
                Ok(fresh) => {
                    card.set(fresh);
                    blocking.set(false);
                    toasts.success(if block {
                        td_string!(l, staff_admin.blocked_done)
                    } else {
                        td_string!(l, staff_admin.unblocked_done)
                    });
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    });
    view! {
        {move || {
            let (manages, blocked, left) = card.with(|c| (c.may_manage, c.blocked_at.is_some(), c.dismissed_at.is_some()));
            manages.then(|| view! {
                {if blocked {
                    view! { <Button icon="lock-open" loading=busy on_click=move |_| set_blocked.run(false)>{td_string!(l, staff_admin.unblock)}</Button> }.into_any()
                } else {
                    view! { <Button icon="lock" on_click=move |_| blocking.set(true)>{td_string!(l, staff_admin.block)}</Button> }.into_any()
                }}
                {(!left).then(|| view! {
                    <Button kind=ButtonKind::Danger icon="log-out" on_click=move |_| dismissing.set(true)>{td_string!(l, staff_admin.dismiss)}</Button>
                })}
            })
        }}
        <Confirm
            open=blocking
            title=td_string!(l, staff_admin.block)
            text=Signal::derive(move || td_string!(l, staff_admin.block_text, name = name.get()).to_string())
            verb=td_string!(l, staff_admin.block)
            busy=busy
            on_confirm=move |()| set_blocked.run(true)
        />
        <Dialog open=dismissing wide=true
            title=Signal::derive(move || td_string!(l, staff_admin.dismiss_title, name = name.get()).to_string())>
            <Dismissal card=card open=dismissing />
        </Dialog>
    }
}

#[component]
fn Dismissal(card: RwSignal<StaffCard>, open: RwSignal<bool>) -> impl IntoView {
    let (l, toasts, asking) = (lang(), use_toasts(), use_confirming());
    let id = card.with_untracked(|c| c.id);
    let work = LocalResource::new(move || api::staff::open_work(id));
    let staff = LocalResource::new(api::staff::list);
    tell_failure(staff);
    // Nobody chosen is a choice: back to the new ones.
    let to = RwSignal::new(String::new());
    let except = RwSignal::new(Vec::<(OpenWork, RwSignal<String>)>::new());
    effect(move || {
        if let Some(Ok(work)) = work.get() {
            except.set(work.into_iter().map(|w| (w, RwSignal::new(AS_ALL.to_owned()))).collect());
        }
    });
    // Whoever does not know what somebody leaves behind must not send it all back.
    let known = Signal::derive(move || work.get().map(|work| work.map(|_| ())));
    let people = Memo::new(move |_| {
        let rows = staff.get().and_then(Result::ok).unwrap_or_default();
        rows.into_iter()
            .filter(|p| p.id != id)
            .map(|p| {
                let skills: Vec<&str> = p.skills.iter().map(|s| words::skill(l, *s)).collect();
                let label = if skills.is_empty() { p.name } else { format!("{} ({})", p.name, skills.join(", ")) };
                Opt::new(p.id.to_string(), label)
            })
            .collect::<Vec<_>>()
    });
    let takers = Signal::derive(move || {
        std::iter::once(Opt::new("", td_string!(l, staff_admin.back_to_new))).chain(people.get()).collect::<Vec<_>>()
    });
    let each = Signal::derive(move || {
        [Opt::new(AS_ALL, td_string!(l, staff_admin.as_all)), Opt::new("", td_string!(l, staff_admin.back_to_new))]
            .into_iter()
            .chain(people.get())
            .collect::<Vec<_>>()
    });
    let busy = RwSignal::new(false);
    let dismiss = move |_| {
        let command = DismissStaff {
            to: to.get_untracked().parse::<UserId>().ok(),
            except: except.with_untracked(|all| {
                all.iter()
                    .map(|(work, to)| (work.id, to.get_untracked()))
                    .filter(|(_, to)| to != AS_ALL)
                    .map(|(request_id, to)| HandOver { request_id, to: to.parse().ok() })
                    .collect()
            }),
        };
        busy.set(true);
        spawn_local(async move {
            match asking.sure(move || api::staff::dismiss(id, command.clone())).await {
                Ok(fresh) => {
                    open.set(false);
                    card.set(fresh);
                    toasts.success(td_string!(l, staff_admin.dismissed_done));
                }
                Err(error) => toast_failure(toasts, l, &error),
            }
            busy.set(false);
        });
    };
    view! {
        <div class="stack">
            <p>{td_string!(l, staff_admin.dismiss_text)}</p>
            {move || match (known.get(), except.get()) {
                (None, _) => view! { <Skeleton lines=3 /> }.into_any(),
                (Some(Err(error)), _) => view! { <Failed failure=error.0 back="/desk/staff" on_retry=Callback::new(move |()| work.refetch()) /> }.into_any(),
                (Some(Ok(())), all) if all.is_empty() => view! { <p class="text-muted">{td_string!(l, staff_admin.dismiss_none)}</p> }.into_any(),
                (Some(Ok(())), all) => view! {
                    <Field label=td_string!(l, staff_admin.dismiss_all_to) name="dismiss-to">
                        <Select name="dismiss-to" options=takers value=to />
                    </Field>
                    <div class="panel max-h-80 overflow-y-auto">
                        {all.into_iter().map(|(work, choice)| view! {
                            <div class="flex flex-wrap items-center gap-2 px-4 py-2 border-b border-line last:border-b-0">
                                <Icon name=category_icon(work.category) class="text-muted" />
                                <span class="grow min-w-48">
                                    <span class="block">{format!("№{} · {}", work.number, words::category(l, work.category))}</span>
                                    <span class="block text-xs text-muted">{work.address.clone()}</span>
                                </span>
                                <StatusPill status=work.status />
                                <div class="w-full sm:w-56">
                                    <Select name=format!("give-{}", work.id) options=each value=choice label=format!("№{}", work.number) />
                                </div>
                            </div>
                        }).collect_view()}
                    </div>
                }.into_any(),
            }}
            <div class="row justify-end">
                <Button on_click=move |_| open.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Danger loading=busy disabled=Signal::derive(move || !matches!(known.get(), Some(Ok(())))) on_click=dismiss>{td_string!(l, staff_admin.dismiss)}</Button>
            </div>
        </div>
    }
}

/// A request that goes where the rest goes.
const AS_ALL: &str = "all";
