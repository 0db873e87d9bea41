//! Lists of requests: keyset pages by any mix of filters.

use super::words;
use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, paging};
use chrono::{DateTime, Utc};
use model::{
    ContactId, Cursor, Page, Phone, RequestId, UnitId, UserId,
    requests::{BoardColumn, CHOSEN_MOST, Kind, PersonRef, RequestFilter, RequestRow, Sort, Status},
};
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

pub(super) const OPEN: &str = "('new', 'assigned', 'in_progress', 'deferred', 'returned')";

/// Newest first or by deadline, at most 100 a page.
///
/// # Errors
/// `invalid` on a cursor that is not ours, a limit outside 1–100 or more than 500 ids.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &RequestFilter) -> Result<Page<RequestRow>> {
    let scope = actor.scope_any(&super::READ)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = if walks_an_index(filter, &scope) { ctx.begin_by_key(actor).await? } else { ctx.begin(actor).await? };
    let items = page(&mut tx, &scope, filter, cursor, paging::and_one(limit)).await?;
    Ok(paging::cut(items, limit, |last| after(last, filter).encode()))
}

/// Whether an index has just these rows in their order, however many there are: one plan does then, and to plan costs more than
/// to read the rows.
fn walks_an_index(filter: &RequestFilter, scope: &Scope) -> bool {
    let RequestFilter { status, cursor, limit, .. } = filter.clone();
    let one_queue = status.len() <= 1 || is_all_open(&status);
    let plain = RequestFilter { status, cursor, limit, sort: filter.sort, ..RequestFilter::default() };
    one_queue && !by_due(filter) && *filter == plain && scope.requests().all
}

fn is_all_open(asked: &[Status]) -> bool {
    let open = Status::ALL.iter().filter(|status| status.is_open());
    asked.len() == open.clone().count() && open.into_iter().all(|status| asked.contains(status))
}

/// A filter that names requests names few enough of them.
fn bounded(filter: &RequestFilter) -> Result<()> {
    if filter.ids.len() > CHOSEN_MOST { Err(Error::field("/ids", "out_of_range")) } else { Ok(()) }
}

fn by_due(filter: &RequestFilter) -> bool {
    filter.order() == Sort::Due
}

/// Where the page after `last` begins.
pub(crate) fn after(last: &RequestRow, filter: &RequestFilter) -> Cursor {
    let pressing = last.time().pressing().filter(|_| by_due(filter));
    Cursor { at: pressing.map_or(last.created_at, |(_, at)| at), id: last.id.0 }
}

/// How many rows a filter shows, at most `most`.
pub(crate) async fn count_up_to(tx: &mut Tx, scope: &Scope, filter: &RequestFilter, most: i64) -> Result<i64> {
    bounded(filter)?;
    let (now, me) = (tx.now(), tx.actor().user_id());
    let words = words::read(tx, scope, filter.text.as_deref()).await?;
    let mut sql = QueryBuilder::<Postgres>::new("select count(*) from (select from requests r where ");
    within(&mut sql, scope);
    conditions(&mut sql, filter, now, me);
    words.push(&mut sql);
    sql.push(" limit ").push_bind(most).push(") counted");
    Ok(sql.build_query_scalar().fetch_one(tx.conn()).await?)
}

