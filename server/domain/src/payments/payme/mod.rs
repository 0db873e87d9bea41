//! Payme's Merchant API: `wire` reads a call, `rules` decides, `steps` does it in one transaction.
//!
//! [`answer`] never fails: whatever happens has an answer that Payme understands, because it takes every other HTTP
//! status for a failure of ours.

mod rules;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

pub use wire::{Fault, Reply, TIMEOUT_MS};

use super::{
    calls,
    register::{self, Kassa, Name, SECRET},
};
use crate::{Actor, Ctx, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::payments::Provider;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use uuid::Uuid;
use wire::{Call, Refusal};

pub(super) use steps::expire_due;

/// The login Payme uses.
const LOGIN: &str = "Paycom";
/// A step that met another one is tried again so often.
const ATTEMPTS: u32 = 4;

/// Answers one call. `kassa` comes from the address, `authorization` is the header as it came.
pub async fn answer(ctx: &Ctx, kassa: Option<Uuid>, authorization: Option<&[u8]>, body: &[u8]) -> Reply {
    let call = Call::read(body);
    let id = match &call {
        Ok(call) => call.id.clone(),
        Err((id, _)) => id.clone(),
    };
    let reply = |outcome| Reply { id: id.clone(), outcome };
    // Who calls comes first, also before what is wrong with the call.
    let kassa = match prove(ctx, kassa, authorization).await {
        Ok(Some(kassa)) => kassa,
        Ok(None) => {
            tracing::warn!("a call to the Payme endpoint with a wrong key");
            return reply(Err(Refusal::new(Fault::NotAllowed)));
        }
        Err(error) => {
            tracing::error!(%error, "a kassa could not be read");
            return reply(Err(Refusal::new(Fault::Failure)));
        }
    };
    let stored = match calls::store(ctx, &kassa, body).await {
        Ok(stored) => stored,
        Err(error) => {
            tracing::error!(%error, "a call of Payme could not be stored");
            return reply(Err(Refusal::new(Fault::Failure)));
        }
    };
    let outcome = match call {
        Ok(call) => work(ctx, &kassa, stored, &call).await,
        Err((_, refusal)) => {
            calls::failed(ctx, &kassa, stored, &wire::kept(&Err(refusal.clone()))).await;
            Err(refusal)
        }
    };
    reply(outcome)
}

async fn work(ctx: &Ctx, kassa: &Kassa, stored: Uuid, call: &Call) -> Result<Value, Refusal> {
    for attempt in 1..=ATTEMPTS {
        match once(ctx, kassa, stored, call).await {
            Ok(outcome) => return outcome,
            Err(error) if attempt < ATTEMPTS && error.is_conflict() => {
                tracing::info!(%error, attempt, "a step of Payme met another one");
            }
            Err(error) => {
                tracing::error!(%error, call = %stored, "a call of Payme failed");
                let outcome = Err(Refusal::new(Fault::Failure));
                calls::failed(ctx, kassa, stored, &wire::kept(&outcome)).await;
                return outcome;
            }
        }
    }
    Err(Refusal::new(Fault::Failure))
}

/// One transaction: the step, and what was answered.
async fn once(ctx: &Ctx, kassa: &Kassa, stored: Uuid, call: &Call) -> Result<Result<Value, Refusal>> {
    let actor = Actor::provider(kassa.company_id, "Payme");
    let mut tx = ctx.begin_by_key(&actor).await?;
    let outcome = steps::run(&mut tx, kassa, &call.method).await?;
    calls::answered(&mut tx, stored, &wire::kept(&outcome)).await?;
    tx.commit().await?;
    Ok(outcome)
}

/// The kassa whose key the header holds. The header is split at its first colon and never URL-decoded: keys hold
/// signs of every kind.
async fn prove(ctx: &Ctx, kassa: Option<Uuid>, authorization: Option<&[u8]>) -> Result<Option<Arc<Kassa>>> {
    let Some(key) = authorization.and_then(key_of) else { return Ok(None) };
    let name = match kassa {
        Some(id) => Name::Id(id),
        // One look-up by a keyed hash: no key is tried against another.
        None => Name::Key(ctx.sealer.blind_index(SECRET, &key)),
    };
    let found = register::find(ctx, Provider::Payme, name).await?;
    Ok(found.filter(|kassa| kassa.secret.expose_secret().as_bytes().ct_eq(key.as_bytes()).into()))
}

fn key_of(header: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(header).ok()?;
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, key) = plain.split_once(':')?;
    (login == LOGIN && !key.is_empty()).then(|| key.to_owned())
}

/// The header Payme sends with a key.
pub fn authorization(key: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{LOGIN}:{key}")))
}
