//! SQL about outages.

use super::places::Columns;
use crate::{Result, Scope, Tx, error::word, events::Audience, property::like};
use chrono::{DateTime, Utc};
use model::{
    Cursor, OutageId, Permission as P, Phone,
    outages::{
        JoinRow, OutageCard, OutageCounts, OutageFacts, OutageFilter, OutageKind, OutagePlace, OutageReach, OutageRow,
        OutageStatus, OutageTab, OutageTexts, PlaceName,
    },
    requests::LinkedRequest,
};
use sqlx::{Postgres, QueryBuilder, Row};
use std::collections::HashMap;
use uuid::Uuid;

/// Linked and similar requests shown at most.
const MOST: i64 = 200;

/// What every step needs to know of an outage.
#[derive(Clone, Debug)]
pub(super) struct Core {
    pub id: OutageId,
    pub version: i32,
    pub status: OutageStatus,
    pub facts: OutageFacts,
}

/// Runs although it was expected to be over.
pub(super) fn is_late(status: OutageStatus, ends_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    status == OutageStatus::Running && ends_at.is_some_and(|end| end <= now)
}

pub(super) async fn insert(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, user, now) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0), tx.now());
    sqlx::query!(
        "insert into outages (id, company_id, kind, resource, status, starts_at, ends_at, text_ru, text_uz, text_en, note,
           created_by, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)",
        core.id.0,
        company,
        core.facts.kind.as_str(),
        core.facts.resource.as_str(),
        core.status.as_str(),
        core.facts.starts_at,
        core.facts.ends_at,
        core.facts.texts.ru,
        core.facts.texts.uz,
        core.facts.texts.en,
        core.facts.note,
        user,
        now
    )
    .execute(tx.conn())
    .await?;
    write_places(tx, core).await
}

/// Writes the facts and the status; the version is for [`touch`].
pub(super) async fn update(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update outages set kind = $3, resource = $4, status = $5, stage = stage + (status <> $5)::int, starts_at = $6, ends_at = $7, text_ru = $8,
           text_uz = $9, text_en = $10, note = $11,
           ended_at = case when $5 in ('ended', 'cancelled') then coalesce(ended_at, $12) end
         where company_id = $1 and id = $2",
        company,
        core.id.0,
        core.facts.kind.as_str(),
        core.facts.resource.as_str(),
        core.status.as_str(),
        core.facts.starts_at,
        core.facts.ends_at,
        core.facts.texts.ru,
        core.facts.texts.uz,
        core.facts.texts.en,
        core.facts.note,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from outage_places where company_id = $1 and outage_id = $2", company, core.id.0)
        .execute(tx.conn())
        .await?;
    write_places(tx, core).await
}

/// How often it has changed its state.
pub(super) async fn stage(tx: &mut Tx, id: OutageId) -> Result<i32> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!("select stage from outages where company_id = $1 and id = $2", company, id.0)
        .fetch_one(tx.conn())
        .await?)
}

/// Something about the outage changed: a page that shows an older version must not overwrite it.
pub(super) async fn touch(tx: &mut Tx, id: OutageId) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update outages set version = version + 1, updated_at = $3 where company_id = $1 and id = $2",
        company,
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn write_places(tx: &mut Tx, core: &Core) -> Result<()> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&core.facts.places);
    sqlx::query!(
        "insert into outage_places (company_id, outage_id, building_id, entrance_id, riser_id, position)
         select $1, $2, p.building, p.entrance, p.riser, p.at::smallint
         from unnest($3::uuid[], $4::uuid[], $5::uuid[]) with ordinality as p(building, entrance, riser, at)",
        company,
        core.id.0,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Locks the outage for this transaction.
pub(super) async fn lock(tx: &mut Tx, scope: &Scope, id: OutageId) -> Result<Core> {
    let row = sqlx::query!(
        "select version, kind, resource, status, starts_at, ends_at, text_ru, text_uz, text_en, note from outages
         where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let places = places(tx, &[id.0]).await?.into_iter().map(|(_, name)| name.place).collect();
    Ok(Core {
        id,
        version: row.version,
        status: word(&row.status)?,
        facts: OutageFacts {
            kind: word(&row.kind)?,
            resource: word(&row.resource)?,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            places,
            texts: OutageTexts { ru: row.text_ru, uz: row.text_uz, en: row.text_en },
            note: row.note,
        },
    })
}

/// The places of outages, in the order they were written.
async fn places(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, PlaceName)>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select p.outage_id, p.building_id, p.entrance_id, p.riser_id, b.address,
             coalesce(e.number, f.number) as "entrance?", r.name as "riser?"
           from outage_places p
           join buildings b on b.company_id = p.company_id and b.id = p.building_id
           left join entrances e on e.company_id = p.company_id and e.id = p.entrance_id
           left join risers r on r.company_id = p.company_id and r.id = p.riser_id
           left join entrances f on f.company_id = p.company_id and f.id = r.entrance_id
           where p.company_id = $1 and p.outage_id = any($2) order by p.outage_id, p.position"#,
        company,
        ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|p| {
            let place = OutagePlace {
                building_id: p.building_id.into(),
                entrance_id: p.entrance_id.map(Into::into),
                riser_id: p.riser_id.map(Into::into),
            };
            (p.outage_id, PlaceName { place, address: p.address, entrance: p.entrance, riser: p.riser })
        })
        .collect())
}

