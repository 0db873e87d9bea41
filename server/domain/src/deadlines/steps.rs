//! What sets and moves the clocks of a request: filing it, its steps, comments, edits, questions to the resident. The row
//! of the request is locked by whoever calls.

use super::{
    clocks::{Clocks, Terms, read_calendar, zone},
    count::Pause,
};
use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use model::{
    BuildingId, ComplexId, RequestId, Role,
    deadlines::{PauseReason, Rule, Subject, Watch, choose, usual_rules},
    requests::{Category, Change, Kind, Priority, Status},
    settings::WorkCalendar,
};

/// What a fresh request is promised.
pub(crate) struct Promised {
    pub policy: Option<i32>,
    pub rule: Option<i16>,
    pub calendar: Option<i32>,
    pub terms: Option<Terms>,
    pub respond_by: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub soon_at: Option<DateTime<Utc>>,
    pub alert_at: Option<DateTime<Utc>>,
}

/// The rules a company holds now, its calendar and zone.
pub(super) struct Current {
    pub zone: Tz,
    pub policy: Option<i32>,
    pub rules: Vec<Rule>,
    pub calendar: WorkCalendar,
    pub calendar_version: Option<i32>,
    pub warn_percent: i16,
    /// The complex of the building asked about.
    pub complex_id: Option<ComplexId>,
}

/// One trip to the database for all that a new promise needs.
pub(super) async fn current(tx: &mut Tx, building: Option<BuildingId>) -> Result<Current> {
    let company = tx.actor().company_id().0;
    let row = sqlx::query!(
        r#"select c.time_zone, b.complex_id as "complex_id?", p.number as "number?", p.rules as "rules?",
             v.version as "version?", v.week as "week?", v.special as "special?", w.warn_percent as "warn_percent?"
           from companies c
           left join buildings b on b.company_id = c.id and b.id = $2
           left join lateral (select number, rules from deadline_policies where company_id = c.id order by number desc limit 1) p on true
           left join lateral (select version, week, special from work_calendars where company_id = c.id order by version desc limit 1) v on true
           left join deadline_watch w on w.company_id = c.id
           where c.id = $1"#,
        company,
        building.map(|b| b.0)
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Current {
        zone: zone(&row.time_zone),
        policy: row.number,
        rules: row.rules.map(serde_json::from_value).transpose()?.unwrap_or_else(usual_rules),
        calendar: read_calendar(row.version, row.week, row.special)?,
        calendar_version: row.version,
        warn_percent: row.warn_percent.unwrap_or(Watch::default().warn_percent),
        complex_id: row.complex_id.map(Into::into),
    })
}

/// What a request filed now is promised. The problem's own hours, where it has some, replace the rule's; an emergency
/// never waits longer for them.
pub(crate) async fn promise(
    tx: &mut Tx,
    kind: Kind,
    priority: Priority,
    category: Category,
    building: BuildingId,
    hours: Option<i16>,
) -> Result<Promised> {
    let now = tx.now();
    let current = current(tx, Some(building)).await?;
    let subject = Subject { kind, priority, category, complex_id: current.complex_id };
    let chosen = choose(&current.rules, &subject);
    let rule = chosen.and_then(|rule| current.rules.iter().position(|r| r == rule)).and_then(|n| i16::try_from(n).ok());
    let mut clocks = Clocks {
        created_at: now,
        status: Status::New,
        terms: chosen.map(Terms::from).map(|terms| own_hours(terms, kind, hours)),
        calendar: current.calendar,
        calendar_version: current.calendar_version,
        zone: current.zone,
        warn_percent: current.warn_percent,
        ..Clocks::empty(now)
    };
    clocks.count();
    Ok(Promised {
        policy: current.policy,
        rule,
        calendar: current.calendar_version,
        terms: clocks.terms,
        respond_by: clocks.respond_by,
        due_at: clocks.due_at,
        soon_at: clocks.soon_at(),
        alert_at: clocks.next_alert(),
    })
}

/// The problem's own hours instead of the rule's; an emergency never waits longer for them.
pub(super) fn own_hours(terms: Terms, kind: Kind, hours: Option<i16>) -> Terms {
    let Some(own) = hours.map(|hours| i32::from(hours) * 60) else { return terms };
    let solution = if kind == Kind::Emergency { own.min(terms.solution_minutes) } else { own };
    Terms { solution_minutes: solution, ..terms }
}

/// After a step of the graph, or a change of hands.
pub(crate) async fn after_step(tx: &mut Tx, id: RequestId, from: Status, to: Status) -> Result<()> {
    let mut clocks = Clocks::load(tx, id).await?;
    let now = tx.now();
    clocks.answered(tx);
    let waits = clocks.paused.is_some_and(|(_, reason)| reason == PauseReason::WaitingResident);
    // Another pair of hands does not answer what the resident was asked; any real step does without the answer.
    let goes_on = match (from, to) {
        (Status::Deferred, Status::Deferred) => true,
        (_, Status::New | Status::Assigned) => waits,
        _ => false,
    };
    if !goes_on {
        clocks.resume(tx, id).await?;
    }
    match to {
        Status::Deferred if !goes_on => clocks.paused = Some((now, PauseReason::Deferred)),
        Status::Done => clocks.late = clocks.due_at.is_some_and(|due| due < now),
        Status::Returned => {
            clocks.late = false;
            // While it waited for the verdict, nobody could work on it.
            if let Some(from) = finished_at(tx, id).await? {
                clocks.write_pause(tx, id, Pause { from, to: now, reason: PauseReason::Done }).await?;
            }
        }
        _ => {}
    }
    if to.is_open() {
        clocks.count();
    }
    clocks.save(tx, id).await
}

