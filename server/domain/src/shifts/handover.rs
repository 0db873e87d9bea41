//! The end of a shift: what stands, what moved, a word to the next, and who took over.

use super::{at_moment, between};
use crate::{Actor, Ctx, Result, Scope, Tx, audit::Entry, error::word, staff::trimmed};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Code, HandoverId, Permission as P,
    requests::PersonRef,
    shifts::{Duty, HandOverShift, Handing, HandoverRow, OnDuty, WorkLine},
    validate,
};
use platform::ids::new_id;
use serde_json::json;

/// Where nothing tells when the shift began.
const USUAL: TimeDelta = TimeDelta::hours(12);
/// A shift is never taken to be longer.
const LONGEST: TimeDelta = TimeDelta::hours(36);
/// Lines of each list, and hand-overs shown.
const LINES: i64 = 20;

/// Who is there now, what stands, and the last hand-overs.
pub async fn now(ctx: &Ctx, actor: &Actor) -> Result<OnDuty> {
    actor.scope(P::ShiftsRead)?;
    let scope = actor.scope(P::RequestsRead)?;
    let mut tx = ctx.begin(actor).await?;
    view(&mut tx, &scope).await
}

async fn view(tx: &mut Tx, scope: &Scope) -> Result<OnDuty> {
    let at = tx.now();
    let now = at_moment(tx, at).await?;
    let next = between(tx, at, at + TimeDelta::days(2)).await?;
    let mut next: Vec<_> = next.into_iter().filter(|s| s.from > at && s.duty == Duty::Dispatcher).collect();
    next.truncate(3);
    let since = began(tx).await?;
    Ok(OnDuty {
        now,
        next,
        since,
        handing: handing(tx, scope, since).await?,
        handovers: handovers(tx).await?,
        may_hand_over: tx.actor().role().can(P::ShiftsHandOver) && tx.actor().user_id().is_some(),
    })
}

