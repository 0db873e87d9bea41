//! What is missing, and the one button at the bottom.

use super::{
    Source,
    ask::AskSheet,
    finish::{DeferSheet, FinishSheet},
};
use crate::queue::Step;
use api::{ApiError, session::use_me};
use i18n::{failure, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    requests::{Action, AddPhotos, FieldStep, Moment, MoveRequest, RequestCard, Status},
    work::Need,
};
use parts::{DOCK, PhotoField, Uploads, locale};
use ui::prelude::*;

/// What is still missing to finish, while there is something to finish.
#[component]
pub(super) fn Checklist(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let mine = Memo::new(move |_| card.with(|card| card.status.is_open() && !card.actions.is_empty()));
    let started = Memo::new(move |_| card.with(|card| card.status == Status::InProgress));
    let shown = Memo::new(move |_| card.with(|card| card.files.iter().any(|file| file.moment == Moment::After)));
    let required = Memo::new(move |_| card.with(|card| card.work.required.clone()));
    let item = move |done: Signal<bool>, text: &'static str, hint: Option<String>| {
        let class = move || if done.get() { "tone-success tone-text" } else { "text-muted" };
        view! {
            <li class="flex gap-2.5 items-center min-h-9">
                <span class=class>
                    {move || view! { <Icon name=if done.get() { "circle-check" } else { "circle" } size=IconSize::Large /> }}
                </span>
                <span>{text} {hint.map(|hint| view! { <span class="text-muted">{format!(" · {hint}")}</span> })}</span>
            </li>
        }
    };
    move || {
        mine.get().then(|| {
            view! {
                <Card title=td_string!(l, staff.to_finish)>
                    <ul class="m-0 p-0 list-none grid">
                        {item(started.into(), td_string!(l, staff.need_start), None)}
                        // What the company asks for, as the server would refuse it.
                        {move || required.get().into_iter().map(|proof| {
                            let hint = if proof.open > 0 {
                                td_string!(l, work.open_checks, n = proof.open.to_string()).to_string()
                            } else {
                                td_string!(l, work.required).to_owned()
                            };
                            item(Signal::stored(proof.met), work_words::need(l, proof.need), (!proof.met).then_some(hint))
                        }).collect_view()}
                        {move || required.with(|all| all.iter().all(|proof| proof.need != Need::Photo)).then(|| {
                            item(shown.into(), td_string!(l, staff.need_photo), Some(td_string!(l, staff.recommended).to_owned()))
                        })}
                        {item(Signal::stored(false), td_string!(l, staff.need_words), Some(td_string!(l, staff.need_words_hint).to_owned()))}
                    </ul>
                    {move || started.get().then(|| view! { <ResultPhotos card=card from=from /> })}
                </Card>
            }
        })
    }
}

/// Photos of the result may be taken before the end, while the wall is still open.
#[component]
fn ResultPhotos(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let uploads = Uploads::patient();
    let save = move |_| {
        let (file_ids, unsent) = untrack(move || (uploads.ids(), uploads.unsent()));
        let count = (file_ids.len() + unsent.len()).to_string();
        let note = td_string!(l, staff.did_photos, n = count).to_string();
        let command = FieldStep::Photos(AddPhotos { file_ids, moment: Moment::After });
        let step = Step::new(card, command, note).with(unsent);
        busy.set(true);
        spawn_local(async move {
            match step.take().await {
                Ok(newest) => {
                    uploads.clear();
                    open.set(false);
                    match newest {
                        Some(card) => {
                            from.set(Some(Ok(card)));
                            toasts.success(td_string!(l, staff.photo_saved));
                        }
                        None => toasts.info(td_string!(l, staff.kept)),
                    }
                }
                Err(error) => toasts.error(failure::code(l, error.code()), error.0.trace_id),
            }
            busy.set(false);
        });
    };
    move || {
        if !open.get() {
            return view! {
                <Button icon="camera" class="min-h-11 w-full mt-2" on_click=move |_| open.set(true)>{td_string!(l, staff.add_result_photo)}</Button>
            }
            .into_any();
        }
        view! {
            <div class="stack gap-2 mt-2">
                <PhotoField uploads=uploads />
                <Button
                    icon="check"
                    class="min-h-11"
                    loading=busy
                    disabled=Signal::derive(move || uploads.is_empty() || uploads.busy() || uploads.failed())
                    on_click=save
                >
                    {td_string!(l, staff.save_photos)}
                </Button>
            </div>
        }
        .into_any()
    }
}

