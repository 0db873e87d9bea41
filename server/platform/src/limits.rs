//! Rate limits by the generic cell rate algorithm: one number per key says when the bucket will be empty again.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use redis::Script;

use crate::clock::Clock;
use crate::redis_link::RedisLink;

const MINUTE_US: i64 = 60_000_000;
const SECOND_US: i64 = 1_000_000;
const PREFIX: &str = "uk:limit:";
/// Keys kept in process; an attacker with many addresses must not fill the memory.
const CAPACITY: usize = 50_000;

/// The same arithmetic as [`step`], atomic in Redis and on its clock, so that instances agree.
/// Numbers are formatted by hand: Lua would write large ones in scientific notation.
static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local next = tat + interval
if next - now > burst then return {0, string.format('%.0f', now), string.format('%.0f', tat)} end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
return {1, string.format('%.0f', now), string.format('%.0f', next)}",
    )
});

const HOUR_US: i64 = 60 * MINUTE_US;

/// So many calls a minute or an hour, all of which may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    calls: u32,
    window_us: i64,
    strict: bool,
}

impl Quota {
    /// `n` calls a minute; 0 counts as 1.
    #[must_use]
    pub fn per_minute(n: u32) -> Self {
        Self { calls: n.max(1), window_us: MINUTE_US, strict: false }
    }

    /// `n` calls an hour; 0 counts as 1.
    #[must_use]
    pub fn per_hour(n: u32) -> Self {
        Self { calls: n.max(1), window_us: HOUR_US, strict: false }
    }

    /// Half of it while Redis is configured but away: several instances then count apart. For logins.
    #[must_use]
    pub fn halved_when_degraded(self) -> Self {
        Self { strict: true, ..self }
    }

    fn interval_us(self) -> i64 {
        // At least one: a number meant as "no limit" must not divide by zero later.
        (self.window_us / i64::from(self.calls)).max(1)
    }

    fn burst_us(self) -> i64 {
        self.interval_us() * i64::from(self.calls)
    }
}

/// What a check said; for the answer's headers. Times in whole seconds, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether the call may go on.
    pub allowed: bool,
    /// Calls a minute, or an hour.
    pub limit: u32,
    /// Calls left now.
    pub remaining: u32,
    /// When to try again; 0 when allowed.
    pub retry_after_s: u64,
    /// When the whole limit is available again.
    pub reset_s: u64,
}

/// Counts calls by key; cheap to clone.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    redis: Option<RedisLink>,
    clock: Clock,
    local: Arc<Mutex<HashMap<String, i64>>>,
}

impl RateLimiter {
    /// Through the given Redis, or in process.
    #[must_use]
    pub fn new(redis: Option<RedisLink>, clock: Clock) -> Self {
        Self { redis, clock, local: Arc::default() }
    }

    /// Counts one call under `key`. With Redis away it counts in process.
    pub async fn check(&self, key: &str, quota: Quota) -> Decision {
        let Some(redis) = &self.redis else { return self.check_local(key, quota) };
        let name = format!("{PREFIX}{}:{key}", quota.calls);
        let answer = redis.run(|mut redis| async move {
            let mut call = SCRIPT.key(name);
            call.arg(quota.interval_us()).arg(quota.burst_us());
            call.invoke_async::<(i64, i64, i64)>(&mut redis).await
        });
        match answer.await {
            Some((allowed, now, tat)) => decide(allowed == 1, now, tat, quota),
            None if quota.strict => self.check_local(key, Quota { calls: (quota.calls / 2).max(1), ..quota }),
            None => self.check_local(key, quota),
        }
    }

    fn check_local(&self, key: &str, quota: Quota) -> Decision {
        let now = self.clock.now().timestamp_micros();
        let mut map = self.local.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= CAPACITY && !map.contains_key(key) {
            make_room(&mut map, now);
        }
        let tat = map.entry(key.to_owned()).or_insert(now);
        let (allowed, next) = step(now, *tat, quota);
        *tat = next;
        decide(allowed, now, next, quota)
    }
}

