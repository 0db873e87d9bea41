//! What paid work will cost: the worker on the spot knows best, so they may make the estimate.

use super::Source;
use i18n::td_string;
use leptos::prelude::*;
use model::requests::RequestCard;
use parts::{EstimateFacts, EstimateSheet, locale};
use ui::prelude::*;

#[component]
pub(super) fn EstimatePart(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let open = RwSignal::new(false);
    let id = Memo::new(move |_| card.with(|card| card.id));
    let estimate = Memo::new(move |_| card.with(|card| card.work.estimate.clone()));
    let may = Memo::new(move |_| card.with(|card| card.work.may_estimate));
    let shown = Memo::new(move |_| may.get() || estimate.with(Option::is_some));
    view! {
        {move || shown.get().then(|| view! {
            <Card title=td_string!(l, work.estimate)>
                <div class="stack gap-3">
                    {move || match estimate.get() {
                        Some(estimate) => view! { <EstimateFacts estimate=estimate /> }.into_any(),
                        None => view! { <p class="m-0 text-muted">{td_string!(l, work.no_estimate)}</p> }.into_any(),
                    }}
                    {move || may.get().then(|| {
                        let text = if estimate.with(Option::is_some) { td_string!(l, work.new_estimate) } else { td_string!(l, work.make_estimate) };
                        view! { <Button icon="receipt" class="min-h-11 w-full" on_click=move |_| open.set(true)>{text}</Button> }
                    })}
                </div>
            </Card>
        })}
        <EstimateSheet open=open id=id done=move |card| from.set(Some(Ok(card))) />
    }
}