/// One button with the next legal step; the rest waits in the menu beside it.
#[component]
pub(super) fn NextStep(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let me = use_me().user_id;
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let finishing = RwSignal::new(false);
    let deferring = RwSignal::new(false);
    let asking = RwSignal::new(false);
    let may_ask = Memo::new(move |_| card.with(|card| card.may_wait && card.paused.is_none()));
    let actions = Memo::new(move |_| card.with(|card| card.actions.clone()));
    let status = Memo::new(move |_| card.with(|card| card.status));
    let start = move |_| {
        let command = FieldStep::Move(MoveRequest { action: Action::Start, reason: None, until: None });
        let step = Step::new(card, command, td_string!(l, staff.did_start)).to(Status::InProgress);
        busy.set(true);
        spawn_local(async move {
            match step.take().await {
                Ok(Some(card)) => {
                    from.set(Some(Ok(card)));
                    toasts.success(td_string!(l, staff.started));
                }
                Ok(None) => toasts.info(td_string!(l, staff.kept)),
                Err(ApiError(failure)) => {
                    toasts.error(failure::code(l, failure.code), failure.trace_id);
                    // Somebody moved it meanwhile: show where it stands now.
                    from.refetch();
                }
            }
            busy.set(false);
        });
    };
    let main = move || {
        let actions = actions.get();
        if actions.contains(&Action::Complete) {
            return view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" on_click=move |_| finishing.set(true)>{td_string!(l, staff.finish)}</Button>
            }
            .into_any();
        }
        if actions.contains(&Action::Start) && card.with(|card| card.work.start_waits) {
            return view! { <p class="m-0 grow text-center text-muted">{td_string!(l, work.waits_for_estimate)}</p> }
                .into_any();
        }
        if actions.contains(&Action::Start) {
            let word =
                if status.get() == Status::Assigned { td_string!(l, staff.start) } else { td_string!(l, staff.resume) };
            return view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="play" loading=busy on_click=start>{word}</Button>
            }
            .into_any();
        }
        let mine = card.with(|card| card.assignee.as_ref().is_some_and(|person| person.id == me.0));
        let text = match status.get() {
            Status::Done => td_string!(l, staff.waiting_resident),
            status if !status.is_open() => td_string!(l, staff.over),
            _ if !mine => td_string!(l, staff.not_yours),
            _ => td_string!(l, staff.waiting_desk),
        };
        view! { <p class="m-0 grow text-center text-muted">{text}</p> }.into_any()
    };
    view! {
        <div class=DOCK>
            <div class="grow flex">{main}</div>
            {move || actions.with(|actions| actions.contains(&Action::Defer)).then(|| view! {
                <Menu
                    label=td_string!(l, staff.more)
                    end=true
                    up=true
                    bordered=true
                    trigger=|| view! { <Icon name="more-horizontal" size=IconSize::Large /> }
                >
                    <MenuItem text=td_string!(l, staff.defer) icon="circle-pause" on_click=move |()| deferring.set(true) />
                    {move || may_ask.get().then(|| view! {
                        <MenuItem text=td_string!(l, deadlines.ask) icon="message-circle" on_click=move |()| asking.set(true) />
                    })}
                </Menu>
            })}
        </div>
        <FinishSheet open=finishing card=card from=from />
        <DeferSheet open=deferring card=card from=from />
        <AskSheet open=asking card=card from=from />
    }
}
