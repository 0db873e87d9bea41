//! Reminds of debts what is due today. Doing it twice on one day sends nothing twice.

use crate::Tools;
use anyhow::Result;
use domain::reminders;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Run(serde_json::Value);

impl TaskHandler for Run {
    const IDENTIFIER: &'static str = "debt_reminders";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let sent = reminders::run(&Tools::of(&job)?.ctx).await?;
        if sent > 0 {
            tracing::info!(sent, "accounts were reminded of their debts");
        }
        Result::<()>::Ok(())
    }
}
