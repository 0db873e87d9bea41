//! Makes the requests of planned work: of a plan that was saved at once, of all of them every hour, so that one that was
//! missed while nothing ran is found the next time.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::{
    jobs::{Job, RunPlan},
    plans,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::operations::Schedule;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct One(RunPlan);

impl TaskHandler for One {
    const IDENTIFIER: &'static str = RunPlan::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        plans::run_plan(&Tools::of(&job)?.ctx, &self.0).await?;
        Result::<()>::Ok(())
    }
}

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
