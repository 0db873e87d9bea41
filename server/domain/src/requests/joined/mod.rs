//! Requests that belong together: links, duplicates joined to the request under which the work is done, one call
//! split in two, and open requests that may be about the same.

mod links;
mod similar;
mod split;

pub(super) use links::links;
pub use links::{link, unlink};
pub use similar::similar;
pub use split::split;

use super::{audit, card, queries, queries::Core, tell_author, told, watch, work};
use crate::{Actor, Ctx, Error, Result, Scope, Tx, deadlines::steps, error::word, outages};
use model::{
    Code, Permission as P, RequestId,
    events::Event,
    requests::{Change, JoinRequests, LinkedRequest, MainRequest, PersonRef, RequestCard, Status},
    validate,
};
use serde_json::json;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// Locks two requests, always in one order.
async fn lock_two(tx: &mut Tx, scope: &Scope, one: RequestId, two: RequestId) -> Result<(Core, Core)> {
    if one.0 < two.0 {
        let first = queries::lock(tx, scope, one).await?;
        return Ok((first, queries::lock(tx, scope, two).await?));
    }
    let second = queries::lock(tx, scope, two).await?;
    Ok((queries::lock(tx, scope, one).await?, second))
}

/// Joins duplicates to a request: they end, their comments, photos and watchers are shown with it, and their authors
/// follow its progress. All of them or none.
///
/// # Errors
/// `illegal_transition` when one of them has ended; `invalid` when one is the request itself, a duplicate of another
/// or has duplicates of its own.
pub async fn join(ctx: &Ctx, actor: &Actor, id: RequestId, command: &JoinRequests) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    validate::check(command)?;
    let mut order: Vec<RequestId> = command.duplicates.clone();
    if order.contains(&id) {
        return Err(Error::field("/duplicates", "unknown"));
    }
    order.push(id);
    // One order for all, so that two people who join crosswise do not wait for each other.
    order.sort_by_key(|id| id.0);
    order.dedup();
    let mut tx = ctx.begin(actor).await?;
    let mut cores = Vec::with_capacity(order.len());
    for one in &order {
        cores.push(queries::lock(&mut tx, &scope, *one).await?);
    }
    let main = cores.iter().find(|core| core.id == id).cloned().ok_or(Code::NotFound)?;
    if merged_into(&mut tx, id).await?.is_some() {
        return Err(Code::IllegalTransition.into());
    }
    for duplicate in cores.iter().filter(|core| core.id != id) {
        if !joined_ids(&mut tx, duplicate.id).await?.is_empty() {
            return Err(Error::field("/duplicates", "has_duplicates"));
        }
        // The authors of what is joined follow the work: neither may be shown through the other.
        if duplicate.hidden != main.hidden {
            return Err(Error::field("/duplicates", "one_hidden"));
        }
        let to = duplicate.status.joined().ok_or(Code::IllegalTransition)?;
        take_in(&mut tx, &main, duplicate, to).await?;
    }
    bump(&mut tx, &main).await?;
    watch::changed(&mut tx, &main).await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn take_in(tx: &mut Tx, main: &Core, duplicate: &Core, to: Status) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set status = $3, merged_into = $4, merged_from = $5, closed_at = $6, version = version + 1, updated_at = $6
         where company_id = $1 and id = $2",
        company,
        duplicate.id.0,
        to.as_str(),
        main.id.0,
        duplicate.status.as_str(),
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into request_watchers (company_id, request_id, user_id, added_at, joined_from)
         select company_id, $3, user_id, $4, $2 from request_watchers where company_id = $1 and request_id = $2
         on conflict do nothing",
        company,
        duplicate.id.0,
        main.id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    steps::after_step(tx, duplicate.id, duplicate.status, to).await?;
    let moved = Core { status: to, ..duplicate.clone() };
    work::moved(tx, &moved).await?;
    let (theirs, ours) = (duplicate.number.to_string(), main.number.to_string());
    queries::history(tx, duplicate.id, Change::Joined, Some(duplicate.status.as_str()), Some(&ours), None).await?;
    queries::history(tx, main.id, Change::Joined, None, Some(&theirs), None).await?;
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestStatusChanged { request_id, number, status }),
        &moved.audience(),
    )
    .await?;
    tell_author(tx, &moved).await?;
    audit(tx, "request.join", duplicate.id, json!({ "joined": [null, main.number], "status": [duplicate.status, to] }))
        .await
}

