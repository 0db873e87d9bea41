//! The detector at work: it looks at a house after each request, and what it finds waits for somebody's word.

use super::{
    begin, clean_rules,
    detector::{Finding, Place, Report, Standing, Verdict, find, weigh},
    links, queries,
};
use crate::{Actor, Ctx, Result, Scope, Tx, audit::Entry, error::word, events::Audience, jobs::DetectOutage};
use chrono::TimeDelta;
use model::{
    BuildingId, Code, CompanyId, Permission as P, ProposalId,
    events::Event,
    outages::{
        Detector, DetectorRules, OutageCard, OutageFacts, OutageKind, OutagePlace, OutageTexts, ProposalView, Resource,
    },
    requests::{Category, LinkedRequest},
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// A proposal that nobody decided on is forgotten after a day without news.
const STALE: TimeDelta = TimeDelta::hours(24);

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

/// What the detector thinks are outages, the newest first.
pub async fn proposals(ctx: &Ctx, actor: &Actor) -> Result<Vec<ProposalView>> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let rows = sqlx::query!(
        "select id, building_id, category, first_at, last_at from outage_proposals
         where company_id = $1 and status = 'open' order by last_at desc, id desc limit 100",
        scope.company()
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let places = places(&mut tx, &scope, row.id, row.building_id.into()).await?;
        let category: Category = word(&row.category)?;
        all.push(ProposalView {
            id: row.id.into(),
            resource: Resource::behind(category).unwrap_or(Resource::Other),
            category,
            places: queries::names(&mut tx, &places).await?,
            first_at: row.first_at,
            last_at: row.last_at,
            requests: requests(&mut tx, actor, row.id).await?,
        });
    }
    Ok(all)
}

async fn places(tx: &mut Tx, scope: &Scope, id: Uuid, building_id: BuildingId) -> Result<Vec<OutagePlace>> {
    let rows = sqlx::query!(
        "select entrance_id, riser_id from outage_proposal_places where company_id = $1 and proposal_id = $2
         order by entrance_id, riser_id",
        scope.company(),
        id
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|p| OutagePlace {
            building_id,
            entrance_id: p.entrance_id.map(Into::into),
            riser_id: p.riser_id.map(Into::into),
        })
        .collect())
}

async fn requests(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Vec<LinkedRequest>> {
    let scope = actor.scope(P::RequestsRead)?;
    let reach = scope.requests();
    sqlx::query!(
        "select r.id, r.number, r.status, r.category, r.address, r.description, r.created_at
         from outage_proposal_requests l join requests r on r.company_id = l.company_id and r.id = l.request_id
         where l.company_id = $1 and l.proposal_id = $2
           and ($3 or r.assignee_id = $4 or (r.building_id = any($5) and ($6::text[] is null or r.category = any($6))))
         order by r.created_at, r.id",
        scope.company(),
        id,
        reach.all,
        reach.user,
        &reach.zones,
        reach.trades.as_deref()
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| queries::linked_request!(r))
    .collect()
}

async fn lock(
    tx: &mut Tx,
    scope: &Scope,
    id: ProposalId,
) -> Result<(BuildingId, Category, chrono::DateTime<chrono::Utc>)> {
    let row = sqlx::query!(
        "select building_id, category, status, first_at from outage_proposals where company_id = $1 and id = $2 for update",
        scope.company(),
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.status != "open" {
        return Err(Code::Conflict.into());
    }
    Ok((row.building_id.into(), word(&row.category)?, row.first_at))
}

/// It is an outage: an emergency at the proposed places since the first call, with the requests linked.
///
/// # Errors
/// `conflict` when somebody decided already.
pub async fn accept(ctx: &Ctx, actor: &Actor, id: ProposalId) -> Result<OutageCard> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (building, category, first_at) = lock(&mut tx, &scope, id).await?;
    let facts = OutageFacts {
        kind: OutageKind::Emergency,
        resource: Resource::behind(category).unwrap_or(Resource::Other),
        starts_at: first_at,
        ends_at: None,
        places: places(&mut tx, &scope, id.0, building).await?,
        texts: OutageTexts::default(),
        note: None,
    };
    let outage = begin(&mut tx, &facts).await?;
    let ids = sqlx::query_scalar!(
        "select l.request_id from outage_proposal_requests l
         join requests r on r.company_id = l.company_id and r.id = l.request_id
         where l.company_id = $1 and l.proposal_id = $2
           and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned', 'done')",
        scope.company(),
        id.0
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<model::RequestId> = ids.into_iter().map(Into::into).collect();
    let numbers = links::add(&mut tx, outage, &ids).await?;
    let now = tx.now();
    sqlx::query!(
        "update outage_proposals set status = 'accepted', outage_id = $3, decided_at = $4 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        outage.0,
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "requests": [[], numbers] });
    tx.audit(Entry { action: "outage.link", object_type: "outage", object_id: Some(outage.0), changes }).await?;
    let card = queries::card(&mut tx, &scope, outage).await?;
    tx.commit().await?;
    Ok(card)
}

/// It is nothing: the detector stays quiet about this house and trade for a time.
///
/// # Errors
/// `conflict` when somebody decided already.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: ProposalId) -> Result<()> {
    let scope = actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    let (building_id, category, _) = lock(&mut tx, &scope, id).await?;
    let rules = rules(&mut tx).await?.rules;
    let now = tx.now();
    sqlx::query!(
        "update outage_proposals set status = 'dismissed', decided_at = $3, quiet_until = $4 where company_id = $1 and id = $2",
        scope.company(),
        id.0,
        now,
        now + TimeDelta::hours(rules.quiet_hours.into())
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "category": [null, category] });
    tx.audit(Entry { action: "outage.dismiss", object_type: "building", object_id: Some(building_id.0), changes })
        .await?;
    let audience = Audience {
        lived_in: Vec::new(),
        building_id,
        unit_id: None,
        contact_id: None,
        assignee_id: None,
        former_assignee_id: None,
        internal: true,
        categories: vec![category],
        buildings: Vec::new(),
        contacts: Vec::new(),
        users: Vec::new(),
    };
    tx.emit(&Event::OutageProposed { proposal_id: id }, &audience).await?;
    tx.commit().await
}

