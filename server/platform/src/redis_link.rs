//! The shared connection to Redis. Redis is never needed to serve: whoever uses it has a way without it, and a dead
//! Redis must not slow requests down, so after a failure it is left alone for a second.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, RedisResult};
use secrecy::{ExposeSecret, SecretString};

use crate::pulse::Pulse;

/// Longest a request waits for Redis before it goes on without.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long a failing Redis is left alone.
const REST: Duration = Duration::from_secs(1);
/// How often the log repeats that Redis is away.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// The address is malformed.
#[derive(Debug, thiserror::Error)]
#[error("redis.url is malformed: {0}")]
pub struct RedisLinkError(#[from] RedisError);

/// A lazily made, self-healing connection; cheap to clone.
#[derive(Clone)]
pub struct RedisLink(Arc<Inner>);

struct Inner {
    client: Client,
    manager: ConnectionManager,
    started: Instant,
    /// Milliseconds since `started` until which Redis is left alone.
    rests_until: AtomicU64,
    /// Milliseconds since `started` from which the next failure is logged.
    logs_from: AtomicU64,
    degraded: AtomicBool,
    pulse: Pulse,
}

impl RedisLink {
    /// Takes the address; connects on first use. Must be called inside the async runtime.
    ///
    /// # Errors
    /// When the address is malformed; a Redis that is away is no error.
    pub fn open(url: &SecretString) -> Result<Self, RedisLinkError> {
        let client = Client::open(url.expose_secret())?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
        Ok(Self(Arc::new(Inner {
            client,
            manager,
            started: Instant::now(),
            rests_until: AtomicU64::new(0),
            logs_from: AtomicU64::new(0),
            degraded: AtomicBool::new(false),
            pulse: Pulse::default(),
        })))
    }

    /// Whether the last use failed.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.0.degraded.load(Ordering::Relaxed)
    }

    /// Whether Redis answers now; for `doctor` and readiness reports.
    pub async fn ping(&self) -> bool {
        self.0.rests_until.store(0, Ordering::Relaxed);
        let pong = self.run(|mut redis| async move { redis::cmd("PING").query_async::<String>(&mut redis).await });
        pong.await.is_some()
    }

    /// When it last answered.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.0.pulse.clone()
    }

    /// The client, for connections of one's own.
    pub(crate) fn client(&self) -> &Client {
        &self.0.client
    }

    /// Does `work` within the time allowed; none when Redis is away, resting or failing.
    pub(crate) async fn run<T, F>(&self, work: impl FnOnce(ConnectionManager) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let inner = &self.0;
        if self.elapsed() < inner.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let problem = match tokio::time::timeout(PATIENCE, work(inner.manager.clone())).await {
            Ok(Ok(value)) => {
                inner.pulse.beat();
                if inner.degraded.swap(false, Ordering::Relaxed) {
                    tracing::info!("Redis answers again");
                }
                return Some(value);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        inner.pulse.miss(&problem);
        inner.degraded.store(true, Ordering::Relaxed);
        inner.rests_until.store(self.elapsed() + millis(REST), Ordering::Relaxed);
        let from = inner.logs_from.load(Ordering::Relaxed);
        let next = self.elapsed() + millis(LOG_EVERY);
        // Many requests fail at once; the one that moves the mark writes the line.
        if self.elapsed() >= from
            && inner.logs_from.compare_exchange(from, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            tracing::warn!(problem, "Redis is away; going on without it");
        }
        None
    }

    fn elapsed(&self) -> u64 {
        millis(self.0.started.elapsed())
    }
}

impl std::fmt::Debug for RedisLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RedisLink(degraded: {})", self.is_degraded())
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
