//! Finds somebody for new requests: at once, and again while nobody was there.

use crate::Tools;
use anyhow::Result;
use domain::{assignment, jobs::AssignNew};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::Code;
use serde::{Deserialize, Serialize};

/// Requests that found nobody when they came: a shift may have begun since.
#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting(serde_json::Value);

impl TaskHandler for Waiting {
    const IDENTIFIER: &'static str = "assign_waiting";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        waiting(&Tools::of(&job)?).await
    }
}

pub(crate) async fn assign(tools: &Tools, job: &AssignNew) -> Result<()> {
    match assignment::assign_new(&tools.ctx, job.company_id, job.request_id).await {
        Ok(_) => Ok(()),
        // Taken away meanwhile, as sample data is: there is nothing to assign.
        Err(error) if error.code() == Code::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn waiting(tools: &Tools) -> Result<()> {
    let assigned = assignment::assign_waiting(&tools.ctx).await?;
    if assigned > 0 {
        tracing::info!(assigned, "waiting requests found somebody");
    }
    Ok(())
}
