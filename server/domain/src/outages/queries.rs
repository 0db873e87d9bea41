//! SQL that changes one outage, and whom it hits. Its page is in `card`, the journal is in `list`.

use super::places::Columns;
use crate::{Result, Scope, Tx, error::word, events::Audience};
use chrono::{DateTime, Utc};
use model::{
    OutageId,
    outages::{OutageFacts, OutagePlace, OutageReach, OutageStatus, OutageTexts, PlaceName},
};
use uuid::Uuid;

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
pub(super) async fn places(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, PlaceName)>> {
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
