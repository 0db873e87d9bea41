//! Asks providers how text messages went that nobody reported.

use crate::Tools;
use anyhow::Result;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Look(serde_json::Value);

impl TaskHandler for Look {
    const IDENTIFIER: &'static str = "sms_look";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        look(&Tools::of(&job)?).await
    }
}

async fn look(tools: &Tools) -> Result<()> {
    let ended = domain::sms::look(&tools.ctx).await?;
    if ended > 0 {
        tracing::info!(ended, "text messages whose report was lost");
    }
    Ok(())
}
