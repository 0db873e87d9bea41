//! What the resident has to do with the work: the code for the worker, the estimate to answer, their word given.

use super::actions::Sheet;
use api::ApiResult;
use i18n::td_string;
use leptos::prelude::*;
use model::{requests::RequestCard, work::DecideEstimate};
use parts::{Confirmed, EstimateFacts, locale};
use ui::prelude::*;

type Source = Resource<ApiResult<RequestCard>>;

/// Four digits, big enough to be read out over a noisy landing.
#[component]
pub(super) fn WorkerCode(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let code = Memo::new(move |_| card.with(|card| card.work.code.clone()));
    move || {
        code.get().map(|code| {
            // One by one for a screen reader.
            let spoken = code.chars().map(String::from).collect::<Vec<_>>().join(" ");
            view! {
                <section class="panel p-4 grid gap-1 justify-items-center text-center">
                    <h3 class="m-0 text-sm font-normal text-muted">{td_string!(l, work.code_yours)}</h3>
                    <p class="m-0 text-4xl font-semibold tracking-[0.3em] num" aria-label=spoken>{code}</p>
                    <p class="m-0 text-muted">{td_string!(l, work.code_text)}</p>
                </section>
            }
        })
    }
}

/// The estimate with its two answers.
#[component]
pub(super) fn EstimatePart(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let estimate = Memo::new(move |_| card.with(|card| card.work.estimate.clone()));
    let may = Memo::new(move |_| card.with(|card| card.work.may_decide));
    let declining = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let accepting = Sheet::new(RwSignal::new(true));
    let sheet = Sheet::new(declining);
    let answer = move |accept: bool| {
        let (id, version) =
            card.with_untracked(|card| (card.id, card.work.estimate.as_ref().map_or(0, |estimate| estimate.version)));
        let reason = Some(reason.get_untracked()).filter(|text| !accept && !text.trim().is_empty());
        api::work::decide(id, DecideEstimate { version, accept, reason })
    };
    let accept = move |_| accepting.run(from, td_string!(l, work.accepted_toast), answer(true));
    let decline = move |_| sheet.run(from, td_string!(l, work.declined_toast), answer(false));
    view! {
        {move || estimate.get().map(|estimate| view! {
            <Card title=td_string!(l, work.estimate)>
                <div class="stack gap-3">
                    <EstimateFacts estimate=estimate />
                    {move || may.get().then(|| view! {
                        <p class="m-0 text-muted">{td_string!(l, work.estimate_lead)}</p>
                        <div class="grid gap-2">
                            <Button kind=ButtonKind::Primary size=ButtonSize::Big icon="check" loading=accepting.busy on_click=accept>{td_string!(l, work.accept)}</Button>
                            <Button icon="x" class="min-h-11 w-full" on_click=move |_| declining.set(true)>{td_string!(l, work.decline)}</Button>
                        </div>
                        {accepting.fault()}
                    })}
                </div>
            </Card>
        })}
        <Dialog open=declining title=td_string!(l, work.decline_title) footer=move || view! {
            <Button kind=ButtonKind::Danger size=ButtonSize::Big icon="x" loading=sheet.busy on_click=decline>{td_string!(l, work.decline)}</Button>
        }>
            <Field label=td_string!(l, work.decline_reason) name="decline-reason" optional=true>
                <Textarea name="decline-reason" value=reason maxlength=1000 rows=2 />
            </Field>
            {sheet.fault()}
        </Dialog>
    }
}

/// The word that was given, and whether the record has changed since.
#[component]
pub(super) fn Word(card: Signal<RequestCard>) -> impl IntoView {
    let l = locale();
    let word = Memo::new(move |_| card.with(|card| card.work.confirmation.clone()));
    move || word.get().map(|word| view! { <Card title=td_string!(l, work.confirmation)><Confirmed word=word /></Card> })
}
