//! Makes the requests of planned work, every hour: a plan that was missed while nothing ran is found the next time.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::plans;
use model::operations::Schedule;

pub(crate) struct Run;

impl Scheduled for Run {
    const SCHEDULE: Schedule = Schedule::PlansRun;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let made = plans::run(&tools.ctx).await?;
        if made > 0 {
            tracing::info!(made, "requests of planned work made");
        }
        Ok(Some(count(made)))
    }
}