/// The next rows of a filter after `cursor`.
pub(crate) async fn page(
    tx: &mut Tx,
    scope: &Scope,
    filter: &RequestFilter,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<RequestRow>> {
    bounded(filter)?;
    let (now, me, resident) = (tx.now(), tx.actor().user_id(), scope.own_contact().is_some());
    let words = words::read(tx, scope, filter.text.as_deref()).await?;
    let mut sql = select(me);
    within(&mut sql, scope);
    conditions(&mut sql, filter, now, me);
    words.push(&mut sql);
    let (key, direction) = if by_due(filter) {
        sql.push(" and r.pressing_at is not null");
        ("(r.pressing_at, r.id) > (", "r.pressing_at, r.id")
    } else {
        ("(r.created_at, r.id) < (", "r.created_at desc, r.id desc")
    };
    if let Some(Cursor { at, id }) = cursor {
        sql.push(" and ").push(key).push_bind(at).push(", ").push_bind(id).push(")");
    }
    // The limit is written out: a plan for any limit takes it for a tenth of the table.
    sql.push(" order by ").push(direction).push(" limit ").push(limit);
    sql.build().fetch_all(tx.conn()).await?.iter().map(|row| read(row, now, resident)).collect()
}

/// Whose requests a card shows.
pub(crate) enum About {
    Contact(ContactId),
    Unit(UnitId),
    /// Filed with this number by nobody the register knows.
    Phone(Phone),
}

/// A few requests for somebody's card: open ones first, then the latest.
pub(crate) async fn brief(tx: &mut Tx, scope: &Scope, about: About, limit: i64) -> Result<Vec<RequestRow>> {
    let (now, me) = (tx.now(), tx.actor().user_id());
    let mut sql = select(me);
    within(&mut sql, scope);
    match about {
        About::Contact(id) => {
            sql.push(" and r.contact_id = ").push_bind(id.0);
        }
        About::Unit(id) => {
            sql.push(" and r.unit_id = ").push_bind(id.0);
        }
        About::Phone(phone) => {
            // The index of the keys knows the number; the row must have it as the caller's.
            sql.push(" and r.id in (select s from search_ids('requests', array[")
                .push_bind(format!("%{}%", &phone.as_str()[1..]));
            sql.push("], '%', '{}', 200) s) and r.contact_id is null and r.contact_phone = ")
                .push_bind(phone.as_str().to_owned());
        }
    }
    sql.push(" order by r.status in ").push(OPEN).push(" desc, r.created_at desc, r.id desc limit ").push_bind(limit);
    sql.build().fetch_all(tx.conn()).await?.iter().map(|row| read(row, now, scope.own_contact().is_some())).collect()
}

/// The columns of a row, with the marks of who reads.
fn select(me: Option<UserId>) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "select r.id, r.number, r.status, r.kind, r.priority, r.category, r.source, r.address, r.description, r.contact_name, \
         r.contact_phone, r.assignee_id, u.name as assignee, r.photos, r.comments, r.created_at, r.due_at, r.completed_at, \
         r.rating, r.respond_by, r.responded_at, r.paused_since, r.paused_reason, r.deferred_until, r.soon_at, r.late, r.returns, \
         r.awaits_answer, r.hidden, r.responsible_id, o.name as responsible, \
         coalesce(r.talked_at > coalesce(m.public_at, '-infinity'), false) as unread_public, \
         coalesce(r.noted_at > coalesce(m.internal_at, '-infinity'), false) as unread_internal \
         from requests r left join users u on u.id = r.assignee_id left join users o on o.id = r.responsible_id \
         left join request_reads m on m.company_id = r.company_id and m.request_id = r.id and m.user_id = ",
    );
    sql.push_bind(me.map(|u| u.0)).push(" where ");
    sql
}

/// Refuses a request that the scope does not reach.
///
/// # Errors
/// `not_found` for missing, foreign and out-of-scope requests alike.
pub(crate) async fn must_see(tx: &mut Tx, scope: &Scope, id: RequestId) -> Result<()> {
    let mut sql = QueryBuilder::<Postgres>::new("select r.id from requests r where r.id = ");
    sql.push_bind(id.0).push(" and ");
    within(&mut sql, scope);
    sql.build().fetch_one(tx.conn()).await?;
    Ok(())
}

/// The scope as SQL.
pub(crate) fn within(sql: &mut QueryBuilder<Postgres>, scope: &Scope) {
    let reach = scope.requests();
    sql.push("r.company_id = ").push_bind(scope.company());
    if let Some(contact) = reach.contact {
        sql.push(" and r.shown_to = ").push_bind(contact);
        sql.push(" and (r.unit_id = any(").push_bind(reach.units);
        sql.push(") or (r.unit_id is null and r.building_id = any(").push_bind(reach.buildings).push(")))");
    } else if let Some(user) = reach.user {
        sql.push(" and (r.assignee_id = ").push_bind(user);
        sql.push(" or (r.building_id = any(").push_bind(reach.zones).push(")");
        if let Some(trades) = reach.trades {
            sql.push(" and r.category = any(").push_bind(trades).push(")");
        }
        sql.push("))");
    } else if !reach.all {
        sql.push(" and false");
    }
}