/// Takes a duplicate out again: it stands where it stood before it was joined.
///
/// # Errors
/// `illegal_transition` when it is not joined to anything.
pub async fn take_out(ctx: &Ctx, actor: &Actor, id: RequestId) -> Result<RequestCard> {
    let scope = actor.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(actor).await?;
    let Some(main) = merged_into(&mut tx, id).await? else {
        // Also tells who does not see it that there is nothing.
        super::list::must_see(&mut tx, &scope, id).await?;
        return Err(Code::IllegalTransition.into());
    };
    let (core, main) = lock_two(&mut tx, &scope, id, main).await?;
    let (company, now) = (scope.company(), tx.now());
    let back = sqlx::query_scalar!(
        "select merged_from from requests where company_id = $1 and id = $2 and merged_into = $3",
        company,
        id.0,
        main.id.0
    )
    .fetch_one(tx.conn())
    .await?
    .ok_or(Code::IllegalTransition)?;
    let status: Status = word(&back)?;
    sqlx::query!(
        "update requests set status = $3, merged_into = null, merged_from = null, closed_at = null, version = version + 1, updated_at = $4
         where company_id = $1 and id = $2",
        company,
        id.0,
        back,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "delete from request_watchers where company_id = $1 and request_id = $2 and joined_from = $3",
        company,
        main.id.0,
        id.0
    )
    .execute(tx.conn())
    .await?;
    steps::after_step(&mut tx, id, core.status, status).await?;
    let moved = Core { status, ..core.clone() };
    work::moved(&mut tx, &moved).await?;
    queries::history(&mut tx, id, Change::TakenOut, Some(&main.number.to_string()), Some(&back), None).await?;
    queries::history(&mut tx, main.id, Change::TakenOut, Some(&core.number.to_string()), None, None).await?;
    tx.emit(
        &moved.event(|request_id, number, status| Event::RequestStatusChanged { request_id, number, status }),
        &moved.audience(),
    )
    .await?;
    bump(&mut tx, &main).await?;
    watch::changed(&mut tx, &main).await?;
    audit(&mut tx, "request.take_out", id, json!({ "joined": [main.number, null], "status": [core.status, status] }))
        .await?;
    let card = card::card(&mut tx, &scope, id).await?;
    tx.commit().await?;
    Ok(card)
}

async fn bump(tx: &mut Tx, core: &Core) -> Result<()> {
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set version = version + 1, updated_at = $3 where company_id = $1 and id = $2",
        company,
        core.id.0,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn merged_into(tx: &mut Tx, id: RequestId) -> Result<Option<RequestId>> {
    let company = tx.actor().company_id().0;
    let found =
        sqlx::query_scalar!("select merged_into from requests where company_id = $1 and id = $2", company, id.0)
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.flatten().map(Into::into))
}

async fn joined_ids(tx: &mut Tx, id: RequestId) -> Result<Vec<Uuid>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select id from requests where company_id = $1 and merged_into = $2 order by number",
        company,
        id.0
    )
    .fetch_all(tx.conn())
    .await?)
}

/// A request has moved: the authors of its duplicates see it move too.
pub(super) async fn follow(tx: &mut Tx, main: &Core) -> Result<()> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        "select id, number, category, building_id, unit_id, shown_to, hidden from requests where company_id = $1 and merged_into = $2 order by id",
        company,
        main.id.0
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        let duplicate = Core {
            id: row.id.into(),
            number: row.number,
            status: Status::Cancelled,
            category: word(&row.category)?,
            building_id: row.building_id.into(),
            unit_id: row.unit_id.map(Into::into),
            contact_id: row.shown_to.map(Into::into),
            hidden: row.hidden,
            assignee_id: None,
            ..main.clone()
        };
        tx.emit(
            &duplicate.event(|request_id, number, status| Event::RequestUpdated { request_id, number, status }),
            &duplicate.audience(),
        )
        .await?;
        outages::tell_joined(tx, duplicate.id, main.status).await?;
        told::follower(tx, &duplicate, main).await?;
    }
    Ok(())
}

fn read_ref(row: &PgRow) -> Result<LinkedRequest> {
    Ok(LinkedRequest {
        id: RequestId(row.try_get("id")?),
        number: row.try_get("number")?,
        status: word(row.try_get("status")?)?,
        category: word(row.try_get("category")?)?,
        address: row.try_get("address")?,
        description: row.try_get("description")?,
        created_at: row.try_get("created_at")?,
    })
}

const REF: &str =
    "r.id, r.number, r.status, r.category, r.address, left(r.description, 200) as description, r.created_at";

/// The duplicates joined to a request.
pub(super) async fn joined(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<Vec<LinkedRequest>> {
    let mut sql = QueryBuilder::<Postgres>::new(format!("select {REF} from requests r where r.company_id = "));
    sql.push_bind(scope.company()).push(" and r.merged_into = ").push_bind(id.0).push(" order by r.number");
    sql.build().fetch_all(tx.conn()).await?.iter().map(read_ref).collect()
}

/// What a duplicate was joined to. Its author learns how the work goes, and nothing of the other author.
pub(super) async fn main_of(tx: &mut Tx, id: RequestId, resident: bool) -> Result<Option<MainRequest>> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select m.id, m.number, m.status, m.due_at, m.deferred_until, m.completed_at, u.id as "assignee_id?", u.name as "assignee?"
           from requests r join requests m on m.company_id = r.company_id and m.id = r.merged_into
           left join users u on u.id = m.assignee_id
           where r.company_id = $1 and r.id = $2 and not ($3 and m.hidden)"#,
        company,
        id.0,
        resident
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(|row| {
        Ok(MainRequest {
            id: (!resident).then_some(row.id.into()),
            number: row.number,
            status: word(&row.status)?,
            assignee: row.assignee_id.zip(row.assignee).map(|(id, name)| PersonRef { id, name }),
            due_at: row.due_at,
            deferred_until: row.deferred_until,
            completed_at: row.completed_at,
        })
    })
    .transpose()
}
