//! The register of units. Each order walks an index: by area and by account one of its own; by place the houses in
//! their order and in each its units, house after house until the page is full, so that a page costs what it shows.

use super::{meant::Meant, units};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, bulk::each, error::word, paging};
use model::{
    KeyCursor, Page, Permission as P, UnitId,
    bulk::Outcome,
    page::Sorting,
    property::{RegisterFilter, RegisterRow, UnitAction, UnitBulk, UnitFacts, UnitSort},
};
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// Houses looked into at once at first; four times as many each time the page is not full yet.
const FIRST_HOUSES: i64 = 1;

/// As the index has it. Not `coalesce`: row-level security takes it for something that may leak and keeps it out of
/// index conditions.
const AREA: &str = "case when u.area_cm2 is null then 0 else u.area_cm2 end";

/// A page of the company's units.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn register(ctx: &Ctx, actor: &Actor, filter: &RegisterFilter) -> Result<Page<RegisterRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let mut tx = ctx.begin(actor).await?;
    page(&mut tx, &scope, filter, limit).await
}

/// As [`register`], for readers who take many rows at once.
pub(crate) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    limit: usize,
) -> Result<Page<RegisterRow>> {
    let cursor = paging::key_cursor(filter.cursor.as_deref())?;
    let meant = Meant::read(tx, scope, filter.text.as_deref()).await?;
    let want = paging::and_one(limit);
    let rows = match filter.sort.unwrap_or_default() {
        UnitSort::Place => by_place(tx, scope, filter, &meant, cursor, want).await?,
        UnitSort::Area => by_area(tx, scope, filter, &meant, cursor, want).await?,
        UnitSort::Account => by_account(tx, scope, filter, &meant, cursor, want).await?,
    };
    let Page { items, next } =
        paging::cut(rows, limit, |(key, row)| KeyCursor { key: key.clone(), id: row.id.0 }.encode());
    Ok(Page { items: items.into_iter().map(|(_, row)| row).collect(), next })
}

/// Whether a filter shows more than `most` units.
pub(crate) async fn is_longer(tx: &mut Tx, scope: &Scope, filter: &RegisterFilter, most: i64) -> Result<bool> {
    let meant = Meant::read(tx, scope, filter.text.as_deref()).await?;
    let mut sql = QueryBuilder::<Postgres>::new(
        "select count(*) from (select from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id \
         where b.archived_at is null and u.company_id = ",
    );
    sql.push_bind(scope.company());
    conditions(&mut sql, filter, &meant);
    sql.push(" limit ").push_bind(most + 1).push(") counted");
    let count: i64 = sql.build_query_scalar().fetch_one(tx.conn()).await?;
    Ok(count > most)
}

/// A row with the key by which it was ordered.
type Keyed = (String, RegisterRow);

fn conditions(sql: &mut QueryBuilder<Postgres>, filter: &RegisterFilter, meant: &Meant) {
    // Written out, not bound: so that the planner sees which of its indexes hold what is asked.
    sql.push(if filter.archived { " and u.archived_at is not null" } else { " and u.archived_at is null" });
    if filter.no_area {
        sql.push(" and u.area_cm2 is null");
    }
    if let Some(id) = filter.building_id {
        sql.push(" and u.building_id = ").push_bind(id.0);
    }
    if let Some(kind) = filter.kind {
        sql.push(" and u.kind = ").push_bind(kind.as_str());
    }
    if let Some(entrance) = filter.entrance {
        sql.push(" and exists (select from entrances e where e.company_id = u.company_id and e.id = u.entrance_id and e.number = ");
        sql.push_bind(entrance).push(")");
    }
    let mut has = |there: Option<bool>, what: &str| {
        if let Some(there) = there {
            sql.push(if there { " and exists (select from " } else { " and not exists (select from " });
            sql.push(what).push(")");
        }
    };
    has(filter.people, "residencies r where r.company_id = u.company_id and r.unit_id = u.id and r.until_on is null");
    has(
        filter.account,
        "personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id and a.closed_on is null",
    );
    meant.push_units(sql);
}

