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
mod letter;
mod outages;
mod payments;
mod plans;
mod receipts;
mod reminders;
mod seal;
mod sms;
mod sweep;

use anyhow::{Context, Result};
use bot::BotApi;
use domain::{Ctx, jobs::SCHEMA};
use futures::future::{BoxFuture, FutureExt, Shared};
use graphile_worker::{Cron, WorkerContext, WorkerOptions, WorkerShutdownConfig};
use std::{fmt, future::Future, time::Duration};

/// Jobs at once: they mostly wait for mail servers and Telegram.
const CONCURRENCY: usize = 4;
/// Running jobs get this long at shutdown, then they are given to the next worker.
const GRACE: Duration = Duration::from_secs(15);
/// A worker process without a sign of life for this long has lost its jobs.
const LOST: Duration = Duration::from_secs(60);

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
        .worker_shutdown(stop)
        .heartbeat_interval(LOST / 6)
        .sweep_interval(LOST / 4)
        .sweep_threshold(LOST)
        .recovery_delay(Duration::from_secs(1))
        .add_extension(tools.clone())
}

async fn work(options: WorkerOptions) -> Result<()> {
    options.init().await.context("the job queue could not be opened")?.run().await.context("the job queue stopped")
}

fn carried_jobs(options: WorkerOptions) -> WorkerOptions {
    options.define_jobs(carried::KINDS.iter().map(|kind| (kind.definition)()))
}

/// What never leaves PostgreSQL, and the schedules.
fn own_jobs(options: WorkerOptions) -> Result<WorkerOptions> {
    Ok(options
        .define_job::<outages::Tick>()
        .with_cron(Cron::every_minute::<outages::Tick>())
        .define_job::<payments::Match>()
        .define_job::<payments::Look>()
        // 04:30 in Tashkent.
        .with_cron(Cron::daily_at::<payments::Look>(23, 30)?)
        .define_job::<payments::Tick>()
        .with_cron(Cron::every_minute::<payments::Tick>())
        .define_job::<assign::Waiting>()
        .with_cron(Cron::every_minute::<assign::Waiting>())
        .define_job::<tasks::Task>()
        .define_job::<tasks::Revive>()
        .define_job::<clock::Tick>()
        .with_cron(Cron::every_minute::<clock::Tick>())
        .define_job::<seal::Task>()
        .define_job::<seal::Waiting>()
        .with_cron(Cron::hourly_at::<seal::Waiting>(37)?)
        .define_job::<sms::Look>()
        .with_cron(Cron::every_n_minutes::<sms::Look>(10)?)
        .define_job::<sweep::Hourly>()
        .define_job::<sweep::Daily>()
        .with_cron(Cron::every_minute::<tasks::Revive>())
        .define_job::<ledger::Check>()
        // 03:20 in Tashkent.
        .with_cron(Cron::daily_at::<ledger::Check>(22, 20)?)
        .define_job::<audit::Seal>()
        .define_job::<audit::Verify>()
        .with_cron(Cron::hourly_at::<sweep::Hourly>(17)?)
        .define_job::<reminders::Run>()
        // 10:00 in Tashkent.
        .with_cron(Cron::daily_at::<reminders::Run>(5, 0)?)
        .define_job::<plans::Run>()
        .with_cron(Cron::hourly_at::<plans::Run>(4)?)
        .with_cron(Cron::every_minute::<audit::Seal>())
        // 04:10 in Tashkent.
        .with_cron(Cron::daily_at::<audit::Verify>(23, 10)?)
        // 03:40 in Tashkent.
        .with_cron(Cron::daily_at::<sweep::Daily>(22, 40)?))
}
