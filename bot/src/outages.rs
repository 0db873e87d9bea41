//! What is off at the resident's homes: asked for in the menu, and said while a request is being written.

use crate::{
    card,
    dialogue::{Note, Talk},
    error::{BotError, spoken},
    keyboards,
    state::Step,
};
use domain::{Actor, outages, property};
use i18n::{Locale, outages as words, td_string};
use model::{BuildingId, Failure, OutageId, UnitId, outages::OutageNotice};
use teloxide::utils::html::escape;

/// Every outage of the homes, each with its "me too".
pub(crate) async fn show(talk: &mut Talk<'_>, actor: &Actor) -> Result<(), BotError> {
    talk.dialogue.step = Step::Menu;
    let l = talk.l();
    let all = outages::mine(talk.ctx, actor).await?;
    if all.is_empty() {
        return talk.say(td_string!(l, outages.bot_none)).await;
    }
    talk.say(&format!("<b>{}</b>", td_string!(l, outages.bot_title))).await?;
    for notice in &all {
        talk.say_with(&text(talk, l, notice), keyboards::outage(l, notice).map(Into::into)).await?;
    }
    Ok(())
}

/// Says what is off at the place of a request that is being written; the request goes on.
pub(crate) async fn mention(
    talk: &Talk<'_>,
    actor: &Actor,
    unit: Option<UnitId>,
    building: BuildingId,
) -> Result<(), BotError> {
    let l = talk.l();
    let homes = property::homes(talk.ctx, actor).await?;
    let here = |notice: &OutageNotice| match unit {
        Some(unit) => notice.unit_ids.contains(&unit),
        None => homes.iter().any(|home| home.building_id == building && notice.unit_ids.contains(&home.unit_id)),
    };
    let all = outages::mine(talk.ctx, actor).await?;
    for notice in all.iter().filter(|notice| notice.status.is_live() && here(notice)) {
        let words = format!("{}\n{}", td_string!(l, outages.bot_at), text(talk, l, notice));
        talk.say_with(&words, keyboards::outage(l, notice).map(Into::into)).await?;
    }
    Ok(())
}

/// "Me too".
pub(crate) async fn join(talk: &Talk<'_>, actor: &Actor, message: i32, id: OutageId) -> Result<Note, BotError> {
    let l = talk.l();
    match spoken(outages::join(talk.ctx, actor, id).await)? {
        Ok(notice) => {
            redraw(talk, message, &notice).await?;
            Ok(Some(td_string!(l, outages.me_too_done).to_owned()))
        }
        Err(failure) => Ok(note(talk, &failure)),
    }
}

/// No longer.
pub(crate) async fn leave(talk: &Talk<'_>, actor: &Actor, message: i32, id: OutageId) -> Result<Note, BotError> {
    let l = talk.l();
    if let Err(failure) = spoken(outages::leave(talk.ctx, actor, id).await)? {
        return Ok(note(talk, &failure));
    }
    if let Some(notice) = outages::mine(talk.ctx, actor).await?.iter().find(|notice| notice.id == id) {
        redraw(talk, message, notice).await?;
    }
    Ok(Some(td_string!(l, outages.me_too_left).to_owned()))
}

async fn redraw(talk: &Talk<'_>, message: i32, notice: &OutageNotice) -> Result<(), BotError> {
    let l = talk.l();
    talk.api.edit(talk.chat.chat_id, message, &text(talk, l, notice), keyboards::outage(l, notice)).await.map(|_| ())
}

fn text(talk: &Talk<'_>, l: Locale, notice: &OutageNotice) -> String {
    let now = talk.ctx.clock.now();
    let facts = words::Facts::from(notice);
    let head = words::headline(l, notice.status, notice.resource);
    let says = words::says(l, &facts, &notice.texts, now);
    format!("<b>{}</b>\n{}", escape(head), card::quoted(&says))
}

fn note(talk: &Talk<'_>, failure: &Failure) -> Note {
    Some(card::failure(talk.l(), failure))
}
