//! Messages between tasks of this process and, with Redis, between instances. At most once: whoever must not miss
//! anything resumes from the outbox, and is told to by a [`GAP`] message after Redis was away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::StreamExt;
use redis::RedisResult;
use redis::aio::ConnectionManager;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::redis_link::RedisLink;
use crate::tokens::random_token;

/// Channel of the message that says: something may have been missed, look into the outbox.
pub const GAP: &str = "$gap";

const TOPIC: &str = "uk:events";
/// Messages a slow subscriber may lag behind before it loses the oldest.
const BACKLOG: usize = 1024;
/// While others have to be told of a gap.
const GAP_EVERY: Duration = Duration::from_secs(1);
const PING_EVERY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A message as subscribers get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Name of the channel.
    pub channel: String,
    /// Content, opaque here.
    pub payload: String,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    /// Instance that sent it: our own come back from Redis and are dropped.
    from: String,
    channel: String,
    payload: String,
}

/// Publishes and subscribes; cheap to clone. The connection ends with the last clone.
#[derive(Clone, Debug)]
pub struct PubSub {
    local: broadcast::Sender<Message>,
    remote: Option<Arc<Remote>>,
}

#[derive(Debug)]
struct Remote {
    instance: String,
    out: mpsc::Sender<String>,
    up: Arc<AtomicBool>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl PubSub {
    /// Through the given Redis, or in process. Must be called inside the async runtime.
    #[must_use]
    pub fn new(redis: Option<RedisLink>) -> Self {
        let (local, _) = broadcast::channel(BACKLOG);
        let remote = redis.map(|redis| {
            let instance = random_token();
            let (out, queue) = mpsc::channel(BACKLOG);
            let up = Arc::new(AtomicBool::new(false));
            let gap = json!({ "from": instance, "channel": GAP, "payload": "" }).to_string();
            let tasks = [
                tokio::spawn(send(redis.clone(), gap, queue)),
                tokio::spawn(receive(redis, instance.clone(), local.clone(), up.clone())),
            ];
            Arc::new(Remote { instance, out, up, tasks })
        });
        Self { local, remote }
    }

    /// Hands a message to every subscriber here and, with Redis, elsewhere. Never waits.
    pub fn publish(&self, channel: &str, payload: &str) {
        let message = Message { channel: channel.to_owned(), payload: payload.to_owned() };
        // No subscriber is no error.
        let _heard = self.local.send(message);
        let Some(remote) = &self.remote else { return };
        let envelope =
            Envelope { from: remote.instance.clone(), channel: channel.to_owned(), payload: payload.to_owned() };
        match serde_json::to_string(&envelope) {
            Ok(text) => {
                if remote.out.try_send(text).is_err() {
                    tracing::warn!(channel, "the queue to other instances is full; a live event is not passed on");
                }
            }
            Err(error) => tracing::error!(%error, channel, "a live event cannot be passed on"),
        }
    }

    /// All messages from now on. A subscriber that lags by more than 1024 gets `RecvError::Lagged`.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Message> {
        self.local.subscribe()
    }

    /// Whether Redis is configured but messages of other instances do not arrive.
    #[must_use]
    pub fn is_degraded(&self) -> bool {
        self.remote.as_ref().is_some_and(|remote| !remote.up.load(Ordering::Relaxed))
    }
}

/// Passes our messages on. What Redis does not take is dropped, and the others are told as soon as it takes something:
/// they may have been back before us and not know that they missed it.
async fn send(redis: RedisLink, gap: String, mut queue: mpsc::Receiver<String>) {
    let mut owes_gap = false;
    loop {
        let next = match owes_gap {
            true => tokio::time::timeout(GAP_EVERY, queue.recv()).await.unwrap_or_else(|_| Some(gap.clone())),
            false => queue.recv().await,
        };
        let Some(text) = next else { return };
        let taken = pass_on(&redis, &text).await;
        owes_gap = !taken || (owes_gap && text != gap && !pass_on(&redis, &gap).await);
    }
}

async fn pass_on(redis: &RedisLink, text: &str) -> bool {
    let text = text.to_owned();
    let publish = |mut redis: ConnectionManager| async move {
        redis::cmd("PUBLISH").arg(TOPIC).arg(text).query_async::<i64>(&mut redis).await
    };
    redis.run(publish).await.is_some()
}

/// Hears other instances; reconnects for ever.
async fn receive(redis: RedisLink, instance: String, local: broadcast::Sender<Message>, up: Arc<AtomicBool>) {
    let mut pause = FIRST_PAUSE;
    let mut lost = false;
    loop {
        let ended = listen(&redis, &instance, &local, &up, &mut lost).await;
        if up.swap(false, Ordering::Relaxed) {
            pause = FIRST_PAUSE;
        }
        if !lost {
            let problem = ended.err().map_or_else(|| "the connection ended".to_owned(), |error| error.to_string());
            tracing::warn!(problem, "live events of other instances do not arrive; reconnecting");
        }
        lost = true;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn listen(
    redis: &RedisLink,
    instance: &str,
    local: &broadcast::Sender<Message>,
    up: &AtomicBool,
    lost: &mut bool,
) -> RedisResult<()> {
    let connecting = async {
        let mut connection = redis.client().get_async_pubsub().await?;
        connection.subscribe(TOPIC).await?;
        RedisResult::Ok(connection)
    };
    let Ok(connection) = tokio::time::timeout(PATIENCE, connecting).await else { return Ok(()) };
    let (mut sink, mut stream) = connection?.split();
    up.store(true, Ordering::Relaxed);
    if std::mem::take(lost) {
        tracing::info!("live events of other instances arrive again");
        let _heard = local.send(Message { channel: GAP.to_owned(), payload: String::new() });
    }
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return Ok(()) };
                match serde_json::from_slice::<Envelope>(message.get_payload_bytes()) {
                    Ok(envelope) if envelope.from == instance => {}
                    Ok(Envelope { channel, payload, .. }) => {
                        let _heard = local.send(Message { channel, payload });
                    }
                    Err(error) => tracing::warn!(%error, "a foreign message on our Redis channel"),
                }
            }
            // A connection cut without a word is found by asking.
            _ = ping.tick() => match tokio::time::timeout(PATIENCE, sink.ping::<redis::Value>()).await {
                Ok(answer) => { answer?; }
                Err(_) => return Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_reach_every_local_subscriber() {
        let pubsub = PubSub::new(None);
        pubsub.publish("nobody", "hears");
        let (mut a, mut b) = (pubsub.subscribe(), pubsub.clone().subscribe());
        pubsub.publish("requests", "{}");
        let expected = Message { channel: "requests".into(), payload: "{}".into() };
        assert_eq!(a.recv().await.unwrap(), expected);
        assert_eq!(b.recv().await.unwrap(), expected);
        assert!(!pubsub.is_degraded());
    }
}
