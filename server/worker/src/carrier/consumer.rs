//! Runs the job a message points to.

use super::{PAUSE, lease};
use crate::{
    GRACE, Shutdown, Tools,
    carried::{KINDS, Turn},
};
use anyhow::{Result, anyhow};
use domain::{
    Ctx,
    leases::{self, Claim, Pointer, Taken},
};
use futures::future::{BoxFuture, FutureExt};
use platform::amqp::Message;
use std::panic::AssertUnwindSafe;
use tokio::time::sleep;
use uuid::Uuid;

/// Works on one message to its end: acknowledged when the job's row says how it went, or buried.
pub(super) async fn work(tools: Tools, message: Message, consumer: Uuid, shutdown: Shutdown) {
    let ctx = &tools.ctx;
    let Ok(pointer) = serde_json::from_slice::<Pointer>(message.body()) else {
        return bury(message, "it is no pointer to a job").await;
    };
    let Some(kind) = KINDS.iter().find(|kind| kind.name == pointer.task) else {
        return bury(message, "nobody here does such jobs").await;
    };
    let again = message.is_redelivered();
    let taken = match claim(ctx, &pointer, consumer, again).await {
        Claim::Ours(taken) => taken,
        Claim::Old => {
            tracing::debug!(job = pointer.job, "an old copy of a message");
            return message.done().await;
        }
        Claim::Missing => return bury(message, "its job is gone").await,
    };
    let work = (kind.run)(tools.clone(), taken.payload.clone(), Turn { job: taken.job, last: taken.last });
    tokio::select! {
        result = unpanicked(work) => {
            let ours = end(ctx, &taken, &result).await;
            if let Err(error) = &result {
                tracing::warn!(job = taken.job, task = kind.name, error = format!("{error:#}"), "a job failed");
            }
            if !ours {
                tracing::warn!(job = taken.job, task = kind.name, "a job ended after it was given to somebody else");
            }
        }
        () = given_away(ctx, &taken) => {
            tracing::warn!(job = taken.job, task = kind.name, "a job was given to somebody else while it ran");
        }
        () = shutdown.then(|()| sleep(GRACE)) => {
            if let Err(error) = leases::give_back(ctx, &taken).await {
                tracing::warn!(%error, job = taken.job, "a job was not given back; it is when its lease is over");
            }
        }
    }
    message.done().await;
}

async fn bury(message: Message, why: &str) {
    let text: String = String::from_utf8_lossy(message.body()).chars().take(200).collect();
    tracing::error!(why, message = text, "a message goes to the dead letters");
    message.bury().await;
}

/// A handler that panics fails like any other.
async fn unpanicked(work: BoxFuture<'static, Result<()>>) -> Result<()> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| Err(anyhow!("the job panicked")))
}

/// Keeps the lease while the job runs; ends when it was lost.
async fn given_away(ctx: &Ctx, taken: &Taken) {
    loop {
        sleep(lease(ctx) / 3).await;
        match leases::renew(ctx, taken).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a lease could not be renewed"),
        }
    }
}

/// Asks until the database answers: meanwhile the message stays ours, and no further ones come.
async fn claim(ctx: &Ctx, pointer: &Pointer, consumer: Uuid, again: bool) -> Claim {
    loop {
        match leases::claim(ctx, pointer, consumer, again).await {
            Ok(claim) => return claim,
            Err(error) => tracing::warn!(%error, "a job cannot be taken"),
        }
        sleep(PAUSE).await;
    }
}

/// Writes how it went, as insistently; false when the job was given to somebody else.
async fn end(ctx: &Ctx, taken: &Taken, result: &Result<()>) -> bool {
    loop {
        let written = match result {
            Ok(()) => leases::finish(ctx, taken).await,
            Err(error) => leases::fail(ctx, taken, &format!("{error:#}")).await,
        };
        match written {
            Ok(ours) => return ours,
            Err(error) => tracing::warn!(%error, "the end of a job cannot be written"),
        }
        sleep(PAUSE).await;
    }
}
