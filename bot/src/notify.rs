//! What somebody is told in a chat of theirs.

use crate::{api::BotApi, card, error::BotError, error::spoken, keyboards};
use domain::{Ctx, messages::Carried, requests, telegram};
use i18n::{notices, td_string};
use model::{
    Lang, RequestId,
    notices::{NoticeKind, NoticeObject},
};
use teloxide::utils::html::escape;

/// How telling ended when nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Sent,
    /// Something newer is there, or the reader may not know of it any more.
    Overtaken,
}

/// Tells one chat of a notice: the author of a request with its card and buttons, everybody else in words.
///
/// # Errors
/// When the chat could not be reached; a closed one is [`BotError::Blocked`].
pub async fn tell(
    ctx: &Ctx,
    api: &BotApi,
    chat: i64,
    lang: Lang,
    notice: &Carried,
    title: Option<&str>,
    text: &str,
) -> Result<Told, BotError> {
    if let (NoticeKind::RequestStep | NoticeKind::RequestEstimate, Some((NoticeObject::Request, id))) =
        (notice.kind, notice.about)
    {
        return author(ctx, api, chat, lang, notice, RequestId(id)).await;
    }
    let head = title.map(|title| format!("<b>{}</b>\n", escape(title))).unwrap_or_default();
    api.send(chat, &format!("{head}{}", escape(text)), None).await?;
    Ok(Told::Sent)
}

/// The news with the request's card.
async fn author(
    ctx: &Ctx,
    api: &BotApi,
    chat: i64,
    lang: Lang,
    notice: &Carried,
    id: RequestId,
) -> Result<Told, BotError> {
    let Some(author) = telegram::actor(ctx, api.id(), chat).await? else { return Ok(Told::Overtaken) };
    let Ok(card) = spoken(requests::get(ctx, &author, id).await)? else { return Ok(Told::Overtaken) };
    let l = i18n::locale(lang);
    let number = card.number.to_string();
    let head = if notice.kind == NoticeKind::RequestEstimate {
        let version = notice.facts["version"].as_i64();
        let current = card.work.estimate.as_ref().map(|estimate| i64::from(estimate.version));
        // Answered or replaced meanwhile: a newer one has a notice of its own.
        if !card.work.may_decide || current != version {
            return Ok(Told::Overtaken);
        }
        td_string!(l, work.bot_estimate, number = number).to_string()
    } else {
        match &notice.written {
            Some((title, _)) => {
                let told = notices::Told {
                    kind: notice.kind,
                    facts: &notice.facts,
                    name: &notice.name,
                    company: &notice.company,
                    link: "",
                    now: ctx.clock.now(),
                };
                notices::say(l, &told, Some(&(title.clone(), String::new()))).title
            }
            None => notices::step(l, card.status, number),
        }
    };
    let text = format!("<b>{}</b>\n\n{}", escape(&head), card::card(l, &card, ctx.clock.now()));
    api.send(chat, &text, keyboards::card(l, &card).map(Into::into)).await?;
    Ok(Told::Sent)
}
