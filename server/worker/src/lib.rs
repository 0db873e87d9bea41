//! What happens after a commit: one file for each kind of job, and the schedules.
//!
//! Jobs are enqueued by use cases in their own transaction (`domain::jobs`) and run here by graphile_worker; with a broker
//! configured the short ones travel over it (`carrier`).

pub mod exports;
pub mod ledger;
pub mod messages;
pub mod tasks;
pub mod templates;

mod assign;
mod audit;
mod bills;
mod carried;
mod carrier;
mod clock;
mod deliver;
mod digest;
mod discard;
mod letter;
mod news;
mod outages;
mod payments;
mod plans;
mod receipts;
mod reminders;
mod schedule;
mod seal;
mod sms;
mod sweep;

use anyhow::{Context, Result};
use bot::BotApi;
use domain::{Ctx, jobs::SCHEMA};
use futures::future::{BoxFuture, FutureExt, Shared};
use graphile_worker::{LocalQueueConfig, WorkerContext, WorkerOptions, WorkerRecoveryConfig, WorkerShutdownConfig};
use model::Code;
use std::{fmt, future::Future, time::Duration};

/// Jobs at once: they mostly wait for mail servers and Telegram.
const CONCURRENCY: usize = 4;
/// Jobs a worker takes at once and works off one after the other. Without them it takes one for each slot when it is told of a new
/// job or the clock strikes, and a backlog goes at four a second. No more than the next worker may wait for after a kill.
const HELD: usize = 16;
/// What all slots are too busy for goes back to the other workers after this time.
const HELD_FOR: Duration = Duration::from_secs(10);
/// Jobs done within this time leave the queue with one statement. One that is killed meanwhile runs again, as after any kill.
const DONE_WITHIN: Duration = Duration::from_millis(5);
/// Running jobs get this long at shutdown, then they are given to the next worker.
const GRACE: Duration = Duration::from_secs(15);

/// Comes when the process is to stop; everybody may wait for it.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// What every job may use.
#[derive(Clone)]
pub(crate) struct Tools {
    pub ctx: Ctx,
    pub bot: Option<BotApi>,
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tools").field("bot", &self.bot).finish_non_exhaustive()
    }
}

impl Tools {
    fn of(job: &WorkerContext) -> Result<Self> {
        job.get_ext::<Self>().cloned().context("the worker was started without its tools")
    }

    /// A refusal by the rules (what the job is about is gone, or does not allow it) will be the same next time: the job
    /// fails for good at once and is shown as dead. Faults of ours, and of what we lean on, are worth another try.
    async fn settle<T>(&self, job: i64, done: domain::Result<T>) -> Result<T> {
        let error = match done {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let passing = [Code::Unavailable, Code::Conflict, Code::Interrupted, Code::TooManyRequests, Code::LookingAs];
        if matches!(&error, domain::Error::Failure(refusal) if !passing.contains(&refusal.code))
            && let Err(trouble) = domain::operations::give_up(&self.ctx, job).await
        {
            tracing::warn!(%trouble, "a job that cannot succeed will be tried again");
        }
        Err(error.into())
    }
}

/// As schedules count what they did.
fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Runs jobs and schedules until `shutdown`, then lets running jobs finish.
///
/// # Errors
/// When the queue cannot be reached at the start, or stops working for good.
pub async fn run(ctx: Ctx, bot: Option<BotApi>, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let shutdown = shutdown.boxed().shared();
    let tools = Tools { ctx, bot };
    let own = own_jobs(runner(&tools, shutdown.clone()))?;
    match &tools.ctx.config.amqp.url {
        None => work(carried_jobs(own)).await,
        Some(url) => {
            let carrier = async {
                carrier::run(&tools, url, shutdown).await;
                Ok(())
            };
            futures::try_join!(work(own), carrier).map(|_| ())
        }
    }
}

/// A runner on PostgreSQL that knows no kind of job yet.
fn runner(tools: &Tools, shutdown: Shutdown) -> WorkerOptions {
    let stop = WorkerShutdownConfig::default()
        // The server owns signals.
        .listen_os_shutdown_signals(false)
        .grace_period(GRACE)
        .interrupted_job_retry_delay(Duration::from_secs(1))
        .shutdown_signal(shutdown);
    WorkerOptions::default()
        .schema(SCHEMA)
        .pg_pool(tools.ctx.db.pool_for_jobs())
        .concurrency(CONCURRENCY)
        .local_queue(LocalQueueConfig::default().with_size(HELD).with_ttl(HELD_FOR))
        .complete_job_batch_delay(DONE_WITHIN)
        .worker_shutdown(stop)
        // The jobs of a worker that was killed go to the next one after minutes, not after hours.
        .worker_recovery(WorkerRecoveryConfig { enabled: true, ..WorkerRecoveryConfig::default() })
        .add_extension(tools.clone())
}

async fn work(options: WorkerOptions) -> Result<()> {
    options.init().await.context("the job queue could not be opened")?.run().await.context("the job queue stopped")
}

/// What never leaves PostgreSQL, and the schedules.
fn own_jobs(options: WorkerOptions) -> Result<WorkerOptions> {
    schedule::add_all(
        options
            .define_job::<payments::Refund>()
            .define_job::<payments::Receipt>()
            .define_job::<payments::Match>()
            .define_job::<news::Send>()
            .define_job::<plans::One>()
            .define_job::<tasks::Task>()
            .define_job::<seal::Task>()
            .define_job::<discard::Task>(),
    )
}

/// What travels when there is a broker.
fn carried_jobs(options: WorkerOptions) -> WorkerOptions {
    options.define_jobs(carried::KINDS.iter().map(|kind| (kind.definition)()))
}
