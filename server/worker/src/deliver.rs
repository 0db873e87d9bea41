//! Sends one message over its channel.

use crate::{Tools, messages};
use anyhow::{Result, bail};
use bot::BotError;
use domain::{
    jobs::Deliver,
    messages::{Carried, Channel, Delivery, Outcome, Turn},
    push::{self, Pushed},
    sms::{self, Sent},
    telegram,
};
use model::{PushDeviceId, notices::FailReason};
use platform::{
    mail::{Mail, MailError},
    push::{Handling, Notification, Urgency},
};
use std::time::Duration;

/// How long a notification is worth keeping for a device that is off.
const KEPT: Duration = Duration::from_secs(3 * 24 * 3600);
/// Letters of a notification that a screen shows.
const MOST_ON_SCREEN: usize = 300;

/// How an attempt ended.
enum Attempt {
    Sent,
    /// Nobody carries this channel here.
    NoProvider(&'static str),
    /// Never try again.
    Refused(FailReason, String),
    /// Try again later.
    Later(String),
}

pub(crate) async fn deliver(tools: &Tools, job: &Deliver, last: bool) -> Result<()> {
    let ctx = &tools.ctx;
    let Turn::Send(delivery) = domain::messages::take(ctx, job.delivery_id).await? else { return Ok(()) };
    let finish = async |outcome: Outcome<'_>| domain::messages::finish(ctx, delivery.id, outcome).await;
    match attempt(tools, &delivery).await {
        Attempt::Sent => {
            finish(Outcome::Sent).await?;
            // The provider's word may have been faster.
            sms::settle(ctx, delivery.id).await?;
        }
        // In development the outbox page shows it.
        Attempt::NoProvider(_) if ctx.config.is_dev() => finish(Outcome::Captured).await?,
        Attempt::NoProvider(why) => {
            // Somebody waits for a code; a notice has other roads and its own journal.
            match &delivery.notice {
                None => tracing::error!(channel = %delivery.channel, why, "a message was not sent"),
                Some(_) => tracing::debug!(channel = %delivery.channel, why, "a notice takes another road"),
            }
            finish(Outcome::Failed(FailReason::NoProvider, why)).await?;
        }
        Attempt::Refused(reason, why) => {
            tracing::warn!(channel = %delivery.channel, template = delivery.template, why, "a message was refused");
            finish(Outcome::Failed(reason, &why)).await?;
        }
        Attempt::Later(why) => {
            if last {
                // The journal of messages says so; a dead job that nobody can bring back would only say it again.
                tracing::error!(channel = %delivery.channel, why, "a message was given up");
                return Ok(finish(Outcome::Failed(FailReason::GaveUp, &why)).await?);
            }
            domain::messages::put_back(ctx, delivery.id).await?;
            bail!("the message has to wait: {why}");
        }
    }
    Ok(())
}

async fn attempt(tools: &Tools, delivery: &Delivery) -> Attempt {
    let message = match messages::render(&tools.ctx, delivery) {
        Ok(message) => message,
        Err(why) => return Attempt::Refused(FailReason::BadText, why.to_owned()),
    };
    match delivery.channel {
        Channel::Email => {
            let Some(mailer) = &tools.ctx.mailer else { return Attempt::NoProvider("no mail server is configured") };
            let mail = Mail {
                to: delivery.address.clone(),
                subject: message.subject.unwrap_or_default(),
                text: message.text,
                html: message.html,
                // A second copy after a broken attempt is the same letter.
                id: Some(delivery.id),
                unsubscribe: message.unsubscribe,
            };
            match mailer.send(&mail).await {
                Ok(()) => Attempt::Sent,
                Err(MailError::Permanent(why)) => Attempt::Refused(FailReason::Refused, why),
                Err(MailError::Transient(why)) => Attempt::Later(why),
            }
        }
        Channel::Telegram => telegram(tools, delivery, &message).await,
        Channel::Sms => text(tools, delivery, &message).await,
        Channel::WebPush | Channel::Fcm => push(tools, delivery, &message).await,
        Channel::InApp => Attempt::Refused(FailReason::NoProvider, "the list in the app needs no sending".to_owned()),
    }
}

async fn text(tools: &Tools, delivery: &Delivery, message: &messages::Rendered) -> Attempt {
    match sms::send(&tools.ctx, delivery.id, &delivery.address, &message.text).await {
        Ok(Sent::Accepted { .. }) => Attempt::Sent,
        Ok(Sent::NoProvider) => Attempt::NoProvider("no SMS provider is configured"),
        Ok(Sent::Refused(why)) => Attempt::Refused(FailReason::Refused, why),
        Ok(Sent::Later(why)) => Attempt::Later(why),
        Err(error) => Attempt::Later(error.to_string()),
    }
}

/// To one device; the address is its number here.
async fn push(tools: &Tools, delivery: &Delivery, message: &messages::Rendered) -> Attempt {
    let (Ok(device), Some(carried)) = (delivery.address.parse(), &delivery.notice) else {
        return Attempt::Refused(FailReason::NoAddress, "not a device".to_owned());
    };
    let (url, tag) = (messages::page(carried), tag(delivery, carried));
    let body: String = message.text.chars().take(MOST_ON_SCREEN).collect();
    let what = Notification {
        title: message.subject.as_deref().unwrap_or(&carried.company),
        body: &body,
        url: url.as_deref().unwrap_or("/"),
        tag: &tag,
    };
    let urgency = if carried.kind.waits() { Urgency::Normal } else { Urgency::High };
    let handling = Handling { ttl: KEPT, urgency, about: Some(&tag) };
    match push::send(&tools.ctx, PushDeviceId(device), carried.user, &what, &handling).await {
        Ok(Pushed::Sent) => Attempt::Sent,
        Ok(Pushed::Gone) => Attempt::Refused(FailReason::NoAddress, "the device is gone".to_owned()),
        Ok(Pushed::NoProvider) => Attempt::NoProvider("no push service is configured"),
        Ok(Pushed::Refused(why)) => Attempt::Refused(FailReason::Refused, why),
        Ok(Pushed::Later(why)) => Attempt::Later(why),
        Err(error) => Attempt::Later(error.to_string()),
    }
}

/// What is told later about the same replaces what is on the screen.
fn tag(delivery: &Delivery, carried: &Carried) -> String {
    carried.about.map_or(delivery.id, |(_, object)| object).simple().to_string()
}

async fn telegram(tools: &Tools, delivery: &Delivery, message: &messages::Rendered) -> Attempt {
    let Some(bot) = &tools.bot else { return Attempt::NoProvider("no Telegram bot is configured") };
    let Ok(chat) = delivery.address.parse() else {
        return Attempt::Refused(FailReason::NoAddress, "not a chat".to_owned());
    };
    let bot = bot.hurried();
    let told = match &delivery.notice {
        Some(notice) => {
            bot::tell(&tools.ctx, &bot, chat, delivery.lang, notice, message.subject.as_deref(), &message.text).await
        }
        None => bot.send_text(chat, &message.text).await.map(|()| bot::Told::Sent),
    };
    match told {
        Ok(bot::Told::Sent) => Attempt::Sent,
        Ok(bot::Told::Overtaken) => Attempt::Refused(FailReason::Overtaken, "overtaken by something newer".to_owned()),
        Err(BotError::Blocked(why)) => {
            tracing::info!(why, "a chat is closed to the bot");
            match telegram::set_blocked(&tools.ctx, chat, true).await {
                Ok(()) => Attempt::Refused(FailReason::Refused, why),
                Err(error) => Attempt::Later(error.to_string()),
            }
        }
        Err(error) if error.is_transient() => Attempt::Later(error.to_string()),
        Err(error) => Attempt::Refused(FailReason::Refused, error.to_string()),
    }
}
