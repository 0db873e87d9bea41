//! The resident's requests: list, card, rating, return to work, cancel.

use crate::{
    card,
    dialogue::{Note, Talk},
    error::{BotError, spoken},
    keyboards,
    state::Step,
};
use domain::{Actor, requests};
use i18n::td_string;
use model::{
    Failure, RequestId,
    requests::{Action, MoveRequest, RateRequest, RequestCard, RequestFilter, Status},
    work::DecideEstimate,
};

/// Rows of the list in a chat.
const ROWS: u32 = 10;

/// The newest requests that are not over yet.
pub(crate) async fn mine(talk: &mut Talk<'_>, actor: &Actor) -> Result<(), BotError> {
    talk.dialogue.step = Step::Menu;
    let l = talk.l();
    let live = Status::ALL.iter().copied().filter(|status| status.is_open() || *status == Status::Done);
    let filter = RequestFilter { status: live.collect(), limit: Some(ROWS), ..RequestFilter::default() };
    let page = requests::list(talk.ctx, actor, &filter).await?;
    if page.items.is_empty() {
        return talk.say(td_string!(l, bot.mine_empty)).await;
    }
    let keyboard = keyboards::list(l, &page.items);
    talk.say_with(td_string!(l, bot.mine_title), Some(keyboard.into())).await.map(|_| ())
}

/// Shows the card of one request.
pub(crate) async fn open(talk: &mut Talk<'_>, actor: &Actor, id: RequestId) -> Result<Note, BotError> {
    match spoken(requests::get(talk.ctx, actor, id).await)? {
        Ok(card) => {
            show(talk, &card).await?;
            Ok(None)
        }
        Err(failure) => Ok(note(talk, &failure)),
    }
}

/// Rates finished work; the card shows the stars.
pub(crate) async fn rate(
    talk: &mut Talk<'_>,
    actor: &Actor,
    message: i32,
    id: RequestId,
    stars: i16,
) -> Result<Note, BotError> {
    let rated =
        spoken(requests::rate(talk.ctx, actor, id, &RateRequest { stars, reasons: Vec::new(), comment: None }).await)?;
    match rated {
        Ok(card) => {
            redraw(talk, message, &card).await?;
            Ok(Some(td_string!(talk.l(), bot.rated).to_owned()))
        }
        Err(failure) => stale(talk, actor, message, id, &failure).await,
    }
}

/// Takes a step, or asks for its reason first.
pub(crate) async fn step(
    talk: &mut Talk<'_>,
    actor: &Actor,
    message: i32,
    id: RequestId,
    action: Action,
) -> Result<Note, BotError> {
    let l = talk.l();
    if action.needs_reason() {
        let words = match action {
            Action::Cancel => td_string!(l, bot.cancel_ask),
            _ => td_string!(l, bot.return_ask),
        };
        talk.dialogue.step = Step::Reason { request: id, action };
        talk.say_with(words, keyboards::keep(l)).await?;
        return Ok(None);
    }
    let command = MoveRequest { action, reason: None, until: None };
    match spoken(requests::step(talk.ctx, actor, id, &command).await)? {
        Ok(card) => {
            redraw(talk, message, &card).await?;
            Ok(Some(td_string!(l, bot.reason_done).to_owned()))
        }
        Err(failure) => stale(talk, actor, message, id, &failure).await,
    }
}

/// Answers an estimate.
pub(crate) async fn decide(
    talk: &mut Talk<'_>,
    actor: &Actor,
    message: i32,
    id: RequestId,
    version: i32,
    accept: bool,
) -> Result<Note, BotError> {
    let command = DecideEstimate { version, accept, reason: None };
    match spoken(requests::work::decide(talk.ctx, actor, id, &command).await)? {
        Ok(card) => {
            redraw(talk, message, &card).await?;
            let l = talk.l();
            let said = if accept { td_string!(l, work.accepted_toast) } else { td_string!(l, work.declined_toast) };
            Ok(Some(said.to_owned()))
        }
        Err(failure) => stale(talk, actor, message, id, &failure).await,
    }
}

/// The reason came: take the step.
pub(crate) async fn reason(talk: &mut Talk<'_>, actor: &Actor, words: &str) -> Result<(), BotError> {
    let Step::Reason { request, action } = talk.dialogue.step else { return Ok(()) };
    let command = MoveRequest { action, reason: Some(words.trim().to_owned()), until: None };
    match spoken(requests::step(talk.ctx, actor, request, &command).await)? {
        Ok(card) => {
            talk.dialogue.step = Step::Menu;
            show(talk, &card).await
        }
        Err(failure) => {
            // Wrong words can be mended; anything else ends the attempt.
            if failure.fields.is_empty() {
                talk.dialogue.step = Step::Menu;
            }
            talk.say_failure(&failure).await
        }
    }
}

/// No reason after all.
pub(crate) async fn keep(talk: &mut Talk<'_>, message: i32) -> Result<Note, BotError> {
    if matches!(talk.dialogue.step, Step::Reason { .. }) {
        talk.dialogue.step = Step::Menu;
    }
    let l = talk.l();
    talk.api.edit(talk.chat.chat_id, message, td_string!(l, bot.reason_dropped), None).await?;
    Ok(None)
}

async fn show(talk: &Talk<'_>, card: &RequestCard) -> Result<(), BotError> {
    let (l, now) = (talk.l(), talk.ctx.clock.now());
    talk.say_with(&card::card(l, card, now), keyboards::card(l, card).map(Into::into)).await.map(|_| ())
}

async fn redraw(talk: &Talk<'_>, message: i32, card: &RequestCard) -> Result<(), BotError> {
    let (l, now) = (talk.l(), talk.ctx.clock.now());
    let (text, keyboard) = (card::card(l, card, now), keyboards::card(l, card));
    talk.api.edit(talk.chat.chat_id, message, &text, keyboard).await.map(|_| ())
}

/// The step is not possible any more: say why and show how things stand.
async fn stale(
    talk: &Talk<'_>,
    actor: &Actor,
    message: i32,
    id: RequestId,
    failure: &Failure,
) -> Result<Note, BotError> {
    if let Ok(card) = spoken(requests::get(talk.ctx, actor, id).await)? {
        redraw(talk, message, &card).await?;
    }
    Ok(note(talk, failure))
}

fn note(talk: &Talk<'_>, failure: &Failure) -> Note {
    Some(card::failure(talk.l(), failure))
}
