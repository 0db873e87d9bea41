//! How the product itself is doing: jobs, schedules, deliveries, dependencies. For the owner of the system, at night.
//! Looks across companies and shows none of their data: jobs carry ids, statements come without their values.

mod jobs;
mod schedules;
mod state;

pub use jobs::{discard, give_up, queues, retry, retry_all};
pub use schedules::record;
pub use state::{deliveries, outbox};

use crate::{Actor, Ctx, Result};
use model::{Permission as P, operations::Operations};
use sqlx::{Postgres, Transaction};

/// Everything at once. What cannot be read is left out and does not keep the rest from being shown.
///
/// # Errors
/// `forbidden` for everybody but the owner of the system.
pub async fn overview(ctx: &Ctx, actor: &Actor) -> Result<Operations> {
    actor.scope(P::OperationsRead)?;
    Ok(Operations {
        at: ctx.clock.now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: ctx.pulses.started_at(),
        dependencies: state::dependencies(ctx).await,
        queues: part("queues", jobs::queues(ctx).await),
        dead: part("dead jobs", jobs::dead(ctx).await),
        schedules: part("schedules", schedules::list(ctx).await),
        deliveries: part("deliveries", state::deliveries(ctx).await),
        outbox: part("outbox", state::outbox(ctx).await),
        database: part("database", state::database(ctx).await),
    })
}

fn part<T>(name: &'static str, found: Result<T>) -> Option<T> {
    found.inspect_err(|error| tracing::warn!(%error, part = name, "a part of the overview cannot be read")).ok()
}

/// A look that gives up early: it is repeated, and must not add to a crowd.
async fn look(ctx: &Ctx) -> Result<Transaction<'static, Postgres>> {
    let mut tx = ctx.db.begin_system("operations").await?;
    sqlx::query("set local statement_timeout = '3s'").execute(&mut *tx).await?;
    Ok(tx)
}
