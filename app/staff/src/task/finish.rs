//! The two sheets: finish with words and photos, put off with a reason and a day.

use super::Source;
use crate::queue::Step;
use api::{ApiError, ApiResult, session::use_now};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use i18n::{failure, td_string, when};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    requests::{Action, CompleteRequest, FieldStep, MoveRequest, RequestCard, Status},
};
use parts::{PhotoField, Uploads, locale};
use ui::prelude::*;

/// What both sheets share: open or not, working or not, what went wrong.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    open: RwSignal<bool>,
    pub busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
    toasts: Toasts,
}

impl Sheet {
    pub fn new(open: RwSignal<bool>) -> Self {
        Self { open, busy: RwSignal::new(false), fault: RwSignal::new(None), toasts: use_toasts() }
    }

    /// Takes the step; what was typed stays in the sheet when it fails. Without a connection some steps wait: then there
    /// is no newer card yet.
    pub fn run<F>(self, from: Source, said: &'static str, step: F)
    where
        F: Future<Output = ApiResult<Option<RequestCard>>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        let l = locale();
        spawn_local(async move {
            match step.await {
                Ok(Some(card)) => {
                    self.open.set(false);
                    from.set(Some(Ok(card)));
                    self.toasts.success(said);
                }
                Ok(None) => {
                    self.open.set(false);
                    self.toasts.info(td_string!(l, staff.kept));
                }
                Err(error) => self.fault.set(Some(error)),
            }
            self.busy.set(false);
        });
    }

    pub fn fault(self) -> impl IntoView {
        let l = locale();
        move || {
            self.fault.get().map(|error| {
                // Each missing thing by its name: the worker must know what to do, not only that it is not enough.
                let fields: Vec<String> = error.0.fields.iter().map(|field| failure::field(l, field)).collect();
                let text = failure::sentence(l, &error.0);
                match error.code() == Code::ProofMissing {
                    true => view! {
                        <Banner tone=Tone::Danger title=text>
                            <ul class="m-0 pl-5">{fields.into_iter().map(|field| view! { <li>{field}</li> }).collect_view()}</ul>
                        </Banner>
                    }
                    .into_any(),
                    false => view! { <Banner tone=Tone::Danger text=text /> }.into_any(),
                }
            })
        }
    }
}

#[component]
pub(super) fn FinishSheet(open: RwSignal<bool>, card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let sheet = Sheet::new(open);
    let words = RwSignal::new(String::new());
    let uploads = Uploads::patient();
    let send = move |_| {
        let result = Some(words.get_untracked()).filter(|text| !text.trim().is_empty());
        let (file_ids, unsent) = untrack(move || (uploads.ids(), uploads.unsent()));
        let command = FieldStep::Complete(CompleteRequest { result, file_ids });
        let step = Step::new(card, command, td_string!(l, staff.did_finish)).to(Status::Done).with(unsent);
        sheet.run(from, td_string!(l, staff.finished), step.take());
    };
    // The sheet is drawn anew when opened: the photos of an abandoned one must not linger unseen. What the resident has
    // confirmed is not typed a second time.
    effect(move || {
        if !open.get() {
            uploads.clear();
        } else if words.with_untracked(String::is_empty) {
            words.set(card.with_untracked(|card| card.result.clone()).unwrap_or_default());
        }
    });
    view! {
        <Dialog
            open=open
            title=td_string!(l, staff.finish_title)
            footer=move || view! {
                <Button
                    kind=ButtonKind::Primary
                    size=ButtonSize::Big
                    icon="check"
                    loading=sheet.busy
                    disabled=Signal::derive(move || uploads.busy() || uploads.failed())
                    on_click=send
                >
                    {move || if uploads.busy() { td_string!(l, staff.photos_on_way) } else { td_string!(l, staff.finish_send) }}
                </Button>
            }
        >
            <Field label=td_string!(l, staff.finish_words) name="result">
                <Textarea name="result" value=words maxlength=2000 placeholder=td_string!(l, staff.finish_placeholder) />
            </Field>
            <Field label=td_string!(l, staff.finish_photos) name="photos" group=true optional=true>
                <PhotoField uploads=uploads help=td_string!(l, staff.finish_photo_hint) />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}

#[component]
pub(super) fn DeferSheet(open: RwSignal<bool>, card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let now = use_now();
    let sheet = Sheet::new(open);
    let reason = RwSignal::new(String::new());
    let until = RwSignal::new(String::new());
    // Tomorrow morning, until the person says otherwise.
    effect(move || {
        if open.get() && until.with_untracked(String::is_empty) {
            until.set(tomorrow(now.get_untracked()));
        }
    });
    let send = move |_| {
        let command = FieldStep::Move(MoveRequest {
            action: Action::Defer,
            reason: Some(reason.get_untracked()),
            until: until.with_untracked(|text| moment(text)),
        });
        let step = Step::new(card, command, td_string!(l, staff.did_defer)).to(Status::Deferred);
        sheet.run(from, td_string!(l, staff.deferred), step.take());
    };
    let field_error = move |name: &'static str| {
        Signal::derive(move || {
            sheet.fault.with(|fault| {
                fault.as_ref().and_then(|error| error.0.field(name)).map(|field| failure::field(l, field))
            })
        })
    };
    let hints = [td_string!(l, staff.defer_absent), td_string!(l, staff.defer_parts)];
    view! {
        <Dialog
            open=open
            title=td_string!(l, staff.defer_title)
            footer=move || view! {
                <Button
                    kind=ButtonKind::Primary
                    size=ButtonSize::Big
                    icon="circle-pause"
                    loading=sheet.busy
                    disabled=Signal::derive(move || reason.with(|text| text.trim().is_empty()))
                    on_click=send
                >
                    {td_string!(l, staff.defer_send)}
                </Button>
            }
        >
            <div class="row">
                {hints.map(|hint| view! {
                    <Chip
                        text=hint
                        active=Signal::derive(move || reason.with(|text| text == hint))
                        on_click=move |()| reason.set(hint.to_owned())
                    />
                }).into_iter().collect_view()}
            </div>
            <Field label=td_string!(l, staff.defer_reason) name="defer-reason" error=field_error("reason")>
                <Textarea name="defer-reason" value=reason maxlength=1000 rows=2 />
            </Field>
            <Field label=td_string!(l, staff.defer_until) name="defer-until" error=field_error("until")>
                <DateInput name="defer-until" value=until with_time=true />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}

/// Nine o'clock of the next day in the company's zone, as `datetime-local` wants it.
fn tomorrow(now: DateTime<Utc>) -> String {
    format!("{}T09:00", when::iso_date(&(now.with_timezone(&when::zone()) + TimeDelta::days(1))))
}

/// A `datetime-local` value in the company's zone.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    local.and_local_timezone(when::zone()).single().map(|at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tomorrow_is_tashkents() {
        let now = DateTime::parse_from_rfc3339("2026-05-12T20:30:00Z").unwrap().to_utc(); // 01:30 on the 13th
        assert_eq!(tomorrow(now), "2026-05-14T09:00");
        assert_eq!(moment("2026-05-14T09:00").unwrap().to_rfc3339(), "2026-05-14T04:00:00+00:00");
        assert_eq!(moment(""), None);
    }
}
