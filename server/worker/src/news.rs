//! News on their way.

use crate::{Tools, schedule::Scheduled};
use anyhow::Result;
use domain::{
    jobs::{Job, SendNews},
    news,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::operations::Schedule;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Send(SendNews);

impl TaskHandler for Send {
    const IDENTIFIER: &'static str = SendNews::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        news::run(&Tools::of(&job)?.ctx, &self.0).await?;
        Result::<()>::Ok(())
    }
}

/// Gives out again what no job works on any more.
pub(crate) struct Tick;

impl Scheduled for Tick {
    const SCHEDULE: Schedule = Schedule::NewsTick;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let late = news::tick(&tools.ctx).await?;
        if late > 0 {
            tracing::warn!(late, "news that should be out by now were given out again");
        }
        Ok(u64::try_from(late).ok())
    }
}
