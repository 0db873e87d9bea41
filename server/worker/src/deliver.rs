//! Sends one message over its channel.

use crate::{Tools, messages};
use anyhow::{Result, bail};
use domain::{
    jobs::{Deliver, Job},
    messages::{Channel, Delivery, Outcome},
    sms::Sent,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use platform::mail::{Mail, MailError};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(Deliver);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = Deliver::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let last = job.job().attempts() >= job.job().max_attempts();
        deliver(&Tools::of(&job)?, &self.0, last).await
    }
}

/// How an attempt ended.
enum Attempt {
    Sent,
    /// Nobody carries this channel here.
    NoProvider(&'static str),
    /// Never try again.
    Refused(String),
    /// Try again later.
    Later(String),
}

async fn deliver(tools: &Tools, job: &Deliver, last: bool) -> Result<()> {
    let ctx = &tools.ctx;
    let Some(delivery) = domain::messages::waiting(ctx, job.delivery_id).await? else { return Ok(()) };
    let finish = async |outcome: Outcome<'_>| domain::messages::finish(ctx, delivery.id, outcome).await;
    match attempt(tools, &delivery).await {
        Attempt::Sent => {
            finish(Outcome::Sent).await?;
            // The provider's word may have been faster.
            domain::sms::settle(ctx, delivery.id).await?;
        }
        // In development the outbox page shows it.
        Attempt::NoProvider(_) if ctx.config.is_dev() => finish(Outcome::Captured).await?,
        Attempt::NoProvider(why) => {
            tracing::error!(channel = %delivery.channel, why, "a message was not sent");
            finish(Outcome::Failed(why)).await?;
        }
        Attempt::Refused(why) => {
            tracing::warn!(channel = %delivery.channel, template = delivery.template, why, "a message was refused");
            finish(Outcome::Failed(&why)).await?;
        }
        Attempt::Later(why) => {
            if last {
                finish(Outcome::Failed(&why)).await?;
            }
            bail!("the message has to wait: {why}");
        }
    }
    Ok(())
}

async fn attempt(tools: &Tools, delivery: &Delivery) -> Attempt {
    let message = match messages::render(&tools.ctx, delivery) {
        Ok(message) => message,
        Err(why) => return Attempt::Refused(why.to_owned()),
    };
    match delivery.channel {
        Channel::Email => {
            let Some(mailer) = &tools.ctx.mailer else { return Attempt::NoProvider("no mail server is configured") };
            let subject = message.subject.unwrap_or_default();
            match mailer.send(&Mail { to: delivery.address.clone(), subject, text: message.text, html: None }).await {
                Ok(()) => Attempt::Sent,
                Err(MailError::Permanent(why)) => Attempt::Refused(why),
                Err(MailError::Transient(why)) => Attempt::Later(why),
            }
        }
        Channel::Sms => match domain::sms::send(&tools.ctx, delivery.id, &delivery.address, &message.text).await {
            Ok(Sent::Accepted { .. }) => Attempt::Sent,
            Ok(Sent::NoProvider) => Attempt::NoProvider("no SMS provider is configured"),
            Ok(Sent::Refused(why)) => Attempt::Refused(why),
            Ok(Sent::Later(why)) => Attempt::Later(why),
            Err(error) => Attempt::Later(error.to_string()),
        },
        Channel::Telegram => {
            let Some(bot) = &tools.bot else { return Attempt::NoProvider("no Telegram bot is configured") };
            let Ok(chat) = delivery.address.parse() else { return Attempt::Refused("not a chat".to_owned()) };
            match bot.send_text(chat, &message.text).await {
                Ok(()) => Attempt::Sent,
                Err(error) if error.is_transient() => Attempt::Later(error.to_string()),
                Err(error) => Attempt::Refused(error.to_string()),
            }
        }
    }
}
