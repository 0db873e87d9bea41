//! The journal of outages and its counters.

use super::queries::{is_late, places};
use crate::{Result, Scope, Tx, error::word, property::like};
use model::{
    Cursor,
    outages::{OutageCounts, OutageFilter, OutageRow, OutageTab, PlaceName},
};
use sqlx::{Postgres, QueryBuilder, Row};
use std::collections::HashMap;
use uuid::Uuid;

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
    // What `outage_hits` says is written out: the index of a house's units knows entrances and kinds, and no unit is read.
    let mut sql = QueryBuilder::<Postgres>::new(
        "select o.id, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, \
         (select count(distinct u.id) from outage_places p join units u on u.company_id = p.company_id \
            and u.building_id = p.building_id and u.archived_at is null and u.kind in ('flat', 'apartment') \
            and (p.entrance_id is null or u.entrance_id = p.entrance_id) \
            and (p.riser_id is null or exists (select from riser_units r \
              where r.company_id = u.company_id and r.riser_id = p.riser_id and r.unit_id = u.id)) where p.company_id = o.company_id and p.outage_id = o.id) as units, \
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
