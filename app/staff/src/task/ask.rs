//! A question to the resident: while it waits for the answer, the deadline stands still.

use super::{Source, finish::Sheet};
use i18n::{
    deadlines::{clock, days, summary},
    failure, td_string, when,
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    deadlines::{PauseReason, RequestDeadlines, WaitRequest},
    requests::RequestCard,
};
use parts::locale;
use ui::prelude::*;

/// The question while it waits, with the button that ends the waiting.
#[component]
pub(super) fn Asked(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let asked = Memo::new(move |_| {
        card.with(|card| {
            (card.paused == Some(PauseReason::WaitingResident)).then(|| (card.waiting_for.clone(), card.may_wait))
        })
    });
    let end = move |_| {
        let id = card.with_untracked(|card| card.id);
        busy.set(true);
        spawn_local(async move {
            match api::deadlines::wait(id, WaitRequest { waiting: false, reason: None }).await {
                Ok(card) => {
                    from.set(Some(Ok(card)));
                    toasts.success(td_string!(l, deadlines.ask_ended));
                }
                Err(error) => toasts.error(failure::code(l, error.code()), error.0.trace_id),
            }
            busy.set(false);
        });
    };
    move || {
        asked.get().map(|(question, may)| {
            view! {
                <Banner tone=Tone::Warning icon="circle-pause" title=td_string!(l, deadlines.waiting_for)>
                    <p class="m-0 w-full whitespace-pre-wrap [overflow-wrap:anywhere]">{question}</p>
                    {may.then(|| view! { <Button class="min-h-11" loading=busy on_click=end>{td_string!(l, deadlines.ask_end)}</Button> })}
                </Banner>
            }
        })
    }
}

#[component]
pub(super) fn AskSheet(open: RwSignal<bool>, card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let sheet = Sheet::new(open);
    let question = RwSignal::new(String::new());
    let send = move |_| {
        let id = card.with_untracked(|card| card.id);
        let command = WaitRequest { waiting: true, reason: Some(question.get_untracked()) };
        // A question needs its answer: it goes at once or not at all.
        let step = async move { api::deadlines::wait(id, command).await.map(Some) };
        sheet.run(from, td_string!(l, deadlines.asked), step);
    };
    view! {
        <Dialog
            open=open
            title=td_string!(l, deadlines.ask_title)
            footer=move || view! {
                <Button
                    kind=ButtonKind::Primary
                    size=ButtonSize::Big
                    icon="circle-pause"
                    loading=sheet.busy
                    disabled=Signal::derive(move || question.with(|text| text.trim().is_empty()))
                    on_click=send
                >
                    {td_string!(l, deadlines.ask_send)}
                </Button>
            }
        >
            <Field label=td_string!(l, deadlines.ask_label) name="ask-resident" help=td_string!(l, deadlines.ask_help)>
                <Textarea name="ask-resident" value=question maxlength=1000 rows=3 />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}

/// How the deadline was counted, opened by a finger.
#[component]
pub(super) fn How(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let wanted = Memo::new(move |_| card.with(|card| (card.id, card.version, card.due_at)));
    let told = Resource::new(move || wanted.get(), |(id, ..)| async move { api::deadlines::of_request(id).await.ok() });
    let lines = move |found: RequestDeadlines| {
        let each = found.promises.into_iter().map(|promise| {
            let sentence = match &promise.explanation {
                Some(told) => summary(l, told),
                None if promise.by_hand => td_string!(l, deadlines.by_hand, due = when::full(l, promise.due_at)).to_string(),
                None => td_string!(l, deadlines.before_rules, due = when::full(l, promise.due_at)).to_string(),
            };
            view! {
                <p class="m-0"><b>{clock(l, promise.clock)} ": "</b> {sentence}</p>
                {promise.explanation.as_ref().map(|told| view! {
                    <ul class="m-0 pl-5 text-muted">{days(l, told).into_iter().map(|day| view! { <li>{day}</li> }).collect_view()}</ul>
                })}
            }
        });
        each.collect_view()
    };
    view! {
        <Transition>
            {move || told.get().flatten().filter(|found| !found.promises.is_empty()).map(|found| view! {
                <details class="text-sm">
                    <summary class="text-muted min-h-9 content-center cursor-pointer">{td_string!(l, deadlines.how)}</summary>
                    <div class="grid gap-2 pt-1">{lines(found)}</div>
                </details>
            })}
        </Transition>
    }
}
