//! Reading the audit: the page of everything, and the history on a card.
//!
//! The page is for those with `audit.read`. The history of one record is also for whoever at the desk may read that
//! record: what was changed on a card is part of it. Staff, settings, imports and invitations are an exception: their
//! history tells of access and stays with `audit.read`.

use crate::{Actor, Ctx, Error, Result, Scope, Tx, error::word, paging, property::like, requests};
use chrono::{DateTime, Utc};
use model::{
    Code, Cursor, Page, Permission as P,
    audit::{AuditFilter, AuditRow, DoorName, FieldChange, ObjectType},
};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder, Row, postgres::PgRow};
use uuid::Uuid;

/// Entries a card shows at most.
const ON_CARD: i64 = 200;

/// The name of a record today. A record that is gone has none.
const NAME: &str = "case a.object_type \
    when 'request' then (select '№' || r.number from requests r where r.company_id = a.company_id and r.id = a.object_id) \
    when 'user' then (select u.name from users u where u.company_id = a.company_id and u.id = a.object_id) \
    when 'contact' then (select c.name from contacts c where c.company_id = a.company_id and c.id = a.object_id) \
    when 'building' then (select b.address from buildings b where b.company_id = a.company_id and b.id = a.object_id) \
    when 'complex' then (select x.name from complexes x where x.company_id = a.company_id and x.id = a.object_id) \
    when 'unit' then (select b.address || ', №' || n.number from units n join buildings b on b.company_id = n.company_id and b.id = n.building_id \
      where n.company_id = a.company_id and n.id = a.object_id) \
    when 'account' then (select p.number from personal_accounts p where p.company_id = a.company_id and p.id = a.object_id) \
    when 'riser' then (select b.address || ', ' || r.name from risers r join buildings b on b.company_id = r.company_id and b.id = r.building_id \
      where r.company_id = a.company_id and r.id = a.object_id) \
    when 'outage' then (select min(b.address) from outage_places p join buildings b on b.company_id = p.company_id and b.id = p.building_id \
      where p.company_id = a.company_id and p.outage_id = a.object_id) \
    when 'news' then (select w.title_ru from news w where w.company_id = a.company_id and w.id = a.object_id) \
    when 'kassa' then (select k.name from kassas k where k.company_id = a.company_id and k.id = a.object_id) \
    when 'payment' then (select '№' || p.number from payments p where p.company_id = a.company_id and p.id = a.object_id) \
    when 'invitation' then (select i.name from staff_invites i where i.company_id = a.company_id and i.id = a.object_id) \
    when 'service' then (select s.name_ru from services s where s.company_id = a.company_id and s.id = a.object_id) \
    when 'tariff' then (select s.name_ru from tariffs t join services s on s.company_id = t.company_id and s.id = t.service_id \
      where t.company_id = a.company_id and t.id = a.object_id) \
    when 'bank_statement' then (select s.file_name from bank_statements s where s.company_id = a.company_id and s.id = a.object_id) \
    when 'bank_line' then (select l.number from bank_lines l where l.company_id = a.company_id and l.id = a.object_id) \
    when 'reconciliation' then (select r.file_name from reconciliations r where r.company_id = a.company_id and r.id = a.object_id) \
    when 'charge_run' then (select to_char(r.period, 'MM.YYYY') from charge_runs r where r.company_id = a.company_id and r.id = a.object_id) \
    end as object_name";

/// The audit of the company by any mix of filters, the newest first.
///
/// # Errors
/// `invalid` on a cursor that is not ours, a limit outside 1–100, or a text too short to look for.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: &AuditFilter) -> Result<Page<AuditRow>> {
    let scope = actor.scope(P::AuditRead)?;
    let limit = paging::limit(filter.limit, 50, 100)?;
    let cursor = paging::cursor(filter.cursor.as_deref())?;
    let items = rows(&mut ctx.begin(actor).await?, &scope, filter, cursor, paging::and_one(limit)).await?;
    Ok(paging::cut(items, limit, |last| Cursor { at: last.at, id: last.id.0 }.encode()))
}

