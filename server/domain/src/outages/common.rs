//! Problems that neighbours share: a resident joins an open request about their house or entrance instead of filing the
//! same once more. They learn what, where and how it stands, and never whose request it is, its words or its photos.

use crate::{
    Actor, Ctx, Result, Tx,
    error::word,
    events::Audience,
    notices::{Notice, Recipient},
};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, ContactId, Permission as P, RequestId,
    events::Event,
    notices::{NoticeKind, NoticeObject},
    outages::CommonProblem,
    requests::{Category, Status},
};
use serde_json::json;
use uuid::Uuid;

/// How long a joined problem that is over stays in the list of who joined it.
const FAREWELL: TimeDelta = TimeDelta::days(7);

struct Row {
    id: Uuid,
    number: i64,
    category: String,
    status: String,
    building_id: Uuid,
    address: String,
    entrance: Option<i16>,
    created_at: DateTime<Utc>,
    joined: i64,
    mine: bool,
}

impl Row {
    fn problem(&self) -> Result<CommonProblem> {
        Ok(CommonProblem {
            request_id: self.id.into(),
            category: word(&self.category)?,
            status: word(&self.status)?,
            building_id: self.building_id.into(),
            address: self.address.clone(),
            entrance: self.entrance,
            created_at: self.created_at,
            joined: self.joined,
            mine: self.mine,
        })
    }
}

/// Open problems of the common area where the signed-in resident lives, and those they joined until a week after the
/// end. Requests of their own are not among them.
pub async fn common_problems(ctx: &Ctx, actor: &Actor) -> Result<Vec<CommonProblem>> {
    let contact = actor.scope(P::RequestsReadOwn)?.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    load(&mut tx, contact, None).await?.iter().map(Row::problem).collect()
}

async fn load(tx: &mut Tx, contact: ContactId, only: Option<RequestId>) -> Result<Vec<Row>> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    Ok(sqlx::query_as!(
        Row,
        r#"select r.id, r.number, r.category, r.status, r.building_id, b.address, e.number as "entrance?", r.created_at,
             (select count(*) from request_joins j where j.company_id = r.company_id and j.request_id = r.id) as "joined!",
             m.contact_id is not null as "mine!"
           from requests r
           join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join entrances e on e.company_id = r.company_id and e.id = r.entrance_id
           left join request_joins m on m.company_id = r.company_id and m.request_id = r.id and m.contact_id = $2
           where r.company_id = $1 and ($3::uuid is null or r.id = $3)
             and not r.hidden and r.unit_id is null and r.contact_id is distinct from $2
             and (r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
               or (m.contact_id is not null and r.updated_at > $4))
             and exists (
               select from residencies h join units u on u.company_id = h.company_id and u.id = h.unit_id
               where h.company_id = r.company_id and h.contact_id = $2 and h.until_on is null and u.archived_at is null
                 and u.building_id = r.building_id and (r.entrance_id is null or u.entrance_id = r.entrance_id))
           order by m.contact_id is null, r.created_at desc, r.id limit 50"#,
        company,
        contact.0,
        only.map(|id| id.0),
        now - FAREWELL
    )
    .fetch_all(tx.conn())
    .await?)
}

/// "Me too": the resident has the same trouble. Saying it twice is saying it once.
///
/// # Errors
/// `not_found` when it is no problem of theirs to join; `illegal_transition` when it is over.
pub async fn join_common(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<CommonProblem> {
    let contact = actor.scope(P::RequestsReadOwn)?.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let (company, now) = (actor.company_id().0, tx.now());
    let row = load(&mut tx, contact, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    if !row.mine {
        sqlx::query!(
            "insert into request_joins (company_id, request_id, contact_id, joined_at) values ($1, $2, $3, $4) on conflict do nothing",
            company,
            id.0,
            contact.0,
            now
        )
        .execute(tx.conn())
        .await?;
        told(&mut tx, &row).await?;
    } else if !word::<Status>(&row.status)?.is_open() {
        return Err(Code::IllegalTransition.into());
    }
    let row = load(&mut tx, contact, Some(id)).await?.pop().ok_or(Code::NotFound)?;
    tx.commit().await?;
    row.problem()
}

/// Takes "me too" back.
///
/// # Errors
/// `not_found` when they had not joined.
pub async fn leave_common(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<()> {
    let contact = actor.scope(P::RequestsReadOwn)?.own_contact().ok_or(Code::Forbidden)?;
    let mut tx = ctx.begin(actor).await?;
    let row = load(&mut tx, contact, Some(id)).await?.pop().filter(|row| row.mine);
    let gone = sqlx::query!(
        "delete from request_joins where company_id = $1 and request_id = $2 and contact_id = $3",
        actor.company_id().0,
        id.0,
        contact.0
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone == 0 {
        return Err(Code::NotFound.into());
    }
    if let Some(row) = row {
        told(&mut tx, &row).await?;
    }
    tx.commit().await
}

/// The counter changed: for the company's pages, not for the author.
async fn told(tx: &mut Tx, row: &Row) -> Result<()> {
    let audience = Audience {
        lived_in: Vec::new(),
        building_id: row.building_id.into(),
        unit_id: None,
        contact_id: None,
        assignee_id: None,
        former_assignee_id: None,
        internal: true,
        categories: vec![word::<Category>(&row.category)?],
        buildings: Vec::new(),
        contacts: Vec::new(),
        users: Vec::new(),
    };
    let event = Event::RequestUpdated { request_id: row.id.into(), number: row.number, status: word(&row.status)? };
    tx.emit(&event, &audience).await
}

/// Tells those who joined where the problem stands: what and where, and nothing of the author.
pub(crate) async fn tell_joined(tx: &mut Tx, id: RequestId, status: Status) -> Result<()> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select r.category, r.kind, r.version, b.address, e.number as "entrance?",
             array(select j.contact_id from request_joins j where j.company_id = $1 and j.request_id = r.id and not r.hidden
               order by j.joined_at) as "contacts!"
           from requests r join buildings b on b.company_id = r.company_id and b.id = r.building_id
           left join entrances e on e.company_id = r.company_id and e.id = r.entrance_id
           where r.company_id = $1 and r.id = $2"#,
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    let notice = Notice {
        kind: NoticeKind::RequestCommon,
        key: format!("request_common:{id}:{status}:{}", row.version),
        to: row.contacts.into_iter().map(|contact| Recipient::Resident(contact.into())).collect(),
        about: Some((NoticeObject::Request, id.0)),
        facts: json!({
            "category": row.category, "address": row.address, "entrance": row.entrance, "status": status.as_str(),
        }),
        urgent: row.kind == "emergency",
        wish: None,
    };
    tx.notify(&notice).await
}
