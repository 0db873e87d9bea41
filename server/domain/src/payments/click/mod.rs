//! Click's SHOP-API: `wire` reads a form, `rules` decides, `steps` does it in one transaction.
//!
//! [`answer`] never fails. What Click may hear after the card was debited is little: done, already paid, cancelled; or
//! "try again", when our own part failed.
//!
//! The other way round, where a kassa has a user at Click: `ask` about a payment, `refund` one, have its fiscal `receipt`
//! made (Merchant API).

mod ask;
mod receipt;
mod refund;
mod rules;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

pub use ask::{ask, ask_hanging};
pub use receipt::{resume as resume_receipts, work as work_on_receipt};
pub(super) use refund::{begin as begin_refund, is_left_to_desk, leave as leave_refund};
pub use refund::{resume as resume_refunds, work as work_on_refund};
pub use wire::{Note, Reply, sign, sign_complete, sign_prepare};

use super::{
    calls,
    register::{self, Kassa, Name},
};
use crate::{Actor, Ctx, Result};
use model::payments::Provider;
use secrecy::ExposeSecret;
use std::sync::Arc;
use uuid::Uuid;
use wire::Form;

pub(super) use steps::release_due;

const ATTEMPTS: u32 = 4;

/// Answers one call. `kassa` comes from the address; without it the service of the call names the kassa.
pub async fn answer(ctx: &Ctx, kassa: Option<Uuid>, body: &[u8]) -> Reply {
    let form = match Form::read(body) {
        Ok(form) => form,
        Err(note) => return Reply::bare(note),
    };
    let kassa = match find(ctx, kassa, &form).await {
        Ok(Some(kassa)) => kassa,
        Ok(None) => return form.reply(Note::Request),
        Err(error) => {
            tracing::error!(%error, "a kassa could not be read");
            return form.reply(Note::Failed);
        }
    };
    // The key decides before anything is kept or looked at.
    if !form.is_signed_with(kassa.secret.expose_secret()) {
        tracing::warn!(kassa = %kassa.id, "a call to the Click endpoint with a wrong signature");
        return form.reply(Note::Sign);
    }
    let stored = match calls::store(ctx, &kassa, body).await {
        Ok(stored) => stored,
        Err(error) => {
            tracing::error!(%error, "a call of Click could not be stored");
            return form.reply(Note::Failed);
        }
    };
    for attempt in 1..=ATTEMPTS {
        match once(ctx, &kassa, stored, &form).await {
            Ok(reply) => return reply,
            Err(error) if attempt < ATTEMPTS && error.is_conflict() => {
                tracing::info!(%error, attempt, "a step of Click met another one");
            }
            Err(error) => {
                tracing::error!(%error, call = %stored, "a call of Click failed");
                break;
            }
        }
    }
    let reply = form.reply(Note::Failed);
    calls::failed(ctx, &kassa, stored, &reply.json()).await;
    reply
}

async fn find(ctx: &Ctx, kassa: Option<Uuid>, form: &Form) -> Result<Option<Arc<Kassa>>> {
    let name = match kassa {
        Some(id) => Name::Id(id),
        None => match form.service() {
            Some(service) => Name::Service(service),
            None => return Ok(None),
        },
    };
    register::find(ctx, Provider::Click, name).await
}

async fn once(ctx: &Ctx, kassa: &Kassa, stored: Uuid, form: &Form) -> Result<Reply> {
    let actor = Actor::provider(kassa.company_id, "Click");
    let mut tx = ctx.begin_by_key(&actor).await?;
    let reply = match form.call(kassa.service_id) {
        Ok(call) => steps::run(&mut tx, kassa, form, &call).await?,
        Err(note) => form.reply(note),
    };
    calls::answered(&mut tx, stored, &reply.json()).await?;
    tx.commit().await?;
    Ok(reply)
}
