//! Outages: those that begin and end by the clock, and the detector after each request.

use crate::Tools;
use anyhow::Result;
use domain::{jobs::DetectOutage, outages};
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

pub(crate) async fn detect(tools: &Tools, job: &DetectOutage) -> Result<()> {
    outages::detect(&tools.ctx, job.company_id, job.building_id).await?;
    Ok(())
}
