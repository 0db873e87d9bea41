//! Sealing what people keep to themselves: a company's telephones when it changes its mind, and whatever waits.

use crate::{Tools, schedule::Scheduled};
use anyhow::Result;
use domain::{
    jobs::{Job, SealPhones},
    people,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::operations::Schedule;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(SealPhones);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = SealPhones::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let (tools, company) = (Tools::of(&job)?, self.0.company_id);
        let done = people::apply_privacy(&tools.ctx, company).await;
        let done = tools.settle(*job.job().id(), done).await?;
        tracing::info!(%company, done, "telephones follow the company's rules");
        Result::<()>::Ok(())
    }
}

/// What stands in the open and should not: written by an older version, or left by a job that was broken off.
pub(crate) struct Waiting;

impl Scheduled for Waiting {
    const SCHEDULE: Schedule = Schedule::SealWaiting;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        let done = people::seal_waiting(&tools.ctx).await?;
        if done > 0 {
            tracing::info!(done, "waiting values sealed");
        }
        Ok(Some(done))
    }
}
