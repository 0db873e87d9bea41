//! Payments: what waited too long, and news for who paid.

use crate::Tools;
use anyhow::Result;
use domain::{
    jobs::{Job, NotifyPayment},
    payments,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Tick(serde_json::Value);

impl TaskHandler for Tick {
    const IDENTIFIER: &'static str = "payments_tick";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let moved = payments::sweep(&Tools::of(&job)?.ctx).await?;
        if moved > 0 {
            tracing::info!(moved, "payments and bills that waited too long");
        }
        Result::<()>::Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Notify(NotifyPayment);

impl TaskHandler for Notify {
    const IDENTIFIER: &'static str = NotifyPayment::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        notify(&Tools::of(&job)?, &self.0).await
    }
}

async fn notify(tools: &Tools, job: &NotifyPayment) -> Result<()> {
    let Some(bot) = &tools.bot else { return Ok(()) };
    match bot::notify_payment(&tools.ctx, bot, job).await {
        Ok(()) => Ok(()),
        // As with authors: what waiting does not mend is said once.
        Err(error @ (bot::BotError::Refused(_) | bot::BotError::Config(_))) => {
            tracing::error!(%error, "a payer could not be told");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
