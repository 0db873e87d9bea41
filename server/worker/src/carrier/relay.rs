//! Sends out pointers to jobs that are due.

use super::{PAUSE, lease};
use crate::carried::KINDS;
use domain::{
    Ctx,
    leases::{self, Pointer},
};
use platform::amqp::{AmqpError, Broker, Outgoing};
use std::{convert::Infallible, time::Duration};
use tokio::time::{sleep, timeout};

/// What graphile_worker says when a job is added.
const CHANNEL: &str = "jobs:insert";
/// Jobs sent at once, with one wait for the broker's word.
const BATCH: i64 = 200;
/// The queue is kept short: a job that waits in it outlives no lease, and what is more urgent does not wait behind it.
const WINDOW: u32 = 1_000;
/// Before a full queue is looked at again.
const FULL: Duration = Duration::from_millis(50);
/// Jobs whose time comes are not announced.
const IDLE: Duration = Duration::from_secs(1);

/// Runs as long as the broker does.
pub(super) async fn run(ctx: &Ctx, broker: &Broker) -> Result<Infallible, AmqpError> {
    let mut news = loop {
        match ctx.db.listen(CHANNEL).await {
            Ok(news) => break news,
            Err(error) => tracing::warn!(%error, "new jobs cannot be listened for"),
        }
        sleep(PAUSE).await;
    };
    loop {
        match send(ctx, broker).await? {
            Some(pause) if pause < IDLE => sleep(pause).await,
            Some(_) => match timeout(IDLE, news.recv()).await {
                // One look answers all that was announced before it.
                Ok(Ok(_)) => while news.next_buffered().is_some() {},
                Ok(Err(error)) => {
                    tracing::warn!(%error, "new jobs cannot be listened for");
                    sleep(PAUSE).await;
                }
                Err(_) => {}
            },
            None => {}
        }
    }
}

/// Sends one batch; then how long there is nothing to do, if so.
async fn send(ctx: &Ctx, broker: &Broker) -> Result<Option<Duration>, AmqpError> {
    if broker.waiting().await? >= WINDOW {
        return Ok(Some(FULL));
    }
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let pointers = match leases::send_out(ctx, &kinds, BATCH, lease(ctx)).await {
        Ok(pointers) => pointers,
        Err(error) => {
            tracing::warn!(%error, "no jobs could be sent out");
            return Ok(Some(IDLE));
        }
    };
    if pointers.is_empty() {
        return Ok(Some(IDLE));
    }
    let messages: Vec<Outgoing> = pointers.iter().filter_map(message).collect();
    let sent = broker.publish(&messages).await;
    let lost: Vec<Pointer> = match &sent {
        Ok(sent) => pointers.iter().zip(sent).filter(|(_, sent)| !**sent).map(|(pointer, _)| pointer.clone()).collect(),
        // Copies that arrived all the same hold a lease that is over.
        Err(_) => pointers,
    };
    if !lost.is_empty() {
        tracing::warn!(jobs = lost.len(), "RabbitMQ did not take some jobs");
        if let Err(error) = leases::take_back(ctx, &lost).await {
            tracing::warn!(%error, "they go out again when their lease is over");
        }
    }
    sent?;
    Ok((!lost.is_empty()).then_some(FULL))
}

/// Nothing but numbers and names: it always becomes JSON.
fn message(pointer: &Pointer) -> Option<Outgoing> {
    let body = serde_json::to_vec(pointer).ok()?;
    Some(Outgoing { id: format!("{}/{}", pointer.job, pointer.lease), kind: pointer.task.clone(), body })
}
