//! One thing done to many requests. Each is its own use case in its own transaction, so what cannot be done to one
//! stops nothing for the others.

use crate::{Actor, Ctx, Error, Result};
use model::{
    Failure, Permission as P, RequestId,
    requests::{Action, AssignRequest, BulkAction, BulkCommand, BulkOutcome, MoveRequest, UpdateRequest},
};
use std::collections::HashSet;

const MOST: usize = 100;

/// Does the action to every request and tells how it went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to the action at all; `invalid` on no request, too many, or a missing reason.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Vec<BulkOutcome>> {
    actor.scope(match command.action {
        BulkAction::Assign { .. } => P::RequestsAssign,
        BulkAction::Priority { .. } | BulkAction::Cancel { .. } | BulkAction::Close => P::RequestsUpdate,
    })?;
    if !(1..=MOST).contains(&command.ids.len()) {
        return Err(Error::field("/ids", "out_of_range"));
    }
    if matches!(&command.action, BulkAction::Cancel { reason } if reason.trim().is_empty()) {
        return Err(Error::field("/reason", "required"));
    }
    let mut seen = HashSet::new();
    let mut out = Vec::with_capacity(command.ids.len());
    for id in command.ids.iter().copied().filter(|id| seen.insert(*id)) {
        let failure = match one(ctx, actor, id, &command.action).await {
            Ok(()) => None,
            Err(Error::Failure(failure)) => Some(failure),
            // A fault of ours may strike the next one as well: it is told for this one, and logged.
            Err(error) => Some(Failure { trace_id: None, ..error.into_failure(None) }),
        };
        out.push(BulkOutcome { id, failure });
    }
    Ok(out)
}

async fn one(ctx: &Ctx, actor: &Actor, id: RequestId, action: &BulkAction) -> Result<()> {
    let step = |action, reason: Option<&String>| MoveRequest { action, reason: reason.cloned(), until: None };
    match action {
        BulkAction::Assign { assignee_id } => {
            let command = AssignRequest { assignee_id: *assignee_id, comment: None };
            super::assign(ctx, actor, id, &command).await?;
        }
        BulkAction::Priority { priority } => {
            // Nobody saw a version here: the newest is meant.
            let version = super::get(ctx, actor, id).await?.version;
            let command = UpdateRequest { priority: Some(*priority), ..UpdateRequest::default() };
            super::update(ctx, actor, id, version, &command).await?;
        }
        BulkAction::Cancel { reason } => {
            super::step(ctx, actor, id, &step(Action::Cancel, Some(reason))).await?;
        }
        BulkAction::Close => {
            super::step(ctx, actor, id, &step(Action::Close, None)).await?;
        }
    }
    Ok(())
}
