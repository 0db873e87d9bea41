//! The call journal of the desk: who called or was called, about what, and what came of it.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, audit::Entry, error::word, paging, property::like, requests};
use model::{
    CallId, Cursor, Page, Permission as P, Phone, RequestId,
    requests::{CallFilter, CallView, RecordCall},
    validate,
};
use platform::ids::new_id;
use serde_json::json;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// Writes a call down.
///
/// # Errors
/// `invalid` on a request or person the caller does not see, on a call in the future, or on a call of nobody.
pub async fn record(ctx: &Ctx, actor: &Actor, command: &RecordCall) -> Result<CallView> {
    actor.scope(P::CallsManage)?;
    validate::check(command)?;
    let name = command.contact_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    if command.phone.is_none() && command.contact_id.is_none() && name.is_none() {
        return Err(Error::field("/phone", "required"));
    }
    let mut tx = ctx.begin(actor).await?;
    let at = command.at.unwrap_or(tx.now());
    if at > tx.now() {
        return Err(Error::field("/at", "in_future"));
    }
    let (company, id) = (actor.company_id().0, new_id());
    if let Some(request) = command.request_id {
        requests::seen(&mut tx, actor, request).await.map_err(|_| Error::field("/request_id", "unknown"))?;
    }
    let known = match command.contact_id {
        Some(contact) => Some(
            sqlx::query_scalar!("select name from contacts where company_id = $1 and id = $2", company, contact.0)
                .fetch_optional(tx.conn())
                .await?
                .ok_or_else(|| Error::field("/contact_id", "unknown"))?,
        ),
        None => None,
    };
    sqlx::query!(
        "insert into calls (id, company_id, direction, at, phone, contact_id, contact_name, request_id, result, note, author_id, author_name)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        company,
        command.direction.as_str(),
        at,
        command.phone.as_ref().map(Phone::as_str),
        command.contact_id.map(|c| c.0),
        known.as_deref().or(name),
        command.request_id.map(|r| r.0),
        command.result.as_str(),
        command.note.trim(),
        actor.user_id().map(|u| u.0),
        actor.name()
    )
    .execute(tx.conn())
    .await?;
    tx.audit(Entry {
        action: "call.record",
        object_type: "call",
        object_id: Some(id),
        changes: json!({ "direction": [null, command.direction], "result": [null, command.result] }),
    })
    .await?;
    let call = one(&mut tx, id).await?;
    tx.commit().await?;
    Ok(call)
}

/// The journal, newest first, at most 100 a page. Calls about requests the caller does not see are not shown.
///
/// # Errors
/// `invalid` on a cursor that is not ours or a limit outside 1–100.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &CallFilter) -> Result<Page<CallView>> {
    actor.scope(P::CallsManage)?;
    let sight = actor.scope(P::RequestsRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let mut tx = ctx.begin(actor).await?;
    let mut sql = select(&sight);
    conditions(&mut sql, filter);
    if let Some(Cursor { at, id }) = cursor {
        sql.push(" and (c.at, c.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    sql.push(" order by c.at desc, c.id desc limit ").push_bind(paging::and_one(limit));
    let items: Vec<CallView> = sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect::<Result<_>>()?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.at, id: last.id.0 }.encode()))
}

async fn one(tx: &mut Tx, id: Uuid) -> Result<CallView> {
    let sight = tx.actor().scope(P::RequestsRead)?;
    let mut sql = select(&sight);
    sql.push(" and c.id = ").push_bind(id);
    read(&sql.build().fetch_one(tx.conn()).await?)
}

fn select(sight: &Scope) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "select c.id, c.direction, c.at, c.phone, c.contact_id, c.contact_name, c.request_id, r.number, c.result, c.note, \
         c.author_name from calls c left join requests r on r.company_id = c.company_id and r.id = c.request_id \
         where c.company_id = ",
    );
    sql.push_bind(sight.company()).push(" and (c.request_id is null or (");
    requests::within(&mut sql, sight);
    sql.push("))");
    sql
}

fn conditions(sql: &mut QueryBuilder<Postgres>, filter: &CallFilter) {
    if let Some(direction) = filter.direction {
        sql.push(" and c.direction = ").push_bind(direction.as_str());
    }
    if let Some(result) = filter.result {
        sql.push(" and c.result = ").push_bind(result.as_str());
    }
    if let Some(author) = filter.author_id {
        sql.push(" and c.author_id = ").push_bind(author.0);
    }
    if let Some(contact) = filter.contact_id {
        sql.push(" and c.contact_id = ").push_bind(contact.0);
    }
    if let Some(request) = filter.request_id {
        sql.push(" and c.request_id = ").push_bind(request.0);
    }
    if let Some(from) = filter.from {
        sql.push(" and c.at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" and c.at < ").push_bind(to);
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 4 && !text.chars().any(char::is_alphabetic) {
            sql.push(" and c.phone like ").push_bind(format!("%{digits}%"));
        } else {
            sql.push(" and lower(coalesce(c.contact_name, '') || ' ' || c.note) like ")
                .push_bind(like(&text.to_lowercase()));
        }
    }
}

fn read(row: &PgRow) -> Result<CallView> {
    Ok(CallView {
        id: CallId(row.try_get("id")?),
        direction: word(row.try_get("direction")?)?,
        at: row.try_get("at")?,
        phone: row.try_get::<Option<&str>, _>("phone")?.and_then(Phone::parse),
        contact_id: row.try_get::<Option<Uuid>, _>("contact_id")?.map(Into::into),
        contact_name: row.try_get("contact_name")?,
        request_id: row.try_get::<Option<Uuid>, _>("request_id")?.map(RequestId),
        request_number: row.try_get("number")?,
        result: word(row.try_get("result")?)?,
        note: row.try_get("note")?,
        author: row.try_get("author_name")?,
    })
}
