//! Tells the author of a request about its new status.

use crate::Tools;
use anyhow::Result;
use domain::jobs::{Job, NotifyAuthor};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(NotifyAuthor);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = NotifyAuthor::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        notify(&Tools::of(&job)?, &self.0).await
    }
}

async fn notify(tools: &Tools, job: &NotifyAuthor) -> Result<()> {
    let Some(bot) = &tools.bot else { return Ok(()) };
    match bot::notify_author(&tools.ctx, bot, job).await {
        Ok(()) => Ok(()),
        // What is not ours to mend by waiting is a bug or a setting: said once, not twelve times.
        Err(error @ (bot::BotError::Refused(_) | bot::BotError::Config(_))) => {
            tracing::error!(%error, "an author could not be told");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
