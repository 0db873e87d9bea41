//! Where an outage is: houses, entrances, risers; and how many it hits.

use super::{queries, risers};
use crate::{Actor, Ctx, Error, Result, Tx};
use model::{
    BuildingId, Permission as P,
    outages::{HousePlaces, OutageFacts, OutagePlace, OutageReach, PlaceName, Resource},
    property::EntranceRow,
};
use uuid::Uuid;

/// Most places one outage may name, and a preview may ask about.
const MOST: usize = 200;

/// Places as three columns, for `unnest`.
pub(super) struct Columns {
    pub buildings: Vec<Uuid>,
    pub entrances: Vec<Option<Uuid>>,
    pub risers: Vec<Option<Uuid>>,
}

impl Columns {
    pub fn of(places: &[OutagePlace]) -> Self {
        Self {
            buildings: places.iter().map(|p| p.building_id.0).collect(),
            entrances: places.iter().map(|p| p.entrance_id.map(|e| e.0)).collect(),
            risers: places.iter().map(|p| p.riser_id.map(|r| r.0)).collect(),
        }
    }
}

/// A place in words of no language, for the audit.
pub(super) fn plain(name: &PlaceName) -> String {
    let parts = [Some(name.address.clone()), name.entrance.map(|n| format!("#{n}")), name.riser.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Every place is there: the entrance and the riser belong to the house, the riser carries what is off.
pub(super) async fn check(tx: &mut Tx, facts: &OutageFacts) -> Result<()> {
    if let Some(i) = facts.places.iter().position(|p| p.riser_id.is_some() && p.entrance_id.is_some()) {
        return Err(Error::field(&format!("/places/{i}/entrance_id"), "unknown"));
    }
    let company = tx.actor().company_id().0;
    let columns = Columns::of(&facts.places);
    let wrong = sqlx::query!(
        r#"select p.at - 1 as "at!", b.id is null as "house!", p.entrance is not null and e.id is null as "entrance!"
           from unnest($2::uuid[], $3::uuid[], $4::uuid[]) with ordinality as p(building, entrance, riser, at)
           left join buildings b on b.company_id = $1 and b.id = p.building and b.archived_at is null
           left join entrances e on e.company_id = $1 and e.id = p.entrance and e.building_id = p.building
           left join risers r on r.company_id = $1 and r.id = p.riser and r.building_id = p.building
             and r.archived_at is null and ($5 or r.resource = $6)
           where b.id is null or (p.entrance is not null and e.id is null) or (p.riser is not null and r.id is null)
           order by p.at limit 1"#,
        company,
        &columns.buildings,
        &columns.entrances as &[Option<Uuid>],
        &columns.risers as &[Option<Uuid>],
        facts.resource == Resource::Other,
        facts.resource.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    match wrong {
        None => Ok(()),
        Some(wrong) => {
            let field = match (wrong.house, wrong.entrance) {
                (true, _) => "building_id",
                (false, true) => "entrance_id",
                (false, false) => "riser_id",
            };
            Err(Error::field(&format!("/places/{}/{field}", wrong.at), "unknown"))
        }
    }
}

/// How many homes and people an outage at these places would hit.
///
/// # Errors
/// `invalid` on more than 200 places. Places that are not there hit nobody.
pub async fn reach(ctx: &Ctx, actor: &Actor, places: &[OutagePlace]) -> Result<OutageReach> {
    actor.scope(P::OutagesRead)?;
    if places.len() > MOST {
        return Err(Error::field("/places", "too_long"));
    }
    let mut tx = ctx.begin(actor).await?;
    queries::reach(&mut tx, places).await
}

/// The entrances and risers of a house, for whoever picks places.
///
/// # Errors
/// `not_found` for missing and foreign houses alike.
pub async fn house_places(ctx: &Ctx, actor: &Actor, id: BuildingId) -> Result<HousePlaces> {
    let scope = actor.scope(P::OutagesRead)?;
    let mut tx = ctx.begin(actor).await?;
    let address = sqlx::query_scalar!(
        "select address from buildings where company_id = $1 and id = $2 and archived_at is null",
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
    let risers = risers::of_house(&mut tx, &scope, id).await?;
    Ok(HousePlaces { building_id: id, address, entrances, risers })
}
