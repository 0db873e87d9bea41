//! Work that the clock starts. `model::operations::Schedule` is the table of it; here each line gets its handler, and one
//! wrapper writes down how every run went.

use crate::{
    Tools, assign, audit, clock, digest, ledger, news, outages, payments, plans, reminders, seal, sms, sweep, tasks,
};
use anyhow::Result;
use domain::operations;
use graphile_worker::{
    Cron, CronJobKeyMode, CrontabFill, CrontabTimer, IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions,
};
use model::operations::{Schedule, When};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use std::{fmt, marker::PhantomData};

/// What a schedule does when its time has come.
pub(crate) trait Scheduled: 'static {
    const SCHEDULE: Schedule;

    /// Does it and says how much was done, where that can be counted.
    fn run(tools: &Tools) -> impl Future<Output = Result<Option<u64>>> + Send;
}

/// How often a run is tried again before the next one is due.
const ATTEMPTS: u16 = 10;

/// The job of a schedule; it carries nothing.
struct Run<S>(PhantomData<fn() -> S>);

impl<S> Serialize for Run<S> {
    fn serialize<T: Serializer>(&self, to: T) -> Result<T::Ok, T::Error> {
        to.serialize_unit()
    }
}

impl<'de, S> Deserialize<'de> for Run<S> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self(PhantomData))
    }
}

impl<S: Scheduled> TaskHandler for Run<S> {
    const IDENTIFIER: &'static str = S::SCHEDULE.as_str();

    async fn run(self, job: WorkerContext) -> impl IntoTaskHandlerResult {
        let tools = Tools::of(&job)?;
        operations::record(&tools.ctx, S::SCHEDULE, S::run(&tools)).await
    }
}

/// A schedule with its handler, ready to be given to the worker.
struct Line {
    schedule: Schedule,
    add: fn(WorkerOptions) -> Result<WorkerOptions>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.schedule.as_str())
    }
}

const fn line<S: Scheduled>() -> Line {
    Line { schedule: S::SCHEDULE, add: add::<S> }
}

/// Every handler; a test holds them against the table.
const LINES: [Line; 17] = [
    line::<clock::Tick>(),
    line::<outages::Tick>(),
    line::<payments::Tick>(),
    line::<news::Tick>(),
    line::<assign::Waiting>(),
    line::<tasks::Revive>(),
    line::<audit::Seal>(),
    line::<sms::Look>(),
    line::<plans::Run>(),
    line::<sweep::Hourly>(),
    line::<seal::Waiting>(),
    line::<digest::Morning>(),
    line::<reminders::Run>(),
    line::<ledger::Check>(),
    line::<sweep::Daily>(),
    line::<audit::Verify>(),
    line::<payments::Look>(),
];

/// Has the worker run all of them.
pub(crate) fn add_all(options: WorkerOptions) -> Result<WorkerOptions> {
    LINES.iter().try_fold(options, |options, line| (line.add)(options))
}

fn add<S: Scheduled>(options: WorkerOptions) -> Result<WorkerOptions> {
    let (timer, missed, priority) = match S::SCHEDULE.when() {
        // The next one is never far, and must not stand behind a hundred thousand messages.
        When::Minutes(step) => (CrontabTimer::every_n_minutes(step)?, None, -1),
        When::Hourly(minute) => (CrontabTimer::hourly_at(minute)?, Some(CrontabFill::hours(1)), 0),
        When::Daily(hour, minute) => (CrontabTimer::daily_at(hour, minute)?, Some(CrontabFill::hours(24)), 0),
    };
    // One job of each at most: runs that fail do not pile up, and those missed while no worker ran are made up for once.
    let mut cron = Cron::from_timer::<Run<S>>(timer)
        .job_key(S::SCHEDULE.as_str())
        .job_key_mode(CronJobKeyMode::PreserveRunAt)
        .max_attempts(ATTEMPTS)
        .priority(priority);
    if let Some(missed) = missed {
        cron = cron.fill(missed);
    }
    Ok(options.define_job::<Run<S>>().with_cron(cron))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_schedule_has_one_handler() {
        let handled: BTreeSet<_> = LINES.iter().map(|line| line.schedule).collect();
        assert_eq!(handled, Schedule::ALL.iter().copied().collect());
        assert_eq!(handled.len(), LINES.len());
    }

    #[test]
    fn the_table_and_the_worker_agree_on_the_times() {
        for schedule in Schedule::ALL {
            let timer = match schedule.when() {
                When::Minutes(step) => CrontabTimer::every_n_minutes(step),
                When::Hourly(minute) => CrontabTimer::hourly_at(minute),
                When::Daily(hour, minute) => CrontabTimer::daily_at(hour, minute),
            }
            .unwrap();
            let now = "2026-11-23T07:03:30Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            let next = schedule.when().next(now);
            let first = (1..=24 * 60)
                .map(|minutes| now - chrono::TimeDelta::seconds(30) + chrono::TimeDelta::minutes(minutes))
                .find(|at| timer.should_run_at(&at.naive_utc()));
            assert_eq!(first, Some(next), "{schedule}");
        }
    }
}
