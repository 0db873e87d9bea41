//! The connection to RabbitMQ. What it carries is decided elsewhere; nothing here is the only copy of anything.
//!
//! A broken connection is never mended in place: whoever holds a [`Broker`] drops it and opens a new one, which declares
//! everything again.

use std::str::FromStr;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, BasicRejectOptions,
    ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, ExchangeKind};

use crate::config::AmqpConfig;

/// A broker that takes longer to answer counts as away. A full disk or memory shows itself this way: it takes messages
/// and confirms none.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds between signs of life on an idle connection; after two without one it is broken.
const HEARTBEAT: u16 = 10;
/// Dead letters kept; the oldest go first.
const MOST_DEAD: i64 = 10_000;
/// Messages that outlive the broker.
const PERSISTENT: u8 = 2;

/// Why the broker could not be used.
#[derive(Debug, thiserror::Error)]
pub enum AmqpError {
    /// The broker, or the way to it.
    #[error("{0}")]
    Broker(#[from] lapin::Error),
    /// It takes too long.
    #[error("no answer in time")]
    Late,
    /// The consumer was cancelled from the other side.
    #[error("the queue was taken away")]
    Cancelled,
}

/// One message to the queue of jobs.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// What the broker's own pages show of it.
    pub id: String,
    /// What kind of message it is.
    pub kind: String,
    /// JSON.
    pub body: Vec<u8>,
}

/// Both connections, so that a broker that stops publishers does not stop acknowledgements; and the queues.
pub struct Broker {
    queue: ShortString,
    dead: ShortString,
    outward: Connection,
    publisher: Channel,
    consumer: Channel,
    inward: Connection,
}

impl Broker {
    /// Connects, declares the queues, and has the broker confirm a first message, which goes nowhere.
    ///
    /// # Errors
    /// When it cannot be reached, refuses us, or takes no messages.
    pub async fn open(config: &AmqpConfig, url: &str) -> Result<Self, AmqpError> {
        tokio::time::timeout(PATIENCE, Self::connect(config, url)).await.unwrap_or(Err(AmqpError::Late))
    }

    async fn connect(config: &AmqpConfig, url: &str) -> Result<Self, AmqpError> {
        let outward = connection(url, "jobs out").await?;
        let inward = connection(url, "jobs in").await?;
        let (queue, dead) = (config.queue.as_str().into(), format!("{}.dead", config.queue).as_str().into());
        declare(&outward, &queue, &dead).await?;
        let publisher = outward.create_channel().await?;
        publisher.confirm_select(ConfirmSelectOptions::default()).await?;
        let broker = Self { queue, dead, publisher, consumer: inward.create_channel().await?, outward, inward };
        let nowhere = BasicPublishOptions::default();
        let probe = broker.publisher.basic_publish("".into(), "".into(), nowhere, b"", BasicProperties::default());
        probe.await?.await?;
        Ok(broker)
    }

    /// Messages of the queue of jobs that nobody has taken yet.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn waiting(&self) -> Result<u32, AmqpError> {
        self.length(&self.queue).await
    }

    /// Messages that nobody could use.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn dead(&self) -> Result<u32, AmqpError> {
        self.length(&self.dead).await
    }

    async fn length(&self, queue: &ShortString) -> Result<u32, AmqpError> {
        let asked = QueueDeclareOptions::durable().passive();
        let asking = self.publisher.queue_declare(queue.clone(), asked, FieldTable::default());
        Ok(in_time(asking).await?.message_count())
    }

    /// Sends messages and says for each whether the broker has it for certain.
    ///
    /// # Errors
    /// When the broker is away; then nothing is known of any of them.
    pub async fn publish(&self, messages: &[Outgoing]) -> Result<Vec<bool>, AmqpError> {
        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
        let all = async {
            let mut confirms = Vec::with_capacity(messages.len());
            for message in messages {
                let properties = BasicProperties::default()
                    .with_delivery_mode(PERSISTENT)
                    .with_content_type("application/json".into())
                    .with_message_id(message.id.as_str().into())
                    .with_type(message.kind.as_str().into());
                let queue = self.queue.clone();
                let sending = self.publisher.basic_publish("".into(), queue, options, &message.body, properties);
                confirms.push(sending.await?);
            }
            join_all(confirms).await.into_iter().collect::<Result<Vec<_>, _>>()
        };
        let confirmed = in_time(all).await?;
        // An acknowledged message that comes back had no queue to go to.
        Ok(confirmed.into_iter().map(|answer| matches!(answer, Confirmation::Ack(None))).collect())
    }

    /// Takes messages, at most `prefetch` at once that are not done.
    ///
    /// # Errors
    /// When the broker is away.
    pub async fn consume(&self, prefetch: u16) -> Result<Incoming, AmqpError> {
        in_time(self.consumer.basic_qos(prefetch, BasicQosOptions::default())).await?;
        let (queue, options) = (self.queue.clone(), BasicConsumeOptions::default());
        let taking = self.consumer.basic_consume(queue, "".into(), options, FieldTable::default());
        Ok(Incoming { channel: self.consumer.clone(), stream: in_time(taking).await? })
    }

    /// Says goodbye; what was not acknowledged goes back to the queue.
    pub async fn close(self) {
        // A broker that does not hear it notices by itself.
        let _ = in_time(self.inward.close(200, "done".into())).await;
        let _ = in_time(self.outward.close(200, "done".into())).await;
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Broker({})", self.queue)
    }
}

