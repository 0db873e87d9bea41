//! The resident's word: the code they see, a signature on this phone, or why there is neither.

use super::Source;
use api::ApiError;
use i18n::{failure, td_string, work_words};
use leptos::{prelude::*, task::spawn_local};
use model::{
    Code,
    requests::{RequestCard, Status},
    work::{ConfirmWork, How, Need, Word},
};
use parts::{Confirmed, locale};
use ui::prelude::*;

/// What was confirmed, and the way to confirm while the work is in progress.
#[component]
pub(super) fn Confirmation(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let open = RwSignal::new(false);
    let word = Memo::new(move |_| card.with(|card| card.work.confirmation.clone()));
    let may = Memo::new(move |_| card.with(|card| card.work.may_work && card.status == Status::InProgress));
    let wanted =
        Memo::new(move |_| card.with(|card| card.work.required.iter().any(|proof| proof.need == Need::Confirmation)));
    let shown = Memo::new(move |_| may.get() || word.with(Option::is_some));
    view! {
        {move || shown.get().then(|| view! {
            <Card title=td_string!(l, work.confirmation)>
                <div class="stack gap-3">
                    {move || word.get().map(|word| view! { <Confirmed word=word /> })}
                    {move || may.get().then(|| {
                        let text = if word.with(Option::is_some) { td_string!(l, work.confirm_again) } else { td_string!(l, work.confirm) };
                        let kind = if wanted.get() && word.with(Option::is_none) { ButtonKind::Primary } else { ButtonKind::Secondary };
                        view! { <Button kind=kind icon="badge-check" class="min-h-11 w-full" on_click=move |_| open.set(true)>{text}</Button> }
                    })}
                </div>
            </Card>
        })}
        <ConfirmSheet open=open card=card from=from />
    }
}

#[component]
fn ConfirmSheet(open: RwSignal<bool>, card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let (l, toasts) = (locale(), use_toasts());
    let how = RwSignal::new(How::Code);
    let result = RwSignal::new(String::new());
    let (code, signer, reason) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let drawn = Signature::default();
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<ApiError>);
    effect(move || {
        if open.get() {
            fault.set(None);
            let (known, name) = card.with_untracked(|card| (card.result.clone(), card.contact_name.clone()));
            if result.with_untracked(String::is_empty) {
                result.set(known.unwrap_or_default());
            }
            if signer.with_untracked(String::is_empty) {
                signer.set(name.unwrap_or_default());
            }
        }
    });
    let ready = Signal::derive(move || match how.get() {
        How::Code => code.with(|text| text.trim().len() == 4),
        How::Signature => !drawn.is_empty() && signer.with(|text| !text.trim().is_empty()),
        How::Absent => reason.with(|text| !text.trim().is_empty()),
    });
    let send = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let id = card.with_untracked(|card| card.id);
            // Read before anything is sent: the sheet may be closed meanwhile.
            let (signer, result) = (signer.get_untracked(), result.get_untracked());
            let word = match how.get_untracked() {
                How::Code => Ok(Word::Code { code: code.get_untracked().trim().to_owned() }),
                How::Absent => Ok(Word::Absent { reason: reason.get_untracked() }),
                How::Signature => match drawn.picture().await {
                    Some(picture) => api::upload::photo(&picture, |_| {})
                        .await
                        .map(|file| Word::Signature { file_id: file.id, signer }),
                    None => Err(Code::Unavailable.into()),
                },
            };
            let answer = match word {
                Ok(word) => api::work::confirm(id, ConfirmWork { result, word }).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(card) => {
                    open.set(false);
                    code.set(String::new());
                    from.set(Some(Ok(card)));
                    toasts.success(td_string!(l, work.confirmed));
                }
                Err(error) => fault.set(Some(error)),
            }
            busy.set(false);
        });
    };
    let tab = move |value: How| {
        view! {
            <button type="button" class="grow min-h-11!" aria-pressed=move || if how.get() == value { "true" } else { "false" } on:click=move |_| how.set(value)>
                {work_words::how(l, value)}
            </button>
        }
    };
    let totals = move || {
        let totals = card.with(|card| card.work.totals);
        format!("{} · {}", work_words::money(l, totals.money), work_words::minutes(l, totals.minutes))
    };
    let hints =
        [td_string!(l, work.absent_nobody), td_string!(l, work.absent_neighbour), td_string!(l, work.absent_common)];
    view! {
        <Dialog
            open=open
            title=td_string!(l, work.confirm_title)
            footer=move || view! {
                <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="badge-check" loading=busy
                    disabled=Signal::derive(move || !ready.get()) on_click=send>{td_string!(l, work.confirm_send)}</Button>
            }
        >
            <p class="m-0 text-muted">{td_string!(l, work.confirm_lead)}</p>
            <Field label=td_string!(l, staff.finish_words) name="confirm-result">
                <Textarea name="confirm-result" value=result maxlength=2000 rows=2 placeholder=td_string!(l, staff.finish_placeholder) />
            </Field>
            <p class="m-0 num">{totals}</p>
            <div class="segmented flex!" role="group" aria-label=td_string!(l, work.confirmation)>
                {tab(How::Code)} {tab(How::Signature)} {tab(How::Absent)}
            </div>
            <div hidden=move || how.get() != How::Code>
                <Field label=td_string!(l, work.code) name="confirm-code" help=td_string!(l, work.code_help)>
                    <Input name="confirm-code" value=code inputmode="numeric" maxlength=4 autocomplete="off" class="text-3xl tracking-widest" />
                </Field>
            </div>
            <div class="grid gap-3" hidden=move || how.get() != How::Signature>
                <SignaturePad of=drawn label=td_string!(l, work.sign_here) wipe=td_string!(l, work.wipe) />
                <Field label=td_string!(l, work.signer) name="confirm-signer">
                    <Input name="confirm-signer" value=signer maxlength=200 />
                </Field>
            </div>
            <div class="grid gap-3" hidden=move || how.get() != How::Absent>
                <div class="row">
                    {hints.map(|hint| view! {
                        <Chip text=hint active=Signal::derive(move || reason.with(|text| text == hint)) on_click=move |()| reason.set(hint.to_owned()) />
                    }).into_iter().collect_view()}
                </div>
                <Field label=td_string!(l, work.absent_reason) name="confirm-reason">
                    <Textarea name="confirm-reason" value=reason maxlength=1000 rows=2 />
                </Field>
            </div>
            {move || fault.get().map(|error| {
                let field = error.0.fields.first().map(|field| failure::field(l, field));
                view! { <Banner tone=Tone::Danger text=field.unwrap_or_else(|| failure::sentence(l, &error.0)) /> }
            })}
        </Dialog>
    }
}
