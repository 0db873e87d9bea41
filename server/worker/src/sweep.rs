//! Schedules that forget what is no longer needed.

use crate::{Tools, count, schedule::Scheduled};
use anyhow::Result;
use domain::{cleanup, files, push, stored, tasks, uploads};
use model::operations::Schedule;

/// Photos that were uploaded and never attached, uploads that were announced and never confirmed, expired exports.
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
    keys.extend(uploads::sweep(&tools.ctx).await?);
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
    let drafts = stored::sweep_drafts(&tools.ctx).await?;
    tracing::info!(?swept, devices, drafts, "old rows swept");
    look(tools).await?;
    Ok(swept.total() + devices + drafts)
}

/// Says what does not fit together. Nothing is deleted: another installation may use the same store.
async fn look(tools: &Tools) -> Result<()> {
    let found = stored::compare(&tools.ctx).await?;
    if !found.strays.is_empty() {
        let (strays, first) = (found.strays.len(), found.strays.first());
        tracing::warn!(strays, first, "files that nothing names: see `uk-crm check-files`");
    }
    if !found.missing.is_empty() {
        let (missing, first) = (found.missing.len(), found.missing.first());
        tracing::error!(missing, first, "stored files are gone: see `uk-crm check-files`");
    }
    Ok(())
}
