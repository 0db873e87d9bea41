//! Each minute: what time alone brings about in requests.

use crate::Tools;
use anyhow::Result;
use domain::deadlines;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

/// Work that was put off comes back, unrated work closes, deadlines are told of.
#[derive(Serialize, Deserialize)]
pub(crate) struct Tick(serde_json::Value);

impl TaskHandler for Tick {
    const IDENTIFIER: &'static str = "deadlines_tick";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        tick(&Tools::of(&job)?).await
    }
}

async fn tick(tools: &Tools) -> Result<()> {
    let done = deadlines::tick(&tools.ctx).await?;
    if done != deadlines::Ticked::default() {
        tracing::info!(?done, "requests whose time had come");
    }
    Ok(())
}
