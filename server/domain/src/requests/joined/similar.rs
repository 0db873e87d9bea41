//! Open requests that may be about the same.

use super::{REF, read_ref};
use crate::{Actor, Ctx, Result, error::word, requests::list};
use chrono::TimeDelta;
use model::{
    Permission as P,
    requests::{Nearness, SimilarQuery, SimilarRequest},
};
use sqlx::{Postgres, QueryBuilder, Row};

/// Older open requests are hardly about the same trouble.
const LATELY: TimeDelta = TimeDelta::days(14);
const SIMILAR: i64 = 8;

/// Open requests of the last two weeks at the same place: of the same category in the house, or of any in the flat.
/// The nearest first.
///
/// # Errors
/// `invalid` without a place.
pub async fn similar(ctx: &Ctx, actor: &Actor, query: &SimilarQuery) -> Result<Vec<SimilarRequest>> {
    let scope = actor.scope(P::RequestsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let since = tx.now() - LATELY;
    let place = sqlx::query!(
        r#"select building_id as "building!", entrance_id from units where company_id = $1 and id = $2
           union all select id, null::uuid from buildings where company_id = $1 and id = $3 and $2::uuid is null"#,
        scope.company(),
        query.unit_id.map(|u| u.0),
        query.building_id.map(|b| b.0)
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(place) = place else { return Ok(Vec::new()) };
    let category = query.category.map(model::requests::Category::as_str);
    let mut sql = QueryBuilder::<Postgres>::new(format!("select {REF}, case when r.unit_id = "));
    sql.push_bind(query.unit_id.map(|u| u.0)).push(" then 'unit' when r.entrance_id = ");
    sql.push_bind(place.entrance_id).push(" then 'entrance' else 'house' end as nearness, coalesce(r.category = ");
    sql.push_bind(category).push(", false) as same from requests r where ");
    list::within(&mut sql, &scope);
    sql.push(" and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned') and r.building_id = ");
    sql.push_bind(place.building).push(" and r.created_at > ").push_bind(since);
    sql.push(" and r.id is distinct from ").push_bind(query.except.map(|id| id.0));
    sql.push(" and (r.unit_id = ").push_bind(query.unit_id.map(|u| u.0));
    sql.push(" or r.category = ").push_bind(category).push(") order by ");
    sql.push("coalesce(r.unit_id = ").push_bind(query.unit_id.map(|u| u.0));
    sql.push(", false) desc, same desc, coalesce(r.entrance_id = ").push_bind(place.entrance_id);
    sql.push(", false) desc, r.created_at desc limit ").push_bind(SIMILAR);
    sql.build()
        .fetch_all(tx.conn())
        .await?
        .iter()
        .map(|row| {
            let nearness: Nearness = word(row.try_get("nearness")?)?;
            Ok(SimilarRequest { nearness, same_category: row.try_get("same")?, request: read_ref(row)? })
        })
        .collect()
}
