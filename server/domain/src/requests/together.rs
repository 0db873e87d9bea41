//! Requests of one cause that end together.

use super::{audit, joined, queries, tell_author, workflow};
use crate::{Actor, Ctx, Error, Result, deadlines::steps};
use model::{
    Permission as P, RequestId,
    events::Event,
    requests::{Action, Change, Party, Status},
};
use serde_json::json;

/// Brings a request to its end by the desk's legal steps: open work is taken over when nobody has it, started and
/// reported as done with `result`; work that is done already is closed. All of it or nothing; the author is told once.
///
/// # Errors
/// `illegal_transition` on a request that is over.
pub(crate) async fn finish(ctx: &Ctx, actor: &Actor, id: RequestId, result: &str) -> Result<()> {
    let scope = actor.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(actor).await?;
    let before = queries::lock(&mut tx, &scope, id).await?;
    let mut core = before.clone();
    if core.status == Status::Done {
        let to = workflow::step(Party::Desk, core.status, Action::Close)?;
        core = queries::set_status(&mut tx, &core, to, None, None).await?;
        steps::after_step(&mut tx, id, before.status, to).await?;
    } else {
        if core.status.is_open() && core.assignee_id.is_none() {
            let me = actor.user()?;
            let name = queries::assignee(&mut tx, me).await?.ok_or_else(|| Error::field("/assignee_id", "unknown"))?;
            let to = workflow::step(Party::Desk, core.status, Action::Assign)?;
            let from = core.status;
            core = queries::set_assignee(&mut tx, &core, to, Some(me)).await?;
            steps::after_step(&mut tx, id, from, to).await?;
            queries::history(&mut tx, id, Change::Assignee, None, Some(&name), None).await?;
        }
        if core.status != Status::InProgress {
            let from = core.status;
            let to = workflow::step(Party::Desk, from, Action::Start)?;
            core = queries::set_status(&mut tx, &core, to, None, None).await?;
            steps::after_step(&mut tx, id, from, to).await?;
        }
        let from = core.status;
        let to = workflow::step(Party::Desk, from, Action::Complete)?;
        core = queries::set_done(&mut tx, &core, to, Some(result)).await?;
        steps::after_step(&mut tx, id, from, to).await?;
    }
    // The proof the company asks for is of a visit; here one repair ended them all.
    super::work::moved(&mut tx, &core).await?;
    let (old, new) = (before.status.as_str(), core.status.as_str());
    queries::history(&mut tx, id, Change::Status, Some(old), Some(new), Some(result)).await?;
    tx.emit(
        &core.event(|request_id, number, status| Event::RequestStatusChanged { request_id, number, status }),
        &core.audience(),
    )
    .await?;
    tell_author(&mut tx, &core).await?;
    joined::follow(&mut tx, &core).await?;
    audit(&mut tx, "request.status", id, json!({ "status": [old, new] })).await?;
    tx.commit().await
}
