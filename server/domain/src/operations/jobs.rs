//! The job queue: how many wait, which died, and giving those another chance. The tables are graphile_worker's own.

use super::look;
use crate::{Actor, Ctx, Result, audit::Entry};
use chrono::{DateTime, Utc};
use model::{
    Code, Permission as P,
    operations::{DeadJob, DeadJobs, JobsRetried, TaskQueue},
};
use serde_json::json;

/// Dead jobs shown and revived in one go.
const BATCH: i64 = 100;
/// Letters of an error that are shown.
const WORDS: i32 = 500;

/// As it is read: number, task, payload, attempts, error, made, failed.
type Row = (i64, String, String, i16, Option<String>, DateTime<Utc>, DateTime<Utc>);

/// As it is read: task, ready, running, waiting, waiting after a failure, dead, the oldest that is ready.
type Queue = (String, i64, i64, i64, i64, i64, Option<DateTime<Utc>>);

/// The jobs of each task by how they stand.
pub async fn queues(ctx: &Ctx) -> Result<Vec<TaskQueue>> {
    let mut tx = look(ctx).await?;
    let rows: Vec<Queue> = sqlx::query_as(
        "with all_jobs as (
           select task_identifier as task, run_at, last_error is not null as failed, case
             -- On its way over the broker (`leases`).
             when locked_by like 'amqp/%' and locked_by not like 'amqp/%/%' then 'ready'
             when locked_at is not null then 'running' when attempts >= max_attempts then 'dead'
             when run_at <= now() then 'ready' else 'waiting' end as state
           from graphile_worker.jobs
         )
         select task, count(*) filter (where state = 'ready'), count(*) filter (where state = 'running'),
           count(*) filter (where state = 'waiting'), count(*) filter (where state = 'waiting' and failed),
           count(*) filter (where state = 'dead'), min(run_at) filter (where state = 'ready')
         from all_jobs group by task order by task",
    )
    .fetch_all(&mut *tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(task, ready, running, waiting, retrying, dead, oldest_ready_at)| TaskQueue {
            task,
            ready,
            running,
            waiting,
            retrying,
            dead,
            oldest_ready_at,
        })
        .collect())
}

/// The newest jobs that were tried to the end.
pub(super) async fn dead(ctx: &Ctx) -> Result<DeadJobs> {
    let mut tx = look(ctx).await?;
    let total: i64 = sqlx::query_scalar(
        "select count(*) from graphile_worker._private_jobs where attempts >= max_attempts and locked_at is null",
    )
    .fetch_one(&mut *tx)
    .await?;
    // A failed attempt puts the next one off by e^attempts seconds; that tells when it was.
    let rows: Vec<Row> = sqlx::query_as(
        "select j.id, t.identifier, j.payload::text, j.attempts, left(j.last_error, $2), j.created_at,
           greatest(j.updated_at, j.run_at - exp(least(j.attempts, 10)) * interval '1 second') as failed_at
         from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
         where j.attempts >= j.max_attempts and j.locked_at is null
         order by failed_at desc, j.id desc limit $1",
    )
    .bind(BATCH)
    .bind(WORDS)
    .fetch_all(&mut *tx)
    .await?;
    let items = rows
        .into_iter()
        .map(|(id, task, payload, attempts, error, created_at, failed_at)| DeadJob {
            id,
            task,
            payload,
            attempts,
            error,
            created_at,
            failed_at,
        })
        .collect();
    Ok(DeadJobs { total, items })
}

/// Gives a dead job all its attempts again, from now on.
///
/// # Errors
/// `not_found` when there is no such job, or it is not dead.
pub async fn retry(ctx: &Ctx, actor: &Actor, id: i64) -> Result<JobsRetried> {
    actor.scope(P::OperationsManage)?;
    let revived = revive(ctx, actor, Some(id), None).await?;
    if revived.jobs == 0 { Err(Code::NotFound.into()) } else { Ok(revived) }
}

/// As [`retry`], all dead jobs of a task; a hundred at a time.
pub async fn retry_all(ctx: &Ctx, actor: &Actor, task: &str) -> Result<JobsRetried> {
    actor.scope(P::OperationsManage)?;
    revive(ctx, actor, None, Some(task)).await
}

async fn revive(ctx: &Ctx, actor: &Actor, id: Option<i64>, task: Option<&str>) -> Result<JobsRetried> {
    let mut tx = ctx.begin(actor).await?;
    let found: Vec<(i64, String)> = sqlx::query_as(
        "select j.id, t.identifier from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id
         where j.attempts >= j.max_attempts and j.locked_at is null
           and ($1::bigint is null or j.id = $1) and ($2::text is null or t.identifier = $2)
         order by j.id limit $3 for update of j skip locked",
    )
    .bind(id)
    .bind(task)
    .bind(BATCH)
    .fetch_all(tx.conn())
    .await?;
    let Some((_, task)) = found.first() else { return Ok(JobsRetried::default()) };
    let ids: Vec<i64> = found.iter().map(|(id, _)| *id).collect();
    sqlx::query("select graphile_worker.reschedule_jobs($1, run_at => now(), attempts => 0)")
        .bind(&ids)
        .execute(tx.conn())
        .await?;
    let changes = json!({ "task": task, "jobs": ids });
    tx.audit(Entry { action: "job.retry", object_type: "job", object_id: None, changes }).await?;
    tx.commit().await?;
    Ok(JobsRetried { jobs: i64::try_from(ids.len()).unwrap_or(i64::MAX) })
}

/// Says that a job need not be tried again: it is dead as soon as this attempt has failed.
pub async fn give_up(ctx: &Ctx, id: i64) -> Result<()> {
    let mut tx = ctx.db.begin_system("a job that cannot succeed").await?;
    sqlx::query("update graphile_worker._private_jobs set attempts = max_attempts where id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a dead job: what it was to do will not be done.
///
/// # Errors
/// As [`retry`].
pub async fn discard(ctx: &Ctx, actor: &Actor, id: i64) -> Result<()> {
    actor.scope(P::OperationsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (task, payload): (String, String) = sqlx::query_as(
        "delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
         where t.id = j.task_id and j.id = $1 and j.attempts >= j.max_attempts and j.locked_at is null
         returning t.identifier, j.payload::text",
    )
    .bind(id)
    .fetch_one(tx.conn())
    .await?;
    // The ids in it may be another company's: for our log, not for this company's audit.
    tracing::info!(id, task, payload, "a dead job was discarded");
    let changes = json!({ "task": task, "jobs": [id] });
    tx.audit(Entry { action: "job.discard", object_type: "job", object_id: None, changes }).await?;
    tx.commit().await
}
