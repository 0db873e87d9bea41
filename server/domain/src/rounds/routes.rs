//! Routes: the points of a round, in order.

use crate::{Actor, Ctx, Error, Result, Tx, error::word, plans::unknown_place};
use model::{
    Code, Permission as P, RouteId,
    plans::PlaceName,
    rounds::{RouteCard, RouteFacts, RoutePoint},
    validate,
};
use platform::ids::new_id;
use uuid::Uuid;

/// The routes in use with their points, by name.
pub async fn routes(ctx: &Ctx, actor: &Actor) -> Result<Vec<RouteCard>> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let heads = sqlx::query!(
        "select id, version, name from routes where company_id = $1 and archived_at is null order by lower(name), id",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = Vec::with_capacity(heads.len());
    for head in heads {
        let (points, addresses) = points(&mut tx, head.id.into()).await?;
        let facts = RouteFacts { name: head.name, points };
        all.push(RouteCard { id: head.id.into(), version: head.version, facts, addresses });
    }
    Ok(all)
}

async fn points(tx: &mut Tx, id: RouteId) -> Result<(Vec<RoutePoint>, Vec<PlaceName>)> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select p.*, b.address, e.number as "entrance?" from route_points p
           join buildings b on b.company_id = p.company_id and b.id = p.building_id
           left join entrances e on e.company_id = p.company_id and e.id = p.entrance_id
           where p.company_id = $1 and p.route_id = $2 order by p.position"#,
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
    for row in rows {
        all.0.push(RoutePoint {
            building_id: row.building_id.into(),
            entrance_id: row.entrance_id.map(Into::into),
            place: row.place,
            question: row.question,
            answer: word(&row.answer)?,
            unit: row.unit,
            photo_required: row.photo_required,
            category: word(&row.category)?,
        });
        all.1.push(PlaceName { address: row.address, entrance: row.entrance });
    }
    Ok(all)
}

/// Makes a route.
///
/// # Errors
/// `invalid` on places the company does not have.
pub async fn create_route(ctx: &Ctx, actor: &Actor, command: &RouteFacts) -> Result<RouteCard> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let facts = checked(&mut tx, command).await?;
    let (id, now) = (RouteId(new_id()), tx.now());
    sqlx::query!(
        "insert into routes (id, company_id, name, created_at) values ($1, $2, $3, $4)",
        id.0,
        scope.company(),
        facts.name,
        now
    )
    .execute(tx.conn())
    .await?;
    write(&mut tx, id, &facts).await?;
    tx.record("route.create", "route", id.0, None, Some(&facts)).await?;
    let (points, addresses) = points(&mut tx, id).await?;
    tx.commit().await?;
    Ok(RouteCard { id, version: 1, facts: RouteFacts { points, ..facts }, addresses })
}

/// Replaces a route. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` on places the company does not have.
pub async fn update_route(
    ctx: &Ctx,
    actor: &Actor,
    id: RouteId,
    version: i32,
    command: &RouteFacts,
) -> Result<RouteCard> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let old = lock(&mut tx, id, version).await?;
    let facts = checked(&mut tx, command).await?;
    let mut version = version;
    if tx.record("route.update", "route", id.0, Some(&old), Some(&facts)).await? {
        sqlx::query!(
            "update routes set name = $3, version = version + 1 where company_id = $1 and id = $2",
            scope.company(),
            id.0,
            facts.name
        )
        .execute(tx.conn())
        .await?;
        write(&mut tx, id, &facts).await?;
        version += 1;
    }
    let (points, addresses) = points(&mut tx, id).await?;
    tx.commit().await?;
    Ok(RouteCard { id, version, facts: RouteFacts { points, ..facts }, addresses })
}

/// Takes a route out of use; rounds that were given out stay.
pub async fn archive_route(ctx: &Ctx, actor: &Actor, id: RouteId, version: i32) -> Result<()> {
    let scope = actor.scope(P::PlansManage)?;
    let mut tx = ctx.begin(actor).await?;
    let old = lock(&mut tx, id, version).await?;
    let now = tx.now();
    sqlx::query!(
        "update routes set archived_at = $3, version = version + 1 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    tx.record("route.archive", "route", id.0, Some(&old), None).await?;
    tx.commit().await
}

async fn lock(tx: &mut Tx, id: RouteId, version: i32) -> Result<RouteFacts> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, name from routes where company_id = $1 and id = $2 and archived_at is null for update",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.version != version {
        return Err(Code::Conflict.into());
    }
    Ok(RouteFacts { name: row.name, points: points(tx, id).await?.0 })
}

async fn checked(tx: &mut Tx, command: &RouteFacts) -> Result<RouteFacts> {
    validate::check(command)?;
    let buildings: Vec<Uuid> = command.points.iter().map(|p| p.building_id.0).collect();
    let entrances: Vec<Option<Uuid>> = command.points.iter().map(|p| p.entrance_id.map(|e| e.0)).collect();
    if let Some(i) = unknown_place(tx, &buildings, &entrances).await? {
        return Err(Error::field(&format!("/points/{i}/building_id"), "unknown"));
    }
    let point = |p: &RoutePoint| RoutePoint {
        place: p.place.trim().to_owned(),
        question: p.question.trim().to_owned(),
        unit: p.unit.as_deref().map(str::trim).filter(|u| !u.is_empty()).map(str::to_owned),
        ..p.clone()
    };
    Ok(RouteFacts { name: command.name.trim().to_owned(), points: command.points.iter().map(point).collect() })
}

async fn write(tx: &mut Tx, id: RouteId, facts: &RouteFacts) -> Result<()> {
    let company = tx.actor().company_id().0;
    sqlx::query!("delete from route_points where company_id = $1 and route_id = $2", company, id.0)
        .execute(tx.conn())
        .await?;
    for (position, point) in (0_i32..).zip(&facts.points) {
        sqlx::query!(
            "insert into route_points (company_id, route_id, position, building_id, entrance_id, place, question, answer,
               unit, photo_required, category) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            company,
            id.0,
            position,
            point.building_id.0,
            point.entrance_id.map(|e| e.0),
            point.place,
            point.question,
            point.answer.as_str(),
            point.unit,
            point.photo_required,
            point.category.as_str()
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}
