//! Requests that nobody filed: a plan or a round made them.

use super::add_checks;
use crate::{
    Error, Result, Scope, Tx,
    deadlines::steps,
    requests::{audit, file, queries, tell_author, told},
};
use chrono::{DateTime, Utc};
use model::{
    ChecklistId, Permission as P, RequestId, UserId,
    events::Event,
    requests::{Action, Change, CreateRequest, Source},
};
use serde_json::json;

/// What comes with a request that is made, and not filed.
pub(crate) struct Planned {
    pub source: Source,
    /// Instead of the usual hours.
    pub due_at: Option<DateTime<Utc>>,
    pub checklist: Option<ChecklistId>,
    /// Who is given it at once, if they still work here.
    pub assignee: Option<UserId>,
}

/// Files a request in the caller's transaction and hands it to whom it is meant for.
pub(crate) async fn file_planned(
    tx: &mut Tx,
    scope: &Scope,
    command: &CreateRequest,
    planned: &Planned,
) -> Result<RequestId> {
    let id = file(tx, scope, command).await?;
    let company = tx.actor().company_id().0;
    sqlx::query!(
        "update requests set source = $3, due_at = coalesce($4, due_at) where company_id = $1 and id = $2",
        company,
        id.0,
        planned.source.as_str(),
        planned.due_at
    )
    .execute(tx.conn())
    .await?;
    if let Some(due_at) = planned.due_at {
        // A day that was named: no rule and no pause moves it.
        let mut named = vec![(Change::Due, None, Some(due_at.to_rfc3339()))];
        steps::after_edit(tx, id, &mut named).await?;
    }
    if let Some(checklist) = planned.checklist {
        let items = sqlx::query_scalar!(
            "select items from checklists where company_id = $1 and id = $2 and archived_at is null",
            company,
            checklist.0
        )
        .fetch_optional(tx.conn())
        .await?;
        if let Some(items) = items {
            add_checks(tx, id, &items, false).await?;
        }
    }
    let Some(assignee) = planned.assignee else { return Ok(id) };
    let Some(name) = queries::assignee(tx, assignee).await? else { return Ok(id) };
    let everything = tx.actor().scope(P::RequestsRead)?;
    let core = queries::lock(tx, &everything, id).await?;
    let to = core
        .status
        .after(Action::Assign)
        .ok_or_else(|| Error::internal("planned work", "a fresh request cannot be given".to_owned()))?;
    let moved = queries::set_assignee(tx, &core, to, Some(assignee)).await?;
    queries::history(tx, id, Change::Assignee, None, Some(&name), None).await?;
    queries::history(tx, id, Change::Status, Some(core.status.as_str()), Some(to.as_str()), None).await?;
    super::moved(tx, &moved).await?;
    steps::after_step(tx, id, core.status, to).await?;
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestAssigned { request_id, number, status }),
        &moved.audience(),
    )
    .await?;
    tell_author(tx, &moved).await?;
    told::assignee(tx, &moved).await?;
    audit(tx, "request.assign", id, json!({ "assignee": [null, name] })).await?;
    Ok(id)
}
