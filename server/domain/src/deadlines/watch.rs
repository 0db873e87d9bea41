//! What happens by itself as time passes: work that was put off comes back, finished work that nobody rates closes,
//! and somebody is told before and after a deadline is missed. Safe to run at any time, twice, and by several at once:
//! each request is locked, looked at again and moved in a transaction of its own.

use crate::{Actor, Ctx, Result, requests};
use chrono::TimeDelta;
use model::{CompanyId, RequestId};

/// Most requests of one company in one run; the next minute takes the next. A company with much to do keeps no other
/// waiting.
const MOST: i64 = 300;

/// What a run has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    pub returned: usize,
    pub closed: usize,
    pub told: usize,
}

/// One look at the clock, for every company that has something to do.
pub async fn tick(ctx: &Ctx) -> Result<Ticked> {
    let mut done = Ticked::default();
    for due in waiting(ctx).await? {
        let actor = Actor::system(due.company);
        let moved = match due.what {
            What::Return => requests::return_deferred(ctx, &actor, due.id).await.map(|n| done.returned += n),
            What::Close => requests::close_unrated(ctx, &actor, due.id).await.map(|n| done.closed += n),
            What::Tell => requests::tell_of_time(ctx, &actor, due.id).await.map(|n| done.told += n),
        };
        // One that fails keeps no other waiting; it is tried again the next minute.
        if let Err(error) = moved {
            tracing::error!(%error, request = %due.id, "a deadline could not be looked after");
        }
    }
    Ok(done)
}

#[derive(Clone, Copy)]
enum What {
    Return,
    Close,
    Tell,
}

struct Due {
    company: CompanyId,
    id: RequestId,
    what: What,
}

async fn waiting(ctx: &Ctx) -> Result<Vec<Due>> {
    let now = ctx.clock.now();
    let mut tx = ctx.db.begin_system("requests whose time has come").await?;
    let mut due = Vec::new();
    for row in sqlx::query!(
        "select company_id, id from (
           select company_id, id, row_number() over (partition by company_id order by deferred_until, id) as place
           from requests where status = 'deferred' and deferred_until <= $1) q where place <= $2",
        now,
        MOST
    )
    .fetch_all(&mut *tx)
    .await?
    {
        due.push(Due { company: row.company_id.into(), id: row.id.into(), what: What::Return });
    }
    for row in sqlx::query!(
        "select company_id, id from (
           select r.company_id, r.id, row_number() over (partition by r.company_id order by r.completed_at, r.id) as place
           from requests r left join deadline_watch w on w.company_id = r.company_id
           where r.status = 'done' and r.completed_at <= $1 and coalesce(w.close_after_days, 7) > 0
             and r.completed_at <= $2::timestamptz - make_interval(days => coalesce(w.close_after_days, 7))) q where place <= $3",
        now - TimeDelta::days(1),
        now,
        MOST
    )
    .fetch_all(&mut *tx)
    .await?
    {
        due.push(Due { company: row.company_id.into(), id: row.id.into(), what: What::Close });
    }
    for row in sqlx::query!(
        "select company_id, id from (
           select company_id, id, row_number() over (partition by company_id order by alert_at, id) as place
           from requests where alert_at <= $1) q where place <= $2",
        now,
        MOST
    )
    .fetch_all(&mut *tx)
    .await?
    {
        due.push(Due { company: row.company_id.into(), id: row.id.into(), what: What::Tell });
    }
    Ok(due)
}
