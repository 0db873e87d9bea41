//! Schedules that forget what is no longer needed.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::{cleanup, files, push, tasks};
use model::operations::Schedule;

/// Photos that were uploaded and never attached.
pub(crate) struct Hourly;

impl Scheduled for Hourly {
    const SCHEDULE: Schedule = Schedule::SweepHourly;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        hourly(tools).await.map(Some)
    }
}

/// Sessions, codes, answers, events, messages and jobs that have had their time.
pub(crate) struct Daily;

impl Scheduled for Daily {
    const SCHEDULE: Schedule = Schedule::SweepDaily;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        daily(tools).await.map(Some)
    }
}

async fn hourly(tools: &Tools) -> Result<u64> {
    let mut keys = files::sweep_orphans(&tools.ctx).await?;
    keys.extend(tasks::sweep(&tools.ctx).await?);
    for key in &keys {
        // The row is gone already: a file that stays costs a little space and nothing else.
        if let Err(error) = tools.ctx.blobs.delete(key).await {
            tracing::warn!(%error, key, "a swept file stays");
        }
    }
    tracing::info!(files = keys.len(), "orphan uploads and expired exports swept");
    Ok(count(keys.len()))
}

async fn daily(tools: &Tools) -> Result<u64> {
    let swept = cleanup::run(&tools.ctx).await?;
    let devices = push::sweep(&tools.ctx).await?;
    tracing::info!(?swept, devices, "old rows swept");
    Ok(swept.total() + devices)
}
