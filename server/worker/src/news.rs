//! News on their way.

use crate::Tools;
use anyhow::Result;
use domain::{
    jobs::{Job, SendNews},
    news,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
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
#[derive(Serialize, Deserialize)]
pub(crate) struct Tick(serde_json::Value);

impl TaskHandler for Tick {
    const IDENTIFIER: &'static str = "news_tick";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let late = news::tick(&Tools::of(&job)?.ctx).await?;
        if late > 0 {
            tracing::warn!(late, "news that should be out by now were given out again");
        }
        Result::<()>::Ok(())
    }
}