/// When the caller's shift began: by the schedule, but not before they handed the last one over.
async fn began(tx: &mut Tx) -> Result<DateTime<Utc>> {
    let (at, me, company) = (tx.now(), tx.actor().user_id().map(|u| u.0), tx.actor().company_id().0);
    let slots = between(tx, at - LONGEST, at).await?;
    let mine = slots.iter().filter(|s| Some(s.person.id) == me && s.from <= at).map(|s| s.from).max();
    let last = sqlx::query_scalar!(
        "select max(ended_at) from shift_handovers where company_id = $1 and user_id = $2 and ended_at > $3",
        company,
        me,
        at - LONGEST
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(mine.unwrap_or(at - USUAL).max(last.unwrap_or(at - LONGEST)).max(at - LONGEST))
}

/// Ends the caller's shift: keeps what stands now, with a word to the next.
pub async fn hand_over(ctx: &Ctx, actor: &Actor, command: &HandOverShift) -> Result<OnDuty> {
    actor.scope(P::ShiftsHandOver)?;
    let scope = actor.scope(P::RequestsRead)?;
    validate::check(command)?;
    let user = actor.user()?;
    let mut tx = ctx.begin(actor).await?;
    let (id, ended, started) = (HandoverId(new_id()), tx.now(), began(&mut tx).await?);
    let handing = handing(&mut tx, &scope, started).await?;
    let note = trimmed(command.note.clone());
    sqlx::query!(
        "insert into shift_handovers (id, company_id, user_id, user_name, started_at, ended_at, note, handing)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        actor.company_id().0,
        user.0,
        actor.name(),
        started,
        ended,
        note,
        serde_json::to_value(&handing)?
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "note": [null, note], "emergency": [null, handing.emergencies], "overdue": [null, handing.overdue], "unassigned": [null, handing.unassigned] });
    tx.audit(Entry { action: "handover.create", object_type: "handover", object_id: Some(id.0), changes }).await?;
    let view = view(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(view)
}

/// Takes a shift over: read, and from now on the caller's.
///
/// # Errors
/// `conflict` when somebody took it over already; `own_access` on one's own.
pub async fn acknowledge(ctx: &Ctx, actor: &Actor, id: HandoverId) -> Result<OnDuty> {
    actor.scope(P::ShiftsHandOver)?;
    let scope = actor.scope(P::RequestsRead)?;
    let user = actor.user()?;
    let mut tx = ctx.begin(actor).await?;
    let row = sqlx::query!(
        "select user_id, user_name, taken_at from shift_handovers where company_id = $1 and id = $2 for update",
        actor.company_id().0,
        id.0
    )
    .fetch_one(tx.conn())
    .await?;
    if row.user_id == user.0 {
        return Err(Code::OwnAccess.into());
    }
    if row.taken_at.is_some() {
        return Err(Code::Conflict.into());
    }
    let now = tx.now();
    sqlx::query!(
        "update shift_handovers set taken_by = $3, taken_name = $4, taken_at = $5 where company_id = $1 and id = $2",
        actor.company_id().0,
        id.0,
        user.0,
        actor.name(),
        now
    )
    .execute(tx.conn())
    .await?;
    let changes = json!({ "name": [row.user_name, actor.name()] });
    tx.audit(Entry { action: "handover.accept", object_type: "handover", object_id: Some(id.0), changes }).await?;
    let view = view(&mut tx, &scope).await?;
    tx.commit().await?;
    Ok(view)
}

async fn handovers(tx: &mut Tx) -> Result<Vec<HandoverRow>> {
    let (company, me) = (tx.actor().company_id().0, tx.actor().user_id().map(|u| u.0));
    let may = tx.actor().role().can(P::ShiftsHandOver) && me.is_some();
    sqlx::query!(
        "select id, user_id, user_name, started_at, ended_at, note, handing, taken_by, taken_name, taken_at
         from shift_handovers where company_id = $1 order by ended_at desc, id desc limit $2",
        company,
        LINES
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|h| {
        Ok(HandoverRow {
            id: h.id.into(),
            may_acknowledge: may && h.taken_at.is_none() && me != Some(h.user_id),
            from: PersonRef { id: h.user_id, name: h.user_name },
            started_at: h.started_at,
            ended_at: h.ended_at,
            note: h.note,
            handing: serde_json::from_value(h.handing)?,
            acknowledged_by: h.taken_by.zip(h.taken_name).map(|(id, name)| PersonRef { id, name }),
            acknowledged_at: h.taken_at,
        })
    })
    .collect()
}

/// What stands in the caller's reach, and what moved since a moment.
async fn handing(tx: &mut Tx, scope: &Scope, since: DateTime<Utc>) -> Result<Handing> {
    let (reach, now) = (scope.requests(), tx.now());
    let counts = sqlx::query!(
        r#"select (count(*) filter (where r.kind = 'emergency'))::int as "emergencies!",
             (count(*) filter (where r.pressing_at < $5 and r.paused_since is null))::int as "overdue!",
             (count(*) filter (where r.assignee_id is null))::int as "unassigned!"
           from requests r
           where r.company_id = $1 and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
             and ($2 or r.assignee_id = $3 or (r.building_id = any($4) and ($6::text[] is null or r.category = any($6))))"#,
        scope.company(),
        reach.all,
        reach.user,
        &reach.zones,
        now,
        reach.trades.as_deref()
    )
    .fetch_one(tx.conn())
    .await?;
    let moved = sqlx::query!(
        r#"select (count(distinct h.request_id) filter (where h.change = 'created'))::int as "filed!",
             (count(distinct h.request_id) filter (where h.change = 'assignee'))::int as "assigned!",
             (count(distinct h.request_id) filter (where h.change = 'status' and h.new = 'done'))::int as "done!",
             (count(distinct h.request_id) filter (where h.change = 'status' and h.new = 'returned'))::int as "returned!"
           from request_history h join requests r on r.company_id = h.company_id and r.id = h.request_id
           where h.company_id = $1 and r.updated_at >= $5 and h.at >= $5
             and ($2 or r.assignee_id = $3 or (r.building_id = any($4) and ($6::text[] is null or r.category = any($6))))"#,
        scope.company(),
        reach.all,
        reach.user,
        &reach.zones,
        since,
        reach.trades.as_deref()
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Handing {
        emergencies: counts.emergencies,
        overdue: counts.overdue,
        unassigned: counts.unassigned,
        filed: moved.filed,
        assigned: moved.assigned,
        done: moved.done,
        returned: moved.returned,
        emergency_lines: lines(tx, scope, "emergency").await?,
        overdue_lines: lines(tx, scope, "overdue").await?,
        unassigned_lines: lines(tx, scope, "unassigned").await?,
    })
}

/// The most pressing requests of one list.
async fn lines(tx: &mut Tx, scope: &Scope, which: &str) -> Result<Vec<WorkLine>> {
    let (reach, now) = (scope.requests(), tx.now());
    sqlx::query!(
        r#"select r.id, r.number, r.status, r.kind, r.address, left(r.description, 200) as "description!", u.name as "assignee?",
             case when r.responded_at is null then r.respond_by end as respond_by, r.due_at
           from requests r left join users u on u.id = r.assignee_id
           where r.company_id = $1 and r.status in ('new', 'assigned', 'in_progress', 'deferred', 'returned')
             and ($2 or r.assignee_id = $3 or (r.building_id = any($4) and ($8::text[] is null or r.category = any($8))))
             and case $6::text when 'emergency' then r.kind = 'emergency' when 'overdue' then r.pressing_at < $5 and r.paused_since is null
               else r.assignee_id is null end
           order by r.pressing_at nulls last, r.id limit $7"#,
        scope.company(),
        reach.all,
        reach.user,
        &reach.zones,
        now,
        which,
        LINES,
        reach.trades.as_deref()
    )
    .fetch_all(tx.conn())
    .await?
    .into_iter()
    .map(|r| {
        Ok(WorkLine {
            id: r.id.into(),
            number: r.number,
            status: word(&r.status)?,
            kind: word(&r.kind)?,
            address: r.address,
            description: r.description,
            assignee: r.assignee,
            respond_by: r.respond_by,
            due_at: r.due_at,
        })
    })
    .collect()
}