async fn finished_at(tx: &mut Tx, id: RequestId) -> Result<Option<DateTime<Utc>>> {
    let company = tx.actor().company_id().0;
    Ok(sqlx::query_scalar!(
        "select max(at) from request_history where company_id = $1 and request_id = $2 and change = 'status' and new = 'done'",
        company,
        id.0
    )
    .fetch_one(tx.conn())
    .await?)
}

/// After a comment: the company's is an answer, the resident's ends the waiting. Says whether the waiting ended.
pub(crate) async fn after_comment(tx: &mut Tx, id: RequestId, internal: bool) -> Result<bool> {
    let resident = tx.actor().role() == Role::Resident;
    if internal && !resident {
        return Ok(false);
    }
    let mut clocks = Clocks::load(tx, id).await?;
    let waits = clocks.paused.is_some_and(|(_, reason)| reason == PauseReason::WaitingResident);
    if resident && waits {
        clocks.resume(tx, id).await?;
        clocks.count();
    } else if !resident && clocks.responded_at.is_none() {
        clocks.answered(tx);
    } else {
        return Ok(false);
    }
    clocks.save(tx, id).await?;
    Ok(resident && waits)
}

/// After an edit of the facts: another kind of request has another rule of the edition it was filed under, and its
/// problem's own hours still replace the rule's. A due time that was named by hand stays. `changes` gets the new due time.
pub(crate) async fn after_edit(
    tx: &mut Tx,
    id: RequestId,
    changes: &mut Vec<(Change, Option<String>, Option<String>)>,
) -> Result<()> {
    let named = changes.iter().any(|(change, ..)| *change == Change::Due);
    let other = changes.iter().any(|(change, old, new)| match change {
        Change::Kind | Change::Priority | Change::Category => true,
        // Confirming what was suggested changes nothing.
        Change::Problem => old != new,
        _ => false,
    });
    if !named && !other {
        return Ok(());
    }
    let mut clocks = Clocks::load(tx, id).await?;
    clocks.by_hand |= named;
    if other && let (Some(subject), Some(_)) = (clocks.subject, clocks.terms) {
        let rules = super::policy::edition(tx, clocks.policy).await?;
        if let Some(place) = choose(&rules, &subject).and_then(|rule| rules.iter().position(|r| r == rule)) {
            clocks.rule = i16::try_from(place).ok();
            let hours = problem_hours(tx, id).await?;
            clocks.terms = rules.get(place).map(Terms::from).map(|terms| own_hours(terms, subject.kind, hours));
        }
    }
    let before = clocks.due_at;
    clocks.count();
    if clocks.due_at != before {
        let text = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339());
        changes.push((Change::Due, text(before), text(clocks.due_at)));
    }
    clocks.save(tx, id).await
}

/// The step that was the answer at `at` is taken back: the request waits for one again.
pub(crate) async fn unanswered(tx: &mut Tx, id: RequestId, at: DateTime<Utc>) -> Result<()> {
    let mut clocks = Clocks::load(tx, id).await?;
    if clocks.responded_at == Some(at) {
        clocks.responded_at = None;
        clocks.save(tx, id).await?;
    }
    Ok(())
}

async fn problem_hours(tx: &mut Tx, id: RequestId) -> Result<Option<i16>> {
    let company = tx.actor().company_id().0;
    let hours = sqlx::query_scalar!(
        "select p.hours from requests r join problems p on p.company_id = r.company_id and p.id = r.problem_id
         where r.company_id = $1 and r.id = $2",
        company,
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(hours.flatten())
}

/// Begins or ends the waiting for the resident. `None` when it is so already.
pub(crate) async fn wait(tx: &mut Tx, id: RequestId, reason: Option<&str>) -> Result<Option<()>> {
    let mut clocks = Clocks::load(tx, id).await?;
    let waits = clocks.paused.is_some_and(|(_, reason)| reason == PauseReason::WaitingResident);
    match reason {
        Some(_) if waits => return Ok(None),
        Some(_) => {
            clocks.answered(tx);
            clocks.paused = Some((tx.now(), PauseReason::WaitingResident));
        }
        None if !waits => return Ok(None),
        None => clocks.resume(tx, id).await?,
    }
    clocks.count();
    let (company, now) = (tx.actor().company_id().0, tx.now());
    sqlx::query!(
        "update requests set waiting_for = $3, version = version + 1, updated_at = $4 where company_id = $1 and id = $2",
        company,
        id.0,
        reason,
        now
    )
    .execute(tx.conn())
    .await?;
    clocks.save(tx, id).await?;
    Ok(Some(()))
}
