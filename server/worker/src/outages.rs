//! Outages: those that begin and end by the clock, and the detector after each request.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::{
    jobs::{DetectOutage, Job},
    outages,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::operations::Schedule;
use serde::{Deserialize, Serialize};

pub(crate) struct Tick;

impl Scheduled for Tick {
    const SCHEDULE: Schedule = Schedule::OutagesTick;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let moved = outages::tick(&tools.ctx).await?;
        if moved > 0 {
            tracing::info!(moved, "outages moved by the clock");
        }
        Ok(Some(count(moved)))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Detect(DetectOutage);

impl TaskHandler for Detect {
    const IDENTIFIER: &'static str = DetectOutage::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = Tools::of(&job)?;
        let found = outages::detect(&tools.ctx, self.0.company_id, self.0.building_id).await;
        tools.settle(&job, found).await.map(drop)
    }
}
