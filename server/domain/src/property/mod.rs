//! Houses: read pages, the homes of a resident, and finding a place for a request.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word};
use model::{
    BuildingId, Code, EntranceId, Permission as P, UnitId,
    property::{BuildingCard, BuildingRow, EntranceRow, Home, Place, UnitRow},
    requests::CreateRequest,
};

/// All buildings with their size and open requests, by address.
pub async fn buildings(ctx: &Ctx, actor: &Actor) -> Result<Vec<BuildingRow>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select b.id, b.complex_id, c.name as "complex?", b.address, b.storeys,
             (select count(*) from entrances e where e.company_id = b.company_id and e.building_id = b.id)::int as "entrances!",
             (select count(*) from units u where u.company_id = b.company_id and u.building_id = b.id)::int as "units!",
             (select count(*) from requests r where r.company_id = b.company_id and r.building_id = b.id
                and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::int as "open_requests!"
           from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
           where b.company_id = $1 order by b.address"#,
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|b| BuildingRow {
            id: b.id.into(),
            complex_id: b.complex_id.map(Into::into),
            complex: b.complex,
            address: b.address,
            storeys: b.storeys,
            entrances: b.entrances,
            units: b.units,
            open_requests: b.open_requests,
        })
        .collect())
}

/// One building with its entrances and units.
pub async fn building(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<BuildingCard> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let b = sqlx::query!(
        r#"select b.id, c.name as "complex?", b.address, b.year, b.storeys, b.has_lift, b.hint
           from buildings b left join complexes c on c.company_id = b.company_id and c.id = b.complex_id
           where b.company_id = $1 and b.id = $2"#,
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let entrances = sqlx::query!(
        "select id, number from entrances where company_id = $1 and building_id = $2 order by number",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|e| EntranceRow { id: e.id.into(), number: e.number })
    .collect();
    let units = sqlx::query!(
        r#"select u.id, u.kind, u.number, e.number as "entrance?", u.floor, u.rooms, u.area_cm2,
             (select a.number from personal_accounts a where a.company_id = u.company_id and a.unit_id = u.id
                and a.closed_on is null limit 1) as account,
             (select count(*) from residencies r where r.company_id = u.company_id and r.unit_id = u.id
                and r.until_on is null)::int as "people!",
             (select count(*) from requests q where q.company_id = u.company_id and q.unit_id = u.id
                and q.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned'))::int as "open_requests!"
           from units u left join entrances e on e.company_id = u.company_id and e.id = u.entrance_id
           where u.company_id = $1 and u.building_id = $2 order by u.kind, length(u.number), u.number"#,
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|u| {
        Ok(UnitRow {
            id: u.id.into(),
            kind: word(&u.kind)?,
            number: u.number,
            entrance: u.entrance,
            floor: u.floor,
            rooms: u.rooms,
            area_cm2: u.area_cm2,
            account: u.account,
            people: u.people,
            open_requests: u.open_requests,
        })
    })
    .collect::<Result<_>>()?;
    Ok(BuildingCard {
        id,
        complex: b.complex,
        address: b.address,
        year: b.year,
        storeys: b.storeys,
        has_lift: b.has_lift,
        hint: b.hint,
        entrances,
        units,
    })
}

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
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null order by r.since_on, u.id"#,
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
    let flat = words.last().filter(|w| words.len() > 1 && w.starts_with(|c: char| c.is_ascii_digit())).copied();
    let head: Vec<String> = words[..words.len() - 1].iter().map(|w| like(w)).collect();
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        r#"select b.id as "building_id!", u.id as "unit_id?", b.address || coalesce(', №' || u.number, '') as "address!"
           from buildings b
           left join units u on u.company_id = b.company_id and u.building_id = b.id and u.number = $3 and u.kind = 'flat'
           where b.company_id = $1
             and ((b.address ilike all($2) and u.id is null) or ($3::text is not null and u.id is not null and b.address ilike all($4)))
           order by u.id is null, b.address limit 12"#,
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

fn like(word: &str) -> String {
    format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Where a new request is.
pub(crate) struct Located {
    pub building_id: BuildingId,
    pub entrance_id: Option<EntranceId>,
    pub unit_id: Option<UnitId>,
    pub address: String,
}

/// Finds the place a command names. A resident may name only a home of theirs or its building, a dispatcher who works
/// for a zone only what lies in it.
pub(crate) async fn locate(tx: &mut Tx, scope: &Scope, command: &CreateRequest) -> Result<Located> {
    let (own, zone) = (scope.own_contact().map(|c| c.0), scope.zone());
    let row = sqlx::query!(
        r#"select b.id as building_id, u.id as "unit_id?", coalesce(e.id, u.entrance_id) as entrance_id,
             b.address || coalesce(', №' || u.number, '') as "address!"
           from buildings b
           left join units u on u.company_id = b.company_id and u.building_id = b.id and u.id = $2
           left join entrances e on e.company_id = b.company_id and e.building_id = b.id and e.id = $4
           where b.company_id = $1
             and b.id = coalesce((select building_id from units where company_id = $1 and id = $2), $3)
             and ($2::uuid is null or u.id is not null)
             and ($4::uuid is null or e.id is not null)
             and ($6::uuid[] is null or b.id = any($6))
             and ($5::uuid is null or exists (
               select from residencies r join units h on h.company_id = r.company_id and h.id = r.unit_id
               where r.company_id = $1 and r.contact_id = $5 and r.until_on is null
                 and h.building_id = b.id and ($2::uuid is null or h.id = $2)))"#,
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

/// The flat of a building by its number, for forms that work without suggestions.
pub async fn unit_by_number(ctx: &Ctx, actor: &Actor, building: BuildingId, number: &str) -> Result<Option<UnitId>> {
    let scope = actor.scope(P::BuildingsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let id = sqlx::query_scalar!(
        "select id from units where company_id = $1 and building_id = $2 and kind = 'flat' and lower(number) = lower($3)",
        scope.company(),
        building.0,
        number
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(Into::into))
}
