//! What is asked of the database and the machine when Prometheus comes by.

use chrono::{DateTime, Utc};
use domain::{Ctx, operations};
use model::operations::{DeliveryCount, OutboxLag, TaskQueue};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfTask {
    task: String,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfMessage {
    channel: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfState {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPart {
    part: &'static str,
}

/// The gauges of one answer. A part that cannot be read has no numbers, and `collected` says so.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    jobs: Family<OfTask, Gauge>,
    oldest_job: Gauge,
    messages: Family<OfMessage, Gauge>,
    events: Gauge,
    oldest_event: Gauge,
    connections: Family<OfState, Gauge>,
    memory: Gauge,
    collected: Family<OfPart, Gauge>,
}

impl Gathered {
    pub(super) async fn now(ctx: &Ctx) -> Self {
        let all = Self::default();
        let now = ctx.clock.now();
        if let Some(queues) = all.part("jobs", operations::queues(ctx).await) {
            all.queues(&queues, now);
        }
        if let Some(counts) = all.part("deliveries", operations::deliveries(ctx).await) {
            all.deliveries(&counts);
        }
        if let Some(OutboxLag { waiting, oldest_at }) = all.part("outbox", operations::outbox(ctx).await) {
            all.events.set(waiting);
            all.oldest_event.set(age(oldest_at, now));
        }
        let load = ctx.db.load();
        for (state, n) in [("busy", load.busy), ("idle", load.open.saturating_sub(load.busy)), ("max", load.most)] {
            all.connections.get_or_create(&OfState { state }).set(n.into());
        }
        if let Some(bytes) = all.part("memory", resident_memory()) {
            all.memory.set(bytes);
        }
        all
    }

    fn part<T, E: std::fmt::Display>(&self, part: &'static str, found: Result<T, E>) -> Option<T> {
        self.collected.get_or_create(&OfPart { part }).set(found.is_ok().into());
        found.inspect_err(|error| tracing::warn!(%error, part, "a part of the metrics cannot be read")).ok()
    }

    fn queues(&self, queues: &[TaskQueue], now: DateTime<Utc>) {
        for queue in queues {
            let states =
                [("ready", queue.ready), ("running", queue.running), ("waiting", queue.waiting), ("dead", queue.dead)];
            for (state, n) in states {
                self.jobs.get_or_create(&OfTask { task: queue.task.clone(), state }).set(n);
            }
        }
        self.oldest_job.set(age(queues.iter().filter_map(|queue| queue.oldest_ready_at).min(), now));
    }

    fn deliveries(&self, counts: &[DeliveryCount]) {
        for row in counts {
            let labels = OfMessage { channel: row.channel.as_str(), state: row.state.as_str() };
            self.messages.get_or_create(&labels).inc_by(row.count);
        }
    }

    pub(super) fn register(self, registry: &mut Registry) {
        registry.register("jobs", "Jobs of the queue by task and state", self.jobs);
        registry.register_with_unit(
            "jobs_oldest_ready_age",
            "Since when the longest waiting job could have run",
            Unit::Seconds,
            self.oldest_job,
        );
        registry.register("deliveries_24h", "Messages of the last 24 hours by channel and state", self.messages);
        registry.register("outbox_waiting", "Events that were not handed out", self.events);
        registry.register_with_unit("outbox_lag", "Age of the oldest of them", Unit::Seconds, self.oldest_event);
        registry.register("db_connections", "Connections of this process to PostgreSQL", self.connections);
        registry.register_with_unit("process_resident_memory", "Memory of this process", Unit::Bytes, self.memory);
        registry.register("collected", "Whether a part of these numbers could be read", self.collected);
    }
}

fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> i64 {
    since.map_or(0, |at| (now - at).num_seconds().max(0))
}

/// As the kernel counts it.
fn resident_memory() -> Result<i64, std::io::Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<i64>().ok());
    kilobytes.map(|n| n * 1024).ok_or_else(|| std::io::Error::other("VmRSS is not told"))
}
