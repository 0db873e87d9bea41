//! Units of a house.

use super::{accounts, after, buildings::in_care, in_use, some_text, taken};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, paging, people};
use chrono::{DateTime, Utc};
use model::{
    BuildingId, Code, EntranceId, Money, Page, Permission as P, UnitId,
    property::{UnitCard, UnitFacts, UnitFilter, UnitPerson, UnitRow, unit_number},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

pub(super) const UNIQUE: [(&str, &str); 2] =
    [("units_company_id_building_id_kind_number_key", "/number"), ("units_home_number", "/number")];

/// A page of a house's units in the order of their numbers.
///
/// # Errors
/// `not_found` for a foreign house; `invalid` on a cursor that is not ours or a limit outside 1–500.
pub async fn units(ctx: &Ctx, actor: &Actor, filter: &UnitFilter) -> Result<Page<UnitRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let limit = paging::limit(filter.limit, 100, 500)?;
    let cursor = after(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query!("select id from buildings where company_id = $1 and id = $2", scope.company(), filter.building_id.0)
        .fetch_one(tx.conn())
        .await?;
    let most = paging::and_one(limit);
    let items = rows(&mut tx, &scope, filter.building_id, filter.archived, cursor, Some(most)).await?;
    Ok(paging::cut(items, limit, |u| u.id.to_string()))
}

/// All units of a house in use, for its chart.
pub(super) async fn chart_rows(tx: &mut Tx, scope: &Scope, building: BuildingId) -> Result<Vec<UnitRow>> {
    rows(tx, scope, building, false, None, None).await
}

async fn rows(
    tx: &mut Tx,
    scope: &Scope,
    building: BuildingId,
    archived: bool,
    cursor: Option<Uuid>,
    limit: Option<i64>,
) -> Result<Vec<UnitRow>> {
    let now: DateTime<Utc> = tx.now();
    // Counted once for the house and joined: a chart of a thousand flats is one pass over each index.
    let mut sql = QueryBuilder::<Postgres>::new(
        "select u.id, u.kind, u.number, e.number as entrance, u.floor, u.rooms, u.area_cm2, \
         (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id \
            and a.closed_on is null order by a.opened_on desc, a.id desc limit 1) as account, \
         (select count(*) from residencies r where r.company_id = u.company_id and r.unit_id = u.id \
            and r.until_on is null)::int as people, \
         coalesce(q.open, 0) as open_requests, coalesce(q.overdue, 0) as overdue, \
         exists (select from residencies r join contact_phones p on p.company_id = r.company_id and p.contact_id = r.contact_id \
            where r.company_id = u.company_id and r.unit_id = u.id and r.until_on is null) as phone, ",
    );
    // Money is for those who may see payments.
    sql.push(if tx.actor().role().can(P::PaymentsRead) {
        "(select sum(m.balance_tiyin)::bigint from personal_accounts a join account_balances m \
            on m.company_id = a.company_id and m.account_id = a.id \
            where a.company_id = u.company_id and a.unit_id = u.id and a.closed_on is null)"
    } else {
        "null::bigint"
    });
    sql.push(
        " as debt \
         from units u left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id \
         left join (select unit_id, count(*)::int as open, (count(*) filter (where paused_since is null and pressing_at < ",
    );
    sql.push_bind(now);
    sql.push("))::int as overdue from requests where company_id = ").push_bind(scope.company());
    sql.push(" and building_id = ").push_bind(building.0);
    sql.push(" and status in ('new', 'assigned', 'in_progress', 'deferred', 'returned') and unit_id is not null group by unit_id) q on q.unit_id = u.id where u.company_id = ");
    sql.push_bind(scope.company()).push(" and u.building_id = ").push_bind(building.0);
    // Written out: the index of the order holds what stands.
    sql.push(if archived { " and u.archived_at is not null" } else { " and u.archived_at is null" });
    if let Some(last) = cursor {
        sql.push(" and (u.sort_key, u.id) > (select l.sort_key, l.id from units l where l.company_id = ");
        sql.push_bind(scope.company()).push(" and l.id = ").push_bind(last).push(")");
    }
    sql.push(" order by u.sort_key, u.id");
    if let Some(limit) = limit {
        sql.push(" limit ").push_bind(limit);
    }
    let rows = sql.build().fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|u| {
            Ok(UnitRow {
                id: u.try_get::<Uuid, _>("id")?.into(),
                kind: word(u.try_get("kind")?)?,
                number: u.try_get("number")?,
                entrance: u.try_get("entrance")?,
                floor: u.try_get("floor")?,
                rooms: u.try_get("rooms")?,
                area_cm2: u.try_get("area_cm2")?,
                account: u.try_get("account")?,
                people: u.try_get("people")?,
                open_requests: u.try_get("open_requests")?,
                overdue: u.try_get("overdue")?,
                phone: u.try_get("phone")?,
                debt: u.try_get::<Option<i64>, _>("debt")?.map(Money::from_tiyin),
            })
        })
        .collect()
}

