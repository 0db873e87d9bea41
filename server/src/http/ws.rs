//! `GET /api/v1/ws`: live events, filtered by the caller's scope, resumable by event id.
//!
//! A client that was away connects with `?since=<last id>` and gets what it missed, or `resync` when that is too
//! much. Programs that cannot set headers send the token as the subprotocol pair `bearer, <token>`.

use super::{
    identity::Proof,
    security::{Origin, verdict},
    v1::problem::Problem,
};
use crate::metrics::Meters;
use api::context::Caller;
use axum::{
    Extension,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use domain::{
    Actor, Ctx, Door, Scope, auth,
    events::{self, Heard, Live, Presence, Subscription},
    requests::presence,
};
use futures::SinkExt;
use model::{
    Code, Permission as P,
    events::{Envelope, Event},
    requests::{Here, SayHere},
};
use platform::config::HEARTBEAT_S;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, interval, timeout};

const HEARTBEAT: Duration = Duration::from_secs(HEARTBEAT_S);
/// A client that reads nothing for this long is gone.
const SEND: Duration = Duration::from_secs(10);
/// A client that says nothing, not even a pong, for this long is gone.
const SILENCE: Duration = Duration::from_secs(70);
/// Messages from clients are pings and where they are; anything longer is not for us.
const MAX_MESSAGE: usize = 4096;
/// Kept for each connection as long as it is open; what is longer comes in pieces.
const READ_BUFFER: usize = 512;
/// Each word about where a client is asks the database: so many between two heartbeats, the rest is not listened to.
const PRESENCE_WORDS: u8 = 30;

/// Whoever may see requests hears of changes.
pub(super) const HEARERS: &[P] = &[P::RequestsRead, P::RequestsReadOwn];

#[derive(Deserialize)]
pub struct Resume {
    since: Option<i64>,
}

pub async fn upgrade(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(proof): Extension<Proof>,
    Extension(meters): Extension<Meters>,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
    ws: WebSocketUpgrade,
) -> Response {
    // The browser's same-origin policy does not cover sockets.
    if proof == Proof::Cookie && verdict(&headers, ctx.config.server.public_url.as_deref()) != Origin::Own {
        return Problem::from(Code::CrossSite).into_response();
    }
    let actor = match caller.0 {
        Some(actor) => Some(actor),
        None => by_subprotocol(&ctx, &headers).await,
    };
    let Some(actor) = actor else { return Problem::from(Code::Unauthenticated).into_response() };
    match actor.scope_any(HEARERS) {
        Ok(scope) => {
            let ws = ws.protocols(["bearer"]).max_message_size(MAX_MESSAGE).read_buffer_size(READ_BUFFER);
            ws.on_upgrade(move |socket| async move {
                let _counted = meters.socket();
                Connection { ctx, actor, scope, socket, last: 0, here: None, words: 0 }.run(resume.since).await;
            })
        }
        Err(error) => Problem::from(error.into_failure(None)).into_response(),
    }
}

async fn by_subprotocol(ctx: &Ctx, headers: &HeaderMap) -> Option<Actor> {
    let offered = headers.get(header::SEC_WEBSOCKET_PROTOCOL)?.to_str().ok()?;
    let (scheme, token) = offered.split_once(',')?;
    if scheme.trim() != "bearer" {
        return None;
    }
    auth::authenticate(ctx, token.trim(), Door::Api).await.ok()
}

struct Connection {
    ctx: Ctx,
    actor: Actor,
    scope: Scope,
    socket: WebSocket,
    /// Id of the newest event the client has.
    last: i64,
    /// The request its page shows, after the right to see it was proven.
    here: Option<Here>,
    /// How often it has said where it is since the last heartbeat.
    words: u8,
}

impl Connection {
    async fn run(mut self, since: Option<i64>) {
        self.serve(since).await;
        if let Some(here) = self.here.take() {
            presence::leave(&self.ctx, &self.actor, here);
        }
    }