fn conditions(sql: &mut QueryBuilder<Postgres>, filter: &RequestFilter, now: DateTime<Utc>, me: Option<UserId>) {
    if !filter.ids.is_empty() {
        let ids: Vec<Uuid> = filter.ids.iter().map(|id| id.0).collect();
        sql.push(" and r.id = any(").push_bind(ids).push(")");
    }
    // Written out, not bound: only so the planner sees that an index of open work or of emergencies will do.
    let all_open = is_all_open(&filter.status);
    // And once: a condition said twice makes the planner think that it leaves hardly a row.
    if all_open || filter.unassigned || filter.overdue || filter.soon || by_due(filter) {
        sql.push(" and r.status in ").push(OPEN);
    }
    if !all_open {
        any_of(sql, "r.status", filter.status.iter().map(|v| v.as_str()));
    }
    if filter.kind == [Kind::Emergency] {
        sql.push(" and r.kind = 'emergency'");
    } else {
        any_of(sql, "r.kind", filter.kind.iter().map(|v| v.as_str()));
    }
    any_of(sql, "r.category", filter.category.iter().map(|v| v.as_str()));
    if let Some(id) = filter.building_id {
        sql.push(" and r.building_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.unit_id {
        sql.push(" and r.unit_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.contact_id {
        sql.push(" and r.contact_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.assignee_id {
        sql.push(" and r.assignee_id = ").push_bind(id.0);
    }
    if filter.unassigned {
        sql.push(" and r.assignee_id is null");
    }
    if filter.overdue {
        sql.push(" and r.paused_since is null and r.pressing_at < ").push_bind(now);
    }
    if filter.soon {
        sql.push(" and r.paused_since is null and r.soon_at <= ").push_bind(now);
        sql.push(" and r.pressing_at >= ").push_bind(now);
    }
    if filter.late {
        sql.push(" and r.late");
    }
    if filter.reopened {
        sql.push(" and r.returns > 0");
    }
    if let Some(id) = filter.problem_id {
        sql.push(" and r.problem_id = ").push_bind(id.0);
    }
    if let Some(from) = filter.from {
        sql.push(" and r.created_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" and r.created_at < ").push_bind(to);
    }
    seldom(sql, filter, me);
}

/// What is asked from the full window of filters.
fn seldom(sql: &mut QueryBuilder<Postgres>, filter: &RequestFilter, me: Option<UserId>) {
    any_of(sql, "r.priority", filter.priority.iter().map(|v| v.as_str()));
    any_of(sql, "r.source", filter.source.iter().map(|v| v.as_str()));
    if let Some(id) = filter.complex_id {
        // Not tied to the row: the houses are read once, not for each request.
        sql.push(" and r.building_id in (select b.id from buildings b where b.complex_id = ");
        sql.push_bind(id.0).push(")");
    }
    if let Some(id) = filter.entrance_id {
        sql.push(" and r.entrance_id = ").push_bind(id.0);
    }
    if let Some(id) = filter.responsible_id {
        sql.push(" and r.responsible_id = ").push_bind(id.0);
    }
    if filter.unanswered {
        sql.push(" and r.awaits_answer");
    }
    let me = me.map(|user| user.0);
    if filter.unread {
        sql.push(
            " and (r.talked_at is not null or r.noted_at is not null) and not exists (select from request_reads seen \
             where seen.company_id = r.company_id and seen.request_id = r.id and seen.user_id = ",
        );
        sql.push_bind(me);
        sql.push(
            " and coalesce(seen.public_at >= r.talked_at, r.talked_at is null) \
             and coalesce(seen.internal_at >= r.noted_at, r.noted_at is null))",
        );
    }
    if filter.watching {
        sql.push(" and (r.responsible_id = ").push_bind(me);
        sql.push(" or r.id in (select w.request_id from request_watchers w where w.user_id = ");
        sql.push_bind(me).push("))");
    }
    if filter.control {
        sql.push(" and r.completed_at is not null and r.controlled_at is null and r.status = 'done'");
    }
    if filter.photos {
        sql.push(" and r.photos > 0");
    }
    if let Some(rating) = filter.rating {
        sql.push(" and r.rating <= ").push_bind(rating);
    }
    if let Some(from) = filter.due_from {
        sql.push(" and r.due_at >= ").push_bind(from);
    }
    if let Some(to) = filter.due_to {
        sql.push(" and r.due_at < ").push_bind(to);
    }
}

/// How many cards a column of the board holds.
const CARDS: i64 = 30;

/// The open requests of a filter, and those done, by status: newest first, open ones by deadline where that, overdue or due
/// soon is asked.
///
/// # Errors
/// `forbidden` for residents.
pub async fn board(ctx: &Ctx, actor: &Actor, filter: &RequestFilter) -> Result<Vec<BoardColumn>> {
    let scope = actor.scope(model::Permission::RequestsRead)?;
    let mut tx = ctx.begin(actor).await?;
    let mut columns = Vec::new();
    for status in Status::ALL.iter().copied().filter(|status| status.is_open() || *status == Status::Done) {
        // Finished work has no deadline any more.
        let sort = filter.sort.filter(|_| status.is_open());
        let filter = RequestFilter { status: vec![status], cursor: None, limit: None, sort, ..filter.clone() };
        let mut rows = page(&mut tx, &scope, &filter, None, CARDS + 1).await?;
        let more = rows.len() > usize::try_from(CARDS).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(CARDS).unwrap_or(usize::MAX));
        columns.push(BoardColumn { status, rows, more });
    }
    Ok(columns)
}

fn any_of<'a>(sql: &mut QueryBuilder<Postgres>, column: &str, values: impl Iterator<Item = &'a str>) {
    let mut values: Vec<String> = values.map(str::to_owned).collect();
    match values.len() {
        0 => {}
        // An index that begins with the column has the rows of one value in order, of several it has not.
        1 => drop(sql.push(" and ").push(column).push(" = ").push_bind(values.remove(0))),
        _ => drop(sql.push(" and ").push(column).push(" = any(").push_bind(values).push(")")),
    }
}

fn read(row: &sqlx::postgres::PgRow, now: DateTime<Utc>, resident: bool) -> Result<RequestRow> {
    let assignee: Option<(Uuid, String)> = row.try_get::<Option<Uuid>, _>("assignee_id")?.zip(row.try_get("assignee")?);
    let over: Option<(Uuid, String)> =
        row.try_get::<Option<Uuid>, _>("responsible_id")?.zip(row.try_get("responsible")?);
    let mut read = RequestRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        number: row.try_get("number")?,
        status: word(row.try_get("status")?)?,
        kind: word(row.try_get("kind")?)?,
        priority: word(row.try_get("priority")?)?,
        category: word(row.try_get("category")?)?,
        source: word(row.try_get("source")?)?,
        address: row.try_get("address")?,
        description: row.try_get("description")?,
        contact_name: row.try_get("contact_name")?,
        contact_phone: row.try_get::<Option<&str>, _>("contact_phone")?.and_then(Phone::parse),
        assignee: assignee.map(|(id, name)| PersonRef { id, name }),
        photos: row.try_get("photos")?,
        comments: row.try_get("comments")?,
        created_at: row.try_get("created_at")?,
        respond_by: row.try_get("respond_by")?,
        responded_at: row.try_get("responded_at")?,
        due_at: row.try_get("due_at")?,
        paused_since: row.try_get("paused_since")?,
        paused: row.try_get::<Option<&str>, _>("paused_reason")?.map(word).transpose()?,
        deferred_until: row.try_get("deferred_until")?,
        soon_at: row.try_get("soon_at")?,
        overdue: false,
        due_soon: false,
        late: row.try_get("late")?,
        returns: row.try_get("returns")?,
        completed_at: row.try_get("completed_at")?,
        rating: row.try_get("rating")?,
        // Residents are not shown who watches over whom, nor that the company talks among itself.
        responsible: over.filter(|_| !resident).map(|(id, name)| PersonRef { id, name }),
        unread_public: row.try_get("unread_public")?,
        unread_internal: !resident && row.try_get::<bool, _>("unread_internal")?,
        awaits_answer: !resident && row.try_get::<bool, _>("awaits_answer")?,
        hidden: row.try_get("hidden")?,
    };
    let time = read.time();
    (read.overdue, read.due_soon) = (time.overdue(now), time.due_soon(now));
    Ok(read)
}