/// One unit with its accounts, and with its people for who may see people.
pub async fn unit(ctx: &Ctx, actor: &Actor, id: UnitId) -> Result<UnitCard> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

async fn card(tx: &mut Tx, scope: &Scope, id: UnitId) -> Result<UnitCard> {
    let known = load(tx, scope, id).await?;
    let accounts = accounts::of_unit(tx, scope, id).await?;
    let people = if tx.actor().role().can(P::ResidentsRead) { people_of(tx, scope, id).await? } else { Vec::new() };
    Ok(UnitCard {
        id,
        version: known.version,
        building_id: known.building_id,
        address: known.address,
        entrance_id: known.entrance_id,
        facts: known.facts,
        archived: known.archived,
        accounts,
        people,
    })
}

async fn people_of(tx: &mut Tx, scope: &Scope, id: UnitId) -> Result<Vec<UnitPerson>> {
    let rows = sqlx::query!(
        r#"select c.id, c.name, r.relation, r.share_num, r.share_den, r.since_on from residencies r
           join contacts c on c.company_id = r.company_id and c.id = r.contact_id
           where r.company_id = $1 and r.unit_id = $2 and r.until_on is null
           order by array_position(array['owner', 'tenant', 'relative'], r.relation), c.name"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(UnitPerson {
                id: r.id.into(),
                name: r.name,
                relation: word(&r.relation)?,
                share: people::share(r.share_num, r.share_den),
                since: r.since_on,
            })
        })
        .collect()
}

pub(super) struct Known {
    pub building_id: BuildingId,
    pub address: String,
    pub entrance_id: Option<EntranceId>,
    pub facts: UnitFacts,
    pub version: i32,
    pub archived: bool,
}

async fn load(tx: &mut Tx, scope: &Scope, id: UnitId) -> Result<Known> {
    let u = sqlx::query!(
        r#"select u.building_id, b.address, u.entrance_id, e.number as "entrance?", u.kind, u.number, u.floor, u.rooms,
             u.area_cm2, u.cadastral, u.version, u.archived_at is not null as "archived!"
           from units u join buildings b on b.company_id = u.company_id and b.id = u.building_id
           left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
           where u.company_id = $1 and u.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Known {
        building_id: u.building_id.into(),
        address: u.address,
        entrance_id: u.entrance_id.map(Into::into),
        facts: UnitFacts {
            kind: word(&u.kind)?,
            number: u.number,
            entrance: u.entrance,
            floor: u.floor,
            rooms: u.rooms,
            area_cm2: u.area_cm2,
            cadastral: u.cadastral,
        },
        version: u.version,
        archived: u.archived,
    })
}

