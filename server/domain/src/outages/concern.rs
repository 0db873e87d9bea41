//! Whom an outage concerns: asked by address at the desk, by their homes for residents; and who said "me too".

use super::queries;
use crate::{Actor, Ctx, Error, Result, Tx, error::word};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, ContactId, OutageId, Permission as P, Phone, RequestId,
    events::Event,
    outages::{OutageCall, OutageNotice, OutageStatus, OutageTexts, RequestContext, Spot},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use uuid::Uuid;

/// How far ahead planned work is worth telling at the desk, and at home.
const DESK_AHEAD: TimeDelta = TimeDelta::days(7);
const HOME_AHEAD: TimeDelta = TimeDelta::days(3);
/// So long a home is told that it is over.
const GOOD_NEWS: TimeDelta = TimeDelta::hours(2);

struct Row {
    id: Uuid,
    kind: String,
    resource: String,
    status: String,
    starts_at: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    text_ru: Option<String>,
    text_uz: Option<String>,
    text_en: Option<String>,
    joined: i64,
    unit_ids: Vec<Uuid>,
    mine: bool,
}

impl Row {
    fn notice(self, now: DateTime<Utc>) -> Result<OutageNotice> {
        let status: OutageStatus = word(&self.status)?;
        Ok(OutageNotice {
            id: self.id.into(),
            kind: word(&self.kind)?,
            resource: word(&self.resource)?,
            status,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            ended_at: self.ended_at,
            late: queries::is_late(status, self.ends_at, now),
            texts: OutageTexts { ru: self.text_ru, uz: self.text_uz, en: self.text_en },
            joined: self.joined,
            unit_ids: self.unit_ids.into_iter().map(Into::into).collect(),
            mine: self.mine,
        })
    }
}

/// Outages that run at a place, or will within a week; what runs comes first. A unit hears exactly what hits it, an
/// entrance or a house everything in it. For use inside other use cases: the caller has proven the right to ask.
pub async fn concerning(tx: &mut Tx, spot: impl Into<Spot>) -> Result<Vec<OutageNotice>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    let (unit, entrance, building) = match spot.into() {
        Spot::Unit(id) => (Some(id.0), None, None),
        Spot::Entrance(id) => (None, Some(id.0), None),
        Spot::Building(id) => (None, None, Some(id.0)),
    };
    let rows = sqlx::query_as!(
        Row,
        r#"select o.id, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, o.text_ru, o.text_uz, o.text_en,
             (select count(*) from outage_joins j where j.company_id = o.company_id and j.outage_id = o.id) as "joined!",
             '{}'::uuid[] as "unit_ids!", false as "mine!"
           from outages o
           where o.company_id = $1 and (o.status = 'running' or (o.status = 'planned' and o.starts_at < $5))
             and exists (
               select from outage_places p
               left join units u on u.company_id = $1 and u.id = $2
               left join entrances e on e.company_id = $1 and e.id = $3
               left join risers s on s.company_id = $1 and s.id = p.riser_id
               where p.company_id = $1 and p.outage_id = o.id
                 and p.building_id = coalesce(u.building_id, e.building_id, $4)
                 and ($2::uuid is null or outage_hits(p.entrance_id, p.riser_id, u))
                 and ($3::uuid is null or coalesce(p.entrance_id, s.entrance_id, $3) = $3))
           order by o.status desc, o.starts_at, o.id limit 20"#,
        company,
        unit,
        entrance,
        building,
        now + DESK_AHEAD
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(|row| row.notice(now)).collect()
}

/// As [`concerning`], for the desk's pages.
pub async fn at(ctx: &Ctx, actor: &Actor, spot: Spot) -> Result<Vec<OutageNotice>> {
    actor.scope(P::OutagesRead)?;
    let mut tx = ctx.begin(actor).await?;
    concerning(&mut tx, spot).await
}

/// What concerns the homes of the signed-in resident: running, ahead, or just over.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> Result<Vec<OutageNotice>> {
    let scope = actor.scope(P::RequestsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let rows = hitting(&mut tx, contact, None).await?;
    rows.into_iter().map(|row| row.notice(now)).collect()
}

/// The outages of which some home of a person is hit; of one outage only when it is named.
async fn hitting(tx: &mut Tx, contact: ContactId, only: Option<OutageId>) -> Result<Vec<Row>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    Ok(sqlx::query_as!(
        Row,
        r#"select o.id, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, o.text_ru, o.text_uz, o.text_en,
             (select count(*) from outage_joins j where j.company_id = o.company_id and j.outage_id = o.id) as "joined!",
             array_agg(distinct u.id) as "unit_ids!",
             exists (select from outage_joins j where j.company_id = o.company_id and j.outage_id = o.id and j.contact_id = $2) as "mine!"
           from residencies r
           join units u on u.company_id = r.company_id and u.id = r.unit_id and u.archived_at is null
           join outage_places p on p.company_id = u.company_id and p.building_id = u.building_id
             and outage_hits(p.entrance_id, p.riser_id, u)
           join outages o on o.company_id = p.company_id and o.id = p.outage_id
           where r.company_id = $1 and r.contact_id = $2 and r.until_on is null and ($3::uuid is null or o.id = $3)
             and (o.status = 'running' or (o.status = 'planned' and o.starts_at < $4) or (o.status = 'ended' and o.ended_at > $5))
           group by o.id
           order by o.status = 'running' desc, o.status, o.starts_at, o.id limit 20"#,
        company,
        contact.0,
        only.map(|id| id.0),
        now + HOME_AHEAD,
        now - GOOD_NEWS
    )
    .fetch_all(tx.conn())
    .await?)
}

