//! The page of operations. A part that could not be read is absent; the others are shown all the same.

use super::Schedule;
use crate::{
    notices::{DeliveryState, FailReason, NoticeChannel},
    requests::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How a run of a schedule ended.
    RunOutcome {
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

words! {
    /// What the product leans on.
    DependencyName {
        Postgres = "postgres", Redis = "redis", Files = "files", Mail = "mail", Telegram = "telegram",
        Eskiz = "eskiz", PlayMobile = "playmobile", Fcm = "fcm", Amqp = "amqp",
    }
}

/// Everything at one moment. Each part that could not be read is absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operations {
    pub at: DateTime<Utc>,
    pub version: String,
    /// When this process started.
    pub started_at: DateTime<Utc>,
    pub dependencies: Vec<Dependency>,
    pub queues: Option<Vec<TaskQueue>>,
    pub dead: Option<DeadJobs>,
    pub schedules: Option<Vec<ScheduleRow>>,
    pub deliveries: Option<Vec<DeliveryCount>>,
    pub outbox: Option<OutboxLag>,
    pub database: Option<DatabaseState>,
}

/// A dependency as this process last met it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dependency {
    pub name: DependencyName,
    pub ok_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    /// Why it failed then.
    pub error: Option<String>,
}

impl Dependency {
    /// Whether the last word was a failure; unknown while it was never asked.
    pub fn is_down(&self) -> Option<bool> {
        match (self.ok_at, self.failed_at) {
            (None, None) => None,
            (ok, failed) => Some(failed > ok),
        }
    }
}

/// The jobs of one task by how they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskQueue {
    pub task: String,
    /// Could run now.
    pub ready: i64,
    pub running: i64,
    /// Wait for their time.
    pub waiting: i64,
    /// Of those waiting: failed before and will be tried again.
    pub retrying: i64,
    /// Tried to the end.
    pub dead: i64,
    /// Since when the longest waiting one could have run.
    pub oldest_ready_at: Option<DateTime<Utc>>,
}

/// Jobs that nobody will try again, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadJobs {
    pub total: i64,
    pub items: Vec<DeadJob>,
}

/// One of them. What it was to work on are ids and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadJob {
    pub id: i64,
    pub task: String,
    /// JSON.
    pub payload: String,
    pub attempts: i16,
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub failed_at: DateTime<Utc>,
}

/// How many jobs an action reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobsRetried {
    pub jobs: i64,
}

/// Work that the clock starts, and how it last went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRow {
    pub name: Schedule,
    pub next_at: DateTime<Utc>,
    /// A start was missed.
    pub late: bool,
    pub last: Option<ScheduleRun>,
}

/// The last run of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRun {
    pub outcome: RunOutcome,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// When it last ended well.
    pub succeeded_at: Option<DateTime<Utc>>,
    /// Runs that failed one after another up to now.
    pub failures: i32,
    pub error: Option<String>,
    /// How much was done, where that can be counted.
    pub done: Option<i64>,
}

/// Messages of the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryCount {
    pub channel: NoticeChannel,
    pub state: DeliveryState,
    /// Why it failed.
    pub reason: Option<FailReason>,
    pub count: i64,
}

/// Events that were not handed out yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutboxLag {
    pub waiting: i64,
    pub oldest_at: Option<DateTime<Utc>>,
}

/// PostgreSQL from here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseState {
    pub size_bytes: i64,
    /// Connections of this process that work now, and all it has.
    pub connections_busy: i64,
    pub connections: i64,
    pub connections_max: i64,
    pub slow: Vec<SlowQuery>,
}

/// A statement that takes long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlowQuery {
    /// Without its values.
    pub text: String,
    /// Since the statistics began; absent for one that runs right now.
    pub calls: Option<i64>,
    /// On average; for one that runs right now, so far.
    pub millis: i64,
}
