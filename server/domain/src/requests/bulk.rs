//! One thing done to many requests.

use crate::{Actor, Ctx, Error, Result, bulk::each};
use model::{
    Permission as P, RequestId,
    bulk::Outcome,
    requests::{Action, AssignRequest, BulkAction, BulkCommand, MoveRequest, UpdateRequest},
};

/// Does the action to every request and tells how it went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to the action at all; `invalid` on no request, too many, or a missing reason.
pub async fn bulk(ctx: &Ctx, actor: &Actor, command: &BulkCommand) -> Result<Vec<Outcome>> {
    actor.scope(match command.action {
        BulkAction::Assign { .. } => P::RequestsAssign,
        BulkAction::Priority { .. } | BulkAction::Cancel { .. } | BulkAction::Close => P::RequestsUpdate,
    })?;
    if matches!(&command.action, BulkAction::Cancel { reason } if reason.trim().is_empty()) {
        return Err(Error::field("/reason", "required"));
    }
    each(&command.ids, |id| one(ctx, actor, id, &command.action)).await
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
