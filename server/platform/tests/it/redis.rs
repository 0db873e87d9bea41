use std::time::Duration;

use platform::cache::Cache;
use platform::clock::Clock;
use platform::limits::{Quota, RateLimiter};
use platform::pubsub::{GAP, Message, PubSub};
use platform::redis_link::RedisLink;

use crate::support::{Redis, eventually};

const LONG: Duration = Duration::from_secs(60);

async fn link(redis: &Redis) -> RedisLink {
    let link = RedisLink::open(&redis.url()).unwrap();
    eventually("redis", || async { link.ping().await.then_some(()) }).await;
    link
}

fn message(channel: &str, payload: &str) -> Message {
    Message { channel: channel.into(), payload: payload.into() }
}

#[tokio::test]
async fn the_cache_is_shared_and_a_dead_redis_is_only_a_miss() {
    let mut redis = Redis::start();
    let (a, b) = (link(&redis).await, link(&redis).await);
    let (one, two) = (Cache::new(Some(a.clone())), Cache::new(Some(b)));
    one.set("k", "v", LONG).await;
    assert_eq!(two.get("k").await.as_deref(), Some("v"));
    two.del("k").await;
    assert_eq!(one.get("k").await, None);
    one.set("short", "v", Duration::from_millis(50)).await;
    eventually("expiry", || async { one.get("short").await.is_none().then_some(()) }).await;

    redis.kill();
    one.set("k", "v", LONG).await;
    assert_eq!(one.get("k").await, None);
    assert!(a.is_degraded());
    redis.restart();
    eventually("recovery", || async {
        one.set("k", "w", LONG).await;
        one.get("k").await
    })
    .await;
    assert!(!a.is_degraded());
}

#[tokio::test]
async fn messages_reach_other_instances_once_and_survive_a_restart_of_redis() {
    let mut redis = Redis::start();
    let (one, two) = (PubSub::new(Some(link(&redis).await)), PubSub::new(Some(link(&redis).await)));
    eventually("both up", || async { (!one.is_degraded() && !two.is_degraded()).then_some(()) }).await;
    let (mut here, mut there) = (one.subscribe(), two.subscribe());
    one.publish("requests", "1");
    two.publish("requests", "2");
    // Each hears both exactly once: its own at once, the other's through Redis.
    let mut heard = [here.recv().await.unwrap(), here.recv().await.unwrap()];
    heard.sort_by(|a, b| a.payload.cmp(&b.payload));
    assert_eq!(heard, [message("requests", "1"), message("requests", "2")]);
    there.recv().await.unwrap();
    there.recv().await.unwrap();
    one.publish("end", "");
    assert_eq!(here.recv().await.unwrap(), message("end", ""));
    assert_eq!(there.recv().await.unwrap(), message("end", ""));

    redis.kill();
    eventually("noticed", || async { (one.is_degraded() && two.is_degraded()).then_some(()) }).await;
    one.publish("alone", "");
    assert_eq!(here.recv().await.unwrap(), message("alone", ""));
    redis.restart();
    eventually("healed", || async { (!one.is_degraded() && !two.is_degraded()).then_some(()) }).await;
    assert_eq!(here.recv().await.unwrap().channel, GAP);
    assert_eq!(there.recv().await.unwrap().channel, GAP);
    // The publishing connection heals by itself, a moment later: what it could not pass on is told as a gap.
    one.publish("again", "");
    while there.recv().await.unwrap().channel != GAP {}
}

#[tokio::test]
async fn limits_are_shared_and_fall_back_to_the_process() {
    let mut redis = Redis::start();
    let clock = Clock::system();
    let one = RateLimiter::new(Some(link(&redis).await), clock.clone());
    let two = RateLimiter::new(Some(link(&redis).await), clock);
    let quota = Quota::per_minute(4);
    for left in (0..4).rev() {
        let limiter = if left % 2 == 0 { &one } else { &two };
        let decision = limiter.check("ip", quota).await;
        assert_eq!((decision.allowed, decision.remaining, decision.limit), (true, left, 4));
    }
    let refused = two.check("ip", quota).await;
    assert!(!refused.allowed && refused.remaining == 0);
    assert!((1..=15).contains(&refused.retry_after_s) && (45..=60).contains(&refused.reset_s), "{refused:?}");

    redis.kill();
    let strict = quota.halved_when_degraded();
    assert_eq!(one.check("ip", strict).await.limit, 2);
    assert!(one.check("ip", strict).await.allowed);
    assert!(!one.check("ip", strict).await.allowed);
    assert!(one.check("other", quota).await.allowed);
}
