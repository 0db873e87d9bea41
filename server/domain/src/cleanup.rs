//! Forgetting what nobody needs any more; run by a schedule.

use crate::{Ctx, Result};
use chrono::TimeDelta;

/// How many rows went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Swept {
    pub sessions: u64,
    pub codes: u64,
    pub resets: u64,
    pub keys: u64,
    pub events: u64,
}

/// Deletes sessions that ended or expired 30 days ago, codes and reset links that expired, answers kept for
/// repeated calls after 48 hours, published events after 14 days, and raw calls of
/// payment systems after 400.
pub async fn run(ctx: &Ctx) -> Result<Swept> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("cleanup").await?;
    let sessions = sqlx::query!(
        "delete from sessions where coalesce(ended_at, expires_at) < $1 or expires_at < $1",
        now - TimeDelta::days(30)
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let codes = sqlx::query!("delete from login_codes where expires_at < $1", now).execute(&mut *tx).await?;
    let resets = sqlx::query!("delete from password_resets where expires_at < $1", now).execute(&mut *tx).await?;
    let keys = sqlx::query!("delete from idempotency_keys where created_at < $1", now - TimeDelta::hours(48))
        .execute(&mut *tx)
        .await?;
    let events = sqlx::query!("delete from outbox_events where published_at < $1", now - TimeDelta::days(14))
        .execute(&mut *tx)
        .await?;
    // Calls of payment systems: longer than any of them goes back to.
    sqlx::query!("delete from provider_calls where at < $1", now - TimeDelta::days(400)).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(Swept {
        sessions,
        codes: codes.rows_affected(),
        resets: resets.rows_affected(),
        keys: keys.rows_affected(),
        events: events.rows_affected(),
    })
}
