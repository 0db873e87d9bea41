//! Jobs that travel over a broker. The job stays a row of graphile_worker's table, and who may run it is decided there.
//!
//! A job sent out is locked by the lease of its sending (`amqp/<lease>`), which no runner of PostgreSQL takes. A consumer
//! takes it by making the lock its own (`amqp/<lease>/<consumer>`): of all copies of a message one can. A lock that is not
//! renewed in time is taken off, and the job goes out again under another lease, which leaves older copies without one.

use crate::{Ctx, Result};
use chrono::{DateTime, Utc};
use platform::ids::new_id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// What travels: where the job lies, and the lease it may be taken under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pointer {
    pub job: i64,
    pub task: String,
    /// Which attempt this will be.
    pub attempt: i16,
    pub lease: Uuid,
    /// Until when it may be taken for certain, by the clock of the database.
    pub until: DateTime<Utc>,
}

/// A job that is ours to run.
#[derive(Debug)]
pub struct Taken {
    pub job: i64,
    pub payload: Value,
    /// No other attempt follows this one.
    pub last: bool,
    lock: String,
}

/// What became of a pointer.
#[derive(Debug)]
pub enum Claim {
    Ours(Taken),
    /// A copy of what somebody else has, had, or will get under another lease.
    Old,
    /// There is no such job and there should be one.
    Missing,
}

/// Locks the next jobs of these kinds for sending, under one lease.
pub async fn send_out(ctx: &Ctx, kinds: &[&str], most: i64, lease: Duration) -> Result<Vec<Pointer>> {
    let id = new_id();
    let rows: Vec<(i64, String, i16, DateTime<Utc>)> = sqlx::query_as(
        "with ready as (
           select j.id from graphile_worker._private_jobs j
           where j.is_available = true and j.job_queue_id is null and j.run_at <= now()
             and j.task_id = any(array(select t.id from graphile_worker._private_tasks t where t.identifier = any($1)))
           order by j.priority, j.run_at limit $2 for update skip locked)
         update graphile_worker._private_jobs j set locked_by = $3, locked_at = now()
         from ready, graphile_worker._private_tasks t where j.id = ready.id and t.id = j.task_id
         returning j.id, t.identifier, j.attempts + 1::smallint, now() + make_interval(secs => $4)",
    )
    .bind(kinds)
    .bind(most)
    .bind(sent(id))
    .bind(lease.as_secs_f64())
    .fetch_all(&ctx.db.pool_for_jobs())
    .await?;
    Ok(rows.into_iter().map(|(job, task, attempt, until)| Pointer { job, task, attempt, lease: id, until }).collect())
}

/// The broker did not get these: they may go out again at once.
pub async fn take_back(ctx: &Ctx, pointers: &[Pointer]) -> Result<()> {
    let (jobs, locks): (Vec<i64>, Vec<String>) = pointers.iter().map(|p| (p.job, sent(p.lease))).unzip();
    sqlx::query(
        "update graphile_worker._private_jobs set locked_by = null, locked_at = null
         where id = any($1) and locked_by = any($2)",
    )
    .bind(jobs)
    .bind(locks)
    .execute(&ctx.db.pool_for_jobs())
    .await?;
    Ok(())
}

/// Takes a job for `consumer`, which counts as an attempt. `again` says that the message has been delivered before.
pub async fn claim(ctx: &Ctx, pointer: &Pointer, consumer: Uuid, again: bool) -> Result<Claim> {
    let pool = ctx.db.pool_for_jobs();
    let lock = format!("{}/{consumer}", sent(pointer.lease));
    let row: Option<(Value, i16, i16)> = sqlx::query_as(
        "update graphile_worker._private_jobs set locked_by = $3, locked_at = now(), attempts = attempts + 1
         where id = $1 and locked_by = $2 returning payload, attempts, max_attempts",
    )
    .bind(pointer.job)
    .bind(sent(pointer.lease))
    .bind(&lock)
    .fetch_optional(&pool)
    .await?;
    if let Some((payload, attempts, most)) = row {
        let taken = Taken { job: pointer.job, payload, last: attempts >= most, lock };
        if attempts <= most {
            return Ok(Claim::Ours(taken));
        }
        // A newer job with the same key has taken its place while it was on its way.
        finish(ctx, &taken).await?;
        return Ok(Claim::Old);
    }
    let (known, late): (bool, bool) =
        sqlx::query_as("select exists(select from graphile_worker._private_jobs where id = $1), now() > $2")
            .bind(pointer.job)
            .bind(pointer.until)
            .fetch_one(&pool)
            .await?;
    // A finished job is no row any more: only a first copy in its time must find one.
    Ok(if known || late || again { Claim::Old } else { Claim::Missing })
}

/// Still at it; false when the job was given to somebody else.
pub async fn renew(ctx: &Ctx, taken: &Taken) -> Result<bool> {
    let renewed =
        sqlx::query("update graphile_worker._private_jobs set locked_at = now() where id = $1 and locked_by = $2")
            .bind(taken.job)
            .bind(&taken.lock)
            .execute(&ctx.db.pool_for_jobs())
            .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Done; false when the job was given to somebody else meanwhile.
pub async fn finish(ctx: &Ctx, taken: &Taken) -> Result<bool> {
    let gone = sqlx::query("delete from graphile_worker._private_jobs where id = $1 and locked_by = $2")
        .bind(taken.job)
        .bind(&taken.lock)
        .execute(&ctx.db.pool_for_jobs())
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Did not work out: the next attempt comes with graphile_worker's own delay, over whichever carrier is there then.
pub async fn fail(ctx: &Ctx, taken: &Taken, why: &str) -> Result<bool> {
    let failed = sqlx::query(
        "update graphile_worker._private_jobs set last_error = $3, locked_by = null, locked_at = null, updated_at = now(),
           run_at = greatest(now(), run_at) + exp(least(attempts, 10)) * interval '1 second'
         where id = $1 and locked_by = $2",
    )
    .bind(taken.job)
    .bind(&taken.lock)
    .bind(why)
    .execute(&ctx.db.pool_for_jobs())
    .await?;
    Ok(failed.rows_affected() == 1)
}

/// Broken off by our own end: it goes out again at once, and this attempt does not count.
pub async fn give_back(ctx: &Ctx, taken: &Taken) -> Result<()> {
    sqlx::query("select graphile_worker._private_return_jobs($1, array[$2::bigint])")
        .bind(&taken.lock)
        .bind(taken.job)
        .execute(&ctx.db.pool_for_jobs())
        .await?;
    Ok(())
}

/// Frees jobs whose message or worker was lost. How many there were.
pub async fn free_lost(ctx: &Ctx, lease: Duration) -> Result<u64> {
    let freed = sqlx::query(
        "update graphile_worker._private_jobs set locked_by = null, locked_at = null, updated_at = now(),
           last_error = case when locked_by like 'amqp/%/%' then 'the worker was lost' else last_error end
         where locked_by like 'amqp/%' and locked_at < now() - make_interval(secs => $1)",
    )
    .bind(lease.as_secs_f64())
    .execute(&ctx.db.pool_for_jobs())
    .await?;
    Ok(freed.rows_affected())
}

fn sent(lease: Uuid) -> String {
    format!("amqp/{lease}")
}
