//! A step taken back by whoever took it, as long as nothing has followed. It is a step of its own in the history, and
//! everybody who was told of the first one is told of it.

use super::{audit, moved_to, queries, queries::Core};
use crate::{Actor, Ctx, Error, Result, Tx, deadlines::steps, events::Audience};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, Permission as P, RequestId, UserId,
    events::Event,
    requests::{Change, Status},
    validate,
};
use serde_json::json;

/// So long a step may be taken back.
const GRACE: TimeDelta = TimeDelta::minutes(30);

/// Brings a request back to where it stood before the caller's last step; `until` is the day it was put off to. `worker`
/// is who got it by that step as the first one, and does not have it afterwards.
///
/// # Errors
/// `illegal_transition` when the last step was another one or somebody else's, is too long ago, or has no way back.
pub(super) async fn back(
    ctx: &Ctx,
    actor: &Actor,
    id: RequestId,
    to: Status,
    until: Option<DateTime<Utc>>,
    worker: Option<UserId>,
) -> Result<()> {
    let scope = actor.scope(if worker.is_some() { P::RequestsAssign } else { P::RequestsUpdate })?;
    // Only work that is put off has a day.
    let until = until.filter(|_| to == Status::Deferred);
    if until.is_some_and(|until| validate::calendar(&until, &()).is_err()) {
        return Err(Error::field("/until", "out_of_range"));
    }
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let same_hands = match worker {
        Some(_) => core.status == Status::Assigned && core.assignee_id == worker,
        None => core.status != Status::Assigned,
    };
    if !core.status.goes_back(to) || !same_hands {
        return Err(Code::IllegalTransition.into());
    }
    let at = step_taken(&mut tx, &core, to).await?;
    let reason = reason_of(&mut tx, id, to).await?;
    let free = if worker.is_some() { take_off(&mut tx, &core, to).await? } else { core.clone() };
    let moved = queries::set_status(&mut tx, &free, to, reason.as_deref(), until).await?;
    moved_to(&mut tx, &core, &moved, None).await?;
    if to == Status::New {
        steps::unanswered(&mut tx, id, at).await?;
    }
    tx.commit().await
}

/// When the caller's step led here from `to`.
async fn step_taken(tx: &mut Tx, core: &Core, to: Status) -> Result<DateTime<Utc>> {
    let (company, me) = (tx.actor().company_id().0, tx.actor().user()?.0);
    let last = sqlx::query!(
        "select at, actor_id, old, new from request_history where company_id = $1 and request_id = $2 and change = 'status'
         order by at desc, id desc limit 1",
        company,
        core.id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::IllegalTransition)?;
    let same = last.actor_id == Some(me)
        && last.old.as_deref() == Some(to.as_str())
        && last.new.as_deref() == Some(core.status.as_str());
    if same && tx.now() - last.at <= GRACE { Ok(last.at) } else { Err(Code::IllegalTransition.into()) }
}

/// Why the work was put off, when it is again.
async fn reason_of(tx: &mut Tx, id: RequestId, to: Status) -> Result<Option<String>> {
    if to != Status::Deferred {
        return Ok(None);
    }
    let company = tx.actor().company_id().0;
    let reason = sqlx::query_scalar!(
        "select reason from request_history where company_id = $1 and request_id = $2 and change = 'status' and new = $3
         order by at desc, id desc limit 1",
        company,
        id.0,
        to.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(reason.flatten())
}

/// The first worker does not have the request any more; their list hears of it.
async fn take_off(tx: &mut Tx, core: &Core, to: Status) -> Result<Core> {
    let free = queries::set_assignee(tx, core, to, None).await?;
    let free = Core { assignee_name: None, ..free };
    let name = core.assignee_name.as_deref();
    queries::history(tx, core.id, Change::Assignee, name, None, None).await?;
    tx.emit(
        &free.event(|request_id, number, status| Event::RequestAssigned { request_id, number, status }),
        &Audience { former_assignee_id: core.assignee_id, ..free.audience() },
    )
    .await?;
    audit(tx, "request.assign", core.id, json!({ "assignee": [name, null] })).await?;
    Ok(free)
}
