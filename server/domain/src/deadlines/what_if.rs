//! Other rules, tried on what has happened: which promises would have been broken, which kept.

use super::{
    clocks::Terms,
    count::{Pause, due},
    hours::Hours,
    policy, steps,
};
use crate::{Actor, Ctx, Result, Tx, error::word};
use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Permission as P,
    deadlines::{
        Breaches, Changed, Clock, Counting, PauseReason, Rule, Subject, WhatIf, WhatIfResult, WhatIfRow, choose,
    },
    requests::{Category, Kind},
    validate,
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const DAYS: i64 = 90;
/// Rows read at a time, and at most.
const CHUNK: i64 = 5_000;
const MOST: i64 = 100_000;
/// Changed requests told one by one.
const SHOWN: usize = 200;

/// A request as it was.
struct Past {
    id: Uuid,
    number: i64,
    address: String,
    subject: Subject,
    /// The hours of its problem, where that has its own.
    hours: Option<i16>,
    created_at: DateTime<Utc>,
    respond_by: Option<DateTime<Utc>>,
    responded_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    by_hand: bool,
    completed_at: Option<DateTime<Utc>>,
    paused_since: Option<DateTime<Utc>>,
    deferred_until: Option<DateTime<Utc>>,
}

/// Replays the requests of the last 90 days under other rules, in today's calendar and with their own pauses. The hours
/// that a problem has of its own today replace the rule's, as they would on filing. Cancelled and rejected ones were not to
/// be solved, and those without a deadline promised nothing. Writes nothing.
///
/// # Errors
/// `invalid` as when the rules were saved.
pub async fn what_if(ctx: &Ctx, actor: &Actor, command: &WhatIf) -> Result<WhatIfResult> {
    actor.scope(P::SettingsManage)?;
    validate::check(command)?;
    policy::check(&command.rules)?;
    let mut tx = ctx.begin(actor).await?;
    policy::check_complexes(&mut tx, &command.rules).await?;
    let current = steps::current(&mut tx, None).await?;
    let working = Hours::of(Counting::Working, &current.calendar, current.zone);
    let mut replay = Replay { rules: &command.rules, working, now: tx.now(), ..Replay::default() };
    let since = tx.now() - TimeDelta::days(DAYS);
    let (mut before, mut seen) = ((tx.now() + TimeDelta::days(1), Uuid::max()), 0);
    loop {
        let chunk = read(&mut tx, since, before, CHUNK.min(MOST - seen)).await?;
        let Some(last) = chunk.last() else { break };
        before = (last.created_at, last.id);
        seen += i64::try_from(chunk.len()).unwrap_or(MOST);
        let pauses = pauses(&mut tx, &chunk).await?;
        for past in &chunk {
            replay.one(past, pauses.get(&past.id).map_or(&[], Vec::as_slice));
        }
    }
    // Nothing was asked for when the limit was reached.
    let cut = seen >= MOST && !read(&mut tx, since, before, 1).await?.is_empty();
    Ok(replay.end(cut))
}

async fn read(tx: &mut Tx, since: DateTime<Utc>, before: (DateTime<Utc>, Uuid), limit: i64) -> Result<Vec<Past>> {
    let company = tx.actor().company_id().0;
    let rows = sqlx::query!(
        r#"select r.id, r.number, r.address, r.kind, r.category, r.priority, b.complex_id, p.hours as "hours?", r.created_at, r.respond_by,
           r.responded_at, r.due_at, r.due_by_hand, coalesce(r.completed_at, r.closed_at) as completed_at, r.paused_since, r.deferred_until
         from requests r join buildings b on b.company_id = r.company_id and b.id = r.building_id
         left join problems p on p.company_id = r.company_id and p.id = r.problem_id
         where r.company_id = $1 and r.created_at >= $2 and (r.created_at, r.id) < ($3, $4)
           and r.status not in ('cancelled', 'rejected') and r.due_at is not null
         order by r.created_at desc, r.id desc limit $5"#,
        company,
        since,
        before.0,
        before.1,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Past {
                id: row.id,
                number: row.number,
                address: row.address,
                subject: Subject {
                    kind: word(&row.kind)?,
                    category: word(&row.category)?,
                    priority: word(&row.priority)?,
                    complex_id: row.complex_id.map(Into::into),
                },
                hours: row.hours,
                created_at: row.created_at,
                respond_by: row.respond_by,
                responded_at: row.responded_at,
                due_at: row.due_at,
                by_hand: row.due_by_hand,
                completed_at: row.completed_at,
                paused_since: row.paused_since,
                deferred_until: row.deferred_until,
            })
        })
        .collect()
}

