//! The list behind the bell.

use crate::{
    Actor, Ctx, Result, Scope, Tx,
    error::word,
    events::Audience,
    requests::{may_read, within},
};
use chrono::{DateTime, Utc};
use model::{
    Code, Lang, NoticeId,
    events::Event,
    notices::{NoticeKind, NoticeObject, ReadNotices},
};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder, Row};
use uuid::Uuid;

/// Notices of a page.
const PAGE: i64 = 30;
/// More than this is many.
const MANY: i64 = 100;

/// A notice with its facts; the doors make the words.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub kind: NoticeKind,
    pub about: Option<(NoticeObject, Uuid)>,
    pub facts: Value,
    pub company: String,
    pub at: DateTime<Utc>,
    pub read: bool,
    /// The company's own title and text for the reader's language.
    pub written: Option<(String, String)>,
}

/// A page of notices.
#[derive(Clone, Debug, Default)]
pub struct NoticePage {
    pub items: Vec<NoticeRow>,
    pub unread: i64,
    pub next: Option<NoticeId>,
}

/// Whose list it is: residents read theirs as people, staff by their login.
pub(crate) fn person(actor: &Actor) -> Result<Uuid> {
    match actor.contact_id() {
        Some(contact) => Ok(contact.0),
        None => actor.user().map(|user| user.0),
    }
}

/// Keeps to what the reader may still know: notices of requests they no longer see are not shown. What they joined
/// without seeing the request itself says nothing of it. News that were taken back are gone.
fn visible(sql: &mut QueryBuilder<Postgres>, scope: &Scope, person: Uuid) {
    sql.push("n.company_id = ").push_bind(scope.company());
    sql.push(" and n.person_id = ").push_bind(person);
    sql.push(
        " and n.shown and (n.object is distinct from 'request' or (n.kind = 'request_common' and not exists (select from requests h where h.company_id = n.company_id and h.id = n.object_id and h.hidden)) or exists (select from requests r where r.id = n.object_id and ",
    );
    within(sql, scope);
    sql.push("))");
    sql.push(" and (n.object is distinct from 'news' or exists (select from news w where w.company_id = n.company_id and w.id = n.object_id and w.state <> 'cancelled'))");
}

/// The newest notices of the caller, or those after a page; their words in `lang`.
pub async fn list(ctx: &Ctx, actor: &Actor, lang: Lang, after: Option<NoticeId>) -> Result<NoticePage> {
    let (scope, person) = (may_read(actor)?, person(actor)?);
    let mut tx = ctx.begin(actor).await?;
    let mut sql = QueryBuilder::<Postgres>::new(
        "select n.id, n.kind, n.object, n.object_id, n.facts, n.at, n.read_at is not null as read, c.name as company, t.title, t.body \
         from notices n join companies c on c.id = n.company_id \
         left join lateral (select title, body from message_texts t where t.company_id = n.company_id and t.kind = n.kind \
           and t.channel = 'in_app' and t.lang = ",
    );
    sql.push_bind(lang.code());
    sql.push(" order by t.version desc limit 1) t on true where ");
    visible(&mut sql, &scope, person);
    if let Some(after) = after {
        sql.push(" and (n.at, n.id) < (select p.at, p.id from notices p where p.company_id = ");
        sql.push_bind(scope.company()).push(" and p.person_id = ").push_bind(person);
        sql.push(" and p.id = ").push_bind(after.0).push(")");
    }
    sql.push(" order by n.at desc, n.id desc limit ").push_bind(PAGE + 1);
    let rows = sql.build().fetch_all(tx.conn()).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let (object, object_id): (Option<String>, Option<Uuid>) = (row.try_get("object")?, row.try_get("object_id")?);
        let (title, body): (Option<String>, Option<String>) = (row.try_get("title")?, row.try_get("body")?);
        items.push(NoticeRow {
            id: NoticeId(row.try_get("id")?),
            kind: word(row.try_get("kind")?)?,
            about: object.as_deref().map(word).transpose()?.zip(object_id),
            facts: row.try_get("facts")?,
            company: row.try_get("company")?,
            at: row.try_get("at")?,
            read: row.try_get("read")?,
            written: title.zip(body),
        });
    }
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = items.len() > page;
    items.truncate(page);
    let next = if more { items.last().map(|last| last.id) } else { None };
    let unread = count(&mut tx, &scope, person).await?;
    Ok(NoticePage { items, unread, next })
}

