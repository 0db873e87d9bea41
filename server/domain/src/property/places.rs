//! Where people live and where requests are: the homes of a resident, and finding a place.

use super::like;
use crate::{Actor, Ctx, Error, Result, Scope, Tx};
use model::{
    BuildingId, Code, EntranceId, Permission as P, UnitId,
    property::{Home, Place, unit_number},
    requests::CreateRequest,
};

/// The current homes of the signed-in resident.
pub async fn homes(ctx: &Ctx, actor: &Actor) -> Result<Vec<Home>> {
    let scope = actor.scope(P::RequestsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select u.id, u.building_id, u.entrance_id, b.address || ', №' || u.number as "address!",
             (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id
                and a.closed_on is null limit 1) as account
           from residencies r
           join units u on u.company_id = r.company_id and u.id = r.unit_id
           join buildings b on b.company_id = u.company_id and b.id = u.building_id
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null
             and u.archived_at is null and b.archived_at is null order by r.since_on, u.id"#,
        scope.company(),
        contact.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|h| Home {
            unit_id: h.id.into(),
            building_id: h.building_id.into(),
            entrance_id: h.entrance_id.map(Into::into),
            address: h.address,
            account: h.account,
        })
        .collect())
}

/// Places whose address holds every word typed; a number at the end finds the flat (`Навои 12 45`).
pub async fn find_places(ctx: &Ctx, actor: &Actor, text: &str) -> Result<Vec<Place>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let words: Vec<&str> = text.split([' ', ',', '№']).filter(|w| !w.is_empty()).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let all: Vec<String> = words.iter().map(|w| like(w)).collect();
    let flat =
        words.last().filter(|w| words.len() > 1 && w.starts_with(|c: char| c.is_ascii_digit())).map(|w| unit_number(w));
    let head: Vec<String> = words[..words.len() - 1].iter().map(|w| like(w)).collect();
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select b.id as "building_id!", u.id as "unit_id?", b.address || coalesce(', №' || u.number, '') as "address!"
           from buildings b
           left join units u on u.company_id = b.company_id and u.building_id = b.id and u.number = $3
             and u.kind in ('flat', 'apartment') and u.archived_at is null
           where b.company_id = $1 and b.archived_at is null
             and ((b.address ilike all($2) and u.id is null) or ($3::text is not null and u.id is not null and b.address ilike all($4)))
           order by u.id is null, b.sort_key limit 12"#,
        scope.company(),
        &all,
        flat,
        &head
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|p| Place { building_id: p.building_id.into(), unit_id: p.unit_id.map(Into::into), address: p.address })
        .collect())
}

/// Where a new request is.
pub(crate) struct Located {
    pub building_id: BuildingId,
    pub entrance_id: Option<EntranceId>,
    pub unit_id: Option<UnitId>,
    pub address: String,
}

/// Finds the place a command names. A resident may name only a home of theirs or its building, a dispatcher who works
/// for a zone only what lies in it. The house is held, so
/// that it is not put into the archive while something is filed about it.
pub(crate) async fn locate(tx: &mut Tx, scope: &Scope, command: &CreateRequest) -> Result<Located> {
    let (own, zone) = (scope.own_contact().map(|c| c.0), scope.zone());
    let row = sqlx::query!(
        r#"select b.id as building_id, u.id as "unit_id?", coalesce(e.id, u.entrance_id) as entrance_id,
             b.address || coalesce(', №' || u.number, '') as "address!"
           from buildings b
           left join units u on u.company_id = b.company_id and u.building_id = b.id and u.id = $2
           left join entrances e on e.company_id = b.company_id and e.building_id = b.id and e.id = $4
           where b.company_id = $1 and b.archived_at is null and u.archived_at is null
             and b.id = coalesce((select building_id from units where company_id = $1 and id = $2), $3)
             and ($2::uuid is null or u.id is not null)
             and ($4::uuid is null or e.id is not null)
             and ($6::uuid[] is null or b.id = any($6))
             and ($5::uuid is null or exists (
               select from residencies r join units h on h.company_id = r.company_id and h.id = r.unit_id
               where r.company_id = $1 and r.contact_id = $5 and r.until_on is null and h.archived_at is null
                 and h.building_id = b.id and ($2::uuid is null or h.id = $2)))
           for key share of b"#,
        scope.company(),
        command.unit_id.map(|u| u.0),
        command.building_id.map(|b| b.0),
        command.entrance_id.map(|e| e.0),
        own,
        zone.as_deref()
    )
    .fetch_optional(tx.conn())
    .await?;
    let field = if command.unit_id.is_some() { "/unit_id" } else { "/building_id" };
    let missing =
        if command.unit_id.or(command.building_id.map(|b| UnitId(b.0))).is_none() { "required" } else { "unknown" };
    let row = row.ok_or_else(|| Error::field(field, missing))?;
    Ok(Located {
        building_id: row.building_id.into(),
        entrance_id: row.entrance_id.map(Into::into),
        unit_id: row.unit_id.map(Into::into),
        address: row.address,
    })
}

/// The entrance of a building by its number, for forms that work without suggestions.
pub async fn entrance_by_number(
    ctx: &Ctx,
    actor: &Actor,
    building: BuildingId,
    number: i16,
) -> Result<Option<EntranceId>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let id = sqlx::query_scalar!(
        "select id from entrances where company_id = $1 and building_id = $2 and number = $3",
        scope.company(),
        building.0,
        number
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}

/// The flat of a building by its number, for forms that work without suggestions.
pub async fn unit_by_number(ctx: &Ctx, actor: &Actor, building: BuildingId, number: &str) -> Result<Option<UnitId>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let id = sqlx::query_scalar!(
        "select id from units where company_id = $1 and building_id = $2 
           and kind in ('flat', 'apartment') and archived_at is null and lower(number) = lower($3)",
        scope.company(),
        building.0,
        unit_number(number)
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}