async fn pauses(tx: &mut Tx, chunk: &[Past]) -> Result<HashMap<Uuid, Vec<Pause>>> {
    let company = tx.actor().company_id().0;
    let ids: Vec<Uuid> = chunk.iter().map(|past| past.id).collect();
    let rows = sqlx::query!(
        "select request_id, reason, from_at, to_at from request_pauses where company_id = $1 and request_id = any($2)",
        company,
        &ids
    )
    .fetch_all(tx.conn())
    .await?;
    let mut all: HashMap<Uuid, Vec<Pause>> = HashMap::new();
    for row in rows {
        let pause = Pause { from: row.from_at, to: row.to_at, reason: word(&row.reason)? };
        all.entry(row.request_id).or_default().push(pause);
    }
    Ok(all)
}

struct Replay<'a> {
    rules: &'a [Rule],
    working: Hours,
    now: DateTime<Utc>,
    rows: BTreeMap<(Kind, Category), Breaches>,
    changed: Vec<Changed>,
    changed_total: i64,
}

impl Default for Replay<'_> {
    fn default() -> Self {
        Self {
            rules: &[],
            working: Hours::Always,
            now: DateTime::UNIX_EPOCH,
            rows: BTreeMap::new(),
            changed: Vec::new(),
            changed_total: 0,
        }
    }
}

impl Replay<'_> {
    fn one(&mut self, past: &Past, ended: &[Pause]) {
        let Some(rule) = choose(self.rules, &past.subject) else { return };
        let terms = steps::own_hours(Terms::from(rule), past.subject.kind, past.hours);
        let hours = if terms.counting == Counting::Working { &self.working } else { &Hours::Always };
        let lasting = past.paused_since.zip(past.deferred_until);
        let lasting = lasting.map(|(from, to)| Pause { from, to, reason: PauseReason::Deferred });
        let stood: Vec<Pause> = ended.iter().copied().chain(lasting).collect();
        let respond_by = due(hours, past.created_at, terms.answer_minutes, &[]).ok();
        let due_at =
            if past.by_hand { past.due_at } else { due(hours, past.created_at, terms.solution_minutes, &stood).ok() };
        let late = |by: Option<DateTime<Utc>>, at: DateTime<Utc>| by.is_some_and(|by| at > by);
        // What is still open is as late as it is now, or was when its clock was stopped.
        let answered = past.responded_at.or(past.completed_at).unwrap_or(self.now);
        let solved = past.completed_at.or(past.paused_since).unwrap_or(self.now);
        let answer = (late(past.respond_by, answered), late(respond_by, answered));
        let solution = (late(past.due_at, solved), late(due_at, solved));
        let row = self.rows.entry((past.subject.kind, past.subject.category)).or_default();
        row.requests += 1;
        row.answer_before += i64::from(answer.0);
        row.answer_after += i64::from(answer.1);
        row.solution_before += i64::from(solution.0);
        row.solution_after += i64::from(solution.1);
        self.note(past, Clock::Answer, (past.respond_by, respond_by), past.responded_at, answer);
        self.note(past, Clock::Solution, (past.due_at, due_at), past.completed_at, solution);
    }

    fn note(
        &mut self,
        past: &Past,
        clock: Clock,
        times: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        met_at: Option<DateTime<Utc>>,
        late: (bool, bool),
    ) {
        let (Some(before), Some(after)) = times else { return };
        if late.0 == late.1 {
            return;
        }
        self.changed_total += 1;
        if self.changed.len() < SHOWN {
            self.changed.push(Changed {
                id: past.id.into(),
                number: past.number,
                address: past.address.clone(),
                kind: past.subject.kind,
                category: past.subject.category,
                clock,
                before,
                after,
                met_at,
                breaks: late.1,
            });
        }
    }

    fn end(self, cut: bool) -> WhatIfResult {
        let mut total = Breaches::default();
        let rows: Vec<WhatIfRow> = self
            .rows
            .into_iter()
            .map(|((kind, category), breaches)| {
                total.requests += breaches.requests;
                total.answer_before += breaches.answer_before;
                total.answer_after += breaches.answer_after;
                total.solution_before += breaches.solution_before;
                total.solution_after += breaches.solution_after;
                WhatIfRow { kind, category, breaches }
            })
            .collect();
        WhatIfResult { total, rows, changed: self.changed, changed_total: self.changed_total, cut }
    }
}
