//! Finds somebody for new requests: at once, and again while nobody was there.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::{assignment, jobs::AssignNew};
use model::{Code, operations::Schedule};

/// Requests that found nobody when they came: a shift may have begun since.
pub(crate) struct Waiting;

impl Scheduled for Waiting {
    const SCHEDULE: Schedule = Schedule::AssignWaiting;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        waiting(tools).await.map(Some)
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

async fn waiting(tools: &Tools) -> Result<u64> {
    let assigned = assignment::assign_waiting(&tools.ctx).await?;
    if assigned > 0 {
        tracing::info!(assigned, "waiting requests found somebody");
    }
    Ok(count(assigned))
}
