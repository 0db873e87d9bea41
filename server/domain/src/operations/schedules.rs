//! What became of the work that the clock starts.

use super::look;
use crate::{Ctx, Result, error::word};
use chrono::{DateTime, Utc};
use model::operations::{RunOutcome, Schedule, ScheduleRow, ScheduleRun};
use std::collections::HashMap;

/// Letters of an error that are kept.
const WORDS: usize = 500;

/// Does the work of a schedule and writes down how it went; what it gives back is how much was done. Work is done
/// whether or not it can be written down.
///
/// # Errors
/// Those of the work.
pub async fn record<E: std::fmt::Display>(
    ctx: &Ctx,
    schedule: Schedule,
    work: impl Future<Output = Result<Option<u64>, E>>,
) -> Result<(), E> {
    let started = unless_failed(schedule, begin(ctx, schedule).await);
    let ended = work.await;
    if let Some(started) = started {
        let (outcome, error, done) = match &ended {
            Ok(done) => (RunOutcome::Succeeded, None, *done),
            // With all its causes.
            Err(error) => (RunOutcome::Failed, Some(format!("{error:#}").chars().take(WORDS).collect()), None),
        };
        unless_failed(schedule, end(ctx, schedule, started, outcome, error, done).await);
    }
    ended.map(drop)
}

fn unless_failed<T>(schedule: Schedule, result: Result<T>) -> Option<T> {
    result.inspect_err(|error| tracing::warn!(%error, %schedule, "a run cannot be written down")).ok()
}

async fn begin(ctx: &Ctx, schedule: Schedule) -> Result<DateTime<Utc>> {
    let mut tx = ctx.db.begin_system("a run of a schedule").await?;
    // A run that never ended was broken off, which is a failure as well.
    let started = sqlx::query_scalar!(
        "insert into schedule_runs as r (name, outcome, started_at) values ($1, 'running', $2)
         on conflict (name) do update set outcome = 'running', started_at = $2, ended_at = null,
           failures = r.failures + (r.outcome = 'running')::int
         returning started_at",
        schedule.as_str(),
        ctx.clock.now()
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(started)
}

async fn end(
    ctx: &Ctx,
    schedule: Schedule,
    started: DateTime<Utc>,
    outcome: RunOutcome,
    error: Option<String>,
    done: Option<u64>,
) -> Result<()> {
    let mut tx = ctx.db.begin_system("a run of a schedule").await?;
    // A run that was overtaken by the next one has nothing to say any more.
    sqlx::query!(
        "update schedule_runs set outcome = $3, ended_at = $4, error = $5, done = $6,
           succeeded_at = case when $3 = 'succeeded' then $4 else succeeded_at end,
           failures = case when $3 = 'succeeded' then 0 else failures + 1 end
         where name = $1 and started_at = $2",
        schedule.as_str(),
        started,
        outcome.as_str(),
        ctx.clock.now(),
        error,
        done.and_then(|done| i64::try_from(done).ok())
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// All schedules with their last run and the next one.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<ScheduleRow>> {
    let mut tx = look(ctx).await?;
    let rows = sqlx::query!(
        "select name, outcome, started_at, ended_at, succeeded_at, failures, error, done from schedule_runs"
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut runs = HashMap::with_capacity(rows.len());
    for row in rows {
        let run = ScheduleRun {
            outcome: word(&row.outcome)?,
            started_at: row.started_at,
            ended_at: row.ended_at,
            succeeded_at: row.succeeded_at,
            failures: row.failures,
            error: row.error,
            done: row.done,
        };
        runs.insert(row.name, run);
    }
    let now = ctx.clock.now();
    Ok(Schedule::ALL
        .iter()
        .map(|name| {
            let last = runs.remove(name.as_str());
            let late = last.as_ref().is_some_and(|run| name.when().is_late(run.started_at, now));
            ScheduleRow { name: *name, next_at: name.when().next(now), late, last }
        })
        .collect())
}
