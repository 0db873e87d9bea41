//! Buildings: the card, and changing what is known of a house.

use super::{in_use, like, some_text, taken, units::chart_rows};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word};
use model::{
    BuildingId, Code, Permission as P,
    property::{BuildingCard, BuildingChoice, BuildingFacts, EntranceRow},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;

const UNIQUE: [(&str, &str); 2] = [("buildings_company_id_address_key", "/address"), ("buildings_code", "/code")];

/// Houses to choose from while typing, at most 50, by address; the one already chosen is always among them.
pub async fn choices(ctx: &Ctx, actor: &Actor, text: &str, chosen: Option<BuildingId>) -> Result<Vec<BuildingChoice>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let words: Vec<String> = text.split_whitespace().map(like).collect();
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query_as!(
        BuildingChoice,
        r#"(select b.id as "id!", c.name as "complex?", b.address as "address!" from buildings b
              left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
              where b.company_id = $1 and b.id = $3)
           union all
           (select b.id, c.name, b.address from buildings b
              left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
              where b.company_id = $1 and b.archived_at is null and b.id is distinct from $3
                and (b.address || ' ' || coalesce(c.name, '')) ilike all($2)
              order by b.sort_key, b.id limit 50)"#,
        scope.company(),
        &words,
        chosen.map(|b| b.0)
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// One house with its entrances and units.
pub async fn building(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    card(&mut tx, &scope, id).await
}

async fn card(tx: &mut Tx, scope: &Scope, id: BuildingId) -> Result<BuildingCard> {
    let b = sqlx::query!(
        r#"select c.name as "complex?", (select count(*) from requests r where r.company_id = b.company_id and r.building_id = b.id
             and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::int as "open_requests!"
           from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
           where b.company_id = $1 and b.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let known = load(tx, scope, id).await?;
    let entrances = sqlx::query_as!(
        EntranceRow,
        "select id, number from entrances where company_id = $1 and building_id = $2 order by number",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let units = chart_rows(tx, scope, id).await?;
    Ok(BuildingCard {
        id,
        version: known.version,
        complex: b.complex,
        facts: known.facts,
        archived: known.archived,
        open_requests: b.open_requests,
        entrances,
        units,
    })
}

struct Known {
    facts: BuildingFacts,
    version: i32,
    archived: bool,
}

async fn load(tx: &mut Tx, scope: &Scope, id: BuildingId) -> Result<Known> {
    let b = sqlx::query!(
        "select complex_id, address, code, year, storeys, has_lift, area_cm2, networks, hint, latitude, longitude,
           version, archived_at from buildings where company_id = $1 and id = $2",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Known {
        facts: BuildingFacts {
            complex_id: b.complex_id.map(Into::into),
            address: b.address,
            code: b.code,
            year: b.year,
            storeys: b.storeys,
            has_lift: b.has_lift,
            area_cm2: b.area_cm2,
            networks: b.networks.iter().map(|n| word(n)).collect::<Result<_>>()?,
            hint: b.hint,
            latitude: b.latitude,
            longitude: b.longitude,
        },
        version: b.version,
        archived: b.archived_at.is_some(),
    })
}

/// What is known of a house, and its version.
pub(super) async fn facts(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<(BuildingFacts, i32)> {
    let scope = actor.scope(P::BuildingsRead)?;
    let known = load(&mut ctx.begin(actor).await?, &scope, id).await?;
    Ok((known.facts, known.version))
}

/// Takes the house for this transaction.
async fn lock(tx: &mut Tx, scope: &Scope, id: BuildingId, version: i32) -> Result<Known> {
    sqlx::query!("select id from buildings where company_id = $1 and id = $2 for update", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    let known = load(tx, scope, id).await?;
    if known.version == version { Ok(known) } else { Err(Code::Conflict.into()) }
}

/// A house under management that this transaction may add to.
pub(super) async fn in_care(tx: &mut Tx, scope: &Scope, id: BuildingId) -> Result<()> {
    let archived = sqlx::query_scalar!(
        r#"select archived_at is not null as "archived!" from buildings where company_id = $1 and id = $2 for update"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if archived { Err(Error::field("/building_id", "archived")) } else { Ok(()) }
}

/// What is written, in the form in which it is kept.
async fn clean(tx: &mut Tx, scope: &Scope, command: &BuildingFacts) -> Result<BuildingFacts> {
    validate::check(command)?;
    if command.latitude.is_some() != command.longitude.is_some() {
        return Err(Error::field(if command.latitude.is_none() { "/latitude" } else { "/longitude" }, "required"));
    }
    if let Some(complex) = command.complex_id {
        sqlx::query!(
            "select id from complexes where company_id = $1 and id = $2 and archived_at is null for share",
            scope.company(),
            complex.0
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(|| Error::field("/complex_id", "unknown"))?;
    }
    let mut networks = command.networks.clone();
    networks.sort_unstable();
    networks.dedup();
    let address = command.address.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(BuildingFacts { address, networks, hint: some_text(command.hint.as_deref()), ..command.clone() })
}

/// Takes a house under management.
///
/// # Errors
/// `invalid` on `/address` or `/code` when another house has it.
pub async fn create_building(ctx: &Ctx, actor: &Actor, command: &BuildingFacts) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (id, facts) = (BuildingId(new_id()), clean(&mut tx, &scope, command).await?);
    let networks: Vec<String> = facts.networks.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into buildings (id, company_id, complex_id, address, code, year, storeys, has_lift, area_cm2, networks,
           hint, latitude, longitude) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id.0,
        scope.company(),
        facts.complex_id.map(|c| c.0),
        facts.address,
        facts.code,
        facts.year,
        facts.storeys,
        facts.has_lift,
        facts.area_cm2,
        &networks,
        facts.hint,
        facts.latitude,
        facts.longitude
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &UNIQUE))?;
    tx.record("building.create", "building", id.0, None, Some(&facts)).await?;
    let card = card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

/// Replaces what is known of a house. Requests keep the address they were filed under.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on `/address` or `/code` when another house has it.
pub async fn update_building(
    ctx: &Ctx,
    actor: &Actor,
    id: BuildingId,
    version: i32,
    command: &BuildingFacts,
) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, version).await?;
    let facts = clean(&mut tx, &scope, command).await?;
    if tx.record("building.update", "building", id.0, Some(&known.facts), Some(&facts)).await? {
        let networks: Vec<String> = facts.networks.iter().map(ToString::to_string).collect();
        sqlx::query!(
            "update buildings set complex_id = $3, address = $4, code = $5, year = $6, storeys = $7, has_lift = $8,
               area_cm2 = $9, networks = $10, hint = $11, latitude = $12, longitude = $13, version = version + 1
             where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            facts.complex_id.map(|c| c.0),
            facts.address,
            facts.code,
            facts.year,
            facts.storeys,
            facts.has_lift,
            facts.area_cm2,
            &networks,
            facts.hint,
            facts.latitude,
            facts.longitude
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

/// Puts a house away when the company no longer manages it, or takes it back. In the archive it is in no list and no
/// search, nothing can be filed about it and its people no longer have it as their home; everything known stays.
///
/// # Errors
/// `in_use` while requests about it are open; `conflict` when somebody changed it meanwhile.
pub async fn set_building_archived(
    ctx: &Ctx,
    actor: &Actor,
    id: BuildingId,
    version: i32,
    archived: bool,
) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let known = lock(&mut tx, &scope, id, version).await?;
    let open = card(&mut tx, &scope, id).await?.open_requests;
    if archived && open > 0 {
        return Err(in_use("/open_requests", "open_requests", open.into()));
    }
    let action = if archived { "building.archive" } else { "building.restore" };
    let (before, now) = (Archived { archived: known.archived }, tx.now());
    if tx.record(action, "building", id.0, Some(&before), Some(&Archived { archived })).await? {
        sqlx::query!(
            "update buildings set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
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
