//! The counters of the desk's tabs. Who sees the whole company shares them: they are counted anew when something happened
//! there, not for each page and each listener.

use super::list::{OPEN, within};
use crate::{Actor, Ctx, Result, Scope, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use model::{CompanyId, UserId, requests::RequestCounts};
use sqlx::{Postgres, QueryBuilder, Row};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// What time alone changes — a deadline passes — is seen after so long.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// The counters of each company as they were last.
#[derive(Default)]
pub struct Counted(Mutex<HashMap<CompanyId, Place>>);

/// Who counts holds it: the others wait for the result instead of counting the same.
type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

struct Kept {
    /// What had happened before it was counted.
    changes: u64,
    at: DateTime<Utc>,
    counts: RequestCounts,
}

impl Counted {
    fn of(&self, company: CompanyId) -> Place {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(company).or_default().clone()
    }
}

/// How many requests of each kind the caller sees.
pub async fn counts(ctx: &Ctx, actor: &Actor) -> Result<RequestCounts> {
    let scope = actor.scope_any(&super::READ)?;
    let reach = scope.requests();
    if !reach.all {
        let mut tx = ctx.begin(actor).await?;
        let counts = count(&mut tx, &scope).await?;
        let counts = RequestCounts { mine: mine(&mut tx, &scope, actor.user_id()).await?, ..counts };
        // What waits for the desk is not for the resident to see.
        let resident = scope.own_contact().is_some();
        return Ok(if resident { RequestCounts { unanswered: 0, control: 0, ..counts } } else { counts });
    }
    let place = ctx.counted.of(scope.company_id());
    let mut kept = place.lock().await;
    // Asked before the rows are: what happens meanwhile makes them old.
    let (changes, now) = (ctx.events.changes(scope.company_id()), ctx.clock.now());
    let known = kept.as_ref().filter(|kept| kept.changes == changes && (now - kept.at).abs() < FRESH);
    let known = known.map(|kept| kept.counts);
    let mut tx;
    let counts = match known {
        Some(counts) => {
            drop(kept);
            tx = ctx.begin(actor).await?;
            counts
        }
        None => {
            tx = ctx.begin(actor).await?;
            let counts = count(&mut tx, &scope).await?;
            *kept = Some(Kept { changes, at: now, counts });
            drop(kept);
            counts
        }
    };
    Ok(RequestCounts { mine: mine(&mut tx, &scope, actor.user_id()).await?, ..counts })
}

/// All but `mine`, in one pass over the open part of the table.
async fn count(tx: &mut Tx, scope: &Scope) -> Result<RequestCounts> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "select count(*) filter (where status = 'new') as new, count(*) filter (where status = 'assigned') as assigned, \
         count(*) filter (where status = 'in_progress') as in_progress, count(*) filter (where status = 'deferred') as deferred, \
         count(*) filter (where status = 'returned') as returned, count(*) filter (where status = 'done') as done, \
         count(*) filter (where status <> 'done' and paused_since is null and pressing_at < ",
    );
    sql.push_bind(tx.now());
    sql.push(") as overdue, count(*) filter (where status <> 'done' and paused_since is null and soon_at <= ");
    sql.push_bind(tx.now()).push(" and pressing_at >= ").push_bind(tx.now());
    sql.push(
        ") as soon, count(*) filter (where status <> 'done' and kind = 'emergency') as emergency, \
         count(*) filter (where status <> 'done' and kind = 'paid') as paid, \
         count(*) filter (where status <> 'done' and kind = 'warranty') as warranty, \
         count(*) filter (where status <> 'done' and assignee_id is null) as unassigned, \
         count(*) filter (where status = 'done' and controlled_at is null and completed_at is not null) as control \
         from requests r where status in ('new', 'assigned', 'in_progress', 'deferred', 'returned', 'done') and ",
    );
    within(&mut sql, scope);
    let row = sql.build().fetch_one(tx.conn()).await?;
    // A question may come when the work is long over.
    let mut asked = QueryBuilder::<Postgres>::new("select count(*) from requests r where r.awaits_answer and ");
    within(&mut asked, scope);
    Ok(RequestCounts {
        new: row.try_get("new")?,
        assigned: row.try_get("assigned")?,
        in_progress: row.try_get("in_progress")?,
        deferred: row.try_get("deferred")?,
        returned: row.try_get("returned")?,
        done: row.try_get("done")?,
        overdue: row.try_get("overdue")?,
        soon: row.try_get("soon")?,
        emergency: row.try_get("emergency")?,
        mine: 0,
        paid: row.try_get("paid")?,
        warranty: row.try_get("warranty")?,
        unassigned: row.try_get("unassigned")?,
        unanswered: asked.build_query_scalar().fetch_one(tx.conn()).await?,
        control: row.try_get("control")?,
    })
}

/// The open work of one person.
async fn mine(tx: &mut Tx, scope: &Scope, user: Option<UserId>) -> Result<i64> {
    let Some(user) = user else { return Ok(0) };
    let mut sql = QueryBuilder::<Postgres>::new("select count(*) from requests r where r.status in ");
    sql.push(OPEN).push(" and r.assignee_id = ").push_bind(user.0).push(" and ");
    within(&mut sql, scope);
    Ok(sql.build_query_scalar().fetch_one(tx.conn()).await?)
}
