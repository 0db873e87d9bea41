//! The time of a request: how much is left and how the deadline was counted; the question to the resident.

use super::page::Open;
use crate::util::{Due, lang, toast_failure};
use api::session::use_now;
use i18n::{
    Locale,
    deadlines::{clock, days, rule, summary},
    failure, td_string, when,
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    deadlines::{PauseReason, Promise, RequestDeadlines, WaitRequest},
    requests::{RequestCard, TimeLeft},
};
use ui::prelude::*;

/// The explanation, fetched again whenever something that it depends on has changed.
#[derive(Clone, Copy)]
pub(super) struct Told(RwSignal<Option<RequestDeadlines>>);

impl Told {
    /// `first` came with the page.
    pub fn keep(open: Open, first: Option<RequestDeadlines>) -> Self {
        let told = RwSignal::new(first);
        let touched = open.part(|card| (card.version, card.due_at, card.respond_by, card.responded_at, card.paused));
        effect_after(move |seen: Option<_>| {
            let now = touched.get();
            if seen.is_some_and(|seen| seen != now) {
                spawn_local(async move {
                    if let Ok(fresh) = api::deadlines::of_request(open.id).await {
                        let _ = told.try_set(Some(fresh));
                    }
                });
            }
            now
        });
        Self(told)
    }
}

fn sentence(l: Locale, promise: &Promise) -> String {
    match &promise.explanation {
        Some(told) => summary(l, told),
        None if promise.by_hand => td_string!(l, deadlines.by_hand, due = when::full(l, promise.due_at)).to_string(),
        None => td_string!(l, deadlines.before_rules, due = when::full(l, promise.due_at)).to_string(),
    }
}

/// Time left beside the title, with the count of the clock that runs on hover and focus.
#[component]
pub(super) fn TimeMark(open: Open, told: Told) -> impl IntoView {
    let l = lang();
    let time = open.part(RequestCard::time);
    let tip = move |time: TimeLeft| {
        let of = time.next().map(|(clock, _)| clock);
        let found = told.0.get()?;
        let promise = found.promises.iter().find(|p| of.is_none_or(|of| p.clock == of) || of.is_none())?;
        Some(sentence(l, promise))
    };
    view! {
        {move || {
            let time = time.get();
            let text = tip(time).unwrap_or_default();
            if text.is_empty() {
                view! { <Due time=time ground=true /> }.into_any()
            } else {
                view! { <Tooltip below=true focusable=true text=text><Due time=time ground=true /></Tooltip> }.into_any()
            }
        }}
    }
}

/// Both promises, whether they were kept, and the count as plain text for fingers and screen readers.
#[component]
pub(super) fn Promises(told: Told) -> impl IntoView {
    let (l, now) = (lang(), use_now());
    let line = move |promise: Promise| {
        let Promise { due_at, met_at, .. } = promise;
        let kept = met_at.map(|at| {
            let time = when::moment(l, at, now.get_untracked());
            if at > due_at {
                view! { <span class="tone-danger tone-text">{td_string!(l, deadlines.met_late, time = time).to_string()}</span> }.into_any()
            } else {
                view! { <span class="text-muted">{td_string!(l, deadlines.met, time = time).to_string()}</span> }.into_any()
            }
        });
        view! {
            <Fact label=clock(l, promise.clock)>
                <span title=when::full(l, due_at)>{move || when::moment(l, due_at, now.get())}</span>
                {kept.map(|kept| view! { <span class="text-muted">" · "</span> {kept} })}
            </Fact>
        }
    };
    view! {
        {move || told.0.get().map(|found| {
            found.promises.into_iter().map(line).collect_view()
        })}
    }
}

/// How both were counted; stands below the list of facts, which holds nothing but facts.
#[component]
pub(super) fn Counted(told: Told) -> impl IntoView {
    move || told.0.get().map(|found| view! { <How found=found /> })
}

