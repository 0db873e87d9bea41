//! The list of houses in any order, and one thing done to many of them.

use super::{
    buildings::{facts, set_building_archived, update_building},
    like,
};
use crate::{Actor, Ctx, Result, Scope, Tx, bulk::each, paging};
use model::{
    BuildingId, KeyCursor, Page, Permission as P,
    bulk::Outcome,
    page::Sorting,
    property::{BuildingAction, BuildingBulk, BuildingFacts, BuildingFilter, BuildingRow, BuildingSort},
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// What an order compares, always as text. A company has thousands of houses at most: only the usual order needs an
/// index. Houses without a complex stand after all others, houses of one complex by address; numbers are padded.
fn key(sort: BuildingSort) -> &'static str {
    match sort {
        BuildingSort::Address => "b.sort_key",
        BuildingSort::Complex => "(coalesce(natural_key(c.name), chr(1114111)) || chr(1) || b.sort_key) collate \"C\"",
        BuildingSort::Storeys => "lpad(b.storeys::text, 10, '0') collate \"C\"",
        BuildingSort::Open => {
            "lpad((select count(*) from requests r where r.company_id = b.company_id and r.building_id = b.id \
             and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::text, 10, '0') collate \"C\""
        }
    }
}

/// A page of houses with their size and open requests; usually by address as people count: Навои 2 before Навои 12.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn buildings(ctx: &Ctx, actor: &Actor, filter: &BuildingFilter) -> Result<Page<BuildingRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    page(&mut ctx.begin(actor).await?, &scope, filter, limit).await
}

/// The rows of [`buildings`], as many at once as asked.
pub(crate) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &BuildingFilter,
    limit: usize,
) -> Result<Page<BuildingRow>> {
    let cursor = paging::key_cursor(filter.cursor.as_deref())?;
    let words: Vec<String> = filter.text.as_deref().unwrap_or_default().split_whitespace().map(like).collect();
    let sort = filter.sort.unwrap_or_default();
    let (order, after) = if sort.descends() == filter.reverse { ("", ">") } else { (" desc", "<") };
    // The page is cut first, then counted.
    let mut sql = QueryBuilder::<Postgres>::new(
        "with page as (select b.company_id, b.id, b.complex_id, c.name as complex, b.address, b.storeys, b.archived_at, ",
    );
    sql.push(key(sort)).push(
        " as key from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id where b.company_id = ",
    );
    sql.push_bind(scope.company());
    // Written out: the index of the usual order holds what stands.
    sql.push(if filter.archived { " and b.archived_at is not null" } else { " and b.archived_at is null" });
    if let Some(complex) = filter.complex_id {
        sql.push(" and b.complex_id = ").push_bind(complex.0);
    }
    if !words.is_empty() {
        sql.push(" and (b.address || ' ' || coalesce(c.name, '')) ilike all(").push_bind(words).push(")");
    }
    if let Some(KeyCursor { key: last, id }) = cursor {
        sql.push(" and (").push(key(sort)).push(", b.id) ").push(after).push(" (");
        sql.push_bind(last).push(", ").push_bind(id).push(")");
    }
    sql.push(" order by key").push(order).push(", b.id").push(order).push(" limit ");
    sql.push_bind(paging::and_one(limit)).push(
        ") select p.*, \
         (select count(*) from entrances e where e.company_id = p.company_id and e.building_id = p.id)::int as entrances, \
         (select count(*) from units u where u.company_id = p.company_id and u.building_id = p.id and u.archived_at is null)::int as units, \
         (select count(*) from requests r where r.company_id = p.company_id and r.building_id = p.id \
            and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::int as open_requests \
         from page p order by p.key",
    );
    sql.push(order).push(", p.id").push(order);
    let rows = sql.build().fetch_all(tx.conn()).await?;
    let next = match rows.get(limit.saturating_sub(1)).filter(|_| rows.len() > limit) {
        Some(last) => Some(KeyCursor { key: last.try_get("key")?, id: last.try_get("id")? }.encode()),
        None => None,
    };
    Ok(Page { items: rows.iter().take(limit).map(read).collect::<Result<_>>()?, next })
}

fn read(row: &PgRow) -> Result<BuildingRow> {
    Ok(BuildingRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        complex_id: row.try_get::<Option<Uuid>, _>("complex_id")?.map(Into::into),
        complex: row.try_get("complex")?,
        address: row.try_get("address")?,
        storeys: row.try_get("storeys")?,
        entrances: row.try_get("entrances")?,
        units: row.try_get("units")?,
        open_requests: row.try_get("open_requests")?,
        archived: row.try_get::<Option<chrono::DateTime<chrono::Utc>>, _>("archived_at")?.is_some(),
    })
}

/// Does one thing to many houses and tells how each went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to change houses; `invalid` on no house or too many.
pub async fn bulk_buildings(ctx: &Ctx, actor: &Actor, command: &BuildingBulk) -> Result<Vec<Outcome>> {
    actor.scope(P::BuildingsManage)?;
    each(&command.ids, |id| one(ctx, actor, id, &command.action)).await
}

/// Nobody saw a version here: the newest is meant.
async fn one(ctx: &Ctx, actor: &Actor, id: BuildingId, action: &BuildingAction) -> Result<()> {
    let (known, version) = facts(ctx, actor, id).await?;
    match action {
        BuildingAction::Complex { complex_id } => {
            let facts = BuildingFacts { complex_id: *complex_id, ..known };
            update_building(ctx, actor, id, version, &facts).await?;
        }
        BuildingAction::Archive | BuildingAction::Restore => {
            let away = *action == BuildingAction::Archive;
            set_building_archived(ctx, actor, id, version, away).await?;
        }
    }
    Ok(())
}