/// Places with their words.
pub(super) async fn names(tx: &mut Tx, places: &[OutagePlace]) -> Result<Vec<PlaceName>> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(places);
    let rows = sqlx::query!(
        r#"select p.at as "at!", b.address, coalesce(e.number, f.number) as "entrance?", r.name as "riser?"
           from unnest($2::uuid[], $3::uuid[], $4::uuid[]) with ordinality as p(building, entrance, riser, at)
           join buildings b on b.company_id = $1 and b.id = p.building
           left join entrances e on e.company_id = $1 and e.id = p.entrance
           left join risers r on r.company_id = $1 and r.id = p.riser
           left join entrances f on f.company_id = $1 and f.id = r.entrance_id
           order by p.at"#,
        company,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let place = *places.get(usize::try_from(row.at - 1).ok()?)?;
            Some(PlaceName { place, address: row.address, entrance: row.entrance, riser: row.riser })
        })
        .collect())
}

/// How many homes and people these places hold.
pub(super) async fn reach(tx: &mut Tx, places: &[OutagePlace]) -> Result<OutageReach> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(places);
    let row = sqlx::query!(
        r#"with hit as (
             select distinct u.id from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as p(building, entrance, riser)
             join units u on u.company_id = $1 and u.building_id = p.building and u.archived_at is null
               and u.kind in ('flat', 'apartment') and outage_hits(p.entrance, p.riser, u))
           select (select count(*) from hit) as "units!", (select count(distinct r.contact_id) from residencies r
             join hit h on h.id = r.unit_id where r.company_id = $1 and r.until_on is null) as "residents!""#,
        company,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(OutageReach { units: row.units, residents: row.residents })
}

/// Whom an outage concerns: the staff of its houses, and the residents with a login whose units are hit.
pub(super) async fn audience(tx: &mut Tx, core: &Core) -> Result<Audience> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&core.facts.places);
    let contacts = sqlx::query_scalar!(
        r#"select distinct r.contact_id from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as p(building, entrance, riser)
           join units u on u.company_id = $1 and u.building_id = p.building and u.archived_at is null
             and outage_hits(p.entrance, p.riser, u)
           join residencies r on r.company_id = $1 and r.unit_id = u.id and r.until_on is null
           join users l on l.company_id = $1 and l.contact_id = r.contact_id and l.blocked_at is null"#,
        company,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .fetch_all(tx.conn())
    .await?;
    let mut buildings: Vec<_> = core.facts.places.iter().map(|p| p.building_id).collect();
    buildings.sort_unstable();
    buildings.dedup();
    Ok(Audience {
        lived_in: Vec::new(),
        // A checked outage has places; the nil id is nobody's house.
        building_id: buildings.first().copied().unwrap_or(model::BuildingId(Uuid::nil())),
        unit_id: None,
        contact_id: None,
        assignee_id: None,
        former_assignee_id: None,
        internal: false,
        categories: vec![core.facts.resource.category()],
        buildings,
        contacts: contacts.into_iter().map(Into::into).collect(),
        users: Vec::new(),
    })
}

/// Everybody who lives in what it hits, with a login or without.
pub(super) async fn residents(tx: &mut Tx, core: &Core) -> Result<Vec<model::ContactId>> {
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&core.facts.places);
    let contacts = sqlx::query_scalar!(
        r#"select distinct r.contact_id from unnest($2::uuid[], $3::uuid[], $4::uuid[]) as p(building, entrance, riser)
           join units u on u.company_id = $1 and u.building_id = p.building and u.archived_at is null
             and outage_hits(p.entrance, p.riser, u)
           join residencies r on r.company_id = $1 and r.unit_id = u.id and r.until_on is null"#,
        company,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>]
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(contacts.into_iter().map(Into::into).collect())
}

