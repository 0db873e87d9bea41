//! RabbitMQ as the carrier of short jobs (`carried`). PostgreSQL stays the truth: a relay sends out pointers to jobs that
//! are due, consumers of any worker process run them and write the end into the job's row (`domain::leases`). While the
//! broker is away a second runner takes the same jobs straight from PostgreSQL.

mod consumer;
mod relay;

use crate::{Shutdown, Tools, carried_jobs, runner, work};
use domain::{Ctx, leases};
use futures::future::{FutureExt, select};
use platform::{
    amqp::{AmqpError, Broker},
    config::Secret,
    ids::new_id,
};
use secrecy::ExposeSecret;
use std::{convert::Infallible, pin::pin, time::Duration};
use tokio::{
    sync::oneshot,
    task::JoinSet,
    time::{sleep, timeout},
};

/// Before the broker, or a database that failed, is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often the log repeats that the broker is away, in tries.
const LOG_EVERY: u32 = 60;

/// A job that was sent and shows no sign of life for this long is given out again.
pub(crate) fn lease(ctx: &Ctx) -> Duration {
    Duration::from_secs(ctx.config.amqp.lease_s)
}

/// Carries jobs until `shutdown`, over the broker while it is there.
pub(crate) async fn run(tools: &Tools, url: &Secret, shutdown: Shutdown) {
    let mut running = JoinSet::new();
    tokio::select! {
        () = carry(tools, url, &shutdown, &mut running) => {}
        never = free_lost(&tools.ctx) => match never {},
    }
    // Each of them gives its job back when its time is over.
    if timeout(crate::GRACE + PAUSE, async { while running.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("some jobs did not end; they are given out again when their lease is over");
    }
}

async fn carry(tools: &Tools, url: &Secret, shutdown: &Shutdown, running: &mut JoinSet<()>) {
    while let Some(broker) = reach(tools, url, shutdown).await {
        tracing::info!("jobs travel over RabbitMQ");
        match session(tools, &broker, shutdown, running).await {
            Ok(()) => {
                // Those that are running still acknowledge over it.
                while timeout(crate::GRACE, running.join_next()).await.is_ok_and(|ended| ended.is_some()) {}
                broker.close().await;
                return;
            }
            Err(error) => tracing::warn!(%error, "RabbitMQ was lost"),
        }
    }
}

/// The broker, as soon as it is there; nothing at shutdown. When it is away for long, jobs run without it meanwhile.
async fn reach(tools: &Tools, url: &Secret, shutdown: &Shutdown) -> Option<Broker> {
    let mut opening = pin!(open(tools, url));
    let patience = Duration::from_secs(tools.ctx.config.amqp.patience_s);
    tokio::select! {
        biased;
        () = shutdown.clone() => return None,
        broker = &mut opening => return Some(broker),
        () = sleep(patience) => {}
    }
    tracing::warn!("RabbitMQ is away: jobs run straight from PostgreSQL until it is back");
    let (back, is_back) = oneshot::channel::<()>();
    let mut direct = pin!(straight(tools, shutdown.clone(), is_back.map(drop).boxed().shared()));
    let broker = tokio::select! {
        broker = &mut opening => broker,
        () = &mut direct => return None,
    };
    drop(back);
    direct.await;
    Some(broker)
}

async fn open(tools: &Tools, url: &Secret) -> Broker {
    let mut tries = 0_u32;
    loop {
        match Broker::open(&tools.ctx.config.amqp, url.expose_secret()).await {
            Ok(broker) => return broker,
            Err(error) if tries.is_multiple_of(LOG_EVERY) => tracing::warn!(%error, "RabbitMQ cannot be used"),
            Err(_) => {}
        }
        tries += 1;
        sleep(PAUSE).await;
    }
}

/// Runs the same jobs from PostgreSQL until the broker is back.
async fn straight(tools: &Tools, shutdown: Shutdown, is_back: Shutdown) {
    let enough = async move { drop(select(shutdown, is_back).await) };
    let enough: Shutdown = enough.boxed().shared();
    while enough.peek().is_none() {
        match work(carried_jobs(runner(tools, enough.clone()))).await {
            Ok(()) => {}
            Err(error) => tracing::error!(error = format!("{error:#}"), "the runner without RabbitMQ failed"),
        }
        // It may have ended for another reason.
        drop(timeout(PAUSE, enough.clone()).await);
    }
}

/// Sends and takes until the broker is lost or it is time to stop.
async fn session(
    tools: &Tools,
    broker: &Broker,
    shutdown: &Shutdown,
    running: &mut JoinSet<()>,
) -> Result<(), AmqpError> {
    let consumer = new_id();
    let mut incoming = broker.consume(tools.ctx.config.amqp.prefetch).await?;
    let mut sending = pin!(relay::run(&tools.ctx, broker));
    loop {
        tokio::select! {
            biased;
            () = shutdown.clone() => break,
            lost = &mut sending => return lost.map(|never| match never {}),
            message = incoming.next() => {
                running.spawn(consumer::work(tools.clone(), message?, consumer, shutdown.clone()));
            }
            Some(ended) = running.join_next(), if !running.is_empty() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "the work on a job broke off; it is given out again");
                }
            }
        }
    }
    incoming.stop().await;
    Ok(())
}

/// Gives out again what was sent or taken and has not been heard of since.
async fn free_lost(ctx: &Ctx) -> Infallible {
    loop {
        match leases::free_lost(ctx, lease(ctx)).await {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "jobs were lost on their way and are given out again"),
            Err(error) => tracing::warn!(%error, "lost jobs could not be looked for"),
        }
        sleep(lease(ctx) / 4).await;
    }
}
