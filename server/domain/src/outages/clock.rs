//! Outages that begin and end by the clock.

use super::{move_to, queries};
use crate::{Actor, Ctx, Result};
use model::{
    CompanyId, OutageId, Permission as P,
    outages::{OutageKind, OutageStatus},
};

/// Starts what is to start, ends planned work whose time is over, and forgets proposals nobody needs any more. Each
/// outage in its own transaction and by what it is at that moment, so a second run, or two at once, change nothing.
///
/// An emergency does not end by itself: its end is a guess, and "it works again" must be true. Returns how many moved.
pub async fn tick(ctx: &Ctx) -> Result<usize> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("outages by the clock").await?;
    let due = sqlx::query!(
        "select company_id, id from outages
         where (status = 'planned' and starts_at <= $1) or (status = 'running' and kind = 'planned' and ends_at <= $1)
         order by starts_at, id limit 500",
        now
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut moved = 0;
    for row in due {
        match advance(ctx, row.company_id.into(), row.id.into()).await {
            Ok(steps) => moved += steps,
            // One that cannot move must not keep the others waiting; it is tried again in a minute.
            Err(error) => tracing::error!(%error, outage = %row.id, "an outage did not move by the clock"),
        }
    }
    super::proposals::lapse(ctx).await?;
    Ok(moved)
}

async fn advance(ctx: &Ctx, company: CompanyId, id: OutageId) -> Result<usize> {
    let actor = Actor::system(company);
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(&actor).await?;
    let mut core = queries::lock(&mut tx, &scope, id).await?;
    let mut steps = 0;
    if core.status == OutageStatus::Planned && core.facts.starts_at <= tx.now() {
        core = move_to(&mut tx, core, OutageStatus::Running).await?;
        steps += 1;
    }
    let over = core.facts.ends_at.is_some_and(|end| end <= tx.now());
    if core.status == OutageStatus::Running && core.facts.kind == OutageKind::Planned && over {
        move_to(&mut tx, core, OutageStatus::Ended).await?;
        steps += 1;
    }
    tx.commit().await?;
    Ok(steps)
}