/// Asks for the rows of a page that was cut already, with what is counted of each.
fn select(page: QueryBuilder<Postgres>, order: &str) -> QueryBuilder<Postgres> {
    let mut sql = page;
    sql.push(
        ") select p.key, u.id, u.building_id, c.name as complex, b.address, u.kind, u.number, e.number as entrance, u.floor, u.rooms, u.area_cm2, \
         (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id \
            and a.closed_on is null order by a.opened_on desc, a.id desc limit 1) as account, \
         (select count(*) from residencies r where r.company_id = u.company_id and r.unit_id = u.id and r.until_on is null)::int as people, \
         (select count(*) from requests r where r.company_id = u.company_id and r.building_id = u.building_id and r.unit_id = u.id \
            and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::int as open_requests \
         from page p join units u on u.company_id = p.company_id and u.id = p.id \
         join buildings b on b.company_id = u.company_id and b.id = u.building_id \
         left join complexes c on c.company_id = b.company_id and c.id = b.complex_id \
         left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id order by ",
    );
    sql.push(order);
    sql
}

async fn fetch(tx: &mut Tx, mut sql: QueryBuilder<Postgres>) -> Result<Vec<Keyed>> {
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// `(way, after)`: how the order runs, and what comes after a row.
fn direction(filter: &RegisterFilter) -> (&'static str, &'static str) {
    let descends = filter.sort.unwrap_or_default().descends() != filter.reverse;
    if descends { ("desc", "<") } else { ("asc", ">") }
}

/// House after house. The cursor says `<house>:<key of the number>`.
async fn by_place(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    meant: &Meant,
    cursor: Option<KeyCursor>,
    want: i64,
) -> Result<Vec<Keyed>> {
    let mut rows = Vec::new();
    let mut from = None;
    if let Some(KeyCursor { key, id }) = cursor {
        let (house, key) = key.split_once(':').ok_or_else(|| Error::field("/cursor", "unknown"))?;
        let house = Uuid::parse_str(house).map_err(|_| Error::field("/cursor", "unknown"))?;
        rows = of_houses(tx, scope, filter, meant, &[house], Some((key, id)), want).await?;
        from = Some(house);
    }
    let mut batch = FIRST_HOUSES;
    loop {
        let left = want - i64::try_from(rows.len()).unwrap_or(want);
        if left <= 0 {
            return Ok(rows);
        }
        let houses = houses_after(tx, scope, filter, meant, from, batch).await?;
        let Some(last) = houses.last() else { return Ok(rows) };
        from = Some(*last);
        rows.extend(of_houses(tx, scope, filter, meant, &houses, None, left).await?);
        batch *= 4;
    }
}

/// The next houses in which units may be, after one.
async fn houses_after(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    meant: &Meant,
    from: Option<Uuid>,
    most: i64,
) -> Result<Vec<Uuid>> {
    let (way, after) = direction(filter);
    let mut sql =
        QueryBuilder::<Postgres>::new("select b.id from buildings b where b.archived_at is null and b.company_id = ");
    sql.push_bind(scope.company());
    if let Some(id) = filter.building_id {
        sql.push(" and b.id = ").push_bind(id.0);
    }
    if let Some(around) = meant.around() {
        sql.push(" and b.id = any(").push_bind(around.to_vec()).push(")");
    }
    if let Some(from) = from {
        sql.push(" and (b.sort_key, b.id) ").push(after);
        sql.push(" (select l.sort_key, l.id from buildings l where l.company_id = ").push_bind(scope.company());
        sql.push(" and l.id = ").push_bind(from).push(")");
    }
    sql.push(format!(" order by b.sort_key {way}, b.id {way} limit ")).push_bind(most);
    Ok(sql.build_query_scalar().fetch_all(tx.conn()).await?)
}

/// Units of some houses in their order, of the only one after a row.
async fn of_houses(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    meant: &Meant,
    houses: &[Uuid],
    after_row: Option<(&str, Uuid)>,
    want: i64,
) -> Result<Vec<Keyed>> {
    let (way, after) = direction(filter);
    let mut sql = QueryBuilder::<Postgres>::new(
        "with page as materialized (select u.company_id, u.id, h.at, u.sort_key, \
           replace(u.building_id::text, '-', '') || ':' || u.sort_key as key from unnest(",
    );
    sql.push_bind(houses.to_vec()).push(
        "::uuid[]) with ordinality as h(id, at) cross join lateral ( \
           select u.company_id, u.building_id, u.id, u.sort_key from units u where u.building_id = h.id and u.company_id = ",
    );
    sql.push_bind(scope.company());
    conditions(&mut sql, filter, meant);
    if let Some((key, id)) = after_row {
        sql.push(format!(" and (u.sort_key, u.id) {after} ("))
            .push_bind(key.to_owned())
            .push(", ")
            .push_bind(id)
            .push(")");
    }
    sql.push(format!(" order by u.sort_key {way}, u.id {way} limit ")).push_bind(want);
    sql.push(format!(") u order by h.at, u.sort_key {way}, u.id {way} limit ")).push_bind(want);
    fetch(tx, select(sql, &format!("p.at, p.sort_key {way}, p.id {way}"))).await
}

/// The largest first; units whose area is not known count as nothing.
async fn by_area(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    meant: &Meant,
    cursor: Option<KeyCursor>,
    want: i64,
) -> Result<Vec<Keyed>> {
    let (way, after) = direction(filter);
    let mut sql = QueryBuilder::<Postgres>::new("with page as materialized (select u.company_id, u.id, ");
    sql.push(AREA).push(" as area, (").push(AREA).push(
        ")::text as key from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id \
         where b.archived_at is null and u.company_id = ",
    );
    sql.push_bind(scope.company());
    conditions(&mut sql, filter, meant);
    if let Some(KeyCursor { key, id }) = cursor {
        let area: i64 = key.parse().map_err(|_| Error::field("/cursor", "unknown"))?;
        sql.push(format!(" and ({AREA}, u.id) {after} (")).push_bind(area).push(", ").push_bind(id).push(")");
    }
    sql.push(format!(" order by {AREA} {way}, u.id {way} limit ")).push_bind(want);
    fetch(tx, select(sql, &format!("p.area {way}, p.id {way}"))).await
}

/// Open accounts in the order of their numbers.
async fn by_account(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RegisterFilter,
    meant: &Meant,
    cursor: Option<KeyCursor>,
    want: i64,
) -> Result<Vec<Keyed>> {
    let (way, after) = direction(filter);
    let mut sql = QueryBuilder::<Postgres>::new(
        "with page as materialized (select u.company_id, u.id, n.number as key from personal_accounts n \
         join units u on u.company_id = n.company_id and u.id = n.unit_id \
         join buildings b on b.company_id = u.company_id and b.id = u.building_id \
         where b.archived_at is null and n.closed_on is null and n.company_id = ",
    );
    sql.push_bind(scope.company());
    conditions(&mut sql, filter, meant);
    if let Some(KeyCursor { key, .. }) = cursor {
        // No two accounts of a company have the same number.
        sql.push(format!(" and n.number {after} ")).push_bind(key);
    }
    sql.push(format!(" order by n.number {way} limit ")).push_bind(want);
    fetch(tx, select(sql, &format!("p.key {way}"))).await
}

fn read(row: &PgRow) -> Result<Keyed> {
    let unit = RegisterRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        building_id: row.try_get::<Uuid, _>("building_id")?.into(),
        complex: row.try_get("complex")?,
        address: row.try_get("address")?,
        kind: word(row.try_get("kind")?)?,
        number: row.try_get("number")?,
        entrance: row.try_get("entrance")?,
        floor: row.try_get("floor")?,
        rooms: row.try_get("rooms")?,
        area_cm2: row.try_get("area_cm2")?,
        account: row.try_get("account")?,
        people: row.try_get("people")?,
        open_requests: row.try_get("open_requests")?,
    };
    Ok((row.try_get("key")?, unit))
}

/// Does one thing to many units and tells how each went, in the order asked.
///
/// # Errors
/// `forbidden` without the right to change houses; `invalid` on no unit or too many.
pub async fn bulk_units(ctx: &Ctx, actor: &Actor, command: &UnitBulk) -> Result<Vec<Outcome>> {
    actor.scope(P::BuildingsManage)?;
    each(&command.ids, |id| one(ctx, actor, id, &command.action)).await
}

/// Nobody saw a version here: the newest is meant.
async fn one(ctx: &Ctx, actor: &Actor, id: UnitId, action: &UnitAction) -> Result<()> {
    let card = units::unit(ctx, actor, id).await?;
    match action {
        UnitAction::Kind { kind } => {
            let facts = UnitFacts { kind: *kind, ..card.facts };
            units::update_unit(ctx, actor, id, card.version, &facts).await?;
        }
        UnitAction::Archive | UnitAction::Restore => {
            let away = *action == UnitAction::Archive;
            units::set_unit_archived(ctx, actor, id, card.version, away).await?;
        }
    }
    Ok(())
}