    async fn serve(&mut self, since: Option<i64>) {
        // Subscribed before looking back, so that nothing falls between; doubles are dropped by their id.
        let mut events = self.ctx.events.subscribe(&self.scope);
        // What a connection does seldom must not have a place in all of them all the time.
        if Box::pin(self.greet(since)).await.is_err() {
            return;
        }
        let mut beat = interval(HEARTBEAT);
        beat.tick().await;
        let mut heard_from = Instant::now();
        loop {
            let alive = tokio::select! {
                heard = events.next() => self.listen(heard, &mut events).await.is_ok(),
                message = self.socket.recv() => {
                    heard_from = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) if text.as_str() == "ping" => self.text("pong".to_owned()).await.is_ok(),
                        Some(Ok(Message::Text(text))) => {
                            Box::pin(self.is_here(text.as_str())).await;
                            true
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                        Some(Ok(_)) => true,
                    }
                }
                _ = beat.tick() => {
                    self.words = 0;
                    heard_from.elapsed() < SILENCE && Box::pin(self.still_allowed()).await && self.ping().await
                }
            };
            if !alive {
                return;
            }
        }
    }

    /// Tells what was heard, and what else has come meanwhile, in one write.
    async fn listen(&mut self, heard: Heard, more: &mut Subscription) -> Result<(), ()> {
        let mut next = Some(heard);
        while let Some(heard) = next {
            match heard {
                Heard::Event(live) if self.is_news(&live) => {
                    self.last = live.event.envelope.id;
                    self.write(Utf8Bytes::try_from(live.text.clone()).map_err(drop)?).await?;
                }
                Heard::Event(_) => {}
                // The client comes back at once, with what it may hear now, or is sent away.
                Heard::Access(user) => {
                    let real = self.actor.looking().map(|real| real.user_id);
                    if self.actor.user_id() == Some(user) || real == Some(user) {
                        return Err(());
                    }
                }
                Heard::Presence(heard) => Box::pin(self.meet(&heard)).await?,
                Heard::Lagged => self.send(&Envelope { id: self.last, event: Event::Resync {} }).await?,
                Heard::Closed => return Err(()),
            }
            next = more.waiting();
        }
        in_time(self.socket.flush()).await
    }

    /// Whether the client may hear of it and has not.
    fn is_news(&self, live: &Live) -> bool {
        let event = &live.event;
        event.envelope.id > self.last
            && self.hears(&event.envelope.event)
            && self.scope.hears(event.company_id, &event.audience)
    }

    /// The client says which request its page shows. Who may not see it is not there, and hears of nobody.
    async fn is_here(&mut self, text: &str) {
        // The person somebody only looks as is not there.
        if self.actor.looking().is_some() {
            return;
        }
        let Ok(SayHere { here }) = serde_json::from_str::<SayHere>(text) else { return };
        let before = self.here;
        let moved = before.map(|b| b.request_id) != here.map(|h| h.request_id);
        if moved && let Some(left) = self.here.take() {
            presence::leave(&self.ctx, &self.actor, left);
        }
        let Some(here) = here else { return };
        if self.words >= PRESENCE_WORDS {
            return;
        }
        self.words += 1;
        match presence::announce(&self.ctx, &self.actor, here, moved).await {
            Ok(()) => self.here = Some(here),
            Err(_) => self.here = None,
        }
    }

    /// Somebody is, or was, at a request: told only to who is at the same one.
    async fn meet(&mut self, heard: &Presence) -> Result<(), ()> {
        let Some(here) = self.here else { return Ok(()) };
        let same = heard.company_id == self.scope.company_id() && heard.present.request_id == here.request_id;
        if !same || self.actor.user_id() == Some(heard.present.user_id) {
            return Ok(());
        }
        if heard.ask {
            presence::answer(&self.ctx, &self.actor, here);
        }
        self.send(&Envelope { id: self.last, event: Event::Presence(heard.present.clone()) }).await
    }

    /// What the client missed, or where it starts.
    async fn greet(&mut self, since: Option<i64>) -> Result<(), ()> {
        let looked = match since {
            Some(since) => {
                self.last = since;
                events::since(&self.ctx, &self.scope, since).await
            }
            None => {
                events::latest(&self.ctx, &self.scope).await.map(|id| vec![Envelope { id, event: Event::Hello {} }])
            }
        };
        match looked {
            Ok(missed) => {
                for envelope in missed.into_iter().filter(|envelope| self.hears(&envelope.event)).collect::<Vec<_>>() {
                    self.send(&envelope).await?;
                }
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "missed events could not be read");
                Err(())
            }
        }
    }

    /// Money is news for who may see it, and for whose it is.
    fn hears(&self, event: &Event) -> bool {
        let needs = event.needs();
        needs.is_empty() || needs.iter().any(|right| self.actor.role().can(*right))
    }

    async fn send(&mut self, envelope: &Envelope) -> Result<(), ()> {
        self.last = self.last.max(envelope.id);
        let text =
            serde_json::to_string(envelope).map_err(|error| tracing::error!(%error, "an event does not serialise"))?;
        self.text(text).await
    }

    async fn text(&mut self, text: String) -> Result<(), ()> {
        self.write(text.into()).await?;
        in_time(self.socket.flush()).await
    }

    /// On its way with the next flush.
    async fn write(&mut self, text: Utf8Bytes) -> Result<(), ()> {
        in_time(self.socket.feed(Message::Text(text))).await
    }

    async fn ping(&mut self) -> bool {
        in_time(self.socket.send(Message::Ping(Vec::new().into()))).await.is_ok()
    }

    /// A logout or a block ends the connection with the next beat.
    async fn still_allowed(&mut self) -> bool {
        match auth::is_alive(&self.ctx, &self.actor).await {
            Ok(alive) => alive,
            Err(error) => {
                tracing::warn!(%error, "a live connection could not be checked");
                true
            }
        }
    }
}

async fn in_time(sent: impl Future<Output = Result<(), axum::Error>>) -> Result<(), ()> {
    match timeout(SEND, sent).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<F: Future>(_: impl FnOnce(Connection) -> F) -> usize {
        size_of::<F>()
    }

    /// Thousands are open at once, and nearly all of them wait.
    #[test]
    fn a_waiting_connection_is_small() {
        let bytes = size(|connection| connection.run(None));
        assert!(bytes <= 3072, "{bytes} bytes");
    }
}