pub(super) async fn counts(tx: &mut Tx, scope: &Scope) -> Result<OutageCounts> {
    let now = tx.now();
    let row = sqlx::query!(
        r#"select count(*) filter (where status = 'running') as "running!",
             count(*) filter (where status = 'running' and ends_at <= $2) as "late!",
             count(*) filter (where status = 'planned') as "planned!",
             (select count(*) from outage_proposals where company_id = $1 and status = 'open') as "proposals!"
           from outages where company_id = $1 and status in ('running', 'planned')"#,
        scope.company(),
        now
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(OutageCounts { running: row.running, late: row.late, planned: row.planned, proposals: row.proposals })
}

/// The next rows of the journal: what runs or is over with the newest first, what is planned with the nearest first.
pub(super) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &OutageFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<OutageRow>> {
    let now = tx.now();
    let tab = filter.tab.unwrap_or(OutageTab::Now);
    let mut sql = QueryBuilder::<Postgres>::new(
        "select o.id, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, \
         (select count(distinct u.id) from outage_places p join units u on u.company_id = p.company_id \
            and u.building_id = p.building_id and u.archived_at is null and u.kind in ('flat', 'apartment') \
            and outage_hits(p.entrance_id, p.riser_id, u) where p.company_id = o.company_id and p.outage_id = o.id) as units, \
         (select count(*) from outage_requests r where r.company_id = o.company_id and r.outage_id = o.id) as requests, \
         (select count(*) from outage_joins j where j.company_id = o.company_id and j.outage_id = o.id) as joined \
         from outages o where o.company_id = ",
    );
    sql.push_bind(scope.company());
    sql.push(match tab {
        OutageTab::Now => " and o.status = 'running'",
        OutageTab::Planned => " and o.status = 'planned'",
        OutageTab::Ended => " and o.status in ('ended', 'cancelled')",
    });
    if let Some(resource) = filter.resource {
        sql.push(" and o.resource = ").push_bind(resource.as_str());
    }
    if let Some(kind) = filter.kind {
        sql.push(" and o.kind = ").push_bind(kind.as_str());
    }
    let words: Vec<String> = filter.text.as_deref().unwrap_or_default().split_whitespace().map(like).collect();
    if filter.building_id.is_some() || !words.is_empty() {
        sql.push(
            " and exists (select from outage_places p join buildings b on b.company_id = p.company_id and b.id = p.building_id \
             where p.company_id = o.company_id and p.outage_id = o.id",
        );
        if let Some(id) = filter.building_id {
            sql.push(" and b.id = ").push_bind(id.0);
        }
        sql.push(" and b.address ilike all(").push_bind(words).push("))");
    }
    let (key, order) = match tab {
        OutageTab::Planned => ("(o.starts_at, o.id) > (", "o.starts_at, o.id"),
        OutageTab::Now | OutageTab::Ended => ("(o.starts_at, o.id) < (", "o.starts_at desc, o.id desc"),
    };
    if let Some(Cursor { at, id }) = cursor {
        sql.push(" and ").push(key).push_bind(at).push(", ").push_bind(id).push(")");
    }
    sql.push(" order by ").push(order).push(" limit ").push_bind(limit);
    let rows = sql.build().fetch_all(tx.conn()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.try_get("id")).collect::<Result<_, _>>()?;
    let mut named: HashMap<Uuid, Vec<PlaceName>> = HashMap::new();
    for (id, name) in places(tx, &ids).await? {
        named.entry(id).or_default().push(name);
    }
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("id")?;
            let status = word(row.try_get("status")?)?;
            let ends_at = row.try_get("ends_at")?;
            Ok(OutageRow {
                id: id.into(),
                kind: word(row.try_get("kind")?)?,
                resource: word(row.try_get("resource")?)?,
                status,
                starts_at: row.try_get("starts_at")?,
                ends_at,
                ended_at: row.try_get("ended_at")?,
                late: is_late(status, ends_at, now),
                places: named.remove(&id).unwrap_or_default(),
                units: row.try_get("units")?,
                requests: row.try_get("requests")?,
                joined: row.try_get("joined")?,
            })
        })
        .collect()
}

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
