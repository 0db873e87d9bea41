//! From the bus to the connections: each message is read once in a process and wakes only its own company's connections.

use super::{ACCESS, CHANNEL, PRESENCE, Presence, Published};
use crate::Scope;
use bytes::Bytes;
use model::{CompanyId, UserId, requests::Present};
use platform::pubsub::{GAP, Message, PubSub};
use std::{
    collections::HashMap,
    error::Error,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::{
    Notify,
    broadcast::{self, Receiver, Sender, error::RecvError},
};

/// Events a slow connection may lag behind before it is told to fetch everything anew.
const BACKLOG: usize = 1024;

/// Wakes the relay and fans published events out.
#[derive(Clone)]
pub struct EventHub {
    wake: Arc<Notify>,
    bus: PubSub,
    rooms: Arc<Rooms>,
    changes: Arc<Changes>,
}

impl EventHub {
    /// Listens on the bus as long as the bus lives. Must be called inside the async runtime.
    pub fn new(bus: PubSub) -> Self {
        let (rooms, changes) = (Arc::<Rooms>::default(), Arc::<Changes>::default());
        tokio::spawn(hand_out(bus.subscribe(), rooms.clone(), changes.clone()));
        Self { wake: Arc::new(Notify::new()), bus, rooms, changes }
    }

    /// A transaction of this company was committed here.
    pub(crate) fn changed(&self, company: CompanyId) {
        self.changes.count(company);
    }

    /// Goes up with everything that happens in a company, here or elsewhere: what was read at the same number still holds.
    pub(crate) fn changes(&self, company: CompanyId) -> u64 {
        self.changes.of(company)
    }

    /// There is something to publish.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Resolves when there may be something to publish.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Hands an event to the connections here and elsewhere.
    pub(super) fn publish(&self, event: &Published) -> serde_json::Result<()> {
        self.bus.publish(CHANNEL, &serde_json::to_string(event)?);
        Ok(())
    }

    /// Somebody was blocked, or sees something else from now on: their connections here and elsewhere end, and come
    /// back with what they may hear now. A connection that misses this is ended by its next heartbeat.
    pub fn access_changed(&self, user: UserId) {
        self.bus.publish(ACCESS, &user.to_string());
    }

    /// Somebody is at a request, or leaves it. With `ask` the others there answer.
    pub(crate) fn present(&self, company_id: CompanyId, present: Present, ask: bool) {
        match serde_json::to_string(&Presence { company_id, present, ask }) {
            Ok(payload) => self.bus.publish(PRESENCE, &payload),
            Err(error) => tracing::error!(%error, "presence does not serialise"),
        }
    }

    /// Everything published for the scope's company from now on; filter with [`Scope::hears`].
    pub fn subscribe(&self, scope: &Scope) -> Subscription {
        Subscription(self.rooms.enter(scope.company_id()))
    }
}

/// The companies with connections here.
#[derive(Default)]
struct Rooms(Mutex<HashMap<CompanyId, Sender<Heard>>>);

impl Rooms {
    fn enter(&self, company: CompanyId) -> Receiver<Heard> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(company).or_insert_with(|| broadcast::channel(BACKLOG).0).subscribe()
    }

    /// To one company, or to all; a room that everybody has left goes.
    fn tell(&self, company: Option<CompanyId>, heard: &Heard) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match company {
            Some(company) => {
                if rooms.get(&company).is_some_and(|room| room.send(heard.clone()).is_err()) {
                    rooms.remove(&company);
                }
            }
            None => rooms.retain(|_, room| room.send(heard.clone()).is_ok()),
        }
    }
}

/// How often something happened in each company since this process began.
#[derive(Default)]
struct Changes {
    /// Times when nobody knows where.
    anywhere: AtomicU64,
    there: Mutex<HashMap<CompanyId, u64>>,
}

impl Changes {
    fn count(&self, company: CompanyId) {
        *self.there.lock().unwrap_or_else(PoisonError::into_inner).entry(company).or_default() += 1;
    }

    fn of(&self, company: CompanyId) -> u64 {
        let there = self.there.lock().unwrap_or_else(PoisonError::into_inner).get(&company).copied();
        self.anywhere.load(Ordering::Acquire) + there.unwrap_or_default()
    }

    /// Before anybody hears of it and looks.
    fn note(&self, company: Option<CompanyId>, heard: &Heard) {
        match (company, heard) {
            (Some(company), Heard::Event(_)) => self.count(company),
            (_, Heard::Lagged) => {
                self.anywhere.fetch_add(1, Ordering::AcqRel);
            }
            _ => {}
        }
    }
}

