//! Forgetting what nobody needs any more; run by a schedule. In small steps: no run holds up others for long, and what a
//! run leaves the next one finds.

use crate::{Ctx, Result};
use chrono::TimeDelta;

/// Rows that go in one transaction, and transactions of one run for each kind of row.
const BATCH: i64 = 5_000;
const ROUNDS: usize = 20;

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub sessions: u64,
    pub codes: u64,
    pub resets: u64,
    pub keys: u64,
    pub events: u64,
    pub calls: u64,
    pub updates: u64,
    /// Messages whose words were emptied.
    pub messages: u64,
    pub jobs: u64,
}

impl Swept {
    pub fn total(&self) -> u64 {
        let rows = [self.sessions, self.codes, self.resets, self.keys, self.events, self.calls, self.updates];
        rows.iter().sum::<u64>() + self.messages + self.jobs
    }
}

/// Repeats a statement of `(before, most)` until it finds less than a batch, or long enough.
macro_rules! in_batches {
    ($ctx:expr, $before:expr, $sql:tt) => {{
        let (before, mut gone) = ($before, 0);
        for _ in 0..ROUNDS {
            let mut tx = $ctx.db.begin_system("cleanup").await?;
            let found = sqlx::query!($sql, before, BATCH).execute(&mut *tx).await?.rows_affected();
            tx.commit().await?;
            gone += found;
            if found < BATCH.unsigned_abs() {
                break;
            }
        }
        gone
    }};
}

/// Deletes sessions that ended or expired 30 days ago, codes and reset links that expired, answers kept for repeated
/// calls after four days (steps of the field staff are told up to three days later), published events after 14 days, Telegram's updates a week after they were worked off, raw calls
/// of payment systems after 400 days (longer than any of them goes back to), dead jobs after 90. Messages that were only
/// shown on the outbox page lose their words after a week.
pub async fn run(ctx: &Ctx) -> Result<Swept> {
    let now = ctx.clock.now();
    let ago = |days| now - TimeDelta::days(days);
    Ok(Swept {
        sessions: in_batches!(
            ctx,
            ago(30),
            "delete from sessions where id in (select id from sessions
               where coalesce(ended_at, expires_at) < $1 or expires_at < $1 limit $2)"
        ),
        codes: in_batches!(
            ctx,
            now,
            "delete from login_codes where ctid = any(array(select ctid from login_codes where expires_at < $1 limit $2))"
        ),
        resets: in_batches!(
            ctx,
            now,
            "delete from password_resets where ctid = any(array(select ctid from password_resets where expires_at < $1 limit $2))"
        ),
        keys: in_batches!(
            ctx,
            ago(4),
            "delete from idempotency_keys where ctid = any(array(select ctid from idempotency_keys where created_at < $1 limit $2))"
        ),
        events: in_batches!(
            ctx,
            ago(14),
            "delete from outbox_events where id in (select id from outbox_events where published_at < $1 limit $2)"
        ),
        calls: in_batches!(
            ctx,
            ago(400),
            "delete from provider_calls where ctid = any(array(select ctid from provider_calls where at < $1 limit $2))"
        ),
        updates: in_batches!(
            ctx,
            ago(7),
            "delete from telegram_inbox where ctid = any(array(select ctid from telegram_inbox where done_at < $1 limit $2))"
        ),
        messages: in_batches!(
            ctx,
            ago(7),
            "update deliveries set params = '{}' where id in (select id from deliveries
               where state = 'captured' and done_at < $1 and params <> '{}' limit $2)"
        ),
        jobs: dead_jobs(ctx).await?,
    })
}

/// Their tables are not ours, hence no checked query.
async fn dead_jobs(ctx: &Ctx) -> Result<u64> {
    let mut tx = ctx.db.begin_system("cleanup").await?;
    let gone = sqlx::query(
        "delete from graphile_worker._private_jobs where id in (select id from graphile_worker._private_jobs
           where attempts >= max_attempts and locked_at is null and greatest(run_at, updated_at) < $1 limit $2)",
    )
    .bind(ctx.clock.now() - TimeDelta::days(90))
    .bind(BATCH)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
