//! A house's units all at once: made from a few numbers, and renumbered.

use super::{
    buildings::in_care,
    taken,
    units::{UNIQUE, entrance, lock},
};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, property::building};
use model::{
    BuildingId, Code, Permission as P, UnitId,
    property::{BuildingCard, ChartPlan, NumberError, PlannedUnit, Renumber, renumbered, unit_number},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Makes all units of a plan, in one transaction.
///
/// # Errors
/// `invalid` on `/first_number` when the house has one of the numbers already, and on the plan's own fields.
pub async fn generate(ctx: &Ctx, actor: &Actor, id: BuildingId, plan: &ChartPlan) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let units = plan.units()?;
    let mut tx = ctx.begin(actor).await?;
    in_care(&mut tx, &scope, id).await?;
    let numbers: BTreeSet<i16> = units.iter().filter_map(|unit| unit.entrance).collect();
    let mut entrances = BTreeMap::new();
    for number in numbers {
        entrances.insert(number, entrance(&mut tx, &scope, id, number).await?);
    }
    insert(&mut tx, &scope, id, &units, &entrances).await?;
    let (before, after) = (json!({ "units": null }), json!({ "units": units.len(), "plan": plan }));
    tx.record("building.generate", "building", id.0, Some(&before), Some(&after)).await?;
    tx.commit().await?;
    building(ctx, actor, id).await
}

async fn insert(
    tx: &mut Tx,
    scope: &Scope,
    building: BuildingId,
    units: &[PlannedUnit],
    entrances: &BTreeMap<i16, Uuid>,
) -> Result<()> {
    let ids: Vec<Uuid> = units.iter().map(|_| new_id()).collect();
    let rooms: Vec<Option<Uuid>> =
        units.iter().map(|unit| unit.entrance.and_then(|number| entrances.get(&number).copied())).collect();
    let kinds: Vec<String> = units.iter().map(|unit| unit.kind.to_string()).collect();
    let numbers: Vec<String> = units.iter().map(|unit| unit.number.clone()).collect();
    let floors: Vec<i16> = units.iter().map(|unit| unit.floor).collect();
    sqlx::query!(
        "insert into units (id, company_id, building_id, entrance_id, kind, number, floor)
         select n.id, $1, $2, n.entrance, n.kind, n.number, n.floor
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::smallint[])
           as n(id, entrance, kind, number, floor)",
        scope.company(),
        building.0,
        &ids,
        &rooms as &[Option<Uuid>],
        &kinds,
        &numbers,
        &floors
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &[(UNIQUE[0].0, "/first_number"), (UNIQUE[1].0, "/first_number")]))?;
    let changes: Vec<serde_json::Value> = units
        .iter()
        .map(|unit| json!({ "kind": [null, unit.kind], "number": [null, unit.number], "entrance": [null, unit.entrance], "floor": [null, unit.floor] }))
        .collect();
    audit_all(tx, "unit.create", &ids, &changes).await
}

/// One audit row for each unit, in one statement.
async fn audit_all(tx: &mut Tx, action: &str, ids: &[Uuid], changes: &[serde_json::Value]) -> Result<()> {
    let rows: Vec<Uuid> = ids.iter().map(|_| new_id()).collect();
    let (actor, now) = (tx.actor().clone(), tx.now());
    sqlx::query!(
        "insert into audit_log (id, company_id, at, actor_id, actor_name, actor_role, door, action, object_type, object_id, changes)
         select n.id, $1, $2, $3, $4, $5, $6, $7, 'unit', n.object_id, n.changes
         from unnest($8::uuid[], $9::uuid[], $10::jsonb[]) as n(id, object_id, changes)",
        actor.company_id().0,
        now,
        actor.user_id().map(|u| u.0),
        actor.name(),
        actor.role().as_str(),
        actor.door().as_str(),
        action,
        &rows,
        ids,
        changes
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives a unit another number and, when asked, the units after it the numbers that follow: those of the same kind
/// (flats and apartments count as one), by entrance, floor and number. A unit with a letter keeps it.
///
/// # Errors
/// `conflict` when somebody changed the unit meanwhile; `invalid` on `/number` when a unit that stays as it is, or one
/// in the archive, has a number that is needed, or when there is nothing to count on from.
pub async fn renumber(ctx: &Ctx, actor: &Actor, id: UnitId, version: i32, command: &Renumber) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsManage)?;
    let command = Renumber { number: unit_number(&command.number), ..command.clone() };
    validate::check(&command)?;
    let mut tx = ctx.begin(actor).await?;
    let first = lock(&mut tx, &scope, id, None).await?;
    in_care(&mut tx, &scope, first.building_id).await?;
    if first.version != version {
        return Err(Code::Conflict.into());
    }
    let chain = following(&mut tx, &scope, first.building_id, id, command.following).await?;
    let old: Vec<String> = chain.iter().map(|(_, number)| number.clone()).collect();
    let new = if command.following {
        renumbered(&command.number, &old).map_err(|error| match error {
            NumberError::NotANumber => Error::field("/number", "no_digits"),
            NumberError::TooLong => Error::field("/number", "too_long"),
        })?
    } else {
        vec![command.number]
    };
    let changed: Vec<(Uuid, &String, &String)> =
        chain.iter().zip(&new).filter(|((_, old), new)| old != *new).map(|((id, old), new)| (*id, old, new)).collect();
    write(&mut tx, &scope, &changed).await?;
    tx.commit().await?;
    building(ctx, actor, first.building_id).await
}

/// The unit and, when asked, those after it, locked in the order in which they are numbered.
async fn following(
    tx: &mut Tx,
    scope: &Scope,
    building: BuildingId,
    first: UnitId,
    all: bool,
) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"with place as (
             select u.id, u.number, case when u.kind = 'apartment' then 'flat' else u.kind end as kind,
               row_number() over (order by e.number nulls last, u.floor nulls last, u.sort_key, u.id) as at
             from units u left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
             where u.company_id = $1 and u.building_id = $2 and u.archived_at is null)
           select p.id, p.number from place p, place f
           where f.id = $3 and p.kind = f.kind and (p.id = f.id or ($4 and p.at > f.at)) order by p.at"#,
        scope.company(),
        building.0,
        first.0,
        all
    )
    .fetch_all(tx.conn())
    .await?;
    if rows.is_empty() {
        return Err(Error::field("/number", "archived"));
    }
    Ok(rows.into_iter().map(|r| (r.id, r.number)).collect())
}

async fn write(tx: &mut Tx, scope: &Scope, changed: &[(Uuid, &String, &String)]) -> Result<()> {
    let ids: Vec<Uuid> = changed.iter().map(|(id, ..)| *id).collect();
    let numbers: Vec<String> = changed.iter().map(|(.., new)| (*new).clone()).collect();
    // Out of the way first: numbers move over each other, and each statement is checked row by row.
    sqlx::query!(
        "update units u set number = '~' || n.at from unnest($2::uuid[]) with ordinality as n(id, at)
         where u.company_id = $1 and u.id = n.id",
        scope.company(),
        &ids
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "update units u set number = n.number, version = u.version + 1 from unnest($2::uuid[], $3::text[]) as n(id, number)
         where u.company_id = $1 and u.id = n.id",
        scope.company(),
        &ids,
        &numbers
    )
    .execute(tx.conn())
    .await
    .map_err(|e| taken(e, &UNIQUE))?;
    let changes: Vec<serde_json::Value> = changed.iter().map(|(_, old, new)| json!({ "number": [old, new] })).collect();
    audit_all(tx, "unit.renumber", &ids, &changes).await
}
