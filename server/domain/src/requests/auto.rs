//! The system gives a request to somebody by itself: the same step as a dispatcher's, with its reason beside it.

use super::{audit, joined, queries, tell_author, told, work};
use crate::{Result, Scope, Tx, deadlines::steps, events::Audience};
use model::{
    RequestId, UserId,
    assignment::Explanation,
    events::Event,
    requests::{Action, Change, Status},
};
use serde_json::json;

/// Assigns a new request that nobody has; says whether it did. Whoever was faster is left alone.
pub(crate) async fn assign_by_itself(
    tx: &mut Tx,
    scope: &Scope,
    id: RequestId,
    to: UserId,
    why: &Explanation,
) -> Result<bool> {
    let core = queries::lock(tx, scope, id).await?;
    if core.status != Status::New || core.assignee_id.is_some() {
        return Ok(false);
    }
    let Some(status) = core.status.after(Action::Assign) else { return Ok(false) };
    let Some(name) = queries::assignee(tx, to).await? else { return Ok(false) };
    let moved = queries::set_assignee(tx, &core, status, Some(to)).await?;
    work::moved(tx, &moved).await?;
    queries::set_reason(tx, id, why).await?;
    queries::history(tx, id, Change::Assignee, None, Some(&name), None).await?;
    queries::history(tx, id, Change::Chosen, None, Some(&serde_json::to_string(why)?), None).await?;
    queries::history(tx, id, Change::Status, Some(core.status.as_str()), Some(status.as_str()), None).await?;
    steps::after_step(tx, id, core.status, status).await?;
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestAssigned { request_id, number, status }),
        &Audience { former_assignee_id: None, ..moved.audience() },
    )
    .await?;
    tell_author(tx, &moved).await?;
    told::assignee(tx, &moved).await?;
    joined::follow(tx, &moved).await?;
    audit(tx, "request.assign", id, json!({ "assignee": [null, name] })).await?;
    Ok(true)
}
