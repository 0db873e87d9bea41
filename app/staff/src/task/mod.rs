//! One task: where, what, whom to call, and one button with the next legal step.

mod ask;
mod confirm;
mod estimate;
mod facts;
mod finish;
mod next;
mod record;

use crate::queue::{Step, Steps, use_queue};
use api::{ApiResult, session::use_live};
use ask::Asked;
use confirm::Confirmation;
use estimate::EstimatePart;
use facts::{Contact, Outcome, Problem, Where};
use i18n::td_string;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{
    Code, RequestId,
    requests::{FieldStep, RequestCard},
    work::RecordWork,
};
use next::{Checklist, NextStep};
use parts::{Answer, OnItsWay, Recorder, Said, TALL, Talk, locale};
use record::{Checks, Spent, said};
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
    let queue = use_queue();
    queue.follow(card, move || id.get().map(|id| format!("/work/requests/{id}")));
    let steps = Memo::new(move |_| id.get().map(|id| queue.of(id)).unwrap_or_default());
    view! {
        <Title text=td_string!(locale(), staff.task) />
        // Outside the answer: a request that was taken away is not to be seen any more, what was done on it is.
        <Steps steps=steps />
        <Answer from=card lines=10 let:shown>
            <Content card=Signal::from(Memo::new(move |_| queue.ahead(shown.get()))) from=card />
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
    let by = Recorder::on_site(
        card,
        Callback::new(move |card| from.set(Some(Ok(card)))),
        Callback::new(move |()| from.refetch()),
    )
    .via(Callback::new(move |command: RecordWork| -> OnItsWay {
        let note = card.with_untracked(|card| said(l, card, &command));
        let check = match command {
            RecordWork::Check { item_id, done } => Some((item_id, done)),
            _ => None,
        };
        let mut step = Step::new(card, FieldStep::Work(command), note);
        step.ahead.check = check;
        Box::pin(step.take())
    }));
    let say = Callback::new(move |(command, unsent): Said| -> OnItsWay {
        let head: String = command.body.trim().chars().take(80).collect();
        let note = td_string!(l, staff.did_comment, text = head).to_string();
        Box::pin(Step::new(card, FieldStep::Comment(command), note).with(unsent).take())
    });
    view! {
        <Title text=Signal::derive(move || format!("{} №{}", td_string!(l, staff.task), number.get())) />
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
                <Talk id=id comments=comments card=from may_internal=true via=say empty=td_string!(l, staff.talk_empty) />
            </Card>
            <NextStep card=card from=from />
        </div>
    }
    .into_any()
}
