//! Somebody leaves: their open work goes to others or back to the new requests.

use super::{audit, queries, queries::Core, tell_author, told};
use crate::{Error, Result, Tx, deadlines::steps, events::Audience};
use model::{
    Code, UserId,
    events::Event,
    requests::Change,
    staff::{DismissStaff, HandOver},
};
use serde_json::json;
use std::collections::HashMap;

/// Gives everything `from` has in hand to others, with history and events as an assignment has them. Work that was
/// begun begins anew, a pause stays a pause.
///
/// # Errors
/// `invalid` when somebody who is to take work cannot, or an exception is not among the open work.
pub(crate) async fn hand_over(tx: &mut Tx, from: UserId, plan: &DismissStaff) -> Result<()> {
    let work = queries::lock_open_of(tx, from).await?;
    let mut takers: HashMap<UserId, String> = HashMap::new();
    let pointers = plan.except.iter().enumerate().map(|(i, e)| (e.to, format!("/except/{i}/to")));
    for (taker, pointer) in std::iter::once((plan.to, "/to".to_owned())).chain(pointers) {
        let Some(taker) = taker else { continue };
        let name = if taker == from { None } else { queries::assignee(tx, taker).await? };
        takers.insert(taker, name.ok_or_else(|| Error::field(&pointer, "unknown"))?);
    }
    if let Some(i) = plan.except.iter().position(|e| !work.iter().any(|core| core.id == e.request_id)) {
        return Err(Error::field(&format!("/except/{i}/request_id"), "unknown"));
    }
    for core in &work {
        let exception = plan.except.iter().find(|HandOver { request_id, .. }| *request_id == core.id);
        let to = exception.map_or(plan.to, |e| e.to);
        give(tx, core, to.and_then(|to| Some((to, takers.get(&to)?.as_str())))).await?;
    }
    Ok(())
}

async fn give(tx: &mut Tx, core: &Core, to: Option<(UserId, &str)>) -> Result<()> {
    if !core.status.is_open() {
        return Err(Code::IllegalTransition.into());
    }
    let status = core.status.handed_over(to.is_some());
    let moved = queries::set_assignee(tx, core, status, to.map(|(id, _)| id)).await?;
    super::work::moved(tx, &moved).await?;
    let (old, new) = (core.assignee_name.as_deref(), to.map(|(_, name)| name));
    queries::history(tx, core.id, Change::Assignee, old, new, None).await?;
    let mut changes = json!({ "assignee": [old, new] });
    if core.status != status {
        queries::history(tx, core.id, Change::Status, Some(core.status.as_str()), Some(status.as_str()), None).await?;
        changes["status"] = json!([core.status, status]);
    }
    steps::after_step(tx, core.id, core.status, status).await?;
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestAssigned { request_id, number, status }),
        &Audience { former_assignee_id: core.assignee_id, ..moved.audience() },
    )
    .await?;
    if to.is_some() {
        tell_author(tx, &moved).await?;
        told::assignee(tx, &moved).await?;
    }
    audit(tx, "request.assign", core.id, changes).await
}
