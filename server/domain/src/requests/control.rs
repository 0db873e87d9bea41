//! The call back after the work: was somebody reached, and is it good?

use super::{audit, card, queries, watch};
use crate::{Actor, Ctx, Error, Result, Tx};
use model::{
    Code, Permission as P, RequestId,
    requests::{Change, ControlView, RecordControl, RequestCard, Status},
    validate,
};
use platform::ids::new_id;
use serde_json::json;

/// Records a call back on finished work. Once somebody was reached the request no longer waits for one; whether the
/// work is returned or closed stays a step of its own.
///
/// # Errors
/// `illegal_transition` when the work is not finished; `invalid` when the answer does not fit the call.
pub async fn record(ctx: &Ctx, actor: &Actor, id: RequestId, command: &RecordControl) -> Result<RequestCard> {
    let scope = actor.scope(P::CallsManage)?;
    validate::check(command)?;
    if command.reached != command.satisfied.is_some() {
        let code = if command.reached { "required" } else { "unknown" };
        return Err(Error::field("/satisfied", code));
    }
    let mut tx = ctx.begin(actor).await?;
    let scope_of_requests = actor.scope(P::RequestsUpdate)?;
    let core = queries::lock(&mut tx, &scope_of_requests, id).await?;
    if !matches!(core.status, Status::Done | Status::Closed) {
        return Err(Code::IllegalTransition.into());
    }
    let (company, now, name) = (scope.company(), tx.now(), actor.name().to_owned());
    sqlx::query!(
        "insert into control_calls (id, company_id, request_id, at, reached, satisfied, note, author_id, author_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new_id(),
        company,
        id.0,
        now,
        command.reached,
        command.satisfied,
        command.note.trim(),
        actor.user_id().map(|u| u.0),
        name
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update requests set controlled_at = case when $3 then $4 else controlled_at end, version = version + 1, updated_at = $4
         where company_id = $1 and id = $2",
        company,
        id.0,
        command.reached,
        now
    )
    .execute(tx.conn())
    .await?;
    let outcome = match command.satisfied {
        None => "no_answer",
        Some(true) => "satisfied",
        Some(false) => "unsatisfied",
    };
    let note = Some(command.note.trim()).filter(|note| !note.is_empty());
    queries::history(&mut tx, id, Change::Control, None, Some(outcome), note).await?;
    watch::changed(&mut tx, &core).await?;
    audit(&mut tx, "request.control", id, json!({ "reached": command.reached, "satisfied": command.satisfied }))
        .await?;
    let card = card::card(&mut tx, &scope_of_requests, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// The calls back about a request, newest first, and whether it waits for one.
pub(super) async fn calls(tx: &mut Tx, id: RequestId) -> Result<Vec<ControlView>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select at, author_name, reached, satisfied, note from control_calls
         where company_id = $1 and request_id = $2 order by at desc, id desc",
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|c| ControlView {
            at: c.at,
            author: c.author_name,
            reached: c.reached,
            satisfied: c.satisfied,
            note: c.note,
        })
        .collect())
}
