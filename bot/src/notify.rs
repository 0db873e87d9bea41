//! Tells the author of a request that it moved, in every chat of theirs.

use crate::{api::BotApi, card, error::BotError, error::spoken, keyboards};
use domain::{
    Actor, Ctx,
    jobs::{NotifyAuthor, NotifyJoined},
    outages, requests, telegram,
};
use i18n::{td_string, words};
use teloxide::utils::html::escape;

/// Sends the news with the request's card. A newer status has a job of its own, so an overtaken one says nothing.
///
/// # Errors
/// When a chat could not be reached for now. A chat that is closed to us is remembered as such and is no error.
pub async fn notify_author(ctx: &Ctx, api: &BotApi, job: &NotifyAuthor) -> Result<(), BotError> {
    let notice = requests::author_notice(ctx, &Actor::system(job.company_id), job.request_id).await;
    let Ok(Some(notice)) = spoken(notice)? else { return Ok(()) };
    if job.estimate.is_none() && notice.status != job.status {
        return Ok(());
    }
    for (chat, lang) in telegram::chats_of(ctx, notice.contact_id).await? {
        let Some(author) = telegram::actor(ctx, api.id(), chat).await? else { continue };
        let Ok(card) = spoken(requests::get(ctx, &author, job.request_id).await)? else { continue };
        let l = i18n::locale(lang);
        let head = match job.estimate {
            // Answered or replaced meanwhile: a newer one has a job of its own.
            Some(version)
                if !card.work.may_decide || card.work.estimate.as_ref().is_none_or(|e| e.version != version) =>
            {
                continue;
            }
            Some(_) => td_string!(l, work.bot_estimate, number = notice.number.to_string()).to_string(),
            None => card::notice(l, notice.status, notice.number),
        };
        let text = format!("<b>{head}</b>\n\n{}", card::card(l, &card, ctx.clock.now()));
        match api.send(chat, &text, keyboards::card(l, &card).map(Into::into)).await {
            Ok(_) => {}
            Err(BotError::Blocked(why)) => {
                tracing::info!(why, "a chat is closed to the bot");
                telegram::set_blocked(ctx, chat, true).await?;
            }
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::error!(%error, request = %job.request_id, "a notice could not be sent"),
        }
    }
    Ok(())
}

/// Tells the neighbours who said "me too" where the shared problem stands: what and where, and nothing of the author.
///
/// # Errors
/// As [`notify_author`].
pub async fn notify_joined(ctx: &Ctx, api: &BotApi, job: &NotifyJoined) -> Result<(), BotError> {
    let notice = outages::common_notice(ctx, &Actor::system(job.company_id), job.request_id).await;
    let Ok(notice) = spoken(notice)? else { return Ok(()) };
    if notice.status != job.status {
        return Ok(());
    }
    for contact in notice.contacts {
        for (chat, lang) in telegram::chats_of(ctx, contact).await? {
            let l = i18n::locale(lang);
            let place = match notice.entrance {
                Some(n) => {
                    format!("{}, {}", notice.address, td_string!(l, outages.place_entrance, n = n.to_string()))
                }
                None => notice.address.clone(),
            };
            let text = td_string!(
                l,
                outages.bot_common,
                what = words::category(l, notice.category),
                place = escape(&place),
                status = words::status(l, notice.status)
            )
            .to_string();
            match api.send(chat, &text, None).await {
                Ok(_) => {}
                Err(BotError::Blocked(why)) => {
                    tracing::info!(why, "a chat is closed to the bot");
                    telegram::set_blocked(ctx, chat, true).await?;
                }
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::error!(%error, request = %job.request_id, "a notice could not be sent"),
            }
        }
    }
    Ok(())
}
