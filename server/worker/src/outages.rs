//! Outages: those that begin and end by the clock, and the detector after each request.

use crate::{Tools, carried::Turn, count, schedule::Scheduled};
use anyhow::Result;
use domain::{jobs::DetectOutage, outages};
use model::operations::Schedule;

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

pub(crate) async fn detect(tools: &Tools, job: &DetectOutage, turn: Turn) -> Result<()> {
    let found = outages::detect(&tools.ctx, job.company_id, job.building_id).await;
    tools.settle(turn.job, found).await.map(drop)
}
