//! Work with progress: imports and large exports. What a task may write is decided in `domain`; here its bytes are read.

use crate::{Tools, carrier, count, schedule::Scheduled};
use anyhow::Result;
use domain::{
    Ctx, Error, billing, imports,
    jobs::{Job, RunTask},
    leases, penalties,
    tasks::{self, Beat, Running},
};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext};
use model::{Code, operations::Schedule, tasks::TaskKind};
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use tokio::sync::mpsc;

/// Rows staged in one transaction.
const CHUNK: usize = 500;

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Task(RunTask);

impl TaskHandler for Task {
    const IDENTIFIER: &'static str = RunTask::NAME;

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        work(&Tools::of(&job)?.ctx, &self.0).await
    }
}

/// Tasks whose worker is gone are given out again.
pub(crate) struct Revive;

impl Scheduled for Revive {
    const SCHEDULE: Schedule = Schedule::ReviveTasks;

    async fn run(tools: &Tools) -> Result<Option<u64>> {
        // Also those that went out over a broker which is not configured any more.
        leases::free_lost(&tools.ctx, carrier::lease(&tools.ctx)).await?;
        revive(&tools.ctx).await.map(|revived| Some(count(revived)))
    }
}

async fn revive(ctx: &Ctx) -> Result<usize> {
    let revived = tasks::revive(ctx).await?;
    if revived > 0 {
        tracing::warn!(revived, "tasks had lost their worker");
    }
    Ok(revived)
}

/// Works on a task until it is over, cancelled, or given back.
///
/// # Errors
/// A fault of ours: the task was given back and the job will be run again.
pub async fn work(ctx: &Ctx, job: &RunTask) -> Result<()> {
    let Some(run) = tasks::claim(ctx, job).await? else { return Ok(()) };
    let result = match run.kind {
        TaskKind::ImportCheck => check(ctx, &run).await,
        TaskKind::ImportRun => imports::apply(ctx, &run).await,
        TaskKind::ImportUndo => imports::undo_all(ctx, &run).await,
        TaskKind::Export => crate::exports::make(ctx, &run).await,
        TaskKind::Receipts => crate::receipts::make(ctx, &run).await,
        TaskKind::Letters => crate::receipts::letters(ctx, &run).await,
        TaskKind::ChargePreview => billing::preview(ctx, &run).await,
        TaskKind::ChargePost => billing::post(ctx, &run).await,
        TaskKind::ChargeUndo => billing::undo(ctx, &run).await,
        TaskKind::PenaltyPreview => penalties::preview(ctx, &run).await,
        TaskKind::PenaltyPost => penalties::post(ctx, &run).await,
        TaskKind::PenaltyUndo => penalties::undo(ctx, &run).await,
    };
    match result {
        Ok(Beat::GoOn) => Ok(()),
        Ok(Beat::Cancel) => Ok(run.cancelled(ctx).await?),
        Err(error) => match error.code() {
            // Another worker has it by now.
            Code::Interrupted => Ok(()),
            code @ (Code::Internal | Code::Unavailable) => {
                tracing::error!(%error, task = %run.id, "a task is given back");
                run.release(ctx, code).await?;
                Err(error.into())
            }
            code => Ok(run.fail(ctx, code).await?),
        },
    }
}

/// Reads the file on a thread that may block, a few hundred rows ahead of the database.
async fn check(ctx: &Ctx, run: &Running) -> domain::Result<Beat> {
    let source = imports::source(ctx, run).await?;
    let blob = ctx.blobs.get(&source.blob_key).await.map_err(|e| Error::internal("blob store", e))?;
    let blob =
        blob.ok_or_else(|| Error::internal("blob store", format!("the file of import {} is gone", source.id)))?;
    if imports::stage_begin(ctx, run, &source).await? == Beat::Cancel {
        return Ok(Beat::Cancel);
    }
    let (send, mut receive) = mpsc::channel(2);
    let (wanted, zone) = (source.clone(), i18n::when::zone());
    let reading = tokio::task::spawn_blocking(move || {
        let mut chunk = Vec::with_capacity(CHUNK);
        documents::read::rows(&blob.bytes, wanted.sheet, &mut |index, cells| {
            chunk.extend(imports::prepare(&wanted, zone, index, cells));
            // Nobody listens any more: cancelled.
            let gone = chunk.len() >= CHUNK && send.blocking_send(std::mem::take(&mut chunk)).is_err();
            if gone { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        // An error here means the same: there is nobody to hear of it.
        let _ = send.blocking_send(chunk);
        Ok::<(), documents::read::ReadError>(())
    });
    let mut seen = 0_i64;
    while let Some(chunk) = receive.recv().await {
        seen += i64::try_from(chunk.len()).unwrap_or(0);
        if imports::stage(ctx, run, &source, &chunk, seen).await? == Beat::Cancel {
            return Ok(Beat::Cancel);
        }
    }
    reading.await.map_err(|e| Error::internal("reading a spreadsheet", e))?.map_err(Code::from)?;
    imports::check(ctx, run, &source).await?;
    Ok(Beat::GoOn)
}
