//! Short-lived values. Losing one is never an error: when Redis is away every look is a miss.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::AsyncCommands;

use crate::redis_link::RedisLink;

const PREFIX: &str = "uk:cache:";
/// Entries kept in process.
const CAPACITY: usize = 10_000;

/// Redis when there is one, else a bounded map in this process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Cache(Store);

#[derive(Clone, Debug)]
enum Store {
    Redis(RedisLink),
    Local(Arc<Mutex<HashMap<String, Entry>>>),
}

#[derive(Debug)]
struct Entry {
    value: String,
    until: Instant,
}

impl Cache {
    /// Through the given Redis, or in process.
    #[must_use]
    pub fn new(redis: Option<RedisLink>) -> Self {
        Self(redis.map_or_else(|| Store::Local(Arc::default()), Store::Redis))
    }

    /// The value, when it is there and alive.
    pub async fn get(&self, key: &str) -> Option<String> {
        match &self.0 {
            Store::Redis(redis) => {
                let key = format!("{PREFIX}{key}");
                redis.run(|mut redis| async move { redis.get::<_, Option<String>>(key).await }).await.flatten()
            }
            Store::Local(map) => {
                let map = lock(map);
                map.get(key).filter(|entry| entry.until > Instant::now()).map(|entry| entry.value.clone())
            }
        }
    }

    /// Keeps a value for `ttl`, at least a millisecond.
    pub async fn set(&self, key: &str, value: &str, ttl: Duration) {
        let ttl = ttl.max(Duration::from_millis(1));
        match &self.0 {
            Store::Redis(redis) => {
                let (key, value) = (format!("{PREFIX}{key}"), value.to_owned());
                let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
                redis.run(|mut redis| async move { redis.pset_ex::<_, _, ()>(key, value, ttl).await }).await;
            }
            Store::Local(map) => {
                let now = Instant::now();
                let mut map = lock(map);
                if map.len() >= CAPACITY && !map.contains_key(key) {
                    make_room(&mut map, now);
                }
                map.insert(key.to_owned(), Entry { value: value.to_owned(), until: now + ttl });
            }
        }
    }

    /// Forgets a value.
    pub async fn del(&self, key: &str) {
        match &self.0 {
            Store::Redis(redis) => {
                let key = format!("{PREFIX}{key}");
                redis.run(|mut redis| async move { redis.del::<_, ()>(key).await }).await;
            }
            Store::Local(map) => {
                lock(map).remove(key);
            }
        }
    }
}

/// Drops what has expired and, if that is not enough, any tenth: so that a full map is not swept on every write.
fn make_room(map: &mut HashMap<String, Entry>, now: Instant) {
    map.retain(|_, entry| entry.until > now);
    if map.len() >= CAPACITY * 9 / 10 {
        let victims: Vec<String> = map.keys().take(CAPACITY / 10).cloned().collect();
        for victim in victims {
            map.remove(&victim);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn values_live_as_long_as_asked() {
        let cache = Cache::new(None);
        cache.set("a", "1", Duration::from_secs(60)).await;
        assert_eq!(cache.get("a").await.as_deref(), Some("1"));
        cache.set("a", "2", Duration::ZERO).await;
        while cache.get("a").await.is_some() {
            tokio::task::yield_now().await;
        }
        cache.set("b", "1", Duration::from_secs(60)).await;
        cache.del("b").await;
        assert_eq!(cache.get("b").await, None);
    }

    #[tokio::test]
    async fn the_local_map_is_bounded_and_keeps_what_was_written_last() {
        let cache = Cache::new(None);
        for n in 0..CAPACITY * 2 {
            cache.set(&n.to_string(), "x", Duration::from_secs(60)).await;
        }
        let Store::Local(map) = &cache.0 else { panic!("not local") };
        assert!(lock(map).len() <= CAPACITY);
        assert!(cache.get(&(CAPACITY * 2 - 1).to_string()).await.is_some());
    }
}
