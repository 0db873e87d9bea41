//! A question to the resident: the clock of the solution waits for the answer.

use super::{audit, card, party, queries, told};
use crate::{Actor, Ctx, Error, Result, deadlines::steps};
use model::{
    Code, Permission as P, RequestId,
    deadlines::WaitRequest,
    events::Event,
    requests::{Change, RequestCard, Status},
    validate,
};
use serde_json::json;

/// Marks an open request as waiting for its author, with the question, or ends the waiting. The author's next comment
/// ends it, too.
///
/// # Errors
/// `invalid` without the question; `illegal_transition` when the work is put off, over or hidden from its resident;
/// `forbidden` for the author.
pub async fn wait(ctx: &Ctx, actor: &Actor, id: RequestId, command: &WaitRequest) -> Result<RequestCard> {
    let scope = actor.scope_any(&[P::RequestsUpdate, P::RequestsUpdateOwn])?;
    validate::check(command)?;
    let reason = command.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if command.waiting && reason.is_none() {
        return Err(Error::field("/reason", "required"));
    }
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    party(actor, &scope, &core)?;
    if !core.status.is_open() || core.status == Status::Deferred || (core.hidden && command.waiting) {
        return Err(Code::IllegalTransition.into());
    }
    let reason = reason.filter(|_| command.waiting);
    if steps::wait(&mut tx, id, reason).await?.is_some() {
        queries::history(
            &mut tx,
            id,
            Change::Waiting,
            None,
            Some(if command.waiting { "true" } else { "false" }),
            reason,
        )
        .await?;
        tx.emit(
            &core.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
            &core.audience(),
        )
        .await?;
        if let Some(question) = reason {
            told::asked(&mut tx, &core, question).await?;
        }
        audit(&mut tx, "request.wait", id, json!({ "waiting": [!command.waiting, command.waiting] })).await?;
    }
    let card = card::card(&mut tx, &actor.scope_any(&super::READ)?, id).await?;
    tx.commit().await?;
    Ok(card)
}
