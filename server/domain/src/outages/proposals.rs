//! What the detector proposes: it waits for somebody's word, or until nobody needs it any more.

use super::{begin, card, links, queries, rules::rules};
use crate::{Actor, Ctx, Result, Scope, Tx, audit::Entry, error::word, events::Audience};
use chrono::TimeDelta;
use model::{
    BuildingId, Code, Permission as P, ProposalId,
    events::Event,
    outages::{OutageCard, OutageFacts, OutageKind, OutagePlace, OutageTexts, ProposalView, Resource},
    requests::{Category, LinkedRequest},
};
use serde_json::json;
use uuid::Uuid;

/// A proposal that nobody decided on is forgotten after a day without news.
const STALE: TimeDelta = TimeDelta::hours(24);

/// What the detector thinks are outages, the newest first.
pub async fn proposals(ctx: &Ctx, actor: &Actor) -> Result<Vec<ProposalView>> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        "select id, building_id, category, first_at, last_at from outage_proposals
         where company_id = $1 and status = 'open' order by last_at desc, id desc limit 100",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let places = places(&mut tx, &scope, row.id, row.building_id.into()).await?;
        let category: Category = word(&row.category)?;
        all.push(ProposalView {
            id: row.id.into(),
            resource: Resource::behind(category).unwrap_or(Resource::Other),
            category,
            places: queries::names(&mut tx, &places).await?,
            first_at: row.first_at,
            last_at: row.last_at,
            requests: requests(&mut tx, actor, row.id).await?,
        });
    }
    Ok(all)
}

async fn places(tx: &mut Tx, scope: &Scope, id: Uuid, building_id: BuildingId) -> Result<Vec<OutagePlace>> {
    let rows = sqlx::query!(
        "select entrance_id, riser_id from outage_proposal_places where company_id = $1 and proposal_id = $2
         order by entrance_id, riser_id",
        scope.company(),
        id
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|p| OutagePlace {
            building_id,
            entrance_id: p.entrance_id.map(Into::into),
            riser_id: p.riser_id.map(Into::into),
        })
        .collect())
}

async fn requests(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Vec<LinkedRequest>> {
    let scope = actor.scope(P::RequestsRead)?;
    let reach = scope.requests();
    sqlx::query!(
        "select r.id, r.number, r.status, r.category, r.address, r.description, r.created_at
         from outage_proposal_requests l join requests r on r.company_id = l.company_id and r.id = l.request_id
         where l.company_id = $1 and l.proposal_id = $2
           and ($3 or r.assignee_id = $4 or (r.building_id = any($5) and ($6::text[] is null or r.category = any($6))))
         order by r.created_at, r.id",
        scope.company(),
        id,
        reach.all,
        reach.user,
        &reach.zones,
        reach.trades.as_deref()
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| card::linked_request!(r))
    .collect()
}

async fn lock(
    tx: &mut Tx,
    scope: &Scope,
    id: ProposalId,
) -> Result<(BuildingId, Category, chrono::DateTime<chrono::Utc>)> {
    let row = sqlx::query!(
        "select building_id, category, status, first_at from outage_proposals where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.status != "open" {
        return Err(Code::Conflict.into());
    }
    Ok((row.building_id.into(), word(&row.category)?, row.first_at))
}

/// It is an outage: an emergency at the proposed places since the first call, with the requests linked.
///
/// # Errors
/// `conflict` when somebody decided already.
pub async fn accept(ctx: &Ctx, actor: &Actor, id: ProposalId) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (building, category, first_at) = lock(&mut tx, &scope, id).await?;
    let facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::behind(category).unwrap_or(Resource::Other),
        starts_at: first_at,
        ends_at: None,
        places: places(&mut tx, &scope, id.0, building).await?,
        texts: OutageTexts::default(),
        note: None,
    };
    let outage = begin(&mut tx, &facts).await?;
    let ids = sqlx::query_scalar!(
        "select l.request_id from outage_proposal_requests l
         join requests r on r.company_id = l.company_id and r.id = l.request_id
         where l.company_id = $1 and l.proposal_id = $2
           and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned', 'done')",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<model::RequestId> = ids.into_iter().map(Into::into).collect();
    let numbers = links::add(&mut tx, outage, &ids).await?;
    let now = tx.now();
    sqlx::query!(
        "update outage_proposals set status = 'accepted', outage_id = $3, decided_at = $4 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        outage.0,
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "requests": [[], numbers] });
    tx.audit(Entry { action: "outage.link", object_type: "outage", object_id: Some(outage.0), changes }).await?;
    let card = card::card(&mut tx, &scope, outage).await?;
    tx.commit().await?;
    Ok(card)
}

/// It is nothing: the detector stays quiet about this house and trade for a time.
///
/// # Errors
/// `conflict` when somebody decided already.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: ProposalId) -> Result<()> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (building_id, category, _) = lock(&mut tx, &scope, id).await?;
    let rules = rules(&mut tx).await?.rules;
    let now = tx.now();
    sqlx::query!(
        "update outage_proposals set status = 'dismissed', decided_at = $3, quiet_until = $4 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now,
        now + TimeDelta::hours(rules.quiet_hours.into())
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "category": [null, category] });
    tx.audit(Entry { action: "outage.dismiss", object_type: "building", object_id: Some(building_id.0), changes })
        .await?;
    let audience = Audience {
        lived_in: Vec::new(),
        building_id,
        unit_id: None,
        contact_id: None,
        assignee_id: None,
        former_assignee_id: None,
        internal: true,
        categories: vec![category],
        buildings: Vec::new(),
        contacts: Vec::new(),
        users: Vec::new(),
    };
    tx.emit(&Event::OutageProposed { proposal_id: id }, &audience).await?;
    tx.commit().await
}

/// Forgets proposals of every company that brought no news for a day.
pub(super) async fn lapse(ctx: &Ctx) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("stale outage proposals").await?;
    sqlx::query!(
        "update outage_proposals set status = 'lapsed', decided_at = $1 where status = 'open' and last_at < $2",
        now,
        now - STALE
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}