/// Takes the unit for this transaction: always after its house, so that nobody waits for each other.
pub(super) async fn lock(tx: &mut Tx, scope: &Scope, id: UnitId, version: Option<i32>) -> Result<Known> {
    sqlx::query!(
        "select b.id from buildings b where b.company_id = $1
           and b.id = (select building_id from units where company_id = $1 and id = $2) for update of b",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    sqlx::query!("select id from units where company_id = $1 and id = $2 for update", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    let known = load(tx, scope, id).await?;
    if version.is_none_or(|version| known.version == version) { Ok(known) } else { Err(Code::Conflict.into()) }
}

fn clean(command: &UnitFacts) -> Result<UnitFacts> {
    let number = unit_number(&command.number);
    let facts = UnitFacts { number, cadastral: some_text(command.cadastral.as_deref()), ..command.clone() };
    validate::check(&facts)?;
    Ok(facts)
}

/// The entrance with a number, made when the house has none of it yet.
pub(super) async fn entrance(tx: &mut Tx, scope: &Scope, building: BuildingId, number: i16) -> Result<Uuid> {
    let made = new_id();
    let new = sqlx::query!(
        "insert into entrances (id, company_id, building_id, number) values ($1, $2, $3, $4)
         on conflict (company_id, building_id, number) do nothing",
        made,
        scope.company(),
        building.0,
        number
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if new == 1 {
        let facts = serde_json::json!({ "building_id": building, "number": number });
        tx.record("entrance.create", "entrance", made, None, Some(&facts)).await?;
        return Ok(made);
    }
    Ok(sqlx::query_scalar!(
        "select id from entrances where company_id = $1 and building_id = $2 and number = $3",
        scope.company(),
        building.0,
        number
    )
    .fetch_one(tx.conn())
    .await?)
}

async fn entrance_of(tx: &mut Tx, scope: &Scope, building: BuildingId, facts: &UnitFacts) -> Result<Option<Uuid>> {
    Ok(match facts.entrance {
        Some(number) => Some(entrance(tx, scope, building, number).await?),
        None => None,
    })
}

/// Adds one unit to a house.
///
/// # Errors
/// `invalid` on `/number` when the house has it already.
pub async fn create_unit(ctx: &Ctx, actor: &Actor, building: BuildingId, command: &UnitFacts) -> Result<UnitCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let facts = clean(command)?;
    let mut tx = ctx.begin(actor).await?;
    in_care(&mut tx, &scope, building).await?;
    let (id, entrance) = (UnitId(new_id()), entrance_of(&mut tx, &scope, building, &facts).await?);
    sqlx::query!(
        "insert into units (id, company_id, building_id, entrance_id, kind, number, floor, rooms, area_cm2, cadastral)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        id.0,
        scope.company(),
        building.0,
        entrance,
        facts.kind.as_str(),
        facts.number,
        facts.floor,
        facts.rooms,
        facts.area_cm2,
        facts.cadastral
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &UNIQUE))?;
    tx.record("unit.create", "unit", id.0, None, Some(&facts)).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Replaces what is known of a unit. Requests keep the address they were filed under.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/number` when another unit has it.
pub async fn update_unit(ctx: &Ctx, actor: &Actor, id: UnitId, version: i32, command: &UnitFacts) -> Result<UnitCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let facts = clean(command)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, Some(version)).await?;
    if tx.record("unit.update", "unit", id.0, Some(&known.facts), Some(&facts)).await? {
        let entrance = entrance_of(&mut tx, &scope, known.building_id, &facts).await?;
        sqlx::query!(
            "update units set entrance_id = $3, kind = $4, number = $5, floor = $6, rooms = $7, area_cm2 = $8,
               cadastral = $9, version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            entrance,
            facts.kind.as_str(),
            facts.number,
            facts.floor,
            facts.rooms,
            facts.area_cm2,
            facts.cadastral
        )
        .execute(tx.conn())
        .await
        .map_err(|e| taken(e, &UNIQUE))?;
    }
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

#[derive(Serialize)]
struct Archived {
    archived: bool,
}

/// Puts a unit away (two flats became one), or takes it back. Its history and its closed accounts stay.
///
/// # Errors
/// `in_use` while somebody lives there, an account is open or requests about it are open.
pub async fn set_unit_archived(ctx: &Ctx, actor: &Actor, id: UnitId, version: i32, archived: bool) -> Result<UnitCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, Some(version)).await?;
    if archived {
        refuse_in_use(&mut tx, &scope, id).await?;
    } else {
        in_care(&mut tx, &scope, known.building_id).await?;
    }
    let action = if archived { "unit.archive" } else { "unit.restore" };
    let (before, now) = (Archived { archived: known.archived }, tx.now());
    if tx.record(action, "unit", id.0, Some(&before), Some(&Archived { archived })).await? {
        sqlx::query!(
            "update units set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            archived.then_some(now)
        )
        .execute(tx.conn())
        .await?;
    }
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn refuse_in_use(tx: &mut Tx, scope: &Scope, id: UnitId) -> Result<(), Error> {
    let uses = sqlx::query!(
        r#"select (select count(*) from requests where company_id = $1 and unit_id = $2
             and status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')) as "requests!",
           (select count(*) from residencies where company_id = $1 and unit_id = $2 and until_on is null) as "people!",
           (select count(*) from personal_accounts where company_id = $1 and unit_id = $2 and closed_on is null) as "accounts!""#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    for (pointer, code, count) in [
        ("/open_requests", "open_requests", uses.requests),
        ("/people", "has_people", uses.people),
        ("/accounts", "account_open", uses.accounts),
    ] {
        if count > 0 {
            return Err(in_use(pointer, code, count));
        }
    }
    Ok(())
}
