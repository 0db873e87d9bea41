//! Risers (стояки): what feeds flats one above another. "Closing riser R2" names exactly its units.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, property::some_text};
use model::{
    BuildingId, Code, FieldError, Permission as P, RiserId, UnitId,
    outages::{GenerateRisers, RiserFacts, RiserRow, RiserUnit},
    validate,
};
use platform::ids::new_id;
use serde::Serialize;
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

const UNIQUE: [(&str, &str); 1] = [("risers_name", "/name")];

/// The risers of a house.
///
/// # Errors
/// `not_found` for missing and foreign houses alike.
pub async fn risers(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<Vec<RiserRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    sqlx::query_scalar!("select id from buildings where company_id = $1 and id = $2", scope.company(), id.0)
        .fetch_one(tx.conn())
        .await?;
    of_house(&mut tx, &scope, id).await
}

/// The risers of a house in use, by resource, entrance and name.
pub(super) async fn of_house(tx: &mut Tx, scope: &Scope, id: BuildingId) -> Result<Vec<RiserRow>> {
    let rows = sqlx::query!(
        r#"select r.id, r.version, r.resource, r.entrance_id, e.number as "entrance?", r.name
           from risers r left join entrances e on e.company_id = r.company_id and e.id = r.entrance_id
           where r.company_id = $1 and r.building_id = $2 and r.archived_at is null
           order by r.resource, e.number nulls first, natural_key(r.name) collate "C", r.id"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let mut units: HashMap<Uuid, Vec<RiserUnit>> = HashMap::new();
    let on = sqlx::query!(
        "select h.riser_id, u.id, u.number from riser_units h
         join risers r on r.company_id = h.company_id and r.id = h.riser_id
         join units u on u.company_id = h.company_id and u.id = h.unit_id
         where h.company_id = $1 and r.building_id = $2 and r.archived_at is null and u.archived_at is null
         order by u.sort_key, u.id",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    for unit in on {
        units.entry(unit.riser_id).or_default().push(RiserUnit { id: unit.id.into(), number: unit.number });
    }
    rows.into_iter()
        .map(|r| {
            Ok(RiserRow {
                id: r.id.into(),
                version: r.version,
                building_id: id,
                resource: word(&r.resource)?,
                entrance_id: r.entrance_id.map(Into::into),
                entrance: r.entrance,
                name: r.name,
                units: units.remove(&r.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// A unit as the generator sees it.
struct Flat {
    id: Uuid,
    entrance: Uuid,
    floor: i16,
}

/// Which flats hang on which riser: the first of each floor of an entrance on its first, the second on its second.
/// Pure, so that the demo city stands on the same pipes.
fn stack(flats: &[Flat]) -> BTreeMap<(Uuid, usize), Vec<Uuid>> {
    let mut floors: HashMap<(Uuid, i16), usize> = HashMap::new();
    let mut stacks: BTreeMap<(Uuid, usize), Vec<Uuid>> = BTreeMap::new();
    for flat in flats {
        let position = floors.entry((flat.entrance, flat.floor)).or_default();
        *position += 1;
        stacks.entry((flat.entrance, *position)).or_default().push(flat.id);
    }
    stacks
}

/// Makes the risers of a house: `R1`, `R2` … in each entrance, one for each position on the floor.
///
/// # Errors
/// `in_use` on `/resources/N` when the house has risers of that resource; `invalid` when no flat has an entrance and a
/// floor.
pub async fn generate_risers(
    ctx: &Ctx,
    actor: &Actor,
    id: BuildingId,
    command: &GenerateRisers,
) -> Result<Vec<RiserRow>> {
    let scope = actor.scope(P::BuildingsManage)?;
    validate::check(command)?;
    let mut tx = ctx.begin(actor).await?;
    hold_house(&mut tx, &scope, id).await?;
    let known = of_house(&mut tx, &scope, id).await?;
    let taken = |resource| i64::try_from(known.iter().filter(|r| r.resource == resource).count()).unwrap_or(i64::MAX);
    if let Some((i, count)) = command.resources.iter().map(|r| taken(*r)).enumerate().find(|(_, count)| *count > 0) {
        let field = FieldError { limit: Some(count), ..FieldError::new(format!("/resources/{i}"), "has_risers") };
        return Err(Error::Failure(model::Failure { fields: vec![field], ..model::Failure::new(Code::InUse) }));
    }
    let flats: Vec<Flat> = sqlx::query!(
        r#"select id, entrance_id as "entrance!", floor as "floor!" from units
           where company_id = $1 and building_id = $2 and archived_at is null and kind in ('flat', 'apartment')
             and entrance_id is not null and floor is not null order by sort_key, id"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|u| Flat { id: u.id, entrance: u.entrance, floor: u.floor })
    .collect();
    if flats.is_empty() {
        return Err(Error::field("/resources", "no_units"));
    }
    let stacks = stack(&flats);
    let mut asked = HashSet::new();
    for resource in command.resources.iter().copied().filter(|resource| asked.insert(*resource)) {
        for ((entrance, position), units) in &stacks {
            let facts = RiserFacts {
                resource,
                entrance_id: Some((*entrance).into()),
                name: format!("R{position}"),
                unit_ids: units.iter().copied().map(Into::into).collect(),
            };
            insert(&mut tx, &scope, id, &facts).await?;
        }
    }
    let made = json!({ "risers": stacks.len() * asked.len(), "resources": asked.iter().collect::<Vec<_>>() });
    tx.record("building.risers", "building", id.0, None, Some(&made)).await?;
    let all = of_house(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(all)
}

async fn hold_house(tx: &mut Tx, scope: &Scope, id: BuildingId) -> Result<()> {
    sqlx::query_scalar!(
        "select id from buildings where company_id = $1 and id = $2 and archived_at is null for no key update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

async fn insert(tx: &mut Tx, scope: &Scope, building: BuildingId, facts: &RiserFacts) -> Result<RiserId> {
    let id = RiserId(new_id());
    sqlx::query!(
        "insert into risers (id, company_id, building_id, entrance_id, resource, name) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        scope.company(),
        building.0,
        facts.entrance_id.map(|e| e.0),
        facts.resource.as_str(),
        facts.name
    )
    .execute(tx.conn())
    .await
    .map_err(|e| crate::property::taken(e, &UNIQUE))?;
    hang(tx, scope, id, &facts.unit_ids).await?;
    Ok(id)
}

async fn hang(tx: &mut Tx, scope: &Scope, id: RiserId, units: &[UnitId]) -> Result<()> {
    let units: Vec<Uuid> = units.iter().map(|u| u.0).collect();
    sqlx::query!(
        "insert into riser_units (company_id, riser_id, unit_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        scope.company(),
        id.0,
        &units
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds one riser to a house.
///
/// # Errors
/// `invalid` on an entrance or unit that is not of the house, or a name that is taken.
pub async fn create_riser(ctx: &Ctx, actor: &Actor, building: BuildingId, command: &RiserFacts) -> Result<RiserRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    hold_house(&mut tx, &scope, building).await?;
    let facts = clean(&mut tx, &scope, building, command).await?;
    let id = insert(&mut tx, &scope, building, &facts).await?;
    let row = one(&mut tx, &scope, building, id).await?;
    tx.record("riser.create", "riser", id.0, None, Some(&Said::of(&row))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Changes a riser. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; otherwise as [`create_riser`].
pub async fn update_riser(
    ctx: &Ctx,
    actor: &Actor,
    id: RiserId,
    version: i32,
    command: &RiserFacts,
) -> Result<RiserRow> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let building = lock(&mut tx, &scope, id, version).await?;
    let facts = clean(&mut tx, &scope, building, command).await?;
    let before = Said::of(&one(&mut tx, &scope, building, id).await?);
    sqlx::query!(
        "update risers set entrance_id = $3, resource = $4, name = $5, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        facts.entrance_id.map(|e| e.0),
        facts.resource.as_str(),
        facts.name
    )
    .execute(tx.conn())
    .await
    .map_err(|e| crate::property::taken(e, &UNIQUE))?;
    sqlx::query!("delete from riser_units where company_id = $1 and riser_id = $2", scope.company(), id.0)
        .execute(tx.conn())
        .await?;
    hang(&mut tx, &scope, id, &facts.unit_ids).await?;
    let row = one(&mut tx, &scope, building, id).await?;
    tx.record("riser.update", "riser", id.0, Some(&before), Some(&Said::of(&row))).await?;
    tx.commit().await?;
    Ok(row)
}

/// Puts a riser away; outages that named it still do.
///
/// # Errors
/// `in_use` while an outage that is not over names it.
pub async fn archive_riser(ctx: &Ctx, actor: &Actor, id: RiserId, version: i32) -> Result<()> {
    let scope = actor.scope(P::BuildingsManage)?;
    let mut tx = ctx.begin(actor).await?;
    let building = lock(&mut tx, &scope, id, version).await?;
    let live = sqlx::query_scalar!(
        r#"select count(*) as "live!" from outage_places p join outages o on o.company_id = p.company_id and o.id = p.outage_id
           where p.company_id = $1 and p.riser_id = $2 and o.status in ('planned', 'running')"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if live > 0 {
        let field = FieldError { limit: Some(live), ..FieldError::new("/outages", "has_outages") };
        return Err(Error::Failure(model::Failure { fields: vec![field], ..model::Failure::new(Code::InUse) }));
    }
    let before = Said::of(&one(&mut tx, &scope, building, id).await?);
    let now = tx.now();
    sqlx::query!(
        "update risers set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("riser.archive", "riser", id.0, Some(&before), None).await?;
    tx.commit().await
}

async fn lock(tx: &mut Tx, scope: &Scope, id: RiserId, version: i32) -> Result<BuildingId> {
    let row = sqlx::query!(
        "select building_id, version from risers where company_id = $1 and id = $2 and archived_at is null for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Err(Code::Conflict.into());
    }
    Ok(row.building_id.into())
}

async fn one(tx: &mut Tx, scope: &Scope, building: BuildingId, id: RiserId) -> Result<RiserRow> {
    let all = of_house(tx, scope, building).await?;
    all.into_iter().find(|riser| riser.id == id).ok_or_else(|| Code::NotFound.into())
}

/// What is written, checked: the entrance and every unit are of this house.
async fn clean(tx: &mut Tx, scope: &Scope, building: BuildingId, command: &RiserFacts) -> Result<RiserFacts> {
    let mut facts = command.clone();
    facts.name = some_text(Some(&command.name)).unwrap_or_default();
    let mut seen = HashSet::new();
    facts.unit_ids.retain(|unit| seen.insert(*unit));
    validate::check(&facts)?;
    let wanted: Vec<Uuid> = facts.unit_ids.iter().map(|u| u.0).collect();
    let entrance = facts.entrance_id.map(|e| e.0);
    let found = sqlx::query!(
        r#"select $3::uuid is null or exists (select from entrances where company_id = $1 and building_id = $2 and id = $3) as "entrance!",
             array(select id from units where company_id = $1 and building_id = $2 and archived_at is null and id = any($4)) as "units!""#,
        scope.company(),
        building.0,
        entrance,
        &wanted
    )
    .fetch_one(tx.conn())
    .await?;
    if !found.entrance {
        return Err(Error::field("/entrance_id", "unknown"));
    }
    match wanted.iter().position(|unit| !found.units.contains(unit)) {
        Some(i) => Err(Error::field(&format!("/unit_ids/{i}"), "unknown")),
        None => Ok(facts),
    }
}

/// What the audit keeps of a riser.
#[derive(Serialize)]
struct Said {
    name: String,
    resource: String,
    entrance: Option<i16>,
    units: Vec<String>,
}

impl Said {
    fn of(row: &RiserRow) -> Self {
        Self {
            name: row.name.clone(),
            resource: row.resource.to_string(),
            entrance: row.entrance,
            units: row.units.iter().map(|unit| unit.number.clone()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flats_above_one_another_share_a_riser() {
        let id = Uuid::from_u128;
        let flat = |n, entrance, floor| Flat { id: id(n), entrance: id(entrance), floor };
        // Two a floor, but three on the second; another entrance keeps to itself.
        let flats = [
            flat(1, 100, 1),
            flat(2, 100, 1),
            flat(3, 100, 2),
            flat(4, 100, 2),
            flat(5, 100, 2),
            flat(6, 100, 3),
            flat(7, 200, 1),
        ];
        let stacks = stack(&flats);
        assert_eq!(stacks[&(id(100), 1)], [id(1), id(3), id(6)]);
        assert_eq!(stacks[&(id(100), 2)], [id(2), id(4)]);
        assert_eq!(stacks[&(id(100), 3)], [id(5)]);
        assert_eq!(stacks[&(id(200), 1)], [id(7)]);
    }
}
