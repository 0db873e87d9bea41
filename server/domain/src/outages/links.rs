//! Requests of one cause: said to be explained by an outage, and finished together.

use super::{card, queries, tell};
use crate::{Actor, Ctx, Error, Result, Tx, audit::Entry, bulk, requests};
use model::{
    Code, OutageId, Permission as P, RequestId,
    bulk::Outcome,
    outages::{FinishRequests, LinkRequests, OutageCard},
    validate,
};
use serde_json::json;
use std::collections::HashSet;
use uuid::Uuid;

/// Says of requests that the outage explains them, or that it does not. A request has one cause: the last one said.
///
/// # Errors
/// `invalid` on a request the caller does not see; `illegal_transition` when linking to an outage that was cancelled.
pub async fn link(ctx: &Ctx, actor: &Actor, id: OutageId, command: &LinkRequests) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    if !command.link.is_empty() && core.status == model::outages::OutageStatus::Cancelled {
        return Err(Code::IllegalTransition.into());
    }
    seen(&mut tx, actor, &command.link, "link").await?;
    seen(&mut tx, actor, &command.unlink, "unlink").await?;
    let linked = add(&mut tx, id, &command.link).await?;
    let unlink: Vec<Uuid> = command.unlink.iter().map(|r| r.0).collect();
    let unlinked = sqlx::query_scalar!(
        "delete from outage_requests l using requests r where l.company_id = $1 and l.outage_id = $2
           and l.request_id = any($3) and r.company_id = l.company_id and r.id = l.request_id returning r.number",
        scope.company(),
        id.0,
        &unlink
    )
    .fetch_all(tx.conn())
    .await?;
    if !linked.is_empty() || !unlinked.is_empty() {
        let changes = json!({ "requests": [unlinked, linked] });
        tx.audit(Entry { action: "outage.link", object_type: "outage", object_id: Some(id.0), changes }).await?;
        tell(&mut tx, &core, Some(core.status)).await?;
    }
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Links requests inside the caller's transaction; the numbers of those that were not linked to it before.
pub(super) async fn add(tx: &mut Tx, id: OutageId, ids: &[RequestId]) -> Result<Vec<i64>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let ids: Vec<Uuid> = ids.iter().map(|r| r.0).collect();
    Ok(sqlx::query_scalar!(
        "with linked as (
           insert into outage_requests (company_id, request_id, outage_id, linked_at)
           select $1, r.id, $2, $4 from requests r where r.company_id = $1 and r.id = any($3)
           on conflict (company_id, request_id) do update set outage_id = $2, linked_at = $4
             where outage_requests.outage_id <> $2
           returning request_id)
         select r.number from linked l join requests r on r.company_id = $1 and r.id = l.request_id order by r.number",
        company,
        id.0,
        &ids,
        now
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Every request is one the actor sees.
async fn seen(tx: &mut Tx, actor: &Actor, ids: &[RequestId], field: &str) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let scope = actor.scope(P::RequestsRead)?;
    let reach = scope.requests();
    let wanted: Vec<Uuid> = ids.iter().map(|r| r.0).collect();
    let known: HashSet<Uuid> = sqlx::query_scalar!(
        "select r.id from requests r where r.company_id = $1 and r.id = any($2)
           and ($3 or r.assignee_id = $4 or (r.building_id = any($5) and ($6::text[] is null or r.category = any($6))))",
        scope.company(),
        &wanted,
        reach.all,
        reach.user,
        &reach.zones,
        reach.trades.as_deref()
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .collect();
    match wanted.iter().position(|id| !known.contains(id)) {
        Some(i) => Err(Error::field(&format!("/{field}/{i}"), "unknown")),
        None => Ok(()),
    }
}

/// Finishes linked requests, each by the legal steps and in its own transaction: open ones become done with the common
/// result and wait for their author's word, done ones are closed. Tells how it went for each, in the order asked.
///
/// # Errors
/// `not_found` without the outage; `forbidden` without the right to finish requests at all.
pub async fn finish(ctx: &Ctx, actor: &Actor, id: OutageId, command: &FinishRequests) -> Result<Vec<Outcome>> {
    let scope = actor.scope(P::OutagesManage)?;
    actor.scope(P::RequestsUpdate)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let linked: HashSet<Uuid> = sqlx::query_scalar!(
        "select request_id from outage_requests where company_id = $1 and outage_id = $2",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .collect();
    tx.commit().await?;
    let (result, known) = (command.result.trim(), &linked);
    let outcomes = bulk::each(&command.ids, |request: RequestId| async move {
        if known.contains(&request.0) {
            requests::finish(ctx, actor, request, result).await
        } else {
            Err(Code::NotFound.into())
        }
    })
    .await?;
    let done = outcomes.iter().filter(|o| o.failure.is_none()).count();
    let mut tx = ctx.begin(actor).await?;
    let changes = json!({ "finished": done, "refused": outcomes.len() - done });
    tx.audit(Entry { action: "outage.finish", object_type: "outage", object_id: Some(id.0), changes }).await?;
    tell(&mut tx, &core, Some(core.status)).await?;
    tx.commit().await?;
    Ok(outcomes)
}
