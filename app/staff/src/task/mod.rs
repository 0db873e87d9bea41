//! One task: where, what, whom to call, and one button with the next legal step.

mod ask;
mod confirm;
mod estimate;
mod facts;
mod finish;
mod next;
mod record;

use api::{ApiResult, session::use_live};
use ask::Asked;
use confirm::Confirmation;
use estimate::EstimatePart;
use facts::{Contact, Outcome, Problem, Where};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{Code, RequestId, requests::RequestCard};
use next::{Checklist, NextStep};
use parts::{Answer, TALL, Talk, locale};
use record::{Checks, Recorder, Spent};
use ui::prelude::*;

/// The answer the whole page is drawn from; a step puts the newer card into it.
type Source = Resource<ApiResult<RequestCard>>;

/// `/work/requests/:id`.
#[component]
pub fn TaskPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get_str("id").and_then(|id| id.parse::<RequestId>().ok())));
    let changed = use_live().of_request(id.into());
    let card = Resource::new_blocking(
        move || (id.get(), changed.get()),
        |(id, _)| async move {
            match id {
                Some(id) => api::requests::get(id).await,
                None => Err(Code::NotFound.into()),
            }
        },
    );
    view! {
        <Title text=td_string!(locale(), staff.task) />
        <Answer from=card lines=10 let:shown>
            <Content card=shown from=card />
        </Answer>
    }
    .into_any()
}

#[component]
fn Content(card: Signal<RequestCard>, from: Source) -> impl IntoView {
    let l = locale();
    let id = Memo::new(move |_| card.with(|card| card.id));
    let number = Memo::new(move |_| card.with(|card| card.number));
    let comments = Memo::new(move |_| card.with(|card| card.comments.clone()));
    let by = Recorder::new(card, from);
    view! {
        <Title text=Signal::derive(move || format!("{} № {}", td_string!(l, staff.task), number.get())) />
        <div class=TALL>
            <Asked card=card from=from />
            <Where card=card />
            <Problem card=card />
            <Contact card=card />
            <Outcome card=card />
            <EstimatePart card=card from=from />
            <Checks by=by />
            <Spent by=by />
            <Confirmation card=card from=from />
            <Checklist card=card from=from />
            <Card title=td_string!(l, staff.talk)>
                <Talk id=id comments=comments card=from may_internal=true empty=td_string!(l, staff.talk_empty) />
            </Card>
            <NextStep card=card from=from />
        </div>
    }
    .into_any()
}