/// Opens on touch as well: the same words as the tip, then day by day.
#[component]
fn How(found: RequestDeadlines) -> impl IntoView {
    let l = lang();
    let RequestDeadlines { promises, policy, rule: by, .. } = found;
    let by = by.map(|by| {
        let text = td_string!(l, deadlines.by_rule, rule = rule(l, &by, None)).to_string();
        let edition = match policy {
            Some(n) if n > 0 => td_string!(l, deadlines.edition, n = n.to_string()).to_string(),
            _ => td_string!(l, deadlines.usual_edition).to_owned(),
        };
        format!("{text} ({edition})")
    });
    (!promises.is_empty()).then(|| {
        view! {
            <details class="text-sm">
                <summary class="link cursor-pointer">{td_string!(l, deadlines.how)}</summary>
                <div class="grid gap-3 pt-2">
                    {by.map(|text| view! { <p class="m-0">{text}</p> })}
                    {promises.into_iter().map(|promise| view! {
                        <div class="grid gap-1">
                            <p class="m-0"><b>{clock(l, promise.clock)}": "</b>{sentence(l, &promise)}</p>
                            {promise.explanation.as_ref().map(|told| view! {
                                <ul class="m-0 pl-5 text-muted num">{days(l, told).into_iter().map(|day| view! { <li>{day}</li> }).collect_view()}</ul>
                            })}
                        </div>
                    }).collect_view()}
                </div>
            </details>
        }
    })
}

/// The question to the resident: asked here, shown while it waits, taken back by hand.
#[component]
pub(super) fn Waiting(open: Open) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let state =
        open.part(|card| (card.may_wait, card.paused == Some(PauseReason::WaitingResident), card.waiting_for.clone()));
    let (shown, busy) = (RwSignal::new(false), RwSignal::new(false));
    let question = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let send = Callback::new(move |waiting: bool| {
        let reason = Some(question.get_untracked().trim().to_owned()).filter(|text| waiting && !text.is_empty());
        if waiting && reason.is_none() {
            error.set(Some(td_string!(l, errors.field_required).to_owned()));
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api::deadlines::wait(open.id, WaitRequest { waiting, reason }).await {
                Ok(card) => {
                    open.take(card);
                    question.set(String::new());
                    shown.set(false);
                    toasts.success(if waiting {
                        td_string!(l, deadlines.asked)
                    } else {
                        td_string!(l, deadlines.ask_ended)
                    });
                }
                Err(refused) => {
                    error.set(refused.0.field("reason").map(|f| failure::field(l, f)));
                    if refused.0.fields.is_empty() {
                        toast_failure(toasts, l, &refused);
                    }
                }
            }
            busy.set(false);
        });
    });
    let ask = Callback::new(move |()| send.run(true));
    view! {
        {move || {
            let (may, waits, text) = state.get();
            if waits {
                view! {
                    <Banner tone=Tone::Warning icon="circle-pause" title=td_string!(l, deadlines.waiting_for)>
                        <p class="m-0 w-full whitespace-pre-wrap wrap-anywhere">{text}</p>
                        {may.then(|| view! {
                            <Button size=ButtonSize::Small loading=busy on_click=move |_| send.run(false)>{td_string!(l, deadlines.ask_end)}</Button>
                        })}
                    </Banner>
                }
                .into_any()
            } else if may {
                view! {
                    <div class="row">
                        <Button kind=ButtonKind::Ghost size=ButtonSize::Small icon="circle-pause" on_click=move |_| shown.set(true)>
                            {td_string!(l, deadlines.ask)}
                        </Button>
                    </div>
                }
                .into_any()
            } else {
                ().into_any()
            }
        }}
        <Dialog
            open=shown
            title=td_string!(l, deadlines.ask_title)
            footer=move || view! {
                <Button on_click=move |_| shown.set(false)>{td_string!(l, common.cancel)}</Button>
                <Button kind=ButtonKind::Primary loading=busy on_click=move |_| send.run(true)>{td_string!(l, deadlines.ask_send)}</Button>
            }
        >
            <Field label=td_string!(l, deadlines.ask_label) name="ask-resident" error=error help=td_string!(l, deadlines.ask_help)>
                <Textarea name="ask-resident" value=question rows=3 maxlength=1000 on_submit=ask />
            </Field>
        </Dialog>
    }
}
