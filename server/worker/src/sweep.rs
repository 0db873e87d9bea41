//! Schedules that forget what is no longer needed.

use crate::Tools;
use anyhow::Result;
use domain::{cleanup, files, push, tasks, telegram};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use serde::{Deserialize, Serialize};

/// Photos that were uploaded and never attached.
#[derive(Serialize, Deserialize)]
pub(crate) struct Hourly(serde_json::Value);

impl TaskHandler for Hourly {
    const IDENTIFIER: &'static str = "sweep_hourly";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        hourly(&Tools::of(&job)?).await
    }
}

/// Sessions, codes, answers, events and Telegram updates that have had their time.
#[derive(Serialize, Deserialize)]
pub(crate) struct Daily(serde_json::Value);

impl TaskHandler for Daily {
    const IDENTIFIER: &'static str = "sweep_daily";

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        daily(&Tools::of(&job)?).await
    }
}

async fn hourly(tools: &Tools) -> Result<()> {
    let mut keys = files::sweep_orphans(&tools.ctx).await?;
    keys.extend(tasks::sweep(&tools.ctx).await?);
    for key in &keys {
        // The row is gone already: a file that stays costs a little space and nothing else.
        if let Err(error) = tools.ctx.blobs.delete(key).await {
            tracing::warn!(%error, key, "a swept file stays");
        }
    }
    tracing::info!(files = keys.len(), "orphan uploads and expired exports swept");
    Ok(())
}

async fn daily(tools: &Tools) -> Result<()> {
    let swept = cleanup::run(&tools.ctx).await?;
    let updates = telegram::sweep(&tools.ctx).await?;
    let devices = push::sweep(&tools.ctx).await?;
    tracing::info!(?swept, updates, devices, "old rows swept");
    Ok(())
}
