//! Steps that nobody takes: the time has come. Each looks again under the lock, so that a second run finds nothing to do.

use super::{audit, moved_to, queries, told};
use crate::{
    Actor, Ctx, Result, Tx,
    deadlines::clocks::{self, Alert, Clocks},
    events::Audience,
    notices::Recipient,
};
use chrono::TimeDelta;
use model::{
    Permission as P, RequestId,
    deadlines::{Clock, Watch},
    events::Event,
    notices::NoticeKind,
    requests::Status,
};
use serde_json::json;

/// Work that was put off to a day comes back to its worker, or among the new. Says how many came.
pub(crate) async fn return_deferred(ctx: &Ctx, system: &Actor, id: RequestId) -> Result<usize> {
    let scope = system.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(system).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let due = Clocks::load(&mut tx, id).await?.deferred_until.is_some_and(|until| until <= tx.now());
    if core.status != Status::Deferred || !due {
        return Ok(0);
    }
    let to = core.status.resumed(core.assignee_id.is_some());
    let moved = queries::set_status(&mut tx, &core, to, None, None).await?;
    moved_to(&mut tx, &core, &moved, None).await?;
    tx.commit().await?;
    Ok(1)
}

/// Finished work that nobody rated in the company's days is closed. Says how many were.
pub(crate) async fn close_unrated(ctx: &Ctx, system: &Actor, id: RequestId) -> Result<usize> {
    let scope = system.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(system).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let days = clocks::watch(&mut tx).await?.close_after_days;
    let limit = tx.now() - TimeDelta::days(days.into());
    let long = Clocks::load(&mut tx, id).await?.completed_at.is_some_and(|at| at <= limit);
    if core.status != Status::Done || days == 0 || !long {
        return Ok(0);
    }
    let moved = queries::set_status(&mut tx, &core, Status::Closed, None, None).await?;
    moved_to(&mut tx, &core, &moved, None).await?;
    tx.commit().await?;
    Ok(1)
}

/// Tells of a deadline that is near or missed: everybody who sees the request, the worker by letter before it and the
/// people the company names after it. Once for each clock. Says how much was told.
pub(crate) async fn tell_of_time(ctx: &Ctx, system: &Actor, id: RequestId) -> Result<usize> {
    let scope = system.scope(P::RequestsUpdate)?;
    let mut tx = ctx.begin(system).await?;
    let core = queries::lock(&mut tx, &scope, id).await?;
    let mut clocks = Clocks::load(&mut tx, id).await?;
    let now = tx.now();
    let mut told = 0;
    for clock in [Clock::Answer, Clock::Solution] {
        let passed = clocks.moments().into_iter().filter(|(at, of, _)| *of == clock && *at <= now);
        // Who has to hear of the breach need not be warned any more.
        let Some(alert) = passed.map(|(.., alert)| alert).max() else { continue };
        if !clocks.mark(&mut tx, id, clock, alert).await? {
            continue;
        }
        told += 1;
        let audience = Audience { internal: true, ..core.audience() };
        let event = core.event(|request_id, number, status| match alert {
            Alert::Warning => Event::RequestDueSoon { request_id, number, status, clock },
            Alert::Breach => Event::RequestOverdue { request_id, number, status, clock },
        });
        tx.emit(&event, &audience).await?;
        write_to(&mut tx, &core, &clocks, clock, alert).await?;
        if alert == Alert::Breach {
            audit(&mut tx, "request.overdue", id, json!({ "clock": [null, clock] })).await?;
        }
    }
    clocks.save(&mut tx, id).await?;
    tx.commit().await?;
    Ok(told)
}

/// A warning to the worker, or to the dispatchers of the whole company while there is none; a breach to whom the company has named. Roles reach
/// those who see the request anyway; who is named by name is meant.
async fn write_to(tx: &mut Tx, core: &queries::Core, clocks: &Clocks, clock: Clock, alert: Alert) -> Result<()> {
    let Watch { escalate_roles, escalate_to, .. } = clocks::watch(tx).await?;
    let breach = alert == Alert::Breach;
    let roles: Vec<String> = escalate_roles.iter().filter(|_| breach).map(|role| role.as_str().to_owned()).collect();
    let people: Vec<uuid::Uuid> = escalate_to.iter().filter(|_| breach).map(|id| id.0).collect();
    let company = tx.actor().company_id().0;
    let readers = sqlx::query_scalar!(
        r#"select id from users
           where company_id = $1 and blocked_at is null and role <> 'resident'
             and (id = any($2) or (not $5 and id = $4)
               or (not $5 and $4::uuid is null and role = 'dispatcher' and coalesce(visibility, 'company') = 'company')
               or (role = any($3) and (role = 'admin' or id = $4 or (role = 'dispatcher' and coalesce(visibility, 'company') = 'company'))))
           order by id"#,
        company,
        &people,
        &roles,
        core.assignee_id.map(|u| u.0),
        breach
    )
    .fetch_all(tx.conn())
    .await?;
    let facts = told::facts(tx, core).await?;
    let due = if clock == Clock::Answer { clocks.respond_by } else { clocks.due_at };
    let kind = if breach { NoticeKind::DeadlineBreach } else { NoticeKind::DeadlineWarning };
    // A deadline that was moved may be missed anew.
    let key = format!("{kind}:{}:{clock}:{}", core.id, due.map(|at| at.timestamp()).unwrap_or_default());
    let to = readers.into_iter().map(|id| Recipient::Staff(id.into())).collect();
    let more = json!({ "clock": clock, "due": due });
    tx.notify(&told::notice(core, &facts, kind, key, to, &more)).await
}