async fn hand_out(mut bus: Receiver<Message>, rooms: Arc<Rooms>, changes: Arc<Changes>) {
    loop {
        let told = match bus.recv().await {
            Ok(message) => read(&message).unwrap_or_else(|error| {
                tracing::warn!(%error, channel = message.channel, "a message on the bus does not parse");
                None
            }),
            Err(RecvError::Lagged(_)) => Some((None, Heard::Lagged)),
            Err(RecvError::Closed) => return,
        };
        if let Some((company, heard)) = told {
            changes.note(company, &heard);
            rooms.tell(company, &heard);
        }
    }
}

/// To whom — one company or all — and what.
type Told = (Option<CompanyId>, Heard);

/// What a message says; `None` on channels of others.
fn read(message: &Message) -> Result<Option<Told>, Box<dyn Error + Send + Sync>> {
    Ok(Some(match message.channel.as_str() {
        CHANNEL => {
            let event: Published = serde_json::from_str(&message.payload)?;
            let text = serde_json::to_vec(&event.envelope)?.into();
            (Some(event.company_id), Heard::Event(Arc::new(Live { event, text })))
        }
        ACCESS => (None, Heard::Access(message.payload.parse()?)),
        PRESENCE => {
            let presence: Presence = serde_json::from_str(&message.payload)?;
            (Some(presence.company_id), Heard::Presence(Arc::new(presence)))
        }
        GAP => (None, Heard::Lagged),
        _ => return Ok(None),
    }))
}

/// An event, and its envelope as every client gets it.
pub struct Live {
    pub event: Published,
    pub text: Bytes,
}

/// What a subscription yields.
#[derive(Clone)]
pub enum Heard {
    Event(Arc<Live>),
    /// What this person may see has changed.
    Access(UserId),
    /// For connections that have proven they may see the same request.
    Presence(Arc<Presence>),
    /// Some were lost.
    Lagged,
    Closed,
}

/// A stream of one company's published events.
pub struct Subscription(Receiver<Heard>);

impl Subscription {
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(heard) => heard,
            Err(RecvError::Lagged(_)) => Heard::Lagged,
            Err(RecvError::Closed) => Heard::Closed,
        }
    }

    /// What has come already.
    pub fn waiting(&mut self) -> Option<Heard> {
        match self.0.try_recv() {
            Ok(heard) => Some(heard),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(Heard::Lagged),
            Err(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_room_wakes_its_own_company_and_goes_with_the_last_connection() {
        let rooms = Rooms::default();
        let [one, other] = [1, 2].map(|n| CompanyId(Uuid::from_u128(n)));
        let (mut here, mut there) = (Subscription(rooms.enter(one)), Subscription(rooms.enter(other)));
        rooms.tell(Some(one), &Heard::Lagged);
        assert!(matches!(here.waiting(), Some(Heard::Lagged)) && there.waiting().is_none());
        rooms.tell(None, &Heard::Access(UserId(Uuid::nil())));
        assert!(matches!(here.next().await, Heard::Access(_)) && matches!(there.next().await, Heard::Access(_)));
        drop(there);
        rooms.tell(Some(other), &Heard::Lagged);
        assert_eq!(rooms.0.lock().unwrap().keys().copied().collect::<Vec<_>>(), [one]);
    }

    #[test]
    fn what_is_lost_may_have_happened_to_anybody() {
        let changes = Changes::default();
        let [one, other] = [1, 2].map(|n| CompanyId(Uuid::from_u128(n)));
        let before = changes.of(one);
        changes.count(one);
        let after = changes.of(one);
        assert!(after != before && changes.of(other) == before);
        changes.note(None, &Heard::Access(UserId(Uuid::nil())));
        assert_eq!(changes.of(one), after, "who may hear what is no change of what there is");
        changes.note(None, &Heard::Lagged);
        assert!(changes.of(one) != after && changes.of(other) != before);
    }

    #[tokio::test]
    async fn who_lags_too_far_is_told_to_look_anew() {
        let rooms = Rooms::default();
        let mut slow = Subscription(rooms.enter(CompanyId(Uuid::nil())));
        for _ in 0..=BACKLOG {
            rooms.tell(None, &Heard::Access(UserId(Uuid::nil())));
        }
        assert!(matches!(slow.next().await, Heard::Lagged));
        assert!(matches!(slow.waiting(), Some(Heard::Access(_))));
    }
}
