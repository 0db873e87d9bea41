//! One action on many requests. Each is the single use case with its own transaction, history and event: what is
//! refused is told with its reason and leaves the others as they are.

use crate::{Actor, Ctx, Error, Result};
use model::{
    Failure, Permission as P, RequestId,
    requests::{
        Action, AddComment, AssignRequest, BulkAction, BulkCommand, BulkOutcome, BulkUndo, MoveRequest, SetResponsible,
        UpdateRequest,
    },
};
use std::collections::HashSet;

const MOST: usize = 100;

/// Does the action to every request and tells how it went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to the action at all; `invalid` on no request, too many, or words that are missing.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Vec<BulkOutcome>> {
    actor.scope(match &command.action {
        BulkAction::Assign { .. } => P::RequestsAssign,
        BulkAction::Comment { internal: true, .. } => P::RequestsCommentInternal,
        _ => P::RequestsUpdate,
    })?;
    if !(1..=MOST).contains(&command.ids.len()) {
        return Err(Error::field("/ids", "out_of_range"));
    }
    match &command.action {
        BulkAction::Cancel { reason } | BulkAction::Return { reason } | BulkAction::Defer { reason, .. }
            if reason.trim().is_empty() =>
        {
            return Err(Error::field("/reason", "required"));
        }
        BulkAction::Comment { body, .. } if body.trim().is_empty() => return Err(Error::field("/body", "required")),
        _ => {}
    }
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(command.ids.len());
    for id in command.ids.iter().copied().filter(|id| seen.insert(*id)) {
        out.push(outcome(id, one(ctx, actor, id, &command.action).await));
    }
    Ok(out)
}

/// Takes back what [`bulk`] did, request by request, each by an ordinary step with its own history. What has moved on
/// meanwhile is refused like any other step.
///
/// # Errors
/// `invalid` on no request or too many.
pub async fn undo(ctx: &Ctx, actor: &Actor, steps: &[(RequestId, BulkUndo)]) -> Result<Vec<BulkOutcome>> {
    actor.scope(P::RequestsUpdate)?;
    if !(1..=MOST).contains(&steps.len()) {
        return Err(Error::field("/steps", "out_of_range"));
    }
    let mut out = Vec::with_capacity(steps.len());
    for (id, step) in steps {
        let done = async {
            match step {
                BulkUndo::Priority { priority } => {
                    one(ctx, actor, *id, &BulkAction::Priority { priority: *priority }).await?;
                }
                BulkUndo::Assign { assignee_id } => {
                    one(ctx, actor, *id, &BulkAction::Assign { assignee_id: *assignee_id }).await?;
                }
                BulkUndo::Responsible { user_id } => {
                    one(ctx, actor, *id, &BulkAction::Responsible { user_id: *user_id }).await?;
                }
                BulkUndo::Comment { comment_id } => {
                    super::take_comment_back(ctx, actor, *id, *comment_id).await?;
                }
            }
            Ok(None)
        };
        out.push(outcome(*id, done.await));
    }
    Ok(out)
}

fn outcome(id: RequestId, done: Result<Option<BulkUndo>>) -> BulkOutcome {
    match done {
        Ok(undo) => BulkOutcome { id, failure: None, undo },
        Err(Error::Failure(failure)) => BulkOutcome { id, failure: Some(failure), undo: None },
        // A fault of ours may strike the next one as well: it is told for this one, and logged.
        Err(error) => {
            BulkOutcome { id, failure: Some(Failure { trace_id: None, ..error.into_failure(None) }), undo: None }
        }
    }
}

/// Does it to one request; tells how to take it back, where an ordinary step can.
async fn one(ctx: &Ctx, actor: &Actor, id: RequestId, action: &BulkAction) -> Result<Option<BulkUndo>> {
    let reason = |text: &String| Some(text.clone());
    let step = |action, reason, until| MoveRequest { action, reason, until };
    let step = match action {
        BulkAction::Assign { assignee_id } => {
            let before = super::get(ctx, actor, id).await?.assignee;
            let command = AssignRequest { assignee_id: *assignee_id, comment: None };
            super::assign(ctx, actor, id, &command).await?;
            return Ok(before.map(|person| BulkUndo::Assign { assignee_id: person.id.into() }));
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
        BulkAction::Start => step(Action::Start, None, None),
        BulkAction::Complete => step(Action::Complete, None, None),
        BulkAction::Close => step(Action::Close, None, None),
        BulkAction::Return { reason: text } => step(Action::Return, reason(text), None),
        BulkAction::Cancel { reason: text } => step(Action::Cancel, reason(text), None),
        BulkAction::Defer { reason: text, until } => step(Action::Defer, reason(text), *until),
    };
    super::step(ctx, actor, id, &step).await?;
    Ok(None)
}