/// Forgets proposals of every company that brought no news for a day.
pub(super) async fn lapse(ctx: &Ctx) -> Result<()> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("stale outage proposals").await?;
    sqlx::query!(
        "update outage_proposals set status = 'lapsed', decided_at = $1 where status = 'open' and last_at < $2",
        now,
        now - STALE
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn rules(tx: &mut Tx) -> Result<Detector> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        "select version, minutes, riser, entrance, house, quiet_hours from outage_settings where company_id = $1",
        company
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map_or(Detector { version: 0, rules: DetectorRules::default() }, |row| Detector {
        version: row.version,
        rules: DetectorRules {
            minutes: row.minutes,
            riser: row.riser,
            entrance: row.entrance,
            house: row.house,
            quiet_hours: row.quiet_hours,
        },
    }))
}

/// What the detector goes by.
pub async fn detector(ctx: &Ctx, actor: &Actor) -> Result<Detector> {
    actor.scope(P::OutagesManage)?;
    let mut tx = ctx.begin(actor).await?;
    rules(&mut tx).await
}

/// Changes what the detector goes by. `version` is the one the editor saw.
///
/// # Errors
/// `conflict` when somebody changed it meanwhile; `invalid` when a narrower place needs more callers than a wider one.
pub async fn save_detector(ctx: &Ctx, actor: &Actor, version: i32, rules: &DetectorRules) -> Result<Detector> {
    let scope = actor.scope(P::SettingsManage)?;
    clean_rules(rules)?;
    let mut tx = ctx.begin(actor).await?;
    let old = self::rules(&mut tx).await?;
    if old.version != version {
        return Err(Code::Conflict.into());
    }
    let saved = sqlx::query_scalar!(
        "insert into outage_settings (company_id, version, minutes, riser, entrance, house, quiet_hours)
         values ($1, 1, $3, $4, $5, $6, $7)
         on conflict (company_id) do update set version = outage_settings.version + 1, minutes = $3, riser = $4,
           entrance = $5, house = $6, quiet_hours = $7 where outage_settings.version = $2
         returning version",
        scope.company(),
        version,
        rules.minutes,
        rules.riser,
        rules.entrance,
        rules.house,
        rules.quiet_hours
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::Conflict)?;
    tx.record("setting.update", "setting", scope.company(), Some(&old.rules), Some(rules)).await?;
    tx.commit().await?;
    Ok(Detector { version: saved, rules: *rules })
}