/// One call at `now` with the bucket empty at `tat`: whether it fits, and the new `tat`. Microseconds.
fn step(now: i64, tat: i64, quota: Quota) -> (bool, i64) {
    let tat = tat.max(now);
    let next = tat + quota.interval_us();
    if next - now > quota.burst_us() { (false, tat) } else { (true, next) }
}

fn decide(allowed: bool, now: i64, tat: i64, quota: Quota) -> Decision {
    let room = quota.burst_us() - (tat - now);
    Decision {
        allowed,
        limit: quota.calls,
        remaining: u32::try_from(room / quota.interval_us()).unwrap_or(0),
        retry_after_s: if allowed { 0 } else { seconds_up(quota.interval_us() - room) },
        reset_s: seconds_up(tat - now),
    }
}

fn seconds_up(us: i64) -> u64 {
    u64::try_from((us + SECOND_US - 1).div_euclid(SECOND_US)).unwrap_or(0)
}

/// Drops what counts no more and, if that is not enough, any tenth: so that a full map is not swept on every call.
fn make_room(map: &mut HashMap<String, i64>, now: i64) {
    map.retain(|_, tat| *tat > now);
    if map.len() >= CAPACITY * 9 / 10 {
        let victims: Vec<String> = map.keys().take(CAPACITY / 10).cloned().collect();
        for victim in victims {
            map.remove(&victim);
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    fn limiter() -> (RateLimiter, Clock) {
        let clock = Clock::fixed(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        (RateLimiter::new(None, clock.clone()), clock)
    }

    #[tokio::test]
    async fn a_burst_then_one_by_one() {
        let (limiter, clock) = limiter();
        let quota = Quota::per_minute(5);
        for left in (0..5).rev() {
            let decision = limiter.check("ip", quota).await;
            assert_eq!((decision.allowed, decision.remaining, decision.limit), (true, left, 5));
        }
        let refused = limiter.check("ip", quota).await;
        assert_eq!(refused, Decision { allowed: false, limit: 5, remaining: 0, retry_after_s: 12, reset_s: 60 });
        clock.advance(Duration::milliseconds(11_999));
        assert_eq!(limiter.check("ip", quota).await.retry_after_s, 1);
        clock.advance(Duration::milliseconds(1));
        assert!(limiter.check("ip", quota).await.allowed);
        assert!(!limiter.check("ip", quota).await.allowed);
        clock.advance(Duration::minutes(1));
        assert_eq!(limiter.check("ip", quota).await.remaining, 4);
    }

    #[tokio::test]
    async fn refused_calls_do_not_prolong_the_wait() {
        let (limiter, clock) = limiter();
        let quota = Quota::per_minute(1);
        assert!(limiter.check("ip", quota).await.allowed);
        for _ in 0..100 {
            assert!(!limiter.check("ip", quota).await.allowed);
        }
        clock.advance(Duration::minutes(1));
        assert!(limiter.check("ip", quota).await.allowed);
    }

    #[tokio::test]
    async fn keys_count_apart() {
        let (limiter, _) = limiter();
        let quota = Quota::per_minute(1);
        assert!(limiter.check("a", quota).await.allowed);
        assert!(limiter.check("b", quota).await.allowed);
        assert!(!limiter.check("a", quota).await.allowed);
    }

    #[tokio::test]
    async fn odd_limits_neither_starve_nor_leak() {
        let (limiter, clock) = limiter();
        let quota = Quota::per_minute(7);
        let mut allowed = 0;
        for _ in 0..1000 {
            allowed += u32::from(limiter.check("ip", quota).await.allowed);
            clock.advance(Duration::milliseconds(600));
        }
        // Ten minutes: the burst and seven a minute.
        assert!((76..=77).contains(&allowed), "{allowed}");
    }

    #[tokio::test]
    async fn the_map_is_bounded() {
        let (limiter, _) = limiter();
        for n in 0..CAPACITY + 10 {
            limiter.check(&n.to_string(), Quota::per_minute(5)).await;
        }
        assert!(limiter.local.lock().unwrap().len() <= CAPACITY);
    }
}
