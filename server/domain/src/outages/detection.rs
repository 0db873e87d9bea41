//! The detector at work: it looks at a house after each request, and what it finds waits for somebody's word.

use super::{
    detector::{Finding, Place, Report, Standing, Verdict, find, weigh},
    rules::rules,
};
use crate::{Actor, Ctx, Result, Scope, Tx, error::word, events::Audience, jobs::DetectOutage};
use chrono::TimeDelta;
use model::{
    BuildingId, CompanyId, Permission as P, ProposalId,
    events::Event,
    outages::{DetectorRules, Resource},
    requests::Category,
};
use platform::ids::new_id;
use uuid::Uuid;

/// A request was filed: the detector looks at its house soon.
pub(crate) async fn watch(tx: &mut Tx, building_id: BuildingId, category: Category) -> Result<()> {
    if Resource::behind(category).is_none() {
        return Ok(());
    }
    let company_id = tx.actor().company_id();
    tx.enqueue(&DetectOutage { company_id, building_id }).await
}

/// Looks at the newest open requests of a house and proposes an outage, or adds to the one proposed. Running it again
/// changes nothing. Returns how many proposals are new or grew.
pub async fn detect(ctx: &Ctx, company: CompanyId, building: BuildingId) -> Result<usize> {
    let actor = Actor::system(company);
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(&actor).await?;
    // One look at a house at a time; filing requests about it goes on.
    sqlx::query!(
        "select id from buildings where company_id = $1 and id = $2 for no key update",
        scope.company(),
        building.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let rules = rules(&mut tx).await?.rules;
    let reports = reports(&mut tx, &scope, building, &rules).await?;
    let mut news = 0;
    for finding in find(&reports, &rules) {
        let standing = standing(&mut tx, &scope, building, finding.category).await?;
        let id = match weigh(&finding, standing) {
            Verdict::Propose => propose(&mut tx, &scope, building, &finding).await?,
            Verdict::Grow(id) => id,
            Verdict::Nothing => continue,
        };
        write(&mut tx, &scope, id, &finding).await?;
        let audience = Audience {
            lived_in: Vec::new(),
            building_id: building,
            unit_id: None,
            contact_id: None,
            assignee_id: None,
            former_assignee_id: None,
            internal: true,
            categories: vec![finding.category],
            buildings: Vec::new(),
            contacts: Vec::new(),
            users: Vec::new(),
        };
        tx.emit(&Event::OutageProposed { proposal_id: id }, &audience).await?;
        news += 1;
    }
    tx.commit().await?;
    Ok(news)
}

/// Open requests of the window whose trade may mean an outage, and that no known outage explains.
async fn reports(tx: &mut Tx, scope: &Scope, building: BuildingId, rules: &DetectorRules) -> Result<Vec<Report>> {
    let since = tx.now() - TimeDelta::minutes(rules.minutes.into());
    let (categories, resources): (Vec<String>, Vec<String>) = Category::ALL
        .iter()
        .filter_map(|category| Some((category.to_string(), Resource::behind(*category)?.to_string())))
        .unzip();
    let rows = sqlx::query!(
        r#"select r.id, r.category, r.entrance_id, coalesce(r.unit_id, r.contact_id, r.id) as "caller!", r.created_at,
             array(select s.id from riser_units h join risers s on s.company_id = h.company_id and s.id = h.riser_id
               where h.company_id = r.company_id and h.unit_id = r.unit_id and s.archived_at is null
                 and s.resource = k.resource order by s.id) as "risers!"
           from requests r
           join unnest($4::text[], $5::text[]) as k(category, resource) on k.category = r.category
           left join units u on u.company_id = r.company_id and u.id = r.unit_id
           where r.company_id = $1 and r.building_id = $2 and r.created_at >= $3
             and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
             and not exists (select from outage_requests l where l.company_id = r.company_id and l.request_id = r.id)
             and not exists (
               select from outages o join outage_places p on p.company_id = o.company_id and p.outage_id = o.id
               where o.company_id = r.company_id and o.status = 'running' and p.building_id = r.building_id
                 and (u.id is null or outage_hits(p.entrance_id, p.riser_id, u))
                 and (o.resource = k.resource or (k.category = 'plumbing' and o.resource in ('hot_water', 'gas'))))
           order by r.created_at, r.id"#,
        scope.company(),
        building.0,
        since,
        &categories,
        &resources
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Report {
                request: row.id.into(),
                category: word(&row.category)?,
                entrance: row.entrance_id.map(Into::into),
                risers: row.risers.into_iter().map(Into::into).collect(),
                caller: row.caller,
                at: row.created_at,
            })
        })
        .collect()
}