/// Messages as they come.
pub struct Incoming {
    channel: Channel,
    stream: lapin::Consumer,
}

impl Incoming {
    /// The next message.
    ///
    /// # Errors
    /// When the connection or the queue is gone.
    pub async fn next(&mut self) -> Result<Message, AmqpError> {
        Ok(Message(self.stream.next().await.ok_or(AmqpError::Cancelled)??))
    }

    /// Takes no more; those taken can still be acknowledged.
    pub async fn stop(self) {
        let cancelling = self.channel.basic_cancel(self.stream.tag(), BasicCancelOptions::default());
        if let Err(error) = in_time(cancelling).await {
            tracing::debug!(%error, "the consumer could not be cancelled; its connection ends it");
        }
    }
}

/// A message that is ours until it is done or refused.
pub struct Message(Delivery);

impl Message {
    /// What was sent.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.data
    }

    /// Whether somebody has had it before.
    #[must_use]
    pub fn is_redelivered(&self) -> bool {
        self.0.redelivered
    }

    /// It is done with. When the broker does not hear it, it sends a copy.
    pub async fn done(self) {
        if let Err(error) = self.0.ack(BasicAckOptions::default()).await {
            tracing::debug!(%error, "a message was not acknowledged; a copy of it will come");
        }
    }

    /// Nobody can use it: among the dead letters with it.
    pub async fn bury(self) {
        if let Err(error) = self.0.reject(BasicRejectOptions { requeue: false }).await {
            tracing::debug!(%error, "a message was not buried; a copy of it will come");
        }
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, lapin::Error>>) -> Result<T, AmqpError> {
    Ok(tokio::time::timeout(PATIENCE, work).await.map_err(|_| AmqpError::Late)??)
}

async fn connection(url: &str, what: &str) -> Result<Connection, AmqpError> {
    let mut uri = uri(url).ok_or_else(|| lapin::Error::from(std::io::Error::other("the address is malformed")))?;
    uri.query.heartbeat.get_or_insert(HEARTBEAT);
    let name = format!("uk-crm {what}").as_str().into();
    Ok(Connection::connect_uri(uri, ConnectionProperties::default().with_connection_name(name)).await?)
}

/// Nothing when it is malformed; why not could quote the password.
pub(crate) fn uri(url: &str) -> Option<AMQPUri> {
    AMQPUri::from_str(url).ok()
}

/// The queue of jobs and the one of its dead letters, on the disk of one node. A quorum queue would be replicated, but a
/// message that is lost is sent again, and one killed with its only node (3.10) did not find its leader again.
async fn declare(connection: &Connection, queue: &ShortString, dead: &ShortString) -> Result<(), AmqpError> {
    let channel = connection.create_channel().await?;
    let exchange = ExchangeDeclareOptions { durable: true, ..Default::default() };
    channel.exchange_declare(dead.clone(), ExchangeKind::Fanout, exchange, FieldTable::default()).await?;
    declare_queue(&channel, dead, "x-max-length", AMQPValue::LongLongInt(MOST_DEAD)).await?;
    channel
        .queue_bind(dead.clone(), dead.clone(), "".into(), QueueBindOptions::default(), FieldTable::default())
        .await?;
    declare_queue(&channel, queue, "x-dead-letter-exchange", AMQPValue::LongString(dead.as_str().into())).await?;
    channel.close(200, "declared".into()).await?;
    Ok(())
}

async fn declare_queue(channel: &Channel, name: &ShortString, key: &str, value: AMQPValue) -> Result<(), AmqpError> {
    let mut table = FieldTable::default();
    table.insert(key.into(), value);
    channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), table).await?;
    Ok(())
}
