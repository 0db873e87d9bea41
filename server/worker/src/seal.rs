//! Sealing what people keep to themselves: a company's telephones when it changes its mind, and whatever waits.

use crate::Tools;
use anyhow::Result;
use domain::{
    jobs::{Job, SealPhones},
    people,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(SealPhones);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = SealPhones::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        phones(&Tools::of(&job)?, &self.0).await
    }
}

/// What stands in the open and should not: written by an older version, or left by a job that was broken off.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting(serde_json::Value);

impl TaskHandler for Waiting {
    const IDENTIFIER: &'static str = "seal_waiting";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        waiting(&Tools::of(&job)?).await
    }
}

async fn phones(tools: &Tools, job: &SealPhones) -> Result<()> {
    let done = people::apply_privacy(&tools.ctx, job.company_id).await?;
    tracing::info!(company = %job.company_id, done, "telephones follow the company's rules");
    Ok(())
}

async fn waiting(tools: &Tools) -> Result<()> {
    let done = people::seal_waiting(&tools.ctx).await?;
    if done > 0 {
        tracing::info!(done, "waiting values sealed");
    }
    Ok(())
}