/// "Me too": the resident's home is hit as well. Saying it twice is saying it once.
///
/// # Errors
/// `not_found` when no home of theirs is hit; `illegal_transition` when it is over.
pub async fn join(ctx: &Ctx, actor: &Actor, id: OutageId) -> Result<OutageNotice> {
    let scope = actor.scope(P::RequestsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let now = tx.now();
    let row = hitting(&mut tx, contact, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    if row.status == OutageStatus::Ended.as_str() {
        return Err(Code::IllegalTransition.into());
    }
    if !row.mine {
        let unit = row.unit_ids.first().copied();
        sqlx::query!(
            "insert into outage_joins (id, company_id, outage_id, contact_id, unit_id, joined_at) values ($1, $2, $3, $4, $5, $6)
             on conflict do nothing",
            new_id(),
            scope.company(),
            id.0,
            contact.0,
            unit,
            now
        )
        .execute(tx.conn())
        .await?;
        told(&mut tx, id).await?;
    }
    let row = hitting(&mut tx, contact, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    tx.commit().await?;
    row.notice(now)
}

/// Takes "me too" back.
pub async fn leave(ctx: &Ctx, actor: &Actor, id: OutageId) -> Result<()> {
    let scope = actor.scope(P::RequestsReadOwn)?;
    let contact = scope.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let gone = sqlx::query!(
        "delete from outage_joins where company_id = $1 and outage_id = $2 and contact_id = $3",
        scope.company(),
        id.0,
        contact.0
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone == 0 {
        return Err(Code::NotFound.into());
    }
    told(&mut tx, id).await?;
    tx.commit().await
}

/// Writes a call about a known outage down, instead of making a request of it.
///
/// # Errors
/// `invalid` on an unknown contact or unit, or when nothing says who called; `illegal_transition` when it is over.
pub async fn call(ctx: &Ctx, actor: &Actor, id: OutageId, command: &OutageCall) -> Result<()> {
    let scope = actor.scope(P::OutagesManage)?;
    validate::check(command)?;
    let name = command.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
    if command.contact_id.is_none() && command.unit_id.is_none() && name.is_none() && command.phone.is_none() {
        return Err(Error::field("/contact_id", "required"));
    }
    let mut tx = ctx.begin(actor).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    if !core.status.is_live() {
        return Err(Code::IllegalTransition.into());
    }
    let known = sqlx::query!(
        r#"select $2::uuid is null or exists (select from contacts where company_id = $1 and id = $2) as "contact!",
             $3::uuid is null or exists (select from units where company_id = $1 and id = $3) as "unit!""#,
        scope.company(),
        command.contact_id.map(|c| c.0),
        command.unit_id.map(|u| u.0)
    )
    .fetch_one(tx.conn())
    .await?;
    if !known.contact {
        return Err(Error::field("/contact_id", "unknown"));
    }
    if !known.unit {
        return Err(Error::field("/unit_id", "unknown"));
    }
    let now = tx.now();
    let added = sqlx::query!(
        "insert into outage_joins (id, company_id, outage_id, contact_id, unit_id, name, phone, joined_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        new_id(),
        scope.company(),
        id.0,
        command.contact_id.map(|c| c.0),
        command.unit_id.map(|u| u.0),
        name,
        command.phone.as_ref().map(Phone::as_str),
        now
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if added > 0 {
        let changes = json!({ "calls": added });
        tx.audit(crate::audit::Entry { action: "outage.call", object_type: "outage", object_id: Some(id.0), changes })
            .await?;
        told(&mut tx, id).await?;
    }
    tx.commit().await
}

/// The counters of an outage changed: for the company's pages.
async fn told(tx: &mut Tx, id: OutageId) -> Result<()> {
    let company = tx.actor().company_id();
    let scope = Actor::system(company).scope(P::OutagesRead)?;
    let core = queries::lock(tx, &scope, id).await?;
    let audience =
        crate::events::Audience { internal: true, contacts: Vec::new(), ..queries::audience(tx, &core).await? };
    tx.emit(&Event::OutageChanged { outage_id: id, status: core.status }, &audience).await
}

/// What the desk shows beside a request: the outage that explains it, others at its address, and who joined it.
///
/// # Errors
/// `not_found` for a request the reader does not see.
pub async fn about_request(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<RequestContext> {
    actor.scope(P::OutagesRead)?;
    let card = crate::requests::get(ctx, actor, id).await?;
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    let cause = sqlx::query_as!(
        Row,
        r#"select o.id, o.kind, o.resource, o.status, o.starts_at, o.ends_at, o.ended_at, o.text_ru, o.text_uz, o.text_en,
             (select count(*) from outage_joins j where j.company_id = o.company_id and j.outage_id = o.id) as "joined!",
             '{}'::uuid[] as "unit_ids!", false as "mine!"
           from outage_requests l join outages o on o.company_id = l.company_id and o.id = l.outage_id
           where l.company_id = $1 and l.request_id = $2"#,
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .map(|row| row.notice(now))
    .transpose()?;
    let spot = card
        .unit_id
        .map(Spot::Unit)
        .or(card.entrance_id.map(Spot::Entrance))
        .unwrap_or(Spot::Building(card.building_id));
    let mut here = concerning(&mut tx, spot).await?;
    here.retain(|notice| cause.as_ref().is_none_or(|cause| cause.id != notice.id));
    let joined = sqlx::query_scalar!(
        r#"select count(*) as "joined!" from request_joins where company_id = $1 and request_id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(RequestContext { cause, here, joined })
}
