//! Outages: those that begin and end by the clock, the detector after each request, and news for who said "me too".

use crate::Tools;
use anyhow::Result;
use domain::{
    jobs::{DetectOutage, Job, NotifyJoined},
    outages,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Tick(serde_json::Value);

impl TaskHandler for Tick {
    const IDENTIFIER: &'static str = "outages_tick";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let moved = outages::tick(&Tools::of(&job)?.ctx).await?;
        if moved > 0 {
            tracing::info!(moved, "outages moved by the clock");
        }
        Result::<()>::Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Detect(DetectOutage);

impl TaskHandler for Detect {
    const IDENTIFIER: &'static str = DetectOutage::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        outages::detect(&Tools::of(&job)?.ctx, self.0.company_id, self.0.building_id).await?;
        Result::<()>::Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct NotifyNeighbours(NotifyJoined);

impl TaskHandler for NotifyNeighbours {
    const IDENTIFIER: &'static str = NotifyJoined::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        notify(&Tools::of(&job)?, &self.0).await
    }
}

async fn notify(tools: &Tools, job: &NotifyJoined) -> Result<()> {
    let Some(bot) = &tools.bot else { return Ok(()) };
    match bot::notify_joined(&tools.ctx, bot, job).await {
        Ok(()) => Ok(()),
        // As with authors: what waiting does not mend is said once.
        Err(error @ (bot::BotError::Refused(_) | bot::BotError::Config(_))) => {
            tracing::error!(%error, "neighbours could not be told");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
