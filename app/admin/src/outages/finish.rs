//! Finishing the requests of an outage together, with what could not be done told one by one.

use crate::{
    property::form::{Refusal, Sending, typed},
    util::lang,
};
use i18n::{failure, outages as words, td_string};
use leptos::prelude::*;
use model::{
    Failure, FieldError, OutageId,
    bulk::Outcome,
    outages::{FinishRequests, OutageCard, OutageStatus},
    requests::{LinkedRequest, Status},
};
use ui::prelude::*;

/// What can still be finished.
pub(super) fn unfinished(card: &OutageCard) -> Vec<LinkedRequest> {
    card.requests.iter().filter(|r| r.status.is_open() || r.status == Status::Done).cloned().collect()
}

/// Opens when asked, also right after an outage has ended.
#[component]
pub(super) fn FinishDialog(
    id: OutageId,
    card: Signal<OutageCard>,
    open: RwSignal<bool>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let (l, toasts) = (lang(), use_toasts());
    let sending = Sending::new();
    let what = card.with_untracked(|card| words::headline(l, OutageStatus::Ended, card.facts.resource).to_lowercase());
    let result = RwSignal::new(td_string!(l, outages.finish_result_ready, what = what).to_string());
    let refused = RwSignal::new(Vec::<(i64, String)>::new());
    let rows = Memo::new(move |_| card.with(unfinished));
    let send = Callback::new(move |()| {
        let Some(text) = typed(result) else {
            return sending.refuse(Failure::invalid(vec![FieldError::new("/result", "required")]));
        };
        let asked = rows.get_untracked();
        let command = FinishRequests { ids: asked.iter().map(|r| r.id).collect(), result: text };
        sending.send(api::outages::finish(id, command), move |outcomes: Vec<Outcome>| {
            let wrong: Vec<(i64, String)> = outcomes
                .iter()
                .filter_map(|outcome| {
                    let why = outcome.failure.as_ref()?;
                    let number = asked.iter().find(|r| r.id.0 == outcome.id)?.number;
                    Some((number, failure::code(l, why.code).to_owned()))
                })
                .collect();
            let done = outcomes.len() - wrong.len();
            if done > 0 {
                toasts.success(td_string!(l, outages.finished, n = done.to_string()).to_string());
            }
            if wrong.is_empty() {
                open.set(false);
            }
            refused.set(wrong);
            on_done.run(());
        });
    });
    view! {
        <Dialog open=open wide=true title=td_string!(l, outages.finish_title) footer=move || view! {
            <Button on_click=move |_| open.set(false)>{td_string!(l, outages.close)}</Button>
            <Button kind=ButtonKind::Primary icon="check-check" loading=sending.busy
                disabled=Signal::derive(move || rows.with(Vec::is_empty)) on_click=move |_| send.run(())>
                {move || td_string!(l, outages.finish_button, n = rows.with(Vec::len).to_string()).to_string()}
            </Button>
        }>
            <div class="stack">
                <Refusal of=sending />
                <p class="m-0 text-muted">{td_string!(l, outages.finish_text)}</p>
                {move || {
                    let all = refused.get();
                    (!all.is_empty()).then(|| view! {
                        <Banner tone=Tone::Warning title=td_string!(l, outages.finish_refused, n = all.len().to_string()).to_string()>
                            <div class="grid gap-1">
                                {all.into_iter().map(|(number, why)| view! { <span>{format!("№{number}: {why}")}</span> }).collect_view()}
                            </div>
                        </Banner>
                    })
                }}
                <Field label=td_string!(l, outages.finish_result) name="result" required=true error=sending.error("result")>
                    <Textarea name="result" value=result rows=3 maxlength=2000 />
                </Field>
                <div class="max-h-60 overflow-auto">
                    {move || rows.get().into_iter().map(|request| view! { <super::requests::RequestLine request=request /> }).collect_view()}
                </div>
            </div>
        </Dialog>
    }
}
