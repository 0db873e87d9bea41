//! `GET /api/v1/ws`: live events, filtered by the caller's scope, resumable by event id.
//!
//! A client that was away connects with `?since=<last id>` and gets what it missed, or `resync` when that is too
//! much. Programs that cannot set headers send the token as the subprotocol pair `bearer, <token>`.

use super::{
    identity::Proof,
    security::{Origin, verdict},
    v1::problem::Problem,
};
use api::context::Caller;
use axum::{
    Extension,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::Query;
use domain::{
    Actor, Ctx, Door, Scope, auth,
    events::{self, Heard},
};
use model::{
    Code, Permission as P,
    events::{Envelope, Event},
};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, interval, timeout};

const HEARTBEAT: Duration = Duration::from_secs(25);
/// A client that reads nothing for this long is gone.
const SEND: Duration = Duration::from_secs(10);
/// A client that says nothing, not even a pong, for this long is gone.
const SILENCE: Duration = Duration::from_secs(70);
/// Messages from clients are pings; anything longer is not for us.
const MAX_MESSAGE: usize = 4096;

#[derive(Deserialize)]
pub struct Resume {
    since: Option<i64>,
}

pub async fn upgrade(
    State(ctx): State<Ctx>,
    Extension(caller): Extension<Caller>,
    Extension(proof): Extension<Proof>,
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
    match actor.scope_any(&[P::RequestsRead, P::RequestsReadOwn]) {
        Ok(scope) => ws.protocols(["bearer"]).max_message_size(MAX_MESSAGE).on_upgrade(move |socket| async move {
            Connection { ctx, actor, scope, socket, last: 0 }.run(resume.since).await;
        }),
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
}

impl Connection {
    async fn run(mut self, since: Option<i64>) {
        // Subscribed before looking back, so that nothing falls between; doubles are dropped by their id.
        let mut events = self.ctx.events.subscribe();
        if self.greet(since).await.is_err() {
            return;
        }
        let mut beat = interval(HEARTBEAT);
        beat.tick().await;
        let mut heard_from = Instant::now();
        loop {
            let alive = tokio::select! {
                heard = events.next() => match heard {
                    Heard::Event(event) if event.envelope.id <= self.last => true,
                    Heard::Event(event) if self.hears(&event.envelope.event) && self.scope.hears(event.company_id, &event.audience) => self.send(&event.envelope).await.is_ok(),
                    Heard::Event(_) => true,
                    // The client comes back at once, with what it may hear now, or is sent away.
                    Heard::Access(user) => self.actor.user_id() != Some(user),
                    Heard::Lagged => self.send(&Envelope { id: self.last, event: Event::Resync {} }).await.is_ok(),
                    Heard::Closed => false,
                },
                message = self.socket.recv() => {
                    heard_from = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) if text.as_str() == "ping" => self.text("pong".to_owned()).await.is_ok(),
                        Some(Ok(Message::Close(_)) | Err(_)) | None => false,
                        Some(Ok(_)) => true,
                    }
                }
                _ = beat.tick() => heard_from.elapsed() < SILENCE && self.still_allowed().await && self.ping().await,
            };
            if !alive {
                return;
            }
        }
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

    /// Money is news for who may see payments, and for who paid.
    fn hears(&self, event: &Event) -> bool {
        let role = self.actor.role();
        !event.is_about_payments() || role.can(P::PaymentsRead) || role.can(P::PaymentsReadOwn)
    }

    async fn send(&mut self, envelope: &Envelope) -> Result<(), ()> {
        self.last = self.last.max(envelope.id);
        let text =
            serde_json::to_string(envelope).map_err(|error| tracing::error!(%error, "an event does not serialise"))?;
        self.text(text).await
    }

    async fn text(&mut self, text: String) -> Result<(), ()> {
        match timeout(SEND, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(()),
        }
    }

    async fn ping(&mut self) -> bool {
        matches!(timeout(SEND, self.socket.send(Message::Ping(Vec::new().into()))).await, Ok(Ok(())))
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