/// The entries of [`list`] behind a cursor, as many at once as asked.
pub(crate) async fn rows(
    tx: &mut Tx,
    scope: &Scope,
    filter: &AuditFilter,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<AuditRow>> {
    let mut sql = select(scope.company());
    narrow(&mut sql, filter, after, limit)?;
    if let Some(Cursor { at, id }) = after {
        sql.push(" and (a.at, a.id) < (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    sql.push(" order by a.at desc, a.id desc limit ").push_bind(limit);
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

/// How many entries fit, counted no further than `most`.
pub(crate) async fn count_up_to(tx: &mut Tx, scope: &Scope, filter: &AuditFilter, most: i64) -> Result<i64> {
    let mut sql = QueryBuilder::new("select count(*) from (select from audit_log a where a.company_id = ");
    sql.push_bind(scope.company());
    narrow(&mut sql, filter, None, most)?;
    sql.push(" limit ").push_bind(most).push(") counted");
    Ok(sql.build_query_scalar().fetch_one(tx.conn()).await?)
}

/// What a filter leaves, at least its `most` newest entries behind `after`.
fn narrow(sql: &mut QueryBuilder<Postgres>, filter: &AuditFilter, after: Option<Cursor>, most: i64) -> Result<()> {
    if let Some(id) = filter.actor_id {
        sql.push(" and a.actor_id = ").push_bind(id.0);
    }
    if let Some(kind) = &filter.object_type {
        sql.push(" and a.object_type = ").push_bind(kind);
    }
    if let Some(id) = filter.object_id {
        sql.push(" and a.object_id = ").push_bind(id);
    }
    if let Some(action) = &filter.action {
        sql.push(" and a.action = ").push_bind(action);
    }
    if let Some(door) = filter.door {
        sql.push(" and a.door = ").push_bind(door.as_str());
    }
    if let Some(from) = filter.from {
        sql.push(" and a.at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" and a.at < ").push_bind(to);
    }
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        // Fewer letters than the index knows would read the whole log.
        if text.chars().count() < 3 {
            return Err(Error::field("/text", "too_short"));
        }
        // Asked by name: only there may the index of words be used.
        sql.push(" and a.id in (select audit_found(words => ").push_bind(like(text));
        sql.push(", actor => ").push_bind(filter.actor_id.map(|id| id.0));
        sql.push(", kind => ").push_bind(filter.object_type.clone());
        sql.push(", object => ").push_bind(filter.object_id);
        sql.push(", what => ").push_bind(filter.action.clone());
        sql.push(", through => ").push_bind(filter.door.map(DoorName::as_str));
        sql.push(", since => ").push_bind(filter.from).push(", until => ").push_bind(filter.to);
        sql.push(", before_at => ").push_bind(after.map(|after| after.at));
        sql.push(", before_id => ").push_bind(after.map(|after| after.id));
        sql.push(", most => ").push_bind(most).push("))");
    }
    Ok(())
}

/// What happened to one record, the newest first; at most 200 entries.
///
/// # Errors
/// `forbidden` where the record's history is not for the caller; `not_found` for a request they do not see.
pub async fn of_object(ctx: &Ctx, actor: &Actor, object_type: ObjectType, id: Uuid) -> Result<Vec<AuditRow>> {
    use ObjectType as T;
    let permission = match object_type {
        T::Complex | T::Building | T::Entrance | T::Unit | T::Account | T::Document => P::BuildingsRead,
        T::Contact | T::Residency => P::ResidentsRead,
        T::Outage | T::Riser => P::OutagesRead,
        T::Request => P::RequestsRead,
        T::Kassa => P::KassasManage,
        T::News => P::NotificationsRead,
        T::Payment | T::BankStatement | T::BankLine | T::Reconciliation => P::PaymentsRead,
        T::Service | T::Tariff | T::ChargeRun => P::LedgerRead,
        T::Company | T::User | T::Invitation | T::Import | T::Setting => P::AuditRead,
    };
    let scope = actor.scope(permission)?;
    // Houses are read by field staff and contacts by themselves one day; history is for the desk.
    if !actor.role().is_desk() {
        return Err(Code::Forbidden.into());
    }
    if object_type == T::Request {
        requests::get(ctx, actor, id.into()).await?;
    }
    let mut sql = select(scope.company());
    if object_type == T::Contact {
        // Where they live is part of who they are.
        sql.push(" and ((a.object_type = 'contact' and a.object_id = ").push_bind(id);
        sql.push(") or (a.object_type = 'residency' and a.object_id in (select r.id from residencies r where r.company_id = a.company_id and r.contact_id = ");
        sql.push_bind(id).push(")))");
    } else {
        sql.push(" and a.object_type = ").push_bind(object_type.as_str()).push(" and a.object_id = ").push_bind(id);
    }
    sql.push(" order by a.at desc, a.id desc limit ").push_bind(ON_CARD);
    let mut tx = ctx.begin(actor).await?;
    sql.build().fetch_all(tx.conn()).await?.iter().map(read).collect()
}

fn select(company: Uuid) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new(
        "select a.id, a.at, a.actor_id, a.actor_name, a.actor_role, a.door, a.action, a.object_type, a.object_id, a.changes, ",
    );
    sql.push(NAME).push(" from audit_log a where a.company_id = ").push_bind(company);
    sql
}

fn read(row: &PgRow) -> Result<AuditRow> {
    Ok(AuditRow {
        id: row.try_get::<Uuid, _>("id")?.into(),
        at: row.try_get::<DateTime<Utc>, _>("at")?,
        actor_id: row.try_get::<Option<Uuid>, _>("actor_id")?.map(Into::into),
        actor_name: row.try_get("actor_name")?,
        actor_role: word(row.try_get("actor_role")?)?,
        door: word(row.try_get("door")?)?,
        action: row.try_get("action")?,
        object_type: row.try_get("object_type")?,
        object_id: row.try_get("object_id")?,
        object_name: row.try_get("object_name")?,
        changes: fields(&row.try_get::<Value, _>("changes")?),
    })
}

/// `{field: [old, new]}` as changes; anything else as a fact.
fn fields(changes: &Value) -> Vec<FieldChange> {
    let Value::Object(all) = changes else { return Vec::new() };
    all.iter()
        .map(|(field, value)| match value {
            Value::Array(pair) if pair.len() == 2 => {
                FieldChange { field: field.clone(), old: text(&pair[0]), new: text(&pair[1]) }
            }
            fact => FieldChange { field: field.clone(), old: None, new: text(fact) },
        })
        .collect()
}

/// A value for people: lists with commas, objects as they are, nothing for nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
        Value::Array(items) => {
            Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")).filter(|t| !t.is_empty())
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_become_text() {
        let read = |value| fields(&value).into_iter().map(|c| (c.field, c.old, c.new)).collect::<Vec<_>>();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read(json!({ "rooms": [null, 2] })), [("rooms".to_owned(), None, some("2"))]);
        assert_eq!(
            read(json!({ "skills": [["plumber"], ["plumber", "heating"]] })),
            [("skills".to_owned(), some("plumber"), some("plumber, heating"))]
        );
        assert_eq!(read(json!({ "rows": 12 })), [("rows".to_owned(), None, some("12"))]);
        assert_eq!(
            read(json!({ "buildings": [[], ["Навои 12"]] })),
            [("buildings".to_owned(), None, some("Навои 12"))]
        );
        assert!(read(json!([])).is_empty());
    }
}
