//! Makes the requests of planned work, every hour: a plan that was missed while nothing ran is found the next time.

use crate::Tools;
use anyhow::Result;
use domain::plans;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Run(serde_json::Value);

impl TaskHandler for Run {
    const IDENTIFIER: &'static str = "plans_run";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let made = plans::run(&Tools::of(&job)?.ctx).await?;
        if made > 0 {
            tracing::info!(made, "requests of planned work made");
        }
        Result::<()>::Ok(())
    }
}
