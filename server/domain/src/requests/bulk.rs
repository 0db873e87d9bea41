//! One thing done to many requests. Each is the single use case with its own transaction, history and event.

use crate::{
    Actor, Ctx, Error, Result,
    bulk::{bounded, each_of},
    idempotency::{self, Claim, Key},
};
use model::{
    Code, Permission as P, RequestId, UserId,
    bulk::Outcome,
    deadlines::PauseReason,
    requests::{
        Action, AddComment, AssignRequest, BULK_MOST, BulkAction, BulkCommand, BulkOutcome, BulkUndo, JoinRequests,
        MoveRequest, RequestCard, SetResponsible, Status, UpdateRequest,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Does the action to every request and tells how it went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to the action at all; `invalid` on no request, too many, or words that are missing.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Vec<BulkOutcome>> {
    check(actor, command)?;
    run(ctx, actor, command).await
}

/// As [`bulk`]; a repeated call with the same `key` answers with what the first one did. Each request is a transaction
/// of its own, so the key is taken before them: after a fault in the middle it stays taken, and what was done is seen on
/// the requests.
///
/// # Errors
/// As [`bulk`]; `idempotency_in_progress` while the first call runs.
pub async fn bulk_once(ctx: &Ctx, actor: &Actor, command: &BulkCommand, key: Option<&Key>) -> Result<Vec<BulkOutcome>> {
    check(actor, command)?;
    let Some(Key { key, request_hash }) = key else { return run(ctx, actor, command).await };
    let (ctx, actor, command) = (ctx.clone(), actor.clone(), command.clone());
    let key = Key { key: key.clone(), request_hash: request_hash.clone() };
    // Whoever hangs up and repeats the call finds it done, not broken off half-way.
    let running = tokio::spawn(async move { once(&ctx, &actor, &key, run(&ctx, &actor, &command)).await });
    running.await.map_err(|e| Error::internal("bulk", e))?
}

/// Does the work under its key, or answers with what was done under it before.
async fn once<T, F>(ctx: &Ctx, actor: &Actor, key: &Key, work: F) -> Result<Vec<T>>
where
    T: Serialize + DeserializeOwned,
    F: Future<Output = Result<Vec<T>>>,
{
    let mut tx = ctx.begin_by_key(actor).await?;
    if let Claim::Done { body, .. } = idempotency::claim(&mut tx, key).await? {
        return Ok(serde_json::from_value(body)?);
    }
    tx.commit().await?;
    let outcomes = work.await?;
    let mut tx = ctx.begin_by_key(actor).await?;
    idempotency::store(&mut tx, key, 200, &serde_json::to_value(&outcomes)?).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// What holds for all of them, before anything is done.
fn check(actor: &Actor, command: &BulkCommand) -> Result<()> {
    actor.scope(match &command.action {
        BulkAction::Assign { .. } => P::RequestsAssign,
        BulkAction::Comment { internal: true, .. } => P::RequestsCommentInternal,
        _ => P::RequestsUpdate,
    })?;
    match &command.action {
        BulkAction::Cancel { reason } | BulkAction::Return { reason } | BulkAction::Defer { reason, .. }
            if reason.trim().is_empty() =>
        {
            return Err(Error::field("/reason", "required"));
        }
        BulkAction::Comment { body, .. } if body.trim().is_empty() => return Err(Error::field("/body", "required")),
        _ => {}
    }
    bounded(&command.ids, BULK_MOST)
}

async fn run(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Vec<BulkOutcome>> {
    // How each is taken back is kept beside what is told of it.
    let (back, action) = (Mutex::new(HashMap::new()), &command.action);
    let keep = &back;
    let told = each_of(&command.ids, BULK_MOST, move |id| async move {
        if let Some(undo) = one(ctx, actor, id, action).await? {
            keep.lock().unwrap_or_else(PoisonError::into_inner).insert(id, undo);
        }
        Ok(())
    })
    .await?;
    let mut back = back.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(told.into_iter().map(|one| outcome(one, &mut back)).collect())
}

fn outcome(told: Outcome, back: &mut HashMap<RequestId, BulkUndo>) -> BulkOutcome {
    let id = RequestId(told.id);
    BulkOutcome { id, failure: told.failure, undo: back.remove(&id) }
}

/// Takes back what [`bulk`] did, request by request, each by an ordinary step with its own history. What has moved on
/// meanwhile is refused like any other step.
///
/// # Errors
/// `invalid` on no request or too many.
pub async fn undo(ctx: &Ctx, actor: &Actor, steps: &[(RequestId, BulkUndo)]) -> Result<Vec<Outcome>> {
    actor.scope(P::RequestsUpdate)?;
    take_back(ctx, actor, steps).await
}

/// As [`undo`]; a repeated call with the same `key` answers with what the first one did.
///
/// # Errors
/// As [`undo`]; `idempotency_in_progress` while the first call runs.
pub async fn undo_once(
    ctx: &Ctx,
    actor: &Actor,
    steps: &[(RequestId, BulkUndo)],
    key: Option<&Key>,
) -> Result<Vec<Outcome>> {
    actor.scope(P::RequestsUpdate)?;
    bounded(steps, BULK_MOST)?;
    let Some(Key { key, request_hash }) = key else { return take_back(ctx, actor, steps).await };
    let (ctx, actor, steps) = (ctx.clone(), actor.clone(), steps.to_vec());
    let key = Key { key: key.clone(), request_hash: request_hash.clone() };
    // As above: the caller may go, the work goes on.
    let running = tokio::spawn(async move { once(&ctx, &actor, &key, take_back(&ctx, &actor, &steps)).await });
    running.await.map_err(|e| Error::internal("bulk undo", e))?
}

async fn take_back(ctx: &Ctx, actor: &Actor, steps: &[(RequestId, BulkUndo)]) -> Result<Vec<Outcome>> {
    let ids: Vec<RequestId> = steps.iter().map(|(id, _)| *id).collect();
    each_of(&ids, BULK_MOST, move |id| async move {
        let step = steps.iter().find(|(of, _)| *of == id).map(|(_, step)| step).ok_or(Code::NotFound)?;
        let action = match step {
            BulkUndo::Priority { priority } => BulkAction::Priority { priority: *priority },
            BulkUndo::Assign { assignee_id } => BulkAction::Assign { assignee_id: *assignee_id },
            BulkUndo::Responsible { user_id } => BulkAction::Responsible { user_id: *user_id },
            BulkUndo::Comment { comment_id } => {
                return super::take_comment_back(ctx, actor, id, *comment_id).await.map(|_| ());
            }
            BulkUndo::TakeOut => return super::joined::take_out(ctx, actor, id).await.map(|_| ()),
            BulkUndo::Back { to, until, worker } => {
                return super::back::back(ctx, actor, id, *to, *until, *worker).await;
            }
        };
        one(ctx, actor, id, &action).await.map(|_| ())
    })
    .await
}

/// Does it to one request; tells how to take it back, where an ordinary step can.
async fn one(ctx: &Ctx, actor: &Actor, id: RequestId, action: &BulkAction) -> Result<Option<BulkUndo>> {
    let reason = |text: &String| Some(text.clone());
    let step = |action, reason, until| MoveRequest { action, reason, until };
    let step = match action {
        BulkAction::Assign { assignee_id } => {
            let before = super::get(ctx, actor, id).await?;
            let command = AssignRequest { assignee_id: *assignee_id, comment: None };
            let after = super::assign(ctx, actor, id, &command).await?;
            return Ok(match &before.assignee {
                Some(person) => Some(BulkUndo::Assign { assignee_id: person.id.into() }),
                None => way_back(&before, after.status, Some(*assignee_id)),
            });
        }
        BulkAction::Priority { priority } => {
            // Nobody saw a version here: the newest is meant.
            let before = super::get(ctx, actor, id).await?;
            let command = UpdateRequest { priority: Some(*priority), ..UpdateRequest::default() };
            super::update(ctx, actor, id, before.version, &command).await?;
            return Ok(Some(BulkUndo::Priority { priority: before.priority }));
        }
        BulkAction::Responsible { user_id } => {
            let before = super::get(ctx, actor, id).await?.together.responsible;
            super::set_responsible(ctx, actor, id, &SetResponsible { user_id: *user_id }).await?;
            return Ok(Some(BulkUndo::Responsible { user_id: before.map(|person| person.id.into()) }));
        }
        BulkAction::Comment { body, internal } => {
            let command = AddComment { body: body.clone(), internal: *internal, ..AddComment::default() };
            let mut tx = ctx.begin(actor).await?;
            let comment_id = super::talk::say(&mut tx, actor, id, &command).await?;
            tx.commit().await?;
            return Ok(Some(BulkUndo::Comment { comment_id }));
        }
        BulkAction::Join { into } => {
            super::joined::join(ctx, actor, *into, &JoinRequests { duplicates: vec![id] }).await?;
            return Ok(Some(BulkUndo::TakeOut));
        }
        BulkAction::Start => step(Action::Start, None, None),
        BulkAction::Complete => step(Action::Complete, None, None),
        BulkAction::Close => step(Action::Close, None, None),
        BulkAction::Return { reason: text } => step(Action::Return, reason(text), None),
        BulkAction::Cancel { reason: text } => step(Action::Cancel, reason(text), None),
        BulkAction::Defer { reason: text, until } => step(Action::Defer, reason(text), *until),
    };
    if !matches!(step.action, Action::Start | Action::Defer) {
        super::step(ctx, actor, id, &step).await?;
        return Ok(None);
    }
    let before = super::get(ctx, actor, id).await?;
    let after = super::step(ctx, actor, id, &step).await?;
    Ok(way_back(&before, after.status, None))
}

/// The way back to where a request stood. A step that ended a question to the resident has none: they cannot be made to
/// be asked again.
fn way_back(before: &RequestCard, now: Status, worker: Option<UserId>) -> Option<BulkUndo> {
    let asked = before.paused == Some(PauseReason::WaitingResident) && worker.is_none();
    (!asked && now.goes_back(before.status)).then_some(BulkUndo::Back {
        to: before.status,
        until: before.deferred_until,
        worker,
    })
}