async fn count(tx: &mut Tx, scope: &Scope, person: Uuid) -> Result<i64> {
    let mut sql =
        QueryBuilder::<Postgres>::new("select count(*) from (select 1 from notices n where n.read_at is null and ");
    visible(&mut sql, scope, person);
    sql.push(" limit ").push_bind(MANY).push(") as counted");
    Ok(sql.build_query_scalar().fetch_one(tx.conn()).await?)
}

/// How many notices the caller has not read; a hundred is many.
pub async fn unread(ctx: &Ctx, actor: &Actor) -> Result<i64> {
    let (scope, person) = (may_read(actor)?, person(actor)?);
    let mut tx = ctx.begin(actor).await?;
    count(&mut tx, &scope, person).await
}

/// The caller has read one, all about an object, or all. Their other pages hear of it.
///
/// # Errors
/// `not_found` for a notice that is not theirs.
pub async fn read(ctx: &Ctx, actor: &Actor, which: ReadNotices) -> Result<i64> {
    let (scope, person) = (may_read(actor)?, person(actor)?);
    let mut tx = ctx.begin(actor).await?;
    if let Some(id) = which.id {
        let theirs = sqlx::query_scalar!(
            r#"select exists (select from notices where company_id = $1 and person_id = $2 and id = $3) as "theirs!""#,
            scope.company(),
            person,
            id.0
        )
        .fetch_one(tx.conn())
        .await?;
        if !theirs {
            return Err(Code::NotFound.into());
        }
    }
    mark(&mut tx, actor, person, which).await?;
    let left = count(&mut tx, &scope, person).await?;
    tx.commit().await?;
    Ok(left)
}

/// Marks a notice of the caller as read and says what it is about.
///
/// # Errors
/// `not_found` for a notice that is not theirs.
pub async fn open(ctx: &Ctx, actor: &Actor, id: NoticeId) -> Result<(NoticeKind, Option<(NoticeObject, Uuid)>)> {
    may_read(actor)?;
    let person = person(actor)?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        "select kind, object, object_id from notices where company_id = $1 and person_id = $2 and id = $3",
        actor.company_id().0,
        person,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Code::NotFound)?;
    // Somebody else's look is not the person's own reading.
    if actor.looking().is_none() {
        mark(&mut tx, actor, person, ReadNotices { id: Some(id), object_id: None }).await?;
    }
    tx.commit().await?;
    Ok((word(&row.kind)?, row.object.as_deref().map(word).transpose()?.zip(row.object_id)))
}

/// Whoever opened an object has read what they were told of it.
pub(crate) async fn read_about(tx: &mut Tx, actor: &Actor, object: Uuid) -> Result<()> {
    if actor.looking().is_some() {
        return Ok(());
    }
    mark(tx, actor, person(actor)?, ReadNotices { id: None, object_id: Some(object) }).await
}

async fn mark(tx: &mut Tx, actor: &Actor, person: Uuid, which: ReadNotices) -> Result<()> {
    let (company, now) = (actor.company_id().0, tx.now());
    let marked = sqlx::query!(
        "update notices set read_at = $3
         where company_id = $1 and person_id = $2 and read_at is null and ($4::uuid is null or id = $4) and ($5::uuid is null or object_id = $5)",
        company,
        person,
        now,
        which.id.map(|id| id.0),
        which.object_id
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if marked > 0
        && let Some(user) = actor.user_id()
    {
        tx.emit(&Event::NoticeRead {}, &Audience::only(vec![user])).await?;
    }
    Ok(())
}