async fn standing(
    tx: &mut Tx,
    scope: &Scope,
    building: BuildingId,
    category: Category,
) -> Result<Standing<ProposalId>> {
    let now = tx.now();
    let row = sqlx::query!(
        "select id, status from outage_proposals where company_id = $1 and building_id = $2 and category = $3
           and (status = 'open' or (status = 'dismissed' and quiet_until > $4)) order by status desc limit 1 for update",
        scope.company(),
        building.0,
        category.as_str(),
        now
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(Standing::Free) };
    if row.status != "open" {
        return Ok(Standing::Quiet);
    }
    let requests = sqlx::query_scalar!(
        "select request_id from outage_proposal_requests where company_id = $1 and proposal_id = $2",
        scope.company(),
        row.id
    )
    .fetch_all(tx.conn())
    .await?;
    let mut places: Vec<Place> = sqlx::query!(
        "select entrance_id, riser_id from outage_proposal_places where company_id = $1 and proposal_id = $2",
        scope.company(),
        row.id
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|p| match (p.riser_id, p.entrance_id) {
        (Some(riser), _) => Place::Riser(riser.into()),
        (None, Some(entrance)) => Place::Entrance(entrance.into()),
        (None, None) => Place::House,
    })
    .collect();
    places.sort_unstable();
    Ok(Standing::Open { id: row.id.into(), places, requests: requests.into_iter().map(Into::into).collect() })
}

async fn propose(tx: &mut Tx, scope: &Scope, building: BuildingId, finding: &Finding) -> Result<ProposalId> {
    let (id, now) = (ProposalId(new_id()), tx.now());
    sqlx::query!(
        "insert into outage_proposals (id, company_id, building_id, category, first_at, last_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        scope.company(),
        building.0,
        finding.category.as_str(),
        finding.first_at,
        finding.last_at,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// The proposal says what the finding says; requests it had before stay with it.
async fn write(tx: &mut Tx, scope: &Scope, id: ProposalId, finding: &Finding) -> Result<()> {
    sqlx::query!(
        "update outage_proposals set first_at = least(first_at, $3), last_at = greatest(last_at, $4)
         where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        finding.first_at,
        finding.last_at
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "delete from outage_proposal_places where company_id = $1 and proposal_id = $2",
        scope.company(),
        id.0
    )
    .execute(tx.conn())
    .await?;
    let (entrances, risers): (Vec<Option<Uuid>>, Vec<Option<Uuid>>) = finding
        .places
        .iter()
        .map(|place| match place {
            Place::House => (None, None),
            Place::Entrance(entrance) => (Some(entrance.0), None),
            Place::Riser(riser) => (None, Some(riser.0)),
        })
        .unzip();
    sqlx::query!(
        "insert into outage_proposal_places (company_id, proposal_id, entrance_id, riser_id)
         select $1, $2, p.entrance, p.riser from unnest($3::uuid[], $4::uuid[]) as p(entrance, riser)",
        scope.company(),
        id.0,
        &entrances as &[Option<Uuid>],
        &risers as &[Option<Uuid>]
    )
    .execute(tx.conn())
    .await?;
    let requests: Vec<Uuid> = finding.requests.iter().map(|r| r.0).collect();
    sqlx::query!(
        "insert into outage_proposal_requests (company_id, proposal_id, request_id)
         select $1, $2, unnest($3::uuid[]) on conflict do nothing",
        scope.company(),
        id.0,
        &requests
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
