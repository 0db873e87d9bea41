//! Tells the author of a request that it moved, in every chat of theirs.

use crate::{api::BotApi, card, error::BotError, error::spoken, keyboards};
use domain::{
    Actor, Ctx,
    jobs::{NotifyAuthor, NotifyJoined, NotifyPayment},
    outages, payments, requests, telegram,
};
use i18n::{td_string, words};
use model::{Money, payments::PaymentState};
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

/// Tells the people of a flat that their money has come, or was given back, and what is owed now.
///
/// # Errors
/// As [`notify_author`].
pub async fn notify_payment(ctx: &Ctx, api: &BotApi, job: &NotifyPayment) -> Result<(), BotError> {
    let notice = payments::notice(ctx, &Actor::system(job.company_id), job.payment_id).await;
    let Ok(notice) = spoken(notice)? else { return Ok(()) };
    for contact in &notice.contacts {
        for (chat, lang) in telegram::chats_of(ctx, *contact).await? {
            let text = money(i18n::locale(lang), &notice);
            match api.send(chat, &text, None).await {
                Ok(_) => {}
                Err(BotError::Blocked(why)) => {
                    tracing::info!(why, "a chat is closed to the bot");
                    telegram::set_blocked(ctx, chat, true).await?;
                }
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => tracing::error!(%error, payment = %job.payment_id, "a notice could not be sent"),
            }
        }
    }
    Ok(())
}

/// The sum, the account, and what is owed now.
fn money(l: i18n::Locale, notice: &payments::PaymentNotice) -> String {
    let sum = notice.amount.to_string();
    let head = match notice.state {
        PaymentState::Completed => td_string!(l, payments.got, sum = sum).to_string(),
        PaymentState::Refunded => td_string!(l, payments.returned, sum = sum).to_string(),
    };
    let account = td_string!(l, payments.told_account, account = escape(&notice.account)).to_string();
    format!("<b>{head}</b>\n{account}\n{}", owed(l, notice.balance))
}

/// What an account owes, in words.
pub(crate) fn owed(l: i18n::Locale, balance: Money) -> String {
    let ahead = Money::ZERO.checked_sub(balance).filter(|ahead| *ahead > Money::ZERO);
    match ahead {
        _ if balance > Money::ZERO => td_string!(l, payments.told_owed, sum = balance.to_string()).to_string(),
        Some(ahead) => td_string!(l, payments.told_ahead, sum = ahead.to_string()).to_string(),
        None => td_string!(l, payments.told_even).to_owned(),
    }
}
