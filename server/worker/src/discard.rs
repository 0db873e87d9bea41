//! Deleting stored files whose row has gone, where it was not done with the change.

use crate::Tools;
use anyhow::Result;
use domain::{
    jobs::{DiscardFiles, Job},
    stored,
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(DiscardFiles);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = DiscardFiles::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        stored::discard(&Tools::of(&job)?.ctx, &self.0).await?;
        Result::<()>::Ok(())
    }
}
