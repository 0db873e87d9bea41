//! The page about one outage: its facts, the requests it explains or may explain, who said "me too".

use super::queries::{is_late, places, reach};
use crate::{Result, Scope, Tx, error::word};
use model::{
    OutageId, Permission as P, Phone,
    outages::{JoinRow, OutageCard, OutageFacts, OutageKind, OutageStatus, OutageTexts, PlaceName},
    requests::LinkedRequest,
};

/// Linked and similar requests shown at most.
const MOST: i64 = 200;

/// The page about one outage.
pub(super) async fn card(tx: &mut Tx, scope: &Scope, id: OutageId) -> Result<OutageCard> {
    let actor = tx.actor().clone();
    let now = tx.now();
    let row = sqlx::query!(
        r#"select o.version, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, o.text_ru, o.text_uz,
             o.text_en, o.note, o.created_at, u.name as "created_by?"
           from outages o left join users u on u.id = o.created_by where o.company_id = $1 and o.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let names: Vec<PlaceName> = places(tx, &[id.0]).await?.into_iter().map(|(_, name)| name).collect();
    let facts = OutageFacts {
        kind: word(&row.kind)?,
        resource: word(&row.resource)?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        places: names.iter().map(|name| name.place).collect(),
        texts: OutageTexts { ru: row.text_ru, uz: row.text_uz, en: row.text_en },
        note: row.note,
    };
    let status: OutageStatus = word(&row.status)?;
    let manages = actor.role().can(P::OutagesManage);
    Ok(OutageCard {
        id,
        version: row.version,
        status,
        late: is_late(status, facts.ends_at, now),
        reach: reach(tx, &facts.places).await?,
        places: names,
        ended_at: row.ended_at,
        created_at: row.created_at,
        created_by: row.created_by,
        requests: linked(tx, id).await?,
        similar: if manages && status.is_live() { similar(tx, id, &facts).await? } else { Vec::new() },
        joins: if actor.role().can(P::ResidentsRead) { joins(tx, id).await? } else { Vec::new() },
        actions: if manages { status.actions().collect() } else { Vec::new() },
        may_edit: manages && status.is_live(),
        facts,
    })
}

macro_rules! linked_request {
    ($r:expr) => {
        Ok(LinkedRequest {
            id: $r.id.into(),
            number: $r.number,
            status: word(&$r.status)?,
            category: word(&$r.category)?,
            address: $r.address,
            description: $r.description,
            created_at: $r.created_at,
        })
    };
}
pub(super) use linked_request;

/// The requests an outage explains, as far as the reader sees requests.
async fn linked(tx: &mut Tx, id: OutageId) -> Result<Vec<LinkedRequest>> {
    let Ok(scope) = tx.actor().scope(P::RequestsRead) else { return Ok(Vec::new()) };
    let reach = scope.requests();
    sqlx::query!(
        "select r.id, r.number, r.status, r.category, r.address, r.description, r.created_at
         from outage_requests l join requests r on r.company_id = l.company_id and r.id = l.request_id
         where l.company_id = $1 and l.outage_id = $2
           and ($3 or r.assignee_id = $4 or (r.building_id = any($5) and ($6::text[] is null or r.category = any($6))))
         order by r.created_at, r.id limit $7",
        scope.company(),
        id.0,
        reach.all,
        reach.user,
        &reach.zones,
        reach.trades.as_deref(),
        MOST
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| linked_request!(r))
    .collect()
}

/// Open requests at the outage's places that are of its trade, not explained yet, and came since shortly before it began.
async fn similar(tx: &mut Tx, id: OutageId, facts: &OutageFacts) -> Result<Vec<LinkedRequest>> {
    let Ok(scope) = tx.actor().scope(P::RequestsRead) else { return Ok(Vec::new()) };
    let reach = scope.requests();
    let since = facts.starts_at - chrono::TimeDelta::hours(if facts.kind == OutageKind::Emergency { 6 } else { 1 });
    sqlx::query!(
        "select distinct r.id, r.number, r.status, r.category, r.address, r.description, r.created_at
         from outage_places p
         join requests r on r.company_id = p.company_id and r.building_id = p.building_id
         left join units u on u.company_id = r.company_id and u.id = r.unit_id
         where p.company_id = $1 and p.outage_id = $2 and r.category = $3 and r.created_at >= $4
           and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
           and (u.id is null or outage_hits(p.entrance_id, p.riser_id, u))
           and not exists (select from outage_requests l where l.company_id = r.company_id and l.request_id = r.id)
           and ($5 or r.assignee_id = $6 or (r.building_id = any($7) and ($8::text[] is null or r.category = any($8))))
         order by r.created_at, r.id limit $9",
        scope.company(),
        id.0,
        facts.resource.category().as_str(),
        since,
        reach.all,
        reach.user,
        &reach.zones,
        reach.trades.as_deref(),
        MOST
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| linked_request!(r))
    .collect()
}

async fn joins(tx: &mut Tx, id: OutageId) -> Result<Vec<JoinRow>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select j.contact_id, coalesce(c.name, j.name) as name, j.phone, b.address || coalesce(', №' || u.number, '') as "address?",
             j.joined_at
           from outage_joins j
           left join contacts c on c.company_id = j.company_id and c.id = j.contact_id
           left join units u on u.company_id = j.company_id and u.id = j.unit_id
           left join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where j.company_id = $1 and j.outage_id = $2 order by j.joined_at, j.id limit $3"#,
        company,
        id.0,
        MOST
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|j| JoinRow {
            contact_id: j.contact_id.map(Into::into),
            name: j.name,
            // Who is known has their numbers on their card, under its rules.
            phone: j.phone.as_deref().and_then(Phone::parse).filter(|_| j.contact_id.is_none()),
            address: j.address,
            joined_at: j.joined_at,
        })
        .collect())
}
